#include "core/cable/extracellular.hpp"

#include "core/cable/cell_type.hpp"

#include <cassert>
#include <cmath>

namespace volley {

ExtracellularPotential::ExtracellularPotential(const CellType& cell,
                                               std::span<const CellPose> poses,
                                               std::span<const PointUm> points_um,
                                               double conductivity_S_per_m)
    : currents_(cell),
      cells_(poses.size()),
      compartments_(cell.definition().tree.compartments.size()),
      points_(points_um.size()) {
    MOhm_.reserve(cells_ * compartments_ * points_);
    for (const CellPose& pose : poses) {
        const std::vector<double> by_point = line_source_MOhm(
            cell.definition().tree, cell.definition().soma, pose, conductivity_S_per_m, points_um);
        for (std::size_t c = 0; c < compartments_; ++c) {
            for (std::size_t p = 0; p < points_; ++p) {
                MOhm_.push_back(static_cast<float>(by_point[p * compartments_ + c]));
            }
        }
    }
}

bool ExtracellularPotential::add_to(const CableGroup& group, const GroupInput& input,
                                    std::span<std::int64_t> sums) const {
    assert(sums.size() == points_ && group.size() == cells_);
    std::vector<double> current_nA(compartments_);
    std::vector<double> potential_mV(points_);
    for (std::size_t cell = 0; cell < cells_; ++cell) {
        currents_.compute(group, cell, input, current_nA);
        potential_mV.assign(points_, 0.0);
        const float* MOhm = MOhm_.data() + cell * compartments_ * points_;
        for (std::size_t c = 0; c < compartments_; ++c, MOhm += points_) {
            const double current = current_nA[c];
            double* const potential = potential_mV.data();
            // Points are apart: no order of theirs changes a sum.
#pragma omp simd
            for (std::size_t p = 0; p < points_; ++p) {
                potential[p] += current * static_cast<double>(MOhm[p]);
            }
        }
        for (std::size_t p = 0; p < points_; ++p) {
            if (!(std::abs(potential_mV[p]) <= kMostExtracellular_mV)) return false;
            const std::int64_t part = std::llrint(potential_mV[p] / kExtracellularUnit_mV);
            sums[p] = static_cast<std::int64_t>(static_cast<std::uint64_t>(sums[p]) +
                                                static_cast<std::uint64_t>(part));
        }
    }
    return true;
}

}  // namespace volley
