#include "network/dry_run.hpp"

#include "apps/commands.hpp"
#include "apps/model_options.hpp"
#include "core/error.hpp"
#include "io/peak_memory.hpp"
#include "io/summary.hpp"
#include "network/memory_estimate.hpp"
#include "network/no_recorder.hpp"
#include "network/simulation.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>

namespace volley {

namespace {

struct DryRunOptions {
    ModelOptions model;
    int ranks = 1;
    int rank = 0;
    std::optional<int> threads;
    double rate_Hz = 10.0;
};

void check_options(const DryRunOptions& options) {
    if (options.ranks < 1) {
        throw ConfigError("--ranks", std::to_string(options.ranks), "a number of ranks >= 1");
    }
    if (options.rank < 0 || options.rank >= options.ranks) {
        throw ConfigError("--rank", std::to_string(options.rank),
                          fmt::format("a rank from 0 to {}", options.ranks - 1));
    }
    if (!(options.rate_Hz >= 0.0) || options.rate_Hz > 1e6) {
        throw ConfigError("--rate", fmt::format("{}", options.rate_Hz),
                          "the expected mean rate of a neuron in Hz, 0 to 1e6");
    }
}

void dry_run(const Session& session, const DryRunOptions& options) {
    check_options(options);
    if (session.ranks.size() > 1) {
        throw ConfigError("dry-run", fmt::format("{} ranks", session.ranks.size()),
                          "one process: it plays one of many ranks (start it without mpirun)");
    }
    const ThreadChoice threads = choose_threads(options.threads, session);
    const LoadedModel loaded = load_model(options.model, session);
    const Model& model = loaded.model;
    const Partition partition(model, options.ranks, threads.threads);
    std::int64_t neurons_here = 0;
    for (std::int32_t p = 0; p < static_cast<std::int32_t>(model.populations.size()); ++p) {
        neurons_here += partition.of_rank(p, options.rank).size();
    }
    check_memory(estimate_memory(model, ConnectionPlan(model), options.ranks, threads.threads), 1);

    const auto ranks = dry_run_ranks(options.rank, options.ranks, neurons_here);
    const auto begin = std::chrono::steady_clock::now();
    Simulation simulation(
        model, *ranks,
        {.threads = threads.threads,
         .oversubscribed = threads.oversubscribed,
         .make_exchange = [&](Communicator&, const Connectome& connectome, int, Step epoch) {
             return make_dry_run_exchange(model, connectome, partition, options.rank,
                                          options.rate_Hz, epoch);
         }});
    const double build_seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    NoRecorder nowhere;
    const std::atomic<bool> never{false};
    const RunFacts run = simulation.run(nowhere, {}, never);
    const NetworkFacts& network = simulation.network();
    const double share = 1.0 / options.ranks;
    const double biological_s = to_ms(run.steps, model.dt_ms) / 1000.0;

    const auto here = [share](std::int64_t all) {
        return static_cast<std::int64_t>(static_cast<double>(all) * share);
    };
    fmt::print("rank {} of {}, {} threads: {} of {} neurons, {} synapses{}\n", options.rank,
               options.ranks, threads.threads, grouped(neurons_here), grouped(network.neurons),
               grouped(here(network.synapses)), with_gap_junctions(here(network.gap_junctions)));
    fmt::print("memory     peak {} (synapses {}, neurons {})\n",
               memory_text(peak_memory_of_all(session.ranks)),
               memory_text(network.connectome_bytes * share),
               memory_text(network.neuron_bytes * share));
    fmt::print("building   {:.2f} s\n", build_seconds);
    fmt::print(
        "simulating {:.2f} s for {:g} ms: real-time factor {:.3f}, without the time that "
        "messages between ranks take\n",
        run.seconds, biological_s * 1000.0, run.seconds / biological_s);
    fmt::print("           update {:.2f} s, deliver {:.2f} s, pass on {:.2f} s, wait {:.2f} s\n",
               run.phase(Phase::update).mean, run.phase(Phase::deliver).mean,
               run.phase(Phase::exchange).mean, run.phase(Phase::wait).mean);
    fmt::print(
        "other ranks' neurons fired at {:g} Hz (--rate), those of this rank as they would; "
        "ranks would meet every {:g} ms\n",
        options.rate_Hz, to_ms(network.epoch, model.dt_ms));
}

}  // namespace

void add_dry_run_command(CLI::App& program, const Session& session) {
    auto options = std::make_shared<DryRunOptions>();
    CLI::App* const command = program.add_subcommand(
        "dry-run", "play one rank of a large run: measures its memory and time on one machine");
    options->model.add_to(*command);
    command->add_option("--ranks", options->ranks, "ranks of the run that is planned")
        ->required()
        ->type_name("R");
    command->add_option("--rank", options->rank, "which of them to play (default 0)")
        ->type_name("r");
    command->add_option("--threads", options->threads, "threads of each rank")->type_name("N");
    command
        ->add_option("--rate", options->rate_Hz,
                     "expected mean rate of the other ranks' neurons in Hz")
        ->type_name("HZ")
        ->capture_default_str();
    command->callback([options, &session] { dry_run(session, *options); });
}

}  // namespace volley
