#pragma once

#include "core/cable/cell_type.hpp"
#include "core/cable/mechanism.hpp"
#include "core/neurons/neuron_group.hpp"
#include "core/neurons/parameter_values.hpp"
#include "core/receptors/cable_receptor.hpp"
#include "core/time.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace volley {

/// Up to eight cells of one type, computed together: state, mechanisms, receptors.
class CellBlock {
public:
    struct Setup {
        const CellType* cell = nullptr;
        double dt_ms = 0.025;
        std::uint64_t seed = 1;
        std::string purpose;           ///< of random numbers: names the population
        std::int64_t first_cell = 0;   ///< index in the population of the first cell
        std::size_t first = 0;         ///< the same in the group
        std::size_t width = 1;         ///< lanes: 8 or 1
        std::size_t cells = 1;         ///< in use, at most `width`
        TableStore* tables = nullptr;  ///< of the group
    };

    CellBlock(Setup setup, const ParameterValues& values);

    std::size_t first() const { return setup_.first; }
    std::size_t cells() const { return setup_.cells; }

    /// Puts V where it begins, all else where it settles then.
    /// @param V_mV  of the cells in the lanes
    void start(Lanes V_mV);
    /// Takes changed parameters.
    void set_parameters(const ParameterValues& values);

    struct Crossings {
        unsigned lanes = 0;  ///< one bit for each cell that fired
        Lanes fraction;      ///< where in the step, in (0, 1]
    };
    /// @param input  of the whole group
    /// @param exact  set to false where a sum of input left its range; else left alone
    Crossings advance(Step step, const GroupInput& input, bool& exact);

    /// A state variable of CellType::model() at a compartment that has it.
    double state(std::size_t variable, std::int32_t compartment, std::size_t lane) const;
    /// V_m of a compartment, or of a branch point (CompartmentTree::nodes).
    double potential_mV(std::int32_t node, std::size_t lane) const {
        return V_mV_[plan_->layout.index_of(node, lane)];
    }
    std::size_t bytes() const;

private:
    struct IonState {
        AlignedVector<double> inside_mM;    ///< [storage]; empty where nothing computes it
        AlignedVector<double> current_nA;   ///< empty where no pool wants it
        AlignedVector<double> reversal_mV;  ///< empty where channels have their own
    };

    void make_ions();
    void make_mechanisms();
    IonArrays ion_arrays(std::string_view name, bool with_current);
    MechanismSetup mechanism_setup(const Place& place, const std::string& name, IonArrays ion);
    Lanes lanes_of(const ParameterValues& values, std::size_t parameter) const;
    void compute_reversals();
    void clear_ion_currents();
    CableReceptor::Membrane membrane() {
        return {.V_mV = V_mV_.data(),
                .conductance_uS = conductance_uS_.data(),
                .current_nA = current_nA_.data()};
    }
    /// Events of a receptor's drives, as entries of the block. @param first  entry in the group
    void find_arriving(const GroupInput& input, std::size_t receptor, std::size_t first);
    void add_channel_currents();
    void add_electrodes(const GroupInput& input);
    void hold(const GroupInput& input);
    void add_to_lanes(double* sums, std::size_t index, const double* of_group) const;
    void clamp_to(std::size_t index, const double* held_mV);
    void keep_held(std::size_t index, const double* held_mV);
    void solve();
    Lanes soma_mV() const;
    void check_finite(Step step) const;
    bool advance_receptors(const GroupInput& input);

    Setup setup_;
    const CellType* cell_;
    const CellType::Plan* plan_;
    Lanes C_m_uF_per_cm2_{};
    Lanes threshold_mV_{};
    AlignedVector<double> V_mV_;            ///< [storage]
    AlignedVector<double> conductance_uS_;  ///< [storage]; sums for the next solution
    AlignedVector<double> current_nA_;
    std::vector<IonState> ions_;  ///< as CellDefinition::ions
    std::vector<std::unique_ptr<Mechanism>> channels_;
    std::vector<std::unique_ptr<Mechanism>> pools_;
    std::vector<std::size_t> pool_ions_;  ///< whose concentration each of them computes
    std::vector<std::unique_ptr<CableReceptor>> receptors_;
    std::vector<SiteEvent> arriving_;
};

}  // namespace volley
