#pragma once

#include "core/analysis/binning.hpp"
#include "core/analysis/spike_trains.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

/// Sums of cross-correlations over many pairs of trains, without visiting all pairs.
namespace volley {

/// The part of the trains that fills whole bins, one bin index a spike.
struct BinnedTrains {
    std::int64_t bins = 0;
    std::vector<std::int64_t> first;  ///< shape [trains + 1]
    std::vector<std::int32_t> times;  ///< bin of each spike, ascending within a train

    std::size_t size() const { return first.size() - 1; }
    std::int64_t spikes(std::size_t k) const { return first[k + 1] - first[k]; }
    /// Mean count of a bin.
    double mean(std::size_t k) const {
        return static_cast<double>(spikes(k)) / static_cast<double>(bins);
    }
    std::span<const std::int32_t> train(std::size_t k) const {
        return {times.data() + first[k], static_cast<std::size_t>(spikes(k))};
    }
};

/// @pre fewer than 2^31 bins
BinnedTrains binned(const SpikeTrains& trains, const Bins& bins);

/// What is subtracted from a product of counts, and what a trial is.
struct Correction {
    enum class Predictor { none, mean_rate, shift } predictor = Predictor::mean_rate;
    /// Bins of a trial, a divisor of all bins; pairs of bins count only inside one. `mean_rate`
    /// takes all bins for one trial.
    std::int64_t trial = 0;
};

/// One side of the pairs: trains and the weight of each.
struct WeightedTrains {
    const BinnedTrains* trains = nullptr;
    std::vector<double>
        weights;  ///< shape [trains]; 0 leaves a train out, as it must one without spikes
};

/// Sums over pairs (i, j) of trains.
struct PairSums {
    std::vector<double> by_lag;     ///< shape [2 K + 1], lags -K ... K
    double pairs = 0.0;             ///< ordered pairs of trains with spikes and weights
    double variance_per_bin = 0.0;  ///< of by_lag, were the trains independent Poisson ones

    PairSums& operator-=(const PairSums& other);
};

/// weight_i weight_j times the corrected correlation at lags -K ... K bins, over all pairs:
///
///     C_ij(lag) = sum over t of (a_i(t) - m_i) (b_j(t + lag) - m_j),  t and t + lag in one trial,
///
/// m the mean counts of a bin for `mean_rate`, else 0. For `shift` the same sum with b_j taken one
/// trial later (the last trial's partner is the first) is subtracted.
///
/// It is the correlation of the two weighted sums of trains: one pass of the bins a lag.
/// @pre most_lag < correction.trial
PairSums sum_over_all_pairs(const WeightedTrains& a, const WeightedTrains& b, std::int64_t most_lag,
                            const Correction& correction);

/// Writes the trains j that make a pair with train i, each once.
using PartnersOf = std::function<void(std::size_t i, std::vector<std::size_t>& partners)>;

/// The same over chosen pairs: the partners of a train are merged into one row of bins, which is
/// read around each of its spikes. `partners` is called from several threads.
///
/// Blocks of trains have a fixed size and are added in their order, whoever computes them.
PairSums sum_over_partners(const WeightedTrains& a, const WeightedTrains& b,
                           const PartnersOf& partners, std::int64_t most_lag,
                           const Correction& correction);

}  // namespace volley
