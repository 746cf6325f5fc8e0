#include "core/analysis/population_rate.hpp"

#include "core/analysis/binning.hpp"
#include "core/analysis/results.hpp"
#include "core/analysis/statistics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>

namespace volley {

namespace {

constexpr double kDefaultBin_ms = 1.0;
constexpr double kDefaultDetail_ms = 200.0;
constexpr std::int64_t kPointsOfOverview = 1000;

constexpr std::array kFields{
    optional("bin", "ms", kPositive, "width of a bin, rounded to whole steps; 1 ms unless given"),
    optional("detail", "ms", kPositive,
             "length of the second picture, the end of the window in full; 200 ms unless given"),
};

/// `rates` from bin `from` on, means of `together` bins each. What is left at the end is dropped.
Curve averaged(const std::vector<double>& rates, const Bins& bins, std::int64_t from,
               std::int64_t together) {
    Curve curve{"rate", {}, {}};
    for (std::int64_t b = from; b + together <= bins.count; b += together) {
        double sum = 0.0;
        for (std::int64_t k = b; k < b + together; ++k) sum += rates[static_cast<std::size_t>(k)];
        curve.x.push_back((bins.centre_ms(b) + bins.centre_ms(b + together - 1)) / 2.0);
        curve.y.push_back(sum / static_cast<double>(together));
    }
    return curve;
}

Plot rate_plot(std::string name, std::string title, Curve curve) {
    Plot plot;
    plot.name = std::move(name);
    plot.title = std::move(title);
    plot.x_label = "time (ms)";
    plot.y_label = "rate per neuron (Hz)";
    plot.style = Plot::Style::steps;
    plot.curves.push_back(std::move(curve));
    return plot;
}

AnalysisResult run(const Spec& spec, std::span<const SpikeTrains> targets) {
    const SpikeTrains& trains = only_target(spec, targets);
    const Bins bins = bins_of_field(spec, "bin", kDefaultBin_ms, trains);
    std::vector<double> rates;
    if (trains.size() > 0) rates = population_counts(trains, bins);
    const double per_spike_hz = 1.0 / (static_cast<double>(trains.size()) * bins.seconds());
    for (double& rate : rates) rate *= per_spike_hz;
    const Moments over_time = moments(rates);

    AnalysisResult result;
    result.figures = {
        {"rate_hz", over_time.mean, "Hz", "mean rate per neuron"},
        {"rate_sd_hz", over_time.sd, "Hz",
         fmt::format("its standard deviation over time, in bins of {:g} ms", bins.width_ms)},
        {"fluctuation", over_time.mean > 0.0 ? over_time.sd / over_time.mean : kUndefined, "1",
         "standard deviation over mean of the population rate"},
    };
    if (rates.empty()) return result;

    const std::string name = plot_name("population_rate", targets);
    const std::int64_t together = (bins.count + kPointsOfOverview - 1) / kPointsOfOverview;
    const double averaged_ms = static_cast<double>(together) * bins.width_ms;
    result.plots.push_back(rate_plot(name,
                                     fmt::format("Population rate ({:g} ms bins)", averaged_ms),
                                     averaged(rates, bins, 0, together)));
    const double detail_ms = spec.number_or("detail", kDefaultDetail_ms);
    const double shown = std::min(detail_ms / bins.width_ms, static_cast<double>(bins.count));
    const auto detail = std::max<std::int64_t>(1, static_cast<std::int64_t>(shown));
    if (together > 1) {
        result.plots.push_back(
            rate_plot(name + "_detail",
                      fmt::format("Population rate at the end ({:g} ms bins)", bins.width_ms),
                      averaged(rates, bins, bins.count - detail, 1)));
    }
    return result;
}

}  // namespace

AnalysisInfo population_rate_analysis() {
    return {
        .description =
            {.name = "population_rate",
             .summary = "rate of the population over time, and its fluctuation",
             .fields = kFields,
             .details = "Spikes of all neurons in a bin over neurons and width of "
                        "the bin; fluctuation = sd / mean.",
             .example =
                 R"("analyses": [{"analysis": "population_rate", "target": "pc", "bin": "1 ms"}])"},
        .most_targets = 1,
        .run = run};
}

}  // namespace volley
