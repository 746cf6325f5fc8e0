#pragma once

#include "core/math/aligned_vector.hpp"
#include "core/math/lanes.hpp"
#include "core/neurons/neuron_group.hpp"
#include "core/neurons/neuron_values.hpp"
#include "core/neurons/parameter_values.hpp"
#include "core/random/counter_random.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

/// Turns a model written as equations for eight neurons at a time into a NeuronGroup.
///
/// A model is a struct with
///   struct Parameters { Lanes ...; };   in the order of its table `parameters`
///   struct Step { Lanes ...; };         what is computed once from them
///   struct State { Lanes ...; };        in the order of its table `states`
///   static constexpr ... name, summary, details, source, example, parameters, states, receptors,
///                        relations, current_unit, mean_fields, interpolates_spikes;
///   static Step make_step(const Parameters&, double dt_ms);
///   static Mask advance(State&, const Step&, const KernelInput&);    or Lanes: events of each
/// A parameter that is uniform and one that differs from neuron to neuron run through the same
/// code; state and coefficients lie in memory block by block, all variables of eight neurons
/// together.
namespace volley {

/// What a block of eight neurons receives in one step.
struct KernelInput {
    const Lanes* arriving;     ///< by receptor: weights that arrive at the end of the step
    bool has_current;          ///< is there a drive that injects a current?
    Lanes current;             ///< its current, or the sum of several; constant over the step
    const double* mean_field;  ///< population means at the start of the step
    const CounterRandom* random;
    std::uint64_t first_index;  ///< index in the population of lane 0
    std::uint64_t step;
    /// Where in the step each neuron's spike was, a fraction in (0, 1], preset to 1; null: not
    /// wanted.
    Lanes* crossing = nullptr;

    /// For a model whose `interpolates_spikes` is true: tells where a value that moves from
    /// `before` to `after` in the step, taken as a straight line, reaches `threshold`. It is the
    /// step's end where the value does not reach it by itself (an arrival lifts it there), and its
    /// beginning where it was there already (and the neuron refractory).
    void crosses(Lanes before, Lanes after, Lanes threshold) const {
        if (crossing == nullptr) return;
        const Lanes part = (threshold - before) / (after - before);
        const Lanes reached = select(after >= threshold, part, broadcast(1.0));
        *crossing = select(before >= threshold, broadcast(1.0 / kPartsOfStep), reached);
    }

    /// A standard normal number for each neuron and step; `draw` tells several of them apart.
    Lanes normal(std::uint32_t draw = 0) const {
        return random->normal_of_block(first_index, step, draw);
    }
    /// A number in (0, 1) for each neuron and step.
    Lanes uniform(std::uint32_t draw = 0) const {
        return to_uniform(random->words_of_block(first_index, step, draw).first);
    }
};

/// A state of a block as it is stored: in double as it is, in single at half the size.
template <class State, class Real>
struct StoredState {
    static constexpr std::size_t kVariables = sizeof(State) / sizeof(Lanes);
    alignas(64) std::array<Real, kVariables * kLanes> values;

    State get() const {
        State state;
        auto* const lanes = reinterpret_cast<Lanes*>(&state);
        for (std::size_t v = 0; v < kVariables; ++v) lanes[v] = load(values.data() + v * kLanes);
        return state;
    }
    void set(const State& state) {
        const auto* const lanes = reinterpret_cast<const Lanes*>(&state);
        for (std::size_t v = 0; v < kVariables; ++v) store(values.data() + v * kLanes, lanes[v]);
    }
};

template <class Model, class Real>
class KernelGroup final : public NeuronGroup {
    using ParameterBlock = typename Model::Parameters;
    using StepBlock = typename Model::Step;
    using State = typename Model::State;
    static constexpr std::size_t kParameters = std::size(Model::parameters);
    static constexpr std::size_t kReceptors = std::size(Model::receptors);
    static constexpr bool kInterpolates = requires { Model::interpolates_spikes; };
    static_assert((std::is_empty_v<ParameterBlock> ? 0 : sizeof(ParameterBlock)) ==
                      kParameters * sizeof(Lanes),
                  "one Lanes for each entry of the parameter table");
    static_assert(sizeof(State) == std::size(Model::states) * sizeof(Lanes),
                  "one Lanes for each entry of the state table");

public:
    explicit KernelGroup(const GroupSetup& setup)
        : dt_ms_(setup.dt_ms),
          first_(setup.first),
          size_(setup.size),
          noise_(setup.seed, parameter_purpose(setup.population, "noise")),
          values_(setup, Model::parameters) {
        rebuild_step();
        initialise(setup);
    }

