#pragma once

#include "network/connectome/worker_connectome.hpp"
#include "network/model.hpp"
#include "network/recording.hpp"

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <vector>

namespace volley {

/// Synapses of each weight request on the workers of one rank. shape [requests]
std::vector<std::int64_t> recorded_synapses(const Model& model,
                                            std::span<const WorkerConnectome> workers);

/// Most weights that one worker gathers before it hands them to the recorder: few against what the
/// synapses take themselves, for which the store is gone through eight times at most.
constexpr std::uint64_t weight_window(std::uint64_t synapses) {
    return synapses / 8 > (1U << 20) ? synapses / 8 : (1U << 20);
}

/// Hands the weights of one worker's plastic synapses to the rank's recorder, window by window.
class WeightRecording {
public:
    /// @param workers        of the rank
    /// @param worker         the one whose synapses are recorded, by its own thread alone
    /// @param recorder_lock  held while the recorder is called
    /// @param window         most weights gathered at a time; 0: weight_window()
    WeightRecording(const Model& model, std::span<WorkerConnectome> workers, std::size_t worker,
                    Recorder& recorder, std::mutex& recorder_lock, std::uint64_t window = 0);

    /// Before the first step: says which synapses there are.
    void begin();

    /// After each step: takes the samples that are due at `now`, the step's end.
    void sample(Step now) {
        for (std::size_t r = 0; r < parts_.size(); ++r) {
            if (parts_[r].interval > 0 && now % parts_[r].interval == 0) take(r, now);
        }
    }

    /// After the last step: takes the samples of the end, where they were not due anyhow.
    void finish(Step now);

private:
    /// This worker's synapses of a request.
    struct Part {
        Step interval = 0;
        PlasticProjection* projection = nullptr;  ///< nothing where none of its targets is here
        std::int64_t first = 0;  ///< number of its first synapse among those of the rank
        std::vector<std::uint64_t> starts;
        std::uint64_t window = 0;  ///< most weights gathered at a time
    };
    void take(std::size_t request, Step now);

    std::vector<Part> parts_;  ///< [requests]
    bool first_worker_;
    Recorder& recorder_;
    std::mutex& recorder_lock_;
};

}  // namespace volley
