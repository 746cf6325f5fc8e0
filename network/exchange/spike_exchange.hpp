#pragma once

#include "core/time.hpp"
#include "network/communicator.hpp"
#include "network/connectome/connectome.hpp"
#include "network/exchange/spike_messages.hpp"
#include "network/mpi.hpp"

#include <cstdint>
#include <memory>
#include <string_view>

namespace volley {

/// Signals that travel with the spikes; every rank sees the union of all ranks' signals, in the
/// same epoch on all. One byte: eight of them.
namespace signal {
inline constexpr std::uint32_t kNone = 0;
inline constexpr std::uint32_t kFailed = 1;  ///< a rank met an error
inline constexpr std::uint32_t kStop = 2;    ///< a rank was asked to stop
}  // namespace signal

/// How spikes travel between ranks; it never changes a result.
enum class ExchangeScheme {
    automatic,  ///< chosen from the graph of ranks
    gather,     ///< every rank receives all spikes that any other rank needs
    sparse,     ///< one message to each rank that has targets, with only the spikes it needs
};

/// What an exchange did so far, on this rank.
struct ExchangeFacts {
    std::int64_t epochs = 0;
    std::int64_t messages_sent = 0;
    std::int64_t bytes_sent = 0;       ///< of all messages; passed on for others included
    std::int64_t spikes_sent = 0;      ///< of this rank's neurons, once for each rank they go to
    std::int64_t spikes_received = 0;  ///< of other ranks' neurons
};

/// Exchanges the spikes of an epoch between ranks. post() may be called by all threads at once,
/// each with its own number; all else by one thread, while no other posts, but for progress().
class SpikeExchange {
public:
    virtual ~SpikeExchange() = default;

    /// Notes a spike of the neuron at `place` among this rank's neurons (RankNeurons).
    virtual void post(int thread, std::int64_t place, Step step_in_epoch) = 0;

    /// Begins to send what was posted. Collective, and one at a time: receive() ends it.
    virtual void send(std::uint32_t signals) = 0;

    /// Moves on, without waiting, what send() began: to be called now and then between the two
    /// where neurons are advanced meanwhile. Others may post.
    virtual void progress() {}

    /// Receives what the others sent to this rank. Collective.
    /// @param[out] received  overwritten; valid until the next receive()
    /// @return the union of all ranks' signals, of this epoch or of an earlier one
    virtual std::uint32_t receive(ReceivedSpikes& received) = 0;

    /// Both at once.
    std::uint32_t exchange(std::uint32_t signals, ReceivedSpikes& received) {
        send(signals);
        return receive(received);
    }

    virtual std::string_view name() const = 0;

    const ExchangeFacts& facts() const { return facts_; }

protected:
    ExchangeFacts facts_;
};

/// True where a spike is needed by few of the other ranks (`needed_by`, in the mean).
///
/// An all-gather brings every spike to every rank; sparse messages bring only as many copies of
/// each as there are ranks that need it, but cost one latency a neighbour instead of one a
/// collective.
bool sparse_is_better(double needed_by, int ranks);

/// Makes the exchange for an MPI communicator, of which it uses a duplicate. Collective.
/// @param epoch  steps between exchanges, 1 ... SpikeFormat::kLongestEpoch
std::unique_ptr<SpikeExchange> make_mpi_exchange(MPI_Comm communicator, Communicator& ranks,
                                                 const Connectome& connectome, int threads,
                                                 Step epoch, ExchangeScheme scheme);

/// The exchange of a process that is alone: nothing to send.
std::unique_ptr<SpikeExchange> make_no_exchange();

}  // namespace volley
