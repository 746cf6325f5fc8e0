#pragma once

#include "apps/reproduce/study.hpp"

/// Parts of the study purkinje-oscillators that compare the oscillators with other explanations.
namespace volley {

/// Kuramoto's transition: the order parameter against the coupling, beside the closed form.
StudySweep kuramoto_sweep(bool quick);
void judge_kuramoto(const StudyResults& results, StudyFindings& findings);

/// Correlation of neurons that share input, against their rate (de la Rocha et al. 2007).
/// judge_common_input() compares with the sweep "oscillators" too.
StudySweep common_input_sweep(bool quick);
void judge_common_input(const StudyResults& results, StudyFindings& findings);

/// The sweep "oscillators": axes size of the response, intrinsic rate; and where in it a point is.
inline constexpr const char* kFollowsRate = "0 Hz";  ///< of the first axis: the response follows
std::size_t oscillator_point(const SweepTable& table, const char* response, const char* rate);

/// Sets of the power spectrum that all networks of the study share: density of counts, floor above
/// 320 Hz, and the band of the rhythm compared with what lies below it.
std::vector<std::string> spectrum_sets(int analysis);

}  // namespace volley
