#include "core/distributions/cauchy.hpp"
#include "core/distributions/distribution.hpp"
#include "core/distributions/exponential.hpp"
#include "core/distributions/lognormal.hpp"
#include "core/distributions/normal.hpp"
#include "core/distributions/uniform.hpp"
#include "core/find.hpp"
#include "core/math/functions.hpp"

namespace volley {

namespace {

constexpr DistributionInfo kDistributions[] = {
    kUniform,      //
    kNormal,       //
    kLognormal,    //
    kExponential,  //
    kCauchy,       //
};

}  // namespace

std::span<const DistributionInfo> distributions() { return kDistributions; }

const DistributionInfo* find_distribution(std::string_view name) {
    return find_entry(distributions(), name);
}

std::unique_ptr<Distribution> make_distribution(const Spec& spec) {
    const DistributionInfo* const found = find_distribution(spec.name);
    if (found == nullptr) {
        throw std::logic_error(spec.where + ": no distribution \"" + spec.name + "\"");
    }
    return found->make(spec);
}

double Distribution::mean() const {
    // The integral of the quantile over u, with u = 1 / (1 + e^-t): the trapezoid sum over t has
    // its points where the tails are, and converges exponentially for smooth quantiles.
    constexpr int kPoints = 1440;
    constexpr double kEnd = 36.0;
    double sum = 0.0;
    double weights = 0.0;
    for (int k = 0; k <= kPoints; ++k) {
        const double t = kEnd * (2.0 * k / kPoints - 1.0);
        const double u = std::clamp(1.0 / (1.0 + exact_exp(-t)), 0x1p-53, 1.0 - 0x1p-53);
        const double weight = u * (1.0 - u);
        sum += weight * quantile(u);
        weights += weight;
    }
    return sum / weights;
}

}  // namespace volley
