#include "core/analysis/jpsth.hpp"

#include "core/analysis/binning.hpp"
#include "core/analysis/results.hpp"
#include "core/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numeric>

namespace volley {

namespace {

constexpr double kDefaultBin_ms = 2.0;
constexpr double kDefaultSmoothing_ms = 50.0;
constexpr double kDefaultLag_ms = 6.0;
constexpr double kDefaultTrial_ms = 1000.0;
constexpr std::int64_t kFewestTrials = 2;

constexpr std::array kFields{
    optional("trial", "ms", kPositive, "length of a trial; 1 s unless given"),
    optional("bin", "ms", kPositive, "width of a bin, rounded to whole steps; 2 ms unless given"),
    optional("lags", "ms", kAny, "lags of the diagonals; 0 and 6 ms unless given", Kind::numbers),
    optional("smoothing", "ms", kPositive,
             "moving average along a diagonal, in the picture; 50 ms unless given"),
};

/// Trials of whole bins.
struct Trials {
    Bins bins;
    std::int64_t length = 0;  ///< bins
    std::int64_t count = 0;
};

Trials trials_of(const Spec& spec, const SpikeTrains& trains) {
    Trials trials{.bins = bins_of_field(spec, "bin", kDefaultBin_ms, trains)};
    const double trial_ms = spec.number_or("trial", kDefaultTrial_ms);
    if (!spec.has("trial") && trains.duration_ms() < kFewestTrials * trial_ms) return trials;
    const double length = trial_ms / trials.bins.width_ms;
    trials.length = std::llround(length);
    if (trials.length < 1 || std::abs(length - static_cast<double>(trials.length)) > 1e-6) {
        throw ConfigError(place_of(spec, "trial"), fmt::format("{:g} ms", trial_ms),
                          fmt::format("a multiple of the bin of {:g} ms", trials.bins.width_ms));
    }
    trials.count = trials.bins.count / trials.length;
    if (trials.count < kFewestTrials) {
        throw ConfigError(place_of(spec, "trial"), fmt::format("{:g} ms", trial_ms),
                          fmt::format("at least {} trials in the window of {:g} ms", kFewestTrials,
                                      trains.duration_ms()));
    }
    return trials;
}

std::vector<double> lags_of(const Spec& spec, const Trials& trials) {
    const double width_ms = trials.bins.width_ms;
    if (!spec.has("lags")) return {0.0, std::round(kDefaultLag_ms / width_ms) * width_ms};
    const std::vector<double>& lags_ms = spec.numbers("lags");
    const double trial_ms = spec.number_or("trial", kDefaultTrial_ms);
    for (const double lag_ms : lags_ms) {
        const double bins = lag_ms / width_ms;
        if (std::abs(bins - std::round(bins)) < 1e-6 && std::abs(lag_ms) < trial_ms) continue;
        throw ConfigError(
            place_of(spec, "lags"), fmt::format("{:g} ms", lag_ms),
            fmt::format("multiples of the bin of {:g} ms, shorter than a trial", width_ms));
    }
    return lags_ms;
}

void check_targets(const Spec& spec, std::span<const SpikeTrains> targets) {
    if (targets.empty() || targets.size() > 2) {
        throw ConfigError(spec.where, fmt::format("{} groups of neurons", targets.size()),
                          "one or two for a JPSTH");
    }
    const SpikeTrains& a = targets.front();
    const SpikeTrains& b = targets.back();
    if (a.begin == b.begin && a.end == b.end && a.dt_ms == b.dt_ms) return;
    throw ConfigError(spec.where, "groups of neurons with different windows or time steps",
                      "the same for both");
}

/// Counts of some trains by trial, and what is needed to normalise them.
class Counts {
public:
    Counts(const SpikeTrains& trains, const Trials& trials)
        : trains_(trains),
          trials_(trials),
          length_(static_cast<std::size_t>(trials.length)),
          mean_(trains.size() * length_, 0.0),
          per_sd_(trains.size() * length_, 0.0) {
        std::vector<double> counts(length_);
        for (std::int64_t trial = 0; trial < trials.count; ++trial) {
            for (std::size_t k = 0; k < trains.size(); ++k) {
                count(k, trial, counts);
                for (std::size_t u = 0; u < length_; ++u) {
                    mean_[k * length_ + u] += counts[u];
                    per_sd_[k * length_ + u] += counts[u] * counts[u];
                }
            }
        }
        const auto n = static_cast<double>(trials.count);
        for (std::size_t k = 0; k < mean_.size(); ++k) {
            mean_[k] /= n;
            const double variance = per_sd_[k] / n - mean_[k] * mean_[k];
            // Counts are whole numbers: a variance that is not 0 is at least about 1 / n.
            per_sd_[k] = variance > 0.25 / n ? 1.0 / std::sqrt(variance) : 0.0;
        }
    }

