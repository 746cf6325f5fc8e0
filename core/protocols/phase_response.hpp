#pragma once

#include "core/protocols/limit_cycle.hpp"
#include "core/protocols/spread.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace volley {

struct PhaseResponseSettings {
    LimitCycleSettings cycle;
    std::size_t phases = 100;  ///< >= 4
    double kick_mV = 0.0;      ///< of V_m, both signs are tried; 0 = 0.01 mV, 0.1 mV with a reset
    int cycles = 0;            ///< after which the shift is read; 0 = 12, 4 with a reset
};

enum class PhaseResponseType { type_1, type_2, unknown };

/// Phase response of a regularly firing cell. Shape of all lists: [phases].
struct PhaseResponse {
    LimitCycle cycle;
    double kick_mV = 0.0;
    int cycles = 0;
    std::vector<double> phase;
    std::vector<double> V_mV;               ///< V_m at that phase, without a kick
    std::vector<double> advance_up_ms;      ///< of the later spikes by a kick of +kick_mV
    std::vector<double> advance_down_ms;    ///< by -kick_mV
    std::vector<double> direct_ms_per_mV;   ///< central difference of the two
    std::vector<double> adjoint_ms_per_mV;  ///< empty where the model has no adjoint
    std::string adjoint_note;               ///< why there is none; ""

    /// The adjoint where there is one, else the direct response.
    const std::vector<double>& best() const {
        return adjoint_ms_per_mV.empty() ? direct_ms_per_mV : adjoint_ms_per_mV;
    }
};

/// What a phase response amounts to.
struct PhaseResponseFigures {
    double largest_ms_per_mV = 0.0;
    double phase_of_largest = 0.0;
    double smallest_ms_per_mV = 0.0;
    double phase_of_smallest = 0.0;
    std::vector<double> zero_crossings;  ///< phases, ascending
    double delay_fraction = 0.0;         ///< area below 0 over the area of |Z|
    double largest_difference = 0.0;     ///< between direct and adjoint over the largest |Z|; NaN
    PhaseResponseType type = PhaseResponseType::unknown;
    std::string reason;
};

/// Phase response by direct perturbation, and by the adjoint where V_m follows a differential
/// equation without resets.
///
/// Direct: V_m is moved by +-kick at each phase, and the shift of the spike `cycles` later is read:
/// Z_V = (t(-kick) - t(+kick)) / (2 kick), positive where a depolarisation advances. The shift that
/// remains is that of all spikes to come only after as many cycles as the cell needs to return to
/// its cycle.
/// Sources: Ermentrout (1996), Neural Comput. 8:979, doi:10.1162/neco.1996.8.5.979;
/// Hansel, Mato & Meunier (1995), Neural Comput. 7:307, doi:10.1162/neco.1995.7.2.307.
///
/// @throws ConfigError  as find_limit_cycle, and for settings out of range
PhaseResponse phase_response(const Cell& cell, const PhaseResponseSettings& settings,
                             const Spread& spread);

/// Type I advances (nearly) everywhere, type II also delays: the area below 0 is under 5 % of all,
/// or over 15 %.
PhaseResponseFigures figures_of(const PhaseResponse& response);

}  // namespace volley
