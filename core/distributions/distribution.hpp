#pragma once

#include "core/description.hpp"
#include "core/random/counter_random.hpp"
#include "core/spec.hpp"

#include <memory>
#include <span>

namespace volley {

/// A distribution of one number, drawn by inversion: one uniform number gives one value, so every
/// value is a function of its counter and truncation costs nothing.
class Distribution {
public:
    virtual ~Distribution() = default;

    /// The value at probability `u` in (0, 1) of the truncated distribution; not falling in u.
    virtual double quantile(double u) const = 0;

    /// Bounds of what quantile() can return: the truncation, or what the smallest and largest
    /// uniform number give. Both finite.
    virtual double lowest() const { return quantile(0x1p-53); }
    virtual double highest() const { return quantile(1.0 - 0x1p-53); }

    /// Mean of the truncated distribution, to about 1e-3 relative (for plans and estimates).
    double mean() const;
};

struct DistributionInfo {
    Description description;  ///< fields with unit "@" have the unit of what is drawn
    /// @throws ConfigError  where parameters contradict each other (max below min, nothing left
    ///                      between the limits).
    std::unique_ptr<Distribution> (*make)(const Spec&) = nullptr;
};

std::span<const DistributionInfo> distributions();
const DistributionInfo* find_distribution(std::string_view name);

/// Makes the distribution a Spec names. @pre the reader checked the name.
std::unique_ptr<Distribution> make_distribution(const Spec& spec);

}  // namespace volley
