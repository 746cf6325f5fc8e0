#include "apps/reproduce/purkinje_cells.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace volley {

namespace {

constexpr const char* kSweep = "trials";
constexpr const char* kFigure6 = "eLife 9:e60692, Fig. 6A,B";

StudyPlan plan(bool quick) {
    StudySweep trials{
        .name = kSweep,
        .model = kPurkinjeNetwork,
        .sets = lasting(quick ? "5 s" : "20 s"),
        .vary = {"define.wave=1 nA"},
        .seeds = quick ? std::vector<std::uint64_t>{1, 2} : std::vector<std::uint64_t>{1, 2, 3, 4}};
    // Trials begin with the analysed window: the wave's period divides the warm-up.
    const std::string analyses =
        R"(analyses=[{"analysis": "rates", "target": "pc"},
            {"analysis": "jpsth", "name": "lag_0_ms", "target": "pc", "trial": "1 s",
             "lags": ["0 ms"]},
            {"analysis": "jpsth", "name": "lag_6_ms", "target": "pc", "trial": "1 s",
             "lags": ["6 ms"]}])";
    const std::vector<std::string> noise = noise_driven();
    trials.sets.insert(trials.sets.end(), noise.begin(), noise.end());
    trials.sets.insert(trials.sets.end(), {"define.noise_sd=0.2328 nA", "warm_up=1 s", analyses});
    trials.sets.push_back(reduced_cells());
    return {.sweeps = {std::move(trials)}, .tasks = {}};
}

/// Whether a correlation is there at the high rate and not at the low one, beyond its error.
void judge_lag(const SweepTable& table, const std::string& analysis, const std::string& lag,
               std::vector<Verdict>& verdicts) {
    const Statistic& low = table.at(0, fmt::format("{}.low_rate_{}", analysis, lag));
    const Statistic& high = table.at(0, fmt::format("{}.high_rate_{}", analysis, lag));
    const double error = table.at(0, fmt::format("{}.independent_error", analysis)).mean /
                         std::sqrt(static_cast<double>(std::max<std::int64_t>(high.runs, 1)));
    verdicts.push_back(
        statement(fmt::format("correlation at a lag of {} ms follows the rate within the trial",
                              lag == "0_ms" ? 0 : 6),
                  high.mean > 3.0 * error && high.mean > 2.0 * std::abs(low.mean),
                  fmt::format("{:.2g} at the base, {:.2g} at high rates (chance: {:.1g})", low.mean,
                              high.mean, error),
                  kFigure6));
}

StudyFindings judge(const StudyResults& results) {
    const SweepTable& table = results.sweeps.find(kSweep)->second;
    StudyFindings findings;
    findings.verdicts.push_back(shown_only("rate in the fastest quarter of the trial", "Hz",
                                           table.at(0, "lag_0_ms.high_rate_hz"), "-"));
    findings.verdicts.back().published = "peak about 140";
    judge_lag(table, "lag_0_ms", "0_ms", findings.verdicts);
    judge_lag(table, "lag_6_ms", "6_ms", findings.verdicts);
    ReportData::Section section{.title = "Synchrony that follows the rate (Figure 6 of the paper)"};
    section.paragraphs = {
        "All cells get the same slow wave of current, the positive half of a sine of 1 Hz, beside "
        "a noise current of their own. The curves are the correlation of pairs of cells over "
        "trials, what all trials share taken away: it rises and falls with the rate, from one "
        "moment of a trial to the next.",
        kReducedCells, "Not computed here: the cells whose rate decreases (Figure 6C to G)."};
    Plot plot{.name = "correlation_in_trial",
              .title = "Correlation of pairs within a trial",
              .x_label = "time in the trial (ms)",
              .y_label = "correlation",
              .curves = {},
              .marks = {}};
    for (const auto& [analysis, label] :
         {std::pair{"lag_0_ms", "lag 0 ms"}, std::pair{"lag_6_ms", "lag 6 ms"}}) {
        for (Curve& curve : labelled_curve(table, 0, analysis, label)) {
            plot.curves.push_back(std::move(curve));
        }
    }
    section.plots = {std::move(plot)};
    findings.sections.push_back(std::move(section));
    return findings;
}

}  // namespace

Study purkinje_transients_study() {
    return {.name = "purkinje-transients",
            .summary = "synchrony follows the rate within a trial",
            .source =
                "Zang, Hong & De Schutter (2020), eLife 9:e60692, doi:10.7554/eLife.60692, "
                "Figure 6",
            .full_core_s = 1200.0,
            .quick_core_s = 170.0,
            .threads_help = true,
            .plan = plan,
            .judge = judge};
}

}  // namespace volley
