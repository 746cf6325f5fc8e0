#pragma once

#include "core/math/aligned_vector.hpp"
#include "core/neurons/neuron_group.hpp"
#include "core/neurons/neuron_model.hpp"
#include "core/spec.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace volley {

/// A neuron on its own, on which an experiment is done: a model and all its numbers.
struct Cell {
    const NeuronModel* model = nullptr;
    std::map<std::string, Value, std::less<>> parameters;  ///< numbers; the rest at their defaults
    std::map<std::string, Value, std::less<>> initial;     ///< numbers; the rest as the model says
    std::vector<ReceptorChoice> receptors;                 ///< those `model` was made with
    std::uint64_t seed = 1;                                ///< of models that draw numbers

    /// All parameters, in the order of the model's table.
    std::vector<double> parameter_values() const;

    /// Refuses what no current can be injected into: sources, and oscillators that are defined by
    /// the mean of their population. @throws ConfigError  naming the model
    void require_current() const;
    /// Index of the state variable V_m. @throws ConfigError  where the model has none
    std::size_t voltage() const;
};

/// Values of all state variables of one neuron, in the order of the model's table.
using CellState = std::vector<double>;

/// Copies of a cell that advance together, without a network. A copy's course does not depend on
/// the others.
class CellGroup {
public:
    /// @param dt_ms  > 0
    /// @param first  number of the first copy among all of an experiment: what its draws depend on
    CellGroup(const Cell& cell, std::size_t size, double dt_ms, std::int64_t first = 0);
    /// A copy for each of `starts`, which says where all its state variables begin.
    CellGroup(const Cell& cell, std::span<const CellState> starts, double dt_ms,
              std::int64_t first = 0);

    std::size_t size() const { return group_->size(); }
    /// What acts on copy `i` from now on: a current (in the model's unit), a conductance (that unit
    /// over mV), a potential at which V_m is held (NaN = free). For models that take them.
    void inject(std::size_t i, double current) { current_[i] = current; }
    void load(std::size_t i, double conductance) { conductance_.at(i) = conductance; }
    void hold(std::size_t i, double potential_mV) { held_mV_.at(i) = potential_mV; }

    /// Advances by a step. @return the copies that fired, valid until the next step
    std::span<const std::uint32_t> step();
    /// Where in that step the n-th of them fired, in steps before its end: 0 where the model cannot
    /// tell.
    double before_end(std::size_t n) const {
        return crossings_.empty() ? 0.0 : 1.0 - static_cast<double>(crossings_[n]);
    }

    double state(std::size_t variable, std::size_t i) const { return group_->state(variable, i); }
    CellState states_of(std::size_t i) const;

private:
    void make(const Cell& cell, const std::map<std::string, Value, std::less<>>& initial,
              std::size_t size, double dt_ms, std::int64_t first);

    std::size_t variables_ = 0;
    std::unique_ptr<NeuronGroup> group_;
    std::vector<AlignedVector<std::int32_t>> rows_;
    std::vector<std::int32_t*> row_pointers_;
    std::vector<const double*> no_events_;
    std::vector<double> grid_;
    AlignedVector<double> current_;
    AlignedVector<double> conductance_;  ///< empty for models that take none
    AlignedVector<double> held_mV_;
    std::vector<std::uint32_t> fired_;
    std::vector<float> crossings_;
    bool interpolates_ = false;
    Step now_ = 0;
};

}  // namespace volley
