#pragma once

#include "core/random/counter_random.hpp"
#include "network/connection_plan.hpp"
#include "network/rules/edge_batch.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace volley {

/// Weights and delays of synapses, batch by batch as a rule makes them. What is drawn is a function
/// of (seed, projection, target, ordinal, copy): the same wherever it is drawn.
class EdgeValues {
public:
    /// Most edges of a batch.
    static constexpr std::size_t kBatch = 512;

    EdgeValues() = default;
    EdgeValues(const ProjectionPlan& plan, std::uint64_t seed, double dt_ms)
        : plan_(&plan),
          dt_ms_(dt_ms),
          draws_(plan.weight.needs_random() || plan.delay_ms.needs_random()),
          measures_(plan.weight.needs_distance() || plan.delay_ms.needs_distance()),
          random_(CounterRandom(seed, "projection/" + plan.projection->name + "/synapse")) {
        // A constant is converted once.
        if (plan.shortest_delay == plan.longest_delay) delay_.fill(plan.shortest_delay);
    }

    /// Finds out about a batch. @pre at most kBatch edges
    void look_at(std::span<const Edge> edges) {
        edges_ = edges;
        if (draws_) draw();
        if (measures_) measure();
        if (plan_->shortest_delay != plan_->longest_delay) find_delays();
    }

    /// The weight of edge i as it is drawn.
    double weight(std::size_t i) const {
        return plan_->weight.at(edges_[i].ordinal, to_uniform(for_weight_[i]), distance_um_[i]);
    }
    /// The random bits that decide it.
    std::uint64_t weight_bits(std::size_t i) const { return for_weight_[i]; }
    /// The whole delay of edge i, in steps.
    Step delay(std::size_t i) const { return delay_[i]; }

private:
    /// Two random words for every synapse, eight synapses at a time.
    void draw() {
        for (std::size_t i = 0; i < edges_.size(); ++i) {
            target_[i] = static_cast<std::uint64_t>(edges_[i].target);
            ordinal_[i] = static_cast<std::uint64_t>(edges_[i].ordinal);
            copy_[i] = static_cast<std::uint64_t>(edges_[i].copy);
        }
        const auto at = [](auto& numbers, std::size_t i) {
            return reinterpret_cast<Words*>(numbers.data() + i);
        };
        for (std::size_t i = 0; i < edges_.size(); i += kLanes) {
            const RandomLanes words =
                random_->words_of_lanes(*at(target_, i), *at(ordinal_, i), *at(copy_, i));
            *at(for_weight_, i) = words.first;
            *at(for_delay_, i) = words.second;
        }
    }

    void measure() {
        const Selection& sources = plan_->projection->source;
        const Selection& targets = plan_->projection->target;
        for (std::size_t i = 0; i < edges_.size(); ++i) {
            distance_um_[i] = distance_um(plan_->source_positions->at(sources.at(edges_[i].source)),
                                          plan_->target_positions->at(targets.at(edges_[i].target)),
                                          plan_->source_positions->period());
        }
    }

    void find_delays() {
        for (std::size_t i = 0; i < edges_.size(); ++i) {
            delay_[i] =
                plan_->delay_steps
                    ? plan_->delay_steps->at(for_delay_[i])
                    : plan_->steps(plan_->delay_ms.at(edges_[i].ordinal, to_uniform(for_delay_[i]),
                                                      distance_um_[i]),
                                   dt_ms_);
        }
    }

    const ProjectionPlan* plan_ = nullptr;
    double dt_ms_ = 0.1;
    bool draws_ = false;
    bool measures_ = false;
    std::optional<CounterRandom> random_;
    std::span<const Edge> edges_;
    alignas(64) std::array<std::uint64_t, kBatch> target_{};
    alignas(64) std::array<std::uint64_t, kBatch> ordinal_{};
    alignas(64) std::array<std::uint64_t, kBatch> copy_{};
    alignas(64) std::array<std::uint64_t, kBatch> for_weight_{};
    alignas(64) std::array<std::uint64_t, kBatch> for_delay_{};
    std::array<double, kBatch> distance_um_{};
    std::array<Step, kBatch> delay_{};
};

/// The sites of edges' contacts, a function of (seed, projection, target, ordinal, copy, number of
/// the contact).
class EdgeSites {
public:
    /// Finds out about a batch.
    void look_at(const ContactSites& contacts, std::span<const Edge> edges) {
        contacts_ = contacts.count();
        sites_.resize(padded(edges.size()) * contacts_);
        for (std::size_t first = 0; first < edges.size(); first += kLanes) {
            Words target{};
            Words ordinal{};
            Words copy{};
            for (std::size_t k = 0; k < std::min(kLanes, edges.size() - first); ++k) {
                const Edge& edge = edges[first + k];
                target[k] = static_cast<std::uint64_t>(edge.target);
                ordinal[k] = static_cast<std::uint64_t>(edge.ordinal);
                copy[k] = static_cast<std::uint64_t>(edge.copy);
            }
            contacts.find_lanes(target, ordinal, copy,
                                std::span(sites_).subspan(first * contacts_, kLanes * contacts_));
        }
    }
    /// The sites of edge i.
    std::span<const std::int32_t> of(std::size_t i) const {
        return std::span(sites_).subspan(i * contacts_, contacts_);
    }

private:
    std::size_t contacts_ = 0;
    std::vector<std::int32_t> sites_;
};

}  // namespace volley
