#pragma once

#include "core/channels/channel_current.hpp"
#include "core/channels/channel_kind.hpp"
#include "core/math/aligned_vector.hpp"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace volley {

/// Calcium action potentials of human dendrites, which are the smaller the stronger the input: an
/// event with a given time course, not a channel with gates.
class Dcaap final : public Mechanism {
public:
    static constexpr std::string_view name = "dcaap";
    static constexpr std::string_view summary =
        "graded calcium action potential of human dendrites: weak input answers best";
    static constexpr std::string_view details =
        "Starts where V > V_th, if the last one began at least `refractory` ago. Then, inward,\n"
        "I = I_max scale (A - B) K,  A' = A (1 - A) / tau_rise,  B' = B (1 - B) / tau_fall,\n"
        "A = 0.001 at the start, B = 0.001 at `delay` after it, and with V at the start\n"
        "K = exp(-(V - V_th) / ((V_th - V_rest) D)).\n"
        "I_max is the current of a compartment, whatever its area; `scale` is that of densities.";
    static constexpr std::string_view source =
        "Gidon et al. (2020), Science 367:83, doi:10.1126/science.aax6239";
    static constexpr std::string_view example =
        R"("channels": {"dcaap": {"channel": "dcaap", "on": "hot_spot", "I_max": "1.6 nA"}})";
    static constexpr Field fields[] = {
        parameter("I_max_*", "nA", 1.6, kNotNegative, "largest inward current"),
        parameter("V_th_*", "mV", -36.0, kAny, "threshold"),
        parameter("V_rest_*", "mV", -75.0, kAny, "from which K counts the threshold"),
        parameter("D_*", "1", 0.3, kPositive, "width of K in units of V_th - V_rest"),
        parameter("tau_rise_*", "ms", 3.0, kPositive, "of A"),
        parameter("tau_fall_*", "ms", 0.4, kPositive, "of B"),
        parameter("delay_*", "ms", 21.0, kNotNegative, "from the start of A to that of B"),
        parameter("refractory_*", "ms", 200.0, kNotNegative, "from a start to the next"),
    };
    static constexpr StateVariable states[] = {
        {"A_*", "1", "rising part", {}, 0.0},
        {"B_*", "1", "falling part", {}, 0.0},
        {"K_*", "1", "amplitude of the last one", {}, 0.0},
        {"since_*", "ms", "time since the last one began, at most `refractory` plus `delay`",
         kSteadyState},
    };

    explicit Dcaap(const MechanismSetup& setup)
        : setup_(setup), values_(setup.place->blocks * kVariables * kLanes) {}

    void set_parameters(const MechanismParameters& parameters) override {
        std::ranges::copy(parameters.values, reinterpret_cast<Lanes*>(&parameters_));
        const Parameters& p = parameters_;
        c_ = {.I_max = p.I_max,
              .threshold_mV = p.threshold_mV,
              .per_mV = -1.0 / ((p.threshold_mV - p.rest_mV) * p.D),
              .left_A = exp(-setup_.dt_ms / p.tau_rise_ms),
              .left_B = exp(-setup_.dt_ms / p.tau_fall_ms),
              .delay = nearest_integer(p.delay_ms / setup_.dt_ms),
              .refractory = nearest_integer(p.refractory_ms / setup_.dt_ms)};
    }

    void settle() override {
        for (std::size_t own = 0; own < setup_.place->blocks; ++own) {
            put(own, {.A = Lanes{}, .B = Lanes{}, .K = Lanes{}, .since = c_.longest()});
        }
    }

    void advance(std::int64_t /*step*/) override {
        const Constants c = c_;
        for_each_block(*setup_.place, [&](std::size_t block, std::size_t own) {
            const Lanes V_mV = load(setup_.arrays.V_mV + block * kLanes);
            State s = get(own);
            // The solution of x' = x (1 - x) / tau, given e^(-dt / tau).
            s.A = s.A / (s.A + (1.0 - s.A) * c.left_A + kTiny);
            s.B = s.B / (s.B + (1.0 - s.B) * c.left_B + kTiny);
            s.since = smaller(s.since + 1.0, c.longest());
            s.B = select(equal(s.since, c.delay), broadcast(kSeed), s.B);
            const Mask starts = ~less(s.since, c.refractory) & less(c.threshold_mV, V_mV);
            s.A = select(starts, broadcast(kSeed), s.A);
            s.B = select(starts, Lanes{}, s.B);
            s.K = select(starts, exp((V_mV - c.threshold_mV) * c.per_mV), s.K);
            s.since = select(starts, Lanes{}, s.since);
            put(own, s);
            add_current(block, own, s);
        });
    }

