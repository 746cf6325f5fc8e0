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

    std::uint32_t exchange(std::uint32_t signals, ReceivedSpikes& received) override {
        gathered_.clear();
        ends_.clear();
        append_header(signals, static_cast<std::uint64_t>(spikes_in(posted_)), gathered_);
        facts_.spikes_sent += format_.pack(posted_, gathered_) * (size_ - 1);
        ends_.push_back(gathered_.size());
        for (int distance = 1; distance < size_; distance *= 2) pass_on(distance);
        ++facts_.epochs;
        return unpack(received);
    }

    std::string_view name() const override { return "gather"; }

private:
    /// A round. @pre the blocks of `distance` ranks are here, from this one up
    void pass_on(int distance) {
        const int blocks = std::min(distance, size_ - distance);
        const std::size_t bytes = ends_[static_cast<std::size_t>(blocks) - 1];
        MPI_Request sent = MPI_REQUEST_NULL;
        check_mpi(
            MPI_Isend(gathered_.data(), mpi_count(static_cast<std::int64_t>(bytes), kBytes),
                      MPI_BYTE, (rank_ - distance + size_) % size_, 0, communicator_.get(), &sent),
            "MPI_Isend");
        receive_message(communicator_.get(), (rank_ + distance) % size_, 0, incoming_);
        check_mpi(MPI_Wait(&sent, MPI_STATUS_IGNORE), "MPI_Wait");
        ++facts_.messages_sent;
        facts_.bytes_sent += static_cast<std::int64_t>(bytes);

        std::size_t at = 0;
        for (int block = 0; block < blocks; ++block) {
            const Header header = read_header(incoming_.data() + at);
            at += header.bytes + header.spikes * format_.bytes_per_spike();
            ends_.push_back(gathered_.size() + at);
        }
        gathered_.insert(gathered_.end(), incoming_.begin(), incoming_.end());
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
    std::vector<std::size_t> ends_;     ///< [blocks]
    std::vector<std::byte> incoming_;
};

}  // namespace

std::unique_ptr<SpikeExchange> make_gather_exchange(MPI_Comm communicator,
                                                    const Connectome& connectome, int threads,
                                                    Step epoch) {
    return std::make_unique<GatherExchange>(communicator, connectome, threads, epoch);
}

}  // namespace volley
