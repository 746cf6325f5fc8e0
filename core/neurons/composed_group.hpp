#pragma once

#include "core/error.hpp"
#include "core/math/runge_kutta.hpp"
#include "core/neurons/composed_model.hpp"
#include "core/neurons/kernel.hpp"
#include "core/neurons/parameter_values.hpp"
#include "core/receptors/receptor_kind.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

/// Turns a membrane written as equations for eight neurons at a time, with whatever receptors the
/// user puts on it, into a NeuronGroup and a NeuronModel.
///
/// A membrane is a struct with the tables of a model (see kernel.hpp; no `receptors`) and
///   static constexpr Scheme scheme;
///   static constexpr UsualReceptor usual_receptors[];   where the user chooses none
///   static constexpr ReceptorDefault receptor_defaults[];
///   struct Parameters, Step, State { Lanes ...; };      V_m is the state's first
///   static Step make_step(const Parameters&, double dt_ms);
/// and, integrated exactly (Scheme::exact),
///   static LinearMembrane membrane(const Parameters&);
///   static Mask advance(State&, const Step&, const LinearInput&, const KernelInput&);
/// or, as differential equations,
///   static constexpr std::size_t integrated;   that many first states follow `derivative`; the
///                                              rest changes in `finish` and `reset` alone
///   static State derivative(const State&, const Step&, const SynapticInput&);
///   static Mask finish(State& now, const State& before, const Step&, const KernelInput&);
///                                              at the end of each step: spikes, resets
///   static Lanes below_peak(const State&, const Step&);   Scheme::adaptive: how far V is below the
///                                              spike's peak; a step that would pass it is cut
///   static Mask reset(State&, const Step&, Mask may);   ... after each step of the integration
///   static constexpr bool only_currents = true;   where conductances mean nothing
///   static void settle(State&, const Step&);   where states begin at kSteadyState: sets these
/// Where inside a step a spike was (KernelInput::crosses) is told by `finish` of
/// Scheme::runge_kutta_4, by `advance` where the membrane has `interpolates_spikes`, and is known
/// where a step is adaptive.
namespace volley {

enum class Scheme {
    exact,          ///< closed form over dt; receptors are currents
    runge_kutta_4,  ///< fixed steps of at most the parameter `internal_step`
    adaptive,  ///< Dormand-Prince 5(4), each neuron its own steps, to the parameter `tolerance`
};

/// What an exactly integrated membrane receives over a step.
struct LinearInput {
    Lanes synaptic_mV;  ///< what the receptors change V by, exactly
    Lanes current;      ///< constant over the step
};

/// The spikes of a membrane without reset: V rose through a threshold within the step.
inline Mask upward_spikes(Lanes before_mV, Lanes now_mV, Lanes threshold_mV,
                          const KernelInput& in) {
    in.crosses(before_mV, now_mV, threshold_mV);
    return (before_mV < threshold_mV) & (now_mV >= threshold_mV);
}

/// The field that a scheme adds to a membrane's parameters.
constexpr Field internal_step_field(double default_ms) {
    return defaulted("internal_step", "ms", default_ms, kPositive,
                     "longest step of the integration; dt is cut into equal parts");
}
constexpr Field tolerance_field() {
    return defaulted("tolerance", "1", 1e-6, Range{1e-13, 1e-2, false, false},
                     "largest error of an integration step, in the unit of each state variable");
}

template <class Membrane>
struct ComposedParts {
    static constexpr Scheme kScheme = Membrane::scheme;
    static constexpr std::size_t kOwn = std::size(Membrane::parameters);
    static constexpr bool kOnlyCurrents =
        kScheme == Scheme::exact || requires { requires Membrane::only_currents; };

    /// The membrane's own tables, with the scheme's parameter last.
    static const NeuronModel& membrane() {
        static const std::vector<Field> fields = [] {
            std::vector<Field> all(std::begin(Membrane::parameters),
                                   std::end(Membrane::parameters));
            if constexpr (kScheme == Scheme::runge_kutta_4) {
                all.push_back(internal_step_field(Membrane::internal_step_ms));
            } else if constexpr (kScheme == Scheme::adaptive) {
                all.push_back(tolerance_field());
            }
            return all;
        }();
        static const NeuronModel model = [] {
            NeuronModel made{.description = {.name = Membrane::name,
                                             .summary = Membrane::summary,
                                             .fields = fields,
                                             .details = Membrane::details,
                                             .source = Membrane::source,
                                             .example = Membrane::example},
                             .states = Membrane::states,
                             .receptors = {},
                             .relations = {},
                             .current_unit = Membrane::current_unit,
                             .takes_conductance = !kOnlyCurrents};
            if constexpr (requires { Membrane::relations; }) {
                made.relations = Membrane::relations;
            }
            made.make_group = make_group;
            made.with_receptors =
                [](std::span<const ReceptorChoice> receptors) -> const NeuronModel& {
                return tables(receptors).model();
            };
            if constexpr (kScheme != Scheme::exact) made.derivative = derivative;
            made.interpolates_spikes =
                kScheme != Scheme::exact || requires { Membrane::interpolates_spikes; };
            return made;
        }();
        return model;
    }

