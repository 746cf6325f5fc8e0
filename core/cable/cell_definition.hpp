#pragma once

#include "core/morphology/compartments.hpp"
#include "core/spec.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

/// A cell with dendrites, as data: compartments, and what sits on them. Made by whoever reads a
/// model file, the same on every rank, free of how it is computed.
namespace volley {

/// A channel, pool or receptor on some compartments of a cell.
struct Placement {
    std::string name;   ///< the user's: unique in the cell; part of the names of its parameters
    std::string kind;   ///< of core/channels, core/ions or core/receptors
    std::string where;  ///< place in the model file, for messages
    std::vector<std::int32_t> compartments;  ///< ascending, at least one
    /// Of densities (of the influx, for pools), for each of the compartments; empty = 1.
    std::vector<double> scale;
    /// Parameters by field name ("g_max_kv3_soma"), as numbers in the field's unit; what is absent
    /// has the kind's default. A population's parameters replace them.
    std::map<std::string, double, std::less<>> parameters;
    Spec structure;   ///< of pools: what is no number of a cell
    std::string ion;  ///< whose concentration a pool computes; of channels "" = the kind's own
    bool into_pool = true;    ///< of channels: whether the current changes the concentration
    bool stochastic = false;  ///< of channels: they open and close one by one
};

/// An ion of a cell.
struct Ion {
    std::string name;
    double valence = 1.0;
    double inside_mM = 0.0;  ///< at rest, and where no pool computes it
    double outside_mM = 0.0;
    /// The reversal potential follows the concentrations (Nernst), in place of the channels' E_rev.
    bool computes_reversal = false;

    bool operator==(const Ion&) const = default;
};

/// How the potential of all compartments goes from step to step.
enum class CableScheme : std::int32_t {
    backward_euler,  ///< order 1, no oscillation at any dt
    crank_nicolson,  ///< order 2, with gates staggered by half a step
};

struct CellDefinition {
    std::string name;
    CompartmentTree tree;
    double C_m_uF_per_cm2 = 1.0;
    double R_a_ohm_cm = 100.0;
    std::vector<double> C_m_scale;  ///< [compartment]; empty = 1: spines, ...
    std::vector<double> R_a_scale;  ///< [compartment]; empty = 1
    double temperature_degC = 6.3;
    double V_initial_mV = -65.0;
    CableScheme scheme = CableScheme::backward_euler;
    std::vector<Ion> ions;
    std::vector<Placement> channels;
    std::vector<Placement> pools;
    std::vector<Placement> receptors;
    /// Where a spike is an upward crossing of the threshold; where currents are injected and gap
    /// junctions sit unless told otherwise; whose potential is recorded as V_m of the cell.
    std::int32_t soma = 0;
    double threshold_mV = 0.0;
};

}  // namespace volley
