#include "io/sweep/columns.hpp"

#include "io/analysis_run.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>

namespace volley {

namespace {

constexpr std::string_view kPopulation = "population";

}  // namespace

std::vector<SweepColumn> columns_of(const Model& model) {
    const AnalysisOutcome expected = expected_analyses(model);
    std::vector<SweepColumn> columns;
    for (const PopulationFigures& population : expected.populations) {
        const auto add = [&](const char* figure, const char* unit, const char* meaning) {
            columns.push_back({.name = population.name + "." + figure,
                               .unit = unit,
                               .meaning = meaning,
                               .kind = std::string(kPopulation),
                               .figure = figure});
        };
        add("rate_hz", "Hz", "mean rate of a neuron");
        add("cv_isi", "1", "CV of the intervals between its spikes");
        add("spikes", "1", "spikes of all neurons");
    }
    for (const NamedResult& named : expected.results) {
        for (const Figure& figure : named.result.figures) {
            columns.push_back({.name = named.name + "." + figure.name,
                               .unit = figure.unit,
                               .meaning = figure.meaning,
                               .kind = named.analysis,
                               .figure = figure.name});
        }
    }
    return columns;
}

double value_of(const SweepColumn& column, const nlohmann::ordered_json& summary) {
    constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();
    const char* const part = column.kind == kPopulation ? "populations" : "analyses";
    const std::size_t dot = column.name.size() - column.figure.size() - 1;
    const auto all = summary.find(part);
    if (all == summary.end()) return kUndefined;
    const auto named = all->find(column.name.substr(0, dot));
    if (named == all->end()) return kUndefined;
    const auto value = named->find(column.figure);
    return value != named->end() && value->is_number() ? value->get<double>() : kUndefined;
}

}  // namespace volley