    std::size_t size() const override { return size_; }

    bool advance(Step step, const GroupInput& input, std::vector<std::uint32_t>& fired) override {
        if (states_.empty()) return true;
        if constexpr (kInterpolates) {
            if (input.crossings != nullptr) return advance_with<true>(step, input, fired);
        }
        return advance_with<false>(step, input, fired);
    }

    void set_parameter(std::string_view name, const Value& value) override {
        values_.set(name, value);
        rebuild_step();
    }

    double state(std::size_t variable, std::size_t neuron) const override {
        return static_cast<double>(
            states_[neuron / kLanes].values[variable * kLanes + neuron % kLanes]);
    }

    void add_mean_fields(std::span<std::int64_t> sums) const override {
        if constexpr (requires { Model::mean_field_contributions(State{}); }) {
            for (std::size_t b = 0; b < states_.size(); ++b) {
                const auto contributions = Model::mean_field_contributions(states_[b].get());
                const std::size_t lanes = std::min(kLanes, size_ - b * kLanes);
                for (std::size_t f = 0; f < contributions.size(); ++f) {
                    for (std::size_t k = 0; k < lanes; ++k) {
                        sums[f] += std::llrint(contributions[f][k] / kMeanFieldUnit);
                    }
                }
            }
        } else {
            (void)sums;
        }
    }

    std::size_t bytes() const override {
        return steps_.size() * sizeof(StepBlock) +
               states_.size() * sizeof(StoredState<State, Real>) + values_.bytes();
    }

private:
    template <bool kCrossings>
    bool advance_with(Step step, const GroupInput& input, std::vector<std::uint32_t>& fired) {
        if (input.current != nullptr) {
            return uniform_ ? advance_all<true, true, kCrossings>(step, input, fired)
                            : advance_all<false, true, kCrossings>(step, input, fired);
        }
        return uniform_ ? advance_all<true, false, kCrossings>(step, input, fired)
                        : advance_all<false, false, kCrossings>(step, input, fired);
    }

    template <bool kUniform, bool kCurrent, bool kCrossings>
    bool advance_all(Step step, const GroupInput& input, std::vector<std::uint32_t>& fired) {
        const std::size_t blocks = states_.size();
        // Copies that no store below can alias: they stay in registers.
        const StepBlock common = steps_.front();
        std::array<std::int32_t*, kReceptors + 1> rows{};  // + 1: no array of length 0
        std::array<const double*, kReceptors + 1> events{};
        std::array<Lanes, kReceptors + 1> grid{};
        for (std::size_t r = 0; r < kReceptors; ++r) {
            rows[r] = input.rows[r];
            events[r] = input.events[r];
            grid[r] = broadcast(input.grid[r]);
        }
        const double* const current = input.current;
        StoredState<State, Real>* const states = states_.data();
        fires_.assign(blocks, 0);
        std::uint8_t* const fires = fires_.data();
        KernelInput in{.arriving = nullptr,
                       .has_current = kCurrent,
                       .current = Lanes{},
                       .mean_field = input.mean_field.data(),
                       .random = &noise_,
                       .first_index = static_cast<std::uint64_t>(first_),
                       .step = static_cast<std::uint64_t>(step)};
        Lanes crossing;
        if constexpr (kCrossings) {
            crossings_.resize(blocks * kLanes);
            in.crossing = &crossing;
        }
        Ints beyond{};  // bits set where a sum left [-2^30, 2^30)
        for (std::size_t b = 0; b < blocks; ++b) {
            const std::size_t at = b * kLanes;
            std::array<Lanes, kReceptors + 1> arriving;
            for (std::size_t r = 0; r < kReceptors; ++r) {
                auto* const row = reinterpret_cast<Ints*>(rows[r] + at);
                const Ints sum = *row;
                beyond |= sum ^ (sum << 1);
                arriving[r] = __builtin_convertvector(sum, Lanes) * grid[r];
                *row = Ints{};
                if (events[r] != nullptr) arriving[r] += load(events[r] + at);
            }
            in.arriving = arriving.data();
            if constexpr (kCurrent) in.current = load(current + at);
            if constexpr (kCrossings) crossing = broadcast(1.0);
            State state = states[b].get();
            const auto events_here = Model::advance(state, kUniform ? common : steps_[b], in);
            states[b].set(state);
            if constexpr (kCrossings) store(crossings_.data() + at, crossing);
            // No call in this loop but where models count their events: registers stay where
            // they are.
            if constexpr (std::is_same_v<decltype(events_here), const Mask>) {
                fires[b] = static_cast<std::uint8_t>(bits_of(events_here));
            } else {
                collect(events_here, at, fired);
            }
            in.first_index += kLanes;
        }
        const std::size_t fired_before = fired.size();
        collect_fired(fired);
        if constexpr (kCrossings) {
            for (std::size_t n = fired_before; n < fired.size(); ++n) {
                input.crossings->push_back(static_cast<float>(crossings_[fired[n]]));
            }
        }
        for (std::size_t k = 0; k < kLanes; ++k) {
            if (beyond[k] < 0) return false;
        }
        return true;
    }

