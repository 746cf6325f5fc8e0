#include "core/analysis/synchrony.hpp"

#include "core/analysis/binning.hpp"
#include "core/analysis/results.hpp"
#include "core/analysis/statistics.hpp"

#include <array>
#include <cmath>
#include <cstddef>

namespace volley {

namespace {

constexpr double kDefaultWindow_ms = 3.0;

constexpr std::array kFields{
    optional("window", "ms", kPositive,
             "width of a counting window, rounded to whole steps; 3 ms unless given"),
};

/// Sum over neurons of the variance over time of their counts.
double sum_of_variances(const SpikeTrains& trains, const Bins& bins) {
    const auto n = static_cast<double>(bins.count);
    double sum = 0.0;
    for (std::size_t k = 0; k < trains.size(); ++k) {
        double total = 0.0;
        double squares = 0.0;
        double here = 0.0;
        std::int64_t bin = -1;
        for (const Step step : trains.train(k)) {
            const std::int64_t next = bins.of(step);
            if (next >= bins.count) break;
            if (next != bin) {
                squares += here * here;
                here = 0.0;
                bin = next;
            }
            here += 1.0;
            total += 1.0;
        }
        squares += here * here;
        sum += squares / n - (total / n) * (total / n);
    }
    return sum;
}

AnalysisResult run(const Spec& spec, std::span<const SpikeTrains> targets) {
    const SpikeTrains& trains = only_target(spec, targets);
    const Bins bins = bins_of_field(spec, "window", kDefaultWindow_ms, trains);
    const Moments counts = moments(population_counts(trains, bins));
    const double singles = bins.count > 0 ? sum_of_variances(trains, bins) : 0.0;
    // Variance of the mean over N neurons against the mean of N variances.
    const double ratio = counts.variance() / (static_cast<double>(trains.size()) * singles);

    AnalysisResult result;
    result.figures = {
        {"synchrony", counts.mean > 0.0 ? counts.variance() / counts.mean : kUndefined, "1",
         "variance over mean of the population's spike count per window"},
        {"chi", singles > 0.0 ? std::sqrt(ratio) : kUndefined, "1",
         "fluctuation of the mean against that of single neurons: 1 = identical trains"},
    };
    return result;
}

}  // namespace

AnalysisInfo synchrony_analysis() {
    return {
        .description =
            {.name = "synchrony",
             .summary = "variance over mean of spike counts per window; chi",
             .fields = kFields,
             .details = "synchrony = var / mean of the population's count (1 for "
                        "independent Poisson neurons); chi = sqrt(var of the mean "
                        "/ mean of the variances).",
             .source = "Potjans & Diesmann 2014, doi:10.1093/cercor/bhs358; chi: "
                       "Golomb & Rinzel 1994, doi:10.1016/0167-2789(94)90214-3",
             .example =
                 R"("analyses": [{"analysis": "synchrony", "target": "pc", "window": "3 ms"}])"},
        .most_targets = 1,
        .run = run};
}

}  // namespace volley
