#include "apps/reproduce/purkinje_cells.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace volley {

namespace {

constexpr const char* kFigure4 = "eLife 9:e60692, Fig. 4";
constexpr const char* kRhythm = "power_spectrum_pc.peak_over_floor";
constexpr const char* kAtOnce = "correlogram_pc.at_0_ms";
constexpr const char* kAfterSixMs = "correlogram_pc.at_6_ms";

// Means and SDs of the noise current; the SD of 0.02 nA leaves the cells regular.
constexpr const char* kMeans = "0 nA,0.3 nA,0.6 nA,0.9 nA,1.2 nA,1.5 nA";
constexpr const char* kDeviations = "0.02 nA,0.1 nA,0.2 nA,0.3 nA,0.4 nA,0.5 nA";
constexpr const char* kQuickMeans = "0 nA,0.6 nA,1.2 nA";
constexpr const char* kQuickDeviations = "0.02 nA,0.2 nA,0.4 nA";
/// A fast and irregular network, near the paper's 151 Hz and CV 0.45.
constexpr const char* kFastMean = "define.noise_mean=1.2 nA";
constexpr const char* kFastDeviation = "define.noise_sd=0.36 nA";

StudySweep sweep_of(const char* name, std::vector<std::string> sets, std::vector<std::string> vary,
                    bool quick) {
    StudySweep sweep{.name = name,
                     .model = kPurkinjeNetwork,
                     .sets = lasting(quick ? "1 s" : "4 s"),
                     .vary = std::move(vary),
                     .seeds = {1}};
    sweep.sets.push_back(reduced_cells());
    sweep.sets.insert(sweep.sets.end(), sets.begin(), sets.end());
    return sweep;
}

StudyPlan plan(bool quick) {
    std::vector<std::string> fast = noise_driven();
    fast.insert(fast.end(), {kFastMean, kFastDeviation});
    const std::string means = std::string("define.noise_mean=") + (quick ? kQuickMeans : kMeans);
    const std::string deviations =
        std::string("define.noise_sd=") + (quick ? kQuickDeviations : kDeviations);
    StudyPlan plan;
    plan.sweeps = {
        sweep_of("rate_and_regularity", noise_driven(), {means, deviations}, quick),
        sweep_of("strength", fast,
                 {quick ? "define.g_collateral=0.5 nS,1.5 nS"
                        : "define.g_collateral=0.75 nS,1 nS,1.25 nS,1.5 nS"},
                 quick),
        sweep_of("radius", fast, {quick ? "define.radius=3,10" : "define.radius=3,5,7,10"}, quick),
        sweep_of("delay", {},
                 {quick ? "define.collateral_delay=1 ms,2.5 ms"
                        : "define.collateral_delay=1 ms,1.25 ms,1.5 ms,1.75 ms,2 ms,2.5 ms"},
                 quick),
        sweep_of("decay", {},
                 {std::string("cells.purkinje.receptors.collateral.tau_decay=") +
                  (quick ? "2 ms,6 ms" : "2 ms,3 ms,4 ms,6 ms")},
                 quick)};
    return plan;
}

/// What a point of the grid of noise currents is.
struct GridPoint {
    double rate_Hz, cv, rhythm, peak_Hz, at_once, after_six_ms;
};

std::vector<GridPoint> grid_of(const SweepTable& table) {
    std::vector<GridPoint> grid;
    for (std::size_t k = 0; k < table.plan().points.size(); ++k) {
        const auto mean = [&](const char* name) { return table.at(k, name).mean; };
        grid.push_back({mean("pc.rate_hz"), mean("pc.cv_isi"), mean(kRhythm),
                        mean("power_spectrum_pc.peak_hz"), mean(kAtOnce), mean(kAfterSixMs)});
    }
    return grid;
}

/// The mean of a number over the points that fit; NaN where none does.
template <class Fits, class Number>
double mean_over(const std::vector<GridPoint>& grid, const Fits& fits, const Number& number) {
    std::vector<double> values;
    for (const GridPoint& point : grid) {
        if (fits(point)) values.push_back(number(point));
    }
    return statistic_of(values).mean;
}

double rhythm_of(const GridPoint& point) { return point.rhythm; }

void judge_rate_and_regularity(const std::vector<GridPoint>& grid, std::vector<Verdict>& verdicts) {
    // D1. At irregular firing: what the rate does.
    const auto irregular = [](const GridPoint& p, double low_Hz, double high_Hz) {
        return p.cv > 0.3 && p.cv < 0.65 && p.rate_Hz >= low_Hz && p.rate_Hz < high_Hz;
    };
    const auto slow = [&](const GridPoint& p) { return irregular(p, 0.0, 40.0); };
    const auto fast = [&](const GridPoint& p) { return irregular(p, 100.0, 400.0); };
    const double slow_rhythm = mean_over(grid, slow, rhythm_of);
    const double fast_rhythm = mean_over(grid, fast, rhythm_of);
    verdicts.push_back(
        statement("irregular firing (CV near 0.45): the rhythm grows with the rate",
                  fast_rhythm > 1.5 * slow_rhythm,
                  fmt::format("peak over floor {:.2f} below 40 Hz, {:.2f} above 100 Hz",
                              slow_rhythm, fast_rhythm),
                  std::string(kFigure4) + "A"));
    const auto at_once = [](const GridPoint& p) { return p.at_once; };
    const auto after = [](const GridPoint& p) { return p.after_six_ms; };
    verdicts.push_back(
        statement("and so do the peaks of the correlogram at 0 and 6 ms",
                  mean_over(grid, fast, at_once) > mean_over(grid, slow, at_once) &&
                      mean_over(grid, fast, after) > mean_over(grid, slow, after),
                  fmt::format("at 0 ms {:.2g} and {:.2g}, at 6 ms {:.2g} and {:.2g}",
                              mean_over(grid, slow, at_once), mean_over(grid, fast, at_once),
                              mean_over(grid, slow, after), mean_over(grid, fast, after)),
                  std::string(kFigure4) + "A"));
    // D2. Fast firing: what irregularity does.
    const auto at_rate = [](const GridPoint& p) { return p.rate_Hz > 110.0 && p.rate_Hz < 175.0; };
    const auto regular = [&](const GridPoint& p) { return at_rate(p) && p.cv < 0.35; };
    const auto noisy = [&](const GridPoint& p) { return at_rate(p) && p.cv >= 0.35; };
    const double regular_rhythm = mean_over(grid, regular, rhythm_of);
    const double noisy_rhythm = mean_over(grid, noisy, rhythm_of);
    verdicts.push_back(statement(
        "fast firing (110 to 175 Hz): irregularity lowers the peak", noisy_rhythm < regular_rhythm,
        fmt::format("peak over floor {:.2f} at a CV below 0.35, {:.2f} above", regular_rhythm,
                    noisy_rhythm),
        std::string(kFigure4) + "B"));
}

/// The first and last points of a sweep with one axis.
void judge_growth(const SweepTable& table, const char* what, const char* figure,
                  std::vector<Verdict>& verdicts) {
    const std::size_t last = table.plan().points.size() - 1;
    const double first_rhythm = table.at(0, kRhythm).mean;
    const double last_rhythm = table.at(last, kRhythm).mean;
    verdicts.push_back(
        statement(fmt::format("the rhythm grows with {}", what), last_rhythm > first_rhythm,
                  fmt::format("peak over floor {:.2f} at {}, {:.2f} at {}", first_rhythm,
                              table.plan().points[0][0], last_rhythm, table.plan().points[last][0]),
                  std::string(kFigure4) + figure));
}

Plot against_axis(const SweepTable& table, const char* column, const char* name,
                  const std::string& title, const std::string& x, const std::string& y) {
    Plot plot{.name = name, .title = title, .x_label = x, .y_label = y, .curves = {}, .marks = {}};
    Curve curve{.label = "", .x = {}, .y = {}, .marks = Curve::Marks::on_line};
    for (std::size_t k = 0; k < table.plan().points.size(); ++k) {
        const double value = table.at(k, column).mean;
        if (!std::isfinite(value)) continue;
        curve.x.push_back(number_with_unit(table.plan().points[k][0])->number);
        curve.y.push_back(value);
    }
    plot.curves = {std::move(curve)};
    return plot;
}

Plot spectra(const SweepTable& table, const char* name, const std::string& title) {
    Plot plot{.name = name,
              .title = title,
              .x_label = "frequency (Hz)",
              .y_label = "power (Hz^2/Hz)",
              .curves = {},
              .marks = {}};
    for (std::size_t k = 0; k < table.plan().points.size(); ++k) {
        for (Curve& curve :
             labelled_curve(table, k, "power_spectrum_pc", table.plan().points[k][0])) {
            plot.curves.push_back(std::move(curve));
        }
    }
    return plot;
}

/// The rhythm against the rate, a curve for each SD of the noise.
Plot rhythm_against_rate(const SweepTable& table) {
    Plot plot{.name = "rhythm_against_rate",
              .title = "The rhythm against the rate, for each SD of the noise",
              .x_label = "rate (Hz)",
              .y_label = "peak power over floor",
              .curves = {},
              .marks = {}};
    for (std::size_t k = 0; k < table.plan().points.size(); ++k) {
        const std::string& deviation = table.plan().points[k][1];
        auto curve = std::ranges::find(plot.curves, deviation, &Curve::label);
        if (curve == plot.curves.end()) {
            plot.curves.push_back(
                {.label = deviation, .x = {}, .y = {}, .marks = Curve::Marks::on_line});
            curve = plot.curves.end() - 1;
        }
        curve->x.push_back(table.at(k, "pc.rate_hz").mean);
        curve->y.push_back(table.at(k, kRhythm).mean);
    }
    return plot;
}

ReportData::Section what_sets_the_frequency(const SweepTable& delay, const SweepTable& decay,
                                            std::vector<Verdict>& verdicts) {
    ReportData::Section section{.title = "What sets the frequency"};
    section.paragraphs = {
        "The simulated network of the paper oscillates near 175 Hz, recordings in vivo near 160 "
        "Hz. The delay of the collaterals and the decay of their conductance both slow the rhythm; "
        "the pictures show which values give 160 Hz, all else as published."};
    section.plots = {against_axis(delay, "power_spectrum_pc.peak_hz", "frequency_delay",
                                  "Frequency against the delay", "delay of collaterals (ms)",
                                  "frequency of the rhythm (Hz)"),
                     against_axis(decay, "power_spectrum_pc.peak_hz", "frequency_decay",
                                  "Frequency against the decay", "decay of the conductance (ms)",
                                  "frequency of the rhythm (Hz)"),
                     spectra(delay, "spectra_delay", "Spectra for each delay"),
                     spectra(decay, "spectra_decay", "Spectra for each decay")};
    for (const auto& [table, what] :
         {std::pair{&delay, "delay"}, std::pair{&decay, "decay of the conductance"}}) {
        const std::size_t last = table->plan().points.size() - 1;
        for (const std::size_t k : {std::size_t{0}, last}) {
            verdicts.push_back(
                shown_only(fmt::format("frequency at a {} of {}", what, table->plan().points[k][0]),
                           "Hz", table->at(k, "power_spectrum_pc.peak_hz"), "-"));
        }
    }
    return section;
}

StudyFindings judge(const StudyResults& results) {
    const auto table = [&](const char* name) -> const SweepTable& {
        return results.sweeps.find(name)->second;
    };
    StudyFindings findings;
    const SweepTable& noise = table("rate_and_regularity");
    judge_rate_and_regularity(grid_of(noise), findings.verdicts);
    judge_growth(table("strength"), "the conductance of a collateral", "C", findings.verdicts);
    judge_growth(table("radius"), "the radius of the wiring", "D", findings.verdicts);
    ReportData::Section figure{.title = "What the rhythm depends on (Figure 4 of the paper)"};
    figure.paragraphs = {
        "A noise current into each soma, with a correlation time of 5 ms, drives "
        "the cells: its mean sets their rate, its SD how irregular they are.",
        kReducedCells};
    figure.plots = {
        rhythm_against_rate(noise),
        spectra(table("strength"), "spectra_strength",
                "Spectra for each conductance of a collateral"),
        spectra(table("radius"), "spectra_radius", "Spectra for each radius of the wiring")};
    findings.sections.push_back(std::move(figure));
    findings.sections.push_back(
        what_sets_the_frequency(table("delay"), table("decay"), findings.verdicts));
    return findings;
}

}  // namespace

Study purkinje_determinants_study() {
    return {
        .name = "purkinje-determinants",
        .summary = "rate, regularity, strength and reach of collaterals; what sets the frequency",
        .source =
            "Zang, Hong & De Schutter (2020), eLife 9:e60692, doi:10.7554/eLife.60692, "
            "Figure 4",
        .full_core_s = 2000.0,
        .quick_core_s = 170.0,
        .threads_help = true,
        .plan = plan,
        .judge = judge};
}

}  // namespace volley
