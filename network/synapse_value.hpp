#pragma once

#include "core/distributions/distribution.hpp"
#include "core/spec.hpp"
#include "network/distance_functions.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace volley {

/// The weight or the delay of a projection's synapses: a number, a list (of the rule "list"), a
/// distribution, or a function of the distance.
class SynapseValue {
public:
    /// @param listed  the edge list's own values; empty where it has none
    /// @param longest_um  the largest distance in the network, for bounds of functions of distance
    SynapseValue(const Value& value, std::span<const double> listed, double longest_um);

    bool needs_random() const { return distribution_ != nullptr; }
    bool needs_distance() const { return function_ != nullptr; }

    /// @param ordinal   of the edge, which is its place in the list of the rule "list"
    /// @param uniform   a number in (0, 1); used where needs_random()
    /// @param distance_um  used where needs_distance()
    double at(std::int64_t ordinal, double uniform, double distance_um) const {
        if (distribution_) return distribution_->quantile(uniform);
        if (function_) return function_->at(distance_um);
        if (!listed_.empty()) return listed_[static_cast<std::size_t>(ordinal)];
        return constant_;
    }

    /// What the value is drawn from; null where it is not.
    const Distribution* distribution() const { return distribution_.get(); }

    /// Some values that at() can return, evenly spread over their probabilities or distances.
    std::vector<double> sample() const;

    /// Bounds of at(), known before anything is drawn.
    double lowest() const { return lowest_; }
    double highest() const { return highest_; }

private:
    double constant_ = 0.0;
    std::span<const double> listed_;
    std::unique_ptr<Distribution> distribution_;
    std::unique_ptr<DistanceFunction> function_;
    double longest_um_ = 0.0;
    double lowest_ = 0.0;
    double highest_ = 0.0;
};

}  // namespace volley
