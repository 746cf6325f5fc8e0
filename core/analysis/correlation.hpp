#pragma once

#include "core/analysis/analysis.hpp"
#include "core/analysis/binning.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace volley {

/// Pearson correlation of spike counts over pairs of neurons.
///
/// Counts in bins of `bin` ms (2 ms unless given) over the whole window; the correlation
/// coefficient of two neurons is the covariance of their counts over the product of their standard
/// deviations. `correlation` and `correlation_sd` are mean and standard deviation (divided by n)
/// over all pairs of a sample of at most `neurons` neurons that spiked. The sample is a function of
/// `seed` and of the neurons' indices alone: the neurons with the smallest random words.
///
/// 0 on average for independent neurons; c for trains that each copy a spike of a common Poisson
/// process with probability c, whatever the bin. As used for the cortical microcircuit (Potjans &
/// Diesmann 2014, doi:10.1093/cercor/bhs358).
///
/// NaN where fewer than two neurons spiked. A neuron whose count never varies has no correlation
/// and is not sampled.
AnalysisInfo correlation_analysis();

/// The coefficients of all pairs of such a sample: n (n - 1) / 2 of them for n sampled neurons.
/// @param most  neurons of the sample at most
/// @param seed  which neurons are sampled
std::vector<double> correlation_coefficients(const SpikeTrains& trains, const Bins& bins,
                                             std::size_t most, std::uint64_t seed);

}  // namespace volley
