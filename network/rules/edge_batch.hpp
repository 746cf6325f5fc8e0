#pragma once

#include "network/rules/connection_rule.hpp"

#include <array>
#include <cstddef>

namespace volley {

/// Collects edges and hands them to a sink some hundred at a time. Call flush() at the end.
class EdgeBatch {
public:
    explicit EdgeBatch(EdgeSink& sink) : sink_(sink) {}

    void add(const Edge& edge) {
        edges_[used_++] = edge;
        if (used_ == edges_.size()) flush();
    }
    void flush() {
        if (used_ > 0) sink_.take(std::span(edges_).first(used_));
        used_ = 0;
    }

private:
    EdgeSink& sink_;
    std::size_t used_ = 0;
    std::array<Edge, 512> edges_;
};

}  // namespace volley
