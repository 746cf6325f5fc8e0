#include "apps/commands.hpp"
#include "apps/model_options.hpp"
#include "apps/stop_signal.hpp"
#include "io/files.hpp"
#include "io/log.hpp"
#include "io/model_run.hpp"
#include "io/progress.hpp"
#include "io/run_report.hpp"
#include "io/summary.hpp"
#include "network/memory_estimate.hpp"
#include "network/partition.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <atomic>
#include <filesystem>
#include <memory>
#include <optional>

namespace volley {

namespace {

struct RunOptions {
    ModelOptions model;
    std::string out;
    bool force = false;
    bool quiet = false;
    bool profile = false;
    std::optional<int> threads;
    std::string exchange = "auto";
    bool no_overlap = false;
    std::string store = "auto";
};

Delivery delivery_of(const std::string& name) {
    if (name == "segments") return Delivery::segments;
    return name == "ring" ? Delivery::ring : Delivery::automatic;
}

ExchangeScheme scheme_of(const std::string& name) {
    if (name == "gather") return ExchangeScheme::gather;
    return name == "sparse" ? ExchangeScheme::sparse : ExchangeScheme::automatic;
}

/// DIR unless the user named one: the model file's name, beside the present folder.
std::string default_directory(const std::string& model_path) {
    return std::filesystem::path(model_path).stem().string() + ".out";
}

/// Refuses a network that this machine has no memory for, before any is taken.
void check_need(const Model& model, const Session& session, int threads) {
    const int ranks_here = ranks_on_this_machine(session);
    together(session.ranks, [&] {
        check_memory(estimate_memory(model, ConnectionPlan(model), session.ranks.size(), threads),
                     ranks_here);
    });
}

/// Refuses a folder with results, and leaves the model there, runnable again.
std::filesystem::path prepare_folder(const Session& session, const RunOptions& options,
                                     const Model& model) {
    const std::filesystem::path directory =
        options.out.empty() ? default_directory(options.model.path) : options.out;
    together(session.ranks, [&] {
        if (!session.prints()) return;
        prepare_output_directory(directory, options.force);
        write_file_atomically(directory / "model.json", model.effective);
    });
    return directory;
}

/// Shows how far the simulation is. The first rank knows its own spikes, and shows the rate of its
/// own neurons.
class SimulationProgress {
public:
    SimulationProgress(const Session& session, const Model& model, int threads, bool quiet)
        : dt_ms_(model.dt_ms),
          neurons_(model.neurons()),
          progress_("simulating", to_ms(model.last_step(), model.dt_ms),
                    {.terminal = is_terminal(stderr),
                     .quiet = quiet || !session.prints(),
                     .seconds = {}}) {
        const Partition partition(model, session.ranks.size(), threads);
        for (std::int32_t p = 0; p < static_cast<std::int32_t>(model.populations.size()); ++p) {
            neurons_here_ += partition.of_rank(p, session.ranks.rank()).size();
        }
    }

    void update(const RunProgress& now) {
        progress_.update(to_ms(now.now, dt_ms_),
                         {.spikes = now.spikes_here, .neurons = neurons_here_});
    }

    void finish(const RunFacts& facts) {
        std::int64_t spikes = 0;
        for (const std::int64_t of : facts.spikes_of) spikes += of;
        progress_.finish({.spikes = spikes, .neurons = neurons_});
    }

private:
    double dt_ms_;
    std::int64_t neurons_;
    std::int64_t neurons_here_ = 0;
    Progress progress_;
};

void run(const Session& session, const RunOptions& options) {
    Log log(
        {.out = stdout, .rank = session.ranks.rank(), .quiet = options.quiet || !session.prints()});
    const ThreadChoice threads = choose_threads(options.threads, session);
    const LoadedModel loaded = load_model(options.model, session);
    const Model& model = loaded.model;
    check_need(model, session, threads.threads);
    const std::filesystem::path directory = prepare_folder(session, options, model);
    if (session.prints()) {
        for (const std::string& warning : loaded.warnings) log.warning(warning);
        if (!threads.warning.empty()) log.warning(threads.warning);
    }

    const RunMeans means{.communicator = session.communicator,
                         .ranks = session.ranks,
                         .threads = threads.threads,
                         .oversubscribed = threads.oversubscribed,
                         .delivery = delivery_of(options.store),
                         .exchange = scheme_of(options.exchange),
                         .overlap = !options.no_overlap};
    const std::atomic<bool>& stop = stop_on_signals();
    std::optional<SimulationProgress> progress;
    const RunWatch watch{
        .built =
            [&](const RunSummary& built) {
                log.info(fmt::format(
                    "{}\n{} neurons, {} synapses{}, built in {:.2f} s",
                    model.title.empty() ? options.model.path : model.title,
                    grouped(built.network.neurons), grouped(built.network.synapses),
                    with_gap_junctions(built.network.gap_junctions), built.build_seconds));
                progress.emplace(session, model, threads.threads, options.quiet);
            },
        .progress = [&](const RunProgress& now) { progress->update(now); },
        .simulated = [&](const RunFacts& facts) { progress->finish(facts); },
        .warning = [&](const std::string& note) { log.warning(note); }};
    const RunSummary summary = run_model(model, means, directory, log.warnings(), watch, stop);
    together(session.ranks, [&] {
        if (!session.prints()) return;
        for (const std::string& problem : report_run(directory, model, summary))
            log.warning(problem);
        log.info(summary_table(model, summary, directory.string()));
        if (options.profile) log.info(profile_table(summary));
    });
}

}  // namespace

void add_run_command(CLI::App& program, const Session& session) {
    auto options = std::make_shared<RunOptions>();
    CLI::App* const command = program.add_subcommand(
        "run", "simulate a model file; leaves spikes.h5, summary.json, report.html in a folder");
    options->model.add_to(*command);
    command
        ->add_option("--out", options->out,
                     "folder for the results (default: the model file's name with .out)")
        ->type_name("DIR");
    command->add_flag("--force", options->force, "replace the results that DIR holds");
    command
        ->add_option("--threads", options->threads,
                     "threads of each rank (default: OMP_NUM_THREADS, or all cores shared "
                     "among the ranks); results do not depend on it")
        ->type_name("N");
    command->add_flag("--quiet", options->quiet, "print warnings and errors only");
    command->add_flag("--profile", options->profile,
                      "print where the time went: phases over threads and ranks, spikes exchanged");
    command
        ->add_option("--exchange", options->exchange,
                     "how spikes travel between ranks; results do not depend on it")
        ->check(CLI::IsMember({"auto", "gather", "sparse"}))
        ->capture_default_str();
    command->add_flag(
        "--no-overlap", options->no_overlap,
        "let ranks wait for each other's spikes at once, and meet half as often, even "
        "where delays leave time to go on meanwhile; results do not depend on it");
    command
        ->add_option("--store", options->store,
                     "how spikes are delivered to synapses; results do not depend on it")
        ->check(CLI::IsMember({"auto", "segments", "ring"}))
        ->capture_default_str();
    command->callback([options, &session] { run(session, *options); });
}

}  // namespace volley