    static const ComposedTables& tables(std::span<const ReceptorChoice> receptors) {
        static ComposedCache cache(membrane(), Membrane::usual_receptors,
                                   Membrane::receptor_defaults, kOnlyCurrents);
        return cache.with(receptors);
    }

private:
    static std::unique_ptr<NeuronGroup> make_group(const GroupSetup& setup);

    /// NeuronModel::derivative: the membrane alone, its receptors at rest.
    static void derivative(std::span<const double> parameters, std::span<const double> state,
                           double current, std::span<double> rate) {
        typename Membrane::Parameters p;
        typename Membrane::State s;
        auto* const parameter_lanes = reinterpret_cast<Lanes*>(&p);
        auto* const state_lanes = reinterpret_cast<Lanes*>(&s);
        for (std::size_t k = 0; k < kOwn; ++k) parameter_lanes[k] = broadcast(parameters[k]);
        for (std::size_t k = 0; k < std::size(Membrane::states); ++k) {
            state_lanes[k] = broadcast(state[k]);
        }
        SynapticInput input;
        input.current = broadcast(current);
        // The length of a step matters to what happens at its end alone.
        const auto slope = Membrane::derivative(s, Membrane::make_step(p, 1.0), input);
        const auto* const lanes = reinterpret_cast<const Lanes*>(&slope);
        for (std::size_t k = 0; k < rate.size(); ++k) {
            rate[k] = k < Membrane::integrated ? lanes[k][0] : 0.0;
        }
    }
};

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
    static constexpr std::size_t integrated() {
        if constexpr (kScheme == Scheme::exact) {
            return 0;
        } else {
            return Membrane::integrated;
        }
    }
    static constexpr std::size_t kIntegrated = integrated();
    using Integrated = Variables<kIntegrated>;

