#include "core/analysis/order_parameter.hpp"

#include "core/analysis/binning.hpp"
#include "core/analysis/results.hpp"
#include "core/analysis/statistics.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <cstddef>
#include <numbers>

namespace volley {

namespace {

constexpr double kDefaultSample_ms = 1.0;
constexpr std::int64_t kSamplesOfBlock = 1024;
constexpr std::size_t kPointsOfPlot = 2000;

constexpr std::array kFields{
    optional("sample", "ms", kPositive,
             "time between samples, rounded to whole steps; 1 ms unless given"),
};

/// Sums over neurons at the samples `first ... first + size`: of exp(i phase), and of neurons.
struct Block {
    std::int64_t first = 0;
    std::vector<std::complex<double>> sum;
    std::vector<std::int64_t> neurons;
};

/// Adds one neuron. Sample k stands at the step samples.begin + k * samples.width; an interval
/// holds the samples at t_k <= t < t_{k+1}.
void add_train(std::span<const Step> train, const Bins& samples, Block& block) {
    if (train.size() < 2) return;
    const auto size = static_cast<std::int64_t>(block.sum.size());
    const auto step_of = [&](std::int64_t k) { return samples.begin + k * samples.width; };
    auto next = std::ranges::upper_bound(train, step_of(block.first));
    if (next == train.begin()) ++next;
    std::int64_t k = 0;
    for (; next < train.end() && k < size; ++next) {
        const Step from = *(next - 1);
        const Step to = *next;
        const Step until = to - samples.begin;  // first sample at or after `to`
        const std::int64_t stop =
            std::min(size, (until + samples.width - 1) / samples.width - block.first);
        const Step since = from - samples.begin;
        k = std::max(k, (since + samples.width - 1) / samples.width - block.first);
        if (k >= stop) continue;
        const double per_step = 2.0 * std::numbers::pi / static_cast<double>(to - from);
        // Within an interval the phase grows evenly: a rotation a sample instead of a sine.
        const auto turn = std::polar(1.0, per_step * static_cast<double>(samples.width));
        auto arrow =
            std::polar(1.0, per_step * static_cast<double>(step_of(block.first + k) - from));
        for (; k < stop; ++k) {
            block.sum[static_cast<std::size_t>(k)] += arrow;
            ++block.neurons[static_cast<std::size_t>(k)];
            arrow = {arrow.real() * turn.real() - arrow.imag() * turn.imag(),
                     arrow.real() * turn.imag() + arrow.imag() * turn.real()};
        }
    }
}

/// R at every sample; NaN where fewer than two neurons have a phase.
///
/// Threads share blocks of time of a fixed length; within one, neurons add in their order.
std::vector<double> order_over_time(const SpikeTrains& trains, const Bins& samples) {
    std::vector<double> order(static_cast<std::size_t>(samples.count), kUndefined);
    const std::int64_t blocks = (samples.count + kSamplesOfBlock - 1) / kSamplesOfBlock;
#pragma omp parallel for schedule(dynamic)
    for (std::int64_t b = 0; b < blocks; ++b) {
        Block block;
        block.first = b * kSamplesOfBlock;
        const auto size =
            static_cast<std::size_t>(std::min(kSamplesOfBlock, samples.count - block.first));
        block.sum.resize(size);
        block.neurons.resize(size);
        for (std::size_t k = 0; k < trains.size(); ++k) add_train(trains.train(k), samples, block);
        for (std::size_t k = 0; k < size; ++k) {
            if (block.neurons[k] < 2) continue;
            order[static_cast<std::size_t>(block.first) + k] =
                std::abs(block.sum[k]) / static_cast<double>(block.neurons[k]);
        }
    }
    return order;
}

AnalysisResult run(const Spec& spec, std::span<const SpikeTrains> targets) {
    const SpikeTrains& trains = only_target(spec, targets);
    const Bins samples = bins_of_field(spec, "sample", kDefaultSample_ms, trains);
    const std::vector<double> order = order_over_time(trains, samples);

    std::vector<double> defined;
    Curve curve{"population", {}, {}};
    const std::size_t stride = order.size() / kPointsOfPlot + 1;
    for (std::size_t k = 0; k < order.size(); ++k) {
        if (std::isnan(order[k])) continue;
        defined.push_back(order[k]);
        if (k % stride != 0) continue;
        curve.x.push_back(
            to_ms(samples.begin + static_cast<Step>(k) * samples.width, trains.dt_ms));
        curve.y.push_back(order[k]);
    }
    const Moments over_time = moments(defined);

    AnalysisResult result;
    result.figures = {
        {"order_parameter", over_time.mean, "1", "Kuramoto order parameter, mean over time"},
        {"order_parameter_sd", over_time.sd, "1", "its standard deviation over time"},
    };
    if (!curve.x.empty()) {
        Plot plot;
        plot.name = plot_name("order_parameter", targets);
        plot.title = "Kuramoto order parameter";
        plot.x_label = "time (ms)";
        plot.y_label = "order parameter";
        plot.curves.push_back(std::move(curve));
        result.plots.push_back(std::move(plot));
    }
    return result;
}

}  // namespace

AnalysisInfo order_parameter_analysis() {
    return {.description = {.name = "order_parameter",
                            .summary = "Kuramoto order parameter over time, from spike phases",
                            .fields = kFields,
                            .details = "Phases grow linearly from spike to spike; R = |mean of "
                                       "exp(i phase)| over the neurons that have one.",
                            .source = "Kuramoto 1984, doi:10.1007/978-3-642-69689-3",
                            .example =
                                R"("analyses": [{"analysis": "order_parameter", "target": "pc"}])"},
            .most_targets = 1,
            .run = run};
}

}  // namespace volley
