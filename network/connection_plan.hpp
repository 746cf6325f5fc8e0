#pragma once

#include "core/plasticity/plasticity.hpp"
#include "network/contact_sites.hpp"
#include "network/model.hpp"
#include "network/positions.hpp"
#include "network/quantile_table.hpp"
#include "network/rules/connection_rule.hpp"
#include "network/synapse_value.hpp"

#include <cmath>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace volley {

/// What is known of a projection's plasticity before it is drawn.
struct PlasticPlan {
    const PlasticityInfo* info = nullptr;
    WeightBounds initial;         ///< sizes of the weights as they are drawn
    bool negative = false;        ///< weights are at most 0
    double largest_weight = 0.0;  ///< size that a weight can reach
    /// State of the target that events read where the synapse sits; -1: none.
    int local_state = -1;
};

/// @param lowest, highest  bounds of the weights as they are drawn
/// @throws ConfigError  where the rule contradicts itself or the weights
PlasticPlan plan_plasticity(const Projection& projection, double lowest, double highest);

/// One projection, ready to be drawn on any worker.
struct ProjectionPlan {
    const Projection* projection = nullptr;
    std::unique_ptr<ConnectionRule> rule;
    SynapseValue weight;
    SynapseValue delay_ms;
    const Positions* source_positions = nullptr;
    const Positions* target_positions = nullptr;

    Step shortest_delay = 1;  ///< bounds over all that can be drawn, in steps
    Step longest_delay = 1;
    std::optional<PlasticPlan> plastic;  ///< nothing: weights stay as drawn

    /// What one unit of a stored weight stands for: the receptor's grid times 2^weight_shift.
    double weight_grid = 1.0;
    int weight_shift = 0;
    bool coarse_weights = false;  ///< |stored weight| < 2^15

    /// Drawn weights in units of weight_grid, drawn delays in steps; null where they are not drawn
    /// or take too many values, and are computed one by one.
    std::shared_ptr<const QuantileTable> weight_levels;
    std::shared_ptr<const QuantileTable> delay_steps;

    /// Of targets with dendrites; null for points: a connection is one synapse.
    std::shared_ptr<const ContactSites> contacts;

    /// Of (i, j) and (j, i) only one is made (GapJunctions::each_pair_once).
    bool each_pair_once = false;

    /// Synapses of each connection.
    std::size_t contacts_each() const { return contacts ? contacts->count() : 1; }

    /// Synapses (or gap junctions) that it is expected to make in all.
    double expected() const {
        return rule->expected_synapses() * (each_pair_once ? 0.5 : 1.0) *
               static_cast<double>(contacts_each());
    }
    /// A bound on the synapses that end at one entry of a row of input: on a neuron, or at one site
    /// of a cell with dendrites.
    double most_at_one_entry() const {
        const double indegree = rule->largest_indegree();
        return contacts ? contacts->most_at_one_site(indegree, projection->target.size())
                        : indegree;
    }

    /// How far weights are moved onto their grid, from a sample of the values they can take.
    struct Rounding {
        double mean_square = 0.0;  ///< of the relative error
        double largest = 0.0;      ///< relative error
    } rounding;

    /// A weight in units of weight_grid.
    std::int32_t on_grid(double drawn) const {
        return static_cast<std::int32_t>(std::nearbyint(drawn / weight_grid));
    }

    /// A delay in ms as whole steps: rounded, at least one.
    static Step steps_of(double delay_ms, double dt_ms);
    /// The whole delay of a synapse with this (axonal) delay: with the dendritic one, at least one.
    Step steps(double drawn_ms, double dt_ms) const;
};

/// All that is known of a model's connections before any is drawn; the same on every rank.
class ConnectionPlan {
public:
    /// @param model must outlive the plan
    /// @throws ConfigError where a rule and the sizes of its populations contradict each other
    explicit ConnectionPlan(const Model& model);

    const std::vector<ProjectionPlan>& projections() const { return projections_; }
    /// The pairs of the model's gap junctions; `weight` is their conductance.
    const std::vector<ProjectionPlan>& junctions() const { return junctions_; }
    const Positions* positions(std::int32_t population) const {
        return positions_[static_cast<std::size_t>(population)].get();
    }

    /// What one unit of a row of input stands for, a power of two: the grid on which weights lie,
    /// so that their sums are exact in 32-bit integers and do not depend on the order of addition.
    ///
    /// Fixed before anything is drawn: the sum over projections of largest in-degree (contacts at
    /// one site, for cells with dendrites) x largest |weight| x the events a source can send in a
    /// step must stay below 2^29. The exponent is even, so that small changes of a model keep its
    /// grid. Where only projections with coarse weights arrive, it is the finest grid of theirs.
    double grid(std::int32_t population, std::size_t receptor) const {
        return grid_[static_cast<std::size_t>(population)][receptor];
    }

    double expected_synapses() const;
    double expected_junctions() const;

    /// Rounding of all weights, relative: rms and largest.
    ProjectionPlan::Rounding rounding() const;

private:
    void lay_out_grid(const Model& model);
    void tabulate();

    double dt_ms_;
    std::vector<std::unique_ptr<Positions>> positions_;
    std::vector<ProjectionPlan> projections_;
    std::vector<ProjectionPlan> junctions_;
    std::vector<std::vector<double>> grid_;  ///< [population][receptor]
};

}  // namespace volley
