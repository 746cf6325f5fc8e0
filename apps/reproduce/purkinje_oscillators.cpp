#include "apps/reproduce/oscillator_controls.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <stdexcept>

namespace volley {

namespace {

constexpr const char* kSweep = "oscillators";
constexpr const char* kPaper = "eLife 9:e60692, Fig. 5";
constexpr const char* kReference =
    "eLife 9:e60692, Fig. 5: its equations in an independent program, 4 seeds";
constexpr const char* kReferenceFixed =
    "eLife 9:e60692, Fig. 5: its equations in an independent program, 1 seed";

/// What the independent program gave at a rate, over its seeds; the tolerances are 2 % on the rate,
/// 8 Hz on the frequency and 20 % on power.
struct Reference {
    const char* rate;
    double realised_low_hz, realised_high_hz;
    double cv;
    double peak_low_hz, peak_high_hz;  // NaN: no peak
    double power_low, power_high;
    double over_floor_low, over_floor_high;
};
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr std::array kReferences{
    // The power at 10 Hz is known to one digit.
    Reference{"10 Hz", 4.1, 4.2, 1.24, kNone, kNone, 0.00045, 0.00055, 1.2, 1.3},
    Reference{"70 Hz", 26.6, 26.8, 0.65, 162.0, 175.0, 0.0106, 0.0115, 4.5, 5.2},
    Reference{"116 Hz", 32.7, 32.9, 0.86, 163.0, 165.0, 0.031, 0.0365, 10.4, 12.2},
};

/// The same with the response frozen at its size at 70 Hz.
struct FixedReference {
    const char* rate;
    double power_low, power_high;
};
constexpr std::array kFixed{
    FixedReference{"10 Hz", 0.00045, 0.00055},
    FixedReference{"70 Hz", 0.0112, 0.0112},
    FixedReference{"116 Hz", 0.036, 0.036},
};

StudyPlan plan(bool quick) {
    const std::string rates = quick ? "10 Hz,70 Hz,116 Hz" : "10 Hz,40 Hz,70 Hz,93 Hz,116 Hz";
    StudySweep oscillators{
        .name = kSweep,
        .model = "purkinje_oscillators.json",
        .sets = {"record.traces=[]"},
        .vary = {"populations.pc.parameters.response_rate=0 Hz,70 Hz,30 Hz",
                 "define.intrinsic_rate=" + rates},
        .seeds = quick ? std::vector<std::uint64_t>{1} : std::vector<std::uint64_t>{1, 2, 3, 4}};
    constexpr int kSpectrum = 3;  // the number of that analysis in the model file
    for (std::string& set : spectrum_sets(kSpectrum)) oscillators.sets.push_back(std::move(set));
    return {.sweeps = {std::move(oscillators), kuramoto_sweep(quick), common_input_sweep(quick)},
            .tasks = {}};
}

std::string range_text(double low, double high) {
    return low == high ? fmt::format("{:g}", low) : fmt::format("{:g} to {:g}", low, high);
}

void judge_point(const SweepTable& table, const Reference& expected,
                 std::vector<Verdict>& verdicts) {
    const std::size_t point = oscillator_point(table, kFollowsRate, expected.rate);
    const auto value = [&](const char* name) { return table.at(point, name); };
    const std::string at = fmt::format(" at {}", expected.rate);
    verdicts.push_back(judged(
        "realised rate" + at, "Hz", value("pc.rate_hz"),
        range_text(expected.realised_low_hz, expected.realised_high_hz),
        Accepted::relative(expected.realised_low_hz, expected.realised_high_hz, 0.02), kReference));
    verdicts.push_back(shown_only("CV of intervals" + at, "", value("pc.cv_isi"), kReference));
    verdicts.back().published = fmt::format("{:g}", expected.cv);
    if (std::isfinite(expected.peak_low_hz)) {
        verdicts.push_back(judged(
            "frequency of the rhythm" + at, "Hz", value("power_spectrum_pc.peak_hz"),
            range_text(expected.peak_low_hz, expected.peak_high_hz),
            Accepted::absolute(expected.peak_low_hz, expected.peak_high_hz, 8.0), kReference));
    }
    verdicts.push_back(judged("peak power" + at, "1/Hz", value("power_spectrum_pc.peak_power"),
                              range_text(expected.power_low, expected.power_high),
                              Accepted::relative(expected.power_low, expected.power_high, 0.2),
                              kReference));
    verdicts.push_back(judged(
        "peak power over floor" + at, "", value("power_spectrum_pc.peak_over_floor"),
        range_text(expected.over_floor_low, expected.over_floor_high),
        Accepted::relative(expected.over_floor_low, expected.over_floor_high, 0.2), kReference));
}

/// Powers at 10, 70 and 116 Hz, for a size of the response.
std::array<double, 3> powers(const SweepTable& table, const char* response) {
    std::array<double, 3> all{};
    for (std::size_t k = 0; k < all.size(); ++k) {
        all[k] = table
                     .at(oscillator_point(table, response, kReferences[k].rate),
                         "power_spectrum_pc.peak_power")
                     .mean;
    }
    return all;
}

void judge_controls(const SweepTable& table, std::vector<Verdict>& verdicts) {
    for (const FixedReference& expected : kFixed) {
        verdicts.push_back(judged(
            fmt::format("peak power at {}, response frozen at 70 Hz", expected.rate), "1/Hz",
            table.at(oscillator_point(table, "70 Hz", expected.rate),
                     "power_spectrum_pc.peak_power"),
            range_text(expected.power_low, expected.power_high),
            Accepted::relative(expected.power_low, expected.power_high, 0.2), kReferenceFixed));
    }
    for (const Reference& expected : kReferences) {
        verdicts.push_back(shown_only(
            fmt::format("peak power at {}, response frozen at 30 Hz", expected.rate), "1/Hz",
            table.at(oscillator_point(table, "30 Hz", expected.rate),
                     "power_spectrum_pc.peak_power"),
            "no number published"));
    }
    const std::array<double, 3> own = powers(table, kFollowsRate);
    verdicts.push_back(statement(
        "the rhythm grows with the rate (10, 70, 116 Hz)", own[0] < own[1] && own[1] < own[2],
        fmt::format("power {:.2g}, {:.2g}, {:.2g} 1/Hz", own[0], own[1], own[2]), kPaper));
}

Plot spectra(const SweepTable& table, const char* response, const char* name,
             const std::string& title) {
    Plot plot{.name = name,
              .title = title,
              .x_label = "frequency (Hz)",
              .y_label = "power of spike counts (1/Hz)",
              .curves = {},
              .marks = {}};
    for (const std::size_t point : table.points_with({response})) {
        RunCurve mean = table.mean_curve(point, "power_spectrum_pc");
        if (mean.plot.curves.empty()) continue;
        Curve curve = std::move(mean.plot.curves.front());
        curve.label = table.plan().points[point][1];
        curve.error.clear();
        plot.curves.push_back(std::move(curve));
    }
    return plot;
}

Plot power_against_rate(const SweepTable& table) {
    Plot plot{.name = "peak_power",
              .title = "Peak power against the intrinsic rate",
              .x_label = "intrinsic rate (Hz)",
              .y_label = "peak power (1/Hz)",
              .curves = {},
              .marks = {}};
    for (const auto& [response, label] :
         {std::pair{kFollowsRate, "response follows the rate"},
          std::pair{"70 Hz", "frozen at 70 Hz"}, std::pair{"30 Hz", "frozen at 30 Hz"}}) {
        Curve curve{.label = label, .x = {}, .y = {}, .marks = Curve::Marks::on_line};
        for (const std::size_t point : table.points_with({response})) {
            const Statistic& power = table.at(point, "power_spectrum_pc.peak_power");
            curve.x.push_back(number_with_unit(table.plan().points[point][1])->number);
            curve.y.push_back(power.mean);
            if (power.runs > 1) curve.error.push_back(power.standard_error);
        }
        if (curve.error.size() != curve.x.size()) curve.error.clear();
        plot.curves.push_back(std::move(curve));
    }
    Curve published{.label = "published equations, other program", .x = {}, .y = {}};
    published.marks = Curve::Marks::alone;
    for (const Reference& reference : kReferences) {
        published.x.push_back(number_with_unit(reference.rate)->number);
        published.y.push_back(0.5 * (reference.power_low + reference.power_high));
    }
    plot.curves.push_back(std::move(published));
    return plot;
}

/// How much the growth of the response adds to the growth of the rhythm.
std::string control_text(const SweepTable& table) {
    const double follows = powers(table, kFollowsRate).back();
    return fmt::format(
        "In the control the phase response keeps its size at 70 or 30 Hz, whatever the rate. At "
        "116 Hz the peak then has {:.2f} and {:.2f} times the power that it has with a response "
        "that grows with the rate; a factor near 1 means that the rhythm of this model grows with "
        "the rate without help of the response's size.",
        powers(table, "70 Hz").back() / follows, powers(table, "30 Hz").back() / follows);
}

ReportData::Section figure_5(const SweepTable& table) {
    ReportData::Section section{.title = "Coupled oscillators (Figure 5 of the paper)"};
    section.paragraphs = {
        "100 phase oscillators with the phase response of a Purkinje cell inhibit each other; none "
        "of them fires at the frequency of the rhythm. Rates are intrinsic ones (1 / T): the "
        "inhibition lowers them to the realised rates of the table.",
        "The paper's network of detailed cells oscillates near 175 Hz, recordings in vivo near "
        "160 Hz, and these oscillators at 162 to 165 Hz.",
        control_text(table)};
    section.plots = {
        spectra(table, kFollowsRate, "spectra", "The response grows with the rate"),
        spectra(table, "70 Hz", "spectra_frozen_70", "The response is frozen at its size at 70 Hz"),
        spectra(table, "30 Hz", "spectra_frozen_30", "The response is frozen at its size at 30 Hz"),
        power_against_rate(table)};
    return section;
}

StudyFindings judge(const StudyResults& results) {
    const SweepTable& table = results.sweeps.find(kSweep)->second;
    StudyFindings findings;
    for (const Reference& expected : kReferences) judge_point(table, expected, findings.verdicts);
    judge_controls(table, findings.verdicts);
    findings.sections.push_back(figure_5(table));
    judge_kuramoto(results, findings);
    judge_common_input(results, findings);
    return findings;
}

}  // namespace

std::size_t oscillator_point(const SweepTable& table, const char* response, const char* rate) {
    const std::vector<std::size_t> points = table.points_with({response, rate});
    if (points.empty()) throw std::logic_error(fmt::format("no point {}, {}", response, rate));
    return points.front();
}

std::vector<std::string> spectrum_sets(int analysis) {
    const std::string path = fmt::format("analyses.{}.", analysis);
    return {path + "normalisation=counts", path + R"(floor=["320 Hz", "425 Hz"])",
            path + R"(band=["145 Hz", "205 Hz"])", path + R"(reference_band=["60 Hz", "110 Hz"])"};
}

Study purkinje_oscillators_study() {
    return {.name = "purkinje-oscillators",
            .summary = "coupled phase oscillators make the rhythm; common input does not",
            .source =
                "Zang, Hong & De Schutter (2020), eLife 9:e60692, doi:10.7554/eLife.60692, "
                "Figure 5",
            .full_core_s = 130.0,
            .quick_core_s = 10.0,
            .plan = plan,
            .judge = judge};
}

}  // namespace volley
