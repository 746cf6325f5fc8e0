#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <vector>

namespace volley {

/// Where in [0, 1] the cubic through values at -1, 0, 1 and 2 reaches `level`.
/// @pre values[1] < level <= values[2]
inline double cubic_crossing(const std::array<double, 4>& values, double level) {
    const auto cubic = [&](double x) {
        return (values[3] * (x + 1.0) * x * (x - 1.0) - values[0] * x * (x - 1.0) * (x - 2.0)) /
                   6.0 +
               (values[1] * (x + 1.0) * (x - 1.0) * (x - 2.0) -
                values[2] * (x + 1.0) * x * (x - 2.0)) /
                   2.0;
    };
    double low = 0.0;
    double high = 1.0;
    for (int halving = 0; halving < 60; ++halving) {
        const double middle = 0.5 * (low + high);
        (cubic(middle) < level ? low : high) = middle;
    }
    return 0.5 * (low + high);
}

/// Upward crossings of a level by quantities that are sampled at every step, placed inside the step
/// by the cubic through four samples: error of order dt^4 for a smooth course.
class Crossings {
public:
    Crossings(std::size_t size, double level) : level_(level), last_(size) {}

    /// Takes the next sample of quantity `i`, at time `step` (in steps); all steps in their order.
    /// @return the time of a crossing (in steps) between the last sample but two and the last but
    ///         one; none in the first two steps
    std::optional<double> next(std::size_t i, double value, double step) {
        std::array<double, 4>& v = last_[i].values;
        v = {v[1], v[2], v[3], value};
        if (++last_[i].samples < 4 || !(v[1] < level_ && v[2] >= level_)) return {};
        return step - 2.0 + cubic_crossing(v, level_);
    }

private:
    struct Samples {
        std::array<double, 4> values{};
        int samples = 0;
    };
    double level_;
    std::vector<Samples> last_;
};

}  // namespace volley
