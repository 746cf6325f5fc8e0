#include "network/dry_run.hpp"

#include "core/random/counter_random.hpp"

#include <algorithm>
#include <numeric>

namespace volley {

namespace {

/// The numbers of this rank stand in for those of the others.
class OwnNumbers final : public NumberExchange {
public:
    void exchange(std::span<const double> out, std::span<double> in) override {
        for (std::size_t k = 0; k < in.size() && !out.empty(); ++k) in[k] = out[k % out.size()];
    }
};

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
    std::vector<Words> mirrored(const std::vector<Words>& to_each) override { return to_each; }
    std::unique_ptr<NumberExchange> number_exchange(
        std::span<const std::int64_t> /*to_each*/,
        std::span<const std::int64_t> /*from_each*/) override {
        return std::make_unique<OwnNumbers>();
    }
    std::string broadcast(const std::string& bytes, int /*root*/) override { return bytes; }

private:
    int rank_;
    int ranks_;
    std::int64_t neurons_here_;
};

/// A neuron by its rank and its place among that rank's neurons.
struct RemoteNeuron {
    std::int32_t rank;
    std::uint32_t place;
};

class DryRunExchange final : public SpikeExchange {
public:
    DryRunExchange(std::vector<RemoteNeuron> sources, int ranks, double spikes_per_epoch,
                   Step epoch)
        : random_(0, "dry run"),
          sources_(std::move(sources)),
          spikes_per_epoch_(spikes_per_epoch),
          epoch_(epoch),
          format_(epoch),
          posted_(static_cast<std::size_t>(ranks)),
          messages_(static_cast<std::size_t>(ranks)) {}

    void post(int /*thread*/, std::int64_t /*place*/, Step /*step_in_epoch*/) override {}

    void send(std::uint32_t signals) override { signals_ = signals; }

    std::uint32_t receive(ReceivedSpikes& received) override {
        due_ += spikes_per_epoch_;
        const auto epoch = static_cast<std::uint64_t>(facts_.epochs++);
        spikes_.clear();
        for (std::uint32_t k = 0; due_ >= 1.0; due_ -= 1.0, ++k) {
            const RandomWords words = random_.words(epoch, 0, k);
            spikes_.push_back({.step = static_cast<Step>(
                                   to_index(words.second, static_cast<std::uint64_t>(epoch_))),
                               .source = sources_[to_index(words.first, sources_.size())]});
        }
        // As from other ranks: those of one neuron in the order of time.
        std::stable_sort(spikes_.begin(), spikes_.end(),
                         [](const Spike& a, const Spike& b) { return a.step < b.step; });
        for (const Spike& spike : spikes_) {
            format_.post(posted_[static_cast<std::size_t>(spike.source.rank)], spike.source.place,
                         spike.step);
        }
        received.clear();
        for (std::size_t rank = 0; rank < posted_.size(); ++rank) {
            messages_[rank].clear();
            format_.pack({&posted_[rank], 1}, messages_[rank]);
            received.add(static_cast<int>(rank), messages_[rank], format_);
        }
        facts_.spikes_received += received.size();
        return signals_;
    }

    std::string_view name() const override { return "dry run"; }

private:
    struct Spike {
        Step step;
        RemoteNeuron source;
    };
    CounterRandom random_;
    std::vector<RemoteNeuron> sources_;
    std::vector<Spike> spikes_;  ///< of this epoch
    double spikes_per_epoch_;
    Step epoch_;
    SpikeFormat format_;
    std::vector<PostedSpikes> posted_;              ///< [ranks]
    std::vector<std::vector<std::byte>> messages_;  ///< [ranks]
    double due_ = 0.0;
    std::uint32_t signals_ = signal::kNone;
};

}  // namespace

std::unique_ptr<Communicator> dry_run_ranks(int rank, int ranks, std::int64_t neurons_here) {
    return std::make_unique<DryRunRanks>(rank, ranks, neurons_here);
}

std::unique_ptr<SpikeExchange> make_dry_run_exchange(const Model& model,
                                                     const Connectome& connectome,
                                                     const Partition& partition, int rank,
                                                     double rate_Hz, Step epoch) {
    std::vector<RankNeurons> homes;
    for (int r = 0; r < partition.ranks(); ++r) homes.emplace_back(partition, r);
    std::vector<RemoteNeuron> sources;
    for (std::int32_t p = 0; p < partition.populations(); ++p) {
        connectome.routes[static_cast<std::size_t>(p)].for_each([&](std::int64_t source,
                                                                    std::span<const Route>) {
            const int home = partition.rank_of(p, source);
            if (home == rank) return;
            const std::int64_t place = homes[static_cast<std::size_t>(home)].place_of(p, source);
            sources.push_back({.rank = home, .place = static_cast<std::uint32_t>(place)});
        });
    }
    const double seconds = to_ms(epoch, model.dt_ms) / 1000.0;
    const double spikes = static_cast<double>(sources.size()) * rate_Hz * seconds;
    return std::make_unique<DryRunExchange>(std::move(sources), partition.ranks(), spikes, epoch);
}

}  // namespace volley
