#pragma once

#include "core/cable/line_source.hpp"
#include "core/cable/membrane_current.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace volley {

/// Resolution of a cell's part of an extracellular potential, 1e-9 uV. Sums of |potential| up to
/// 8e6 mV fit 64 bits.
inline constexpr double kExtracellularUnit_mV = 0x1p-40;

/// The largest part of one cell at one point: far beyond anything but a solution that ran away.
inline constexpr double kMostExtracellular_mV = 1e6;

/// What the cells of a group add to the potential at points outside of them.
///
/// Each cell's part is computed by itself, in the order of compartments, and rounded once to
/// kExtracellularUnit_mV; sums are 64-bit integers, modulo 2^64. So the sum over cells, groups,
/// threads and ranks does not depend on its order: it is the same, bit for bit, on any layout.
///
/// Memory: 4 bytes for each cell, compartment and point.
class ExtracellularPotential {
public:
    /// @param cell    outlives this
    /// @param poses   of the cells of the group, in their order
    /// @throws ConfigError  a conductivity that is not > 0
    ExtracellularPotential(const CellType& cell, std::span<const CellPose> poses,
                           std::span<const PointUm> points_um, double conductivity_S_per_m);

    /// Adds the group's part at the end of the last step.
    /// @param group  after NeuronGroup::advance(); as many cells as there are poses
    /// @param input  that advance() got
    /// @param sums   shape [points], in units of kExtracellularUnit_mV
    /// @return false where a cell's part is no number or larger than kMostExtracellular_mV
    [[nodiscard]] bool add_to(const CableGroup& group, const GroupInput& input,
                              std::span<std::int64_t> sums) const;

    std::size_t bytes() const { return MOhm_.size() * sizeof(float); }

private:
    MembraneCurrents currents_;
    std::size_t cells_;
    std::size_t compartments_;
    std::size_t points_;
    std::vector<float> MOhm_;  ///< [cell][compartment][point]
};

}  // namespace volley
