#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <vector>

/// Statistical tests for draws. Seeds are fixed, so a test that passes once passes always; the
/// limits say how probable a false alarm would be with another seed.
namespace volley::testing {

/// Two-sided false-alarm probability of every check that uses it.
inline constexpr double kFalseAlarm = 1e-6;

/// P(chi-square with k degrees of freedom > x): the upper incomplete gamma function Q(k/2, x/2), by
/// its series or its continued fraction (Abramowitz & Stegun 6.5.29, 6.5.31).
inline double chi_square_tail(double x, double k) {
    const double a = 0.5 * k;
    const double z = 0.5 * x;
    if (z <= 0.0) return 1.0;
    const double front = std::exp(a * std::log(z) - z - std::lgamma(a));
    if (z < a + 1.0) {
        double term = 1.0 / a;
        double sum = term;
        for (int n = 1; n < 100000 && term > 1e-17 * sum; ++n) sum += term *= z / (a + n);
        return 1.0 - front * sum;
    }
    double b = z + 1.0 - a;
    double c = 1e300;
    double d = 1.0 / b;
    double h = d;
    for (int n = 1; n < 100000; ++n) {
        const double an = -n * (n - a);
        b += 2.0;
        d = 1.0 / (an * d + b);
        c = b + an / c;
        h *= d * c;
        if (std::abs(d * c - 1.0) < 1e-15) break;
    }
    return front * h;
}

/// Probability of a larger chi-square than that of the counts, cells of fewer than 10 expected
/// counts joined with their right neighbour. Both sums are equal.
inline double chi_square_probability(const std::vector<double>& counts,
                                     const std::vector<double>& expected) {
    double statistic = 0.0;
    int cells = 0;
    double count = 0.0;
    double mean = 0.0;
    double rest = 0.0;
    for (const double e : expected) rest += e;
    for (std::size_t k = 0; k < counts.size(); ++k) {
        count += counts[k];
        mean += expected[k];
        rest -= expected[k];
        if (k + 1 < counts.size() && (mean < 10.0 || rest < 10.0)) continue;
        statistic += (count - mean) * (count - mean) / mean;
        ++cells;
        count = mean = 0.0;
    }
    return cells < 2 ? 0.5 : chi_square_tail(statistic, cells - 1);
}

/// The same for counts that scatter about one mean with a known variance (exact sums fixed): tells
/// clusters (near 0) from counts that are too even (near 1).
inline double dispersion_probability(const std::vector<double>& counts, double variance) {
    double mean = 0.0;
    for (const double c : counts) mean += c / static_cast<double>(counts.size());
    double statistic = 0.0;
    for (const double c : counts) statistic += (c - mean) * (c - mean) / variance;
    const double n = static_cast<double>(counts.size());
    return chi_square_tail(statistic * (n - 1.0) / n, n - 1.0);
}

/// Probability of a larger Kolmogorov distance between a sample and a distribution function
/// (asymptotic, with Stephens' correction for the sample's size).
inline double kolmogorov_probability(std::vector<double> sample,
                                     const std::function<double(double)>& cdf) {
    std::sort(sample.begin(), sample.end());
    const double n = static_cast<double>(sample.size());
    double distance = 0.0;
    for (std::size_t k = 0; k < sample.size(); ++k) {
        const double f = cdf(sample[k]);
        distance = std::max(
            {distance, f - static_cast<double>(k) / n, static_cast<double>(k + 1) / n - f});
    }
    const double x = (std::sqrt(n) + 0.12 + 0.11 / std::sqrt(n)) * distance;
    if (x < 0.2) return 1.0;
    double sum = 0.0;
    for (int j = 1; j <= 100; ++j) sum += (j % 2 ? 2.0 : -2.0) * std::exp(-2.0 * j * j * x * x);
    return std::clamp(sum, 0.0, 1.0);
}

/// False where a probability is so near 0 or 1 that chance cannot explain it.
inline bool is_plausible(double probability) {
    return probability > kFalseAlarm / 2 && probability < 1.0 - kFalseAlarm / 2;
}

}  // namespace volley::testing

#define EXPECT_PLAUSIBLE(probability) EXPECT_PRED1(::volley::testing::is_plausible, probability)
