#pragma once

#include "core/neurons/neuron_model.hpp"
#include "core/spec.hpp"
#include "core/time.hpp"

#include <cstdint>
#include <map>
#include <span>
#include <string_view>
#include <vector>

namespace volley {

class CellType;

/// The neurons of one population on one worker, and where their numbers come from.
struct GroupSetup {
    std::string_view population;  ///< its name: the purpose of its draws
    double dt_ms = 0.1;
    std::uint64_t seed = 1;
    std::int64_t first = 0;  ///< index in the population of the first neuron here
    std::size_t size = 0;    ///< neurons here
    bool single_precision = false;
    const std::map<std::string, Value, std::less<>>* parameters =
        nullptr;  ///< as the user gave them
    const std::map<std::string, Value, std::less<>>* initial = nullptr;
    /// Of a model that takes any; empty = its usual ones.
    std::span<const ReceptorChoice> receptors = {};
    /// Of cells with dendrites (core/cable); null for points.
    const CellType* cell = nullptr;
};

/// What electrodes do at one compartment of cells with dendrites, as GroupInput's arrays do at the
/// soma; padded(size) entries, null = nothing.
struct PlacedInput {
    std::int32_t compartment = 0;
    const double* current = nullptr;
    const double* conductance = nullptr;
    const double* held_mV = nullptr;
};

/// An event that reaches a receptor's site on a cell with dendrites.
struct SiteEvent {
    std::uint32_t entry;  ///< of the receptor's row (core/cable/cell_blocks.hpp)
    double weight;
};
/// Events of one source of them at the end of a step: those of a cell together, cells ascending.
struct SiteEvents {
    std::size_t receptor;
    std::span<const SiteEvent> events;
};

/// What reaches a group in one step. Arrays have padded(size) entries, 64-byte aligned; rows of
/// receptors with sites have row_entries(size, sites) (core/cable/cell_blocks.hpp).
struct GroupInput {
    /// Exact sums that arrive at the end of the step, in units of the receptor's grid; one row a
    /// receptor. advance() clears them. null = none, for receptors with sites.
    std::span<std::int32_t* const> rows;
    std::span<const double> grid;     ///< what one unit of each row stands for
    const double* current = nullptr;  ///< drives, constant over the step; null = none
    /// The membrane receives current - conductance V_m; null = none. For models that take it.
    const double* conductance = nullptr;
    /// V_m is held at these (ideal voltage clamp), NaN where it is free; null = nowhere.
    const double* held_mV = nullptr;
    /// Per receptor of points: drives' events at the step's end; may hold nulls.
    std::span<const double* const> events;
    std::span<const SiteEvents> site_events;  ///< drives' events onto cells with dendrites
    std::span<const PlacedInput> placed;      ///< at other compartments than the soma
    std::span<const double> mean_field;       ///< population means at the start of the step
    /// Where the spikes were inside the step, for recording: advance() appends, for each neuron
    /// that it appends to `fired`, a fraction in (0, 1] of the step (1 = its end); a group that
    /// cannot say appends nothing. null = not wanted.
    std::vector<float>* crossings = nullptr;
};

/// A worker's share of a population: parameters, state, and the kernel that advances them.
class NeuronGroup {
public:
    virtual ~NeuronGroup() = default;

    virtual std::size_t size() const = 0;

    /// Advances every neuron over the step that starts at `step`; appends the local indices of
    /// those that fired (once for each event), ascending.
    /// @return false where a row left the range that the grid allows (the sums cannot be trusted).
    [[nodiscard]] virtual bool advance(Step step, const GroupInput& input,
                                       std::vector<std::uint32_t>& fired) = 0;

    /// Changes a parameter for all steps to come. @pre the reader checked name, kind and range.
    virtual void set_parameter(std::string_view name, const Value& value) = 0;

    /// The present value of a state variable of a neuron.
    virtual double state(std::size_t variable, std::size_t neuron) const = 0;
    /// The same at a compartment of cells with dendrites; a point is its only compartment.
    /// @pre the variable exists there (CellType::has_state)
    virtual double state_at(std::size_t variable, std::size_t neuron,
                            std::int32_t compartment) const {
        (void)compartment;
        return state(variable, neuron);
    }

    /// Adds this group's contributions to the population's mean fields: 64-bit fixed point with
    /// kMeanFieldUnit, so that the sum does not depend on its order.
    virtual void add_mean_fields(std::span<std::int64_t> sums) const { (void)sums; }

    /// Memory of parameters and state.
    virtual std::size_t bytes() const = 0;
};

/// Resolution of a mean field's contribution; leaves room for 2^31 neurons of |contribution| <= 1.
inline constexpr double kMeanFieldUnit = 0x1p-32;

}  // namespace volley
