// Exchange of spikes between ranks: microseconds per epoch, with random connections (every rank
// needs nearly every spike) and with connections to neighbours alone, over the spikes of a rank in
// an epoch. Started under mpirun:
//
//   for n in 1 2 4; do mpirun -np $n exchange_bench; done
#include "apps/bench/shuffle.hpp"
#include "io/model_file/model_file.hpp"
#include "network/connection_plan.hpp"
#include "network/connectome/connectome.hpp"
#include "network/exchange/spike_exchange.hpp"
#include "network/mpi.hpp"
#include "network/partition.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

namespace volley::bench {

namespace {

struct Options {
    int epochs = 2000;
    int repeats = 5;
};

struct Wiring {
    const char* name;
    const char* rule;
};

constexpr Wiring kWirings[] = {
    {"random", R"("rule": "fixed_indegree", "indegree": 100)"},
    {"neighbours", R"("rule": "nearest_neighbours", "radius": 50)"},
};

constexpr std::array<std::int64_t, 5> kSpikes{0, 10, 100, 1000, 10'000};
constexpr std::int64_t kNeuronsARank = 10'000;
constexpr Step kEpoch = 15;  ///< steps: the delay of 1.5 ms

Model network(const Wiring& wiring, int ranks) {
    return read_model_text(fmt::format(R"({{"dt": "0.1 ms", "duration": "1 ms",
                "populations": {{"p": {{"model": "lif_psc_exp", "size": {}}}}},
                "projections": [{{"source": "p", "target": "p", {},
                                 "weight": "1 pA", "delay": "1.5 ms"}}]}})",
                                       kNeuronsARank * ranks, wiring.rule),
                           "benchmark")
        .model;
}

/// Places of random neurons of this rank that fire, the same in every epoch.
std::vector<std::int64_t> places_that_fire(std::int64_t spikes, int rank) {
    Shuffle shuffle;
    for (int skipped = 0; skipped < 100 * rank; ++skipped) shuffle.below(1);
    std::vector<std::int64_t> places;
    for (std::int64_t k = 0; k < spikes; ++k) {
        places.push_back(static_cast<std::int64_t>(shuffle.below(kNeuronsARank)));
    }
    std::sort(places.begin(), places.end());
    return places;
}

/// Seconds that the slowest rank takes for all epochs.
double run_epochs(SpikeExchange& exchange, const std::vector<std::int64_t>& places, int epochs,
                  Communicator& ranks) {
    ReceivedSpikes received;
    ranks.barrier();
    const double begin = MPI_Wtime();
    for (int epoch = 0; epoch < epochs; ++epoch) {
        for (const std::int64_t place : places) exchange.post(0, place, epoch % kEpoch);
        exchange.exchange(signal::kNone, received);
    }
    double seconds = MPI_Wtime() - begin;
    ranks.largest(std::span<double>(&seconds, 1));
    return seconds;
}

struct Figures {
    double us_per_epoch = 0.0;  ///< of the slowest rank, the median of the repetitions
    double received = 0.0;      ///< spikes a rank and epoch
    double bytes = 0.0;         ///< sent for each spike received
};

Figures measure(SpikeExchange& exchange, std::int64_t spikes, Communicator& ranks,
                const Options& options) {
    const std::vector<std::int64_t> places = places_that_fire(spikes, ranks.rank());
    run_epochs(exchange, places, options.epochs / 10 + 1, ranks);  // messages find their sizes
    const ExchangeFacts before = exchange.facts();
    std::vector<double> seconds;
    for (int repeat = 0; repeat < options.repeats; ++repeat) {
        seconds.push_back(run_epochs(exchange, places, options.epochs, ranks));
    }
    std::sort(seconds.begin(), seconds.end());
    const ExchangeFacts& after = exchange.facts();
    std::array<std::int64_t, 2> sums{after.spikes_received - before.spikes_received,
                                     after.bytes_sent - before.bytes_sent};
    ranks.sum(std::span<std::int64_t>(sums));
    const double epochs = static_cast<double>(options.repeats) * options.epochs;
    const double received = static_cast<double>(sums[0]);
    return {.us_per_epoch = seconds[seconds.size() / 2] / options.epochs * 1e6,
            .received = received / (epochs * ranks.size()),
            .bytes = received > 0.0 ? static_cast<double>(sums[1]) / received : 0.0};
}

void measure_wiring(const Wiring& wiring, Communicator& ranks, const Options& options) {
    const Model model = network(wiring, ranks.size());
    const ConnectionPlan plan(model);
    const Partition partition(model, ranks.size(), 1);
    const Connectome connectome =
        build_connectome(model, plan, partition, ranks, Delivery::automatic);
    for (const ExchangeScheme scheme : {ExchangeScheme::gather, ExchangeScheme::sparse}) {
        const auto exchange =
            make_mpi_exchange(MPI_COMM_WORLD, ranks, connectome, 1, kEpoch, scheme);
        for (const std::int64_t spikes : kSpikes) {
            // Many spikes take long: fewer epochs tell as much.
            Options shorter = options;
            if (spikes >= 1000) shorter.epochs = std::max(1, options.epochs / 10);
            const Figures figures = measure(*exchange, spikes, ranks, shorter);
            if (ranks.rank() != 0) continue;
            fmt::print("{:>5}  {:<10}  {:<6}  {:>6}  {:>8.0f}  {:>11.1f}  {:>12.2f}\n",
                       ranks.size(), wiring.name, exchange->name(), spikes, figures.received,
                       figures.bytes, figures.us_per_epoch);
            std::fflush(stdout);
        }
    }
}

}  // namespace
}  // namespace volley::bench

int main(int argc, char** argv) {
    const volley::MpiSession session(argc, argv);
    volley::bench::Options options;
    CLI::App program("Microseconds per epoch of the exchange of spikes between ranks.");
    program.add_option("--epochs", options.epochs, "epochs of one measurement")
        ->check(CLI::Range(1, 1'000'000))
        ->capture_default_str();
    program.add_option("--repeat", options.repeats, "measurements, of which the median is printed")
        ->check(CLI::Range(1, 1'000'000))
        ->capture_default_str();
    const auto ranks = volley::mpi_ranks(MPI_COMM_WORLD);
    try {
        program.parse(argc, argv);
        if (ranks->rank() == 0) {
            fmt::print("{:>5}  {:<10}  {:<6}  {:>6}  {:>8}  {:>11}  {:>12}\n", "ranks", "network",
                       "scheme", "sent", "received", "bytes/spike", "us per epoch");
        }
        for (const auto& wiring : volley::bench::kWirings) {
            volley::bench::measure_wiring(wiring, *ranks, options);
        }
    } catch (const CLI::ParseError& error) {
        return ranks->rank() == 0 ? program.exit(error) : error.get_exit_code();
    } catch (const std::exception& error) {
        fmt::print(stderr, "exchange_bench: error: {}\n", error.what());
        MPI_Abort(MPI_COMM_WORLD, 1);
    }
    return 0;
}
