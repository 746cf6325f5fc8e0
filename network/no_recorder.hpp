#pragma once

#include "network/recording.hpp"

#include <cstdint>
#include <span>

namespace volley {

/// Of runs whose recordings nobody wants.
class NoRecorder final : public Recorder {
public:
    void spikes(std::int32_t /*population*/, Step /*begin*/, Step /*end*/,
                std::span<const SpikeRecord> /*records*/) override {}
    void trace(std::size_t /*request*/, Step /*step*/,
               std::span<const double> /*values*/) override {}
    void synapses(std::size_t /*request*/, std::int64_t /*first*/,
                  std::span<const SynapseRecord> /*records*/) override {}
    void weights(std::size_t /*request*/, Step /*step*/, std::int64_t /*first*/,
                 std::span<const double> /*values*/) override {}
    void extracellular(std::size_t /*request*/, Step /*step*/,
                       std::span<const std::int64_t> /*sums*/) override {}
};

}  // namespace volley
