#include "network/memory_estimate.hpp"

#include "core/cable/cell_type.hpp"
#include "core/error.hpp"
#include "core/neurons/neuron_model.hpp"
#include "network/weight_recording.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <limits>
#include <string>

namespace volley {

namespace {

/// The program with MPI takes 27 MiB a rank; the rest is for the buffers of recordings.
constexpr double kBaseBytes = 32.0 * 1024 * 1024;

/// Of an end of a gap junction while they are drawn and sorted: measured.
constexpr double kBuildEnd = 200.0;

/// True for the static projections from a population: those that share one part of the store.
bool is_static_from(const ProjectionPlan& projection, std::int32_t source) {
    return !projection.plastic && projection.projection->source.population == source;
}

bool has_constant_weights(const ConnectionPlan& plan, std::int32_t source) {
    double weight = std::numeric_limits<double>::quiet_NaN();
    for (const ProjectionPlan& projection : plan.projections()) {
        if (!is_static_from(projection, source)) continue;
        if (projection.weight.lowest() != projection.weight.highest()) return false;
        if (weight == weight && projection.weight.lowest() != weight) return false;
        weight = projection.weight.lowest();
    }
    return true;
}

bool has_coarse_weights(const ConnectionPlan& plan, std::int32_t source) {
    for (const ProjectionPlan& projection : plan.projections()) {
        if (is_static_from(projection, source) && !projection.coarse_weights) return false;
    }
    return true;
}

/// Segments of equal delay that the synapses of a run fall into, were delays spread evenly.
double expected_segments(double synapses, double delays) {
    return delays * (1.0 - std::pow(1.0 - 1.0 / delays, synapses));
}

/// The need of one worker for a plastic projection, in the forms of
/// network/connectome/plastic_store.hpp.
struct PlasticBytes {
    double store = 0.0;
    double build = 0.0;    ///< more while it is built
    double record = 0.0;   ///< to record its weights
    double history = 0.0;  ///< postsynaptic spikes that wait for synapses, at most
};

PlasticBytes plastic_bytes(const Model& model, const ProjectionPlan& plan, double workers) {
    const Projection& projection = *plan.projection;
    const auto size_of = [&](const Selection& selection) {
        return static_cast<double>(
            model.populations[static_cast<std::size_t>(selection.population)].size);
    };
    const double synapses = plan.expected() / workers;
    const double sources = static_cast<double>(projection.source.size());
    const double runs = sources * (1.0 - std::exp(-synapses / sources));
    const double delays = static_cast<double>(plan.longest_delay - plan.shortest_delay + 1);
    const double targets = size_of(projection.target) / workers;
    PlasticBytes bytes;
    if (synapses < 1.0) return bytes;
    bytes.store = (plan.contacts ? 16.0 : 12.0) * synapses +
                  8.0 * runs * expected_segments(synapses / runs, delays) +
                  (40.0 + 8.0 + 8.0) * runs + 8.0 * size_of(projection.source);
    bytes.build = (delays > 1.0 ? 4.0 : 0.0) * synapses;
    const auto rule = plan.plastic->info->make(
        *projection.plasticity, {.dt_ms = model.dt_ms, .initial = plan.plastic->initial});
    if (const auto traces = rule->post_traces()) {
        bytes.store += (traces->slow_ms > 0.0 ? 204.0 : 76.0) * targets;
        bytes.history = static_cast<double>(PlasticStore::history_bytes(
            static_cast<std::size_t>(synapses), static_cast<std::size_t>(targets)));
    }
    for (const WeightRequest& request : model.recorded_weights) {
        if (&model.projections[static_cast<std::size_t>(request.projection)] != &projection) {
            continue;
        }
        const auto window = weight_window(static_cast<std::uint64_t>(synapses));
        bytes.record = 8.0 * std::min(synapses, static_cast<double>(window)) + 16.0 * targets;
    }
    return bytes;
}

/// Entries of the rows of input of one neuron: those of receptors with sites where a projection
/// ends on them.
double row_entries_of(const Model& model, const Population& population, const NeuronModel& neuron) {
    const std::ptrdiff_t p = &population - model.populations.data();
    double entries = 0.0;
    for (std::size_t r = 0; r < neuron.receptors.size(); ++r) {
        const std::size_t sites = neuron.receptors[r].sites;
        if (sites == 0) {
            entries += 1.0;
        } else if (is_projected_onto(model, static_cast<std::int32_t>(p),
                                     static_cast<std::int32_t>(r))) {
            entries += static_cast<double>(sites);
        }
    }
    return entries;
}

/// Where the events of a stimulus arrive on one cell with dendrites: 4 bytes a contact.
double contacts_of(const Model& model, const Stimulus& stimulus) {
    const auto p = static_cast<std::size_t>(stimulus.target.population);
    if (!model.populations[p].cell) return 0.0;
    const double afferents = stimulus.drive.has("afferents")
                                 ? static_cast<double>(stimulus.drive.integer("afferents"))
                                 : 1.0;
    return afferents * static_cast<double>(stimulus.contacts.count);
}

}  // namespace

double bytes_of_cell(const CellType& cell) {
    const CompartmentTree& tree = cell.definition().tree;
    double numbers = 8.0 * static_cast<double>(tree.nodes.size());
    for (const auto& parts : {cell.channels(), cell.pools(), cell.receptors()}) {
        for (const CellType::Part& part : parts) {
            // States, and what parameters make of them: coefficients, conductance, reversal.
            numbers += static_cast<double>((part.states + 2) * part.placement->compartments.size());
        }
    }
    return 8.0 * numbers;
}

double extracellular_bytes(const Model& model, const ExtracellularRequest& request) {
    double compartments = 0.0;
    for (const std::int32_t p : request.populations) {
        const Population& population = model.populations[static_cast<std::size_t>(p)];
        compartments += static_cast<double>(population.size) *
                        static_cast<double>(population.cell->definition().tree.compartments.size());
    }
    return 4.0 * compartments * static_cast<double>(request.points_um.size());
}

MemoryEstimate estimate_memory(const Model& model, const ConnectionPlan& plan, int ranks,
                               int threads) {
    MemoryEstimate estimate;
    const double workers = static_cast<double>(ranks) * threads;
    double row_entries = 0.0;
    for (const Population& population : model.populations) {
        const NeuronModel& neuron = neuron_model(population);
        const double here = static_cast<double>(population.size) / static_cast<double>(ranks);
        double numbers =
            static_cast<double>(neuron.states.size()) * (population.single_precision ? 0.5 : 1.0);
        // One parameter that differs between neurons makes all coefficients differ.
        for (const auto& [name, value] : population.parameters) {
            if (!std::holds_alternative<double>(value)) {
                numbers += 2.0 * static_cast<double>(neuron.description.fields.size());
                break;
            }
        }
        const double bytes = population.cell ? bytes_of_cell(*population.cell) : 8.0 * numbers;
        const double entries = row_entries_of(model, population, neuron);
        estimate.neuron_bytes += here * (bytes + 4.0 * entries);
        row_entries += here * entries / threads;
    }
    for (const Stimulus& stimulus : model.stimuli) {
        const double bytes = 40.0 + 4.0 * contacts_of(model, stimulus);
        estimate.neuron_bytes += bytes * static_cast<double>(stimulus.target.size()) / ranks;
    }
    for (const ExtracellularRequest& request : model.extracellular) {
        estimate.neuron_bytes += extracellular_bytes(model, request) / ranks;
    }

    // An end of each junction on either side: conductance and slot; while built as it was drawn.
    const double ends = 2.0 * plan.expected_junctions() / ranks;
    estimate.neuron_bytes += 12.0 * ends;
    for (const GapJunctions& junctions : model.gap_junctions) {
        const double sides =
            static_cast<double>(junctions.pairs.source.size() + junctions.pairs.target.size());
        estimate.neuron_bytes += 60.0 * std::min(sides / ranks, ends);
        estimate.other_bytes += 32.0 * static_cast<double>(junctions.pairs.edges.sources.size());
    }

    double largest = kBuildEnd * ends;
    for (std::int32_t p = 0; p < static_cast<std::int32_t>(model.populations.size()); ++p) {
        double synapses = 0.0;
        for (const ProjectionPlan& projection : plan.projections()) {
            if (is_static_from(projection, p)) {
                synapses += projection.expected() / ranks;
            }
        }
        if (synapses == 0.0) continue;
        const double size =
            static_cast<double>(model.populations[static_cast<std::size_t>(p)].size);
        // The forms of network/connectome/synapse_store.hpp.
        const bool short_rows = row_entries <= 4 * 65536;
        const bool constant = has_constant_weights(plan, p);
        const bool narrow = short_rows && (constant || has_coarse_weights(plan, p));
        const double bytes = narrow && constant ? 2.0 : narrow || constant ? 4.0 : 8.0;
        double delays = 1.0;
        for (const ProjectionPlan& projection : plan.projections()) {
            if (!is_static_from(projection, p)) continue;
            delays = std::max(delays, static_cast<double>(projection.longest_delay -
                                                          projection.shortest_delay + 1));
        }
        const double runs = std::min(size * threads, synapses);
        const double headers = std::min(synapses, runs * std::min(delays, 64.0));
        estimate.synapse_bytes += bytes * synapses + 8.0 * headers + 16.0 * runs + 8.0 * size;
        largest = std::max(largest, (narrow ? 8.0 : 16.0) * synapses + 16.0 * runs);
    }
    for (const Projection& projection : model.projections) {
        estimate.other_bytes += 32.0 * static_cast<double>(projection.edges.sources.size());
    }
    for (const ProjectionPlan& projection : plan.projections()) {
        if (!projection.plastic) continue;
        const PlasticBytes bytes = plastic_bytes(model, projection, workers);
        estimate.synapse_bytes += threads * bytes.store;
        estimate.other_bytes += threads * (bytes.history + bytes.record);
        largest = std::max(largest, threads * bytes.build);
    }
    estimate.build_bytes = largest;
    estimate.other_bytes += kBaseBytes + 2e6 * workers / ranks;
    return estimate;
}

double available_memory() {
    double available = std::numeric_limits<double>::infinity();
    std::ifstream meminfo("/proc/meminfo");
    for (std::string key; meminfo >> key;) {
        double kilobytes = 0.0;
        meminfo >> kilobytes;
        if (key == "MemAvailable:") available = kilobytes * 1024.0;
        meminfo.ignore(64, '\n');
    }
    std::ifstream limit("/sys/fs/cgroup/memory.max");
    std::ifstream used("/sys/fs/cgroup/memory.current");
    double most = 0.0;
    double now = 0.0;
    if (limit >> most && used >> now) available = std::min(available, std::max(0.0, most - now));
    return available;
}

std::string memory_text(double bytes) {
    static constexpr std::array kUnits{"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
    std::size_t unit = 0;
    while (bytes >= 1000.0 && unit + 1 < kUnits.size()) {
        bytes /= 1024.0;
        ++unit;
    }
    const int decimals = bytes < 10.0 && unit > 0 ? 1 : 0;
    return fmt::format("{:.{}f} {}", bytes, decimals, kUnits[unit]);
}

void check_memory(const MemoryEstimate& estimate, int ranks_here) {
    const double available = available_memory();
    const double needed = estimate.total() * ranks_here;
    if (needed <= available) return;
    throw ConfigError(
        "memory",
        fmt::format(
            "a need of about {} on this machine ({} {} of {}; synapses {}, while building {} "
            "more)",
            memory_text(needed), ranks_here, ranks_here == 1 ? "rank" : "ranks",
            memory_text(estimate.total()), memory_text(estimate.synapse_bytes),
            memory_text(estimate.build_bytes)),
        fmt::format(
            "at most {}, which is what it has free: use more machines, or a smaller network "
            "(--set populations.NAME.size=...)",
            memory_text(available)));
}

}  // namespace volley
