#include "core/protocols/fi_curve.hpp"

#include "core/error.hpp"
#include "core/math/flush_to_zero.hpp"
#include "core/math/functions.hpp"
#include "core/time.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace volley {

namespace {

constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kColumns = 6;    // of a row: see row_of
constexpr std::size_t kSections = 16;  // currents tried at once between two bounds
constexpr double kLongSteps = 4.0;     // firing that starts slowly shows late
constexpr double kLadderStart = 1e-3;  // in any unit: below what moves a neuron
constexpr int kLadderChunks = 5;       // of eight doublings: up to 1e9
constexpr std::size_t kSweepPoints = 41;

/// Firing that is still going on at the end: the pause there is no longer than others were.
bool goes_on(const std::vector<double>& times_ms, double duration_ms) {
    if (times_ms.size() < 3) return false;
    double longest = 0.0;
    for (std::size_t k = 1; k < times_ms.size(); ++k) {
        longest = std::max(longest, times_ms[k] - times_ms[k - 1]);
    }
    return duration_ms - times_ms.back() <= 1.5 * longest;
}

/// What a train of spikes says. @param times_ms  since the step's start
FiPoint point_of(double current, const std::vector<double>& times_ms, double duration_ms) {
    FiPoint point{.current = current,
                  .latency_ms = times_ms.empty() ? kUndefined : times_ms.front(),
                  .cv_isi = kUndefined,
                  .spikes = static_cast<double>(times_ms.size()),
                  .repetitive = goes_on(times_ms, duration_ms)};
    auto first = std::ranges::lower_bound(times_ms, 0.5 * duration_ms);
    if (times_ms.end() - first < 3)
        first = times_ms.end() - std::min<std::ptrdiff_t>(3, std::ssize(times_ms));
    const std::vector<double> last(first, times_ms.end());
    if (last.size() < 3) return point;
    const double intervals = static_cast<double>(last.size() - 1);
    const double mean = (last.back() - last.front()) / intervals;
    double squares = 0.0;
    for (std::size_t k = 1; k < last.size(); ++k) {
        const double off = last[k] - last[k - 1] - mean;
        squares += off * off;
    }
    if (point.repetitive) point.rate_Hz = 1000.0 / mean;
    const double cv = std::sqrt(squares / intervals) / mean;
    point.cv_isi = cv > 1e-8 ? cv : 0.0;  // below, times were only rounded
    return point;
}

void write_row(const FiPoint& point, std::span<double> row) {
    row[0] = point.rate_Hz;
    row[1] = point.latency_ms;
    row[2] = point.cv_isi;
    row[3] = point.spikes;
    row[4] = point.repetitive ? 1.0 : 0.0;
    row[5] = point.computed ? 1.0 : 0.0;
}

FiPoint point_of_row(double current, std::span<const double> row) {
    return {.current = current,
            .rate_Hz = row[0],
            .latency_ms = row[1],
            .cv_isi = row[2],
            .spikes = row[3],
            .repetitive = row[4] != 0.0,
            .computed = row[5] != 0.0};
}

/// The steps of current for some neurons. @param first  number of the first among all
std::vector<FiPoint> run_steps(const Cell& cell, const CellState& settled, std::size_t first,
                               std::span<const double> currents, const FiSettings& settings) {
    const std::vector<CellState> starts(currents.size(), settled);
    CellGroup group(cell, starts, settings.dt_ms, static_cast<std::int64_t>(first));
    for (std::size_t i = 0; i < currents.size(); ++i) group.inject(i, currents[i]);
    std::vector<std::vector<double>> times_ms(currents.size());
    const Step steps = to_steps(settings.duration_ms, settings.dt_ms);
    for (Step k = 1; k <= steps; ++k) {
        const std::span<const std::uint32_t> fired = group.step();
        for (std::size_t n = 0; n < fired.size(); ++n) {
            times_ms[fired[n]].push_back(to_ms(k, settings.dt_ms) -
                                         group.before_end(n) * settings.dt_ms);
        }
    }
    std::vector<FiPoint> points;
    for (std::size_t i = 0; i < currents.size(); ++i) {
        points.push_back(point_of(currents[i], times_ms[i], settings.duration_ms));
    }
    return points;
}

/// The same where one of the neurons may leave what the model can integrate: the others shall not
/// be lost with it.
std::vector<FiPoint> run_steps_safely(const Cell& cell, const CellState& settled, std::size_t first,
                                      std::span<const double> currents,
                                      const FiSettings& settings) {
    try {
        return run_steps(cell, settled, first, currents, settings);
    } catch (const SystemError&) {
        if (currents.size() == 1) {
            FiPoint failed = point_of(currents[0], {}, settings.duration_ms);
            failed.computed = false;
            return {failed};
        }
    }
    std::vector<FiPoint> points;
    for (std::size_t i = 0; i < currents.size(); ++i) {
        points.push_back(
            run_steps_safely(cell, settled, first + i, currents.subspan(i, 1), settings).front());
    }
    return points;
}

CellState settle(const Cell& cell, const FiSettings& settings) {
    const FlushToZero flush;
    CellGroup group(cell, 1, settings.dt_ms);
    const Step steps = to_steps(settings.settle_ms, settings.dt_ms);
    for (Step k = 0; k < steps; ++k) group.step();
    return group.states_of(0);
}

/// The experiments of one cell, all from the same settled state.
class Experiments {
public:
    Experiments(const Cell& cell, const FiSettings& settings, const Spread& spread)
        : cell_(cell), settings_(settings), spread_(spread), settled_(settle(cell, settings)) {}

