#include "apps/reproduce/oscillator_controls.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace volley {

namespace {

constexpr const char* kSweep = "common_input";
constexpr const char* kSource = "de la Rocha et al. 2007, Nature 448:802, doi:10.1038/nature06028";
constexpr const char* kContrast =
    "what tells the explanations apart; eLife 9:e60692, Figs. 3 and 5";

// Of common_input.json: the shared part, and the events of the fluctuating input.
constexpr double kShared = 0.2;
constexpr double kEventsPerMs = 2.0 * 5.0;            // excitation and inhibition
constexpr double kChargePerEvent_pA_ms = 70.7 * 2.0;  // a jump that decays with 2 ms

/// What the sweep says of a current.
struct Point {
    double current_pA = 0.0;
    Statistic rate_hz;
    Statistic correlation;
    double cv = 0.0;
    double slope_hz_per_pA = std::numeric_limits<double>::quiet_NaN();

    /// Linear response to slow input: c S (d nu / d I)^2 / (CV^2 nu), S the intensity of the
    /// fluctuating current.
    double predicted() const {
        constexpr double kPerMs = 1e-3;
        const double intensity = kEventsPerMs * kChargePerEvent_pA_ms * kChargePerEvent_pA_ms;
        const double slope = slope_hz_per_pA * kPerMs;
        return kShared * intensity * slope * slope / (cv * cv * rate_hz.mean * kPerMs);
    }
};

std::vector<Point> points_of(const SweepTable& table) {
    std::vector<Point> points;
    const SweepAxis& currents = table.plan().request.axes[0];
    for (std::size_t k = 0; k < currents.values.size(); ++k) {
        points.push_back({.current_pA = currents.numbers[k],
                          .rate_hz = table.at(k, "cells.rate_hz"),
                          .correlation = table.at(k, "correlation_cells.correlation"),
                          .cv = table.at(k, "cells.cv_isi").mean});
    }
    for (std::size_t k = 1; k + 1 < points.size(); ++k) {
        points[k].slope_hz_per_pA = (points[k + 1].rate_hz.mean - points[k - 1].rate_hz.mean) /
                                    (points[k + 1].current_pA - points[k - 1].current_pA);
    }
    return points;
}

void judge_growth(const std::vector<Point>& points, std::vector<Verdict>& verdicts) {
    const Point& low = points.front();
    const Point& high = points.back();
    const double error =
        std::hypot(low.correlation.standard_error, high.correlation.standard_error);
    const bool grows = high.correlation.mean - low.correlation.mean > 2.0 * error;
    verdicts.push_back(statement(
        "common input: correlation grows with the rate", grows,
        fmt::format("{:.3f} at {:.1f} Hz, {:.3f} at {:.1f} Hz, standard error of the difference "
                    "{:.3f}",
                    low.correlation.mean, low.rate_hz.mean, high.correlation.mean,
                    high.rate_hz.mean, error),
        kSource));
    std::vector<double> ratios;
    for (const Point& point : points) {
        if (!std::isnan(point.slope_hz_per_pA)) {
            ratios.push_back(point.correlation.mean / point.predicted());
        }
    }
    verdicts.push_back(judged("common input: correlation over linear response", "",
                              statistic_of(ratios), "1", Accepted::relative(1.0, 0.15), kSource));
}

/// The lowest and the highest of a column over all points.
std::pair<double, double> range_of(const SweepTable& table, std::string_view column) {
    std::pair<double, double> range{std::numeric_limits<double>::infinity(),
                                    -std::numeric_limits<double>::infinity()};
    for (std::size_t point = 0; point < table.plan().points.size(); ++point) {
        const double value = table.at(point, column).mean;
        range = {std::min(range.first, value), std::max(range.second, value)};
    }
    return range;
}

void judge_contrast(const SweepTable& common, const SweepTable& oscillators,
                    std::vector<Verdict>& verdicts) {
    const std::size_t fast = oscillator_point(oscillators, kFollowsRate, "116 Hz");
    const double rhythm = oscillators.at(fast, "power_spectrum_pc.band_ratio").mean;
    const double flat = range_of(common, "power_spectrum_cells.band_ratio").second;
    verdicts.push_back(statement(
        "power at 145 to 205 Hz stands out over 60 to 110 Hz for oscillators, at no rate for "
        "common input",
        rhythm > 2.0 && flat < 1.2,
        fmt::format("ratio {:.2f} (oscillators), at most {:.2f} (common input)", rhythm, flat),
        kContrast));
    const auto own = [&](const char* lag) {
        return oscillators.at(fast, std::string("correlogram_pc.") + lag).mean;
    };
    verdicts.push_back(
        statement("oscillators: trough at 3 ms and side peak at 6 ms",
                  own("at_0_ms") > 0.0 && own("at_3_ms") < 0.0 && own("at_6_ms") > 0.0,
                  fmt::format("{:.4f}, {:.4f}, {:.4f} at 0, 3, 6 ms", own("at_0_ms"),
                              own("at_3_ms"), own("at_6_ms")),
                  kContrast));
    const std::size_t last = common.plan().points.size() - 1;
    const auto shared = [&](const char* lag) {
        return common.at(last, std::string("correlogram_cells.") + lag).mean;
    };
    verdicts.push_back(statement(
        "common input: one peak at lag 0 that falls off, no trough at 3 ms, no side peak at 6 ms",
        shared("at_0_ms") > shared("at_3_ms") && shared("at_3_ms") > 0.0 &&
            shared("at_3_ms") > shared("at_6_ms"),
        fmt::format("{:.4f}, {:.4f}, {:.4f} at 0, 3, 6 ms", shared("at_0_ms"), shared("at_3_ms"),
                    shared("at_6_ms")),
        kContrast));
}

Plot correlation_plot(const std::vector<Point>& points) {
    Curve found{.label = "found", .x = {}, .y = {}};
    found.marks = Curve::Marks::alone;
    Curve predicted{.label = "linear response", .x = {}, .y = {}};
    for (const Point& point : points) {
        found.x.push_back(point.rate_hz.mean);
        found.y.push_back(point.correlation.mean);
        found.error.push_back(point.correlation.runs > 1 ? point.correlation.standard_error : 0.0);
        if (std::isnan(point.slope_hz_per_pA)) continue;
        predicted.x.push_back(point.rate_hz.mean);
        predicted.y.push_back(point.predicted());
    }
    return {.name = "common_input_correlation",
            .title = "Common input: correlation of spike counts in 100 ms against the rate",
            .x_label = "rate (Hz)",
            .y_label = "correlation coefficient",
            .curves = {std::move(predicted), std::move(found)},
            .marks = {}};
}

/// A mean curve of either network, over its largest value or its floor, under a name.
void add_curve(const SweepTable& table, std::size_t point, const char* analysis,
               const std::string& label, double scale, Plot& plot) {
    RunCurve mean = table.mean_curve(point, analysis);
    if (mean.plot.curves.empty()) return;
    Curve curve = std::move(mean.plot.curves.front());
    curve.label = label;
    curve.error.clear();
    for (double& y : curve.y) y /= scale;
    plot.x_label = mean.plot.x_label;
    plot.curves.push_back(std::move(curve));
}

std::vector<Plot> contrast_plots(const SweepTable& common, const SweepTable& oscillators) {
    const std::size_t fast = oscillator_point(oscillators, kFollowsRate, "116 Hz");
    const std::size_t last = common.plan().points.size() - 1;
    Plot lags{.name = "contrast_correlograms",
              .title = "Correlograms: a rhythm has side peaks, common input has none",
              .y_label = "excess coincidences per spike"};
    add_curve(oscillators, fast, "correlogram_pc", "oscillators, 116 Hz", 1.0, lags);
    add_curve(common, last, "correlogram_cells", "common input", 1.0, lags);
    Plot power{.name = "contrast_spectra",
               .title = "Spectra of the population, over their floor above 320 Hz",
               .y_label = "power over floor"};
    add_curve(oscillators, fast, "power_spectrum_pc", "oscillators, 116 Hz",
              oscillators.at(fast, "power_spectrum_pc.floor").mean, power);
    add_curve(common, last, "power_spectrum_cells", "common input",
              common.at(last, "power_spectrum_cells.floor").mean, power);
    return {std::move(lags), std::move(power)};
}

}  // namespace