    /// Counts of a train in a trial as deviations from their mean, in standard deviations.
    void normalised(std::size_t k, std::int64_t trial, std::span<double> z) const {
        count(k, trial, z);
        for (std::size_t u = 0; u < length_; ++u) {
            z[u] = (z[u] - mean_[k * length_ + u]) * per_sd_[k * length_ + u];
        }
    }
    /// The mean count of all trains in each bin.
    std::vector<double> mean() const {
        std::vector<double> sum(length_, 0.0);
        for (std::size_t k = 0; k < mean_.size(); ++k) {
            sum[k % length_] += mean_[k] / static_cast<double>(trains_.size());
        }
        return sum;
    }

private:
    void count(std::size_t k, std::int64_t trial, std::span<double> counts) const {
        std::ranges::fill(counts, 0.0);
        const std::span<const Step> train = trains_.train(k);
        const std::int64_t first = trial * trials_.length;
        const auto before = [&](Step step) { return trials_.bins.of(step) < first; };
        for (auto at = std::ranges::partition_point(train, before); at != train.end(); ++at) {
            const std::int64_t bin = trials_.bins.of(*at) - first;
            if (bin >= trials_.length) break;
            counts[static_cast<std::size_t>(bin)] += 1.0;
        }
    }

    const SpikeTrains& trains_;
    const Trials& trials_;
    std::size_t length_;
    std::vector<double> mean_;  ///< [train][bin]
    std::vector<double> per_sd_;
};

/// The diagonals c(u) for some lags.
class Diagonals {
public:
    Diagonals(std::span<const SpikeTrains> targets, const Trials& trials,
              const std::vector<double>& lags_ms)
        : length_(trials.length) {
        for (const double lag_ms : lags_ms) {
            lags_.push_back(std::llround(lag_ms / trials.bins.width_ms));
        }
        sums_.assign(lags_.size(), std::vector<double>(static_cast<std::size_t>(length_), 0.0));
        const SpikeTrains& one = targets.front();
        const SpikeTrains& other = targets.back();
        const bool same = targets.size() == 1;
        const Counts first(one, trials);
        rate_ = first.mean();
        if (same) {
            for (std::int64_t t = 0; t < trials.count; ++t) add_within(one, first, t);
        } else {
            const Counts second(other, trials);
            for (std::int64_t t = 0; t < trials.count; ++t) {
                add_products(total(one, first, t), total(other, second, t), 1.0);
            }
        }
        const auto n = static_cast<double>(one.size());
        pairs_ = same ? n * (n - 1.0) : n * static_cast<double>(other.size());
        if (trials.count < kFewestTrials) pairs_ = 0.0;
        for (std::vector<double>& sum : sums_) {
            for (double& each : sum) each /= pairs_ * static_cast<double>(trials.count);
        }
    }

