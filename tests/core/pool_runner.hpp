#pragma once

// A pool alone, on compartments of one cell or of eight alike, with ionic currents that the test
// gives.

#include "core/ions/pool_kind.hpp"
#include "core/spec_defaults.hpp"

#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace volley {

struct Compartment {
    double diameter_um = 1.0;
    double length_um = 1.0;
    double scale = 1.0;
    double area_um2() const { return 3.14159265358979323846 * diameter_um * length_um; }
};

/// Compartments 0, 1, ... one after the other, padded where a cell is alone.
inline Place place_of(const std::vector<Compartment>& compartments, std::size_t width) {
    Place place;
    place.width = width;
    const std::size_t slots = width == 1 ? padded(compartments.size()) : compartments.size();
    place.blocks = width == 1 ? slots / kLanes : slots;
    place.ranges = {{0, place.blocks}};
    for (std::size_t slot = 0; slot < slots; ++slot) {
        const bool used = slot < compartments.size();
        const Compartment c = used ? compartments[slot] : Compartment{};
        place.compartment.push_back(used ? static_cast<std::int32_t>(slot) : -1);
        place.area_um2.push_back(used ? c.area_um2() : 0.0);
        place.scale.push_back(used ? c.scale : 0.0);
        place.diameter_um.push_back(c.diameter_um);
        place.length_um.push_back(c.length_um);
    }
    return place;
}

struct PoolRunner {
    using Parameters = std::vector<std::pair<std::string, std::vector<double>>>;

    /// @param parameters  other than the defaults: for all cells, or for each of eight
    PoolRunner(const std::string& name, const std::vector<Compartment>& compartments,
               std::size_t width, double dt_ms, const Parameters& parameters = {},
               const std::vector<std::pair<std::string, Value>>& structure = {},
               double valence = 2.0)
        : kind(*find_pool_kind(name)), place(place_of(compartments, width)) {
        const std::size_t numbers = place.blocks * kLanes;
        inside_mM.resize(numbers);
        ion_current_nA.resize(numbers);
        Spec spec = default_spec({.name = name, .summary = {}, .fields = kind.structure});
        for (const auto& [key, value] : structure) spec.values[key] = value;
        MechanismSetup setup{.place = &place, .dt_ms = dt_ms};
        setup.arrays.ion = {.inside_mM = inside_mM.data(),
                            .written_inside_mM = inside_mM.data(),
                            .current_nA = ion_current_nA.data(),
                            .valence = valence};
        pool = kind.make(setup, spec);
        std::vector<Lanes> values;
        for (const Field& field : kind.description.fields) {
            Lanes lanes = broadcast(field.default_number);
            for (const auto& [key, given] : parameters) {
                if (key != field.name) continue;
                for (std::size_t k = 0; k < kLanes; ++k) lanes[k] = given[k % given.size()];
            }
            values.push_back(lanes);
        }
        pool->set_parameters(values);
        pool->settle();
    }

    /// Storage index of a compartment, the same as own index here.
    std::size_t index(std::size_t compartment, std::size_t cell = 0) const {
        return compartment * place.width + cell;
    }
    /// The ion's current, the same density in all compartments of all cells.
    void set_density(double mA_per_cm2) {
        for (std::size_t slot = 0; slot < place.compartment.size(); ++slot) {
            for (std::size_t cell = 0; cell < place.width; ++cell) {
                ion_current_nA[slot * place.width + cell] =
                    mA_per_cm2 * place.area_um2[slot] * 1e-2;
            }
        }
    }
    void run(std::int64_t steps) {
        for (std::int64_t step = 0; step < steps; ++step) pool->advance(step);
    }
    double inside(std::size_t compartment, std::size_t cell = 0) const {
        return inside_mM[index(compartment, cell)];
    }
    double state(std::size_t layer, std::size_t variable, std::size_t compartment,
                 std::size_t cell = 0) const {
        return pool->state(layer * kind.states.size() + variable, index(compartment, cell));
    }

    const PoolKind& kind;
    Place place;
    AlignedVector<double> inside_mM;
    AlignedVector<double> ion_current_nA;
    std::unique_ptr<Mechanism> pool;
};

}  // namespace volley
