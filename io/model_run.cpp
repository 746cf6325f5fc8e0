#include "io/model_run.hpp"

#include "io/files.hpp"
#include "io/journal.hpp"
#include "io/peak_memory.hpp"
#include "io/recording/assembly.hpp"
#include "io/report/cell_peaks_report.hpp"
#include "network/extracellular_recording.hpp"
#include "network/partition.hpp"

#include <chrono>
#include <memory>
#include <utility>

namespace volley {

namespace {

class Stopwatch {
public:
    double seconds() const {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    }

private:
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// What a rank's journal says of itself: the recorded neurons and synapses that it holds.
JournalStart journal_start(const Model& model, const RunMeans& means,
                           std::vector<std::int64_t> synapses) {
    const int rank = means.ranks.rank();
    const int ranks = means.ranks.size();
    const Partition partition(model, ranks, means.threads);
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

/// Runs the simulation, with this rank's recordings in its journal.
RunFacts simulate(const Model& model, const RunMeans& means, const std::filesystem::path& directory,
                  const RunWatch& watch, const std::atomic<bool>& stop, Simulation& simulation) {
    std::unique_ptr<JournalRecorder> recorder;
    together(means.ranks, [&] {
        recorder = std::make_unique<JournalRecorder>(
            directory, journal_start(model, means, simulation.recorded_synapses()));
    });
    const RunFacts facts = simulation.run(*recorder, watch.progress, stop);
    if (watch.simulated) watch.simulated(facts);
    together(means.ranks, [&] { recorder->flush(); });
    return facts;
}

}  // namespace

Simulation build_simulation(const Model& model, const RunMeans& means) {
    ExchangeFactory make_exchange;
    if (means.ranks.size() > 1) {
        make_exchange = [communicator = means.communicator, scheme = means.exchange](
                            Communicator& ranks, const Connectome& connectome, int count,
                            Step epoch) {
            return make_mpi_exchange(communicator, ranks, connectome, count, epoch, scheme);
        };
    }
    return Simulation(model, means.ranks,
                      {.threads = means.threads,
                       .delivery = means.delivery,
                       .oversubscribed = means.oversubscribed,
                       .overlap = means.overlap,
                       .make_exchange = make_exchange});
}

RunSummary run_model(const Model& model, const RunMeans& means,
                     const std::filesystem::path& directory, std::vector<std::string> warnings,
                     const RunWatch& watch, const std::atomic<bool>& stop) {
    RunSummary summary{.ranks = means.ranks.size(), .threads = means.threads};
    summary.warnings = std::move(warnings);
    const Stopwatch build_watch;
    Simulation simulation = build_simulation(model, means);
    summary.build_seconds = build_watch.seconds();
    summary.network = simulation.network();
    if (watch.built) watch.built(summary);
    summary.run = simulate(model, means, directory, watch, stop, simulation);

    const Stopwatch write_watch;
    AssemblyOutcome assembly;
    // Collective itself, but it throws the same on all ranks: one message, not one a rank.
    together(means.ranks, [&] { assembly = assemble_recordings(directory, means.communicator); });
    for (const std::string& note : assembly.notes) {
        if (watch.warning) watch.warning(note);
        summary.warnings.push_back(note);
    }
    summary.write_seconds = write_watch.seconds();
    summary.peak_bytes = peak_memory_of_all(means.ranks);
    together(means.ranks, [&] {
        if (means.ranks.rank() != 0) return;
        const Stopwatch analyse_watch;
        summary.analyses =
            analyse_run(model, directory / "spikes.h5", summary.run.steps, summary.run.spikes_of);
        summary.analyse_seconds = analyse_watch.seconds();
        write_peaks(directory, model, summary.run.peaks);
        write_file_atomically(directory / "summary.json", summary_json(model, summary));
    });
    return summary;
}

}  // namespace volley
