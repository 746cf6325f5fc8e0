#include "core/analysis/spectrum_plan.hpp"

#include "core/analysis/slepian.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace volley {

namespace {

constexpr double kDefaultBin_ms = 1.0;
constexpr double kDefaultSegment_ms = 128.0;
constexpr double kDefaultStep_hz = 1.0;
constexpr double kDefaultHalfbandwidth = 4.0;
constexpr double kMostPoints = 0x1p26;  // of a transform: 1 GB of complex numbers
constexpr std::int64_t kDefaultSmoothing = 30;
constexpr Interval kDefaultFrequencies{50.0, 425.0};
constexpr Interval kDefaultSearch{100.0, 250.0};
constexpr double kDefaultFloor_hz = 300.0;
constexpr Interval kDefaultBand{145.0, 205.0};
constexpr Interval kDefaultReferenceBand{300.0, 420.0};

constexpr Field kWindow{.name = "window",
                        .kind = Kind::choice,
                        .presence = Presence::optional,
                        .choices = "hann|hamming",
                        .meaning = "welch: the window of a segment; hann unless given"};

constexpr std::array kFields{
    choice("method", "multitaper|welch", "multitaper", "how the spectrum is estimated"),
    choice("normalisation", "rate|counts", "rate",
           "one-sided density of the rate per neuron (Hz^2/Hz), or two-sided of counts (1/Hz)"),
    optional("bin", "ms", kPositive, "width of a bin, rounded to whole steps; 1 ms unless given"),
    optional("frequencies", "Hz", kNotNegative, "from and to; 50 to 425 Hz unless given",
             Kind::numbers),
    optional("step", "Hz", kPositive,
             "between frequencies; unless given 1 Hz, with welch the reciprocal of the segment"),
    optional("smoothing", "1", kAtLeastOne,
             "moving average over so many frequencies; unless given 30, with welch 1 (none)",
             Kind::integer),
    optional("segment", "ms", kPositive,
             "length of a segment; unless given equal parts of the window, each at most 2 x "
             "time_halfbandwidth / step (8 s), with welch 128 ms"),
    optional("overlap", "1", {0.0, 1.0, false, true},
             "of neighbouring segments; unless given 0, with welch 0.5"),
    kWindow,
    optional(
        "time_halfbandwidth", "1", kAtLeastOne,
        "multitaper: bandwidth of the tapers times length of a segment over 2; 4 unless given"),
    optional("tapers", "1", {1, 1000},
             "multitaper: how many, at most 2 x time_halfbandwidth; 7 "
             "unless given",
             Kind::integer),
    optional("search", "Hz", kNotNegative,
             "from and to: where a peak is looked for; 100 to 250 Hz unless given", Kind::numbers),
    optional("floor", "Hz", kNotNegative,
             "from and to: the floor is the median of power there; above 300 Hz unless given",
             Kind::numbers),
    optional("band", "Hz", kNotNegative,
             "from and to: numerator of the band ratio; 145 to 205 Hz unless given", Kind::numbers),
    optional("reference_band", "Hz", kNotNegative,
             "from and to: denominator of the band ratio; 300 to 420 Hz unless given",
             Kind::numbers),
};

/// Segments of the multitaper estimate where the user gives none: the window in as few equal parts
/// as have a bandwidth of one frequency step. Longer ones would be blind between the frequencies.
std::int64_t default_taper_segment(const Spec& spec, const SpectrumPlan& plan) {
    const double bandwidths = 2.0 * spec.number_or("time_halfbandwidth", kDefaultHalfbandwidth);
    const double longest_s = bandwidths / spec.number_or("step", kDefaultStep_hz);
    const double longest = std::max(1.0, longest_s / plan.bins.seconds());
    const double parts =
        std::max(1.0, std::ceil(static_cast<double>(plan.bins.count) / longest - 1e-9));
    return static_cast<std::int64_t>(static_cast<double>(plan.bins.count) / parts + 1e-9);
}

void plan_segments(const Spec& spec, const SpikeTrains& trains, SpectrumPlan& plan) {
    const bool welch = plan.method == "welch";
    if (welch || spec.has("segment")) {
        const double whole_ms = static_cast<double>(plan.bins.count) * plan.bins.width_ms;
        const double segment_ms = spec.number_or("segment", kDefaultSegment_ms);
        const bool fits = segment_ms <= whole_ms * (1.0 + 1e-9);
        plan.segment = fits ? std::llround(segment_ms / plan.bins.width_ms) : 0;
    } else {
        plan.segment = default_taper_segment(spec, plan);
    }
    if (spec.has("segment") && plan.segment < 2) {
        throw ConfigError(
            place_of(spec, "segment"), fmt::format("{:g} ms", spec.number("segment")),
            fmt::format("at least two bins of {:g} ms and at most the window of {:g} ms",
                        plan.bins.width_ms, trains.duration_ms()));
    }
    const double overlap = spec.number_or("overlap", welch ? 0.5 : 0.0);
    plan.hop = std::max<std::int64_t>(
        1, plan.segment - std::llround(overlap * static_cast<double>(plan.segment)));
    plan.possible = plan.possible && plan.segment >= 2;
}

void refuse(const Spec& spec, std::string_view key) {
    if (spec.has(key)) {
        throw ConfigError(
            place_of(spec, key),
            fmt::format("\"{}\" means nothing with the method \"{}\"", key, spec.text("method")));
    }
}

void plan_tapers(const Spec& spec, SpectrumPlan& plan) {
    if (plan.method == "welch") {
        refuse(spec, "time_halfbandwidth");
        refuse(spec, "tapers");
        plan.window = spec.has("window") ? spec.text("window") : "hann";
        return;
    }
    refuse(spec, "window");
    plan.time_halfbandwidth = spec.number_or("time_halfbandwidth", kDefaultHalfbandwidth);
    const double most = std::floor(2.0 * plan.time_halfbandwidth);
    const double fallback = std::min(7.0, most);
    const std::int64_t tapers = integer_or(spec, "tapers", static_cast<std::int64_t>(fallback));
    if (static_cast<double>(tapers) > most) {
        throw ConfigError(place_of(spec, "tapers"), fmt::format("{}", tapers),
                          fmt::format("at most 2 x time_halfbandwidth = {:g}: others leak", most));
    }
    plan.tapers = static_cast<int>(tapers);
    const bool long_enough =
        static_cast<double>(plan.segment) > 2.0 * plan.time_halfbandwidth && plan.segment >= tapers;
    if (!long_enough && plan.possible &&
        (spec.has("segment") || spec.has("tapers") || spec.has("time_halfbandwidth"))) {
        throw ConfigError(spec.where, fmt::format("segments of {} bins", plan.segment),
                          fmt::format("more than 2 x time_halfbandwidth = {:g} bins",
                                      2.0 * plan.time_halfbandwidth));
    }
    plan.possible = plan.possible && long_enough;
}

bool has_large_factor(std::int64_t number) {
    for (std::int64_t factor = 2; factor <= 101; ++factor) {
        while (number % factor == 0) number /= factor;
    }
    return number > 1;
}

/// Points of a transform whose frequencies are `step_hz` apart, as near as a fast transform allows.
std::int64_t transform_points(double sampling_hz, double step_hz) {
    std::int64_t points = std::max<std::int64_t>(2, std::llround(sampling_hz / step_hz));
    while (has_large_factor(points)) ++points;
    return points;
}

/// A range of frequencies that the user gave must lie below the Nyquist frequency.
Interval below_nyquist(const Spec& spec, std::string_view key, Interval fallback,
                       double nyquist_hz) {
    Interval range = interval_of_field(spec, key, fallback);
    if (spec.has(key) && range.to > nyquist_hz * (1.0 + 1e-12)) {
        throw ConfigError(
            place_of(spec, key), fmt::format("{:g} Hz", range.to),
            fmt::format("at most the Nyquist frequency, {:g} Hz at this bin", nyquist_hz));
    }
    range.to = std::min(range.to, nyquist_hz);
    return range;
}

void plan_frequencies(const Spec& spec, SpectrumPlan& plan) {
    const double sampling_hz = plan.bins.sampling_hz();
    const double nyquist_hz = sampling_hz / 2.0;
    const double fallback_step = plan.method == "welch" && plan.segment > 0
                                     ? sampling_hz / static_cast<double>(plan.segment)
                                     : std::min(kDefaultStep_hz, nyquist_hz);
    const double step_hz = spec.number_or("step", fallback_step);
    if (spec.has("step") && !(step_hz <= nyquist_hz && sampling_hz / step_hz <= kMostPoints)) {
        throw ConfigError(place_of(spec, "step"), fmt::format("{:g} Hz", step_hz),
                          fmt::format("{:g} Hz to the Nyquist frequency, {:g} Hz at this bin",
                                      sampling_hz / kMostPoints, nyquist_hz));
    }
    plan.shown = below_nyquist(spec, "frequencies", kDefaultFrequencies, nyquist_hz);
    plan.smoothing = integer_or(spec, "smoothing", plan.method == "welch" ? 1 : kDefaultSmoothing);

    FrequencyGrid& grid = plan.grid;
    grid.sampling_hz = sampling_hz;
    grid.points = spec.has("step") || plan.method != "welch"
                      ? transform_points(sampling_hz, step_hz)
                      : std::max<std::int64_t>(2, plan.segment);
    const double first = std::ceil(plan.shown.from / grid.step_hz() - 1e-9);
    const double last = std::floor(plan.shown.to / grid.step_hz() + 1e-9);
    const std::int64_t half = plan.smoothing / 2;
    // The zero frequency holds no power once the mean is gone: it enters no average.
    const std::int64_t lowest = std::min<std::int64_t>(static_cast<std::int64_t>(first), 1);
    grid.first = std::max(lowest, static_cast<std::int64_t>(first) - half);
    const std::int64_t end = std::min(grid.points / 2, static_cast<std::int64_t>(last) + half);
    grid.count = std::max<std::int64_t>(0, end - grid.first + 1);
    plan.possible = plan.possible && plan.shown.from < plan.shown.to && last >= first;
}

void plan_ranges(const Spec& spec, SpectrumPlan& plan) {
    const double nyquist_hz = plan.bins.sampling_hz() / 2.0;
    plan.search = below_nyquist(spec, "search", kDefaultSearch, nyquist_hz);
    plan.floor = below_nyquist(
        spec, "floor", {kDefaultFloor_hz, std::numeric_limits<double>::infinity()}, nyquist_hz);
    plan.band = below_nyquist(spec, "band", kDefaultBand, nyquist_hz);
    plan.reference_band = below_nyquist(spec, "reference_band", kDefaultReferenceBand, nyquist_hz);

    struct Part {
        std::string_view key;
        Interval* range;
    };
    for (const Part part :
         {Part{"search", &plan.search}, Part{"floor", &plan.floor}, Part{"band", &plan.band},
          Part{"reference_band", &plan.reference_band}}) {
        Interval inside{std::max(part.range->from, plan.shown.from),
                        std::min(part.range->to, plan.shown.to)};
        const bool fits = inside.from < inside.to;
        // Frequencies of one's own below 300 Hz leave no default floor: better asked for than NaN.
        const bool needed = part.key == "search" || part.key == "floor";
        if (!fits && (spec.has(part.key) || (needed && spec.has("frequencies")))) {
            throw ConfigError(place_of(spec, part.key),
                              fmt::format("no part of the frequencies {:g} to {:g} Hz",
                                          plan.shown.from, plan.shown.to),
                              fmt::format("\"{}\": [from, to] within them", part.key));
        }
        *part.range = fits ? inside : Interval{};
    }
}

}  // namespace

std::span<const Field> spectrum_fields() { return kFields; }

SpectrumPlan plan_spectrum(const Spec& spec, const SpikeTrains& trains) {
    SpectrumPlan plan;
    plan.method = spec.text("method");
    plan.counts = spec.text("normalisation") == "counts";
    plan.bins = bins_of_field(spec, "bin", kDefaultBin_ms, trains);
    plan.possible = plan.bins.count > 0 && trains.size() > 0;
    plan_segments(spec, trains, plan);
    plan_tapers(spec, plan);
    plan_frequencies(spec, plan);
    plan_ranges(spec, plan);
    return plan;
}

TaperPlan make_tapers(const SpectrumPlan& plan) {
    TaperPlan result{plan.segment, plan.hop, {}};
    if (plan.method == "welch") {
        result.tapers.push_back(welch_window(plan.window, plan.segment));
    } else {
        result.tapers = slepian_tapers(plan.segment, plan.time_halfbandwidth, plan.tapers);
    }
    return result;
}

}  // namespace volley
