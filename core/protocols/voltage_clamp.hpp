#pragma once

#include "core/protocols/cell.hpp"
#include "core/protocols/spread.hpp"

#include <span>
#include <vector>

namespace volley {

struct VoltageClampSettings {
    double holding_mV = -70.0;
    double hold_ms = 500.0;    ///< at the holding potential before each step, not recorded; >= 0
    double step_ms = 50.0;     ///< at the level; > 0
    double after_ms = 10.0;    ///< back at the holding potential; >= 0
    double dt_ms = 0.01;       ///< > 0
    double interval_ms = 0.0;  ///< between recorded samples; 0 = so that there are at most 2000
    /// Between amplifier and cell, in mV over the unit of the current; 0 = an ideal clamp.
    double series_resistance = 0.0;
};

/// What a step to one level gave. Shape of the series: [samples].
struct ClampedStep {
    double level_mV = 0.0;
    std::vector<double> current;  ///< that the amplifier injects, in the model's unit
    std::vector<CellState> states;
    double lowest_current = 0.0;  ///< during the step, at all its integration steps
    double lowest_at_ms = 0.0;
    double highest_current = 0.0;
    double highest_at_ms = 0.0;
    double last_current = 0.0;  ///< at the end of the step
    CellState last_state;
    /// Of each state variable at the end of the step, all others as they are there: its value and
    /// time constant where it relaxes linearly (a gate does), NaN for all others.
    std::vector<double> steady;
    std::vector<double> tau_ms;
};

struct VoltageClamp {
    std::vector<double> times_ms;  ///< of the samples, from the start of the step
    std::vector<ClampedStep> steps;
    std::vector<std::size_t> gates;  ///< state variables that have a steady value
};

/// Steps of the membrane potential from a holding potential to each level.
///
/// Ideal clamp: V_m is held, and what must be injected for that is the ionic current,
/// I = -(dV/dt at I = 0) / (change of dV/dt with I), so -C dV/dt; the infinitely short charging of
/// the capacitance at a step is left out, and the sample at time 0 is that right after it. With a
/// series resistance R the cell receives (V_command - V_m) / R, which includes the charging.
/// Outward current is positive.
/// Source: Hodgkin, Huxley & Katz (1952), J. Physiol. 116:424,
/// doi:10.1113/jphysiol.1952.sp004716.
///
/// @throws ConfigError  where the model has no V_m, cannot be clamped or has no derivative, or for
///                      settings out of range
VoltageClamp voltage_clamp(const Cell& cell, std::span<const double> levels_mV,
                           const VoltageClampSettings& settings, const Spread& spread);

}  // namespace volley