    ParameterBlock parameters_of(std::size_t block) const {
        ParameterBlock parameters;
        auto* const lanes = reinterpret_cast<Lanes*>(&parameters);
        for (std::size_t p = 0; p < kParameters; ++p) lanes[p] = values_.of_block(p, block);
        return parameters;
    }

    void rebuild_step() {
        uniform_ = values_.uniform();
        const std::size_t blocks = padded(size_) / kLanes;
        steps_.clear();
        for (std::size_t b = 0; b < (uniform_ ? std::min<std::size_t>(1, blocks) : blocks); ++b) {
            steps_.push_back(Model::make_step(parameters_of(b), dt_ms_));
        }
    }

    void initialise(const GroupSetup& setup) {
        states_.resize(padded(size_) / kLanes);
        for (std::size_t v = 0; v < std::size(Model::states); ++v) {
            const std::vector<double> start = values_.initial(setup, Model::states[v]);
            for (std::size_t i = 0; i < states_.size() * kLanes; ++i) {
                const double number = start.size() == 1 ? start[0] : start[std::min(i, size_ - 1)];
                states_[i / kLanes].values[v * kLanes + i % kLanes] = static_cast<Real>(number);
            }
        }
    }

    /// Appends the neurons whose lanes fired.
    void collect_fired(std::vector<std::uint32_t>& fired) const {
        const std::size_t blocks = fires_.size();
        for (std::size_t b = 0; b < blocks; b += sizeof(std::uint64_t)) {
            std::uint64_t bits = 0;
            std::memcpy(&bits, fires_.data() + b, std::min(sizeof bits, blocks - b));
            // Bit k belongs to lane k % 8 of block b + k / 8.
            for (; bits != 0; bits &= bits - 1) {
                const std::size_t neuron =
                    b * kLanes + static_cast<std::size_t>(std::countr_zero(bits));
                if (neuron < size_) fired.push_back(static_cast<std::uint32_t>(neuron));
            }
        }
    }
    /// Appends the neurons of a model that counts its events.
    void collect(Lanes events, std::size_t at, std::vector<std::uint32_t>& fired) const {
        for (std::size_t k = 0; k < kLanes && at + k < size_; ++k) {
            for (double n = events[k]; n >= 1.0; n -= 1.0) {
                fired.push_back(static_cast<std::uint32_t>(at + k));
            }
        }
    }

    double dt_ms_;
    std::int64_t first_;
    std::size_t size_;
    CounterRandom noise_;
    bool uniform_ = true;
    ParameterValues values_;
    std::vector<StepBlock> steps_;  ///< one block, or one per block of neurons
    std::vector<StoredState<State, Real>> states_;
    AlignedVector<double> crossings_;  ///< [neuron]: where in the step a spike was, if wanted
    std::vector<std::uint8_t> fires_;  ///< [block]: one bit a lane; of the present step
};

/// The registration of a model: its tables, and the factory of its groups.
template <class Model>
constexpr NeuronModel neuron_model_of() {
    NeuronModel model{.description = {.name = Model::name,
                                      .summary = Model::summary,
                                      .fields = Model::parameters,
                                      .details = Model::details,
                                      .source = Model::source,
                                      .example = Model::example},
                      .states = Model::states,
                      .receptors = Model::receptors,
                      .relations = {},
                      .current_unit = Model::current_unit};
    if constexpr (requires { Model::relations; }) model.relations = Model::relations;
    model.interpolates_spikes = requires { Model::interpolates_spikes; };
    if constexpr (requires { Model::mean_fields; }) model.mean_fields = Model::mean_fields;
    if constexpr (requires { Model::largest_events; }) {
        model.largest_events = Model::largest_events;
    }
    model.make_group = [](const GroupSetup& setup) -> std::unique_ptr<NeuronGroup> {
        if (setup.single_precision) return std::make_unique<KernelGroup<Model, float>>(setup);
        return std::make_unique<KernelGroup<Model, double>>(setup);
    };
    return model;
}

}  // namespace volley
