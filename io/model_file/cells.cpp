#include "io/model_file/cells.hpp"

#include "core/error.hpp"
#include "io/model_file/cell_sections.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace volley {
namespace {

/// C_m and R_a of regions that "C_m_scale" or "R_a_scale" name with a number: d_lambda asks before
/// there are compartments.
std::map<std::string, CableProperties, std::less<>> cable_of_regions(const Object& object,
                                                                     const Morphology& shape,
                                                                     const CableProperties& cable) {
    std::map<std::string, CableProperties, std::less<>> regions;
    for (const std::string_view key : {"C_m_scale", "R_a_scale"}) {
        const Json* const scale = object.find(key);
        if (scale == nullptr || !scale->is_object()) continue;
        for (const auto& [name, factor] : scale->items()) {
            const bool known =
                std::ranges::find(shape.sections, name, &Section::region) != shape.sections.end();
            if (!known || !factor.is_number() || !(factor.get<double>() > 0.0)) continue;
            CableProperties& own = regions.try_emplace(name, cable).first->second;
            (key == "C_m_scale" ? own.C_m_uF_per_cm2 : own.R_a_ohm_cm) *= factor.get<double>();
        }
    }
    return regions;
}

/// The compartment in the middle of the first section, unless "soma" names another.
std::int32_t read_soma(const CellPlaces& places, const Object& object) {
    const Json* const named = object.find("soma");
    if (named == nullptr) return compartment_at(places.tree(), 0, 0.5);
    return places.find_one(*named, object.place("soma"));
}

CellOfFile read_cell(Reading& reading, const std::string& name, const Object& object) {
    object.refuse_unknown(known_keys(kCellSection));
    const Spec plain =
        read_spec(object, "cell", plain_fields(kCellSection), {.names = reading.names});
    CellDefinition definition;
    definition.name = name;
    definition.C_m_uF_per_cm2 = plain.number("C_m");
    definition.R_a_ohm_cm = plain.number("R_a");
    definition.temperature_degC = plain.number("temperature");
    definition.V_initial_mV = plain.number("V_init");
    definition.threshold_mV = plain.number("threshold");
    definition.scheme = plain.text("scheme") == "crank_nicolson" ? CableScheme::crank_nicolson
                                                                 : CableScheme::backward_euler;
    const Json& morphology = object.require("morphology", "the shape of the cell");
    const Morphology shape = read_cell_shape(reading, morphology, object.place("morphology"));
    const CableProperties cable{.R_a_ohm_cm = definition.R_a_ohm_cm,
                                .C_m_uF_per_cm2 = definition.C_m_uF_per_cm2};
    definition.tree =
        cut_cell(reading, object.find("discretisation"), object.place("discretisation"), shape,
                 cable, cable_of_regions(object, shape, cable));
    auto places = std::make_shared<CellPlaces>(shape, definition.tree);
    if (const Json* const labels = object.find("labels")) {
        places->read_labels(*labels, object.place("labels"), reading.names);
    }
    const CellReading cell{.reading = reading, .places = *places, .definition = definition};
    definition.C_m_scale = read_scale(cell, object.find("C_m_scale"), object.place("C_m_scale"),
                                      places->all(), kPositive);
    definition.R_a_scale = read_scale(cell, object.find("R_a_scale"), object.place("R_a_scale"),
                                      places->all(), kPositive);
    definition.soma = read_soma(*places, object);
    read_ions(cell, object);
    read_placements(cell, object);
    check_ions_of_channels(cell);
    std::vector<std::vector<std::int32_t>> carriers;
    for (const Placement& receptor : definition.receptors)
        carriers.push_back(receptor.compartments);
    if (const Json* const reduction = object.find("reduce")) {
        Reduction reduced = read_reduction(cell, *reduction, object.place("reduce"));
        places->reduce_to(std::move(reduced.where), reduced.cell.tree.compartments.size());
        definition = std::move(reduced.cell);
    }
    return {.type = std::make_shared<const CellType>(std::move(definition)),
            .places = std::move(places),
            .receptor_carriers = std::move(carriers)};
}

}  // namespace

void read_cells(Reading& reading) {
    const Object file = Object::of(reading.document, reading.root);
    const Json* const written = file.find("cells");
    if (written == nullptr) return;
    const FilePlace where = file.place("cells");
    Object::of(*written, where);
    // A copy: reading makes paths in the document absolute.
    const Json cells = *written;
    for (const auto& [name, value] : cells.items()) {
        check_name(name, where);
        reading.cells.emplace(name, read_cell(reading, name, Object::of(value, where / name)));
    }
}

const CellOfFile* Reading::cell_of(const Selection& selection) const {
    const Population& owner = population(selection);
    return owner.cell == nullptr ? nullptr : &cells.at(owner.model);
}

}  // namespace volley
