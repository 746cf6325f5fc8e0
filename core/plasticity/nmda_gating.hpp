#pragma once

#include "core/error.hpp"
#include "core/plasticity/decay_table.hpp"
#include "core/plasticity/source_efficacy.hpp"

#include <fmt/format.h>

namespace volley {

/// The gating of NMDA receptors that saturates with the spikes of its source: Wang (1999), J.
/// Neurosci. 19:9587, doi:10.1523/JNEUROSCI.19-21-09587.1999; Brunel & Wang (2001), J. Comput.
/// Neurosci. 11:63, doi:10.1023/A:1011204814320.
///
///   s' = -s / tau_decay + alpha x (1 - s),   x' = -x / tau_rise,   x += 1 at a spike
///
/// Here x acts at once: the area under it, tau_rise, moves 1 - s by exp(-alpha tau_rise). That is
/// the limit of tau_rise / tau_decay -> 0 with alpha tau_rise fixed, and the error is of first
/// order in that ratio. With the published 2 ms, 100 ms and 0.5 / ms the mean of s over regular
/// trains of 10, 50 and 200 Hz is 0.9, 0.8 and 0.4 % below that of the equations above.
///
/// s is that of a source and the same at all its synapses, so it is kept once for each source. What
/// a spike adds to it is delivered; the target's receptor, with the same tau_decay and no rise
/// time, lets the sum decay, so that it holds the sum of weight * s.
class NmdaGating final : public SourceEfficacy {
public:
    NmdaGating(const Spec& spec, const PlasticitySetup& setup)
        : jump_(-expm1(broadcast(-spec.number("alpha") * spec.number("tau_rise")))[0]),
          decay_(spec.number("tau_decay"), setup.dt_ms) {}

    /// `fast` is s just after the last spike.
    SourceState start() const override { return {}; }

    PreEvent fire(SourceState& source, Step time) const override {
        const double open =
            source.last == SourceState::kNever ? 0.0 : source.fast * decay_(time - source.last);
        const double more = (1.0 - open) * jump_;
        const PreEvent event{.time = time, .previous = source.last, .trace = 0.0, .now = more};
        source.fast = open + more;
        source.last = time;
        return event;
    }

    static constexpr Field fields[] = {
        defaulted("alpha", "1/ms", 0.5, kPositive, "rate of opening while transmitter is there"),
        defaulted("tau_rise", "ms", 2.0, kPositive, "how long a spike's transmitter stays"),
        defaulted("tau_decay", "ms", 100.0, kPositive,
                  "decay time of the gating; that of the receptor has to be the same"),
    };

    static double largest_weight(const Spec& spec, const WeightBounds& initial) {
        if (spec.number("tau_rise") >= spec.number("tau_decay")) {
            throw ConfigError(spec.where,
                              fmt::format("tau_rise = {}, tau_decay = {}", spec.number("tau_rise"),
                                          spec.number("tau_decay")),
                              "tau_rise < tau_decay");
        }
        return initial.highest;  // s is at most 1
    }
    static std::unique_ptr<Plasticity> make(const Spec& spec, const PlasticitySetup& setup) {
        return std::make_unique<NmdaGating>(spec, setup);
    }

private:
    double jump_;  ///< of s = 0 at a spike
    DecayTable decay_;
};

inline constexpr PlasticityInfo kNmdaGating{
    .description =
        {.name = "nmda_gating",
         .summary = "NMDA gating that saturates with the spikes of the source",
         .fields = NmdaGating::fields,
         .details =
             "A spike delivers weight * (1 - s) (1 - exp(-alpha tau_rise)): what it adds to s, "
             "the\n"
             "part of the source's receptors that are open. Between spikes s' = -s / tau_decay.\n"
             "A receptor that jumps and decays with the same tau_decay holds the sum of weight * "
             "s\n"
             "over its synapses, at most the sum of their weights: kind nmda with \"tau_rise\" 0 "
             "(a\n"
             "rise time there scales the sum so that the peak of one event stays the same), or\n"
             "exp_conductance. It is the limit of a short tau_rise of\n"
             "  s' = -s / tau_decay + alpha x (1 - s),  x' = -x / tau_rise,  x += 1 at a spike\n"
             "whose s has, with the default values, a mean less than 1 % larger.\n"
             "The weight itself never changes.",
         .source = "Wang (1999), J. Neurosci. 19:9587, doi:10.1523/JNEUROSCI.19-21-09587.1999\n"
                   "Brunel & Wang (2001), J. Comput. Neurosci. 11:63, doi:10.1023/A:1011204814320",
         .example = R"("plasticity": {"rule": "nmda_gating", "tau_decay": "100 ms"})"},
    .largest_weight = &NmdaGating::largest_weight,
    .make = &NmdaGating::make};

}  // namespace volley
