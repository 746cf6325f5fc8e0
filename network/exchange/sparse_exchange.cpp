#include "network/exchange/sparse_exchange.hpp"

#include <algorithm>

namespace volley {

namespace {

class SparseExchange final : public SpikeExchange {
public:
    SparseExchange(MPI_Comm communicator, const Connectome& connectome, int threads)
        : communicator_(communicator), targets_(connectome.remote_targets) {
        int rank = 0;
        int size = 1;
        check_mpi(MPI_Comm_rank(communicator, &rank), "MPI_Comm_rank");
        check_mpi(MPI_Comm_size(communicator, &size), "MPI_Comm_size");

        std::vector<bool> needs_me(static_cast<std::size_t>(size), false);
        for (std::int64_t place = 0; place < targets_.neurons(); ++place) {
            for (const std::int32_t target : targets_.of(place)) {
                needs_me[static_cast<std::size_t>(target)] = true;
            }
        }
        slot_of_rank_.assign(static_cast<std::size_t>(size), 0);
        for (int r = 0; r < size; ++r) {
            const auto other = static_cast<std::size_t>(r);
            if (needs_me[other]) {
                slot_of_rank_[other] = destinations_.size();
                destinations_.push_back(r);
            }
            if (connectome.receives_from[other] && r != rank) sources_.push_back(r);
        }
        check_mpi(MPI_Dist_graph_create_adjacent(communicator, length(sources_), sources_.data(),
                                                 MPI_UNWEIGHTED, length(destinations_),
                                                 destinations_.data(), MPI_UNWEIGHTED,
                                                 MPI_INFO_NULL, 0, &graph_),
                  "MPI_Dist_graph_create_adjacent");
        check_mpi(MPI_Comm_set_errhandler(graph_, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler");
        posted_.assign(static_cast<std::size_t>(threads),
                       std::vector<std::vector<std::uint64_t>>(destinations_.size()));
        send_counts_.resize(destinations_.size() + 1);
        receive_counts_.resize(sources_.size() + 1);
    }

    ~SparseExchange() override {
        // A reduction may be under way; all ranks left the loop in the same epoch, so it completes.
        if (pending_ != MPI_REQUEST_NULL) MPI_Wait(&pending_, MPI_STATUS_IGNORE);
        if (graph_ != MPI_COMM_NULL) MPI_Comm_free(&graph_);
    }
    SparseExchange(const SparseExchange&) = delete;
    SparseExchange& operator=(const SparseExchange&) = delete;

    void post(int thread, std::int64_t place, Packet packet) override {
        for (const std::int32_t target : targets_.of(place)) {
            posted_[static_cast<std::size_t>(thread)]
                   [slot_of_rank_[static_cast<std::size_t>(target)]]
                       .push_back(packet.packed);
        }
    }

    std::uint32_t exchange(std::uint32_t signals, std::vector<std::uint64_t>& received) override {
        outgoing_.clear();
        send_at_.assign(1, 0);
        for (std::size_t d = 0; d < destinations_.size(); ++d) {
            for (auto& thread : posted_) {
                outgoing_.insert(outgoing_.end(), thread[d].begin(), thread[d].end());
                thread[d].clear();
            }
            send_at_.push_back(count_of(outgoing_.size()));
            send_counts_[d] = send_at_[d + 1] - send_at_[d];
        }
        check_mpi(MPI_Neighbor_alltoall(send_counts_.data(), 1, MPI_INT, receive_counts_.data(), 1,
                                        MPI_INT, graph_),
                  "MPI_Neighbor_alltoall");
        receive_at_.assign(1, 0);
        std::size_t total = 0;
        for (std::size_t s = 0; s < sources_.size(); ++s) {
            total += static_cast<std::size_t>(receive_counts_[s]);
            receive_at_.push_back(count_of(total));
        }
        received.resize(total);
        check_mpi(MPI_Neighbor_alltoallv(outgoing_.data(), send_counts_.data(), send_at_.data(),
                                         MPI_UINT64_T, received.data(), receive_counts_.data(),
                                         receive_at_.data(), MPI_UINT64_T, graph_),
                  "MPI_Neighbor_alltoallv");
        return share(signals);
    }

    std::string_view name() const override { return "sparse"; }

private:
    static int count_of(std::size_t count) {
        return mpi_count(static_cast<std::int64_t>(count), "spikes in one epoch");
    }
    static int length(const std::vector<int>& list) { return static_cast<int>(list.size()); }

    /// Completes the reduction of the last epoch's signals and starts that of this epoch's.
    std::uint32_t share(std::uint32_t signals) {
        std::uint32_t all = signal::kNone;
        if (pending_ != MPI_REQUEST_NULL) {
            check_mpi(MPI_Wait(&pending_, MPI_STATUS_IGNORE), "MPI_Wait");
            all = union_;
        }
        sent_ = signals;
        check_mpi(
            MPI_Iallreduce(&sent_, &union_, 1, MPI_UINT32_T, MPI_BOR, communicator_, &pending_),
            "MPI_Iallreduce");
        return all;
    }

    MPI_Comm communicator_;
    const RemoteTargets& targets_;
    MPI_Comm graph_ = MPI_COMM_NULL;
    std::vector<int> destinations_;
    std::vector<int> sources_;
    std::vector<std::size_t> slot_of_rank_;
    std::vector<std::vector<std::vector<std::uint64_t>>> posted_;  ///< [threads][destinations]
    std::vector<std::uint64_t> outgoing_;
    std::vector<int> send_counts_, send_at_, receive_counts_, receive_at_;
    std::uint32_t sent_ = 0;
    std::uint32_t union_ = 0;
    MPI_Request pending_ = MPI_REQUEST_NULL;
};

}  // namespace

std::unique_ptr<SpikeExchange> make_sparse_exchange(MPI_Comm communicator,
                                                    const Connectome& connectome, int threads) {
    return std::make_unique<SparseExchange>(communicator, connectome, threads);
}

}  // namespace volley
