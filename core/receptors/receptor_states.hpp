#pragma once

#include "core/math/aligned_vector.hpp"
#include "core/receptors/receptor_kind.hpp"

#include <array>
#include <stdexcept>

namespace volley {

/// Turns a receptor written as equations for eight neurons into ReceptorStates.
///
/// A kind is a struct with
///   struct Parameters { Lanes ...; };  in the order of its table `fields`
///   struct Step { Lanes ...; };        what is computed once from them
///   struct State { Lanes ...; };       in the order of its table `states`
///   static Step make_step(const Parameters&, double half_ms);
///   static void half(State&, const Step&);                   half a substep later
///   static State later(const State&, const Step&, Lanes ms); any time later
///   static void act(const State&, const Step&, SynapticInput&);
///   static void arrive(State&, const Step&, Lanes weight);
/// and for exactly integrated membranes, where it is a current,
///   struct Propagator; static Propagator make_propagator(const Parameters&, LinearMembrane,
///   dt_ms); static Lanes voltage_of_step(State&, const Propagator&);  and moves the state by dt
template <class Kind, class Real>
class ReceptorStatesOf final : public ReceptorStates {
    using Parameters = typename Kind::Parameters;
    using StepBlock = typename Kind::Step;
    using State = typename Kind::State;
    static constexpr std::size_t kVariables = sizeof(State) / sizeof(Lanes);
    static constexpr bool kLinear = requires { typename Kind::Propagator; };
    static_assert(kVariables == std::size(Kind::states), "one Lanes for each entry of `states`");
    static_assert(sizeof(Parameters) == std::size(Kind::fields) * sizeof(Lanes),
                  "one Lanes for each entry of `fields`");

public:
    explicit ReceptorStatesOf(const ReceptorSetup& setup)
        : dt_ms_(setup.dt_ms), states_(setup.blocks * kVariables * kLanes, Real{}) {}

    void advance(std::size_t block, std::span<SynapticInput, 3> stages) override {
        const StepBlock& c = step(block);
        State s = get(block);
        Kind::act(s, c, stages[0]);
        Kind::half(s, c);
        Kind::act(s, c, stages[1]);
        Kind::half(s, c);
        Kind::act(s, c, stages[2]);
        set(block, s);
    }

    void add_at(std::size_t block, Lanes elapsed_ms, SynapticInput& sum) const override {
        const StepBlock& c = step(block);
        Kind::act(Kind::later(get(block), c, elapsed_ms), c, sum);
    }

    void skip_step(std::size_t block) override {
        const StepBlock& c = step(block);
        State s = get(block);
        for (int k = 0; k < 2 * substeps_; ++k) Kind::half(s, c);
        set(block, s);
    }

    Lanes voltage_of_step(std::size_t block) override {
        if constexpr (kLinear) {
            State s = get(block);
            const Lanes voltage =
                Kind::voltage_of_step(s, propagators_[propagators_.size() == 1 ? 0 : block]);
            set(block, s);
            return voltage;
        } else {
            throw std::logic_error("a conductance in an exactly integrated model");
        }
    }

    void arrive(std::size_t block, Lanes weight) override {
        State s = get(block);
        Kind::arrive(s, step(block), weight);
        set(block, s);
    }

    double state(std::size_t variable, std::size_t neuron) const override {
        return static_cast<double>(states_[place(variable, neuron)]);
    }
    void set_state(std::size_t variable, std::size_t neuron, double value) override {
        states_[place(variable, neuron)] = static_cast<Real>(value);
    }

    void set_parameters(std::span<const Lanes> parameters,
                        std::span<const LinearMembrane> membranes, int substeps) override {
        substeps_ = substeps;
        const double half_ms = dt_ms_ / substeps / 2.0;
        const auto* const blocks = reinterpret_cast<const Parameters*>(parameters.data());
        const std::size_t count = parameters.size_bytes() / sizeof(Parameters);
        steps_.clear();
        for (std::size_t b = 0; b < count; ++b) {
            steps_.push_back(Kind::make_step(blocks[b], half_ms));
        }
        if constexpr (kLinear) {
            propagators_.clear();
            for (std::size_t b = 0; b < membranes.size(); ++b) {
                propagators_.push_back(Kind::make_propagator(blocks[b], membranes[b], dt_ms_));
            }
        }
    }

    std::size_t bytes() const override {
        return states_.size() * sizeof(Real) + steps_.size() * sizeof(StepBlock) +
               propagators_.size() * sizeof(Propagator);
    }

private:
    struct None {};
    template <class K>
    struct PropagatorOf {
        using type = None;
    };
    template <class K>
        requires requires { typename K::Propagator; }
    struct PropagatorOf<K> {
        using type = typename K::Propagator;
    };
    using Propagator = typename PropagatorOf<Kind>::type;

    const StepBlock& step(std::size_t block) const {
        return steps_[steps_.size() == 1 ? 0 : block];
    }
    static std::size_t place(std::size_t variable, std::size_t neuron) {
        return (neuron / kLanes * kVariables + variable) * kLanes + neuron % kLanes;
    }
    State get(std::size_t block) const {
        State state;
        auto* const lanes = reinterpret_cast<Lanes*>(&state);
        const Real* const from = states_.data() + block * kVariables * kLanes;
        for (std::size_t v = 0; v < kVariables; ++v) lanes[v] = load(from + v * kLanes);
        return state;
    }
    void set(std::size_t block, const State& state) {
        const auto* const lanes = reinterpret_cast<const Lanes*>(&state);
        Real* const to = states_.data() + block * kVariables * kLanes;
        for (std::size_t v = 0; v < kVariables; ++v) store(to + v * kLanes, lanes[v]);
    }

    double dt_ms_;
    int substeps_ = 1;
    AlignedVector<Real> states_;  ///< [block][variable][lane]
    std::vector<StepBlock> steps_;
    std::vector<Propagator> propagators_;
};

/// The registration of a kind: its tables, and the factory of its states.
template <class Kind>
constexpr ReceptorKind receptor_kind_of() {
    ReceptorKind kind{.description = {.name = Kind::name,
                                      .summary = Kind::summary,
                                      .fields = Kind::fields,
                                      .details = Kind::details,
                                      .source = Kind::source,
                                      .example = Kind::example},
                      .states = Kind::states,
                      .relations = {},
                      .weight_unit = Kind::weight_unit,
                      .weight_meaning = Kind::weight_meaning,
                      .is_conductance = Kind::weight_unit == "@/mV",
                      .is_blocked = Kind::is_blocked};
    if constexpr (requires { Kind::relations; }) kind.relations = Kind::relations;
    kind.make = [](const ReceptorSetup& setup) -> std::unique_ptr<ReceptorStates> {
        if (setup.single_precision) return std::make_unique<ReceptorStatesOf<Kind, float>>(setup);
        return std::make_unique<ReceptorStatesOf<Kind, double>>(setup);
    };
    kind.make_on_cable = [](const CableReceptorSetup& setup) -> std::unique_ptr<CableReceptor> {
        return std::make_unique<CableReceptorOf<Kind>>(setup);
    };
    return kind;
}

}  // namespace volley
