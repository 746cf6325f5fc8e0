#pragma once

#include <cstdint>
#include <vector>

namespace volley {

/// Discrete prolate spheroidal sequences: of all sequences of `length` points the ones with most of
/// their energy within +- time_halfbandwidth / length cycles a point.
///
/// Slepian 1978, Bell Syst. Tech. J. 57:1371, doi:10.1002/j.1538-7305.1978.tb02104.x: they are the
/// eigenvectors with the largest eigenvalues of a tridiagonal matrix that commutes with the
/// band-limiting operator,
///
///     diagonal ((L - 1 - 2 t) / 2)^2 cos(2 pi W),  off-diagonal t (L - t) / 2,  W = NW / L.
///
/// Eigenvalues by bisection (Sturm sequences), vectors by inverse iteration; O(length) a taper.
/// Sign: even tapers have a positive sum, odd ones start with a positive lobe.
///
/// @return shape [tapers][length]; orthonormal, in the order of falling concentration
/// @pre tapers <= length and 0 < time_halfbandwidth < length / 2
std::vector<std::vector<double>> slepian_tapers(std::int64_t length, double time_halfbandwidth,
                                                int tapers);

}  // namespace volley
