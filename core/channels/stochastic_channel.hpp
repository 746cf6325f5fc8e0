#pragma once

#include "core/channels/gate_counts.hpp"
#include "core/channels/gated_channel.hpp"
#include "core/random/counter_random.hpp"

#include <array>
#include <cstddef>
#include <string>
#include <type_traits>

namespace volley {

/// The tables of a gated channel whose channels are counted: its own, and what one of them
/// conducts.
template <class Channel>
struct CountedChannel {
    static constexpr auto fields = [] {
        std::array<Field, std::size(Channel::fields) + 1> all{};
        for (std::size_t k = 0; k < std::size(Channel::fields); ++k) all[k] = Channel::fields[k];
        all.back() = parameter("single_channel_conductance_*", "pS", 20.0, kPositive,
                               "of one open channel; a compartment has as many channels as make up "
                               "g_max, at least one");
        return all;
    }();
    struct Parameters {
        typename Channel::Parameters channel;
        Lanes single_pS;
    };
    using Current = typename Channel::Current;
    static Current current(const Parameters& p) { return Channel::current(p.channel); }
    using Constants = typename Channel::Constants;
    static Constants prepare(const Parameters& p, double temperature_degC) {
        return Channel::prepare(p.channel, temperature_degC);
    }
};

/// The number of combinations of open gates that a channel can have.
template <class Channel>
inline constexpr std::size_t kCombinations = [] {
    std::size_t product = 1;
    for (const GateParticles& gate : Channel::gates) {
        product *= static_cast<std::size_t>(gate.count) + 1;
    }
    return product;
}();

/// Channels with a conductance and gates can be counted.
template <class Channel>
inline constexpr bool kCanBeCounted =
    std::is_same_v<typename Channel::Current, OhmicCurrent> && kGateCount<Channel> > 0;

/// A gated channel of which each compartment has a whole number, g_max times area over the
/// conductance of one, that open and close one by one.
///
/// The numbers of channels in each combination of open gates move by binomial draws, keyed by seed,
/// purpose, cell, compartment and step: the same whatever the layout. All compartments keep their
/// g_max: where it is no whole number of channels, one conducts a little more or less.
///
/// Source: Schneidman, Freedman & Segev (1998), Neural Comput. 10:1679,
/// doi:10.1162/089976698300017089.
template <class Channel>
class StochasticChannel final
    : public PlacedChannel<CountedChannel<Channel>, StochasticChannel<Channel>,
                           kCombinations<Channel>> {
    static constexpr std::size_t kGates = kGateCount<Channel>;
    static constexpr std::size_t kStates = kCombinations<Channel>;
    using Base = PlacedChannel<CountedChannel<Channel>, StochasticChannel, kStates>;
    using Counts = std::array<std::int64_t, kStates>;
    using Chances = std::array<GateChances, kGates>;

public:
    explicit StochasticChannel(const MechanismSetup& setup)
        : Base(setup),
          channels_(setup.place->blocks * kLanes),
          purpose_(hash_name(setup.purpose)),
          purpose_of_start_(hash_name(std::string(setup.purpose) + "/start")) {}

    void set_parameters(const MechanismParameters& parameters) override {
        Base::set_parameters(parameters);
        constexpr double kPicosiemens = 1e-6;  // in uS
        const Lanes per_um2 = Channel::current(this->parameters_.channel).density_S_per_cm2 *
                              (kPerSquareMicrometre / kPicosiemens) / this->parameters_.single_pS;
        for (std::size_t own = 0; own < this->setup_.place->blocks; ++own) {
            const Lanes number = per_um2 * this->area_um2(own);
            const Lanes whole = select(less(Lanes{}, number),
                                       larger(nearest_integer(number), broadcast(1.0)), Lanes{});
            store(channels_.data() + own * kLanes, whole);
            for (std::size_t lane = 0; lane < kLanes; ++lane) {
                Counts counts = get(own, lane);
                set_number_of_channels(counts, static_cast<std::int64_t>(whole[lane]));
                put(own, lane, counts);
            }
        }
    }

    void settle() override {
        for_each_block(*this->setup_.place, [&](std::size_t block, std::size_t own) {
            const auto kinetics = this->kinetics(block);
            for (std::size_t lane = 0; lane < kLanes; ++lane) {
                Counts counts{};
                counts[0] = static_cast<std::int64_t>(channels_[own * kLanes + lane]);
                Chances chances;
                for (std::size_t g = 0; g < kGates; ++g) {
                    const double open = kinetics[g].steady[lane];
                    chances[g] = {gates_of(g), open, open};
                }
                move(own, lane, counts, chances, purpose_of_start_, 0);
            }
        });
    }

    void advance(std::int64_t step) override {
        for_each_block(*this->setup_.place, [&](std::size_t block, std::size_t own) {
            const auto kinetics = this->kinetics(block);
            std::array<Lanes, kGates> decay;
            for (std::size_t g = 0; g < kGates; ++g) {
                decay[g] = kinetics[g].decay(this->setup_.dt_ms);
            }
            for (std::size_t lane = 0; lane < kLanes; ++lane) {
                Chances chances;
                for (std::size_t g = 0; g < kGates; ++g) {
                    const double open = kinetics[g].steady[lane];
                    const double left = decay[g][lane];
                    chances[g] = {gates_of(g), open + (1.0 - open) * left, open * (1.0 - left)};
                }
                move(own, lane, get(own, lane), chances, purpose_, step);
            }
        });
        this->add_currents();
    }

    Lanes fraction(std::size_t own) const {
        const Lanes all = load(channels_.data() + own * kLanes);
        const Lanes open = load(this->values(own) + (kStates - 1) * kLanes);
        return open / larger(all, broadcast(1.0));
    }

    std::size_t bytes() const override { return Base::bytes() + channels_.size() * sizeof(double); }

private:
    static constexpr std::size_t gates_of(std::size_t g) {
        return static_cast<std::size_t>(Channel::gates[g].count);
    }
    auto kinetics(std::size_t block) const {
        const MembraneArrays& arrays = this->setup_.arrays;
        return kinetics_at<Channel>(arrays, block, load(arrays.V_mV + block * kLanes),
                                    this->parameters_.channel, this->constants_);
    }

    Counts get(std::size_t own, std::size_t lane) const {
        Counts counts;
        for (std::size_t s = 0; s < kStates; ++s) {
            counts[s] = static_cast<std::int64_t>(this->values(own)[s * kLanes + lane]);
        }
        return counts;
    }
    void put(std::size_t own, std::size_t lane, const Counts& counts) {
        for (std::size_t s = 0; s < kStates; ++s) {
            this->values(own)[s * kLanes + lane] = static_cast<double>(counts[s]);
        }
    }
    void move(std::size_t own, std::size_t lane, Counts counts, const Chances& chances,
              std::uint64_t purpose, std::int64_t step) {
        const Place& place = *this->setup_.place;
        const std::size_t slot = place.width == 1 ? own * kLanes + lane : own;
        if (channels_[own * kLanes + lane] > 0.0) {
            const auto compartment = static_cast<std::uint64_t>(place.compartment[slot]);
            const std::int64_t cell =
                this->setup_.first_cell + (place.width == 1 ? 0 : static_cast<std::int64_t>(lane));
            const CounterRandom random(this->setup_.seed,
                                       scramble(purpose ^ scramble(compartment)));
            CounterStream draws(random, static_cast<std::uint64_t>(cell),
                                static_cast<std::uint64_t>(step));
            move_gates(counts, chances, draws);
        }
        put(own, lane, counts);
    }

    AlignedVector<double> channels_;  ///< their number: [own block][lane]
    std::uint64_t purpose_;
    std::uint64_t purpose_of_start_;
};

/// The names of the combinations of open gates: "m2h0_*" of m_* and h_*.
template <class Channel>
inline constexpr auto kCombinationNames = [] {
    constexpr std::size_t kLongest = 32;
    std::array<std::array<char, kLongest>, kCombinations<Channel>> names{};
    for (std::size_t s = 0; s < names.size(); ++s) {
        std::size_t at = 0;
        std::size_t rest = s;
        for (const GateParticles& gate : Channel::gates) {
            for (const char c : gate.name.substr(0, gate.name.size() - 2)) names[s][at++] = c;
            const std::size_t values = static_cast<std::size_t>(gate.count) + 1;
            names[s][at++] = static_cast<char>('0' + rest % values);
            rest /= values;
        }
        names[s][at++] = '_';
        names[s][at++] = '*';
    }
    return names;
}();

template <class Channel>
inline constexpr auto kCombinationStates = [] {
    std::array<StateVariable, kCombinations<Channel>> states{};
    for (std::size_t s = 0; s < states.size(); ++s) {
        states[s] = {kCombinationNames<Channel>[s].data(), "1",
                     "number of channels with that many open gates of each kind", kSteadyState};
    }
    return states;
}();

/// The kind of a channel with gates, also counted one by one where it has a conductance.
template <class Channel>
constexpr ChannelKind gated_channel() {
    ChannelKind kind = deterministic_channel<Channel>();
    if constexpr (kCanBeCounted<Channel>) {
        static_assert(kCombinations<Channel> <= 64);
        kind.make_stochastic = [](const MechanismSetup& setup) -> std::unique_ptr<Mechanism> {
            return std::make_unique<StochasticChannel<Channel>>(setup);
        };
        kind.stochastic_description = kind.description;
        kind.stochastic_description.fields = CountedChannel<Channel>::fields;
        kind.stochastic_states = kCombinationStates<Channel>;
    }
    return kind;
}

}  // namespace volley
