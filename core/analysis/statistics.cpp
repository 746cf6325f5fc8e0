#include "core/analysis/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

namespace volley {

Moments moments(std::span<const double> values) {
    if (values.empty()) {
        constexpr double nan = std::numeric_limits<double>::quiet_NaN();
        return {nan, nan};
    }
    const auto n = static_cast<double>(values.size());
    double sum = 0.0;
    for (const double value : values) sum += value;
    const double mean = sum / n;
    double squares = 0.0;
    for (const double value : values) squares += (value - mean) * (value - mean);
    return {mean, std::sqrt(squares / n)};
}

double quantile_of_sorted(std::span<const double> sorted, double probability) {
    if (sorted.empty()) return std::numeric_limits<double>::quiet_NaN();
    const double place = probability * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    const std::size_t above = std::min(below + 1, sorted.size() - 1);
    return std::lerp(sorted[below], sorted[above], place - static_cast<double>(below));
}

double median(std::vector<double> values) {
    std::ranges::sort(values);
    return quantile_of_sorted(values, 0.5);
}

Histogram histogram(std::span<const double> values, double low, double high, std::size_t bins) {
    Histogram result;
    const double width = (high - low) / static_cast<double>(bins);
    for (std::size_t b = 0; b < bins; ++b) {
        result.centres.push_back(low + (static_cast<double>(b) + 0.5) * width);
    }
    result.counts.assign(bins, 0.0);
    for (const double value : values) {
        if (!(value >= low && value <= high)) continue;
        const auto bin = static_cast<std::size_t>((value - low) / width);
        result.counts[std::min(bin, bins - 1)] += 1.0;
    }
    return result;
}

}  // namespace volley
