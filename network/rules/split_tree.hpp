#pragma once

#include <cstdint>

namespace volley {

/// A node of a tree of splits: `count` synapses that go to [low, high).
struct SplitNode {
    std::uint64_t id = 1;  ///< the halves of node k are 2 k and 2 k + 1
    std::int64_t low = 0;
    std::int64_t high = 0;
    std::int64_t count = 0;
};

/// Walks the part of a tree of splits that touches [begin, end).
///
/// Every node's split is drawn with the node's own counter, so that any worker that passes it draws
/// the same, and none needs to see the rest of the tree.
/// @param split  split(node, middle): how many of the node's synapses go to [low, middle)
/// @param leaf   leaf(node): true where it took the node as a whole. It sees the whole node, which
///               may reach beyond [begin, end).
template <class Split, class Leaf>
void walk_splits(const SplitNode& node, std::int64_t begin, std::int64_t end, const Split& split,
                 const Leaf& leaf) {
    if (node.count == 0 || node.high <= begin || node.low >= end) return;
    if (leaf(node)) return;
    const std::int64_t middle = node.low + (node.high - node.low) / 2;
    const std::int64_t lower = split(node, middle);
    walk_splits({2 * node.id, node.low, middle, lower}, begin, end, split, leaf);
    walk_splits({2 * node.id + 1, middle, node.high, node.count - lower}, begin, end, split, leaf);
}

/// A node with at most this many synapses draws them one by one: about the cost of one more split.
inline constexpr std::int64_t kLeafSynapses = 16;

}  // namespace volley
