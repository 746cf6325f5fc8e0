#include "network/cell_peaks.hpp"

#include <limits>

namespace volley {
namespace {

constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();

/// Indices into the states of the cell's model.
std::vector<std::size_t> watched_variables(const CellType& cell) {
    std::vector<std::size_t> watched;
    for (std::size_t v = 0; v < cell.model().states.size(); ++v) {
        const CellType::StateOrigin::Kind kind = cell.origin(v).kind;
        if (kind == CellType::StateOrigin::Kind::potential ||
            kind == CellType::StateOrigin::Kind::concentration) {
            watched.push_back(v);
        }
    }
    return watched;
}

}  // namespace

CellPeaks empty_peaks(const Model& model, const PeakRequest& request) {
    const CellType& cell = *model.populations[static_cast<std::size_t>(request.population)].cell;
    CellPeaks peaks{.population = request.population, .neuron = request.neuron};
    const std::size_t compartments = cell.definition().tree.compartments.size();
    for (const std::size_t v : watched_variables(cell)) {
        peaks.variables.emplace_back(cell.model().states[v].name);
        peaks.units.emplace_back(cell.model().states[v].unit);
        peaks.values.emplace_back(compartments, kNothing);
    }
    peaks.variables.emplace_back("first_spike");
    peaks.units.emplace_back("ms");
    peaks.values.emplace_back(compartments, kNothing);
    return peaks;
}

PeakWatch::PeakWatch(const CellType& cell, std::size_t local, double dt_ms)
    : local_(local),
      dt_ms_(dt_ms),
      threshold_mV_(cell.definition().threshold_mV),
      compartments_(cell.definition().tree.compartments.size()),
      V_before_mV_(compartments_, kNothing) {
    for (const std::size_t v : watched_variables(cell)) {
        Watched& watched = watched_.emplace_back(Watched{.variable = v, .here = {}});
        for (std::size_t k = 0; k < compartments_; ++k) {
            watched.here.push_back(cell.has_state(v, static_cast<std::int32_t>(k)));
        }
    }
    values_.assign((watched_.size() + 1) * compartments_, kNothing);
}

void PeakWatch::sample(const NeuronGroup& group, Step time) {
    auto peak = values_.begin();
    for (const Watched& watched : watched_) {
        for (std::size_t k = 0; k < compartments_; ++k, ++peak) {
            if (!watched.here[k]) continue;
            const double value =
                group.state_at(watched.variable, local_, static_cast<std::int32_t>(k));
            if (!(value <= *peak)) *peak = value;
            if (watched.variable == 0) watch_spike(k, value, time);  // V_m is the first state
        }
    }
}

void PeakWatch::watch_spike(std::size_t compartment, double V_mV, Step time) {
    double& arrival_ms = values_[watched_.size() * compartments_ + compartment];
    const double before = V_before_mV_[compartment];
    V_before_mV_[compartment] = V_mV;
    const bool crosses = before < threshold_mV_ && V_mV >= threshold_mV_;
    if (!crosses || arrival_ms == arrival_ms) return;
    const double part = (threshold_mV_ - before) / (V_mV - before);
    arrival_ms = (static_cast<double>(time - 1) + part) * dt_ms_;
}

}  // namespace volley