    void add_currents() override {
        for_each_block(*setup_.place, [&](std::size_t block, std::size_t own) {
            add_current(block, own, get(own));
        });
    }

    double state(std::size_t variable, std::size_t own_index) const override {
        const double value = values_[index_of(variable, own_index)];
        return variable == kSince ? value * setup_.dt_ms : value;
    }
    void set_state(std::size_t variable, std::size_t own_index, double value) override {
        const Lanes steps = nearest_integer(broadcast(value / setup_.dt_ms));
        values_[index_of(variable, own_index)] = variable == kSince ? steps[0] : value;
    }
    double current_nA(std::size_t own_index) const override {
        const std::size_t own = own_index / kLanes;
        return -inward_nA(own, get(own))[own_index % kLanes];
    }
    std::size_t bytes() const override { return values_.size() * sizeof(double); }

private:
    static constexpr std::size_t kVariables = std::size(states);
    static constexpr std::size_t kSince = 3;
    static constexpr double kSeed = 0.001;
    static constexpr double kTiny = 1e-300;  ///< so that 0 stays 0

    struct Parameters {
        Lanes I_max, threshold_mV, rest_mV, D, tau_rise_ms, tau_fall_ms, delay_ms, refractory_ms;
    };
    static_assert(sizeof(Parameters) == std::size(fields) * sizeof(Lanes));
    struct Constants {
        Lanes I_max, threshold_mV, per_mV, left_A, left_B, delay, refractory;  ///< times in steps

        /// After this many steps nothing depends on how many there were.
        Lanes longest() const { return delay + refractory + 1.0; }
    };
    struct State {
        Lanes A, B, K, since;  ///< since: in steps
    };

    State get(std::size_t own) const {
        const double* const v = values_.data() + own * kVariables * kLanes;
        return {load(v), load(v + kLanes), load(v + 2 * kLanes), load(v + 3 * kLanes)};
    }
    void put(std::size_t own, const State& s) {
        double* const v = values_.data() + own * kVariables * kLanes;
        store(v, s.A);
        store(v + kLanes, s.B);
        store(v + 2 * kLanes, s.K);
        store(v + 3 * kLanes, s.since);
    }
    Lanes inward_nA(std::size_t own, const State& s) const {
        return c_.I_max * setup_.place->at(setup_.place->scale, own) * (s.A - s.B) * s.K;
    }
    void add_current(std::size_t block, std::size_t own, const State& s) const {
        const Lanes V_mV = load(setup_.arrays.V_mV + block * kLanes);
        CurrentTerms{.conductance_uS = Lanes{}, .current_nA = inward_nA(own, s)}.add_to(
            setup_.arrays, block, V_mV);
    }
    static std::size_t index_of(std::size_t variable, std::size_t own_index) {
        return (own_index / kLanes * kVariables + variable) * kLanes + own_index % kLanes;
    }

    MechanismSetup setup_;
    Parameters parameters_{};
    Constants c_{};
    AlignedVector<double> values_;  ///< [own block][variable][lane]
};

constexpr ChannelKind dcaap_channel() {
    return {.description = {.name = Dcaap::name,
                            .summary = Dcaap::summary,
                            .fields = Dcaap::fields,
                            .details = Dcaap::details,
                            .source = Dcaap::source,
                            .example = Dcaap::example},
            .states = Dcaap::states,
            .ion = {},
            .reads_calcium = false,
            .make = [](const MechanismSetup& setup) -> std::unique_ptr<Mechanism> {
                return std::make_unique<Dcaap>(setup);
            }};
}

}  // namespace volley
