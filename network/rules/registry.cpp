#include "core/find.hpp"
#include "network/rules/rules.hpp"

#include <array>

namespace volley {

std::span<const RuleInfo> connection_rules() {
    static const std::array kRules{
        one_to_one_rule(),          //
        all_to_all_rule(),          //
        pairwise_bernoulli_rule(),  //
        fixed_indegree_rule(),      //
        fixed_outdegree_rule(),     //
        fixed_total_number_rule(),  //
        nearest_neighbours_rule(),  //
        distance_dependent_rule(),  //
        list_rule(),                //
    };
    return kRules;
}

const RuleInfo* find_connection_rule(std::string_view name) {
    return find_entry(connection_rules(), name);
}

}  // namespace volley
