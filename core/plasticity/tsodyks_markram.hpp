#pragma once

#include "core/plasticity/decay_table.hpp"
#include "core/plasticity/source_efficacy.hpp"

namespace volley {

/// Short-term depression and facilitation: Markram, Wang & Tsodyks (1998), PNAS 95:5323,
/// doi:10.1073/pnas.95.9.5323. A weight never changes; each spike delivers a part of it.
class TsodyksMarkram final : public SourceEfficacy {
public:
    TsodyksMarkram(const Spec& spec, const PlasticitySetup& setup)
        : utilisation_(spec.number("U")),
          start_{.fast = spec.number_or("u_0", utilisation_), .slow = spec.number("x_0")},
          recovery_(spec.number("tau_rec"), setup.dt_ms),
          facilitation_(spec.number("tau_facil"), setup.dt_ms) {}

    /// `fast` is u and `slow` is x, both as the last spike met them.
    SourceState start() const override { return start_; }

    PreEvent fire(SourceState& source, Step time) const override {
        if (source.last != SourceState::kNever) {
            const Step interval = time - source.last;
            const double left = source.slow - source.slow * source.fast;
            source.slow = 1.0 + (left - 1.0) * recovery_(interval);
            source.fast =
                utilisation_ + source.fast * (1.0 - utilisation_) * facilitation_(interval);
        }
        const PreEvent event{
            .time = time, .previous = source.last, .trace = 0.0, .now = source.fast * source.slow};
        source.last = time;
        return event;
    }

    static constexpr Field fields[] = {
        required("U", "1", kProbability, "utilisation: u that a spike after a long pause meets"),
        required("tau_rec", "ms", kNotNegative, "time constant of recovery from depression"),
        defaulted("tau_facil", "ms", 0.0, kNotNegative, "time constant of facilitation; 0 = none"),
        optional("u_0", "1", kProbability, "u that the first spike meets; U unless given"),
        defaulted("x_0", "1", 1.0, kProbability, "x that the first spike meets"),
    };

    static double largest_weight(const Spec& /*spec*/, const WeightBounds& initial) {
        return initial.highest;  // u and x are at most 1
    }
    static std::unique_ptr<Plasticity> make(const Spec& spec, const PlasticitySetup& setup) {
        return std::make_unique<TsodyksMarkram>(spec, setup);
    }

private:
    double utilisation_;
    SourceState start_;
    DecayTable recovery_;
    DecayTable facilitation_;
};

inline constexpr PlasticityInfo kTsodyksMarkram{
    .description =
        {.name = "tsodyks_markram",
         .summary = "short-term depression and facilitation",
         .fields = TsodyksMarkram::fields,
         .details =
             "A spike delivers weight * u * x. u is what it uses of the resources x that are\n"
             "there; both are those of the source. From one spike to the next, D later:\n"
             "  x -> 1 + (x - x u - 1) exp(-D / tau_rec)\n"
             "  u -> U + u (1 - U) exp(-D / tau_facil)\n"
             "With tau_rec = 0 all resources are back at once, with tau_facil = 0 u is always U.\n"
             "The weight itself never changes.",
         .source = "Markram, Wang & Tsodyks (1998), PNAS 95:5323, doi:10.1073/pnas.95.9.5323\n"
                   "Tsodyks, Pawelzik & Markram (1998), Neural Comput. 10:821, "
                   "doi:10.1162/089976698300017502",
         .example = R"("plasticity": {"rule": "tsodyks_markram", "U": 0.5, "tau_rec": "800 ms"})"},
    .largest_weight = &TsodyksMarkram::largest_weight,
    .make = &TsodyksMarkram::make};

}  // namespace volley
