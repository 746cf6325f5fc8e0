#include "core/random/binomial.hpp"

#include "core/math/small_arguments.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace volley {

namespace {

constexpr double kTwoPi = 6.283185307179586477;

/// log(n!) - log(sqrt(2 pi n) (n / e)^n): what Stirling's formula leaves out. @pre n >= 1.
double stirling_error(double n) {
    static constexpr double kSmall[16] = {0.0,
                                          0.0810614667953272582196702,
                                          0.0413406959554092940938221,
                                          0.02767792568499833914878929,
                                          0.02079067210376509311152277,
                                          0.01664469118982119216319487,
                                          0.01387612882307074799874573,
                                          0.01189670994589177009505572,
                                          0.010411265261972096497478567,
                                          0.009255462182712732917728637,
                                          0.008330563433362871256469318,
                                          0.007573675487951840794972024,
                                          0.006942840107209529865664152,
                                          0.006408994188004207068439631,
                                          0.005951370112758847735624416,
                                          0.005554733551962801371038690};
    if (n < 16.0) return kSmall[static_cast<std::size_t>(n)];
    const double square = 1.0 / (n * n);
    // The first term left out, 691 / 360360 / n^11, is below 2e-16 from n = 16 on.
    return (1.0 / 12.0 -
            square * (1.0 / 360.0 -
                      square * (1.0 / 1260.0 - square * (1.0 / 1680.0 - square / 1188.0)))) /
           n;
}

/// x log(x / mean) + mean - x, without cancellation where x is near the mean.
double deviance(double x, double mean) {
    if (std::abs(x - mean) >= 0.1 * (x + mean)) return x * exact_log(x / mean) + mean - x;
    const double v = (x - mean) / (x + mean);
    double sum = (x - mean) * v;
    double term = 2.0 * x * v;
    for (int j = 1;; ++j) {
        term *= v * v;
        const double next = sum + term / (2 * j + 1);
        if (next == sum) return sum;
        sum = next;
    }
}

/// Inversion: walks up the distribution function from 0. @pre n p < 10, p <= 1/2.
std::int64_t binomial_by_inversion(std::int64_t n, double p, CounterStream& random) {
    const double odds = p / (1.0 - p);
    const double nothing = exact_exp(static_cast<double>(n) * exact_log1p(-p));
    for (;;) {
        double left = random.uniform();
        double probability = nothing;
        // 200 is out of reach (probability below 1e-100): beyond it only rounding errors walk.
        for (std::int64_t k = 0; k <= std::min<std::int64_t>(n, 200); ++k) {
            if (left <= probability) return k;
            left -= probability;
            probability *= odds * static_cast<double>(n - k) / static_cast<double>(k + 1);
        }
    }
}

/// Algorithm BTRS. @pre n p >= 10, p <= 1/2.
std::int64_t binomial_by_rejection(std::int64_t n, double p, CounterStream& random) {
    const double trials = static_cast<double>(n);
    const double sd = std::sqrt(trials * p * (1.0 - p));
    const double b = 1.15 + 2.53 * sd;
    const double a = -0.0873 + 0.0248 * b + 0.01 * p;
    const double centre = trials * p + 0.5;
    const double quick = 0.92 - 4.2 / b;
    for (;;) {
        const double u = random.uniform() - 0.5;
        const double v = random.uniform();
        const double us = 0.5 - std::abs(u);
        const double k = std::floor((2.0 * a / us + b) * u + centre);
        if (us >= 0.07 && v <= quick) return static_cast<std::int64_t>(k);
        if (k < 0.0 || k > trials) continue;
        const double alpha = (2.83 + 5.1 / b) * sd;
        const double mode = std::floor((trials + 1.0) * p);
        const double hat = exact_log(v * alpha / (a / (us * us) + b));
        const auto log_probability = [&](double x) {
            return log_binomial_probability(static_cast<std::int64_t>(x), n, p);
        };
        if (hat <= log_probability(k) - log_probability(mode)) return static_cast<std::int64_t>(k);
    }
}

/// Counts bits: each is a fair trial.
std::int64_t count_heads(std::int64_t tosses, CounterStream& random) {
    std::int64_t heads = 0;
    for (; tosses >= 64; tosses -= 64) heads += std::popcount(random.next());
    if (tosses > 0) heads += std::popcount(random.next() >> (64 - tosses));
    return heads;
}

/// Takes the `drawn` items one by one.
std::int64_t hypergeometric_one_by_one(std::int64_t good, std::int64_t bad, std::int64_t drawn,
                                       CounterStream& random) {
    std::int64_t left = good;
    for (std::int64_t k = 0; k < drawn; ++k) {
        const auto total = static_cast<std::uint64_t>(good + bad - k);
        if (static_cast<std::int64_t>(to_index(random.next(), total)) < left) --left;
    }
    return good - left;
}

/// Algorithm HRUA.
std::int64_t hypergeometric_by_rejection(std::int64_t good, std::int64_t bad, std::int64_t drawn,
                                         CounterStream& random) {
    const double total = static_cast<double>(good + bad);
    const double n = static_cast<double>(drawn);
    const double p = static_cast<double>(good) / total;
    const double variance = n * p * (1.0 - p) * (total - n) / (total - 1.0);
    constexpr double kSlope = 1.7155277699214135;   // 2 sqrt(2 / e)
    constexpr double kOffset = 0.8989161620588988;  // 3 - 2 sqrt(3 / e)
    const double width = kSlope * std::sqrt(variance + 0.5) + kOffset;
    const double centre = n * p + 0.5;
    const double lowest = static_cast<double>(std::max<std::int64_t>(0, drawn - bad));
    const double highest = static_cast<double>(std::min(good, drawn));
    const auto mode = static_cast<std::int64_t>(
        std::floor((n + 1.0) * (static_cast<double>(good) + 1.0) / (total + 2.0)));
    const double log_of_mode = log_hypergeometric_probability(mode, good, bad, drawn);
    for (;;) {
        const double u = random.uniform();
        const double v = random.uniform();
        const double k = std::floor(centre + width * (v - 0.5) / u);
        if (k < lowest || k > highest) continue;
        const auto candidate = static_cast<std::int64_t>(k);
        const double log_ratio =
            log_hypergeometric_probability(candidate, good, bad, drawn) - log_of_mode;
        if (u * (4.0 - u) - 3.0 <= log_ratio) return candidate;  // below 2 log u, without the log
        if (u * (u - log_ratio) >= 1.0) continue;
        if (2.0 * exact_log(u) <= log_ratio) return candidate;
    }
}

}  // namespace

