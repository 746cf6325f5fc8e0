#include "core/error.hpp"
#include "core/nearest.hpp"
#include "io/model_file/cell_sections.hpp"
#include "io/model_file/cells.hpp"
#include "io/model_file/value_files.hpp"
#include "io/morphology/morphology_file.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cmath>

namespace volley {
namespace {

constexpr Range kCount{1.0, 1e6};

constexpr Field kMaxLengthFields[] = {
    defaulted("length", "um", 20.0, kPositive, "of the longest compartment that is allowed")};
constexpr Field kDLambdaFields[] = {
    defaulted("fraction", "1", 0.1, kPositive, "of the length constant"),
    defaulted("frequency", "Hz", 100.0, kPositive, "at which the length constant is taken")};
constexpr Field kPerSectionFields[] = {
    required("count", "1", kCount, "compartments of each section", Kind::integer)};
constexpr Field kListedFields[] = {
    required("counts", "1", kCount, "compartments of each section, in their order", Kind::numbers)};

constexpr Description kRules[] = {
    {.name = "d_lambda",
     .summary = "compartments shorter than a fraction of the AC length constant",
     .fields = kDLambdaFields,
     .details = "An odd number for each section, so that one is in its middle. The length "
                "constant\n"
                "follows diameter, R_a and C_m; C_m_scale and R_a_scale count where they name "
                "whole\nregions.",
     .source = "Hines & Carnevale (2001), Neuroscientist 7:123, doi:10.1177/107385840100700207",
     .example =
         R"("discretisation": {"rule": "d_lambda", "fraction": 0.1, "frequency": "100 Hz"})"},
    {.name = "max_length",
     .summary = "the fewest compartments that are no longer than a length",
     .fields = kMaxLengthFields,
     .example = R"("discretisation": {"rule": "max_length", "length": "10 um"})"},
    {.name = "per_section",
     .summary = "the same number of compartments for each section",
     .fields = kPerSectionFields,
     .example = R"("discretisation": {"rule": "per_section", "count": 10})"},
    {.name = "listed",
     .summary = "a number of compartments for each section",
     .fields = kListedFields,
     .example = R"("discretisation": {"rule": "listed", "counts": [1, 10, 10]})"},
};

const Description& read_rule(const Object& object) {
    const std::string expected = "the name of a rule: d_lambda, max_length, ...";
    const std::string& name =
        read_text(object.require("rule", expected), expected, object.place("rule"));
    std::vector<std::string> known;
    for (const Description& rule : kRules) {
        if (rule.name == name) return rule;
        known.emplace_back(rule.name);
    }
    throw ConfigError(object.place("rule").text(),
                      unknown_message("rule of discretisation", name, known));
}

void read_counts(const Object& object, const Spec& spec, const Morphology& shape,
                 Discretisation& how) {
    const std::vector<double>& counts = spec.numbers("counts");
    const std::string where = object.place("counts").text();
    if (counts.size() != shape.sections.size()) {
        throw ConfigError(where, fmt::format("{} numbers", counts.size()),
                          fmt::format("one for each of the {} sections", shape.sections.size()));
    }
    for (std::size_t s = 0; s < counts.size(); ++s) {
        if (counts[s] != std::floor(counts[s])) {
            throw ConfigError(
                where, fmt::format("{} for the section {}", counts[s], shape.sections[s].name),
                "whole numbers");
        }
        how.counts.push_back(static_cast<int>(counts[s]));
    }
}

}  // namespace

std::span<const Description> discretisation_rules() { return kRules; }

CompartmentTree cut_cell(Reading& reading, const Json* discretisation, const FilePlace& where,
                         const Morphology& shape, const CableProperties& cable,
                         const std::map<std::string, CableProperties, std::less<>>& region_cable) {
    Discretisation how{.cable = cable, .region_cable = region_cable};
    if (discretisation != nullptr) {
        const Object object = Object::of(*discretisation, where);
        const Description& rule = read_rule(object);
        std::vector<std::string_view> known{"rule"};
        for (const Field& field : rule.fields) known.push_back(field.name);
        object.refuse_unknown(known);
        const Spec spec = read_spec(object, rule.name, rule.fields, {.names = reading.names});
        if (rule.name == "max_length") {
            how.rule = DiscretisationRule::max_length;
            how.max_length_um = spec.number("length");
        } else if (rule.name == "per_section") {
            how.rule = DiscretisationRule::per_section;
            how.count = static_cast<int>(spec.integer("count"));
        } else if (rule.name == "listed") {
            how.rule = DiscretisationRule::listed;
            read_counts(object, spec, shape, how);
        } else {
            how.fraction = spec.number("fraction");
            how.frequency_hz = spec.number("frequency");
        }
    }
    try {
        return discretise(shape, how);
    } catch (const ConfigError& error) {
        throw ConfigError(where.text(), error.what());
    }
}

Morphology read_cell_shape(Reading& reading, const Json& value, const FilePlace& where) {
    const Object object = Object::of(value, where);
    const bool from_file = object.find("file") != nullptr;
    const bool grown = object.find("generator") != nullptr;
    if (from_file == grown) {
        throw ConfigError(
            where.text(),
            from_file ? "both \"file\" and \"generator\"" : "neither \"file\" nor \"generator\"",
            "one of them");
    }
    if (grown) return grow_shape(reading, object);
    object.refuse_unknown(std::array<std::string_view, 1>{"file"});
    const Json& written = object.require("file", "the path of a file");
    if (written.is_string() && written.get_ref<const std::string&>().empty()) {
        throw ConfigError(object.place("file").text(), "\"\"", "the path of a SWC or ASC file");
    }
    const std::filesystem::path path =
        read_file_path(object, {.folder = reading.folder, .document = reading.document});
    const MorphologyFile file = read_morphology_file(path);
    for (const std::string& note : file.notes) {
        reading.warnings.push_back(fmt::format("{}: {}", object.place("file").text(), note));
    }
    return file.morphology;
}

}  // namespace volley