StudySweep common_input_sweep(bool quick) {
    StudySweep sweep{
        .name = kSweep,
        .model = "common_input.json",
        .sets = {},
        .vary = {quick ? "define.current=200 pA:400 pA:6" : "define.current=180 pA:400 pA:12"},
        .seeds = quick ? std::vector<std::uint64_t>{1, 2} : std::vector<std::uint64_t>{1, 2, 3, 4}};
    constexpr int kSpectrum = 2;  // the number of that analysis in the model file
    for (std::string& set : spectrum_sets(kSpectrum)) {
        if (set.find("normalisation") == std::string::npos) sweep.sets.push_back(std::move(set));
    }
    return sweep;
}

void judge_common_input(const StudyResults& results, StudyFindings& findings) {
    const SweepTable& common = results.sweeps.find(kSweep)->second;
    const SweepTable& oscillators = results.sweeps.find("oscillators")->second;
    const std::vector<Point> points = points_of(common);
    judge_growth(points, findings.verdicts);
    judge_contrast(common, oscillators, findings.verdicts);
    ReportData::Section section{.title = "The other explanation: common input"};
    section.paragraphs = {
        fmt::format("{} integrate-and-fire neurons without connections share {:g} % of their "
                    "fluctuating input. Their correlation grows with the rate too, as linear "
                    "response says: c S (d nu / d I)^2 / (CV^2 nu), with the slope of the rate "
                    "against the current and the intensity S of the input.",
                    50, 100.0 * kShared),
        "But it is one broad peak at lag 0, at any rate: no trough at 3 ms, no side peak at 6 ms, "
        "and power that falls with frequency through the band of the rhythm. Correlation that "
        "grows with the rate is therefore no sign of the rhythm by itself; side peaks are."};
    section.plots = contrast_plots(common, oscillators);
    section.plots.insert(section.plots.begin(), correlation_plot(points));
    findings.sections.push_back(std::move(section));
}

}  // namespace volley
