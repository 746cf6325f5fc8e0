#pragma once

// Cells of one model that differ in their current, alone: spikes interpolated inside the steps.

#include "tests/core/group_runner.hpp"

#include <algorithm>
#include <functional>
#include <limits>
#include <string>
#include <vector>

namespace volley {

class CellRun {
public:
    CellRun(const std::string& model, std::size_t cells, double dt_ms, Values parameters = {},
            Values initial = {}, std::vector<ReceptorChoice> receptors = {})
        : spikes(cells),
          runner(model, cells, dt_ms, std::move(parameters), std::move(initial), 0, false,
                 std::move(receptors)),
          dt_ms_(dt_ms) {
        runner.want_crossings();
    }

    /// Injects currents[i] into cell i (one number: into all) for `duration_ms`; spike times count
    /// from the start of this run. `watch` is called after each step with the time.
    void run(double duration_ms, const std::vector<double>& currents,
             const std::function<void(double)>& watch = {}) {
        for (auto& times : spikes) times.clear();
        for (std::size_t i = 0; i < spikes.size(); ++i) {
            runner.current(i, currents.size() == 1 ? currents[0] : currents[i]);
        }
        const auto steps = static_cast<std::int64_t>(duration_ms / dt_ms_ + 0.5);
        for (std::int64_t n = 0; n < steps; ++n) {
            const auto& fired = runner.step();
            for (std::size_t k = 0; k < fired.size(); ++k) {
                const double part = runner.crossings().empty() ? 1.0 : runner.crossings()[k];
                spikes[fired[k]].push_back((static_cast<double>(n) + part) * dt_ms_);
            }
            if (watch) watch(static_cast<double>(n + 1) * dt_ms_);
        }
    }

    /// Spikes per second from the intervals after `from_ms`; 0 with fewer than two spikes.
    double rate_Hz(std::size_t cell, double from_ms) const {
        const auto& times = spikes[cell];
        const auto first = std::lower_bound(times.begin(), times.end(), from_ms);
        const auto count = times.end() - first;
        if (count < 2) return 0.0;
        return 1000.0 * static_cast<double>(count - 1) / (times.back() - *first);
    }

    std::vector<std::vector<double>> spikes;  ///< [cell] times in ms
    GroupRunner runner;

private:
    double dt_ms_;
};

}  // namespace volley
