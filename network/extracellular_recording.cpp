#include "network/extracellular_recording.hpp"

#include "core/error.hpp"
#include "network/cell_poses.hpp"
#include "network/worker.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace volley {

ExtracellularRecording::ExtracellularRecording(const Model& model, std::span<const Block> blocks)
    : model_(&model), parts_(model.populations.size()) {
    const std::size_t requests = model.extracellular.size();
    here_.resize(requests);
    due_.resize(requests);
    for (auto& sums : sums_) sums.resize(requests);
    for (std::size_t r = 0; r < requests; ++r) {
        const ExtracellularRequest& request = model.extracellular[r];
        for (const std::int32_t population : request.populations) {
            const auto p = static_cast<std::size_t>(population);
            if (blocks[p].size() == 0) continue;
            here_[r] = true;
            const std::vector<CellPose> poses =
                cell_poses(model.populations[p], model.seed, blocks[p]);
            parts_[p].push_back({.request = r,
                                 .potential = {*model.populations[p].cell, poses, request.points_um,
                                               request.conductivity_S_per_m}});
        }
    }
}

bool ExtracellularRecording::begin_sample(Step time, int parity) {
    bool any = false;
    now_ = time;
    for (std::size_t r = 0; r < due_.size(); ++r) {
        const ExtracellularRequest& request = model_->extracellular[r];
        due_[r] = here_[r] && time % request.interval == 0;
        if (!due_[r]) continue;
        any = true;
        std::vector<std::int64_t>& sums = recorded(r, parity);
        sums.resize(sums.size() + request.points_um.size());
    }
    return any;
}

void ExtracellularRecording::add(std::size_t population, const NeuronGroup& group,
                                 const GroupInput& input, int parity) {
    for (const Part& part : parts_[population]) {
        if (!due_[part.request]) continue;
        const std::size_t points = model_->extracellular[part.request].points_um.size();
        // A population with a part here is one of cells with dendrites.
        if (part.potential.add_to(static_cast<const CableGroup&>(group), input,
                                  std::span(recorded(part.request, parity)).last(points))) {
            continue;
        }
        throw SystemError(fmt::format(
            "the extracellular potential {} of a cell of {} is no number, or beyond {:g} mV, at {} "
            "ms: the cell's own potential ran away, perhaps because dt is too long",
            model_->extracellular[part.request].name, model_->populations[population].name,
            kMostExtracellular_mV, to_ms(now_, model_->dt_ms)));
    }
}

std::size_t ExtracellularRecording::bytes() const {
    std::size_t total = 0;
    for (const std::vector<Part>& parts : parts_) {
        for (const Part& part : parts) total += part.potential.bytes();
    }
    return total;
}

std::vector<std::int64_t> extracellular_cells(const Model& model, const Partition& partition,
                                              int rank) {
    std::vector<std::int64_t> cells;
    for (const ExtracellularRequest& request : model.extracellular) {
        std::int64_t& sum = cells.emplace_back(0);
        for (const std::int32_t p : request.populations) sum += partition.of_rank(p, rank).size();
    }
    return cells;
}

void record_extracellular(const Model& model, std::span<const std::unique_ptr<Worker>> workers,
                          Step begin, int parity, Recorder& recorder) {
    for (std::size_t r = 0; r < model.extracellular.size(); ++r) {
        const Step interval = model.extracellular[r].interval;
        const std::size_t points = model.extracellular[r].points_um.size();
        std::vector<std::int64_t> sums;
        for (const auto& worker : workers) {
            std::vector<std::int64_t>& part = worker->extracellular().recorded(r, parity);
            sums.resize(std::max(sums.size(), part.size()));
            for (std::size_t k = 0; k < part.size(); ++k) {
                sums[k] = static_cast<std::int64_t>(static_cast<std::uint64_t>(sums[k]) +
                                                    static_cast<std::uint64_t>(part[k]));
            }
            part.clear();
        }
        Step step = begin / interval * interval;
        for (std::size_t k = 0; k < sums.size(); k += points) {
            step += interval;
            recorder.extracellular(r, step, std::span(sums).subspan(k, points));
        }
    }
}

}  // namespace volley
