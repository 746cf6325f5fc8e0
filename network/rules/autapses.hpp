#pragma once

#include "network/rules/connection_rule.hpp"

#include <cstdint>
#include <limits>
#include <vector>

namespace volley {

/// The numbers 0, 1, ... without one of them: draws that avoid an autapse choose the k-th.
struct WithoutOne {
    std::int64_t count = 0;
    std::int64_t hole = std::numeric_limits<std::int64_t>::max();

    std::int64_t at(std::int64_t k) const { return k + (k >= hole ? 1 : 0); }
    /// How many of the numbers are below `number`.
    std::int64_t below(std::int64_t number) const { return number - (number > hole ? 1 : 0); }
};

/// Which synapses of a projection would be autapses, where they are to be left out.
///
/// An autapse joins a neuron to itself: the source and target selections are in the same population
/// and have that neuron both. Where autapses are allowed or impossible, nothing is excluded.
class Autapses {
public:
    static constexpr std::int64_t kNone = std::numeric_limits<std::int64_t>::max();

    /// @param context must outlive this object (its projection's selections are used)
    explicit Autapses(const RuleContext& context);

    /// Position in the source selection of the neuron at target position t; kNone if not excluded.
    std::int64_t source_of(std::int64_t t) const {
        if (!excluded_) return kNone;
        return position_in(*source_, target_->at(t));
    }
    /// Position in the target selection of the neuron at source position s; kNone if not excluded.
    std::int64_t target_of(std::int64_t s) const {
        if (!excluded_) return kNone;
        return position_in(*target_, source_->at(s));
    }
    bool is_one(std::int64_t s, std::int64_t t) const {
        return excluded_ && source_->at(s) == target_->at(t);
    }

    /// The sources that may connect to target t.
    WithoutOne sources_of(std::int64_t t) const { return without(sources_, source_of(t)); }
    /// The targets that source s may connect to.
    WithoutOne targets_of(std::int64_t s) const { return without(targets_, target_of(s)); }

    /// Number of excluded autapses with targets [begin, end): O(1), or O(log N) for lists.
    std::int64_t count(std::int64_t begin, std::int64_t end) const;
    std::int64_t count() const { return total_; }

    /// Number of pairs of source and target that may connect, for targets [begin, end).
    std::int64_t pairs(std::int64_t begin, std::int64_t end) const {
        return sources_ * (end - begin) - count(begin, end);
    }
    /// The least and the largest number of sources that a target may connect to.
    std::int64_t fewest_sources() const { return sources_ - (total_ > 0 ? 1 : 0); }
    std::int64_t most_sources() const {
        return sources_ - (targets_ > 0 && total_ == targets_ ? 1 : 0);
    }
    /// The least number of targets that a source may connect to.
    std::int64_t fewest_targets() const { return targets_ - (total_ > 0 ? 1 : 0); }

private:
    static std::int64_t position_in(const Selection& selection, std::int64_t neuron) {
        const std::int64_t k = selection.position_of(neuron);
        return k < selection.size() && selection.at(k) == neuron ? k : kNone;
    }
    static WithoutOne without(std::int64_t size, std::int64_t hole) {
        return {.count = size - (hole == kNone ? 0 : 1), .hole = hole};
    }

    const Selection* source_;
    const Selection* target_;
    std::int64_t sources_;
    std::int64_t targets_;
    bool excluded_;
    bool both_contiguous_;  ///< both selections are intervals: counts need no table
    std::int64_t total_ = 0;
    std::vector<std::int64_t> shared_;  ///< else: target positions that are sources too, ascending
};

}  // namespace volley
