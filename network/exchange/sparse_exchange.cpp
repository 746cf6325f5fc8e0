#include "network/exchange/sparse_exchange.hpp"

namespace volley {

namespace {

class SparseExchange final : public SpikeExchange {
public:
    SparseExchange(MPI_Comm communicator, const Connectome& connectome, int threads, Step epoch)
        : communicator_(communicator),
          targets_(connectome.remote_targets),
          format_(epoch),
          threads_(static_cast<std::size_t>(threads)) {
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
        // Each begins with the next rank: not all send to the same one at first.
        for (int distance = 1; distance < size; ++distance) {
            const int to = (rank + distance) % size;
            const int from = (rank - distance + size) % size;
            if (needs_me[static_cast<std::size_t>(to)]) {
                slot_of_rank_[static_cast<std::size_t>(to)] = destinations_.size();
                destinations_.push_back(to);
            }
            if (connectome.receives_from[static_cast<std::size_t>(from)]) sources_.push_back(from);
        }
        posted_.resize(destinations_.size() * threads_);
        outgoing_.resize(destinations_.size());
        sent_.resize(destinations_.size(), MPI_REQUEST_NULL);
        incoming_.resize(sources_.size());
    }

    ~SparseExchange() override {
        // A reduction may be under way; all ranks left the loop in the same epoch, so it completes.
        if (shared_ != MPI_REQUEST_NULL) MPI_Wait(&shared_, MPI_STATUS_IGNORE);
    }
    SparseExchange(const SparseExchange&) = delete;
    SparseExchange& operator=(const SparseExchange&) = delete;

    void post(int thread, std::int64_t place, Step step_in_epoch) override {
        for (const std::int32_t target : targets_.of(place)) {
            const std::size_t slot = slot_of_rank_[static_cast<std::size_t>(target)];
            format_.post(posted_[slot * threads_ + static_cast<std::size_t>(thread)], place,
                         step_in_epoch);
        }
    }

    void send(std::uint32_t signals) override {
        for (std::size_t d = 0; d < destinations_.size(); ++d) send_to(d);
        signals_ = signals;
        ++facts_.epochs;
    }

    void progress() override {
        int all = 0;
        check_mpi(
            MPI_Testall(static_cast<int>(sent_.size()), sent_.data(), &all, MPI_STATUSES_IGNORE),
            "MPI_Testall");
    }

    std::uint32_t receive(ReceivedSpikes& received) override {
        received.clear();
        for (std::size_t s = 0; s < sources_.size(); ++s) {
            receive_message(communicator_.get(), sources_[s], 0, incoming_[s]);
            received.add(sources_[s], incoming_[s], format_);
        }
        check_mpi(MPI_Waitall(static_cast<int>(sent_.size()), sent_.data(), MPI_STATUSES_IGNORE),
                  "MPI_Waitall");
        facts_.spikes_received += received.size();
        return share(signals_);
    }

    std::string_view name() const override { return "sparse"; }

private:
    /// Starts one message; one without spikes, too, for the receiver waits for it.
    void send_to(std::size_t d) {
        std::vector<std::byte>& message = outgoing_[d];
        message.clear();
        facts_.spikes_sent +=
            format_.pack(std::span(posted_).subspan(d * threads_, threads_), message);
        const auto bytes = static_cast<std::int64_t>(message.size());
        check_mpi(MPI_Isend(message.data(), mpi_count(bytes, "bytes of spikes in one epoch"),
                            MPI_BYTE, destinations_[d], 0, communicator_.get(), &sent_[d]),
                  "MPI_Isend");
        ++facts_.messages_sent;
        facts_.bytes_sent += bytes;
    }

    /// Completes the reduction of the last epoch's signals and starts that of this epoch's.
    std::uint32_t share(std::uint32_t signals) {
        std::uint32_t all = signal::kNone;
        if (shared_ != MPI_REQUEST_NULL) {
            check_mpi(MPI_Wait(&shared_, MPI_STATUS_IGNORE), "MPI_Wait");
            all = union_;
        }
        mine_ = signals;
        check_mpi(MPI_Iallreduce(&mine_, &union_, 1, MPI_UINT32_T, MPI_BOR, communicator_.get(),
                                 &shared_),
                  "MPI_Iallreduce");
        return all;
    }

    PrivateCommunicator communicator_;
    const RemoteTargets& targets_;
    SpikeFormat format_;
    std::size_t threads_;
    std::vector<int> destinations_;
    std::vector<int> sources_;
    std::vector<std::size_t> slot_of_rank_;         ///< [ranks], in destinations_
    std::vector<PostedSpikes> posted_;              ///< [destinations][threads]
    std::vector<std::vector<std::byte>> outgoing_;  ///< [destinations]
    std::vector<std::vector<std::byte>> incoming_;  ///< [sources]
    std::vector<MPI_Request> sent_;                 ///< [destinations]
    std::uint32_t signals_ = signal::kNone;         ///< of this epoch
    std::uint32_t mine_ = 0;                        ///< in the reduction, as is their union
    std::uint32_t union_ = 0;
    MPI_Request shared_ = MPI_REQUEST_NULL;
};

}  // namespace

std::unique_ptr<SpikeExchange> make_sparse_exchange(MPI_Comm communicator,
                                                    const Connectome& connectome, int threads,
                                                    Step epoch) {
    return std::make_unique<SparseExchange>(communicator, connectome, threads, epoch);
}

}  // namespace volley
