#pragma once

#include "io/model_file/fields.hpp"
#include "io/model_file/reading.hpp"
#include "network/rules/connection_rule.hpp"

#include <string>

/// Connection rules in a model file, for projections and gap junctions.
namespace volley {

/// The rule that the key "rule" names.
const RuleInfo& read_rule_name(const Object& object);

/// The key "file": the connections of the rule "list", none for others. The file's path is made
/// absolute in the effective model.
/// @param weight_unit  of the column "weight" where it names none
void read_edges(Reading& reading, const Object& object, const std::string& weight_unit,
                Projection& projection);

/// Refuses a value beside a column of the file.
void refuse_both(const Object& object, const char* key, const char* column, bool in_file);

/// Makes the rule once: it finds what contradicts itself in sizes and parameters.
void check_rule(const Reading& reading, const Projection& projection, const RuleInfo& rule);

}  // namespace volley