    static Integrated integrated_of(const State& state) {
        Integrated y;
        std::memcpy(y.data(), &state, sizeof y);
        return y;
    }
    static void put(State& state, const Integrated& y) { std::memcpy(&state, y.data(), sizeof y); }

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
                V_of(state) = select(held, command, V_of(state));
            }
            const State before = state;
            const auto rates = [&](const Integrated& y, const SynapticInput& sum) {
                State now = state;
                put(now, y);
                Integrated k = integrated_of(Membrane::derivative(now, c, sum));
                k[0] = select(held, Lanes{}, k[0]);
                return k;
            };
            Mask fires{};
            if constexpr (kScheme == Scheme::runge_kutta_4) {
                for (int k = 0; k < substeps_; ++k) fixed_step(b, state, drive, rates);
            } else {
                fires = adaptive_steps(b, state, c, drive, rates, in.crossing);
            }
            return fires | Membrane::finish(state, before, c, in);
        }
    }

    static Lanes& V_of(State& state) { return *reinterpret_cast<Lanes*>(&state); }

    template <class Rates>
    void fixed_step(std::size_t b, State& state, const SynapticInput& drive, const Rates& rates) {
        std::array<SynapticInput, 3> stages;
        for (SynapticInput& stage : stages) {
            stage.current = drive.current;
            stage.conductance = drive.conductance;
        }
        for (const auto& receptor : receptors_) receptor->advance(b, stages);
        put(state, runge_kutta_4(integrated_of(state), substep_ms_,
                                 [&](const Integrated& y, std::size_t stage) {
                                     return rates(y, stages[stage]);
                                 }));
    }

    /// Steps of each neuron's own length, whatever its neighbours do: a lane that has come to the
    /// end of dt stands still.
    /// @param crossing  the time of the (last) reset, a fraction of dt; null = not wanted
    template <class Rates>
    Mask adaptive_steps(std::size_t b, State& state, const StepBlock& c, const SynapticInput& drive,
                        const Rates& rates, Lanes* crossing) {
        Lanes elapsed{};
        Lanes left = broadcast(dt_ms_);
        Lanes h = left;
        Mask fires{};
        const auto at = [&](const Integrated& y, Lanes time) {
            SynapticInput sum;
            sum.current = drive.current;
            sum.conductance = drive.conductance;
            for (const auto& receptor : receptors_) receptor->add_at(b, time, sum);
            return rates(y, sum);
        };
        Integrated first = at(integrated_of(state), elapsed);
        for (Mask runs = left > 0.0; bits_of(runs) != 0; runs = left > 0.0) {
            const Integrated y = integrated_of(state);
            const auto step = dormand_prince(y, h, first, [&](const Integrated& now, Lanes time) {
                return at(now, elapsed + time);
            });
            Lanes worst{};
            for (std::size_t i = 0; i < kIntegrated; ++i) {
                const Lanes size = larger(absolute(y[i]), absolute(step.y[i]));
                // A hundredth of the tolerance for each unit of the variable's size: that keeps
                // what is large (a current of 1e4 pA) from asking for more than doubles have.
                const Lanes error = absolute(step.error[i]) / (tolerance_ * (1.0 + 1e-2 * size));
                worst = error > worst ? error : (error == error ? worst : error);
            }
            Integrated next;
            const Mask exact_enough = runs & (worst <= 1.0);
            // A step that passes the peak is cut to where a straight line meets it, until what is
            // left is too short to matter: the reset comes at the right time, not at a step's end.
            const Lanes gap = Membrane::below_peak(state, c);
            State reached = state;
            put(reached, step.y);
            const Lanes beyond = -Membrane::below_peak(reached, c);
            const Mask cut = exact_enough & (gap > 0.0) & (beyond >= 0.0) & (h > kSpikeWithin_ms);
            const Mask accepted = exact_enough & ~cut;
            for (std::size_t i = 0; i < kIntegrated; ++i) {
                next[i] = select(accepted, step.y[i], y[i]);
                first[i] = select(accepted, step.last[i], first[i]);
            }
            put(state, next);
            elapsed = select(accepted, elapsed + h, elapsed);
            left = select(accepted, select(h == left, Lanes{}, left - h), left);
            const Mask resets = Membrane::reset(state, c, accepted);
            if (bits_of(resets) != 0) {
                fires |= resets;
                if (crossing != nullptr) {
                    const Lanes part = smaller(elapsed / dt_ms_, broadcast(1.0));
                    *crossing = select(resets, part, *crossing);
                }
                const Integrated fresh = at(integrated_of(state), elapsed);
                for (std::size_t i = 0; i < kIntegrated; ++i) {
                    first[i] = select(resets, fresh[i], first[i]);
                }
            }
            // The usual controller: 0.9 worst^(-1/5), between a fifth and five times the step.
            const Lanes factor = smaller(
                larger(0.9 * pow(larger(worst, broadcast(1e-6)), broadcast(-0.2)), broadcast(0.2)),
                broadcast(5.0));
            const Lanes shorter = select(worst == worst, factor, broadcast(0.2));
            const Lanes to_peak = larger(h * (gap / (gap + beyond)), 0.05 * h);
            const Lanes next_h = select(cut, smaller(to_peak, 0.9 * h), h * shorter);
            const Lanes restarted = select(resets, left, next_h);
            h = smaller(larger(restarted, broadcast(kShortest_ms)), left);
            // What cannot be followed in the shortest steps goes on as it is; check_finite tells.
            const Mask stuck = runs & ~accepted & (restarted < kShortest_ms);
            left = select(stuck, Lanes{}, left);
            V_of(state) = select(stuck, broadcast(__builtin_nan("")), V_of(state));
        }
        for (const auto& receptor : receptors_) receptor->skip_step(b);
        return fires;
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
        const Mask bad = ~(absolute(V_of(state)) < kAbsurd_mV);
        if (bits_of(bad) == 0) return;
        for (std::size_t k = 0; k < kLanes && at + k < size_; ++k) {
            if (bad[k] == 0) continue;
            throw SystemError("the potential of neuron " +
                              std::to_string(first_ + static_cast<std::int64_t>(at + k)) + " of " +
                              population_ + " is " + std::to_string(V_of(state)[k]) + " mV at " +
                              std::to_string(to_ms(step + 1, dt_ms_)) + " ms: the integration of " +
                              std::string(Membrane::name) + " did not follow it; use a smaller dt" +
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

    static constexpr double kShortest_ms = 1e-15;
    static constexpr double kSpikeWithin_ms = 1e-9;

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
