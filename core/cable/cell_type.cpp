#include "core/cable/cell_type.hpp"

#include "core/cable/cable_group.hpp"
#include "core/error.hpp"
#include "core/ions/pool_kind.hpp"

#include <algorithm>
#include <string>

namespace volley {

namespace {

template <class Kinds>
std::string known_names(const Kinds& kinds) {
    std::string names;
    for (const auto& kind : kinds) {
        names += (names.empty() ? "" : ", ") + std::string(kind.description.name);
    }
    return names;
}

template <class Kind, class Kinds>
const Kind& known(const Kind* kind, const Kinds& kinds, const Placement& placement) {
    if (kind != nullptr) return *kind;
    throw ConfigError(placement.where, "\"" + placement.kind + "\"",
                      "one of " + known_names(kinds));
}

SolverTree solver_tree(const CellDefinition& cell, const TreeOrder& order,
                       const CableLayout& layout) {
    SolverTree tree;
    for (std::size_t k = 0; k < order.size(); ++k) {
        const std::int32_t n = order.node[k];
        const auto c = static_cast<std::size_t>(n);
        const std::size_t from = k == 0 ? k : static_cast<std::size_t>(order.parent[k]);
        double capacitance_nF = 0.0;
        if (c < cell.tree.compartments.size()) {
            const double scale = cell.C_m_scale.empty() ? 1.0 : cell.C_m_scale[c];
            capacitance_nF = 1e-5 * cell.tree.compartments[c].area_um2 * scale;  // uF/cm2 um2
        }
        tree.nodes.push_back(
            {.self = static_cast<std::uint32_t>(layout.index_of(n, 0)),
             .parent = static_cast<std::uint32_t>(layout.index_of(order.node[from], 0)),
             .axial_uS = order.axial_uS[k],
             .sum_of_axial_uS = order.sum_of_axial_uS[k],
             .capacitance_nF = capacitance_nF});
    }
    return tree;
}

}  // namespace

CellType::Plan::Plan(const CellType& cell, const TreeOrder& order, std::size_t width)
    : layout(cell.definition_, order, width),
      tree(solver_tree(cell.definition_, order, layout)),
      soma(layout.index_of(cell.definition_.soma, 0)) {
    for (const Part& part : cell.channels_) {
        channels.push_back(layout.place_of(cell.definition_, *part.placement));
    }
    for (const Part& part : cell.pools_) {
        pools.push_back(layout.place_of(cell.definition_, *part.placement));
    }
    for (const Part& part : cell.receptors_) {
        std::vector<std::uint32_t>& index = receptors.emplace_back();
        for (const std::int32_t c : part.placement->compartments) {
            index.push_back(static_cast<std::uint32_t>(layout.index_of(c, 0)));
        }
    }
}

CellType::CellType(CellDefinition definition) : definition_(std::move(definition)) {
    add_own();
    add_channels();
    add_pools();
    add_receptors();
    add_concentrations();
    const TreeOrder order(definition_);
    alone_ = std::make_unique<Plan>(*this, order, 1);
    lanes_ = std::make_unique<Plan>(*this, order, kLanes);
    model_.description.name = definition_.name;
    model_.description.summary = "a cell with dendrites";
    model_.description.fields = fields_;
    model_.states = states_;
    model_.receptors = places_;
    model_.relations = relations_;
    model_.current_unit = "nA";
    model_.takes_conductance = true;
    model_.interpolates_spikes = true;
    model_.make_group = [](const GroupSetup& setup) -> std::unique_ptr<NeuronGroup> {
        return std::make_unique<CableGroup>(setup);
    };
}

CellType::~CellType() = default;

void CellType::refuse_computed(std::string_view parameter, std::string_view where) const {
    constexpr std::string_view kReversal = "E_rev_";
    if (!parameter.starts_with(kReversal)) return;
    for (const Part& part : channels_) {
        const Placement& channel = *part.placement;
        if (parameter.substr(kReversal.size()) != channel.name) continue;
        const std::string_view name =
            channel.ion.empty() ? part.channel->ion : std::string_view(channel.ion);
        const auto ion = std::ranges::find(definition_.ions, name, &Ion::name);
        if (ion == definition_.ions.end() || !ion->computes_reversal) continue;
        throw ConfigError(
            where,
            "a reversal potential beside that computed from the concentrations of " + ion->name,
            "none, or the ion with \"reversal\": \"fixed\"");
    }
}

bool CellType::has_state(std::size_t variable, std::int32_t compartment) const {
    const StateOrigin& from = origins_[variable];
    const auto covers = [&](std::span<const Part> parts) {
        return std::ranges::binary_search(parts[from.part].placement->compartments, compartment);
    };
    switch (from.kind) {
        case Origin::potential:
            return true;
        case Origin::channel:
        case Origin::channel_current:
            return covers(channels_);
        case Origin::pool:
            return covers(pools_);
        case Origin::receptor:
            return covers(receptors_);
        case Origin::concentration:
            return std::ranges::any_of(pools_, [&](const Part& pool) {
                return pool.placement->ion == definition_.ions[from.part].name &&
                       std::ranges::binary_search(pool.placement->compartments, compartment);
            });
    }
    return false;
}

void CellType::add_own() {
    fields_ = {
        parameter("C_m", "uF/cm2", definition_.C_m_uF_per_cm2, kPositive, "membrane capacitance"),
        parameter("V_init", "mV", definition_.V_initial_mV, kAny, "potential at the start"),
        parameter("V_th", "mV", definition_.threshold_mV, kAny,
                  "a spike is an upward crossing of it at the soma"),
    };
    add_state({"V_m", "mV", "membrane potential", "V_init"}, {});
}

CellType::Part& CellType::add_part(std::vector<Part>& list, const Placement& placement,
                                   const Description& description,
                                   std::span<const StateVariable> states, Origin origin,
                                   std::size_t layers) {
    Part& part = list.emplace_back();
    part.placement = &placement;
    part.first_field = fields_.size();
    part.fields = description.fields.size();
    part.first_state = states_.size();
    part.states = states.size() * layers;
    for (const Field& field : description.fields) add_field(field, placement);
    for (std::size_t v = 0; v < part.states; ++v) {
        StateVariable state = states[v % states.size()];
        const std::string layer = layers == 1 ? "" : "[" + std::to_string(v / states.size()) + "]";
        state.name = keep(receptor_text(state.name, placement.name, "nA") + layer);
        state.unit = keep(receptor_text(state.unit, placement.name, "nA"));
        state.meaning = keep(receptor_text(state.meaning, placement.name, "nA"));
        add_state(state, {.kind = origin, .part = list.size() - 1, .variable = v});
    }
    return part;
}

void CellType::add_channels() {
    for (const Placement& placement : definition_.channels) {
        const ChannelKind& kind =
            known(find_channel_kind(placement.kind), channel_kinds(), placement);
        if (placement.stochastic && kind.make_stochastic == nullptr) {
            throw ConfigError(placement.where, "a stochastic " + placement.kind,
                              "a channel with independent gates");
        }
        add_part(channels_, placement, kind.described(placement.stochastic),
                 kind.states_of(placement.stochastic), Origin::channel)
            .channel = &kind;
        for (const auto& [parameter, value] : placement.parameters) {
            refuse_computed(parameter, placement.where + "/E_rev");
        }
        add_state({keep("i_" + placement.name), "nA", "outward current of the compartment"},
                  {.kind = Origin::channel_current, .part = channels_.size() - 1});
    }
}

void CellType::add_pools() {
    for (const Placement& placement : definition_.pools) {
        const PoolKind& kind = known(find_pool_kind(placement.kind), pool_kinds(), placement);
        for (const Part& other : pools_) {
            std::vector<std::int32_t> both;
            std::ranges::set_intersection(other.placement->compartments, placement.compartments,
                                          std::back_inserter(both));
            if (other.placement->ion == placement.ion && !both.empty()) {
                throw ConfigError(placement.where,
                                  "compartments on which " + other.placement->name + " computes " +
                                      placement.ion + " already",
                                  "one pool for an ion on each compartment");
            }
        }
        if (std::ranges::find(definition_.ions, placement.ion, &Ion::name) ==
            definition_.ions.end()) {
            throw ConfigError(placement.where, "the ion \"" + placement.ion + "\"",
                              "an ion of the cell's \"ions\"");
        }
        const std::size_t layers = kind.layers == nullptr ? 1 : kind.layers(placement.structure);
        add_part(pools_, placement, kind.description, kind.states, Origin::pool, layers).pool =
            &kind;
    }
}

void CellType::add_receptors() {
    for (const Placement& placement : definition_.receptors) {
        const ReceptorKind& kind =
            known(find_receptor_kind(placement.kind), receptor_kinds(), placement);
        Part& part =
            add_part(receptors_, placement, kind.description, kind.states, Origin::receptor);
        part.receptor = &kind;
        part.negative = kind.is_conductance && placement.name == "inh";
        for (const Relation& relation : kind.relations) {
            relations_.push_back(
                {.smaller = keep(receptor_text(relation.smaller, placement.name, "nA")),
                 .larger = keep(receptor_text(relation.larger, placement.name, "nA"))});
        }
        places_.push_back({.name = keep(placement.name),
                           .unit = keep(receptor_text(kind.weight_unit, placement.name, "nA")),
                           .meaning = kind.weight_meaning,
                           .sign = !kind.is_conductance ? 0 : (part.negative ? -1 : 1),
                           .sites = placement.compartments.size()});
    }
}

void CellType::add_concentrations() {
    for (std::size_t i = 0; i < definition_.ions.size(); ++i) {
        const std::string& ion = definition_.ions[i].name;
        if (std::ranges::none_of(pools_,
                                 [&](const Part& pool) { return pool.placement->ion == ion; })) {
            continue;
        }
        add_state({keep(ion + "_i"), "mM", keep(ion + " inside the membrane")},
                  {.kind = Origin::concentration, .part = i});
    }
}

void CellType::add_field(Field field, const Placement& placement) {
    field.name = keep(receptor_text(field.name, placement.name, "nA"));
    field.unit = keep(receptor_text(field.unit, placement.name, "nA"));
    field.meaning = keep(receptor_text(field.meaning, placement.name, "nA"));
    const auto given = placement.parameters.find(field.name);
    if (given != placement.parameters.end()) {
        field.presence = Presence::defaulted;
        field.default_number = given->second;
    }
    if (std::ranges::find(fields_, field.name, &Field::name) != fields_.end()) {
        throw ConfigError(
            placement.where, "the name \"" + placement.name + "\"",
            "another one: the cell has a parameter " + std::string(field.name) + " already");
    }
    fields_.push_back(field);
}

void CellType::add_state(const StateVariable& state, const StateOrigin& origin) {
    if (std::ranges::find(states_, state.name, &StateVariable::name) != states_.end()) {
        throw ConfigError(definition_.name, "two states " + std::string(state.name),
                          "other names for the parts of the cell");
    }
    states_.push_back(state);
    origins_.push_back(origin);
}

std::string_view CellType::keep(std::string text) { return texts_.emplace_back(std::move(text)); }

}  // namespace volley