    std::vector<FiPoint> at(std::span<const double> currents, double longer = 1.0) const {
        FiSettings settings = settings_;
        settings.duration_ms *= longer;
        const std::vector<double> table =
            spread_(currents.size(), kColumns,
                    [&](std::size_t begin, std::size_t end, std::span<double> rows) {
                        const std::vector<FiPoint> points = run_steps_safely(
                            cell_, settled_, begin, currents.subspan(begin, end - begin), settings);
                        for (std::size_t k = 0; k < points.size(); ++k) {
                            write_row(points[k], rows.subspan(k * kColumns, kColumns));
                        }
                    });
        std::vector<FiPoint> points;
        for (std::size_t k = 0; k < currents.size(); ++k) {
            points.push_back(
                point_of_row(currents[k], std::span(table).subspan(k * kColumns, kColumns)));
        }
        return points;
    }

    const FiSettings& settings() const { return settings_; }

private:
    const Cell& cell_;
    const FiSettings& settings_;
    const Spread& spread_;
    CellState settled_;
};

bool has_spike(const FiPoint& point) { return point.spikes >= 1.0; }
bool is_repetitive(const FiPoint& point) { return point.repetitive; }
using Property = bool (*)(const FiPoint&);

/// The first place where a property begins to hold. @param points  ascending
std::optional<Threshold> first_rise(std::span<const FiPoint> points, Property holds) {
    for (std::size_t k = 1; k < points.size(); ++k) {
        if (holds(points[k]) && !holds(points[k - 1])) {
            return Threshold{points[k - 1].current, points[k].current};
        }
    }
    return {};
}

/// Narrows a bracket by trying kSections currents inside it at a time: as many on any machine.
Threshold bisect(const Experiments& experiments, Threshold bounds, Property holds) {
    constexpr int kMostRounds = 40;
    const double width = bounds.current - bounds.below;
    for (int round = 0; round < kMostRounds; ++round) {
        const double size = std::max(std::abs(bounds.below), std::abs(bounds.current));
        const double gap = bounds.current - bounds.below;
        if (gap <= experiments.settings().precision * size + 1e-12 * width) break;
        std::vector<double> inside;
        for (std::size_t k = 1; k <= kSections; ++k) {
            inside.push_back(bounds.below +
                             gap * static_cast<double>(k) / static_cast<double>(kSections + 1));
        }
        const std::vector<FiPoint> points = experiments.at(inside, kLongSteps);
        const auto found = std::ranges::find_if(points, holds);
        if (found == points.end()) {
            bounds.below = inside.back();
        } else {
            bounds.current = found->current;
            if (found != points.begin()) bounds.below = (found - 1)->current;
        }
    }
    return bounds;
}

/// Currents that double until something changes: the cell begins to fire for good or, where it does
/// so by itself, falls silent. Ascending.
std::vector<FiPoint> ladder(const Experiments& experiments) {
    const std::vector<double> none{0.0};
    std::vector<FiPoint> points = experiments.at(none);
    const bool by_itself = points.front().repetitive;
    double step = by_itself ? -kLadderStart : kLadderStart;
    for (int chunk = 0; chunk < kLadderChunks; ++chunk) {
        std::vector<double> currents;
        for (std::size_t k = 0; k < kLanes; ++k, step *= 2.0) currents.push_back(step);
        const std::vector<FiPoint> next = experiments.at(currents);
        const auto changed = std::ranges::find_if(next, [&](const FiPoint& point) {
            return !point.computed || (by_itself ? !has_spike(point) : point.repetitive);
        });
        const bool ends = changed != next.end();
        points.insert(points.end(), next.begin(), ends ? changed + 1 : next.end());
        if (ends) break;
    }
    std::ranges::sort(points, {}, &FiPoint::current);
    return points;
}

/// 0 to three times the threshold; for a cell that fires by itself, from below its threshold.
std::vector<double> chosen_currents(const Cell& cell, const FiCurve& curve,
                                    std::span<const FiPoint> tried) {
    const std::optional<Threshold>& threshold =
        curve.repetitive ? curve.repetitive : curve.one_spike;
    if (!threshold) {
        if (tried.front().repetitive) {
            throw ConfigError(
                std::string(cell.model->description.name),
                fmt::format("it fires at all currents that were tried ({:g} to {:g} "
                            "{}); give the range with --currents",
                            tried.front().current, tried.back().current, cell.model->current_unit));
        }
        throw ConfigError(std::string(cell.model->description.name),
                          fmt::format("it never fires: no spike at currents up to {:g} {}",
                                      tried.back().current, cell.model->current_unit));
    }
    const double at = threshold->current;
    const double low = at > 0.0 ? 0.0 : 1.5 * at;
    const double high = at > 0.0 ? 3.0 * at : -3.0 * at;
    std::vector<double> currents;
    for (std::size_t k = 0; k < kSweepPoints; ++k) {
        currents.push_back(low + (high - low) * static_cast<double>(k) /
                                     static_cast<double>(kSweepPoints - 1));
    }
    return currents;
}

/// Least-squares slope of log rate against log distance over distances 0.005 to 0.02: below, the
/// error of the threshold itself would count.
double log_slope(std::span<const FiPoint> near, double threshold) {
    double n = 0.0;
    double x_sum = 0.0;
    double y_sum = 0.0;
    double xx = 0.0;
    double xy = 0.0;
    for (std::size_t k = 3; k <= 5; ++k) {
        if (!(near[k].rate_Hz > 0.0)) return kUndefined;
        const double x = exact_log(near[k].current - threshold);
        const double y = exact_log(near[k].rate_Hz);
        n += 1.0;
        x_sum += x;
        y_sum += y;
        xx += x * x;
        xy += x * y;
    }
    return (n * xy - x_sum * y_sum) / (n * xx - x_sum * x_sum);
}

/// Rates close above the threshold, and what they say of the type.
void judge(const Experiments& experiments, double sweep_width, std::string_view unit,
           FiCurve& curve) {
    curve.lowest_rate_Hz = curve.rate_ratio = curve.log_slope = kUndefined;
    if (!curve.repetitive) {
        curve.reason = "No threshold of repetitive firing was found, so the type cannot be told.";
        return;
    }
    const double threshold = curve.repetitive->current;
    const double scale = std::max(std::abs(threshold), 0.01 * sweep_width);
    std::vector<double> currents;
    for (const double distance : kFiDistances) currents.push_back(threshold + distance * scale);
    curve.near_threshold = experiments.at(currents, kLongSteps);
    const std::vector<FiPoint>& near = curve.near_threshold;
    curve.lowest_rate_Hz = near.front().rate_Hz;
    curve.rate_ratio =
        near.back().rate_Hz > 0.0 ? near.front().rate_Hz / near.back().rate_Hz : kUndefined;
    curve.log_slope = log_slope(near, curve.repetitive->below);
    const std::string facts = fmt::format(
        "{:.4g} Hz just above the threshold, {:.4g} Hz at {:.5g}{}; slope of log f against "
        "log (I - I_c) there {:.2f}",
        near.front().rate_Hz, near.back().rate_Hz, near.back().current,
        unit == "1" ? std::string() : fmt::format(" {}", unit), curve.log_slope);
    // Bounds between 1/2 or 0.2 (type I) and 0 (type II): see the header.
    if (curve.rate_ratio <= 0.35 && curve.log_slope >= 0.13) {
        curve.type = Excitability::type_1;
        curve.reason = "Type I: the rate goes to 0 at the threshold (" + facts + ").";
    } else if (curve.rate_ratio >= 0.1 && curve.log_slope <= 0.09) {
        curve.type = Excitability::type_2;
        curve.reason = "Type II: firing begins at a finite rate (" + facts + ").";
    } else {
        curve.reason = "The type cannot be told: " + facts +
                       ". Longer steps (--duration) or a smaller --precision may show more.";
    }
}

void check(const Cell& cell, const FiSettings& settings) {
    cell.require_current();
    const auto positive = [](double value, const char* option, const char* expected) {
        if (!(value > 0.0) || !std::isfinite(value)) {
            throw ConfigError(option, fmt::format("{:g}", value), expected);
        }
    };
    positive(settings.dt_ms, "--dt", "a time > 0 ms");
    positive(settings.duration_ms, "--duration", "a time > 0 ms");
    positive(settings.precision, "--precision", "a number > 0");
    if (!(settings.settle_ms >= 0.0)) {
        throw ConfigError("--settle", fmt::format("{:g}", settings.settle_ms), "a time >= 0 ms");
    }
    if (settings.duration_ms < settings.dt_ms) {
        throw ConfigError("--duration", fmt::format("{:g} ms", settings.duration_ms),
                          fmt::format("at least one step (--dt {:g} ms)", settings.dt_ms));
    }
}

}  // namespace

std::vector<FiPoint> fi_points(const Cell& cell, std::span<const double> currents,
                               const FiSettings& settings, const Spread& spread) {
    check(cell, settings);
    return Experiments(cell, settings, spread).at(currents);
}

FiCurve fi_curve(const Cell& cell, std::span<const double> currents, const FiSettings& settings,
                 const Spread& spread) {
    check(cell, settings);
    const Experiments experiments(cell, settings, spread);
    FiCurve curve;
    std::vector<FiPoint> tried;
    if (currents.empty()) {
        tried = ladder(experiments);
    } else {
        curve.points = tried = experiments.at(currents);
    }
    if (const auto bounds = first_rise(tried, has_spike)) {
        curve.one_spike = bisect(experiments, *bounds, has_spike);
    }
    if (const auto bounds = first_rise(tried, is_repetitive)) {
        curve.repetitive = bisect(experiments, *bounds, is_repetitive);
    }
    if (currents.empty()) {
        curve.points = experiments.at(chosen_currents(cell, curve, tried));
    }
    judge(experiments, curve.points.back().current - curve.points.front().current,
          cell.model->current_unit, curve);
    return curve;
}

}  // namespace volley
