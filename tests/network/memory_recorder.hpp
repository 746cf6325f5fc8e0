#pragma once

#include "network/recording.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <vector>

namespace volley {

/// Keeps recordings in memory, for tests.
class MemoryRecorder : public Recorder {
public:
    void spikes(std::int32_t population, Step /*begin*/, Step /*end*/,
                std::span<const SpikeRecord> records) override {
        auto& kept = spikes_[population];
        kept.insert(kept.end(), records.begin(), records.end());
    }
    void trace(std::size_t request, Step /*step*/, std::span<const double> values) override {
        traces_[request].emplace_back(values.begin(), values.end());
    }
    void synapses(std::size_t request, std::int64_t first,
                  std::span<const SynapseRecord> records) override {
        put(synapses_[request], first, records);
    }
    void weights(std::size_t request, Step step, std::int64_t first,
                 std::span<const double> values) override {
        put(weights_[request][step], first, values);
    }
    void extracellular(std::size_t request, Step step,
                       std::span<const std::int64_t> sums) override {
        extracellular_[request][step].assign(sums.begin(), sums.end());
    }

    /// In the order (step, neuron).
    std::vector<SpikeRecord> spikes_of(std::int32_t population) const {
        const auto found = spikes_.find(population);
        if (found == spikes_.end()) return {};
        std::vector<SpikeRecord> sorted = found->second;
        std::sort(sorted.begin(), sorted.end(), [](const SpikeRecord& a, const SpikeRecord& b) {
            return std::tie(a.step, a.neuron) < std::tie(b.step, b.neuron);
        });
        return sorted;
    }
    std::vector<std::tuple<std::int32_t, Step, std::int64_t>> sorted_spikes() const {
        std::vector<std::tuple<std::int32_t, Step, std::int64_t>> all;
        for (const auto& [population, records] : spikes_) {
            for (const SpikeRecord& spike : records) {
                all.emplace_back(population, spike.step, spike.neuron);
            }
        }
        std::sort(all.begin(), all.end());
        return all;
    }
    /// As sorted_spikes, with where in their steps they were.
    std::vector<std::tuple<std::int32_t, Step, std::int64_t, std::int32_t>> sorted_places() const {
        std::vector<std::tuple<std::int32_t, Step, std::int64_t, std::int32_t>> all;
        for (const auto& [population, records] : spikes_) {
            for (const SpikeRecord& spike : records) {
                all.emplace_back(population, spike.step, spike.neuron, spike.part);
            }
        }
        std::sort(all.begin(), all.end());
        return all;
    }
    /// [sample][neurons x variables]
    const std::vector<std::vector<double>>& traces(std::size_t request) const {
        return traces_.at(request);
    }
    /// [synapses of the rank]
    const std::vector<SynapseRecord>& synapses(std::size_t request) const {
        return synapses_.at(request);
    }
    /// By the step of the sample: [points]; nothing where the rank has no cell of the request.
    std::map<Step, std::vector<std::int64_t>> extracellular(std::size_t request) const {
        const auto found = extracellular_.find(request);
        return found == extracellular_.end() ? std::map<Step, std::vector<std::int64_t>>{}
                                             : found->second;
    }
    /// By the step of the sample: [synapses of the rank]
    const std::map<Step, std::vector<double>>& weights(std::size_t request) const {
        return weights_.at(request);
    }

private:
    template <class T>
    static void put(std::vector<T>& all, std::int64_t first, std::span<const T> some) {
        const auto begin = static_cast<std::size_t>(first);
        if (all.size() < begin + some.size()) all.resize(begin + some.size());
        std::copy(some.begin(), some.end(), all.begin() + first);
    }

    std::map<std::int32_t, std::vector<SpikeRecord>> spikes_;
    std::map<std::size_t, std::vector<std::vector<double>>> traces_;
    std::map<std::size_t, std::vector<SynapseRecord>> synapses_;
    std::map<std::size_t, std::map<Step, std::vector<double>>> weights_;
    std::map<std::size_t, std::map<Step, std::vector<std::int64_t>>> extracellular_;
};

}  // namespace volley
