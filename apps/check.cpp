#include "apps/commands.hpp"
#include "apps/model_options.hpp"
#include "core/cable/cell_type.hpp"
#include "core/error.hpp"
#include "core/neurons/neuron_model.hpp"
#include "io/summary.hpp"
#include "network/connection_plan.hpp"
#include "network/exchange/spike_exchange.hpp"
#include "network/memory_estimate.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace volley {

namespace {

struct CheckOptions {
    ModelOptions model;
    std::optional<int> ranks;
    std::optional<int> threads;
};

std::string delays_text(const ProjectionPlan& plan, double dt_ms) {
    const double shortest = to_ms(plan.shortest_delay, dt_ms);
    const double longest = to_ms(plan.longest_delay, dt_ms);
    return shortest == longest ? fmt::format("{:g} ms", shortest)
                               : fmt::format("{:g} to {:g} ms", shortest, longest);
}

/// The exchange that targets spread evenly over the ranks would lead to.
std::string_view expected_exchange(const Model& model, const ConnectionPlan& plan, int ranks) {
    std::vector<double> synapses(model.populations.size());
    for (const ProjectionPlan& projection : plan.projections()) {
        synapses[static_cast<std::size_t>(projection.projection->source.population)] +=
            projection.expected();
    }
    double needed_by = 0.0;  // other ranks with targets, mean over all neurons
    const double others = ranks - 1;
    for (std::size_t p = 0; p < synapses.size(); ++p) {
        const double size = static_cast<double>(model.populations[p].size);
        const double missed = std::pow(1.0 - 1.0 / ranks, synapses[p] / size);
        needed_by += size * others * (1.0 - missed);
    }
    needed_by /= static_cast<double>(model.neurons());
    return sparse_is_better(needed_by, ranks) ? "sparse" : "gather";
}

/// What each cell with dendrites is made of.
void print_cells(const Model& model) {
    std::vector<const CellType*> cells;
    for (const Population& population : model.populations) {
        const CellType* const cell = population.cell.get();
        if (cell != nullptr && std::ranges::find(cells, cell) == cells.end()) cells.push_back(cell);
    }
    if (cells.empty()) return;
    fmt::print("\n{:<20} {:>9} {:>13} {:>11} {:>9} {:>6} {:>10} {:>15}\n", "cell", "sections",
               "compartments", "area (um2)", "channels", "pools", "receptors", "memory of one");
    for (const CellType* const cell : cells) {
        const CellDefinition& definition = cell->definition();
        double area_um2 = 0.0;
        for (const Compartment& c : definition.tree.compartments) area_um2 += c.area_um2;
        fmt::print("{:<20} {:>9} {:>13} {:>11.0f} {:>9} {:>6} {:>10} {:>15}\n", definition.name,
                   definition.tree.first_compartment.size() - 1,
                   definition.tree.compartments.size(), area_um2, definition.channels.size(),
                   definition.pools.size(), definition.receptors.size(),
                   memory_text(bytes_of_cell(*cell)));
    }
}

/// What the potentials outside of cells take.
void print_extracellular(const Model& model) {
    if (model.extracellular.empty()) return;
    fmt::print("\n{:<20} {:>8} {:>12} {:>12} {:>12}\n", "extracellular", "points", "cells",
               "interval", "memory");
    for (const ExtracellularRequest& request : model.extracellular) {
        std::int64_t cells = 0;
        for (const std::int32_t p : request.populations) {
            cells += model.populations[static_cast<std::size_t>(p)].size;
        }
        fmt::print("{:<20} {:>8} {:>12} {:>12} {:>12}\n", request.name, request.points_um.size(),
                   grouped(cells), fmt::format("{:g} ms", to_ms(request.interval, model.dt_ms)),
                   memory_text(extracellular_bytes(model, request)));
    }
}

void print_plan(const Model& model, const ConnectionPlan& plan, int ranks, int threads) {
    fmt::print("{}\n\n", model.title.empty() ? "The model file is valid." : model.title);
    fmt::print("{:<20} {:>12}  {}\n", "population", "neurons", "model");
    for (const Population& population : model.populations) {
        fmt::print("{:<20} {:>12}  {}\n", population.name, grouped(population.size),
                   population.model);
    }
    print_cells(model);
    Step shortest = 0;
    if (!plan.projections().empty()) {
        fmt::print("\n{:<32} {:>16}  {:<20} {}\n", "projection", "synapses", "rule", "delay");
    }
    for (const ProjectionPlan& projection : plan.projections()) {
        fmt::print("{:<32} {:>16}  {:<20} {}\n", projection.projection->name,
                   grouped(std::llround(projection.expected())), projection.projection->rule.name,
                   delays_text(projection, model.dt_ms));
        shortest = shortest == 0 ? projection.shortest_delay
                                 : std::min(shortest, projection.shortest_delay);
    }
    if (!plan.junctions().empty()) {
        fmt::print("\n{:<32} {:>16}  {}\n", "gap junctions", "number", "rule");
    }
    for (std::size_t k = 0; k < plan.junctions().size(); ++k) {
        fmt::print("{:<32} {:>16}  {}\n", model.gap_junctions[k].name,
                   grouped(std::llround(plan.junctions()[k].expected())),
                   model.gap_junctions[k].pairs.rule.name);
    }
    print_extracellular(model);
    const double steps = static_cast<double>(model.last_step());
    fmt::print("\n{} neurons, about {} synapses{}\n", grouped(model.neurons()),
               grouped(std::llround(plan.expected_synapses())),
               with_gap_junctions(std::llround(plan.expected_junctions())));
    fmt::print("{} steps of {:g} ms: warm-up {:g} ms, then {:g} ms\n", grouped(model.last_step()),
               model.dt_ms, to_ms(model.warm_up, model.dt_ms), to_ms(model.duration, model.dt_ms));

    const bool every_step =
        std::any_of(model.populations.begin(), model.populations.end(),
                    [](const auto& p) { return neuron_model(p).mean_fields > 0; });
    const Step epoch = every_step || !model.gap_junctions.empty() ? 1 : shortest;
    if (epoch > 0) {
        const bool overlapped = ranks > 1 && epoch >= 2;
        const Step met = overlapped ? epoch / 2 : epoch;
        fmt::print("epochs: ranks meet at least every {:g} ms, {} times{}\n",
                   to_ms(met, model.dt_ms),
                   grouped(static_cast<std::int64_t>(std::ceil(steps / static_cast<double>(met)))),
                   overlapped ? "; spikes travel while neurons advance" : "");
    }
    if (ranks == 1) {
        fmt::print("exchange: none, one rank\n");
    } else {
        fmt::print(
            "exchange: {} expected (chosen when the network is built, from which ranks need "
            "whose spikes)\n",
            expected_exchange(model, plan, ranks));
    }
    const MemoryEstimate estimate = estimate_memory(model, plan, ranks, threads);
    fmt::print(
        "memory per rank ({} x {} workers): about {}: synapses {}, neurons {}, while building "
        "{} more, other {}\n",
        ranks, threads, memory_text(estimate.total()), memory_text(estimate.synapse_bytes),
        memory_text(estimate.neuron_bytes), memory_text(estimate.build_bytes),
        memory_text(estimate.other_bytes));
    fmt::print("this machine has {} free\n", memory_text(available_memory()));
}

void check(const Session& session, const CheckOptions& options) {
    const ThreadChoice threads = choose_threads(options.threads, session);
    const int ranks = options.ranks.value_or(session.ranks.size());
    if (ranks < 1) throw ConfigError("--ranks", std::to_string(ranks), "a number of ranks >= 1");
    const LoadedModel loaded = load_model(options.model, session);
    together(session.ranks, [&] {
        if (!session.prints()) return;
        for (const std::string& warning : loaded.warnings) fmt::print("warning: {}\n", warning);
        print_plan(loaded.model, ConnectionPlan(loaded.model), ranks, threads.threads);
    });
}

}  // namespace

void add_check_command(CLI::App& program, const Session& session) {
    auto options = std::make_shared<CheckOptions>();
    CLI::App* const command = program.add_subcommand(
        "check", "check a model file and print the plan: sizes, memory, epochs; runs nothing");
    options->model.add_to(*command);
    command
        ->add_option("--ranks", options->ranks,
                     "plan for that many ranks (default: those it was started with)")
        ->type_name("R");
    command->add_option("--threads", options->threads, "threads of each rank")->type_name("N");
    command->callback([options, &session] { check(session, *options); });
}

}  // namespace volley
