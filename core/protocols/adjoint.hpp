#pragma once

#include "core/protocols/limit_cycle.hpp"

#include <vector>

namespace volley {

/// Infinitesimal phase response by the adjoint of the linearised flow.
struct AdjointResponse {
    /// Z_V at the points of the cycle in ms/mV: by how much a kick of V_m advances all spikes to
    /// come, per mV.
    std::vector<double> advance_ms_per_mV;
    bool converged = false;
    double closure = 0.0;  ///< how far the cycle misses its start after one period, relative
};

/// Integrates dZ/dt = -J(t)^T Z backwards along the cycle until it is periodic, with Z . F = 1.
///
/// Fourth-order Runge-Kutta on half the cycle's step; J by central differences of
/// NeuronModel::derivative. Source: Ermentrout (1996), Neural Comput. 8:979,
/// doi:10.1162/neco.1996.8.5.979; Ermentrout & Terman (2010), chapter 8.
///
/// @pre cycle.continuous and the model has a derivative
AdjointResponse adjoint_response(const Cell& cell, const LimitCycle& cycle);

}  // namespace volley
