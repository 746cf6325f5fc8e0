#include "network/connection_plan.hpp"

#include "core/cable/cell_type.hpp"
#include "core/neurons/neuron_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace volley {

namespace {

bool depends_on_distance(const Value& value) {
    const Spec* const spec = spec_of(value);
    return spec != nullptr && find_distance_function(spec->name) != nullptr;
}

/// Null where the receptor's place is the neuron itself.
std::shared_ptr<const ContactSites> plan_contacts(const Model& model,
                                                  const Projection& projection) {
    const auto target = static_cast<std::size_t>(projection.target.population);
    const auto receptors = neuron_model(model.populations[target]).receptors;
    const auto receptor = static_cast<std::size_t>(projection.receptor);
    if (receptor >= receptors.size() || receptors[receptor].sites == 0) return nullptr;
    check_contacts(projection.contacts, receptors[receptor].sites, projection.where);
    return std::make_shared<ContactSites>(projection.contacts, model.seed,
                                          "projection/" + projection.name + "/contacts");
}

/// @throws ConfigError  where the variable that a rule reads does not exist where its synapses sit
void find_local_state(const Model& model, const Projection& projection, PlasticPlan& plan) {
    if (plan.info->local_variable == nullptr) return;
    const std::string& where = projection.plasticity->where;
    if (projection.dendritic_delay > 0) {
        throw ConfigError(where, "a dendritic delay",
                          "none: the rule reads its target where the synapse sits");
    }
    const Population& target =
        model.populations[static_cast<std::size_t>(projection.target.population)];
    const std::string variable = plan.info->local_variable(*projection.plasticity);
    plan.local_state = neuron_model(target).state_index(variable);
    if (plan.local_state < 0) {
        throw ConfigError(where, fmt::format("the variable \"{}\"", variable),
                          fmt::format("a state variable of {}", target.model));
    }
    if (!target.cell) return;
    const auto sites = target.cell->sites(static_cast<std::size_t>(projection.receptor));
    for (const std::int32_t site : projection.contacts.sites) {
        const std::int32_t compartment = sites[static_cast<std::size_t>(site)];
        if (target.cell->has_state(static_cast<std::size_t>(plan.local_state), compartment)) {
            continue;
        }
        throw ConfigError(where,
                          fmt::format("contacts on compartment {} of {}, where there is no {}",
                                      compartment, target.model, variable),
                          "contacts where the rule's variable exists");
    }
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
    plan.coarse_weights = projection.coarse_weights;
    plan.shortest_delay = plan.steps(plan.delay_ms.lowest(), model.dt_ms);
    plan.longest_delay = plan.steps(plan.delay_ms.highest(), model.dt_ms);
    if (projection.plasticity) {
        plan.plastic = plan_plasticity(projection, plan.weight.lowest(), plan.weight.highest());
    }
    return plan;
}

constexpr int kNoGrid = std::numeric_limits<int>::min();
constexpr int kCoarsest = std::numeric_limits<int>::max();

double largest_weight(const ProjectionPlan& plan) {
    if (plan.plastic) return plan.plastic->largest_weight;
    return std::max(std::abs(plan.weight.lowest()), std::abs(plan.weight.highest()));
}

/// The e with x < 2^e. @pre x > 0
int exponent_above(double x) {
    int exponent = 0;
    std::frexp(x, &exponent);
    return exponent;
}

/// Even exponents keep a grid where a model changes a little.
int even(int exponent) { return exponent % 2 == 0 ? exponent : exponent + 1; }

/// The grid on which a projection's weights fit 16 bits with their sign.
int coarse_exponent(const ProjectionPlan& plan) {
    const double largest = largest_weight(plan);
    int exponent = even(exponent_above(largest) - 15);
    while (std::nearbyint(std::ldexp(largest, -exponent)) > 32767.0) exponent += 2;
    return exponent;
}

template <class Values>
auto& at_receptor(Values& values, const Projection& projection) {
    return values[static_cast<std::size_t>(projection.target.population)]
                 [static_cast<std::size_t>(projection.receptor)];
}

/// Tables made so far, to be shared by projections that draw alike (and move what they drew by as
/// many steps).
struct Table {
    const Spec* distribution;
    double unit;
    Step shift;
    std::shared_ptr<const QuantileTable> table;
};

template <class Level>
std::shared_ptr<const QuantileTable> table_of(std::vector<Table>& made, const SynapseValue& value,
                                              const Value& written, double unit, Step shift,
                                              Level&& level) {
    const Distribution* const distribution = value.distribution();
    if (distribution == nullptr) return nullptr;
    // Numbers that no 32-bit level could hold are no grid's.
    if ((value.highest() - value.lowest()) / unit >=
        static_cast<double>(QuantileTable::kMostLevels) - 2.0)
        return nullptr;
    const Spec* const spec = spec_of(written);
    for (const Table& known : made) {
        if (known.unit == unit && known.shift == shift && known.distribution->name == spec->name &&
            known.distribution->values == spec->values) {
            return known.table;
        }
    }
    made.push_back({spec, unit, shift, std::make_shared<QuantileTable>([&](double u) {
                        return level(distribution->quantile(u));
                    })});
    return made.back().table;
}

ProjectionPlan::Rounding rounding_of(const ProjectionPlan& plan) {
    ProjectionPlan::Rounding rounding;
    double squares = 0.0;
    std::size_t weights = 0;
    for (const double weight : plan.weight.sample()) {
        if (weight == 0.0) continue;
        const double units = std::nearbyint(weight / plan.weight_grid);
        const double error = std::abs(units * plan.weight_grid - weight) / std::abs(weight);
        squares += error * error;
        rounding.largest = std::max(rounding.largest, error);
        ++weights;
    }
    if (weights > 0) rounding.mean_square = squares / static_cast<double>(weights);
    return rounding;
}

}  // namespace

