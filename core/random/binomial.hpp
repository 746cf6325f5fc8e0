#pragma once

#include "core/random/word_stream.hpp"

#include <cstdint>

/// Binomial and hypergeometric numbers, exact in distribution, as functions of a counter.
namespace volley {

/// The number of successes in `n` trials of probability `p`.
///
/// Counts random bits for p = 1/2 and small n, inverts the distribution function for n p < 10, else
/// rejects from a transformed hat: algorithm BTRS of W. Hörmann (1993), J. Statist. Comput. Simul.
/// 46:101, doi:10.1080/00949659308811496. A draw costs 20 to 100 ns, whatever n.
/// @pre 0 <= n < 2^53, 0 <= p <= 1.
std::int64_t binomial(std::int64_t n, double p, CounterStream& random);

/// How many of `drawn` items, taken without replacement from `good` + `bad` ones, are good.
///
/// Takes the items one by one where at most 16 are to be told apart, else the ratio of uniforms:
/// algorithm HRUA of E. Stadlober (1990), J. Comput. Appl. Math. 31:181,
/// doi:10.1016/0377-0427(90)90349-5.
/// @pre 0 <= drawn <= good + bad < 2^53.
std::int64_t hypergeometric(std::int64_t good, std::int64_t bad, std::int64_t drawn,
                            CounterStream& random);

/// Logarithms of the probabilities, without the cancellation of factorials: the saddle-point form
/// of C. Loader (2000), Fast and accurate computation of binomial probabilities.
/// @pre 0 < p < 1, 0 <= k <= n; 0 < drawn < good + bad and k inside the support.
double log_binomial_probability(std::int64_t k, std::int64_t n, double p);
double log_hypergeometric_probability(std::int64_t k, std::int64_t good, std::int64_t bad,
                                      std::int64_t drawn);

}  // namespace volley
