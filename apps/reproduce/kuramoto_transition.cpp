#include "apps/reproduce/oscillator_controls.hpp"
#include "io/sonata/traces.hpp"

#include <fmt/format.h>

#include <cmath>

namespace volley {

namespace {

constexpr const char* kSweep = "kuramoto";
constexpr const char* kSource =
    "Kuramoto 1984, doi:10.1007/978-3-642-69689-3; Strogatz 2000, "
    "doi:10.1016/S0167-2789(00)00094-4";
constexpr double kHalfWidth_hz = 1.0;  // "gamma" of the model file
constexpr double kCritical_hz = 2.0 * kHalfWidth_hz;
constexpr double kWarmUp_ms = 20000.0;

double theory(double coupling_hz) {
    return coupling_hz > kCritical_hz ? std::sqrt(1.0 - kCritical_hz / coupling_hz) : 0.0;
}

/// The order parameter, averaged over the time after the warm-up.
double mean_order(const std::filesystem::path& run) {
    const std::filesystem::path file = run / "report.h5";
    const TracesInfo info = list_traces(file).front();
    const double end_ms = info.start_ms + static_cast<double>(info.samples) * info.step_ms;
    const Traces traces = read_traces(file, info, 1, kWarmUp_ms, end_ms);
    double sum = 0.0;
    const auto samples = static_cast<std::size_t>(traces.info.samples);
    for (std::size_t k = 0; k < samples; ++k) sum += traces.at(k, 0, 0, 0);
    return sum / static_cast<double>(samples);
}

Statistic order_at(const SweepTable& table, std::size_t point) {
    std::vector<double> values;
    for (const std::size_t run : table.finished_runs(point)) {
        values.push_back(mean_order(table.folder_of(run)));
    }
    return statistic_of(values);
}

/// Frequencies are drawn: N of them have a half width that is off by about pi / 2 / sqrt(N), and
/// the order parameter follows it by gamma / (K r). Twice that, and 0.01 for the finite time.
double tolerance(double coupling_hz, double neurons) {
    const double width_error = 0.5 * 3.14159265 / std::sqrt(neurons) * kHalfWidth_hz;
    return 2.0 * width_error / (coupling_hz * theory(coupling_hz)) + 0.01;
}

Verdict verdict_at(double coupling_hz, double neurons, const Statistic& order) {
    const std::string quantity =
        fmt::format("Kuramoto's order parameter at K = {:g} gamma", coupling_hz / kHalfWidth_hz);
    const double expected = theory(coupling_hz);
    // Near the transition a finite network fluctuates without end.
    constexpr double kNear = 0.15;
    if (std::abs(coupling_hz / kCritical_hz - 1.0) < kNear) {
        Verdict verdict = shown_only(quantity, "", order, "too near the transition to judge");
        verdict.published = fmt::format("{:.3f}", expected);
        return verdict;
    }
    if (expected == 0.0) {
        // N independent oscillators have sqrt(pi / 4 N); the coupling enlarges it below K_c.
        const double noise = 0.886 / std::sqrt(neurons * (1.0 - coupling_hz / kCritical_hz));
        return judged(quantity, "", order, "0 (no order)", {0.0, 2.0 * noise}, kSource);
    }
    const double margin = tolerance(coupling_hz, neurons);
    return judged(quantity, "", order, fmt::format("{:.3f}", expected),
                  Accepted::absolute(expected, expected, margin), kSource);
}

double neurons_of(bool quick) { return quick ? 4000.0 : 20000.0; }

}  // namespace

StudySweep kuramoto_sweep(bool quick) {
    return {.name = kSweep,
            .model = "kuramoto.json",
            .sets = {fmt::format("define.N={:g}", neurons_of(quick))},
            .vary = {quick ? "define.coupling=1 Hz,2.5 Hz,4 Hz"
                           : "define.coupling=0.5 Hz,1 Hz,1.5 Hz,2 Hz,2.25 Hz,2.5 Hz,3 Hz,4 Hz,"
                             "6 Hz,8 Hz"},
            .seeds = quick ? std::vector<std::uint64_t>{1} : std::vector<std::uint64_t>{1, 2, 3},
            .keep = true};
}

void judge_kuramoto(const StudyResults& results, StudyFindings& findings) {
    const SweepTable& table = results.sweeps.find(kSweep)->second;
    Curve found{.label = "found", .x = {}, .y = {}};
    found.marks = Curve::Marks::alone;
    for (std::size_t point = 0; point < table.plan().points.size(); ++point) {
        const double coupling_hz = table.plan().request.axes[0].numbers[point];
        const Statistic order = order_at(table, point);
        findings.verdicts.push_back(verdict_at(coupling_hz, neurons_of(results.quick), order));
        found.x.push_back(coupling_hz);
        found.y.push_back(order.mean);
        found.error.push_back(order.runs > 1 ? order.standard_error : 0.0);
    }
    Curve closed{.label = "sqrt(1 - 2 gamma / K)", .x = {}, .y = {}};
    constexpr int kPoints = 200;
    for (int k = 0; k <= kPoints; ++k) {
        closed.x.push_back(8.0 * k / kPoints);
        closed.y.push_back(theory(closed.x.back()));
    }
    ReportData::Section section{.title = "Kuramoto's transition"};
    section.paragraphs = {fmt::format(
        "{:g} oscillators, each coupled to the mean field of all; natural frequencies with a "
        "Lorentz distribution of half width gamma = 1 Hz. Order sets in at K = 2 gamma.",
        neurons_of(results.quick))};
    section.plots.push_back({.name = "kuramoto",
                             .title = "Order parameter against coupling",
                             .x_label = "coupling K (Hz)",
                             .y_label = "order parameter r",
                             .curves = {std::move(closed), std::move(found)},
                             .marks = {}});
    findings.sections.push_back(std::move(section));
}

}  // namespace volley
