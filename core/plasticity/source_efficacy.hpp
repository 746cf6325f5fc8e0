#pragma once

#include "core/math/lanes.hpp"
#include "core/plasticity/plasticity.hpp"

#include <algorithm>
#include <cstring>
#include <optional>

namespace volley {

/// Rules of which the weights never change: each spike delivers a part of them, PreEvent::now,
/// which follows from the past of the source alone.
class SourceEfficacy : public Plasticity {
public:
    std::optional<PostTraceTimes> post_traces() const final { return std::nullopt; }

    bool deliver(const SynapseBlock& synapses, const PreEvent& event, const PostWindow& /*window*/,
                 const PostHistory* /*history*/, const RowOutput& out) const final {
        const double units = event.now * out.per_unit;
        for (std::size_t first = 0; first < synapses.count; first += kLanes) {
            Lanes weight;
            std::memcpy(&weight, synapses.weight + first, sizeof weight);
            const Ints delivered = __builtin_convertvector(nearest_integer(weight * units), Ints);
            const std::size_t lanes = std::min(kLanes, synapses.count - first);
            for (std::size_t k = 0; k < lanes; ++k) {
                out.add(synapses.entry[first + k], delivered[k]);
            }
        }
        return true;
    }

    void catch_up(const SynapseBlock& /*synapses*/, double /*trace*/, const PostWindow& /*window*/,
                  const PostHistory* /*history*/) const final {}
};

}  // namespace volley
