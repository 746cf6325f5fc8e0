#pragma once

#include "core/error.hpp"
#include "core/math/runge_kutta.hpp"
#include "core/neurons/adaptive_steps.hpp"
#include "core/neurons/composed_model.hpp"
#include "core/neurons/kernel.hpp"
#include "core/neurons/membrane.hpp"
#include "core/neurons/parameter_values.hpp"
#include "core/receptors/receptor_kind.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

/// Turns a membrane (membrane.hpp) with whatever receptors the user puts on it into a NeuronGroup
/// and a NeuronModel.
namespace volley {

template <class Membrane, class Real>
class ComposedGroup final : public NeuronGroup {
    using Parts = ComposedParts<Membrane>;
    using ParameterBlock = typename Membrane::Parameters;
    using StepBlock = typename Membrane::Step;
    using State = typename Membrane::State;
    static constexpr Scheme kScheme = Membrane::scheme;
    static constexpr std::size_t kStates = std::size(Membrane::states);
    static_assert(sizeof(ParameterBlock) == Parts::kOwn * sizeof(Lanes),
                  "one Lanes for each entry of the parameter table");
    static_assert(sizeof(State) == kStates * sizeof(Lanes),
                  "one Lanes for each entry of the state table");

public:
    explicit ComposedGroup(const GroupSetup& setup)
        : tables_(Parts::tables(setup.receptors)),
          population_(setup.population),
          dt_ms_(setup.dt_ms),
          first_(setup.first),
          size_(setup.size),
          noise_(setup.seed, parameter_purpose(setup.population, "noise")),
          values_(setup, tables_.fields()),
          states_(padded(setup.size) / kLanes) {
        for (const ComposedTables::Receptor& receptor : tables_.receptors()) {
            receptors_.push_back(receptor.kind->make({.blocks = states_.size(),
                                                      .dt_ms = dt_ms_,
                                                      .single_precision = setup.single_precision}));
        }
        rebuild_step();
        initialise(setup);
    }

    std::size_t size() const override { return size_; }

    bool advance(volley::Step step, const GroupInput& input,
                 std::vector<std::uint32_t>& fired) override {
        KernelInput in{.arriving = nullptr,
                       .has_current = input.current != nullptr,
                       .current = Lanes{},
                       .mean_field = input.mean_field.data(),
                       .random = &noise_,
                       .first_index = static_cast<std::uint64_t>(first_),
                       .step = static_cast<std::uint64_t>(step)};
        Lanes crossing;
        const bool tells = input.crossings != nullptr && tables_.model().interpolates_spikes;
        if (tells) in.crossing = &crossing;
        Ints beyond{};  // bits set where a sum left [-2^30, 2^30)
        for (std::size_t b = 0; b < states_.size(); ++b) {
            const std::size_t at = b * kLanes;
            crossing = broadcast(1.0);
            if (input.current != nullptr) in.current = load(input.current + at);
            State state = states_[b].get();
            const StepBlock& c = steps_[steps_.size() == 1 ? 0 : b];
            const unsigned fires = bits_of(advance_block(b, state, c, input, in));
            states_[b].set(state);
            check_finite(state, at, step);
            for (std::size_t r = 0; r < receptors_.size(); ++r) arrive(r, b, input, beyond);
            for (unsigned left = fires; left != 0; left &= left - 1) {
                const auto lane = static_cast<std::size_t>(std::countr_zero(left));
                if (at + lane >= size_) continue;
                fired.push_back(static_cast<std::uint32_t>(at + lane));
                if (tells) input.crossings->push_back(static_cast<float>(crossing[lane]));
            }
            in.first_index += kLanes;
        }
        for (std::size_t k = 0; k < kLanes; ++k) {
            if (beyond[k] < 0) return false;
        }
        return true;
    }

    void set_parameter(std::string_view name, const Value& value) override {
        values_.set(name, value);
        rebuild_step();
    }

    double state(std::size_t variable, std::size_t neuron) const override {
        if (variable < kStates) {
            return static_cast<double>(
                states_[neuron / kLanes].values[variable * kLanes + neuron % kLanes]);
        }
        const std::size_t r = receptor_of_state(variable);
        return receptors_[r]->state(variable - tables_.receptors()[r].first_state, neuron);
    }

