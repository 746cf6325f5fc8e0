#pragma once

#include "core/channels/channel_kind.hpp"
#include "core/channels/kinetics.hpp"
#include "core/channels/placed_channel.hpp"
#include "core/channels/voltage_table.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <string_view>
#include <type_traits>

namespace volley {

/// Gates of a kind that open independently: the channel conducts where all are open.
struct GateParticles {
    std::string_view name;  ///< of the state, "m_*"
    int count;              ///< how many of them a channel has: the exponent
    std::string_view meaning;
};

/// No gates: always open.
using NoGates = std::array<GateParticles, 0>;

/// Whether the kinetics of a channel take the calcium concentration.
template <class Channel>
inline constexpr bool kReadsCalcium =
    requires(Lanes lanes, const typename Channel::Parameters& p,
             const typename Channel::Constants& c) { Channel::kinetics(lanes, lanes, p, c); };

template <class Channel>
inline constexpr std::size_t kGateCount = std::size(Channel::gates);

/// Whether a channel asks for a table of its kinetics: `static constexpr bool tabulated = true;`.
/// Worth it where V alone decides and the kinetics take three exponentials or more.
template <class Channel>
inline constexpr bool kTabulated = requires { requires Channel::tabulated; };

/// The kinetics of a block.
template <class Channel>
std::array<Kinetics, kGateCount<Channel>> kinetics_at(const MembraneArrays& arrays,
                                                      std::size_t block, Lanes V_mV,
                                                      const typename Channel::Parameters& p,
                                                      const typename Channel::Constants& c) {
    if constexpr (kReadsCalcium<Channel>) {
        return Channel::kinetics(V_mV, inside_mM(arrays.calcium, block), p, c);
    } else {
        return Channel::kinetics(V_mV, p, c);
    }
}

/// Turns a channel written as gates into a Mechanism. Beside the tables of placed_channel.hpp the
/// channel has
///   static constexpr GateParticles gates[];                  or NoGates
///   static std::array<Kinetics, N> kinetics(Lanes V_mV, const Parameters&, const Constants&);
/// or, where calcium gates it, kinetics(Lanes V_mV, Lanes calcium_mM, ...); and, where kinetics by
/// V alone are worth a table, `tabulated` (voltage_table.hpp). The gates move exactly for a V that
/// is constant over the step.
template <class Channel>
class GatedChannel final
    : public PlacedChannel<Channel, GatedChannel<Channel>, kGateCount<Channel>> {
    static constexpr std::size_t kGates = kGateCount<Channel>;
    using Base = PlacedChannel<Channel, GatedChannel, kGates>;
    using Open = std::array<Lanes, kGates>;

public:
    explicit GatedChannel(const MechanismSetup& setup) : Base(setup) {}

    void set_parameters(const MechanismParameters& parameters) override {
        Base::set_parameters(parameters);
        if constexpr (kTabulated<Channel>) {
            table_ =
                VoltageTable<Channel>::find(this->setup_, this->parameters_, parameters.differing);
        }
    }

    void settle() override {
        const MembraneArrays& arrays = this->setup_.arrays;
        for_each_block(*this->setup_.place, [&](std::size_t block, std::size_t own) {
            const Open steady = this->steady(block, load(arrays.V_mV + block * kLanes));
            double* const open = this->values(own);
            for (std::size_t g = 0; g < kGates; ++g) store(open + g * kLanes, steady[g]);
        });
    }

    void advance(std::int64_t /*step*/) override {
        if constexpr (kTabulated<Channel>) {
            if (table_ != nullptr) {
                advance_by_table();
                return;
            }
        }
        const auto p = this->parameters_;  // copies that no store below can alias
        const auto c = this->constants_;
        const auto flow = this->flow();
        const MembraneArrays arrays = this->setup_.arrays;
        const double dt_ms = this->setup_.dt_ms;
        for_each_block(*this->setup_.place, [&](std::size_t block, std::size_t own) {
            const Lanes V_mV = load(arrays.V_mV + block * kLanes);
            const auto kinetics = kinetics_at<Channel>(arrays, block, V_mV, p, c);
            double* const gates = this->values(own);
            Open open;
            for (std::size_t g = 0; g < kGates; ++g) {
                open[g] = kinetics[g].after(load(gates + g * kLanes), dt_ms);
                store(gates + g * kLanes, open[g]);
            }
            flow.terms(block, V_mV, this->area_um2(own), all_open(open))
                .add_to(arrays, block, V_mV);
        });
    }

    Lanes fraction(std::size_t own) const {
        Open open;
        for (std::size_t g = 0; g < kGates; ++g) open[g] = load(this->values(own) + g * kLanes);
        return all_open(open);
    }

private:
    /// Where the gates go at a potential: as advance() takes it, from the table or not.
    Open steady(std::size_t block, Lanes V_mV) const {
        if constexpr (kTabulated<Channel>) {
            if (table_ != nullptr) return table_->at(V_mV).steady;
        }
        const auto kinetics = kinetics_at<Channel>(this->setup_.arrays, block, V_mV,
                                                   this->parameters_, this->constants_);
        Open open;
        for (std::size_t g = 0; g < kGates; ++g) open[g] = kinetics[g].steady;
        return open;
    }

    void advance_by_table() {
        const auto flow = this->flow();
        const MembraneArrays arrays = this->setup_.arrays;
        const VoltageTable<Channel>& table = *table_;
        for_each_block(*this->setup_.place, [&](std::size_t block, std::size_t own) {
            const Lanes V_mV = load(arrays.V_mV + block * kLanes);
            const auto at = table.at(V_mV);
            double* const gates = this->values(own);
            Open open;
            for (std::size_t g = 0; g < kGates; ++g) {
                const Lanes before = load(gates + g * kLanes);
                open[g] = fused(at.steady[g] - before, at.share[g], before);
                store(gates + g * kLanes, open[g]);
            }
            flow.terms(block, V_mV, this->area_um2(own), all_open(open), at.factors)
                .add_to(arrays, block, V_mV);
        });
    }

    static Lanes all_open(const Open& open) {
        Lanes product = broadcast(1.0);
        for (std::size_t g = 0; g < kGates; ++g) {
            product *= whole_power(open[g], Channel::gates[g].count);
        }
        return product;
    }

    struct NoTable {};
    using Table = std::conditional_t<kTabulated<Channel>, VoltageTable<Channel>, NoTable>;
    std::shared_ptr<const Table> table_;
};

/// The state table of a gated channel, from its gates.
template <class Channel>
inline constexpr auto kGateStates = [] {
    std::array<StateVariable, kGateCount<Channel>> states{};
    for (std::size_t g = 0; g < states.size(); ++g) {
        states[g] = {Channel::gates[g].name, "1", Channel::gates[g].meaning, kSteadyState};
    }
    return states;
}();

/// The kind; gated_channel() in stochastic_channel.hpp adds the form with counted channels.
template <class Channel>
constexpr ChannelKind deterministic_channel() {
    return {.description = channel_description<Channel>(),
            .states = kGateStates<Channel>,
            .ion = Channel::ion,
            .reads_calcium = kReadsCalcium<Channel>,
            .make = [](const MechanismSetup& setup) -> std::unique_ptr<Mechanism> {
                return std::make_unique<GatedChannel<Channel>>(setup);
            }};
}

}  // namespace volley
