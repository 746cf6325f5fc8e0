#include "core/analysis/spectral_peak.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace volley {

namespace {

/// Indices of the frequencies within a range: [first, last].
struct IndexRange {
    std::int64_t first;
    std::int64_t last;
};

IndexRange indices_within(std::int64_t count, const FrequencyGrid& grid, Interval range) {
    if (!(range.from <= range.to)) return {0, -1};
    // A frequency written as 250 must not fall out because 250 / step rounds to 249.9999.
    const double slack = 1e-9;
    const double offset = static_cast<double>(grid.first);
    const double from = std::ceil(range.from / grid.step_hz() - offset - slack);
    const double to = std::floor(range.to / grid.step_hz() - offset + slack);
    const auto limit = static_cast<double>(count);
    return {static_cast<std::int64_t>(std::clamp(from, 0.0, limit)),
            static_cast<std::int64_t>(std::clamp(to, -1.0, limit - 1.0))};
}

/// Where the least-squares parabola y = a + b x + c x^2 has its maximum; NaN unless c < 0.
double vertex(std::span<const double> x, std::span<const double> y) {
    const auto n = static_cast<double>(x.size());
    double mean_x = 0.0, mean_y = 0.0;
    for (std::size_t k = 0; k < x.size(); ++k) {
        mean_x += x[k] / n;
        mean_y += y[k] / n;
    }
    // Normal equations about the means: two unknowns, b and c, where q = x^2 minus its mean.
    double s2 = 0.0;
    for (const double value : x) s2 += (value - mean_x) * (value - mean_x);
    const double mean_q = s2 / n;
    double sxq = 0.0, sqq = 0.0, sxy = 0.0, sqy = 0.0;
    for (std::size_t k = 0; k < x.size(); ++k) {
        const double dx = x[k] - mean_x;
        const double q = dx * dx - mean_q;
        sxq += dx * q;
        sqq += q * q;
        sxy += dx * (y[k] - mean_y);
        sqy += q * (y[k] - mean_y);
    }
    const double determinant = s2 * sqq - sxq * sxq;
    const double slope = (sxy * sqq - sqy * sxq) / determinant;
    const double bend = (sqy * s2 - sxy * sxq) / determinant;
    return bend < 0.0 ? mean_x - slope / (2.0 * bend) : kUndefined;
}

/// Vertex of the parabola through log power at the points from ... to, or `middle`.
double fitted_vertex(std::span<const double> power, std::int64_t from, std::int64_t to,
                     std::int64_t middle) {
    std::vector<double> places, logarithms;
    for (std::int64_t k = from; k <= to; ++k) {
        const double value = power[static_cast<std::size_t>(k)];
        if (!(value > 0.0)) continue;
        places.push_back(static_cast<double>(k - middle));
        logarithms.push_back(std::log(value));
    }
    const double moved = places.size() < 3 ? kUndefined : vertex(places, logarithms);
    if (!std::isfinite(moved)) return static_cast<double>(middle);
    return std::clamp(static_cast<double>(middle) + moved, static_cast<double>(from),
                      static_cast<double>(to));
}

}  // namespace

SpectralPeak find_peak(std::span<const double> power, const FrequencyGrid& grid, Interval range,
                       std::int64_t reach) {
    const IndexRange at = indices_within(static_cast<std::int64_t>(power.size()), grid, range);
    if (at.last - at.first < 2) return {};
    const auto largest = std::max_element(power.begin() + at.first, power.begin() + at.last + 1);
    const std::int64_t top = largest - power.begin();
    if (!(*largest > 0.0)) return {};

    std::int64_t middle = top;
    double place = static_cast<double>(top);
    // A handful of rounds: the middle moves by less and less.
    for (int round = 0; round < (reach > 1 ? 10 : 1); ++round) {
        place = fitted_vertex(power, std::max(at.first, middle - reach),
                              std::min(at.last, middle + reach), middle);
        const std::int64_t next = std::llround(place);
        if (next == middle) break;
        middle = next;
    }
    return {.hz = grid.step_hz() * (static_cast<double>(grid.first) + place),
            .power = *largest,
            .inside = top > at.first && top < at.last};
}

double peak_error_hz(const GroupedSpectra& spectra, const FrequencyGrid& grid, Interval range,
                     std::int64_t reach, std::int64_t smoothing) {
    const std::size_t groups = spectra.groups.size();
    if (groups < 2) return kUndefined;
    std::vector<double> peaks;
    double mean = 0.0;
    for (std::size_t g = 0; g < groups; ++g) {
        const std::vector<double> power = moving_average(spectra.mean_without(g), smoothing);
        peaks.push_back(find_peak(power, grid, range, reach).hz);
        mean += peaks.back() / static_cast<double>(groups);
    }
    double squares = 0.0;
    for (const double peak : peaks) squares += (peak - mean) * (peak - mean);
    const auto n = static_cast<double>(groups);
    return std::sqrt((n - 1.0) / n * squares);
}

std::vector<double> power_within(std::span<const double> power, const FrequencyGrid& grid,
                                 Interval range) {
    const IndexRange at = indices_within(static_cast<std::int64_t>(power.size()), grid, range);
    if (at.last < at.first) return {};
    return {power.begin() + at.first, power.begin() + at.last + 1};
}

}  // namespace volley
