#include "apps/expected_time.hpp"

#include "io/model_file/model_file.hpp"
#include "network/no_recorder.hpp"
#include "network/simulation.hpp"

#include <atomic>
#include <chrono>

namespace volley {

namespace {

double seconds_of(const SweepPlan& plan, const PlannedRun& run, int threads) {
    constexpr double kLongest_s = 1.0;
    using Clock = std::chrono::steady_clock;
    const auto since = [](Clock::time_point start) {
        return std::chrono::duration<double>(Clock::now() - start).count();
    };
    const SweepRequest& request = plan.request;
    const Clock::time_point start = Clock::now();
    const Model model =
        read_model_text(request.model_text, request.model_name, run.sets, request.model_folder)
            .model;
    const std::unique_ptr<Communicator> alone = single_process();
    Simulation simulation(model, *alone, {.threads = threads});
    const double build_s = since(start);
    NoRecorder recorder;
    std::atomic<bool> stop{false};
    const Clock::time_point begin = Clock::now();
    const RunFacts facts = simulation.run(
        recorder, [&](const RunProgress&) { stop = since(begin) > kLongest_s; }, stop);
    const double part = static_cast<double>(facts.steps) / static_cast<double>(model.last_step());
    return build_s + (part > 0.0 ? since(begin) / part : 0.0);
}

}  // namespace

double expected_seconds(const SweepPlan& plan, const std::vector<std::size_t>& runs, int threads) {
    const double first = seconds_of(plan, plan.runs[runs.front()], threads);
    if (runs.size() == 1) return first;
    return 0.5 * (first + seconds_of(plan, plan.runs[runs.back()], threads));
}

}  // namespace volley