    std::size_t bytes() const override {
        std::size_t total = steps_.size() * sizeof(StepBlock) +
                            states_.size() * sizeof(StoredState<State, Real>) + values_.bytes();
        for (const auto& receptor : receptors_) total += receptor->bytes();
        return total;
    }

private:
    Mask advance_block(std::size_t b, State& state, const StepBlock& c, const GroupInput& input,
                       const KernelInput& in) {
        if constexpr (kScheme == Scheme::exact) {
            Lanes synaptic_mV{};
            for (const auto& receptor : receptors_) synaptic_mV += receptor->voltage_of_step(b);
            return Membrane::advance(state, c, {.synaptic_mV = synaptic_mV, .current = in.current},
                                     in);
        } else {
            const std::size_t at = b * kLanes;
            SynapticInput drive;
            drive.current = in.current;
            if (input.conductance != nullptr) drive.conductance = load(input.conductance + at);
            Mask held{};
            if (input.held_mV != nullptr) {
                const Lanes command = load(input.held_mV + at);
                held = command == command;
                potential_of(state) = select(held, command, potential_of(state));
            }
            const State before = state;
            const auto rates = [&](const auto& y, const SynapticInput& sum) {
                State now = state;
                put_integrated<Membrane>(now, y);
                auto k = integrated_of<Membrane>(Membrane::derivative(now, c, sum));
                k[0] = select(held, Lanes{}, k[0]);
                return k;
            };
            Mask fires{};
            if constexpr (kScheme == Scheme::runge_kutta_4) {
                for (int k = 0; k < substeps_; ++k) fixed_step(b, state, drive, rates);
            } else {
                fires = adaptive_steps<Membrane>(
                    state, c, dt_ms_, tolerance_,
                    [&](const auto& y, Lanes elapsed) {
                        SynapticInput sum;
                        sum.current = drive.current;
                        sum.conductance = drive.conductance;
                        for (const auto& receptor : receptors_) receptor->add_at(b, elapsed, sum);
                        return rates(y, sum);
                    },
                    in.crossing);
                for (const auto& receptor : receptors_) receptor->skip_step(b);
            }
            return fires | Membrane::finish(state, before, c, in);
        }
    }

    template <class Rates>
    void fixed_step(std::size_t b, State& state, const SynapticInput& drive, const Rates& rates) {
        std::array<SynapticInput, 3> stages;
        for (SynapticInput& stage : stages) {
            stage.current = drive.current;
            stage.conductance = drive.conductance;
        }
        for (const auto& receptor : receptors_) receptor->advance(b, stages);
        put_integrated<Membrane>(state, runge_kutta_4(integrated_of<Membrane>(state), substep_ms_,
                                                      [&](const auto& y, std::size_t stage) {
                                                          return rates(y, stages[stage]);
                                                      }));
    }

    void arrive(std::size_t r, std::size_t b, const GroupInput& input, Ints& beyond) {
        auto* const row = reinterpret_cast<Ints*>(input.rows[r] + b * kLanes);
        const Ints sum = *row;
        beyond |= sum ^ (sum << 1);
        Lanes weight = __builtin_convertvector(sum, Lanes) * input.grid[r];
        *row = Ints{};
        if (input.events[r] != nullptr) weight += load(input.events[r] + b * kLanes);
        receptors_[r]->arrive(b, tables_.receptors()[r].negative ? -weight : weight);
    }

    /// @throws SystemError  naming a neuron whose potential is no number any more
    void check_finite(State& state, std::size_t at, volley::Step step) const {
        constexpr double kAbsurd_mV = 1e6;
        const Mask bad = ~(absolute(potential_of(state)) < kAbsurd_mV);
        if (bits_of(bad) == 0) return;
        for (std::size_t k = 0; k < kLanes && at + k < size_; ++k) {
            if (bad[k] == 0) continue;
            throw SystemError("the potential of neuron " +
                              std::to_string(first_ + static_cast<std::int64_t>(at + k)) + " of " +
                              population_ + " is " + std::to_string(potential_of(state)[k]) +
                              " mV at " + std::to_string(to_ms(step + 1, dt_ms_)) +
                              " ms: the integration of " + std::string(Membrane::name) +
                              " did not follow it; use a smaller dt" +
                              (kScheme == Scheme::runge_kutta_4 ? " or internal_step" : "") +
                              ", or look for an input or a parameter out of proportion");
        }
    }

