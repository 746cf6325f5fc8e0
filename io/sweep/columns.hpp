#pragma once

#include "io/sweep/plan.hpp"
#include "network/model.hpp"

#include <nlohmann/json_fwd.hpp>

#include <vector>

namespace volley {

/// The figures that a run of the model will end with, in the order of its summary: rate and CV of
/// each population, then those of the analyses. On spikes that do not exist yet: names, units and
/// meanings are right, values are not there.
std::vector<SweepColumn> columns_of(const Model& model);

/// A column's value in a run's summary.json; NaN where it is null or missing.
double value_of(const SweepColumn& column, const nlohmann::ordered_json& summary);

}  // namespace volley
