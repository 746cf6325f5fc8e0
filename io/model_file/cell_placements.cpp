#include "core/channels/channel_kind.hpp"
#include "core/error.hpp"
#include "core/ions/pool_kind.hpp"
#include "core/nearest.hpp"
#include "core/receptors/receptor_kind.hpp"
#include "io/model_file/cell_sections.hpp"
#include "io/model_file/cells.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <initializer_list>

namespace volley {
namespace {

/// A kind's field as it is written inside a placement: "g_max" for "g_max_*".
std::string plain_name(std::string_view pattern) {
    std::string name(pattern);
    for (const std::string_view part : {"_*", "*_", "*"}) {
        const std::size_t at = name.find(part);
        if (at != std::string::npos) return name.erase(at, part.size());
    }
    return name;
}

/// The name of the cell's parameter: "g_max_na".
std::string full_name(std::string_view pattern, const std::string& placement) {
    std::string name(pattern);
    for (std::size_t at = name.find('*'); at != std::string::npos;
         at = name.find('*', at + placement.size())) {
        name.replace(at, 1, placement);
    }
    return name;
}

/// The kind that a placement names.
template <class Kind>
const Kind& read_kind(const Object& object, std::string_view key, std::span<const Kind> kinds) {
    const std::string expected = fmt::format("a kind of {}", key);
    const std::string& name = read_text(object.require(key, expected), expected, object.place(key));
    for (const Kind& kind : kinds) {
        if (kind.description.name == name) return kind;
    }
    throw ConfigError(object.place(key).text(),
                      unknown_message(fmt::format("kind of {}", key), name, names_of(kinds)));
}

/// A number for all cells. What differs between cells stands in a population.
double read_parameter(const CellReading& cell, const Json& value, const Field& field,
                      const std::string& full, const FilePlace& where) {
    if (value.is_object() || value.is_array()) {
        throw ConfigError(
            where.text(), shown(value),
            fmt::format("one value for all cells; values that differ between cells stand in the "
                        "\"parameters\" of a population, as {}",
                        in_quotes(full)));
    }
    return read_number(value, field, {.names = cell.reading.names, .owner_unit = "nA"}, where);
}

/// What channels, pools and receptors have in common: where they sit, and parameters.
/// @param fields  of the kind: parameters, then others
Placement read_placement(const CellReading& cell, const std::string& name, const Object& object,
                         const FileSection& section, const Description& kind,
                         std::span<const Field> structure = {}) {
    std::vector<std::string> plain;
    for (const Field& field : kind.fields) plain.push_back(plain_name(field.name));
    std::vector<std::string_view> known = known_keys(section, structure);
    known.insert(known.end(), plain.begin(), plain.end());
    object.refuse_unknown(known);

    Placement placement;
    placement.name = name;
    placement.kind = std::string(kind.name);
    placement.where = object.where.text();
    const Json* const on = object.find("on");
    placement.compartments =
        on == nullptr ? cell.places.all() : cell.places.find(*on, object.place("on"));
    placement.scale = read_scale(cell, object.find("scale"), object.place("scale"),
                                 placement.compartments, kNotNegative);
    for (std::size_t k = 0; k < kind.fields.size(); ++k) {
        const Field& field = kind.fields[k];
        const std::string full = full_name(field.name, name);
        if (const Json* const value = object.find(plain[k])) {
            placement.parameters.emplace(
                full, read_parameter(cell, *value, field, full, object.place(plain[k])));
        } else if (field.presence == Presence::required) {
            throw ConfigError(
                object.place(plain[k]).text(), "nothing",
                fmt::format("{}: {}", field.meaning, expected_text(field, unit_of(field, "nA"))));
        }
    }
    return placement;
}

Placement read_channel(const CellReading& cell, const std::string& name, const Object& object) {
    const ChannelKind& kind = read_kind(object, "channel", channel_kinds());
    const Spec plain =
        read_spec(object, "channel", plain_fields(kChannelSection), {.names = cell.reading.names});
    const bool stochastic = plain.flag("stochastic");
    if (stochastic && kind.make_stochastic == nullptr) {
        throw ConfigError(object.place("stochastic").text(),
                          fmt::format("true for the channel {}", kind.description.name),
                          "false: this kind has no stochastic form");
    }
    Placement placement =
        read_placement(cell, name, object, kChannelSection, kind.described(stochastic));
    placement.into_pool = plain.flag("into_pool");
    placement.stochastic = stochastic;
    return placement;
}

Placement read_pool(const CellReading& cell, const std::string& name, const Object& object) {
    const PoolKind& kind = read_kind(object, "pool", pool_kinds());
    Placement placement =
        read_placement(cell, name, object, kPoolSection, kind.description, kind.structure);
    placement.structure =
        read_spec(object, kind.description.name, kind.structure, {.names = cell.reading.names});
    const Json* const written = object.find("ion");
    placement.ion =
        written == nullptr ? name : read_text(*written, "one of \"ions\"", object.place("ion"));
    std::vector<std::string> known;
    for (const Ion& ion : cell.definition.ions) known.push_back(ion.name);
    if (std::ranges::find(known, placement.ion) == known.end()) {
        const std::string where = object.place("ion").text();
        if (!known.empty()) throw ConfigError(where, unknown_message("ion", placement.ion, known));
        throw ConfigError(where, in_quotes(placement.ion), "an ion of the cell's \"ions\"");
    }
    return placement;
}

Placement read_receptor(const CellReading& cell, const std::string& name, const Object& object) {
    const ReceptorKind& kind = read_kind(object, "receptor", receptor_kinds());
    return read_placement(cell, name, object, kReceptorSection, kind.description);
}

/// Names are parts of names of parameters: no two placements may share one.
void check_new_name(const CellReading& cell, const std::string& name, const FilePlace& where) {
    check_name(name, where);
    const CellDefinition& d = cell.definition;
    for (const auto* const list : {&d.channels, &d.pools, &d.receptors}) {
        const auto same = std::ranges::find(*list, name, &Placement::name);
        if (same == list->end()) continue;
        throw ConfigError((where / name).text(),
                          fmt::format("the name {}, which stands at {}", in_quotes(name),
                                      same->where.substr(same->where.find('#') + 1)),
                          "a name of its own for each channel, pool and receptor of a cell");
    }
}

template <class Read>
void read_all(const CellReading& cell, const Object& object, std::string_view key,
              std::vector<Placement>& list, const Read& read) {
    const Json* const value = object.find(key);
    if (value == nullptr) return;
    const FilePlace where = object.place(key);
    Object::of(*value, where);
    for (const auto& [name, one] : value->items()) {
        check_new_name(cell, name, where);
        list.push_back(read(cell, name, Object::of(one, where / name)));
    }
}

/// The charge of the ions that everybody knows.
std::optional<double> usual_valence(std::string_view ion) {
    static constexpr std::pair<std::string_view, double> kKnown[] = {
        {"na", 1.0}, {"k", 1.0}, {"ca", 2.0}, {"mg", 2.0}, {"cl", -1.0}};
    for (const auto& [name, valence] : kKnown) {
        if (name == ion) return valence;
    }
    return std::nullopt;
}

Ion read_ion(const CellReading& cell, const std::string& name, const Object& object) {
    object.refuse_unknown(known_keys(kIonSection));
    const Spec spec =
        read_spec(object, "ion", plain_fields(kIonSection), {.names = cell.reading.names});
    const FilePlace valence = object.place("valence");
    const std::optional<double> usual = usual_valence(name);
    if (!usual && !spec.has("valence")) {
        throw ConfigError(valence.text(), "nothing", "the charge of the ion, such as 2");
    }
    Ion ion{.name = name,
            .valence = spec.has("valence") ? static_cast<double>(spec.integer("valence")) : *usual,
            .inside_mM = spec.number("inside"),
            .outside_mM = spec.number("outside"),
            .computes_reversal = spec.text("reversal") == "computed"};
    if (ion.valence == 0.0) {
        throw ConfigError(valence.text(), "0", "the charge of an ion, such as 2 or -1");
    }
    return ion;
}

bool is_permeability(const Description& kind) {
    return std::ranges::any_of(kind.fields, [](const Field& f) { return f.unit == "cm/s"; });
}

}  // namespace

void read_ions(const CellReading& cell, const Object& object) {
    const Json* const ions = object.find("ions");
    if (ions == nullptr) return;
    const FilePlace where = object.place("ions");
    Object::of(*ions, where);
    for (const auto& [name, value] : ions->items()) {
        check_name(name, where);
        cell.definition.ions.push_back(read_ion(cell, name, Object::of(value, where / name)));
    }
}

void read_placements(const CellReading& cell, const Object& object) {
    CellDefinition& definition = cell.definition;
    read_all(cell, object, "channels", definition.channels, read_channel);
    read_all(cell, object, "pools", definition.pools, read_pool);
    read_all(cell, object, "receptors", definition.receptors,
             [](const CellReading& c, const std::string& name, const Object& one) {
                 return read_receptor(c, name, one);
             });
}

void check_ions_of_channels(const CellReading& cell) {
    const auto require = [&](const Placement& channel, std::string_view ion, const char* why) {
        if (std::ranges::find(cell.definition.ions, ion, &Ion::name) !=
            cell.definition.ions.end()) {
            return;
        }
        throw ConfigError(
            channel.where, fmt::format("the channel {}, {}", channel.kind, why),
            fmt::format("\"ions\" of the cell with {}: {{\"inside\": ..., \"outside\": ...}}",
                        in_quotes(ion)));
    };
    for (const Placement& channel : cell.definition.channels) {
        const ChannelKind& kind = *find_channel_kind(channel.kind);
        if (kind.reads_calcium) require(channel, "ca", "which calcium gates");
        if (!kind.ion.empty() && is_permeability(kind.description)) {
            require(channel, kind.ion, "whose current depends on concentrations");
        }
    }
}

}  // namespace volley
