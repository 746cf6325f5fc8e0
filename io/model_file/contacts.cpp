#include "io/model_file/contacts.hpp"

#include "core/cable/cell_type.hpp"
#include "core/error.hpp"
#include "core/math/functions.hpp"
#include "core/nearest.hpp"
#include "io/model_file/cell_places.hpp"
#include "io/model_file/cell_sections.hpp"
#include "io/model_file/keys.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <functional>

namespace volley {
namespace {

constexpr Field kKernelFields[] = {
    required("centre", "um", kNotNegative, "distance at which contacts are densest"),
    required("width", "um", kPositive, "SD (gaussian) or length constant (exponential)"),
    choice("kernel", "gaussian|exponential", "gaussian", "how they thin out around it")};
constexpr Field kListedFields[] = {required_key("at", "list of places, such as dend[3](0.5)")};

constexpr Description kPlaces[] = {
    {.name = "uniform_length",
     .summary = "each contact anywhere, uniform per length of dendrite",
     .fields = {},
     .example = R"("contacts": {"count": 5, "on": "dend"})"},
    {.name = "uniform_area",
     .summary = "each contact anywhere, uniform per membrane area",
     .fields = {},
     .example = R"("contacts": {"count": 5, "on": "dend", "place": "uniform_area"})"},
    {.name = "distance_kernel",
     .summary = "each contact at a distance that is distributed about a centre",
     .fields = kKernelFields,
     .details = "Per length of dendrite the probability falls with the path distance d from the\n"
                "middle of the first section: exp(-(d - centre)^2 / (2 width^2)) or\n"
                "exp(-|d - centre| / width).",
     .example = R"("contacts": {"count": 5, "on": "dend", "place": "distance_kernel",
  "centre": "150 um", "width": "30 um"})"},
    {.name = "one_branch",
     .summary = "all contacts of a connection on one section",
     .fields = {},
     .details = "The section is drawn by its length, the contacts uniform per length on it.",
     .example = R"("contacts": {"count": 20, "on": "dend", "place": "one_branch"})"},
    {.name = "listed",
     .summary = "contacts at given places, in this order",
     .fields = kListedFields,
     .details = "With a count above the number of places they are used in turn.",
     .example = R"json("contacts": {"place": "listed", "at": ["soma(0.5)", "dend[3](0.2)"]})json"},
};

const Description& read_place_kind(const Object& object) {
    const Json* const value = object.find("place");
    if (value == nullptr) return kPlaces[0];
    const std::string& name =
        read_text(*value, "the name of a way to place contacts", object.place("place"));
    std::vector<std::string> known;
    for (const Description& place : kPlaces) {
        if (place.name == name) return place;
        known.emplace_back(place.name);
    }
    throw ConfigError(object.place("place").text(),
                      unknown_message("way to place contacts", name, known));
}

/// The cell, and the compartments that carry the receptor. Contacts are chosen on the whole tree,
/// and sit where a reduced cell has its compartments.
struct Targets {
    const CellPlaces& places;
    std::span<const std::int32_t> carriers;  ///< compartments of the tree, ascending
    std::span<const std::int32_t> sites;     ///< [site]: compartment of the cell, ascending
    std::string_view receptor;

