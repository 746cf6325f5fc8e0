#pragma once

#include "core/math/functions.hpp"
#include "core/plasticity/plasticity.hpp"
#include "core/plasticity/weight_limits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <string>

namespace volley {

/// Weights that follow what is where the synapse sits, at its presynaptic events: moderate calcium
/// (or depolarisation) potentiates, much of it depresses.
///
/// The bidirectional rule of parallel-fibre synapses, whose depression has the higher threshold:
/// Coesmans, Weber, De Zeeuw & Hansel (2004), Neuron 44:691, doi:10.1016/j.neuron.2004.10.031; in
/// the form of Shouval, Bear & Cooper (2002), PNAS 99:10831, doi:10.1073/pnas.152343099: sigmoid
/// functions of calcium, towards bounds of the weight.
class LocalStateRule final : public Plasticity {
public:
    LocalStateRule(const Spec& spec, const PlasticitySetup& setup)
        : limits_(weight_limits(spec, setup.initial)),
          theta_potentiation_(spec.number("theta_potentiation")),
          theta_depression_(spec.number("theta_depression")),
          width_(spec.number("width")),
          eta_potentiation_(spec.number("eta_potentiation")),
          eta_depression_(spec.number("eta_depression")) {}

    SourceState start() const override { return {}; }

    PreEvent fire(SourceState& source, Step time) const override {
        const PreEvent event{.time = time, .previous = source.last, .trace = 0.0, .now = 0.0};
        source.last = time;
        return event;
    }

    std::optional<PostTraceTimes> post_traces() const override { return std::nullopt; }

    bool deliver(const SynapseBlock& synapses, const PreEvent& /*event*/,
                 const PostWindow& /*window*/, const PostHistory* /*history*/,
                 const RowOutput& out) const override {
        for (std::size_t first = 0; first < synapses.count; first += kLanes) {
            const std::size_t lanes = std::min(kLanes, synapses.count - first);
            Lanes before;
            std::memcpy(&before, synapses.weight + first, sizeof before);
            Lanes local{};
            for (std::size_t k = 0; k < lanes; ++k) local[k] = synapses.local[first + k];
            const Lanes after = changed(before, local);
            const Ints units = __builtin_convertvector(nearest_integer(after * out.per_unit), Ints);
            for (std::size_t k = 0; k < lanes; ++k) {
                synapses.weight[first + k] = after[k];
                out.add(synapses.entry[first + k], units[k]);
            }
        }
        return true;
    }

    void catch_up(const SynapseBlock& /*synapses*/, double /*trace*/, const PostWindow& /*window*/,
                  const PostHistory* /*history*/) const override {}

    static double largest_weight(const Spec& spec, const WeightBounds& initial) {
        const double low = spec.number("theta_potentiation");
        const double high = spec.number("theta_depression");
        if (!(low < high)) {
            throw ConfigError(
                spec.where,
                fmt::format("theta_potentiation = {:.6g}, theta_depression = {:.6g}", low, high),
                "theta_potentiation < theta_depression");
        }
        return weight_limits(spec, initial).highest;
    }
    static std::unique_ptr<Plasticity> make(const Spec& spec, const PlasticitySetup& setup) {
        return std::make_unique<LocalStateRule>(spec, setup);
    }

private:
    Lanes above(Lanes local, double threshold) const {
        return 1.0 / (1.0 + exp((threshold - local) / width_));
    }

    /// Both steps together never pass a limit, but for rounding.
    Lanes changed(Lanes w, Lanes local) const {
        const Lanes depressing = above(local, theta_depression_);
        const Lanes potentiating = above(local, theta_potentiation_) * (1.0 - depressing);
        const Lanes after = w + eta_potentiation_ * potentiating * (limits_.highest - w) -
                            eta_depression_ * depressing * (w - limits_.lowest);
        return smaller(larger(after, broadcast(limits_.lowest)), broadcast(limits_.highest));
    }

