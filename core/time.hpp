#pragma once

#include <algorithm>
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

/// A number of steps in ms, the nearest double to steps * dt where dt is a short decimal.
inline double steps_to_ms(double steps, double dt_ms) {
    // 0.1 is not a double, but 10 is: dividing by 1 / dt keeps 0.3 ms from becoming
    // 0.30000000000000004.
    const double per_ms = std::round(1.0 / dt_ms);
    if (per_ms >= 1.0 && std::abs(per_ms * dt_ms - 1.0) < 1e-12) {
        return steps / per_ms;
    }
    return steps * dt_ms;
}
inline double to_ms(Step steps, double dt_ms) {
    return steps_to_ms(static_cast<double>(steps), dt_ms);
}

/// Where inside its step a spike was, in 2^-20 of a step (0.1 ns at dt = 0.1 ms): a whole number,
/// so that such times are sorted, stored and compared exactly. 1 ... kPartsOfStep, which is the
/// step's end.
inline constexpr std::int32_t kPartsOfStep = std::int32_t{1} << 20;

/// A time inside a step: step - 1 + part / kPartsOfStep, in steps.
struct StepPart {
    Step step = 0;
    std::int32_t part = kPartsOfStep;

    double steps() const {
        return static_cast<double>(step - 1) + static_cast<double>(part) / kPartsOfStep;
    }
    bool operator==(const StepPart&) const = default;
};

inline double to_ms(StepPart time, double dt_ms) { return steps_to_ms(time.steps(), dt_ms); }

/// The nearest such time above 0; finds what to_ms(StepPart) wrote up to 2^29 steps.
inline StepPart to_step_part(double ms, double dt_ms) {
    const auto parts = std::max<std::int64_t>(1, std::llround(ms / dt_ms * kPartsOfStep));
    const Step before = (parts - 1) / kPartsOfStep;
    return {.step = before + 1, .part = static_cast<std::int32_t>(parts - before * kPartsOfStep)};
}

}  // namespace volley
