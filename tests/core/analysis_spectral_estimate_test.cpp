#include "core/analysis/slepian.hpp"
#include "core/analysis/spectral_estimate.hpp"
#include "core/analysis/spectral_peak.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <numbers>
#include <random>
#include <vector>

namespace volley {
namespace {

using std::numbers::pi;

double product(const std::vector<double>& a, const std::vector<double>& b) {
    double sum = 0.0;
    for (std::size_t t = 0; t < a.size(); ++t) sum += a[t] * b[t];
    return sum;
}

/// The band-limiting operator, whose eigenvectors the tapers are by definition.
std::vector<double> band_limited(const std::vector<double>& v, double half_bandwidth) {
    std::vector<double> result(v.size());
    for (std::size_t s = 0; s < v.size(); ++s) {
        for (std::size_t t = 0; t < v.size(); ++t) {
            const double apart = static_cast<double>(s) - static_cast<double>(t);
            result[s] +=
                v[t] * (s == t ? 2.0 * half_bandwidth
                               : std::sin(2.0 * pi * half_bandwidth * apart) / (pi * apart));
        }
    }
    return result;
}

class TaperLength : public testing::TestWithParam<std::int64_t> {};
INSTANTIATE_TEST_SUITE_P(Slepian, TaperLength, testing::Values(16, 101, 300));

TEST_P(TaperLength, TapersAreEigenvectorsOfTheBandLimitingOperator) {
    const std::int64_t length = GetParam();
    const auto tapers = slepian_tapers(length, 4.0, 7);
    double before = 1.0 + 1e-9;
    for (const std::vector<double>& taper : tapers) {
        const auto limited = band_limited(taper, 4.0 / static_cast<double>(length));
        const double concentration = product(taper, limited);
        for (std::size_t t = 0; t < taper.size(); ++t) {
            // Eigenvalues of the operator crowd near 1, so 1e-9 is what the vector's own rounding
            // (1e-12) and its sums of a few hundred terms leave, with room.
            EXPECT_NEAR(limited[t], concentration * taper[t], 1e-9);
        }
        EXPECT_LE(concentration, before) << "in the order of falling concentration";
        before = concentration + 1e-9;
    }
    EXPECT_GT(product(tapers[6], band_limited(tapers[6], 4.0 / static_cast<double>(length))), 0.9);
}

TEST(Slepian, TapersOfALongWindowAreOrthonormalAndSymmetric) {
    const auto tapers = slepian_tapers(200000, 4.0, 7);
    for (std::size_t k = 0; k < tapers.size(); ++k) {
        for (std::size_t other = 0; other <= k; ++other) {
            EXPECT_NEAR(product(tapers[k], tapers[other]), k == other ? 1.0 : 0.0, 1e-10);
        }
        // The matrix has entries of 1e10 and gaps of 25: vectors are good to 1e-16 * 1e10 / 25 =
        // 4e-8 of their size of 1 / sqrt(length) = 2e-3.
        const double sign = k % 2 == 0 ? 1.0 : -1.0;
        for (std::size_t t = 0; t < 1000; ++t) {
            EXPECT_NEAR(tapers[k][t], sign * tapers[k][tapers[k].size() - 1 - t], 1e-8);
        }
        EXPECT_GT(tapers[k][tapers[k].size() / 50], 0.0) << "sign of taper " << k;
    }
}

/// The estimate by its definition: a sum of sines at each frequency.
double by_definition(const std::vector<double>& x, const std::vector<double>& taper, double hz,
                     double sampling_hz) {
    double mean = 0.0;
    for (const double value : x) mean += value / static_cast<double>(x.size());
    std::complex<double> sum = 0.0;
    for (std::size_t t = 0; t < x.size(); ++t) {
        sum += taper[t] * (x[t] - mean) *
               std::polar(1.0, -2.0 * pi * hz / sampling_hz * static_cast<double>(t));
    }
    return std::norm(sum) / sampling_hz;
}

TEST(GroupedSpectra, FoldedTransformsGiveTheDefinitionAtEveryFrequency) {
    std::mt19937_64 random(1);
    std::normal_distribution<double> normal(3.0, 1.0);
    std::vector<double> x(237);
    for (double& value : x) value = normal(random);
    const auto tapers = slepian_tapers(237, 3.0, 3);
    // Shorter and longer than the signal, the latter with zeros behind.
    for (const std::int64_t points : {std::int64_t{50}, std::int64_t{1000}}) {
        const FrequencyGrid grid{1000.0, points, 1, points / 2 - 1};
        const GroupedSpectra spectra = grouped_spectra(x, grid, {237, 237, tapers});
        ASSERT_EQ(spectra.groups.size(), 3U);
        for (std::size_t k = 0; k < tapers.size(); ++k) {
            for (std::int64_t f = 0; f < grid.count; ++f) {
                const double expected = by_definition(x, tapers[k], grid.at(f), 1000.0);
                EXPECT_NEAR(spectra.groups[k][static_cast<std::size_t>(f)], expected, 1e-12)
                    << "at " << grid.at(f) << " Hz";
            }
        }
    }
}

TEST(GroupedSpectra, OfAFlatTaperIntegrateToTheVariance) {
    std::mt19937_64 random(2);
    std::normal_distribution<double> normal(1.0, 2.0);
    std::vector<double> x(120);
    double mean = 0.0, squares = 0.0;
    for (double& value : x) value = normal(random);
    for (const double value : x) mean += value / 120.0;
    for (const double value : x) squares += (value - mean) * (value - mean) / 120.0;
    const FrequencyGrid grid{500.0, 120, 0, 61};
    const std::vector<std::vector<double>> flat{std::vector<double>(120, 1.0 / std::sqrt(120.0))};
    const std::vector<double> power = grouped_spectra(x, grid, {120, 120, flat}).mean();
    double integral = 0.0;
    for (std::size_t k = 0; k < power.size(); ++k) {
        integral += power[k] * grid.step_hz() * (k == 0 || k == 60 ? 1.0 : 2.0);
    }
    EXPECT_NEAR(integral, squares, 1e-12);
}

TEST(GroupedSpectra, AverageAllSegmentsInGroups) {
    std::mt19937_64 random(3);
    std::normal_distribution<double> normal(0.0, 1.0);
    std::vector<double> x(1000);
    for (double& value : x) value = normal(random);
    const FrequencyGrid grid{1000.0, 16, 1, 7};
    const TaperPlan plan{16, 8, {welch_window("hann", 16)}};
    const GroupedSpectra spectra = grouped_spectra(x, grid, plan);
    EXPECT_EQ(spectra.groups.size(), 32U);

    std::vector<double> expected(7, 0.0);
    int segments = 0;
    for (std::size_t start = 0; start + 16 <= x.size(); start += 8, ++segments) {
        const std::vector<double> part(x.begin() + static_cast<std::ptrdiff_t>(start),
                                       x.begin() + static_cast<std::ptrdiff_t>(start) + 16);
        for (std::int64_t k = 0; k < 7; ++k) {
            expected[static_cast<std::size_t>(k)] +=
                by_definition(part, plan.tapers[0], grid.at(k), 1000.0);
        }
    }
    const std::vector<double> mean = spectra.mean();
    for (std::size_t k = 0; k < 7; ++k) EXPECT_NEAR(mean[k], expected[k] / segments, 1e-12);
}

TEST(MovingAverage, MovesNothing) {
    const std::vector<double> line{0, 1, 2, 3, 4, 5, 6};
    for (const std::int64_t n : {1, 2, 3, 4}) {
        const std::vector<double> smooth = moving_average(line, n);
        for (std::size_t k = 2; k < 5; ++k) EXPECT_DOUBLE_EQ(smooth[k], line[k]) << "n = " << n;
    }
    EXPECT_THAT(moving_average(std::vector<double>{0, 0, 8, 0, 0}, 4),
                testing::ElementsAre(8 * 0.5 / 2.5, 8 / 3.5, 2.0, 8 / 3.5, 8 * 0.5 / 2.5));
}

TEST(FindPeak, IsExactForAParabolaOfTheLogarithm) {
    const FrequencyGrid grid{1000.0, 1000, 50, 376};
    std::vector<double> power;
    for (std::int64_t k = 0; k < grid.count; ++k) {
        power.push_back(std::exp(-std::pow((grid.at(k) - 164.3) / 20.0, 2)));
    }
    for (const std::int64_t reach : {1, 15}) {
        const SpectralPeak peak = find_peak(power, grid, {100.0, 250.0}, reach);
        EXPECT_NEAR(peak.hz, 164.3, 1e-9);
        EXPECT_TRUE(peak.inside);
    }
    EXPECT_FALSE(find_peak(power, grid, {170.0, 250.0}, 1).inside) << "the maximum is at an end";
    EXPECT_TRUE(std::isnan(find_peak(power, grid, {170.2, 171.9}, 1).hz)) << "one point";
}

}  // namespace
}  // namespace volley
