#include "core/analysis/correlation.hpp"

#include "core/analysis/binning.hpp"
#include "core/analysis/results.hpp"
#include "core/analysis/statistics.hpp"
#include "core/random/counter_random.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace volley {

namespace {

constexpr double kDefaultBin_ms = 2.0;
constexpr std::size_t kHistogramBins = 60;

constexpr std::array kFields{
    optional("bin", "ms", kPositive, "width of a bin, rounded to whole steps; 2 ms unless given"),
    defaulted("neurons", "1", 250, {2, 100000}, "at most so many neurons are sampled",
              Kind::integer),
    defaulted("seed", "1", 1, {0, 9007199254740992.0}, "which neurons are sampled", Kind::integer),
};

/// Counts of one neuron: the bins that hold spikes, and the moments over all bins.
struct Counts {
    std::vector<std::pair<std::int64_t, double>> filled;  ///< (bin, spikes), ascending
    double mean = 0.0;
    double sd = 0.0;
};

Counts counts_of(std::span<const Step> train, const Bins& bins) {
    Counts counts;
    double total = 0.0;
    double squares = 0.0;
    for (const Step step : train) {
        const std::int64_t bin = bins.of(step);
        if (bin >= bins.count) break;
        if (counts.filled.empty() || counts.filled.back().first != bin) {
            counts.filled.emplace_back(bin, 0.0);
        }
        counts.filled.back().second += 1.0;
        total += 1.0;
    }
    for (const auto& [bin, spikes] : counts.filled) squares += spikes * spikes;
    const auto n = static_cast<double>(bins.count);
    counts.mean = total / n;
    counts.sd = std::sqrt(std::max(0.0, squares / n - counts.mean * counts.mean));
    return counts;
}

std::vector<Counts> sampled_counts(const SpikeTrains& trains, const Bins& bins, std::size_t most,
                                   std::uint64_t seed) {
    const CounterRandom random(seed, "analysis/correlation");
    std::vector<std::pair<std::uint64_t, std::size_t>> order;
    for (std::size_t k = 0; k < trains.size(); ++k) {
        if (trains.train(k).empty()) continue;
        order.emplace_back(random.words(static_cast<std::uint64_t>(trains.neurons[k])).first, k);
    }
    std::ranges::sort(order);
    std::vector<Counts> sample;
    if (bins.count == 0) return sample;
    for (const auto& [word, k] : order) {
        if (sample.size() == most) break;
        Counts counts = counts_of(trains.train(k), bins);
        if (counts.sd > 0.0) sample.push_back(std::move(counts));
    }
    return sample;
}

/// The coefficients of all pairs, in the order of the sample.
std::vector<double> coefficients(const std::vector<Counts>& sample, std::int64_t bins) {
    std::vector<double> result;
    std::vector<double> dense(static_cast<std::size_t>(bins), 0.0);
    for (std::size_t i = 0; i < sample.size(); ++i) {
        for (const auto& [bin, spikes] : sample[i].filled) {
            dense[static_cast<std::size_t>(bin)] = spikes;
        }
        for (std::size_t j = i + 1; j < sample.size(); ++j) {
            double products = 0.0;
            for (const auto& [bin, spikes] : sample[j].filled) {
                products += spikes * dense[static_cast<std::size_t>(bin)];
            }
            const double covariance =
                products / static_cast<double>(bins) - sample[i].mean * sample[j].mean;
            result.push_back(covariance / (sample[i].sd * sample[j].sd));
        }
        for (const auto& [bin, spikes] : sample[i].filled) {
            dense[static_cast<std::size_t>(bin)] = 0.0;
        }
    }
    return result;
}

AnalysisResult run(const Spec& spec, std::span<const SpikeTrains> targets) {
    const SpikeTrains& trains = only_target(spec, targets);
    const Bins bins = bins_of_field(spec, "bin", kDefaultBin_ms, trains);
    const std::vector<Counts> sample =
        sampled_counts(trains, bins, static_cast<std::size_t>(spec.integer("neurons")),
                       static_cast<std::uint64_t>(spec.integer("seed")));
    const std::vector<double> pairs = coefficients(sample, bins.count);
    const Moments over_pairs = moments(pairs);

    AnalysisResult result;
    result.figures = {
        {"correlation", over_pairs.mean, "1", "Pearson correlation of counts, mean over pairs"},
        {"correlation_sd", over_pairs.sd, "1", "its standard deviation over pairs"},
        {"neurons", static_cast<double>(sample.size()), "1", "neurons sampled"},
    };
    if (!pairs.empty()) {
        const auto [low, high] = std::ranges::minmax(pairs);
        Histogram counted = histogram(pairs, low, high > low ? high : low + 1e-3, kHistogramBins);
        Plot plot;
        plot.name = plot_name("correlation", targets);
        plot.title = "Correlation of spike counts";
        plot.x_label = "correlation coefficient";
        plot.y_label = "pairs";
        plot.style = Plot::Style::bars;
        plot.curves.push_back({"pairs", std::move(counted.centres), std::move(counted.counts)});
        result.plots.push_back(std::move(plot));
    }
    return result;
}

}  // namespace

std::vector<double> correlation_coefficients(const SpikeTrains& trains, const Bins& bins,
                                             std::size_t most, std::uint64_t seed) {
    return coefficients(sampled_counts(trains, bins, most, seed), bins.count);
}

AnalysisInfo correlation_analysis() {
    return {.description =
                {.name = "correlation",
                 .summary = "Pearson correlation of spike counts over pairs of neurons",
                 .fields = kFields,
                 .details = "Over all pairs of a sample of the neurons that spiked.",
                 .source = "Potjans & Diesmann 2014, doi:10.1093/cercor/bhs358",
                 .example =
                     R"("analyses": [{"analysis": "correlation", "target": "pc", "bin": "2 ms"}])"},
            .most_targets = 1,
            .run = run};
}

}  // namespace volley