PlasticPlan plan_plasticity(const Projection& projection, double lowest, double highest) {
    if (lowest < 0.0 && highest > 0.0) {
        throw ConfigError(
            projection.where, fmt::format("plastic weights from {:.6g} to {:.6g}", lowest, highest),
            "weights of one sign (a distribution can be cut with \"min\" or \"max\")");
    }
    PlasticPlan plan;
    plan.info = find_plasticity_rule(projection.plasticity->name);
    plan.negative = lowest < 0.0;
    plan.initial = plan.negative ? WeightBounds{.lowest = -highest, .highest = -lowest}
                                 : WeightBounds{.lowest = lowest, .highest = highest};
    plan.largest_weight = plan.info->largest_weight(*projection.plasticity, plan.initial);
    return plan;
}

Step ProjectionPlan::steps_of(double delay_ms, double dt_ms) {
    // Beyond 2^31 steps a spike would outlive any run; the cap keeps the conversion defined.
    const double steps = std::min(std::round(delay_ms / dt_ms), 2147483647.0);
    return std::max<Step>(1, static_cast<Step>(steps));
}

Step ProjectionPlan::steps(double drawn_ms, double dt_ms) const {
    const double axonal = std::clamp(std::round(drawn_ms / dt_ms), 0.0, 2147483647.0);
    const Step whole = static_cast<Step>(axonal) + projection->dendritic_delay;
    return std::clamp<Step>(whole, 1, 2147483647);
}

ConnectionPlan::ConnectionPlan(const Model& model) : dt_ms_(model.dt_ms) {
    for (const Population& population : model.populations) {
        positions_.push_back(make_positions(population, model.seed));
    }
    for (const Projection& projection : model.projections) {
        projections_.push_back(plan_projection(model, projection,
                                               positions(projection.source.population),
                                               positions(projection.target.population)));
        ProjectionPlan& plan = projections_.back();
        plan.contacts = plan_contacts(model, projection);
        if (plan.plastic) find_local_state(model, projection, *plan.plastic);
    }
    for (const GapJunctions& junctions : model.gap_junctions) {
        const Projection& pairs = junctions.pairs;
        junctions_.push_back(plan_projection(model, pairs, positions(pairs.source.population),
                                             positions(pairs.target.population)));
        junctions_.back().each_pair_once = junctions.each_pair_once;
    }
    lay_out_grid(model);
    tabulate();
}