    /// Of bins u, the first of each pair; 0 where u + lag lies outside the trial.
    const std::vector<double>& of_lag(std::size_t lag) const { return sums_[lag]; }
    bool holds(std::size_t lag, std::int64_t u) const {
        const std::int64_t v = u + lags_[lag];
        return v >= 0 && v < length_;
    }
    const std::vector<double>& mean_counts() const { return rate_; }
    double pairs() const { return pairs_; }

private:
    std::vector<double> total(const SpikeTrains& trains, const Counts& counts,
                              std::int64_t trial) const {
        std::vector<double> sum(static_cast<std::size_t>(length_), 0.0);
        std::vector<double> z(sum.size());
        for (std::size_t k = 0; k < trains.size(); ++k) {
            counts.normalised(k, trial, z);
            for (std::size_t u = 0; u < z.size(); ++u) sum[u] += z[u];
        }
        return sum;
    }
    /// Sum over i != j of z_i z_j: the square of the sum, without each neuron with itself.
    void add_within(const SpikeTrains& trains, const Counts& counts, std::int64_t trial) {
        std::vector<double> sum(static_cast<std::size_t>(length_), 0.0);
        std::vector<double> z(sum.size());
        for (std::size_t k = 0; k < trains.size(); ++k) {
            counts.normalised(k, trial, z);
            for (std::size_t u = 0; u < z.size(); ++u) sum[u] += z[u];
            add_products(z, z, -1.0);
        }
        add_products(sum, sum, 1.0);
    }
    void add_products(const std::vector<double>& a, const std::vector<double>& b, double sign) {
        for (std::size_t d = 0; d < lags_.size(); ++d) {
            const std::int64_t from = std::max<std::int64_t>(0, -lags_[d]);
            const std::int64_t to = std::min(length_, length_ - lags_[d]);
            for (std::int64_t u = from; u < to; ++u) {
                sums_[d][static_cast<std::size_t>(u)] += sign * a[static_cast<std::size_t>(u)] *
                                                         b[static_cast<std::size_t>(u + lags_[d])];
            }
        }
    }

