#pragma once

#include "network/connection_plan.hpp"
#include "network/model.hpp"

#include <cstdint>
#include <string>

namespace volley {

/// What one rank of a run will need, estimated before anything is built.
struct MemoryEstimate {
    double synapse_bytes = 0.0;  ///< of this rank, in their final form with their look-up
    double build_bytes = 0.0;    ///< on top of that while synapses are built
    double neuron_bytes = 0.0;   ///< state, parameters, drives, rows of input
    double other_bytes =
        0.0;  ///< the program, MPI, buffers of recordings, spikes kept for plasticity

    double total() const { return synapse_bytes + build_bytes + neuron_bytes + other_bytes; }
};

/// Estimates the need of the rank that has most, for a run on ranks x threads.
MemoryEstimate estimate_memory(const Model& model, const ConnectionPlan& plan, int ranks,
                               int threads);

/// Of one cell with dendrites, about: V_m, the sums of currents, the matrix, and what sits on its
/// membrane.
double bytes_of_cell(const CellType& cell);

/// Of the coefficients by which all cells of a request act on its points, over all ranks.
double extracellular_bytes(const Model& model, const ExtracellularRequest& request);

/// Bytes that programs can still take on this machine (or in this process's control group).
double available_memory();

/// "1.5 GiB", "312 MiB".
std::string memory_text(double bytes);

/// @throws ConfigError where `ranks_here` ranks of this machine need more together than it has,
/// with what to change
void check_memory(const MemoryEstimate& estimate, int ranks_here);

}  // namespace volley
