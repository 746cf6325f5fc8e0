#include "network/exchange/spike_exchange.hpp"

#include "network/exchange/gather_exchange.hpp"
#include "network/exchange/sparse_exchange.hpp"

#include <array>

namespace volley {

namespace {

class NoExchange final : public SpikeExchange {
public:
    void post(int /*thread*/, std::int64_t /*place*/, Step /*step_in_epoch*/) override {}
    void send(std::uint32_t signals) override {
        signals_ = signals;
        ++facts_.epochs;
    }
    std::uint32_t receive(ReceivedSpikes& received) override {
        received.clear();
        return signals_;
    }
    std::string_view name() const override { return "none"; }

private:
    std::uint32_t signals_ = signal::kNone;
};

/// Chooses from the graph of ranks.
ExchangeScheme choose(Communicator& ranks, const Connectome& connectome) {
    std::array<std::int64_t, 2> sums{static_cast<std::int64_t>(connectome.remote_targets.links()),
                                     connectome.remote_targets.neurons()};
    ranks.sum(std::span<std::int64_t>(sums));
    const double needed_by =
        static_cast<double>(sums[0]) / std::max(1.0, static_cast<double>(sums[1]));
    return sparse_is_better(needed_by, ranks.size()) ? ExchangeScheme::sparse
                                                     : ExchangeScheme::gather;
}

}  // namespace

bool sparse_is_better(double needed_by, int ranks) {
    return ranks >= 4 && needed_by < 0.3 * (ranks - 1);
}

std::unique_ptr<SpikeExchange> make_no_exchange() { return std::make_unique<NoExchange>(); }

std::unique_ptr<SpikeExchange> make_mpi_exchange(MPI_Comm communicator, Communicator& ranks,
                                                 const Connectome& connectome, int threads,
                                                 Step epoch, ExchangeScheme scheme) {
    if (scheme == ExchangeScheme::automatic) scheme = choose(ranks, connectome);
    return scheme == ExchangeScheme::sparse
               ? make_sparse_exchange(communicator, connectome, threads, epoch)
               : make_gather_exchange(communicator, connectome, threads, epoch);
}

}  // namespace volley
