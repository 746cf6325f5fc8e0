#include "core/protocols/cell.hpp"

#include "core/error.hpp"
#include "core/math/lanes.hpp"

#include <limits>
#include <stdexcept>

namespace volley {

namespace {

/// A parameter as the number that a model's equations see; NaN for texts and lists.
double number_of(const Value& value) {
    if (const auto* const number = std::get_if<double>(&value)) return *number;
    if (const auto* const whole = std::get_if<std::int64_t>(&value)) {
        return static_cast<double>(*whole);
    }
    if (const auto* const truth = std::get_if<bool>(&value)) return *truth ? 1.0 : 0.0;
    return std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

std::vector<double> Cell::parameter_values() const {
    std::vector<double> values;
    for (const Field& field : model->description.fields) {
        const auto given = parameters.find(field.name);
        values.push_back(given == parameters.end() ? field.default_number
                                                   : number_of(given->second));
    }
    return values;
}

void Cell::require_current() const {
    const std::string name(model->description.name);
    if (model->current_unit.empty()) {
        throw ConfigError(name, "this model takes no current, so there is nothing to vary");
    }
    if (model->mean_fields > 0) {
        throw ConfigError(name,
                          "this model is driven by the mean of its population; it says "
                          "nothing of a neuron on its own");
    }
}

std::size_t Cell::voltage() const {
    const int index = model->state_index("V_m");
    if (index < 0) {
        throw ConfigError(std::string(model->description.name),
                          "this model has no membrane potential V_m");
    }
    return static_cast<std::size_t>(index);
}

CellGroup::CellGroup(const Cell& cell, std::size_t size, double dt_ms, std::int64_t first) {
    make(cell, cell.initial, size, dt_ms, first);
}

CellGroup::CellGroup(const Cell& cell, std::span<const CellState> starts, double dt_ms,
                     std::int64_t first) {
    std::map<std::string, Value, std::less<>> initial;
    for (std::size_t v = 0; v < cell.model->states.size(); ++v) {
        // A list has an entry for every neuron of the population, also for those before `first`.
        std::vector<double> list(static_cast<std::size_t>(first), 0.0);
        for (const CellState& start : starts) list.push_back(start.at(v));
        initial.emplace(cell.model->states[v].name, std::move(list));
    }
    make(cell, initial, starts.size(), dt_ms, first);
}

void CellGroup::make(const Cell& cell, const std::map<std::string, Value, std::less<>>& initial,
                     std::size_t size, double dt_ms, std::int64_t first) {
    const NeuronModel& model = *cell.model;
    variables_ = model.states.size();
    interpolates_ = model.interpolates_spikes;
    group_ = model.make_group({.population = "cell",
                               .dt_ms = dt_ms,
                               .seed = cell.seed,
                               .first = first,
                               .size = size,
                               .parameters = &cell.parameters,
                               .initial = &initial,
                               .receptors = cell.receptors});
    rows_.assign(model.receptors.size(), AlignedVector<std::int32_t>(padded(size), 0));
    for (auto& row : rows_) row_pointers_.push_back(row.data());
    no_events_.assign(rows_.size(), nullptr);
    grid_.assign(rows_.size(), 1.0);
    current_.assign(padded(size), 0.0);
    if (model.takes_conductance) {
        conductance_.assign(padded(size), 0.0);
        held_mV_.assign(padded(size), std::numeric_limits<double>::quiet_NaN());
    }
}

std::span<const std::uint32_t> CellGroup::step() {
    fired_.clear();
    crossings_.clear();
    const bool exact =
        group_->advance(now_++,
                        {.rows = row_pointers_,
                         .grid = grid_,
                         .current = current_.data(),
                         .conductance = conductance_.empty() ? nullptr : conductance_.data(),
                         .held_mV = held_mV_.empty() ? nullptr : held_mV_.data(),
                         .events = no_events_,
                         .mean_field = {},
                         .crossings = interpolates_ ? &crossings_ : nullptr},
                        fired_);
    if (!exact) throw std::logic_error("a cell without input met an overflow");
    return fired_;
}

CellState CellGroup::states_of(std::size_t i) const {
    CellState state(variables_);
    for (std::size_t v = 0; v < variables_; ++v) state[v] = group_->state(v, i);
    return state;
}

}  // namespace volley
