#pragma once

#include "core/protocols/cell.hpp"
#include "core/protocols/spread.hpp"

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace volley {

struct FiSettings {
    double dt_ms = 0.01;
    /// Time without current before the step, so that it starts from rest; >= 0.
    double settle_ms = 500.0;
    double duration_ms = 1000.0;  ///< of the step; > 0. Thresholds are sought with steps 4 x longer
    double precision = 1e-4;      ///< of thresholds, relative; > 0
};

/// What a cell does under a step of current that begins at time 0. Spikes are placed inside their
/// step where the model can tell.
struct FiPoint {
    double current = 0.0;  ///< in the model's unit
    /// 1 / mean interval of the second half (of the last spikes, where it has fewer than three); 0
    /// where firing does not go on to the end of the step.
    double rate_Hz = 0.0;
    double latency_ms = 0.0;  ///< of the first spike; NaN without one
    double cv_isi = 0.0;      ///< of the intervals that make the rate; NaN below two
    double spikes = 0.0;      ///< during the step
    bool repetitive = false;  ///< three spikes or more, and still firing at the end
    bool computed = true;     ///< false where the model cannot be integrated at this current
};

/// The smallest current that does something, known to lie in (below, current].
struct Threshold {
    double below = 0.0;
    double current = 0.0;
};

enum class Excitability { type_1, type_2, unknown };

/// Distances above the threshold of repetitive firing at which rates are compared, in units of the
/// threshold (of a hundredth of the sweep, where that is more).
inline constexpr std::array<double, 8> kFiDistances{0.0,  0.001, 0.002, 0.005,
                                                    0.01, 0.02,  0.05,  0.25};

/// f-I curve and excitability.
struct FiCurve {
    std::vector<FiPoint> points;          ///< ascending current
    std::optional<Threshold> one_spike;   ///< none: no current that was tried makes a spike
    std::optional<Threshold> repetitive;  ///< none: no current that was tried keeps it firing
    std::vector<FiPoint> near_threshold;  ///< at kFiDistances
    double lowest_rate_Hz = 0.0;          ///< just above the threshold; NaN without one
    double rate_ratio = 0.0;              ///< lowest rate over that further up
    double log_slope = 0.0;               ///< d log f / d log (I - I_c) near the threshold
    Excitability type = Excitability::unknown;
    std::string reason;  ///< why that type, or why none: a sentence
};

/// Rates and latencies at given currents, each from the same settled state.
/// @throws ConfigError  where the model takes no current
std::vector<FiPoint> fi_points(const Cell& cell, std::span<const double> currents,
                               const FiSettings& settings, const Spread& spread);

/// The whole experiment: thresholds by bisection, the rates just above, the verdict, the sweep.
///
/// The verdict (Hodgkin 1948; Rinzel & Ermentrout 1989): type I firing starts at rate 0, type II
/// at a rate above 0. Rates are taken at fixed distances above the threshold I_c. Near a
/// saddle-node on an invariant circle f ~ sqrt(I - I_c), so log f against log (I - I_c) has slope
/// 1/2; an integrate-and-fire neuron has between 0.2 and 0.3 there; where firing starts at a finite
/// rate the slope is near 0.
///
/// @param currents  ascending; empty = chosen from the threshold: 0 to 3 I_c (for a cell that fires
///                  without current: from where it is silent to three times as far above 0)
/// @throws ConfigError  where the model takes no current, or no range can be chosen since it never
///                      fires
FiCurve fi_curve(const Cell& cell, std::span<const double> currents, const FiSettings& settings,
                 const Spread& spread);

}  // namespace volley