double log_binomial_probability(std::int64_t k, std::int64_t n, double p) {
    const double trials = static_cast<double>(n);
    if (k == 0) return trials * exact_log1p(-p);
    if (k == n) return trials * exact_log(p);
    const double hits = static_cast<double>(k);
    const double misses = trials - hits;
    return stirling_error(trials) - stirling_error(hits) - stirling_error(misses) -
           deviance(hits, trials * p) - deviance(misses, trials * (1.0 - p)) +
           0.5 * exact_log(trials / (kTwoPi * hits * misses));
}

double log_hypergeometric_probability(std::int64_t k, std::int64_t good, std::int64_t bad,
                                      std::int64_t drawn) {
    // Each item taken with the same probability p, given that `drawn` are taken in all.
    const double p = static_cast<double>(drawn) / static_cast<double>(good + bad);
    return log_binomial_probability(k, good, p) + log_binomial_probability(drawn - k, bad, p) -
           log_binomial_probability(drawn, good + bad, p);
}

std::int64_t binomial(std::int64_t n, double p, CounterStream& random) {
    if (n <= 0 || p <= 0.0) return 0;
    if (p >= 1.0) return n;
    if (p == 0.5 && n <= 256) return count_heads(n, random);
    if (p > 0.5) return n - binomial(n, 1.0 - p, random);
    if (static_cast<double>(n) * p < 10.0) return binomial_by_inversion(n, p, random);
    return binomial_by_rejection(n, p, random);
}

std::int64_t hypergeometric(std::int64_t good, std::int64_t bad, std::int64_t drawn,
                            CounterStream& random) {
    // Symmetries: taking or leaving, good or bad, and the two markings of an item (good, drawn).
    const std::int64_t total = good + bad;
    if (drawn > total / 2) return good - hypergeometric(good, bad, total - drawn, random);
    if (good > bad) return drawn - hypergeometric(bad, good, drawn, random);
    if (drawn > good) return hypergeometric(drawn, total - drawn, good, random);
    if (drawn <= 16) return hypergeometric_one_by_one(good, bad, drawn, random);
    return hypergeometric_by_rejection(good, bad, drawn, random);
}

}  // namespace volley