    WeightLimits limits_;
    double theta_potentiation_;
    double theta_depression_;
    double width_;
    double eta_potentiation_;
    double eta_depression_;
};

namespace local_state {

inline constexpr Field kPotentiationRate =
    defaulted("eta_potentiation", "1", 0.01, kProbability,
              "part of the way to w_max that a fully potentiating event goes");
inline constexpr Field kDepressionRate =
    defaulted("eta_depression", "1", 0.01, kProbability,
              "part of the way to w_min that a fully depressing event goes");

// Of the size of calcium transients in dendrites. What a cell's synapses need depends on its pools:
// the papers report indicators of their own.
inline constexpr Field kCalciumFields[] = {
    {.name = "variable",
     .kind = Kind::text,
     .presence = Presence::defaulted,
     .default_text = "ca_i",
     .meaning = "the target's concentration that decides, where the synapse sits"},
    defaulted("theta_potentiation", "mM", 1e-4, kNotNegative, "half potentiation"),
    defaulted("theta_depression", "mM", 4e-4, kNotNegative, "half depression; larger"),
    defaulted("width", "mM", 2e-5, kPositive,
              "of both sigmoids, whose tails fall by a factor e over it"),
    kPotentiationRate,
    kDepressionRate,
    kLowestWeightField,
    kHighestWeightField,
};

inline constexpr Field kVoltageFields[] = {
    defaulted("theta_potentiation", "mV", -50.0, kAny, "half potentiation"),
    defaulted("theta_depression", "mV", -20.0, kAny, "half depression; larger"),
    defaulted("width", "mV", 3.0, kPositive,
              "of both sigmoids, whose tails fall by a factor e over it"),
    kPotentiationRate,
    kDepressionRate,
    kLowestWeightField,
    kHighestWeightField,
};

inline constexpr std::string_view kDetails =
    "At each presynaptic event, with c where the synapse sits just before it (at the start of the\n"
    "step in which the event arrives), the size w = |weight| changes:\n"
    "  w -> w + eta_potentiation P (1 - D) (w_max - w) - eta_depression D (w - w_min)\n"
    "  P = 1 / (1 + exp((theta_potentiation - c) / width))\n"
    "  D = 1 / (1 + exp((theta_depression - c) / width))\n"
    "and the event delivers the new weight. Nothing changes between events. On cells with\n"
    "dendrites every contact has a weight and a c of its own; a point neuron is one place. A\n"
    "dendritic delay is refused: the synapse is where its target is.";

inline constexpr std::string_view kSource =
    "Coesmans, Weber, De Zeeuw & Hansel (2004), Neuron 44:691, "
    "doi:10.1016/j.neuron.2004.10.031\n"
    "Shouval, Bear & Cooper (2002), PNAS 99:10831, doi:10.1073/pnas.152343099";

inline std::string calcium_variable(const Spec& spec) { return spec.text("variable"); }
inline std::string voltage_variable(const Spec& /*spec*/) { return "V_m"; }

}  // namespace local_state

inline constexpr PlasticityInfo kCalcium{
    .description = {.name = "calcium",
                    .summary = "moderate calcium at the synapse potentiates, much of it depresses",
                    .fields = local_state::kCalciumFields,
                    .details = local_state::kDetails,
                    .source = local_state::kSource,
                    .example = R"("plasticity": {"rule": "calcium", "theta_potentiation": "0.1 uM",
  "theta_depression": "0.4 uM", "eta_potentiation": 0.01, "eta_depression": 0.02,
  "w_max": "2 nS"})"},
    .largest_weight = &LocalStateRule::largest_weight,
    .make = &LocalStateRule::make,
    .local_variable = &local_state::calcium_variable};

inline constexpr PlasticityInfo kLocalVoltage{
    .description =
        {.name = "local_voltage",
         .summary = "moderate depolarisation at the synapse potentiates, a strong one depresses",
         .fields = local_state::kVoltageFields,
         .details = local_state::kDetails,
         .source = local_state::kSource,
         .example = R"("plasticity": {"rule": "local_voltage", "theta_potentiation": "-50 mV",
  "theta_depression": "-20 mV", "w_max": "2 nS"})"},
    .largest_weight = &LocalStateRule::largest_weight,
    .make = &LocalStateRule::make,
    .local_variable = &local_state::voltage_variable};

}  // namespace volley
