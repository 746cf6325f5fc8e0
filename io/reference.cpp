#include "io/reference.hpp"

#include "core/analysis/analysis.hpp"
#include "core/cable/reduce/reduction.hpp"
#include "core/channels/channel_kind.hpp"
#include "core/distributions/distribution.hpp"
#include "core/drives/drive.hpp"
#include "core/error.hpp"
#include "core/ions/pool_kind.hpp"
#include "core/morphology/generators/generator.hpp"
#include "core/nearest.hpp"
#include "core/neurons/neuron_model.hpp"
#include "core/plasticity/plasticity.hpp"
#include "core/receptors/receptor_kind.hpp"
#include "io/expression.hpp"
#include "io/json_source.hpp"
#include "io/model_file/cells.hpp"
#include "io/model_file/contacts.hpp"
#include "io/model_file/fields.hpp"
#include "io/model_file/sections.hpp"
#include "io/text_table.hpp"
#include "network/distance_functions.hpp"
#include "network/positions.hpp"
#include "network/rules/connection_rule.hpp"

#include <fmt/format.h>

#include <functional>
#include <utility>
#include <vector>

namespace volley {
namespace {

using Rows = std::vector<std::vector<std::string>>;

/// A registry: what its entries are called together, and how one is picked in a model file.
struct Category {
    std::string_view name;
    std::string_view title;
    std::vector<const Description*> entries;
};

template <class Entry>
std::vector<const Description*> descriptions(std::span<const Entry> entries) {
    std::vector<const Description*> all;
    for (const Entry& entry : entries) all.push_back(&entry.description);
    return all;
}

std::vector<const Description*> descriptions(std::span<const Description> entries) {
    std::vector<const Description*> all;
    for (const Description& entry : entries) all.push_back(&entry);
    return all;
}

std::vector<Category> categories() {
    return {
        {"neurons", "Neuron models (\"model\" of a population)", descriptions(neuron_models())},
        {"receptors", "Kinds of receptors (\"receptors\" of a population or of a cell)",
         descriptions(receptor_kinds())},
        {"channels", "Kinds of channels (\"channels\": {NAME: {\"channel\": KIND}} of a cell)",
         descriptions(channel_kinds())},
        {"pools", "Kinds of pools (\"pools\": {NAME: {\"pool\": KIND}} of a cell)",
         descriptions(pool_kinds())},
        {"generators",
         "Generators of shapes (\"generator\" of a cell's \"morphology\"; volley morph)",
         descriptions(generators())},
        {"discretisation", "Rules of discretisation (\"rule\" of a cell's \"discretisation\")",
         descriptions(discretisation_rules())},
        {"reductions", "Rules of reduction (\"rule\" of a cell's \"reduce\")",
         descriptions(reduction_kinds())},
        {"contact places", "Ways to place contacts (\"place\" of \"contacts\")",
         descriptions(contact_places())},
        {"rules", "Connection rules (\"rule\" of a projection)", descriptions(connection_rules())},
        {"distributions", "Distributions ({\"distribution\": NAME, ...} for a number)",
         descriptions(distributions())},
        {"distance", "Functions of distance ({\"of_distance\": NAME, ...} for a weight or delay)",
         descriptions(distance_functions())},
        {"plasticity", "Plasticity (\"plasticity\": {\"rule\": NAME, ...} of a projection)",
         descriptions(plasticity_rules())},
        {"drives", "Drives (\"drive\" of a stimulus)", descriptions(drives())},
        {"positions", "Shapes (\"positions\": {\"shape\": NAME, ...} of a population)",
         descriptions(position_shapes())},
        {"analyses", "Analyses (\"analysis\" of an entry of \"analyses\")",
         descriptions(analyses())},
    };
}

std::string unit_text(std::string_view unit) {
    if (unit == "1") return {};
    const std::size_t at = unit.find('@');
    if (at == std::string_view::npos) return std::string(unit);
    const std::string_view used = at == 0 ? "as used" : "(as used)";
    return std::string(unit.substr(0, at)) + std::string(used) + std::string(unit.substr(at + 1));
}

/// "@" as the unit of the neuron's current, in words.
std::string current_unit_text(std::string_view unit) {
    if (unit == "@/mV") return "current/mV (pA: nS)";
    std::string text(unit);
    if (const auto at = text.find('@'); at != std::string::npos) text.replace(at, 1, "current");
    return text;
}

std::string kind_text(const Field& field) {
    switch (field.kind) {
        case Kind::number:
            return field.unit == "1" ? "number" : "quantity";
        case Kind::integer:
            return "whole number";
        case Kind::boolean:
            return "true or false";
        case Kind::text:
            return "text";
        case Kind::choice: {
            std::string text;
            for (const std::string& choice : choices_of(field)) {
                text += (text.empty() ? "" : " or ") + choice;
            }
            return text;
        }
        case Kind::numbers:
            return "list";
        case Kind::drawn:
            return "value per neuron";
        case Kind::trains:
            return "list or lists";
    }
    return {};
}

std::string default_text(const Field& field) {
    if (field.presence == Presence::required) return "required";
    if (field.presence == Presence::optional) return "optional";
    switch (field.kind) {
        case Kind::boolean:
            return field.default_number != 0.0 ? "true" : "false";
        case Kind::text:
        case Kind::choice:
            return field.default_text.empty() ? "optional" : std::string(field.default_text);
        default:
            return fmt::format("{}", field.default_number);
    }
}

std::vector<std::string> field_row(const Field& field, std::string_view form) {
    return {std::string(field.name),      form.empty() ? kind_text(field) : std::string(form),
            unit_text(field.unit),        default_text(field),
            range_text(field.range, "1"), std::string(field.meaning)};
}

const std::vector<std::string> kFieldHeader{"name", "kind", "unit", "default", "range", "meaning"};

std::string fields_text(std::span<const Field> fields) {
    Rows rows{kFieldHeader};
    for (const Field& field : fields) rows.push_back(field_row(field, ""));
    return text_table(rows);
}

std::string heading(std::string_view text) { return fmt::format("\n{}\n", text); }

/// A model's states, receptors and conditions, after its parameters.
std::string neuron_text(const NeuronModel& model) {
    std::string out;
    Rows states{{"name", "unit", "initial", "meaning"}};
    for (const StateVariable& state : model.states) {
        states.push_back({std::string(state.name), unit_text(state.unit),
                          state.initial_parameter.empty() ? fmt::format("{}", state.initial)
                                                          : std::string(state.initial_parameter),
                          std::string(state.meaning)});
    }
    if (states.size() > 1) out += heading("State variables (initial, traces)") + text_table(states);
    Rows receptors{{"name", "unit", "meaning"}};
    for (const Receptor& receptor : model.receptors) {
        receptors.push_back(
            {std::string(receptor.name), unit_text(receptor.unit), std::string(receptor.meaning)});
    }
    if (receptors.size() > 1) out += heading("Receptors") + text_table(receptors);
    if (model.with_receptors != nullptr) {
        out += "  Others, as many as wanted, by \"receptors\" of the population: see receptors\n";
    }
    if (!model.current_unit.empty()) {
        const bool plain = model.current_unit == "1";
        out += heading("Drives") +
               fmt::format("  a current {}{}\n",
                           plain ? "without unit" : fmt::format("in {}", model.current_unit),
                           model.takes_conductance ? "; voltage_clamp" : "");
    }
    if (model.interpolates_spikes) {
        out += heading("Spike times") +
               "  at the end of their step, or with \"record\": {\"spike_times\": "
               "\"interpolated\"} inside it\n";
    }
    if (!model.relations.empty()) {
        out += heading("Conditions");
        for (const Relation& relation : model.relations) {
            out += fmt::format("  {} < {}\n", relation.smaller, relation.larger);
        }
    }
    return out;
}

/// States of a kind of receptor, and what its weights are. "*" stands for the receptor's name.
std::string receptor_text(const ReceptorKind& kind) {
    Rows states{{"name", "unit", "meaning"}};
    for (const StateVariable& state : kind.states) {
        states.push_back(
            {std::string(state.name), current_unit_text(state.unit), std::string(state.meaning)});
    }
    return heading("State variables (initial, traces)") + text_table(states) + heading("Weights") +
           fmt::format("  {}, in {}{}\n", kind.weight_meaning, current_unit_text(kind.weight_unit),
                       kind.is_conductance ? "; not negative (at \"inh\": not positive)" : "") +
           heading("Names") +
           "  * stands for the name of the receptor; in the \"receptors\" of a cell it is left "
           "out\n";
}

std::string states_text(std::span<const StateVariable> states) {
    Rows rows{{"name", "unit", "meaning"}};
    for (const StateVariable& state : states) {
        rows.push_back(
            {std::string(state.name), unit_text(state.unit), std::string(state.meaning)});
    }
    return rows.size() == 1 ? std::string()
                            : heading("State variables (initial, traces)") + text_table(rows);
}

/// How parameters of a part of a cell are called.
std::string cell_names_text(std::string_view what) {
    return heading("Names") +
           fmt::format(
               "  * stands for the name of the {0}. In the cell's own entry it is left out: "
               "g_max there,\n  g_max_NAME in a population's parameters.\n",
               what);
}

std::string channel_text(const ChannelKind& kind) {
    std::string out = states_text(kind.states);
    out += heading("Currents");
    out += kind.ion.empty() ? std::string("  i_NAME (nA), of no ion in particular\n")
                            : fmt::format("  i_NAME (nA), carried by {}\n", kind.ion);
    if (kind.reads_calcium) out += "  gated by the concentration ca_i\n";
    if (kind.make_stochastic != nullptr) {
        const Field& single = kind.stochastic_description.fields.back();
        out += fmt::format(
            "  may be stochastic (see channel): then it also has the field {} ({}), and its "
            "states\n"
            "  are {} to {}, {}\n",
            single.name, single.unit, kind.stochastic_states.front().name,
            kind.stochastic_states.back().name, kind.stochastic_states.front().meaning);
    }
    return out + cell_names_text("channel");
}

std::string pool_text(const PoolKind& kind) {
    std::string out;
    if (!kind.structure.empty()) {
        out += heading("Fields that are the same for all cells") + fields_text(kind.structure);
    }
    out += states_text(kind.states);
    if (kind.layers != nullptr) {
        out += "  in each layer: NAME[0] is the outermost\n";
    }
    return out + cell_names_text("pool");
}

std::string entry_text(const Category& category, const Description& entry) {
    std::string out = fmt::format("{}: {}\n", entry.name, entry.summary);
    out += indented(category.title, 2);
    if (!entry.fields.empty()) {
        out += heading(category.name == "neurons" ? "Parameters" : "Fields");
        out += fields_text(entry.fields);
    }
    if (category.name == "receptors") out += receptor_text(*find_receptor_kind(entry.name));
    if (category.name == "channels") out += channel_text(*find_channel_kind(entry.name));
    if (category.name == "pools") out += pool_text(*find_pool_kind(entry.name));
    if (category.name == "neurons") out += neuron_text(*find_neuron_model(entry.name));
    if (!entry.details.empty()) out += heading("How it works") + indented(entry.details, 2);
    if (!entry.source.empty()) out += heading("Source") + indented(entry.source, 2);
    if (!entry.example.empty()) out += heading("Example") + indented(entry.example, 2);
    return out;
}

std::string section_text(const FileSection& section) {
    std::string out = fmt::format("{}: {}\n", section.title, section.summary);
    Rows rows{kFieldHeader};
    for (const Key& key : section.keys) rows.push_back(field_row(key.field, key.form));
    if (!section.keys.empty()) out += '\n' + text_table(rows);
    if (!section.details.empty()) out += '\n' + indented(section.details, 2);
    if (!section.example.empty()) out += heading("Example") + indented(section.example, 2);
    return out;
}

std::string summaries(const std::vector<const Description*>& entries) {
    Rows rows;
    for (const Description* const entry : entries) {
        rows.push_back({std::string(entry->name), std::string(entry->summary)});
    }
    return text_table(rows);
}

std::string category_text(const Category& category) {
    std::string out = fmt::format("{}\n", category.title) + summaries(category.entries);
    for (const Description* const entry : category.entries) {
        out += fmt::format("\n{}\n\n", std::string(80, '-')) + entry_text(category, *entry);
    }
    return out;
}

std::string units_text() {
    std::string out =
        "Units: a symbol with an optional prefix, products and powers of such\n\n"
        "  \"1.5 ms\"  \"-65 mV\"  \"10 mV/ms\"  \"1 uF/cm^2\"  \"100 Ohm cm\"  \"3/ms\"\n\n";
    Rows rows{{"symbol", "prefix", "meaning"}};
    for (const NamedUnit& unit : named_units()) {
        rows.push_back(
            {std::string(unit.symbol), unit.takes_prefix ? "yes" : "", std::string(unit.meaning)});
    }
    out += text_table(rows) + "\nPrefixes\n  ";
    for (const Prefix& prefix : prefixes()) {
        out += fmt::format("{} 10^{}   ", prefix.symbol, prefix.power_of_ten);
    }
    out.erase(out.find_last_not_of(' ') + 1);
    return out +
           "\n\nA value is converted exactly: 0.0007 s is 0.7 ms. A bare number is refused where a "
           "unit "
           "is\nneeded. The micro sign and the ohm sign may stand for u and Ohm.\n";
}

std::string expressions_text() {
    std::string out =
        "Expressions: text wherever a number may stand\n\n"
        "  \"round(0.1 * N)\"  \"2 * drive + 1 nS\"  \"if(N > 1000, 2.5 nS, drive / 2)\"\n\n"
        "Operators, loosest first\n"
        "  < > <= >= == !=   1 where it holds, else 0\n"
        "  + -\n"
        "  * /\n"
        "  - (sign)\n"
        "  ^                 from the right: 2^3^2 is 2^9\n"
        "  unit              belongs to the number, name or parenthesis before it: 6 nS / 2 nS is "
        "3\n\n"
        "Functions\n";
    Rows rows;
    for (const ExpressionFunction& function : expression_functions()) {
        rows.push_back({std::string(function.name), std::string(function.meaning)});
    }
    return out + text_table(rows) +
           "\nNames\n  pi, the constants of \"define\" (in any order), and in projections "
           "source_size "
           "and target_size\n\n"
           "Whole numbers stay exact under + - *, under / without a rest and under ^; dimensions "
           "are\n"
           "checked: 1 ms + 1 mV is refused.\n";
}

/// Everything that describe() knows, by name.
std::vector<std::pair<std::string, std::function<std::string()>>> all_entries() {
    std::vector<std::pair<std::string, std::function<std::string()>>> all;
    for (const FileSection& section : sections()) {
        all.emplace_back(section.name, [&section] { return section_text(section); });
    }
    for (const Category& category : categories()) {
        all.emplace_back(category.name, [category] { return category_text(category); });
        for (const Description* const entry : category.entries) {
            all.emplace_back(entry->name,
                             [category, entry] { return entry_text(category, *entry); });
        }
    }
    all.emplace_back("units", units_text);
    all.emplace_back("expressions", expressions_text);
    return all;
}

/// Other words for the same, as they stand in a model file.
std::string_view entry_name(std::string_view name) {
    static constexpr std::pair<std::string_view, std::string_view> kOther[] = {
        {"populations", "population"},
        {"projections", "projection"},
        {"gap_junctions", "gap_junction"},
        {"gap junctions", "gap_junction"},
        {"stimuli", "stimulus"},
        {"stimulus", "stimulus"},
        {"traces", "trace"},
        {"cells", "cell"},
        {"labels", "label"},
        {"ions", "ion"},
        {"contact", "contacts"},
        {"generator", "generators"},
        {"models", "neurons"},
        {"neuron models", "neurons"},
        {"distance functions", "distance"},
        {"distance_functions", "distance"},
        {"of_distance", "distance"},
        {"define", "expressions"},
        {"shapes", "positions"},
        {"rule", "rules"},
        {"drive", "drives"},
        {"distribution", "distributions"},
        {"model file", "model"},
        {"model_file", "model"}};
    for (const auto& [other, known] : kOther) {
        if (other == name) return known;
    }
    return name;
}

}  // namespace

std::string list_reference() {
    std::string out = "The model file (sections)\n";
    Rows rows;
    for (const FileSection& section : sections()) {
        rows.push_back({std::string(section.name), std::string(section.summary)});
    }
    rows.push_back({"units", "what quantities are written in"});
    rows.push_back({"expressions", "numbers that are computed from others"});
    out += text_table(rows);
    for (const Category& category : categories()) {
        out +=
            fmt::format("\n{}: {}\n", category.name, category.title) + summaries(category.entries);
    }
    return out + "\nMore on each: volley models NAME\n";
}

std::string describe(std::string_view name) {
    const std::string_view wanted = entry_name(name);
    std::string out;
    std::vector<std::string> known;
    for (const auto& [entry, text] : all_entries()) {
        known.push_back(entry);
        if (entry != wanted) continue;
        if (!out.empty()) out += fmt::format("\n{}\n\n", std::string(80, '='));
        out += text();
    }
    if (out.empty()) {
        std::string message = fmt::format("there is no {}", in_quotes(name));
        const std::string near = nearest(name, known);
        if (!near.empty()) message += fmt::format("; did you mean \"{}\"?", near);
        throw ConfigError("volley models", message + " `volley models` lists all names");
    }
    return out;
}

}  // namespace volley
