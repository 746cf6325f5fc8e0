#pragma once

#include <cmath>
#include <cstdint>

/// Time is a whole number of steps of the one global dt; milliseconds exist at the edges only.
namespace volley {

using Step = std::int64_t;

/// The nearest whole number of steps. @pre dt_ms > 0 and |ms / dt_ms| < 2^53.
inline Step to_steps(double ms, double dt_ms) {
    return static_cast<Step>(std::llround(ms / dt_ms));
}

/// True where `ms` is a whole number of steps to 1e-9 relative.
inline bool is_multiple(double ms, double dt_ms) {
    const double steps = ms / dt_ms;
    return std::abs(steps - std::round(steps)) <= 1e-9 * std::abs(steps);
}

/// The time of a step in ms, the nearest double to steps * dt where dt is a short decimal.
inline double to_ms(Step steps, double dt_ms) {
    // 0.1 is not a double, but 10 is: dividing by 1 / dt keeps 0.3 ms from becoming
    // 0.30000000000000004.
    const double per_ms = std::round(1.0 / dt_ms);
    if (per_ms >= 1.0 && std::abs(per_ms * dt_ms - 1.0) < 1e-12) {
        return static_cast<double>(steps) / per_ms;
    }
    return static_cast<double>(steps) * dt_ms;
}

}  // namespace volley
