#include "core/cable/reduce/neuron_reduce.hpp"

#include "core/error.hpp"

namespace volley {

namespace {

std::vector<std::int32_t> compartments_of(const CellDefinition& cell, const Stem& stem) {
    std::vector<std::int32_t> compartments;
    for (const Stem::Node& node : stem.nodes) {
        if (static_cast<std::size_t>(node.node) < cell.tree.compartments.size()) {
            compartments.push_back(node.node);
        }
    }
    return compartments;
}

}  // namespace

Reduction neuron_reduce(const CellDefinition& cell, std::span<const std::int32_t> keep,
                        const Spec& spec) {
    const KeptTree kept(cell, keep);
    const std::vector<UniformCable> cables = passive_cables(cell);
    const double frequency_hz = spec.number("frequency");
    std::vector<ReducedCylinder> cylinders;
    std::vector<CylinderPlace> places(cell.tree.compartments.size());
    for (const Stem& stem : stems_of(cell, kept)) {
        const UniformCable cable = mean_cable(cell, cables, compartments_of(cell, stem));
        if (!(cable.leak_S_per_cm2 > 0.0)) {
            throw ConfigError(spec.where, "a dendrite without a channel of kind \"leak\"",
                              "a leak with g_max > 0 on each: it is the cylinder's R_m");
        }
        const StemImpedances Z = impedances_of(cell, stem, cables, frequency_hz);
        const EquivalentCylinder equivalent(Z.base_MOhm, Z.tip_MOhm, cable, frequency_hz);
        const double L = equivalent.electrotonic_length();
        for (std::size_t k = 0; k < stem.nodes.size(); ++k) {
            const auto n = static_cast<std::size_t>(stem.nodes[k].node);
            if (n >= places.size()) continue;
            places[n] = {.cylinder = static_cast<std::int32_t>(cylinders.size()),
                         .x = equivalent.place_of(Z.transfer_MOhm[k]) / L};
        }
        cylinders.push_back({.kept_node = stem.kept_node,
                             .kept_per_um = stem.kept_per_um,
                             .first = stem.nodes[0].node,
                             .length_um = equivalent.length_um(),
                             .diameter_um = equivalent.diameter_um(),
                             .compartments = compartments_of_cylinder(spec, L)});
    }
    return assemble(cell, kept, cylinders, places);
}

}  // namespace volley
