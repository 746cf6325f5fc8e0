#include "core/analysis/rates.hpp"

#include "core/analysis/results.hpp"
#include "core/analysis/statistics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>

namespace volley {

namespace {

constexpr std::array kFields{
    defaulted("bins", "1", 30, {1, 10000}, "bins of the histogram of rates", Kind::integer),
};

std::vector<double> rates_of(const SpikeTrains& trains) {
    std::vector<double> rates;
    const double seconds = 1e-3 * trains.duration_ms();
    if (!(seconds > 0.0)) return rates;
    rates.reserve(trains.size());
    for (std::size_t k = 0; k < trains.size(); ++k) {
        rates.push_back(static_cast<double>(trains.train(k).size()) / seconds);
    }
    return rates;
}

Plot histogram_of_rates(const std::vector<double>& sorted_hz, std::size_t bins) {
    const double highest = sorted_hz.back() > 0.0 ? sorted_hz.back() : 1.0;
    Histogram counted = histogram(sorted_hz, 0.0, highest, bins);
    Plot plot;
    plot.title = "Firing rates";
    plot.x_label = "rate (Hz)";
    plot.y_label = "neurons";
    plot.style = Plot::Style::bars;
    plot.curves.push_back({"neurons", std::move(counted.centres), std::move(counted.counts)});
    return plot;
}

AnalysisResult run(const Spec& spec, std::span<const SpikeTrains> targets) {
    const SpikeTrains& trains = only_target(spec, targets);
    std::vector<double> rates = rates_of(trains);
    const Moments over_neurons = moments(rates);
    std::ranges::sort(rates);
    const auto silent = std::ranges::count(rates, 0.0);

    AnalysisResult result;
    result.figures = {
        {"rate_hz", over_neurons.mean, "Hz", "mean firing rate over neurons"},
        {"rate_sd_hz", over_neurons.sd, "Hz", "standard deviation of the rate over neurons"},
    };
    for (const int percent : {5, 25, 50, 75, 95}) {
        result.figures.push_back({fmt::format("rate_p{:02}_hz", percent),
                                  quantile_of_sorted(rates, percent / 100.0), "Hz",
                                  fmt::format("{} % of the neurons are slower", percent)});
    }
    result.figures.push_back({"silent",
                              rates.empty()
                                  ? kUndefined
                                  : static_cast<double>(silent) / static_cast<double>(rates.size()),
                              "1", "share of neurons without a spike"});
    result.figures.push_back(
        {"spikes", static_cast<double>(trains.times.size()), "1", "spikes in the window"});
    if (!rates.empty()) {
        result.plots.push_back(
            histogram_of_rates(rates, static_cast<std::size_t>(spec.integer("bins"))));
        result.plots.back().name = plot_name("rates", targets);
    }
    return result;
}

}  // namespace

AnalysisInfo rates_analysis() {
    return {.description = {.name = "rates",
                            .summary = "mean firing rate and its distribution over neurons",
                            .fields = kFields,
                            .details = "Spikes of a neuron over the length of the window; silent "
                                       "neurons count.",
                            .example = R"("analyses": [{"analysis": "rates", "target": "pc"}])"},
            .most_targets = 1,
            .run = run};
}

}  // namespace volley
