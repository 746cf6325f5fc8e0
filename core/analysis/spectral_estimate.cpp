#include "core/analysis/spectral_estimate.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <complex>
#include <cstddef>
#include <numbers>

// A library header, not ours to correct.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#include <kissfft/kissfft.hh>
#pragma GCC diagnostic pop

namespace volley {

namespace {

constexpr std::int64_t kMostGroups = 32;

/// Adds |transform|^2 / fs of one tapered, folded segment to `power`.
void add_spectrum(std::span<const double> segment, const std::vector<double>& taper,
                  const FrequencyGrid& grid, const kissfft<double>& transform,
                  std::vector<double>& power) {
    double mean = 0.0;
    for (const double value : segment) mean += value;
    mean /= static_cast<double>(segment.size());

    const auto points = static_cast<std::size_t>(grid.points);
    std::vector<std::complex<double>> folded(points);
    for (std::size_t start = 0; start < segment.size(); start += points) {
        const std::size_t until = std::min(points, segment.size() - start);
        for (std::size_t p = 0; p < until; ++p) {
            folded[p] += taper[start + p] * (segment[start + p] - mean);
        }
    }
    std::vector<std::complex<double>> transformed(points);
    transform.transform(folded.data(), transformed.data());
    for (std::size_t k = 0; k < power.size(); ++k) {
        power[k] +=
            std::norm(transformed[static_cast<std::size_t>(grid.first) + k]) / grid.sampling_hz;
    }
}

}  // namespace

std::vector<double> welch_window(const std::string& name, std::int64_t length) {
    // Hann: 0.5 - 0.5 cos; Hamming: 0.54 - 0.46 cos (Harris 1978, doi:10.1109/PROC.1978.10837).
    const double level = name == "hamming" ? 0.54 : 0.5;
    std::vector<double> window(static_cast<std::size_t>(length));
    double energy = 0.0;
    for (std::size_t t = 0; t < window.size(); ++t) {
        const double turn = static_cast<double>(t) / static_cast<double>(length);
        window[t] = level - (1.0 - level) * std::cos(2.0 * std::numbers::pi * turn);
        energy += window[t] * window[t];
    }
    for (double& value : window) value /= std::sqrt(energy);
    return window;
}

std::vector<double> GroupedSpectra::mean_without(std::size_t left_out) const {
    std::vector<double> mean(groups.empty() ? 0 : groups.front().size(), 0.0);
    double total = 0.0;
    for (std::size_t g = 0; g < groups.size(); ++g) {
        if (g == left_out) continue;
        total += weights[g];
        for (std::size_t k = 0; k < mean.size(); ++k) mean[k] += weights[g] * groups[g][k];
    }
    for (double& value : mean) value /= total;
    return mean;
}

GroupedSpectra grouped_spectra(std::span<const double> signal, const FrequencyGrid& grid,
                               const TaperPlan& plan) {
    const auto length = static_cast<std::int64_t>(signal.size());
    assert(plan.segment > 0 && plan.hop > 0 && length >= plan.segment);
    const std::int64_t segments = (length - plan.segment) / plan.hop + 1;
    const auto tapers = static_cast<std::int64_t>(plan.tapers.size());
    const bool by_taper = tapers > segments;
    const std::int64_t groups = by_taper ? tapers : std::min(segments, kMostGroups);
    const kissfft<double> transform(static_cast<std::size_t>(grid.points), false);

    GroupedSpectra result;
    result.groups.resize(static_cast<std::size_t>(groups));
    result.weights.resize(static_cast<std::size_t>(groups));
    // A group is one thread's work, summed in the order of segments and tapers.
#pragma omp parallel for schedule(dynamic)
    for (std::int64_t g = 0; g < groups; ++g) {
        const std::int64_t from = by_taper ? 0 : segments * g / groups;
        const std::int64_t to = by_taper ? segments : segments * (g + 1) / groups;
        const std::int64_t first_taper = by_taper ? g : 0;
        const std::int64_t last_taper = by_taper ? g + 1 : tapers;
        std::vector<double> power(static_cast<std::size_t>(grid.count), 0.0);
        for (std::int64_t s = from; s < to; ++s) {
            const auto segment = signal.subspan(static_cast<std::size_t>(s * plan.hop),
                                                static_cast<std::size_t>(plan.segment));
            for (std::int64_t k = first_taper; k < last_taper; ++k) {
                add_spectrum(segment, plan.tapers[static_cast<std::size_t>(k)], grid, transform,
                             power);
            }
        }
        const auto transforms = static_cast<double>((to - from) * (last_taper - first_taper));
        for (double& value : power) value /= transforms;
        result.groups[static_cast<std::size_t>(g)] = std::move(power);
        result.weights[static_cast<std::size_t>(g)] = transforms;
    }
    return result;
}

std::vector<double> moving_average(std::span<const double> values, std::int64_t n) {
    if (n <= 1) return {values.begin(), values.end()};
    const auto size = static_cast<std::int64_t>(values.size());
    const std::int64_t half = n / 2;
    const double outermost = n % 2 == 0 ? 0.5 : 1.0;
    std::vector<double> result;
    result.reserve(values.size());
    for (std::int64_t k = 0; k < size; ++k) {
        double sum = 0.0;
        double weights = 0.0;
        for (std::int64_t j = std::max<std::int64_t>(0, k - half);
             j <= std::min(size - 1, k + half); ++j) {
            const double weight = std::abs(j - k) == half ? outermost : 1.0;
            sum += weight * values[static_cast<std::size_t>(j)];
            weights += weight;
        }
        result.push_back(sum / weights);
    }
    return result;
}

}  // namespace volley