    void initialise(const GroupSetup& setup) {
        std::vector<std::size_t> settled;
        for (std::size_t v = 0; v < tables_.states().size(); ++v) {
            const StateVariable& variable = tables_.states()[v];
            const bool given = setup.initial->find(variable.name) != setup.initial->end();
            if (variable.initial_parameter == kSteadyState && !given) {
                settled.push_back(v);
                continue;
            }
            const std::vector<double> start = values_.initial(setup, variable);
            for (std::size_t i = 0; i < states_.size() * kLanes; ++i) {
                set_state(v, i, start.size() == 1 ? start[0] : start[std::min(i, size_ - 1)]);
            }
        }
        if constexpr (requires(State s, StepBlock c) { Membrane::settle(s, c); }) {
            for (std::size_t b = 0; b < states_.size(); ++b) {
                State state = states_[b].get();
                Membrane::settle(state, steps_[steps_.size() == 1 ? 0 : b]);
                const auto* const lanes = reinterpret_cast<const Lanes*>(&state);
                for (const std::size_t v : settled) {
                    for (std::size_t k = 0; k < kLanes; ++k) {
                        set_state(v, b * kLanes + k, lanes[v][k]);
                    }
                }
            }
        }
    }

    void set_state(std::size_t variable, std::size_t neuron, double value) {
        if (variable < kStates) {
            states_[neuron / kLanes].values[variable * kLanes + neuron % kLanes] =
                static_cast<Real>(value);
            return;
        }
        const std::size_t r = receptor_of_state(variable);
        receptors_[r]->set_state(variable - tables_.receptors()[r].first_state, neuron, value);
    }

    std::size_t receptor_of_state(std::size_t variable) const {
        std::size_t r = receptors_.size() - 1;
        while (tables_.receptors()[r].first_state > variable) --r;
        return r;
    }

    std::vector<Lanes> lanes_of(std::size_t block, std::size_t first, std::size_t count) const {
        std::vector<Lanes> lanes;
        for (std::size_t p = 0; p < count; ++p) lanes.push_back(values_.of_block(first + p, block));
        return lanes;
    }

    void rebuild_step() {
        if constexpr (kScheme == Scheme::runge_kutta_4) {
            // Not one part more where dt is a whole number of internal steps.
            const double parts =
                std::max(1.0, std::ceil(dt_ms_ / values_.number(Parts::kOwn) * (1.0 - 1e-9)));
            constexpr double kMostParts = 1e6;
            if (parts > kMostParts) {
                throw ConfigError("population " + population_ + ": internal_step",
                                  std::to_string(values_.number(Parts::kOwn)) + " ms",
                                  "at least a millionth of dt");
            }
            substeps_ = static_cast<int>(parts);
            substep_ms_ = dt_ms_ / substeps_;
        } else if constexpr (kScheme == Scheme::adaptive) {
            tolerance_ = values_.number(Parts::kOwn);
        }
        const std::size_t blocks =
            values_.uniform() ? std::min<std::size_t>(1, states_.size()) : states_.size();
        steps_.clear();
        std::vector<LinearMembrane> membranes;
        for (std::size_t b = 0; b < blocks; ++b) {
            const std::vector<Lanes> lanes = lanes_of(b, 0, Parts::kOwn);
            ParameterBlock parameters;
            std::memcpy(&parameters, lanes.data(), sizeof parameters);
            steps_.push_back(Membrane::make_step(parameters, dt_ms_));
            if constexpr (kScheme == Scheme::exact) {
                membranes.push_back(Membrane::membrane(parameters));
            }
        }
        for (std::size_t r = 0; r < receptors_.size(); ++r) {
            const ComposedTables::Receptor& receptor = tables_.receptors()[r];
            std::vector<Lanes> parameters;
            for (std::size_t b = 0; b < blocks; ++b) {
                const std::vector<Lanes> lanes =
                    lanes_of(b, receptor.first_field, receptor.kind->description.fields.size());
                parameters.insert(parameters.end(), lanes.begin(), lanes.end());
            }
            receptors_[r]->set_parameters(parameters, membranes, substeps_);
        }
    }

    const ComposedTables& tables_;
    std::string population_;
    double dt_ms_;
    std::int64_t first_;
    std::size_t size_;
    CounterRandom noise_;
    ParameterValues values_;
    int substeps_ = 1;
    double substep_ms_ = 0.0;
    double tolerance_ = 0.0;
    std::vector<StepBlock> steps_;  ///< one block, or one per block of neurons
    std::vector<StoredState<State, Real>> states_;
    std::vector<std::unique_ptr<ReceptorStates>> receptors_;
};

template <class Membrane>
std::unique_ptr<NeuronGroup> ComposedParts<Membrane>::make_group(const GroupSetup& setup) {
    if (setup.single_precision) return std::make_unique<ComposedGroup<Membrane, float>>(setup);
    return std::make_unique<ComposedGroup<Membrane, double>>(setup);
}

/// The registration of a membrane, with its usual receptors.
template <class Membrane>
NeuronModel composed_model_of() {
    return ComposedParts<Membrane>::tables({}).model();
}

}  // namespace volley
