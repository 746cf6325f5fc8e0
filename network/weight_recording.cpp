#include "network/weight_recording.hpp"

#include <algorithm>

namespace volley {

namespace {

/// A worker's part of a plastic projection; nullptr where none of its targets is there.
template <class Connectome>
auto find_projection(Connectome& worker, std::int32_t projection) {
    const auto found = std::ranges::find(worker.plastic, static_cast<std::size_t>(projection),
                                         &PlasticProjection::projection);
    return found == worker.plastic.end() ? nullptr : &*found;
}

std::int64_t synapses_of(const WorkerConnectome& worker, std::int32_t projection) {
    const PlasticProjection* const found = find_projection(worker, projection);
    return found == nullptr ? 0 : static_cast<std::int64_t>(found->store().synapses());
}

/// Borders between targets such that a window has at most `most` synapses, or a single target.
std::vector<std::uint32_t> windows_of(std::span<const std::uint64_t> starts, std::uint64_t most) {
    std::vector<std::uint32_t> borders{0};
    const auto targets = static_cast<std::uint32_t>(starts.size() - 1);
    for (std::uint32_t target = 0; target < targets; ++target) {
        const bool full = starts[target + 1] - starts[borders.back()] > most;
        if (full && target > borders.back()) borders.push_back(target);
    }
    borders.push_back(targets);
    return borders;
}

}  // namespace

std::vector<std::int64_t> recorded_synapses(const Model& model,
                                            std::span<const WorkerConnectome> workers) {
    std::vector<std::int64_t> counts;
    for (const WeightRequest& request : model.recorded_weights) {
        std::int64_t& count = counts.emplace_back(0);
        for (const WorkerConnectome& worker : workers) {
            count += synapses_of(worker, request.projection);
        }
    }
    return counts;
}

WeightRecording::WeightRecording(const Model& model, std::span<WorkerConnectome> workers,
                                 std::size_t worker, Recorder& recorder, std::mutex& recorder_lock,
                                 std::uint64_t window)
    : first_worker_(worker == 0), recorder_(recorder), recorder_lock_(recorder_lock) {
    const std::vector<std::int64_t> before = recorded_synapses(model, workers.first(worker));
    for (std::size_t r = 0; r < before.size(); ++r) {
        const WeightRequest& request = model.recorded_weights[r];
        Part& part = parts_.emplace_back();
        part.interval = request.interval;
        part.projection = find_projection(workers[worker], request.projection);
        part.first = before[r];
        if (part.projection == nullptr) continue;
        part.starts = part.projection->starts();
        part.window = window > 0 ? window : weight_window(part.starts.back());
    }
}

void WeightRecording::begin() {
    std::vector<SynapseRecord> records;
    for (std::size_t r = 0; r < parts_.size(); ++r) {
        const Part& part = parts_[r];
        if (part.projection == nullptr) continue;
        // A record takes three times the room of a weight.
        const std::vector<std::uint32_t> borders = windows_of(part.starts, part.window / 3);
        for (std::size_t w = 0; w + 1 < borders.size(); ++w) {
            const std::uint64_t start = part.starts[borders[w]];
            records.resize(part.starts[borders[w + 1]] - start);
            part.projection->for_each_onto(borders[w], borders[w + 1], part.starts,
                                           [&](std::uint64_t place, const SynapseRecord& synapse,
                                               double) { records[place - start] = synapse; });
            const std::scoped_lock lock(recorder_lock_);
            recorder_.synapses(r, part.first + static_cast<std::int64_t>(start), records);
        }
    }
}

void WeightRecording::finish(Step now) {
    for (std::size_t r = 0; r < parts_.size(); ++r) {
        if (parts_[r].interval == 0 || now % parts_[r].interval != 0) take(r, now);
    }
}

void WeightRecording::take(std::size_t request, Step now) {
    const Part& part = parts_[request];
    if (part.projection == nullptr) {
        const std::scoped_lock lock(recorder_lock_);
        if (first_worker_) recorder_.weights(request, now, 0, {});
        return;
    }
    part.projection->store().catch_up();
    std::vector<double> weights;
    const std::vector<std::uint32_t> borders = windows_of(part.starts, part.window);
    for (std::size_t w = 0; w + 1 < borders.size(); ++w) {
        const std::uint64_t start = part.starts[borders[w]];
        weights.resize(part.starts[borders[w + 1]] - start);
        part.projection->for_each_onto(borders[w], borders[w + 1], part.starts,
                                       [&](std::uint64_t place, const SynapseRecord&,
                                           double weight) { weights[place - start] = weight; });
        const std::scoped_lock lock(recorder_lock_);
        recorder_.weights(request, now, part.first + static_cast<std::int64_t>(start), weights);
    }
}

}  // namespace volley
