#pragma once

#include "core/cable/cell_type.hpp"
#include "core/neurons/neuron_group.hpp"
#include "network/model.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace volley {

/// What happened over a run (after the warm-up) at each compartment of one cell: the largest values
/// of V_m and of the concentrations that pools compute, and when the first spike came by.
struct CellPeaks {
    std::int32_t population = 0;
    std::int64_t neuron = 0;
    std::vector<std::string> variables;       ///< V_m, concentrations (ca_i, ...), first_spike
    std::vector<std::string> units;           ///< of the variables
    std::vector<std::vector<double>> values;  ///< [variable][compartment]; NaN where it is not

    bool operator==(const CellPeaks&) const = default;
};

/// What is watched of a cell, with values of NaN.
CellPeaks empty_peaks(const Model& model, const PeakRequest& request);

/// Follows them on the worker that has the cell.
class PeakWatch {
public:
    /// @param local  the cell among those of the group
    PeakWatch(const CellType& cell, std::size_t local, double dt_ms);

    /// Looks at the states as they are at the end of a step.
    void sample(const NeuronGroup& group, Step time);
    /// [variable][compartment], one after the other.
    const std::vector<double>& values() const { return values_; }

private:
    struct Watched {
        std::size_t variable;
        std::vector<bool> here;  ///< [compartment]
    };
    void watch_spike(std::size_t compartment, double V_mV, Step time);

    std::size_t local_;
    double dt_ms_;
    double threshold_mV_;
    std::size_t compartments_;
    std::vector<Watched> watched_;
    std::vector<double> V_before_mV_;  ///< [compartment]
    std::vector<double> values_;
};

}  // namespace volley
