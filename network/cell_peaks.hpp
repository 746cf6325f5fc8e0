#pragma once

#include "core/cable/cell_type.hpp"
#include "core/neurons/neuron_group.hpp"
#include "network/model.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace volley {

/// The largest values over a run (after the warm-up) at each compartment of one cell.
struct CellPeaks {
    std::int32_t population = 0;
    std::int64_t neuron = 0;
    std::vector<std::string> variables;       ///< V_m, then the concentrations that pools compute
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
    PeakWatch(const CellType& cell, std::size_t local);

    /// Looks at the states as they are now.
    void sample(const NeuronGroup& group);
    /// [variable][compartment], one after the other.
    const std::vector<double>& values() const { return values_; }

private:
    struct Watched {
        std::size_t variable;
        std::vector<bool> here;  ///< [compartment]
    };
    std::size_t local_;
    std::size_t compartments_;
    std::vector<Watched> watched_;
    std::vector<double> values_;
};

}  // namespace volley