    bool carries(std::int32_t compartment) const {
        return std::ranges::binary_search(carriers, compartment);
    }
    std::int32_t site_of(std::int32_t carrier) const {
        const auto found = std::ranges::lower_bound(sites, places.in_cell(carrier));
        return static_cast<std::int32_t>(found - sites.begin());
    }
};

/// Compartments of the tree within "on" that carry the receptor.
std::vector<std::int32_t> candidates(const Targets& targets, const Object& object) {
    std::vector<std::int32_t> found;
    const Json* const on = object.find("on");
    const std::vector<std::int32_t> within =
        on == nullptr ? targets.places.all() : targets.places.find(*on, object.place("on"));
    std::ranges::copy_if(within, std::back_inserter(found),
                         [&](std::int32_t c) { return targets.carries(c); });
    if (!found.empty()) return found;
    throw ConfigError(object.place("on").text(),
                      fmt::format("places without the receptor {}", targets.receptor),
                      "places where the cell has it");
}

using Density = std::function<double(const Compartment&)>;

/// What is drawn in proportion to.
Density density_of(const Description& kind, const Spec& spec) {
    if (kind.name == "uniform_area") return [](const Compartment& c) { return c.area_um2; };
    if (kind.name != "distance_kernel") return [](const Compartment& c) { return c.length_um; };
    const double centre = spec.number("centre");
    const double width = spec.number("width");
    const bool gaussian = spec.text("kernel") == "gaussian";
    return [centre, width, gaussian](const Compartment& c) {
        const double away = std::abs(c.distance_um - centre) / width;
        return c.length_um * exact_exp(gaussian ? -0.5 * away * away : -away);
    };
}

void draw_among(const Targets& targets, const Object& object, const Description& kind,
                const Spec& spec, Contacts& contacts) {
    const Density density = density_of(kind, spec);
    double sum = 0.0;
    for (const std::int32_t candidate : candidates(targets, object)) {
        contacts.sites.push_back(targets.site_of(candidate));
        const Compartment& compartment = targets.places.at(candidate);
        sum += density(compartment);
        contacts.cumulative.push_back(sum);
        if (kind.name == "one_branch") contacts.branch.push_back(compartment.section);
    }
    if (!(sum > 0.0)) {
        throw ConfigError(object.place("centre").text(),
                          "a kernel that is 0 at all places of the cell",
                          "a centre and width that reach some of them");
    }
    for (double& probability : contacts.cumulative) probability /= sum;
    contacts.cumulative.back() = 1.0;
    if (kind.name == "one_branch") contacts.choice = Contacts::Choice::clustered;
}

void list_places(const Targets& targets, const Object& object, Contacts& contacts) {
    const FilePlace where = object.place("at");
    const std::string expected = "a list of places, such as [\"soma(0.5)\", \"dend[3](0.2)\"]";
    const Json& list = object.require("at", expected);
    if (!list.is_array() || list.empty()) throw ConfigError(where.text(), shown(list), expected);
    if (object.find("on") != nullptr) {
        throw ConfigError(object.place("on").text(), "\"on\" beside a list of places",
                          "one of them");
    }
    for (std::size_t k = 0; k < list.size(); ++k) {
        const std::int32_t compartment = targets.places.find_one(list[k], where / k);
        if (!targets.carries(compartment)) {
            throw ConfigError(
                (where / k).text(),
                fmt::format("{}, without the receptor {}", shown(list[k]), targets.receptor),
                "a place where the cell has it");
        }
        contacts.sites.push_back(targets.site_of(compartment));
    }
    contacts.choice = Contacts::Choice::listed;
    contacts.count = static_cast<std::int64_t>(contacts.sites.size());
}

}  // namespace

std::span<const Description> contact_places() { return kPlaces; }

void refuse_for_points(const Reading& reading, const Object& object, std::string_view key,
                       const Selection& target) {
    if (object.find(key) == nullptr) return;
    throw ConfigError(
        object.place(key).text(),
        fmt::format("\"{}\" for population {} of points", key, reading.population(target).name),
        "it for cells with dendrites only");
}

Contacts read_contacts(const Reading& reading, const Object& object, const Selection& target,
                       std::int32_t receptor, const Scope& scope) {
    const CellOfFile* const cell = reading.cell_of(target);
    if (cell == nullptr) {
        refuse_for_points(reading, object, "contacts", target);
        return {};
    }
    const auto index = static_cast<std::size_t>(receptor);
    const Targets targets{.places = *cell->places,
                          .carriers = cell->receptor_carriers[index],
                          .sites = cell->type->sites(index),
                          .receptor = cell->type->model().receptors[index].name};
    static const Json kNothing = Json::object();
    const Json* const written = object.find("contacts");
    const Object own =
        Object::of(written == nullptr ? kNothing : *written, object.place("contacts"));
    const Description& kind = read_place_kind(own);
    own.refuse_unknown(known_keys(kContactsSection, kind.fields));
    Contacts contacts;
    if (kind.name == "listed") {
        list_places(targets, own, contacts);
    } else {
        draw_among(targets, own, kind, read_spec(own, kind.name, kind.fields, scope), contacts);
    }
    const Spec plain = read_spec(own, "contacts", plain_fields(kContactsSection), scope);
    if (plain.has("count")) contacts.count = plain.integer("count");
    contacts.side_by_side = plain.flag("side_by_side");
    return contacts;
}

void check_side_by_side(const Contacts& contacts, std::int64_t afferents, const Object& object) {
    if (!contacts.side_by_side || afferents > 1) return;
    throw ConfigError((object.place("contacts") / "side_by_side").text(),
                      "true without several afferents",
                      "it in a stimulus whose drive has \"afferents\"");
}

}  // namespace volley
