#include "core/analysis/power_spectrum.hpp"

#include "core/analysis/binning.hpp"
#include "core/analysis/results.hpp"
#include "core/analysis/spectral_estimate.hpp"
#include "core/analysis/spectral_peak.hpp"
#include "core/analysis/spectrum_plan.hpp"
#include "core/analysis/statistics.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstddef>
#include <utility>

namespace volley {

namespace {

constexpr double kLeastPeakOverFloor = 2.0;

double mean_of(const std::vector<double>& values) { return moments(values).mean; }

/// Factor from the two-sided density of counts to the density the user asked for, and its unit.
struct Scale {
    double factor = 1.0;
    double poisson_floor = kUndefined;
    std::string unit;
};

Scale scale_of(const SpectrumPlan& plan, const SpikeTrains& trains, double spikes) {
    const double seconds = plan.bins.seconds() * static_cast<double>(plan.bins.count);
    const double all_hz = spikes / seconds;
    if (plan.counts) {
        return {1.0, all_hz * plan.bins.seconds() * plan.bins.seconds(), "1/Hz"};
    }
    const auto neurons = static_cast<double>(trains.size());
    const double per_spike_hz = 1.0 / (neurons * plan.bins.seconds());
    return {2.0 * per_spike_hz * per_spike_hz, 2.0 * all_hz / (neurons * neurons), "Hz^2/Hz"};
}

struct Findings {
    SpectralPeak peak;
    double error_hz = kUndefined;
    double floor = kUndefined;
    double band_ratio = kUndefined;
    double poisson_floor = kUndefined;

    double over_floor() const { return peak.power / floor; }
};

Findings read_off(const GroupedSpectra& spectra, const std::vector<double>& power,
                  const SpectrumPlan& plan) {
    const std::int64_t reach = std::max<std::int64_t>(1, plan.smoothing / 2);
    Findings found;
    found.peak = find_peak(power, plan.grid, plan.search, reach);
    found.floor = median(power_within(power, plan.grid, plan.floor));
    found.band_ratio = mean_of(power_within(power, plan.grid, plan.band)) /
                       mean_of(power_within(power, plan.grid, plan.reference_band));
    if (found.peak.inside && found.over_floor() >= kLeastPeakOverFloor) {
        found.error_hz = peak_error_hz(spectra, plan.grid, plan.search, reach, plan.smoothing);
    } else {
        found.peak.hz = kUndefined;
    }
    return found;
}

std::vector<Figure> figures_of(const Findings& found, const std::string& unit) {
    return {
        {"peak_hz", found.peak.hz, "Hz", "frequency of the peak"},
        {"peak_hz_error", found.error_hz, "Hz", "its standard error (jackknife)"},
        {"peak_power", found.peak.power, unit, "largest power in the search range"},
        {"peak_over_floor", found.over_floor(), "1", "peak power over floor"},
        {"floor", found.floor, unit, "median power in the floor range"},
        {"band_ratio", found.band_ratio, "1", "mean power in the band over the reference band"},
        {"poisson_floor", found.poisson_floor, unit, "power of independent Poisson neurons"},
    };
}

Plot spectrum_plot(const std::vector<double>& power, const SpectrumPlan& plan,
                   const Findings& found, const std::string& unit) {
    Plot plot;
    plot.title = plan.method == "welch" ? "Power spectrum (Welch)" : "Power spectrum (multitaper)";
    plot.x_label = "frequency (Hz)";
    plot.y_label = fmt::format("power ({})", unit);
    plot.log_y = true;
    Curve curve{"population", {}, {}};
    for (std::size_t k = 0; k < power.size(); ++k) {
        const double hz = plan.grid.at(static_cast<std::int64_t>(k));
        if (hz < plan.shown.from - 1e-9 || hz > plan.shown.to + 1e-9) continue;
        curve.x.push_back(hz);
        curve.y.push_back(power[k]);
    }
    if (curve.x.empty()) return plot;
    const Curve poisson{
        "Poisson", {curve.x.front(), curve.x.back()}, {found.poisson_floor, found.poisson_floor}};
    plot.curves = {std::move(curve), poisson};
    if (!std::isnan(found.peak.hz)) {
        plot.marks.emplace_back(found.peak.hz, fmt::format("{:.1f} Hz", found.peak.hz));
    }
    return plot;
}

AnalysisResult run(const Spec& spec, std::span<const SpikeTrains> targets) {
    const SpikeTrains& trains = only_target(spec, targets);
    SpectrumPlan plan = plan_spectrum(spec, trains);
    const std::vector<double> counts = population_counts(trains, plan.bins);
    double spikes = 0.0;
    for (const double count : counts) spikes += count;
    const Scale scale = scale_of(plan, trains, spikes);
    if (!plan.possible || spikes == 0.0) return {figures_of({}, scale.unit), {}};

    const TaperPlan tapers = make_tapers(plan);
    GroupedSpectra spectra = grouped_spectra(counts, plan.grid, tapers);
    for (std::vector<double>& power : spectra.groups) {
        for (double& value : power) value *= scale.factor;
    }
    const std::vector<double> power = moving_average(spectra.mean(), plan.smoothing);
    Findings found = read_off(spectra, power, plan);
    found.poisson_floor = scale.poisson_floor;

    AnalysisResult result{figures_of(found, scale.unit), {}};
    Plot plot = spectrum_plot(power, plan, found, scale.unit);
    plot.name = plot_name("power_spectrum", targets);
    if (!plot.curves.empty()) result.plots.push_back(std::move(plot));
    return result;
}

}  // namespace

AnalysisInfo power_spectrum_analysis() {
    return {
        .description =
            {.name = "power_spectrum",
             .summary = "power spectrum of the population's activity: peak, floor, bands",
             .fields = spectrum_fields(),
             .details =
                 "One-sided density of the rate per neuron in Hz^2/Hz, 2 r / N for N independent "
                 "Poisson neurons of rate r; or two-sided density of counts. peak_hz is "
                 "undefined where the maximum stands at an end of the search range or below "
                 "twice the floor.",
             .source = "multitaper: Thomson 1982, doi:10.1109/PROC.1982.12433; Welch 1967, "
                       "doi:10.1109/TAU.1967.1161901",
             .example =
                 R"("analyses": [{"analysis": "power_spectrum", "target": "pc", "method": "welch"}])"},
        .most_targets = 1,
        .run = run};
}

}  // namespace volley
