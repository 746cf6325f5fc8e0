#pragma once

#include "core/analysis/analysis.hpp"

namespace volley {

/// Correlation of pairs of neurons in the course of a trial: diagonals of the normalised joint
/// peristimulus time histogram (Aertsen, Gerstein, Habib & Palm 1989, J. Neurophysiol. 61:900,
/// doi:10.1152/jn.1989.61.5.900).
///
/// The window is cut into trials of `trial` ms. For counts n_i(u) in bin u of a trial, means and
/// standard deviations over trials, and a lag of d bins,
///     c(u) = mean over pairs i != j of (<n_i(u) n_j(u + d)> - <n_i(u)><n_j(u + d)>)
///                                      / (sd n_i(u) sd n_j(u + d)),
/// 0 for a pair one of which never varies there. It is what neurons share within a trial: what all
/// trials have in common (a modulated rate) is subtracted. With two targets, pairs of one of each.
///
/// Figures: means of c over the quarters of the trial in which the first target fires least and
/// most, by lag, and its rates there.
///
/// For independent neurons c varies about 0 with sqrt(2 / (N (N - 1) K)) in a bin, K trials; means
/// over `smoothing` ms and over parts of the trial accordingly less.
///
/// Time and memory: O(neurons x bins of a trial x trials), O(neurons x bins of a trial).
AnalysisInfo jpsth_analysis();

}  // namespace volley
