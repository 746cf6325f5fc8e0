// Calcium pools: nanoseconds of a step for the shells of a Purkinje cell's soma and initial
// segment, for a dendritic compartment with four shells, and for first-order decay.
#include "apps/bench/bench.hpp"
#include "core/ions/pool_kind.hpp"
#include "core/math/aligned_vector.hpp"
#include "core/math/lanes.hpp"
#include "core/spec_defaults.hpp"

#include <memory>
#include <numbers>
#include <string>
#include <vector>

namespace volley::bench {

namespace {

/// A pool on as many blocks of compartments, with a little current.
struct Pool {
    Pool(const PoolKind& kind, const Spec& structure, std::size_t width, std::size_t compartments,
         double diameter_um) {
        const std::size_t slots = width == 1 ? padded(compartments) : compartments;
        place.width = width;
        place.blocks = slots * width / kLanes;
        place.ranges = {{0, place.blocks}};
        for (std::size_t slot = 0; slot < slots; ++slot) {
            place.compartment.push_back(static_cast<std::int32_t>(slot));
            place.area_um2.push_back(std::numbers::pi * diameter_um * 2.0);
            place.scale.push_back(1.0);
            place.diameter_um.push_back(diameter_um);
            place.length_um.push_back(2.0);
        }
        inside_mM.resize(place.blocks * kLanes);
        current_nA.resize(place.blocks * kLanes);
        for (std::size_t k = 0; k < current_nA.size(); ++k) {
            current_nA[k] = -1e-5 * static_cast<double>(k % 11) * place.area_um2[0];
        }
        MechanismSetup setup{.place = &place, .dt_ms = 0.02};
        setup.arrays.ion = {.inside_mM = inside_mM.data(),
                            .written_inside_mM = inside_mM.data(),
                            .current_nA = current_nA.data(),
                            .valence = 2.0};
        pool = kind.make(setup, structure);
        std::vector<Lanes> parameters;
        for (const Field& field : kind.description.fields) {
            parameters.push_back(broadcast(field.default_number));
        }
        pool->set_parameters(parameters);
        pool->settle();
    }

    Place place;
    AlignedVector<double> inside_mM, current_nA;
    std::unique_ptr<Mechanism> pool;
};

struct Case {
    std::string name;
    std::string kind;
    std::int64_t shells;
    std::string removal;
    std::size_t compartments;  ///< of a cell
    double diameter_um;
};

const Case kCases[] = {
    {"soma", "ca_shells", 20, "every_shell", 10, 6.0},
    {"initial_segment", "ca_shells", 10, "every_shell", 10, 0.8},
    {"dendrite", "ca_shells", 4, "membrane_pump", 2400, 0.9},
    {"dendrite_in_cache", "ca_shells", 4, "membrane_pump", 16, 0.9},
    {"twelve_shells", "ca_shells", 12, "every_shell", 10, 2.0},
    {"decay", "ca_decay", 0, "", 2400, 0.9},
};

void step(benchmark::State& state, const Case& which, std::size_t width) {
    const PoolKind& kind = *find_pool_kind(which.kind);
    Spec structure = default_spec({.name = which.kind, .summary = {}, .fields = kind.structure});
    if (which.shells > 0) {
        structure.values["shells"] = which.shells;
        structure.values["removal"] = which.removal;
    }
    const Pool pool(kind, structure, width, which.compartments, which.diameter_um);
    std::int64_t steps = 0;
    for (auto unused : state) {
        static_cast<void>(unused);
        pool.pool->advance(steps++);
    }
    const double cells = static_cast<double>(steps) * static_cast<double>(width);
    state.counters["per_cell_step"] = time_per_one_of(cells);
    state.counters["per_compartment_step"] =
        time_per_one_of(cells * static_cast<double>(which.compartments));
    state.counters["bytes_per_compartment"] =
        static_cast<double>(pool.pool->bytes()) / static_cast<double>(which.compartments * width);
}

}  // namespace

void add_ion_benchmarks() {
    for (const Case& which : kCases) {
        for (const std::size_t width : {std::size_t{8}, std::size_t{1}}) {
            benchmark::RegisterBenchmark(
                ("ions/" + which.name + "/width:" + std::to_string(width)).c_str(),
                [&which, width](benchmark::State& state) { step(state, which, width); });
        }
    }
}

}  // namespace volley::bench
