#include "core/analysis/isi.hpp"

#include "core/analysis/results.hpp"
#include "core/analysis/statistics.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace volley {

namespace {

constexpr std::array kFields{
    defaulted("min_spikes", "1", 3, {2, 1e9}, "neurons with fewer spikes are left out",
              Kind::integer),
    optional("longest", "ms", kPositive,
             "end of the histogram; unless given, 99 % of the intervals are shorter"),
};

constexpr std::int64_t kHistogramBins = 60;

// Times of one neuron's spikes in steps: whole, or inside steps. Differences of whole ones are
// exact.
double cv_of(std::span<const double> train) {
    if (train.size() < 2) return kUndefined;
    const auto n = static_cast<double>(train.size() - 1);
    const double mean = (train.back() - train.front()) / n;
    if (!(mean > 0.0)) return kUndefined;
    double squares = 0.0;
    for (std::size_t s = 1; s < train.size(); ++s) {
        const double off = train[s] - train[s - 1] - mean;
        squares += off * off;
    }
    return std::sqrt(squares / n) / mean;
}

double lv_of(std::span<const double> train) {
    double sum = 0.0;
    std::size_t pairs = 0;
    for (std::size_t s = 2; s < train.size(); ++s) {
        const double both = train[s] - train[s - 2];
        if (both == 0.0) continue;
        const double first = train[s - 1] - train[s - 2];
        const double contrast = (2.0 * first - both) / both;  // (I_i - I_{i+1}) / (I_i + I_{i+1})
        sum += contrast * contrast;
        ++pairs;
    }
    return pairs == 0 ? kUndefined : 3.0 * sum / static_cast<double>(pairs);
}

Plot interval_histogram(std::vector<double>& steps, double dt_ms, double longest_ms) {
    double longest = longest_ms / dt_ms;
    if (!(longest > 0.0)) {
        const auto at = static_cast<std::ptrdiff_t>(0.99 * static_cast<double>(steps.size() - 1));
        std::ranges::nth_element(steps, steps.begin() + at);
        longest = steps[static_cast<std::size_t>(at)];
    }
    // Bins of whole steps, or some would hold one possible interval more than others; edges between
    // the steps, so that rounding moves none.
    const double width = std::max(1.0, std::ceil(longest / static_cast<double>(kHistogramBins)));
    const double bins = std::ceil((longest + 1.0) / width);
    Histogram counted = histogram(steps, -0.5, -0.5 + bins * width, static_cast<std::size_t>(bins));
    for (double& centre : counted.centres) centre *= dt_ms;

    Plot plot;
    plot.title = "Intervals between spikes";
    plot.x_label = "interval (ms)";
    plot.y_label = "intervals";
    plot.style = Plot::Style::bars;
    plot.curves.push_back({"intervals", std::move(counted.centres), std::move(counted.counts)});
    return plot;
}

AnalysisResult run(const Spec& spec, std::span<const SpikeTrains> targets) {
    const SpikeTrains& trains = only_target(spec, targets);
    const auto min_spikes = static_cast<std::size_t>(spec.integer("min_spikes"));
    std::vector<double> cvs;
    std::vector<double> lvs;
    std::vector<double> intervals;
    intervals.reserve(trains.times.size());
    for (std::size_t k = 0; k < trains.size(); ++k) {
        if (trains.train(k).size() < min_spikes) continue;
        const std::vector<double> train = trains.instants(k);
        if (const double cv = cv_of(train); !std::isnan(cv)) cvs.push_back(cv);
        if (const double lv = lv_of(train); !std::isnan(lv)) lvs.push_back(lv);
        for (std::size_t s = 1; s < train.size(); ++s) intervals.push_back(train[s] - train[s - 1]);
    }
    const Moments cv = moments(cvs);
    const Moments interval = moments(intervals);

    AnalysisResult result;
    result.figures = {
        {"cv_isi", cv.mean, "1", "coefficient of variation of intervals, mean over neurons"},
        {"cv_isi_sd", cv.sd, "1", "its standard deviation over neurons"},
        {"lv", moments(lvs).mean, "1", "local variation of intervals, mean over neurons"},
        {"isi_mean_ms", interval.mean * trains.dt_ms, "ms", "mean of all intervals"},
        {"neurons", static_cast<double>(cvs.size()), "1", "neurons with enough spikes"},
    };
    if (!intervals.empty()) {
        result.plots.push_back(
            interval_histogram(intervals, trains.dt_ms, spec.number_or("longest", 0.0)));
        result.plots.back().name = plot_name("isi", targets);
    }
    return result;
}

}  // namespace

double coefficient_of_variation(std::span<const Step> train) {
    return cv_of(std::vector<double>(train.begin(), train.end()));
}

double local_variation(std::span<const Step> train) {
    return lv_of(std::vector<double>(train.begin(), train.end()));
}

AnalysisInfo isi_analysis() {
    return {
        .description =
            {.name = "isi",
             .summary = "irregularity: CV and local variation of intervals",
             .fields = kFields,
             .details = "CV = sd / mean of a neuron's intervals; LV = 3 / (n - 1) * sum of "
                        "((I_i - I_{i+1}) / (I_i + I_{i+1}))^2; means over neurons. Both "
                        "are 1 for Poisson trains and 0 for a clock. Spikes recorded inside their "
                        "steps (\"spike_times\": \"interpolated\") have intervals finer than a "
                        "step.",
             .source = "LV: Shinomoto, Shima & Tanji 2003, "
                       "doi:10.1162/089976603322518759",
             .example = R"("analyses": [{"analysis": "isi", "target": "pc", "min_spikes": 10}])"},
        .most_targets = 1,
        .run = run};
}

}  // namespace volley
