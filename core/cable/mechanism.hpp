#pragma once

#include "core/cable/place.hpp"
#include "core/random/counter_random.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace volley {

class TableStore;

/// The numbers of an ion in a block of cells, in its storage; null where the cell does not keep it.
struct IonArrays {
    const double* inside_mM = nullptr;    ///< at the membrane, where it changes
    double* written_inside_mM = nullptr;  ///< the same, for the mechanism that computes it
    double* current_nA = nullptr;         ///< summed by channels, outward positive
    const double* reversal_mV = nullptr;  ///< by Nernst's equation, where computed
    double rest_inside_mM = 0.0;          ///< where it does not change
    double outside_mM = 0.0;
    double valence = 1.0;
};

/// What a mechanism works on: the numbers of a block of cells, shape [storage].
struct MembraneArrays {
    const double* V_mV = nullptr;
    /// Sums over mechanisms: the membrane current is conductance V - current, outward positive.
    double* conductance_uS = nullptr;
    double* current_nA = nullptr;
    IonArrays ion;      ///< that the mechanism's current carries or that it computes
    IonArrays calcium;  ///< for mechanisms that calcium gates, whatever carries their current
};

struct MechanismSetup {
    const Place* place = nullptr;
    MembraneArrays arrays;
    double dt_ms = 0.025;  ///< of the time step; gates move by it at once
    double temperature_degC = 6.3;
    TableStore* tables = nullptr;  ///< shared by the cells of a group; null: each has its own
    // For mechanisms that draw random numbers.
    std::uint64_t seed = 1;
    std::string purpose;          ///< names population and mechanism
    std::int64_t first_cell = 0;  ///< index in the population of lane 0's cell
};

/// The parameters of the cells in the lanes, in the order of the kind's fields.
struct MechanismParameters {
    std::span<const Lanes> values;
    /// One bit for each: the cells of the population may differ in it. Where they may not, the
    /// lanes are equal.
    std::uint64_t differing = 0;

    MechanismParameters(const std::vector<Lanes>& lanes, std::uint64_t differing_bits = 0)
        : values(lanes), differing(differing_bits) {}
};

/// A channel, a calcium pool, ... on some compartments of a block of cells.
///
/// A time step goes: the tree is solved for V at its end with all currents as they were left; then
/// pools advance with the ionic currents of before the solution; then channels advance by dt with V
/// at the step's end and leave their currents for the next step.
class Mechanism {
public:
    virtual ~Mechanism() = default;

    /// Called before everything else, and again when a parameter changes.
    virtual void set_parameters(const MechanismParameters& parameters) = 0;
    /// All states as they are after a long time at the present V (and concentrations).
    virtual void settle() = 0;
    /// Moves the states by dt and adds the currents that flow then, ionic ones included.
    virtual void advance(std::int64_t step) = 0;
    /// Adds the currents of the present states: at the start, and after a change of parameters.
    virtual void add_currents() = 0;

    /// A state at an index of Place::own_index().
    virtual double state(std::size_t variable, std::size_t own_index) const = 0;
    virtual void set_state(std::size_t variable, std::size_t own_index, double value) = 0;
    /// The outward current that the mechanism lets through there, nA; 0 for pools.
    virtual double current_nA(std::size_t own_index) const = 0;
    virtual std::size_t bytes() const = 0;
};

}  // namespace volley
