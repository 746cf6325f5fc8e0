#include "network/dry_run.hpp"

#include "core/random/counter_random.hpp"

#include <algorithm>
#include <numeric>

namespace volley {

namespace {

class DryRunRanks final : public Communicator {
public:
    DryRunRanks(int rank, int ranks, std::int64_t neurons_here)
        : rank_(rank), ranks_(ranks), neurons_here_(neurons_here) {}

    int rank() const override { return rank_; }
    int size() const override { return ranks_; }
    void barrier() override {}
    void sum(std::span<std::int64_t> values) override {
        for (std::int64_t& value : values) {
            // Unsigned: digests wrap round.
            value = static_cast<std::int64_t>(static_cast<std::uint64_t>(value) *
                                              static_cast<std::uint64_t>(ranks_));
        }
    }
    void sum(std::span<double> values) override {
        for (double& value : values) value *= ranks_;
    }
    void smallest(std::span<std::int64_t> /*values*/) override {}
    void largest(std::span<std::int64_t> /*values*/) override {}
    void largest(std::span<double> /*values*/) override {}

    std::vector<Words> all_to_all(const std::vector<Words>& to_each) override {
        std::vector<Words> from_each(to_each.size());
        for (std::size_t r = 0; r < to_each.size(); ++r) {
            if (to_each[r].empty()) continue;
            from_each[r].resize(static_cast<std::size_t>(neurons_here_));
            std::iota(from_each[r].begin(), from_each[r].end(), std::uint64_t{0});
        }
        return from_each;
    }
    std::string broadcast(const std::string& bytes, int /*root*/) override { return bytes; }

private:
    int rank_;
    int ranks_;
    std::int64_t neurons_here_;
};

class DryRunExchange final : public SpikeExchange {
public:
    DryRunExchange(std::vector<std::uint64_t> sources, double spikes_per_epoch, Step epoch)
        : random_(0, "dry run"),
          sources_(std::move(sources)),
          spikes_per_epoch_(spikes_per_epoch),
          epoch_(epoch) {}

    void post(int /*thread*/, std::int64_t /*place*/, Packet /*packet*/) override {}

    std::uint32_t exchange(std::uint32_t signals, std::vector<std::uint64_t>& received) override {
        received.clear();
        due_ += spikes_per_epoch_;
        for (std::uint32_t k = 0; due_ >= 1.0; due_ -= 1.0, ++k) {
            const RandomWords words = random_.words(epochs_, 0, k);
            const Packet packet(
                sources_[to_index(words.first, sources_.size())],
                static_cast<Step>(to_index(words.second, static_cast<std::uint64_t>(epoch_))));
            received.push_back(packet.packed);
        }
        // Spikes of one source come in the order of time, as from other ranks.
        std::sort(received.begin(), received.end());
        ++epochs_;
        return signals;
    }

    std::string_view name() const override { return "dry run"; }

private:
    CounterRandom random_;
    std::vector<std::uint64_t> sources_;  ///< numbers in the whole network
    double spikes_per_epoch_;
    Step epoch_;
    double due_ = 0.0;
    std::uint64_t epochs_ = 0;
};

}  // namespace

std::unique_ptr<Communicator> dry_run_ranks(int rank, int ranks, std::int64_t neurons_here) {
    return std::make_unique<DryRunRanks>(rank, ranks, neurons_here);
}

std::unique_ptr<SpikeExchange> make_dry_run_exchange(const Model& model,
                                                     const Connectome& connectome,
                                                     const Partition& partition, int rank,
                                                     double rate_Hz, Step epoch) {
    std::vector<std::uint64_t> sources;
    std::uint64_t first_number = 0;
    for (std::size_t p = 0; p < model.populations.size(); ++p) {
        const Block here = partition.of_rank(static_cast<std::int32_t>(p), rank);
        connectome.routes[p].for_each([&](std::int64_t source, std::span<const Route>) {
            if (source >= here.begin && source < here.end) return;
            sources.push_back(first_number + static_cast<std::uint64_t>(source));
        });
        first_number += static_cast<std::uint64_t>(model.populations[p].size);
    }
    const double seconds = to_ms(epoch, model.dt_ms) / 1000.0;
    const double spikes = static_cast<double>(sources.size()) * rate_Hz * seconds;
    return std::make_unique<DryRunExchange>(std::move(sources), spikes, epoch);
}

}  // namespace volley
