#include "network/connection_plan.hpp"

#include "core/neurons/neuron_model.hpp"

#include <algorithm>
#include <cmath>

namespace volley {

namespace {

bool depends_on_distance(const Value& value) {
    const Spec* const spec = spec_of(value);
    return spec != nullptr && find_distance_function(spec->name) != nullptr;
}

ProjectionPlan plan_projection(const Model& model, const Projection& projection,
                               const Positions* source, const Positions* target) {
    const bool by_distance =
        depends_on_distance(projection.weight) || depends_on_distance(projection.delay);
    if (by_distance && (source == nullptr || target == nullptr)) {
        throw ConfigError(projection.where,
                          "a weight or delay that depends on distance, but no positions",
                          "\"positions\" in both populations");
    }
    const double longest = by_distance ? longest_distance_um(*source, *target) : 0.0;
    const RuleContext context{
        .projection = &projection,
        .sources = projection.source.size(),
        .targets = projection.target.size(),
        .same_population = projection.source.population == projection.target.population,
        .seed = model.seed,
        .source_positions = source,
        .target_positions = target};
    ProjectionPlan plan{
        .projection = &projection,
        .rule = find_connection_rule(projection.rule.name)->make(context),
        .weight = SynapseValue(projection.weight, projection.edges.weights, longest),
        .delay_ms = SynapseValue(projection.delay, projection.edges.delays_ms, longest),
        .source_positions = source,
        .target_positions = target};
    plan.shortest_delay = ProjectionPlan::steps_of(plan.delay_ms.lowest(), model.dt_ms);
    plan.longest_delay = ProjectionPlan::steps_of(plan.delay_ms.highest(), model.dt_ms);
    return plan;
}

}  // namespace

Step ProjectionPlan::steps_of(double delay_ms, double dt_ms) {
    // Beyond 2^31 steps a spike would outlive any run; the cap keeps the conversion defined.
    const double steps = std::min(std::round(delay_ms / dt_ms), 2147483647.0);
    return std::max<Step>(1, static_cast<Step>(steps));
}

ConnectionPlan::ConnectionPlan(const Model& model) {
    for (const Population& population : model.populations) {
        positions_.push_back(make_positions(population, model.seed));
    }
    for (const Projection& projection : model.projections) {
        projections_.push_back(plan_projection(model, projection,
                                               positions(projection.source.population),
                                               positions(projection.target.population)));
    }
    lay_out_grid(model);
}

void ConnectionPlan::lay_out_grid(const Model& model) {
    for (const Population& population : model.populations) {
        grid_.emplace_back(find_neuron_model(population.model)->receptors.size(), 0.0);
    }
    for (const ProjectionPlan& plan : projections_) {
        const Projection& projection = *plan.projection;
        const auto& source =
            model.populations[static_cast<std::size_t>(projection.source.population)];
        const double weight =
            std::max(std::abs(plan.weight.lowest()), std::abs(plan.weight.highest()));
        grid_[static_cast<std::size_t>(projection.target.population)]
             [static_cast<std::size_t>(projection.receptor)] +=
            plan.rule->largest_indegree() * weight *
            find_neuron_model(source.model)->largest_events;
    }
    for (std::vector<double>& receptors : grid_) {
        for (double& bound : receptors) {
            int exponent = 0;
            if (bound > 0.0) std::frexp(bound, &exponent);  // bound < 2^exponent
            exponent -= 29;
            if (exponent % 2 != 0) ++exponent;
            bound = bound > 0.0 ? std::ldexp(1.0, exponent) : 1.0;
        }
    }
}

double ConnectionPlan::expected_synapses() const {
    double sum = 0.0;
    for (const ProjectionPlan& plan : projections_) sum += plan.rule->expected_synapses();
    return sum;
}

}  // namespace volley
