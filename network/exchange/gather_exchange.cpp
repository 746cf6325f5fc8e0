#include "network/exchange/gather_exchange.hpp"

#include <algorithm>

namespace volley {

namespace {

/// Words of a message: [signals << 48 | number of packets], then the first packets.
constexpr int kSignalShift = 48;
constexpr std::uint64_t kCountMask = (std::uint64_t{1} << kSignalShift) - 1;

class GatherExchange final : public SpikeExchange {
public:
    GatherExchange(MPI_Comm communicator, const Connectome& connectome, int threads)
        : communicator_(communicator),
          targets_(connectome.remote_targets),
          posted_(static_cast<std::size_t>(threads)) {
        check_mpi(MPI_Comm_rank(communicator, &rank_), "MPI_Comm_rank");
        check_mpi(MPI_Comm_size(communicator, &size_), "MPI_Comm_size");
    }

    void post(int thread, std::int64_t place, Packet packet) override {
        if (targets_.of(place).empty()) return;
        posted_[static_cast<std::size_t>(thread)].push_back(packet.packed);
    }

    std::uint32_t exchange(std::uint32_t signals, std::vector<std::uint64_t>& received) override {
        mine_.clear();
        for (auto& packets : posted_) {
            mine_.insert(mine_.end(), packets.begin(), packets.end());
            packets.clear();
        }
        const std::size_t words = room_ + 1;
        message_.assign(words, 0);
        message_[0] = static_cast<std::uint64_t>(signals) << kSignalShift | mine_.size();
        std::copy_n(mine_.begin(), std::min(mine_.size(), room_), message_.begin() + 1);
        all_.resize(words * static_cast<std::size_t>(size_));
        const int count = mpi_count(static_cast<std::int64_t>(words), "spikes in one epoch");
        check_mpi(MPI_Allgather(message_.data(), count, MPI_UINT64_T, all_.data(), count,
                                MPI_UINT64_T, communicator_),
                  "MPI_Allgather");

        received.clear();
        std::uint32_t all_signals = signal::kNone;
        std::size_t most = 0;
        std::vector<int> rest(static_cast<std::size_t>(size_));
        for (int r = 0; r < size_; ++r) {
            const auto from = static_cast<std::size_t>(r);
            const std::uint64_t* const message = all_.data() + from * words;
            all_signals |= static_cast<std::uint32_t>(message[0] >> kSignalShift);
            const std::size_t packets = message[0] & kCountMask;
            most = std::max(most, packets);
            rest[from] = packets > room_ ? mpi_count(static_cast<std::int64_t>(packets - room_),
                                                     "spikes in one epoch")
                                         : 0;
            if (r == rank_) continue;
            received.insert(received.end(), message + 1, message + 1 + std::min(packets, room_));
        }
        if (most > room_) gather_rest(rest, received);
        follow(most);
        return all_signals;
    }

    std::string_view name() const override { return "gather"; }

private:
    void gather_rest(const std::vector<int>& rest, std::vector<std::uint64_t>& received) {
        std::vector<int> at{0};
        std::int64_t sum = 0;
        for (const int count : rest) {
            sum += count;
            at.push_back(mpi_count(sum, "spikes in one epoch"));
        }
        all_.resize(static_cast<std::size_t>(sum));
        const auto own = static_cast<std::size_t>(rank_);
        check_mpi(
            MPI_Allgatherv(mine_.data() + std::min(room_, mine_.size()), rest[own], MPI_UINT64_T,
                           all_.data(), rest.data(), at.data(), MPI_UINT64_T, communicator_),
            "MPI_Allgatherv");
        received.insert(received.end(), all_.begin(), all_.begin() + at[own]);
        received.insert(received.end(), all_.begin() + at[own + 1], all_.end());
    }

    /// The room for the next epoch: grows at once, shrinks slowly. The same on every rank, since
    /// all know all counts.
    void follow(std::size_t most) {
        const std::size_t wanted = most + most / 4 + 4;
        room_ = wanted > room_ ? wanted : room_ - (room_ - wanted) / 16;
    }

    MPI_Comm communicator_;
    const RemoteTargets& targets_;
    int rank_ = 0;
    int size_ = 1;
    std::size_t room_ = 16;
    std::vector<std::vector<std::uint64_t>> posted_;  ///< [threads]
    std::vector<std::uint64_t> mine_;
    std::vector<std::uint64_t> message_;
    std::vector<std::uint64_t> all_;
};

}  // namespace

std::unique_ptr<SpikeExchange> make_gather_exchange(MPI_Comm communicator,
                                                    const Connectome& connectome, int threads) {
    return std::make_unique<GatherExchange>(communicator, connectome, threads);
}

}  // namespace volley
