#pragma once

#include "network/communicator.hpp"
#include "network/connection_plan.hpp"
#include "network/partition.hpp"

#include <cstdint>
#include <vector>

namespace volley {

/// A neuron by its population and its index in it.
struct NeuronName {
    std::int32_t population = 0;
    std::int64_t index = 0;
    auto operator<=>(const NeuronName&) const = default;
};

/// A gap junction as one of its two neurons sees it. The order of ends, that of the members, is the
/// order in which their currents are added: that of the partners. What follows tells junctions with
/// one partner apart, so that both sides add them in one order.
struct JunctionEnd {
    NeuronName neuron;
    NeuronName partner;
    std::uint32_t set = 0;     ///< index into Model::gap_junctions
    std::int64_t target = 0;   ///< where the pair that was drawn ends: position in the selection
    std::int64_t ordinal = 0;  ///< of the Edge
    std::int32_t copy = 0;     ///< of the Edge
    double conductance = 0.0;
    auto operator<=>(const JunctionEnd&) const = default;
};
using EndsOfWorker = std::vector<JunctionEnd>;

/// All ends of junctions on a rank.
struct JunctionEnds {
    std::vector<EndsOfWorker> of_worker;  ///< [thread], each in order
    std::int64_t drawn = 0;               ///< junctions that this rank drew
};

/// Draws the junctions whose targets are on this rank and learns from the other ranks of those
/// whose sources are. Collective; @throws AgreedFailure
JunctionEnds draw_junctions(const Model& model, const ConnectionPlan& plan,
                            const Partition& partition, Communicator& ranks);

}  // namespace volley
