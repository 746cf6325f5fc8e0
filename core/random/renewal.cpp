#include "core/random/renewal.hpp"

#include "core/math/functions.hpp"

#include <cmath>

namespace volley {

namespace {

/// Draws of one interval: the counter's third number tells them apart.
constexpr std::uint32_t kValue = 0;
constexpr std::uint32_t kChoice = 1;
constexpr std::uint32_t kPart = 0xffffffffU;  ///< where in the first interval the beginning lies

}  // namespace

RenewalLaw::RenewalLaw(Kind kind, double parameter) : kind_(kind), parameter_(parameter) {
    if (kind == Kind::lognormal) sigma_ = std::sqrt(exact_log(1.0 + parameter * parameter));
}

double RenewalLaw::first(const CounterRandom& random, std::uint64_t neuron) const {
    const double part = random.uniform(neuron, 0, kPart);
    switch (kind_) {
        case Kind::gamma:
            // Times x, the density of a gamma number of shape k is one of shape k + 1.
            return part * gamma_number(random, neuron, 0, parameter_ + 1.0) / parameter_;
        case Kind::lognormal:
            // Times x, the logarithm's mean moves from -sigma^2 / 2 to sigma^2 / 2.
            return part * exact_exp(sigma_ * (random.normal(neuron, 0, kValue) + 0.5 * sigma_));
        case Kind::inverse_gaussian:
            // Times x, the density at mean 1 is that of the inverse of such a number.
            return part / inverse_gaussian_number(random, neuron, 0);
        case Kind::dead_time_poisson:
            // Its density is the probability of an interval longer than x: 1 in the dead time, an
            // exponential behind it.
            if (part < parameter_) return part;
            return parameter_ - (1.0 - parameter_) * exact_log((1.0 - part) / (1.0 - parameter_));
    }
    return part;
}

double RenewalLaw::interval(const CounterRandom& random, std::uint64_t neuron,
                            std::uint64_t ordinal) const {
    switch (kind_) {
        case Kind::gamma:
            return gamma_number(random, neuron, ordinal, parameter_) / parameter_;
        case Kind::lognormal:
            return exact_exp(sigma_ * (random.normal(neuron, ordinal, kValue) - 0.5 * sigma_));
        case Kind::inverse_gaussian:
            return inverse_gaussian_number(random, neuron, ordinal);
        case Kind::dead_time_poisson:
            return parameter_ -
                   (1.0 - parameter_) * exact_log(random.uniform(neuron, ordinal, kValue));
    }
    return 1.0;
}

/// Marsaglia & Tsang (2000), ACM Trans. Math. Softw. 26:363, doi:10.1145/358407.358414. Every
/// attempt has draws of its own, so how many were needed moves no other number.
double RenewalLaw::gamma_number(const CounterRandom& random, std::uint64_t neuron,
                                std::uint64_t ordinal, double shape) const {
    // Below shape 1: a number of shape + 1 times a power of a uniform one (their section 6).
    const bool boosted = shape < 1.0;
    const double d = (boosted ? shape + 1.0 : shape) - 1.0 / 3.0;
    const double c = 1.0 / std::sqrt(9.0 * d);
    for (std::uint32_t attempt = 0;; ++attempt) {
        const double normal = random.normal(neuron, ordinal, 2 * attempt);
        const double root = 1.0 + c * normal;
        if (root <= 0.0) continue;
        const double v = root * root * root;
        const RandomWords words = random.words(neuron, ordinal, 2 * attempt + 1);
        const double log_u = exact_log(to_uniform(words.first));
        if (log_u >= 0.5 * normal * normal + d * (1.0 - v + exact_log(v))) continue;
        return boosted ? d * v * exact_pow(to_uniform(words.second), 1.0 / shape) : d * v;
    }
}

/// Michael, Schucany & Haas (1976), Am. Stat. 30:88, doi:10.1080/00031305.1976.10479147: a squared
/// normal number belongs to two values whose product is 1 (at mean 1); a uniform number decides.
double RenewalLaw::inverse_gaussian_number(const CounterRandom& random, std::uint64_t neuron,
                                           std::uint64_t ordinal) const {
    const double normal = random.normal(neuron, ordinal, kValue);
    const double t = 0.5 * parameter_ * parameter_ * normal * normal;
    // The larger value, which is a sum of positive terms; the smaller one is its inverse.
    const double larger = 1.0 + t + std::sqrt(t * (2.0 + t));
    const double probability_of_smaller = larger / (1.0 + larger);
    return random.uniform(neuron, ordinal, kChoice) < probability_of_smaller ? 1.0 / larger
                                                                             : larger;
}

}  // namespace volley
