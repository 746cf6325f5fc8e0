#pragma once

#include "core/cable/extracellular.hpp"
#include "core/neurons/neuron_group.hpp"
#include "network/model.hpp"
#include "network/partition.hpp"
#include "network/recording.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace volley {

class Worker;

/// One worker's part of the extracellular potentials that a model records: exact sums over its
/// cells, a sample at a time, double-buffered by parity like all recordings.
class ExtracellularRecording {
public:
    /// Of a model that asks for none.
    ExtracellularRecording() = default;

    /// @param model   outlives this
    /// @param blocks  the worker's cells. shape [populations]
    ExtracellularRecording(const Model& model, std::span<const Block> blocks);

    /// Opens the samples that are due at `time`, the end of a step. @return true where some are
    bool begin_sample(Step time, int parity);

    /// Adds a population's cells to them. Before begin_sample() or with none due it adds nothing.
    /// @param group  after advance() @param input  that advance() got
    /// @throws SystemError  where a potential is no number, or far too large
    void add(std::size_t population, const NeuronGroup& group, const GroupInput& input, int parity);

    /// [samples of the interval][points]; empty where no cell of the request is here
    std::vector<std::int64_t>& recorded(std::size_t request, int parity) {
        return sums_[static_cast<std::size_t>(parity)][request];
    }

    std::size_t bytes() const;

private:
    /// What the cells of one population add to one request.
    struct Part {
        std::size_t request;
        ExtracellularPotential potential;
    };
    const Model* model_ = nullptr;
    std::vector<std::vector<Part>> parts_;  ///< [population]
    std::vector<bool> here_;                ///< [request]: some of its cells are
    std::vector<bool> due_;                 ///< [request]: at present
    Step now_ = 0;
    std::array<std::vector<std::vector<std::int64_t>>, 2> sums_;  ///< [parity][request]
};

/// Cells of each extracellular request on a rank. shape [requests]
std::vector<std::int64_t> extracellular_cells(const Model& model, const Partition& partition,
                                              int rank);

/// Adds up what the workers of a rank recorded after step `begin`, and hands it to the recorder.
void record_extracellular(const Model& model, std::span<const std::unique_ptr<Worker>> workers,
                          Step begin, int parity, Recorder& recorder);

}  // namespace volley
