#pragma once

#include "core/analysis/analysis.hpp"

namespace volley {

/// Kuramoto order parameter over time, from the phases of spiking neurons.
///
/// Between two successive spikes t_k < t_{k+1} of a neuron its phase grows linearly from 0 to 2 pi;
/// before its first and after its last spike it has none. The order parameter at a time is the
/// length of the mean of exp(i phase) over the neurons that have a phase then:
///
///     R(t) = | 1 / n(t) * sum over j of exp(i phase_j(t)) |
///
/// 1 where all are in phase; about sqrt(pi / (4 n)) for n independent ones. `order_parameter` and
/// `order_parameter_sd` are mean and standard deviation (divided by n) over the samples at which at
/// least two neurons have a phase; NaN where there is none.
///
/// Sources: Kuramoto 1984, doi:10.1007/978-3-642-69689-3; phases from events: Pikovsky, Rosenblum &
/// Kurths 2001, doi:10.1017/CBO9780511755743.
AnalysisInfo order_parameter_analysis();

}  // namespace volley
