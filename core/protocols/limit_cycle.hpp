#pragma once

#include "core/protocols/cell.hpp"

#include <cstddef>
#include <limits>
#include <vector>

namespace volley {

struct LimitCycleSettings {
    double current = 0.0;       ///< constant, in the model's unit
    double dt_ms = 0.0;         ///< longest step; 0 = 0.01 ms, finer for models with a reset
    double settle_ms = 1000.0;  ///< at least so long until the cycle is looked at; > 0
    /// Phase 0 of models without a reset: V_m rises through this; NaN = the model's V_th, else 0.
    double crossing_mV = std::numeric_limits<double>::quiet_NaN();
};

/// Regular firing at a constant current.
///
/// Phase 0 is the spike. Where V_m is continuous (a model with a derivative and no reset) that is
/// its upward crossing of a level, placed inside the step; else the end of the step in which the
/// model fires, on a grid that is fine for this reason.
struct LimitCycle {
    double current = 0.0;
    double period_ms = 0.0;
    double dt_ms = 0.0;              ///< the steps below
    std::size_t steps_of_point = 0;  ///< steps from one point to the next; even
    bool continuous = false;         ///< no reset: phases by crossings of crossing_mV
    double crossing_mV = 0.0;
    std::vector<CellState> states;  ///< at the points; the first at phase 0
    /// Phase of a point, 0 to 1.
    double phase(std::size_t point) const {
        return static_cast<double>(point * steps_of_point) * dt_ms / period_ms;
    }
};

/// Lets the cell fire until its intervals agree, and follows one cycle.
///
/// @param points  of the cycle whose states are wanted; > 0
/// @throws ConfigError  where the model takes no current or has no V_m, where the cell is silent at
///                      this current (the message names it) or does not fire regularly
LimitCycle find_limit_cycle(const Cell& cell, const LimitCycleSettings& settings,
                            std::size_t points);

}  // namespace volley
