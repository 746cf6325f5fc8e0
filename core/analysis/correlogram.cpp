#include "core/analysis/correlogram.hpp"

#include "core/analysis/binning.hpp"
#include "core/analysis/pair_choice.hpp"
#include "core/analysis/pair_sums.hpp"
#include "core/analysis/results.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <utility>

namespace volley {

namespace {

using Predictor = Correction::Predictor;

constexpr double kDefaultBin_ms = 1.0;
constexpr double kDefaultMaxLag_ms = 50.0;
constexpr double kSidePeakErrors = 3.0;

constexpr std::array kFields{
    choice("kind", "cross|auto", "cross", "pairs of different neurons, or each neuron with itself"),
    choice("predictor", "mean_rate|shift|none", "mean_rate", "what is subtracted"),
    choice("normalisation", "excess|rate", "excess",
           "coincidences per spike, or rate in Hz at a lag from a spike"),
    optional("bin", "ms", kPositive, "width of a bin, rounded to whole steps; 1 ms unless given"),
    optional("max_lag", "ms", kNotNegative,
             "largest lag; unless given 50 ms, at most half the window (or trial)"),
    optional("trial", "ms", kPositive, "length of a trial, for the predictor shift"),
    optional("min_distance", "um", kNotNegative, "pairs at least so far apart"),
    optional("max_distance", "um", kNotNegative, "pairs at most so far apart"),
    optional("min_index_distance", "1", kAtLeastOne,
             "pairs at least so far apart around the ring of indices", Kind::integer),
    optional("max_index_distance", "1", kAtLeastOne,
             "pairs at most so far apart around the ring of indices", Kind::integer),
    optional("lags", "ms", kAny, "lags that are listed as figures; 0, 3 and 6 ms unless given",
             Kind::numbers),
};

/// The fields, checked and completed.
struct Plan {
    Bins bins;  ///< whole trials only
    Correction correction;
    std::int64_t most_lag = 0;
    bool automatic = false;  ///< kind auto
    bool rate = false;       ///< normalisation
    PairChoice choice;
    std::vector<double> lags_ms;