    std::int64_t length_;
    std::vector<std::int64_t> lags_;
    std::vector<std::vector<double>> sums_;
    std::vector<double> rate_;
    double pairs_ = 0.0;
};

/// Mean of a diagonal over some bins.
template <class Chosen>
double mean_over(const Diagonals& diagonals, std::size_t lag, const Chosen& chosen) {
    double sum = 0.0;
    double count = 0.0;
    const std::vector<double>& values = diagonals.of_lag(lag);
    for (std::size_t u = 0; u < values.size(); ++u) {
        if (!diagonals.holds(lag, static_cast<std::int64_t>(u)) || !chosen(u)) continue;
        sum += values[u];
        count += 1.0;
    }
    return count > 0.0 ? sum / count : kUndefined;
}

Curve smoothed(const Diagonals& diagonals, std::size_t lag, const Trials& trials, double width_ms,
               std::string label) {
    const auto half =
        static_cast<std::int64_t>(std::floor(0.5 * width_ms / trials.bins.width_ms + 1e-9));
    Curve curve{std::move(label), {}, {}};
    for (std::int64_t u = 0; u < trials.length; ++u) {
        if (!diagonals.holds(lag, u)) continue;
        const auto near = [&](std::size_t v) {
            return std::abs(static_cast<std::int64_t>(v) - u) <= half;
        };
        curve.x.push_back((static_cast<double>(u) + 0.5) * trials.bins.width_ms);
        curve.y.push_back(mean_over(diagonals, lag, near));
    }
    return curve;
}

AnalysisResult run(const Spec& spec, std::span<const SpikeTrains> targets) {
    check_targets(spec, targets);
    const Trials trials = trials_of(spec, targets.front());
    const std::vector<double> lags_ms = lags_of(spec, trials);
    const Diagonals diagonals(targets, trials, lags_ms);
    AnalysisResult result;
    // The quarters of a trial in which the first target fires least, and most.
    const std::vector<double>& rate = diagonals.mean_counts();
    std::vector<std::size_t> order(rate.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, {}, [&](std::size_t u) { return rate[u]; });
    std::vector<std::size_t> rank(rate.size());
    for (std::size_t k = 0; k < order.size(); ++k) rank[order[k]] = k;
    const std::size_t quarter = std::max<std::size_t>(1, rate.size() / 4);
    const bool any = diagonals.pairs() > 0.0;
    for (std::size_t d = 0; d < lags_ms.size(); ++d) {
        const std::string lag = fmt::format("{:g}_ms", lags_ms[d]);
        const auto mean = [&](const auto& chosen) {
            return any ? mean_over(diagonals, d, chosen) : kUndefined;
        };
        const std::string what = fmt::format("correlation at a lag of {:g} ms", lags_ms[d]);
        result.figures.push_back({"low_rate_" + lag,
                                  mean([&](std::size_t u) { return rank[u] < quarter; }), "1",
                                  what + " in the quarter of the trial with the lowest rate"});
        result.figures.push_back({"high_rate_" + lag, mean([&](std::size_t u) {
                                      return rank[u] + quarter >= rank.size();
                                  }),
                                  "1", what + " in the quarter with the highest rate"});
    }
    const double factor = targets.size() == 1 ? 2.0 : 1.0;
    result.figures.push_back(
        {"independent_error",
         any ? std::sqrt(factor / (diagonals.pairs() * static_cast<double>(trials.count) *
                                   static_cast<double>(quarter)))
             : kUndefined,
         "1", "their standard error, were the neurons independent"});
    // Rates in those quarters.
    const double per_count_hz = 1.0 / trials.bins.seconds();
    const auto rate_of = [&](std::size_t from) {
        if (!any) return kUndefined;
        double sum = 0.0;
        for (std::size_t k = from; k < from + quarter; ++k) sum += rate[order[k]];
        return sum / static_cast<double>(quarter) * per_count_hz;
    };
    result.figures.push_back(
        {"low_rate_hz", rate_of(0), "Hz", "mean rate in the quarter with the lowest rate"});
    result.figures.push_back({"high_rate_hz", rate_of(rate.size() - std::min(quarter, rate.size())),
                              "Hz", "mean rate in the quarter with the highest rate"});
    result.figures.push_back(
        {"trials", static_cast<double>(trials.count), "1", "trials in the window"});
    if (!any) return result;
    Plot plot{.name = plot_name("jpsth", targets),
              .title = fmt::format("Correlation within a trial ({} trials)", trials.count),
              .x_label = "time in the trial (ms)",
              .y_label = "correlation of pairs",
              .curves = {},
              .marks = {}};
    const double smoothing_ms = spec.number_or("smoothing", kDefaultSmoothing_ms);
    for (std::size_t d = 0; d < lags_ms.size(); ++d) {
        plot.curves.push_back(
            smoothed(diagonals, d, trials, smoothing_ms, fmt::format("lag {:g} ms", lags_ms[d])));
    }
    result.plots.push_back(std::move(plot));
    Curve psth{"rate", {}, {}};
    for (std::size_t u = 0; u < rate.size(); ++u) {
        psth.x.push_back((static_cast<double>(u) + 0.5) * trials.bins.width_ms);
        psth.y.push_back(rate[u] * per_count_hz);
    }
    result.plots.push_back({.name = plot_name("psth", targets),
                            .title = "Rate within a trial, mean over trials",
                            .x_label = "time in the trial (ms)",
                            .y_label = "rate per neuron (Hz)",
                            .style = Plot::Style::steps,
                            .curves = {std::move(psth)},
                            .marks = {}});
    return result;
}

}  // namespace

AnalysisInfo jpsth_analysis() {
    return {
        .description =
            {.name = "jpsth",
             .summary = "correlation of pairs in the course of a trial (normalised JPSTH)",
             .fields = kFields,
             .details =
                 "Covariance over trials of the counts of two neurons in two bins, over their "
                 "standard\ndeviations, mean over pairs; along the diagonals of the joint "
                 "histogram at some lags.\nWhat all trials share, such as a modulated rate, does "
                 "not count. Also between two groups.",
             .source = "Aertsen, Gerstein, Habib & Palm 1989, doi:10.1152/jn.1989.61.5.900",
             .example = R"("analyses": [{"analysis": "jpsth", "target": "pc", "trial": "1 s"}])"},
        .most_targets = 2,
        .run = run};
}

}  // namespace volley
