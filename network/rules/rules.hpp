#pragma once

#include "core/random/counter_random.hpp"
#include "network/rules/connection_rule.hpp"

#include <string>
#include <string_view>

/// The connection rules, each in a file of its own; listed in registry.cpp.
namespace volley {

RuleInfo one_to_one_rule();
RuleInfo all_to_all_rule();
RuleInfo pairwise_bernoulli_rule();
RuleInfo fixed_indegree_rule();
RuleInfo fixed_outdegree_rule();
RuleInfo fixed_total_number_rule();
RuleInfo nearest_neighbours_rule();
RuleInfo distance_dependent_rule();
RuleInfo list_rule();

/// The draws of a projection for one purpose ("sources", "targets", ...).
inline CounterRandom draws_of(const RuleContext& context, std::string_view purpose) {
    return {context.seed, "projection/" + context.projection->name + "/" + std::string(purpose)};
}

}  // namespace volley