    std::int64_t trials() const { return bins.count / correction.trial; }
    /// Pairs of bins at a lag.
    double overlap(std::int64_t lag) const {
        return static_cast<double>(trials() * (correction.trial - std::abs(lag)));
    }
};

void check_targets(const Spec& spec, std::span<const SpikeTrains> targets) {
    if (targets.empty() || targets.size() > 2) {
        throw ConfigError(spec.where, fmt::format("{} groups of neurons", targets.size()),
                          "one or two for a correlogram");
    }
    if (targets.size() == 1) return;
    const SpikeTrains& a = targets.front();
    const SpikeTrains& b = targets.back();
    if (a.begin != b.begin || a.end != b.end || a.dt_ms != b.dt_ms) {
        throw ConfigError(spec.where, "groups of neurons with different windows or time steps",
                          "the same for both");
    }
    if (spec.text("kind") == "auto") {
        throw ConfigError(place_of(spec, "kind"), "auto with two groups of neurons",
                          "cross, or one group");
    }
    for (const auto* key :
         {"min_distance", "max_distance", "min_index_distance", "max_index_distance"}) {
        if (spec.has(key)) {
            throw ConfigError(place_of(spec, key),
                              "distances are defined within one group of neurons only");
        }
    }
}

void plan_trials(const Spec& spec, const SpikeTrains& trains, Plan& plan) {
    const std::string& name = spec.text("predictor");
    plan.correction.predictor = name == "shift"  ? Predictor::shift
                                : name == "none" ? Predictor::none
                                                 : Predictor::mean_rate;
    plan.correction.trial = plan.bins.count;
    if (plan.correction.predictor != Predictor::shift) {
        if (spec.has("trial")) {
            throw ConfigError(place_of(spec, "trial"),
                              "a trial is used with the predictor \"shift\" only");
        }
        return;
    }
    if (!spec.has("trial")) {
        throw ConfigError(place_of(spec, "trial"), "nothing",
                          "the length of a trial, which the predictor \"shift\" needs");
    }
    const double trial_ms = spec.number("trial");
    if (!(trial_ms >= plan.bins.width_ms &&
          2.0 * trial_ms <= trains.duration_ms() * (1.0 + 1e-9))) {
        throw ConfigError(
            place_of(spec, "trial"), fmt::format("{:g} ms", trial_ms),
            fmt::format("at least a bin ({:g} ms) and at most half the window ({:g} ms)",
                        plan.bins.width_ms, trains.duration_ms() / 2.0));
    }
    if (!is_multiple(trial_ms, plan.bins.width_ms)) {
        throw ConfigError(place_of(spec, "trial"), fmt::format("{:g} ms", trial_ms),
                          fmt::format("a whole number of bins of {:g} ms", plan.bins.width_ms));
    }
    plan.correction.trial = std::llround(trial_ms / plan.bins.width_ms);
    plan.bins.count -= plan.bins.count % plan.correction.trial;
}

void plan_lags(const Spec& spec, Plan& plan) {
    const double trial_ms = static_cast<double>(plan.correction.trial) * plan.bins.width_ms;
    const double max_lag_ms =
        spec.number_or("max_lag", std::min(kDefaultMaxLag_ms, trial_ms / 2.0));
    if (spec.has("max_lag") && !(max_lag_ms < trial_ms)) {
        throw ConfigError(place_of(spec, "max_lag"), fmt::format("{:g} ms", max_lag_ms),
                          fmt::format("less than the window or trial of {:g} ms", trial_ms));
    }
    plan.most_lag = static_cast<std::int64_t>(std::floor(max_lag_ms / plan.bins.width_ms + 1e-9));
    plan.lags_ms = spec.has("lags") ? spec.numbers("lags") : std::vector<double>{0.0, 3.0, 6.0};
    for (const double lag_ms : plan.lags_ms) {
        if (spec.has("lags") && !(std::abs(lag_ms) <= max_lag_ms)) {
            throw ConfigError(place_of(spec, "lags"), fmt::format("{:g} ms", lag_ms),
                              fmt::format("at most max_lag, {:g} ms", max_lag_ms));
        }
    }
}

Plan make_plan(const Spec& spec, std::span<const SpikeTrains> targets) {
    check_targets(spec, targets);
    const SpikeTrains& trains = targets.front();
    Plan plan;
    plan.automatic = spec.text("kind") == "auto";
    plan.rate = spec.text("normalisation") == "rate";
    plan.bins = bins_of_field(spec, "bin", kDefaultBin_ms, trains);
    plan_trials(spec, trains, plan);
    plan_lags(spec, plan);
    plan.choice = pair_choice(spec, trains);
    if (plan.automatic && !plan.choice.all()) {
        throw ConfigError(place_of(spec, "kind"), "auto together with a distance", "cross");
    }
    return plan;
}

/// @param power  the weight of a train is its mean count to this power; 0 without spikes
WeightedTrains weighted(const BinnedTrains& trains, double power) {
    WeightedTrains side{&trains, std::vector<double>(trains.size(), 0.0)};
    for (std::size_t k = 0; k < trains.size(); ++k) {
        if (trains.spikes(k) > 0) side.weights[k] = std::pow(trains.mean(k), power);
    }
    return side;
}

PairSums sum_pairs(const Plan& plan, std::span<const SpikeTrains> targets, const WeightedTrains& a,
                   const WeightedTrains& b) {
    const auto itself = [](std::size_t i, std::vector<std::size_t>& partners) { partners = {i}; };
    if (targets.size() == 2) return sum_over_all_pairs(a, b, plan.most_lag, plan.correction);
    if (plan.automatic) {
        PairSums sums = sum_over_partners(a, b, itself, plan.most_lag, plan.correction);
        double spikes_with_themselves = 0.0;
        for (std::size_t k = 0; k < a.trains->size(); ++k) {
            spikes_with_themselves +=
                a.weights[k] * b.weights[k] * static_cast<double>(a.trains->spikes(k));
        }
        sums.by_lag[static_cast<std::size_t>(plan.most_lag)] -= spikes_with_themselves;
        return sums;
    }
    if (!plan.choice.all()) {
        return sum_over_partners(a, b, partners_of(plan.choice, targets.front()), plan.most_lag,
                                 plan.correction);
    }
    PairSums sums = sum_over_all_pairs(a, b, plan.most_lag, plan.correction);
    sums -= sum_over_partners(a, b, itself, plan.most_lag, plan.correction);
    return sums;
}

struct Correlogram {
    std::vector<double> lags_ms;
    std::vector<double> values;
    double pairs = 0.0;
    double poisson_error = kUndefined;
};

Correlogram correlate(const Plan& plan, std::span<const SpikeTrains> targets) {
    Correlogram result;
    if (plan.bins.count == 0) return result;
    const BinnedTrains first = binned(targets.front(), plan.bins);
    const BinnedTrains second =
        targets.size() == 2 ? binned(targets.back(), plan.bins) : BinnedTrains{};
    const WeightedTrains a = weighted(first, plan.rate ? -1.0 : -0.5);
    const WeightedTrains b = weighted(targets.size() == 2 ? second : first, plan.rate ? 0.0 : -0.5);
    const PairSums sums = sum_pairs(plan, targets, a, b);
    result.pairs = sums.pairs;
    if (!(sums.pairs > 0.0)) return result;

    const double scale = 1.0 / (sums.pairs * (plan.rate ? plan.bins.seconds() : 1.0));
    for (std::int64_t lag = -plan.most_lag; lag <= plan.most_lag; ++lag) {
        const double sum = sums.by_lag[static_cast<std::size_t>(lag + plan.most_lag)];
        result.lags_ms.push_back(static_cast<double>(lag) * plan.bins.width_ms);
        result.values.push_back(sum * scale / plan.overlap(lag));
    }
    // The shift predictor is as noisy as what it is subtracted from.
    const double noise = plan.correction.predictor == Predictor::shift ? 2.0 : 1.0;
    result.poisson_error = scale * std::sqrt(noise * sums.variance_per_bin / plan.overlap(0));
    return result;
}

double value_at(const Correlogram& found, const Plan& plan, double lag_ms) {
    const std::int64_t lag = std::llround(lag_ms / plan.bins.width_ms);
    if (found.values.empty() || std::abs(lag) > plan.most_lag) return kUndefined;
    return found.values[static_cast<std::size_t>(lag + plan.most_lag)];
}

/// Index of the side peak, or of none: values.size().
std::size_t side_peak(const Correlogram& found) {
    const std::vector<double>& y = found.values;
    const std::size_t none = y.size();
    std::size_t k = none / 2 + 1;
    while (k + 1 < none && !(y[k] <= y[k - 1] && y[k] < y[k + 1])) ++k;  // the first minimum
    std::size_t best = none;
    for (; k + 1 < none; ++k) {
        const bool maximum = y[k] > y[k - 1] && y[k] >= y[k + 1];
        if (maximum && (best == none || y[k] > y[best])) best = k;
    }
    return best < none && y[best] > kSidePeakErrors * found.poisson_error ? best : none;
}

std::vector<Figure> figures_of(const Correlogram& found, const Plan& plan) {
    const std::string unit = plan.rate ? "Hz" : "1";
    std::vector<Figure> figures;
    for (const double lag_ms : plan.lags_ms) {
        figures.push_back({fmt::format("at_{:g}_ms", lag_ms), value_at(found, plan, lag_ms), unit,
                           fmt::format("correlogram at a lag of {:g} ms", lag_ms)});
    }
    const std::size_t side = side_peak(found);
    const bool exists = side < found.values.size();
    figures.push_back({"side_peak_lag_ms", exists ? found.lags_ms[side] : kUndefined, "ms",
                       "lag of the largest peak beyond the first trough"});
    figures.push_back({"side_peak", exists ? found.values[side] : kUndefined, unit, "its height"});
    figures.push_back({"poisson_error", found.poisson_error, unit,
                       "standard error, were the trains independent Poisson ones"});
    figures.push_back({"pairs", found.pairs, "1", "ordered pairs of neurons"});
    return figures;
}

Plot correlogram_plot(Correlogram found, const Plan& plan) {
    Plot plot;
    plot.title = plan.automatic ? "Auto-correlogram" : "Cross-correlogram";
    plot.x_label = "lag (ms)";
    plot.y_label =
        plan.rate ? "rate at that lag from a spike (Hz)" : "excess coincidences per spike";
    plot.style = Plot::Style::bars;
    plot.curves.push_back({"mean over pairs", std::move(found.lags_ms), std::move(found.values)});
    return plot;
}

AnalysisResult run(const Spec& spec, std::span<const SpikeTrains> targets) {
    const Plan plan = make_plan(spec, targets);
    Correlogram found = correlate(plan, targets);
    AnalysisResult result{figures_of(found, plan), {}};
    if (!found.values.empty()) {
        result.plots.push_back(correlogram_plot(std::move(found), plan));
        result.plots.back().name =
            plot_name(plan.automatic ? "autocorrelogram" : "correlogram", targets);
    }
    return result;
}

}  // namespace

AnalysisInfo correlogram_analysis() {
    return {
        .description =
            {.name = "correlogram",
             .summary = "auto- and cross-correlograms, averaged over pairs of neurons",
             .fields = kFields,
             .details = "Of all pairs, of pairs within a distance, of each neuron with itself, or "
                        "between two groups; coincidences per spike beyond the predictor, or rate "
                        "at a lag from a spike.",
             .source = "Perkel, Gerstein & Moore 1967, doi:10.1016/S0006-3495(67)86597-4; "
                       "normalisation: Zang, Hong & De Schutter 2020, doi:10.7554/eLife.60692",
             .example =
                 R"("analyses": [{"analysis": "correlogram", "target": "pc", "max_index_distance": 5}])"},
        .most_targets = 2,
        .run = run};
}

}  // namespace volley
