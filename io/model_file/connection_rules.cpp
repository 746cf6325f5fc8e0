#include "io/model_file/connection_rules.hpp"

#include "core/nearest.hpp"
#include "io/model_file/edge_list.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace volley {

const RuleInfo& read_rule_name(const Object& object) {
    const std::string expected = "the name of a connection rule";
    const std::string& name =
        read_text(object.require("rule", expected), expected, object.place("rule"));
    const RuleInfo* const rule = find_connection_rule(name);
    if (rule == nullptr) {
        throw ConfigError(object.place("rule").text(),
                          unknown_message("rule", name, names_of(connection_rules())));
    }
    return *rule;
}

void read_edges(Reading& reading, const Object& object, const std::string& weight_unit,
                Projection& projection) {
    const FilePlace where = object.place("file");
    if (projection.rule.name != "list") {
        if (object.find("file") == nullptr) return;
        throw ConfigError(where.text(),
                          fmt::format("a file with the rule {}", projection.rule.name),
                          "it with the rule \"list\" only");
    }
    const std::string expected = "the path of a CSV or HDF5 file";
    const std::filesystem::path path = read_text(object.require("file", expected), expected, where);
    const std::filesystem::path absolute =
        std::filesystem::absolute(reading.folder / path).lexically_normal();
    projection.edges = read_edge_list(absolute,
                                      {.sources = projection.source.size(),
                                       .targets = projection.target.size(),
                                       .weight_unit = weight_unit,
                                       .dt_ms = reading.model.dt_ms},
                                      where.text());
    reading.document[Json::json_pointer(where.pointer)] = absolute.string();
}

void refuse_both(const Object& object, const char* key, const char* column, bool in_file) {
    if (!in_file || object.find(key) == nullptr) return;
    throw ConfigError(object.place(key).text(),
                      fmt::format("\"{}\" here and a column {} in the file", key, column),
                      "one of them");
}

void check_rule(const Reading& reading, const Projection& projection, const RuleInfo& rule) {
    const auto positions = [&](const Selection& selection) {
        return reading.positions[static_cast<std::size_t>(selection.population)].get();
    };
    if (rule.needs_positions) {
        for (const Selection* const end : {&projection.source, &projection.target}) {
            if (positions(*end) != nullptr) continue;
            throw ConfigError(projection.where,
                              fmt::format("the rule {} and population {} without positions",
                                          projection.rule.name, reading.population(*end).name),
                              "\"positions\" in that population");
        }
    }
    rule.make({.projection = &projection,
               .sources = projection.source.size(),
               .targets = projection.target.size(),
               .same_population = projection.source.population == projection.target.population,
               .seed = reading.model.seed,
               .source_positions = positions(projection.source),
               .target_positions = positions(projection.target)});
}

}  // namespace volley
