#pragma once

#include "core/time.hpp"
#include "network/communicator.hpp"
#include "network/connectome/connectome.hpp"
#include "network/mpi.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace volley {

/// A spike between ranks: the neuron by its number in the whole network, and the step within the
/// epoch in which it fired.
struct Packet {
    static constexpr int kStepBits = 16;
    static constexpr Step kLongestEpoch = Step{1} << kStepBits;

    Packet(std::uint64_t neuron, Step step_in_epoch)
        : packed(neuron << kStepBits | static_cast<std::uint64_t>(step_in_epoch)) {}
    explicit Packet(std::uint64_t bits) : packed(bits) {}
    std::uint64_t neuron() const { return packed >> kStepBits; }
    Step step_in_epoch() const { return static_cast<Step>(packed & (kLongestEpoch - 1)); }

    std::uint64_t packed;
};

/// Signals that travel with the spikes; every rank sees the union of all ranks' signals, in the
/// same epoch on all.
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

/// Exchanges the spikes of an epoch between ranks. post() may be called by all threads at once,
/// each with its own number; exchange() by one thread, collectively.
class SpikeExchange {
public:
    virtual ~SpikeExchange() = default;

    /// Notes a spike of the neuron at `place` among this rank's neurons.
    virtual void post(int thread, std::int64_t place, Packet packet) = 0;

    /// Sends what was posted and receives what the others posted for this rank.
    /// @param[out] received  overwritten
    /// @return the union of all ranks' signals, of this epoch or of an earlier one
    virtual std::uint32_t exchange(std::uint32_t signals, std::vector<std::uint64_t>& received) = 0;

    virtual std::string_view name() const = 0;
};

/// True where a spike is needed by few of the other ranks (`needed_by`, in the mean).
///
/// An all-gather brings every spike to every rank; sparse messages bring only as many copies of
/// each as there are ranks that need it, but cost one latency a neighbour instead of one a
/// collective.
bool sparse_is_better(double needed_by, int ranks);

/// Makes the exchange for an MPI communicator. Collective.
std::unique_ptr<SpikeExchange> make_mpi_exchange(MPI_Comm communicator, Communicator& ranks,
                                                 const Connectome& connectome, int threads,
                                                 ExchangeScheme scheme);

/// The exchange of a process that is alone: nothing to send.
std::unique_ptr<SpikeExchange> make_no_exchange();

}  // namespace volley