void ConnectionPlan::lay_out_grid(const Model& model) {
    for (const Population& population : model.populations) {
        grid_.emplace_back(neuron_model(population).receptors.size(), 0.0);
    }
    for (const ProjectionPlan& plan : projections_) {
        const Projection& projection = *plan.projection;
        const auto& source =
            model.populations[static_cast<std::size_t>(projection.source.population)];
        at_receptor(grid_, projection) +=
            plan.most_at_one_entry() * largest_weight(plan) * neuron_model(source).largest_events;
    }
    std::vector<std::vector<int>> exponents;
    for (const std::vector<double>& receptors : grid_) {
        auto& row = exponents.emplace_back();
        for (const double bound : receptors) {
            row.push_back(bound > 0.0 ? even(exponent_above(bound) - 29) : kNoGrid);
        }
    }
    // A receptor that only coarse weights reach needs no finer grid than theirs.
    auto finest = exponents;
    for (auto& row : finest) std::fill(row.begin(), row.end(), kCoarsest);
    for (const ProjectionPlan& plan : projections_) {
        int& exponent = at_receptor(finest, *plan.projection);
        if (largest_weight(plan) == 0.0) continue;
        exponent = std::min(exponent, plan.coarse_weights ? coarse_exponent(plan) : kNoGrid);
    }
    for (std::size_t p = 0; p < grid_.size(); ++p) {
        for (std::size_t r = 0; r < grid_[p].size(); ++r) {
            int& exponent = exponents[p][r];
            const bool unused = exponent == kNoGrid;
            if (!unused && finest[p][r] != kCoarsest) exponent = std::max(exponent, finest[p][r]);
            grid_[p][r] = unused ? 1.0 : std::ldexp(1.0, exponent);
        }
    }
    for (ProjectionPlan& plan : projections_) {
        plan.weight_grid = at_receptor(grid_, *plan.projection);
        const int receptor = at_receptor(exponents, *plan.projection);
        if (!plan.coarse_weights || largest_weight(plan) == 0.0) continue;
        plan.weight_shift = std::max(0, coarse_exponent(plan) - receptor);
        plan.weight_grid = std::ldexp(plan.weight_grid, plan.weight_shift);
    }
}

void ConnectionPlan::tabulate() {
    std::vector<Table> weights;
    std::vector<Table> delays;
    for (ProjectionPlan& plan : projections_) {
        const Projection& projection = *plan.projection;
        // Plastic weights are kept as they are drawn.
        if (!plan.plastic)
            plan.weight_levels =
                table_of(weights, plan.weight, projection.weight, plan.weight_grid, 0,
                         [&](double weight) { return std::int64_t{plan.on_grid(weight)}; });
        const double dt_ms = dt_ms_;
        plan.delay_steps = table_of(
            delays, plan.delay_ms, projection.delay, dt_ms, projection.dendritic_delay,
            [&, dt_ms](double delay_ms) { return std::int64_t{plan.steps(delay_ms, dt_ms)}; });
        plan.rounding = rounding_of(plan);
    }
}

ProjectionPlan::Rounding ConnectionPlan::rounding() const {
    ProjectionPlan::Rounding all;
    double synapses = 0.0;
    for (const ProjectionPlan& plan : projections_) {
        const double expected = plan.expected();
        all.mean_square += expected * plan.rounding.mean_square;
        all.largest = std::max(all.largest, plan.rounding.largest);
        synapses += expected;
    }
    if (synapses > 0.0) all.mean_square /= synapses;
    return all;
}

double ConnectionPlan::expected_synapses() const {
    double sum = 0.0;
    for (const ProjectionPlan& plan : projections_) sum += plan.expected();
    return sum;
}

double ConnectionPlan::expected_junctions() const {
    double sum = 0.0;
    for (const ProjectionPlan& plan : junctions_) sum += plan.expected();
    return sum;
}

}  // namespace volley
