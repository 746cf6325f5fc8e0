#include "apps/commands.hpp"
#include "apps/model_options.hpp"
#include "apps/peak_memory.hpp"
#include "core/error.hpp"
#include "io/analysis_run.hpp"
#include "io/files.hpp"
#include "io/journal.hpp"
#include "io/log.hpp"
#include "io/progress.hpp"
#include "io/recording/assembly.hpp"
#include "io/report/cell_peaks_report.hpp"
#include "io/run_report.hpp"
#include "io/summary.hpp"
#include "network/memory_estimate.hpp"
#include "network/mpi.hpp"
#include "network/simulation.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <csignal>
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

// A signal handler can reach nothing else. Set once, read by the simulation.
std::atomic<bool> stop_requested{false};

extern "C" void request_stop(int /*signal*/) { stop_requested = true; }

/// SIGINT and SIGTERM end the simulation at the next meeting of the ranks; what was simulated is
/// written. A second one kills.
void stop_on_signals() {
    struct sigaction action = {};
    action.sa_handler = request_stop;
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
}

Delivery delivery_of(const std::string& name) {
    if (name == "segments") return Delivery::segments;
    return name == "ring" ? Delivery::ring : Delivery::automatic;
}

ExchangeScheme scheme_of(const std::string& name) {
    if (name == "gather") return ExchangeScheme::gather;
    return name == "sparse" ? ExchangeScheme::sparse : ExchangeScheme::automatic;
}

class Stopwatch {
public:
    double seconds() const {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    }

private:
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// What a rank's journal says of itself: the recorded neurons and synapses that it holds.
JournalStart journal_start(const Model& model, const Partition& partition, int rank, int ranks,
                           std::vector<std::int64_t> synapses) {
    JournalStart start{.plan = recording_plan(model),
                       .rank = rank,
                       .ranks = ranks,
                       .synapses = std::move(synapses),
                       .extracellular_cells = extracellular_cells(model, partition, rank)};
    for (const TraceRequest& request : model.traces) {
        const Block block = partition.of_rank(request.target.population, rank);
        std::vector<std::int64_t>& neurons = start.trace_neurons.emplace_back();
        const std::int64_t end = request.target.position_of(block.end);
        for (std::int64_t k = request.target.position_of(block.begin); k < end; ++k) {
            neurons.push_back(request.target.at(k));
        }
    }
    return start;
}

/// DIR unless the user named one: the model file's name, beside the present folder.
std::string default_directory(const std::string& model_path) {
    return std::filesystem::path(model_path).stem().string() + ".out";
}

Simulation build(const Model& model, const Session& session, const RunOptions& options,
                 const ThreadChoice& threads) {
    ExchangeFactory make_exchange;
    if (session.ranks.size() > 1) {
        make_exchange = [&session, scheme = scheme_of(options.exchange)](
                            Communicator& ranks, const Connectome& connectome, int count,
                            Step epoch) {
            return make_mpi_exchange(session.communicator, ranks, connectome, count, epoch, scheme);
        };
    }
    return Simulation(model, session.ranks,
                      {.threads = threads.threads,
                       .delivery = delivery_of(options.store),
                       .oversubscribed = threads.oversubscribed,
                       .overlap = !options.no_overlap,
                       .make_exchange = make_exchange});
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

/// Runs the simulation, with this rank's recordings in its journal.
RunFacts simulate(const Session& session, const RunOptions& options, const Model& model,
                  Simulation& simulation, int threads, const std::filesystem::path& directory) {
    std::unique_ptr<JournalRecorder> recorder;
    together(session.ranks, [&] {
        const Partition partition(model, session.ranks.size(), threads);
        recorder = std::make_unique<JournalRecorder>(
            directory, journal_start(model, partition, session.ranks.rank(), session.ranks.size(),
                                     simulation.recorded_synapses()));
    });
    Progress progress("simulating", to_ms(model.last_step(), model.dt_ms),
                      {.terminal = is_terminal(stderr),
                       .quiet = options.quiet || !session.prints(),
                       .seconds = {}});
    // The first rank knows its own spikes, and shows the rate of its own neurons.
    std::int64_t neurons_here = 0;
    const Partition partition(model, session.ranks.size(), threads);
    for (std::int32_t p = 0; p < static_cast<std::int32_t>(model.populations.size()); ++p) {
        neurons_here += partition.of_rank(p, session.ranks.rank()).size();
    }
    stop_on_signals();
    const RunFacts facts = simulation.run(
        *recorder,
        [&](const RunProgress& now) {
            progress.update(to_ms(now.now, model.dt_ms),
                            {.spikes = now.spikes_here, .neurons = neurons_here});
        },
        stop_requested);
    std::int64_t spikes = 0;
    for (const std::int64_t of : facts.spikes_of) spikes += of;
    progress.finish({.spikes = spikes, .neurons = model.neurons()});
    together(session.ranks, [&] { recorder->flush(); });
    return facts;
}

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

    RunSummary summary{.ranks = session.ranks.size(), .threads = threads.threads};
    const Stopwatch build_watch;
    Simulation simulation = build(model, session, options, threads);
    summary.build_seconds = build_watch.seconds();
    summary.network = simulation.network();
    log.info(fmt::format("{}\n{} neurons, {} synapses{}, built in {:.2f} s",
                         model.title.empty() ? options.model.path : model.title,
                         grouped(summary.network.neurons), grouped(summary.network.synapses),
                         with_gap_junctions(summary.network.gap_junctions), summary.build_seconds));
    summary.run = simulate(session, options, model, simulation, threads.threads, directory);

    const Stopwatch write_watch;
    AssemblyOutcome assembly;
    // Collective itself, but it throws the same on all ranks: one message, not one a rank.
    together(session.ranks,
             [&] { assembly = assemble_recordings(directory, session.communicator); });
    for (const std::string& note : assembly.notes) log.warning(note);
    summary.write_seconds = write_watch.seconds();
    summary.peak_bytes = peak_memory_of_all(session.ranks);
    together(session.ranks, [&] {
        if (!session.prints()) return;
        const Stopwatch analyse_watch;
        summary.analyses =
            analyse_run(model, directory / "spikes.h5", summary.run.steps, summary.run.spikes_of);
        summary.analyse_seconds = analyse_watch.seconds();
        write_peaks(directory, model, summary.run.peaks);
        summary.warnings = log.warnings();
        write_file_atomically(directory / "summary.json", summary_json(model, summary));
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
