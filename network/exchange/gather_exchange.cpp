#include "network/exchange/gather_exchange.hpp"

#include <array>

namespace volley {

namespace {

/// Messages hold blocks, one a rank: its signals (1 byte), the number of its spikes (7 bits a byte,
/// low ones first, the eighth bit says that more follow), its spikes. So little, because where an
/// epoch is one step a block has few spikes.
void append_header(std::uint32_t signals, std::uint64_t spikes, std::vector<std::byte>& message) {
    message.push_back(static_cast<std::byte>(signals));
    for (; spikes >= 128; spikes >>= 7) {
        message.push_back(static_cast<std::byte>(spikes & 127) | std::byte{128});
    }
    message.push_back(static_cast<std::byte>(spikes));
}

struct Header {
    std::uint32_t signals = 0;
    std::size_t spikes = 0;
    std::size_t bytes = 1;  ///< of the header itself
};

Header read_header(const std::byte* message) {
    Header header{.signals = std::to_integer<std::uint32_t>(message[0])};
    for (int shift = 0;; shift += 7) {
        const std::byte part = message[header.bytes++];
        header.spikes |= std::to_integer<std::size_t>(part & std::byte{127}) << shift;
        if ((part & std::byte{128}) == std::byte{0}) return header;
    }
}

/// All-gather of blocks of any length after Bruck, Ho, Kipnis, Upfal and Weathersby (IEEE Trans.
/// Parallel Distrib. Syst. 8, 1997, doi:10.1109/71.642949): in round k every rank sends all blocks
/// it has to the rank 2^k below and receives as many from the rank 2^k above. The library's
/// all-gathers take as long, but fill blocks up to one length or need a second call for lengths.
class GatherExchange final : public SpikeExchange {
public:
    GatherExchange(MPI_Comm communicator, const Connectome& connectome, int threads, Step epoch)
        : communicator_(communicator),
          connectome_(connectome),
          format_(epoch),
          posted_(static_cast<std::size_t>(threads)) {
        check_mpi(MPI_Comm_rank(communicator, &rank_), "MPI_Comm_rank");
        check_mpi(MPI_Comm_size(communicator, &size_), "MPI_Comm_size");
    }

    void post(int thread, std::int64_t place, Step step_in_epoch) override {
        if (connectome_.remote_targets.of(place).empty()) return;
        format_.post(posted_[static_cast<std::size_t>(thread)], place, step_in_epoch);
    }

    void send(std::uint32_t signals) override {
        // What was received last may still be read: two lists of blocks take turns.
        std::swap(gathered_, before_);
        gathered_.clear();
        ends_.clear();
        append_header(signals, static_cast<std::uint64_t>(spikes_in(posted_)), gathered_);
        facts_.spikes_sent += format_.pack(posted_, gathered_) * (size_ - 1);
        ends_.push_back(gathered_.size());
        ++facts_.epochs;
        distance_ = 1;
        begin_round();
    }

    void progress() override {
        while (distance_ < size_) {
            if (!has_arrived_) {
                has_arrived_ = received_now(communicator_.get(), above(), 0, incoming_);
            }
            int is_sent = 0;
            check_mpi(MPI_Test(&sent_, &is_sent, MPI_STATUS_IGNORE), "MPI_Test");
            if (!has_arrived_ || is_sent == 0) return;
            end_round();
        }
    }

    std::uint32_t receive(ReceivedSpikes& received) override {
        while (distance_ < size_) {
            if (!has_arrived_) receive_message(communicator_.get(), above(), 0, incoming_);
            check_mpi(MPI_Wait(&sent_, MPI_STATUS_IGNORE), "MPI_Wait");
            end_round();
        }
        return unpack(received);
    }

    std::string_view name() const override { return "gather"; }

private:
    int above() const { return (rank_ + distance_) % size_; }
    /// Blocks that a round brings.
    int new_blocks() const { return std::min(distance_, size_ - distance_); }

    /// @pre the blocks of `distance_` ranks are here, from this one up
    void begin_round() {
        has_arrived_ = false;
        if (distance_ >= size_) return;
        const std::size_t bytes = ends_[static_cast<std::size_t>(new_blocks()) - 1];
        check_mpi(MPI_Isend(gathered_.data(), mpi_count(static_cast<std::int64_t>(bytes), kBytes),
                            MPI_BYTE, (rank_ - distance_ + size_) % size_, 0, communicator_.get(),
                            &sent_),
                  "MPI_Isend");
        ++facts_.messages_sent;
        facts_.bytes_sent += static_cast<std::int64_t>(bytes);
    }

    /// Adds the blocks that arrived and begins the next round. @pre sent and received
    void end_round() {
        std::size_t at = 0;
        for (int block = 0; block < new_blocks(); ++block) {
            const Header header = read_header(incoming_.data() + at);
            at += header.bytes + header.spikes * format_.bytes_per_spike();
            ends_.push_back(gathered_.size() + at);
        }
        gathered_.insert(gathered_.end(), incoming_.begin(), incoming_.end());
        distance_ *= 2;
        begin_round();
    }

    std::uint32_t unpack(ReceivedSpikes& received) {
        received.clear();
        std::uint32_t signals = signal::kNone;
        std::size_t begin = 0;
        for (int block = 0; block < size_; ++block) {
            const Header header = read_header(gathered_.data() + begin);
            const std::size_t end = ends_[static_cast<std::size_t>(block)];
            signals |= header.signals;
            const int from = (rank_ + block) % size_;
            if (connectome_.receives_from[static_cast<std::size_t>(from)] && from != rank_) {
                const std::size_t spikes = begin + header.bytes;
                received.add(from, std::span(gathered_).subspan(spikes, end - spikes), format_);
            }
            if (from != rank_) {
                facts_.spikes_received += static_cast<std::int64_t>(header.spikes);
            }
            begin = end;
        }
        return signals;
    }

    static constexpr const char* kBytes = "bytes of spikes in one epoch";

    PrivateCommunicator communicator_;
    const Connectome& connectome_;
    SpikeFormat format_;
    int rank_ = 0;
    int size_ = 1;
    std::vector<PostedSpikes> posted_;  ///< [threads]
    std::vector<std::byte> gathered_;   ///< blocks of this rank and those above it, going round
    std::vector<std::byte> before_;     ///< those of the epoch before
    std::vector<std::size_t> ends_;     ///< [blocks]
    std::vector<std::byte> incoming_;
    int distance_ = 1;  ///< of the present round; no round is under way from size_ on
    bool has_arrived_ = false;
    MPI_Request sent_ = MPI_REQUEST_NULL;
};

}  // namespace

std::unique_ptr<SpikeExchange> make_gather_exchange(MPI_Comm communicator,
                                                    const Connectome& connectome, int threads,
                                                    Step epoch) {
    return std::make_unique<GatherExchange>(communicator, connectome, threads, epoch);
}

}  // namespace volley
