#pragma once

#include "core/channels/channel_current.hpp"
#include "core/channels/channel_kind.hpp"
#include "core/math/functions.hpp"
#include "core/neurons/gating.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <string_view>

namespace volley {

/// Where a gate goes, and how fast: it relaxes to `steady` with the rate 1 / tau (1/ms).
struct Kinetics {
    Lanes steady, rate;

    /// A gate that opens at rate alpha and closes at rate beta (1/ms), both times `factor`.
    static Kinetics of_rates(Lanes alpha, Lanes beta, Lanes factor) {
        const Lanes sum = alpha + beta;
        return {.steady = alpha / sum, .rate = factor * sum};
    }
    static Kinetics of_time_constant(Lanes steady, Lanes tau_ms) {
        return {.steady = steady, .rate = 1.0 / tau_ms};
    }
    Lanes after(Lanes open, double dt_ms) const {
        return steady + (open - steady) * exp(rate * -dt_ms);
    }
};

/// Gates of a kind that open independently: the channel conducts where all are open.
struct GateParticles {
    std::string_view name;  ///< of the state, "m_*"
    int count;              ///< how many of them a channel has: the exponent
    std::string_view meaning;
};

/// Turns a channel written as equations into a Mechanism. A channel is a struct with
///   name, summary, details, source, example, fields          as for all parts (description.hpp)
///   struct Parameters { Lanes ...; };                        in the order of `fields`
///   using Current = OhmicCurrent or GhkCurrent;              channel_current.hpp
///   static Current current(const Parameters&);               its largest conductance or
///                                                            permeability, its reversal potential
///   static constexpr std::string_view ion;                   "k"; "" = no ion in particular
///   static constexpr GateParticles gates[];
///   struct Constants { Lanes ...; };                         what is computed once
///   static Constants prepare(const Parameters&, double temperature_degC);
///   static std::array<Kinetics, N> kinetics(Lanes V_mV, const Parameters&, const Constants&);
/// and, where calcium gates it, kinetics(Lanes V_mV, Lanes calcium_mM, ...) instead.
template <class Channel>
class GatedChannel final : public Mechanism {
    static constexpr std::size_t kGates = std::size(Channel::gates);
    using Parameters = typename Channel::Parameters;
    using Constants = typename Channel::Constants;
    using Current = typename Channel::Current;
    using Open = std::array<Lanes, kGates>;
    static_assert(sizeof(Parameters) == std::size(Channel::fields) * sizeof(Lanes),
                  "one Lanes for each entry of `fields`");

public:
    static constexpr bool kReadsCalcium =
        requires(Lanes lanes, const Parameters& p, const Constants& c) {
            Channel::kinetics(lanes, lanes, p, c);
        };

    explicit GatedChannel(const MechanismSetup& setup)
        : setup_(setup), open_(setup.place->blocks * kGates * kLanes) {}

    void set_parameters(std::span<const Lanes> parameters) override {
        std::copy_n(parameters.data(), parameters.size(), reinterpret_cast<Lanes*>(&parameters_));
        constants_ = Channel::prepare(parameters_, setup_.temperature_degC);
    }

    void settle() override {
        for_each_block(*setup_.place, [&](std::size_t block, std::size_t own) {
            const auto kinetics = kinetics_at(block, parameters_, constants_);
            for (std::size_t g = 0; g < kGates; ++g) {
                store(gate(own, g), kinetics[g].steady);
            }
        });
    }

    void advance(std::int64_t /*step*/) override {
        const Parameters p = parameters_;  // copies that no store below can alias
        const Constants c = constants_;
        const double dt_ms = setup_.dt_ms;
        const Current current = Channel::current(p);
        for_each_block(*setup_.place, [&](std::size_t block, std::size_t own) {
            const auto kinetics = kinetics_at(block, p, c);
            Open open;
            for (std::size_t g = 0; g < kGates; ++g) {
                open[g] = kinetics[g].after(load(gate(own, g)), dt_ms);
                store(gate(own, g), open[g]);
            }
            current.add(setup_, block, own, fraction(open));
        });
    }

    void add_currents() override {
        const Current current = Channel::current(parameters_);
        for_each_block(*setup_.place, [&](std::size_t block, std::size_t own) {
            current.add(setup_, block, own, fraction(open_at(own)));
        });
    }

    double state(std::size_t variable, std::size_t own_index) const override {
        return open_[(own_index / kLanes * kGates + variable) * kLanes + own_index % kLanes];
    }
    void set_state(std::size_t variable, std::size_t own_index, double value) override {
        open_[(own_index / kLanes * kGates + variable) * kLanes + own_index % kLanes] = value;
    }
    double current_nA(std::size_t own_index) const override {
        return channel_current_nA(setup_, Channel::current(parameters_), own_index,
                                  fraction(open_at(own_index / kLanes)));
    }
    std::size_t bytes() const override { return open_.size() * sizeof(double); }

private:
    auto kinetics_at(std::size_t block, const Parameters& p, const Constants& c) const {
        const Lanes V_mV = load(setup_.arrays.V_mV + block * kLanes);
        if constexpr (kReadsCalcium) {
            return Channel::kinetics(V_mV, inside_mM(setup_.arrays.calcium, block), p, c);
        } else {
            return Channel::kinetics(V_mV, p, c);
        }
    }
    double* gate(std::size_t own, std::size_t g) {
        return open_.data() + (own * kGates + g) * kLanes;
    }
    Open open_at(std::size_t own) const {
        Open open;
        for (std::size_t g = 0; g < kGates; ++g) {
            open[g] = load(open_.data() + (own * kGates + g) * kLanes);
        }
        return open;
    }
    static Lanes fraction(const Open& open) {
        Lanes product = broadcast(1.0);
        for (std::size_t g = 0; g < kGates; ++g) {
            product *= whole_power(open[g], Channel::gates[g].count);
        }
        return product;
    }

    MechanismSetup setup_;
    Parameters parameters_{};
    Constants constants_{};
    AlignedVector<double> open_;  ///< [own block][gate][lane]
};

/// The state table of a gated channel, from its gates.
template <class Channel>
inline constexpr auto kGateStates = [] {
    std::array<StateVariable, std::size(Channel::gates)> states{};
    for (std::size_t g = 0; g < states.size(); ++g) {
        states[g] = {Channel::gates[g].name, "1", Channel::gates[g].meaning, kSteadyState};
    }
    return states;
}();

template <class Channel>
constexpr ChannelKind gated_channel() {
    return {.description = {.name = Channel::name,
                            .summary = Channel::summary,
                            .fields = Channel::fields,
                            .details = Channel::details,
                            .source = Channel::source,
                            .example = Channel::example},
            .states = kGateStates<Channel>,
            .ion = Channel::ion,
            .reads_calcium = GatedChannel<Channel>::kReadsCalcium,
            .make = [](const MechanismSetup& setup) -> std::unique_ptr<Mechanism> {
                return std::make_unique<GatedChannel<Channel>>(setup);
            }};
}

}  // namespace volley
