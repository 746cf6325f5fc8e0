#include "core/protocols/voltage_clamp.hpp"

#include "core/error.hpp"
#include "core/math/flush_to_zero.hpp"
#include "core/time.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

namespace volley {

namespace {

constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();
constexpr Step kMostSamples = 2000;

void check(const Cell& cell, std::span<const double> levels_mV,
           const VoltageClampSettings& settings) {
    cell.require_current();
    cell.voltage();
    if (!cell.model->takes_conductance || cell.model->derivative == nullptr) {
        throw ConfigError(std::string(cell.model->description.name),
                          "the potential of this model cannot be held: a voltage clamp needs a "
                          "membrane given by differential equations (\"volley models neurons\")");
    }
    const auto refuse = [](const char* option, double value, const char* expected) {
        throw ConfigError(option, fmt::format("{:g}", value), expected);
    };
    if (levels_mV.empty()) throw ConfigError("--levels", "nothing", "one level or more");
    for (const double level : levels_mV) {
        if (!std::isfinite(level)) refuse("--levels", level, "finite voltages");
    }
    if (!std::isfinite(settings.holding_mV)) {
        refuse("--holding", settings.holding_mV, "a finite voltage");
    }
    if (!(settings.hold_ms >= 0.0)) refuse("--hold", settings.hold_ms, "a time >= 0 ms");
    if (!(settings.step_ms > 0.0)) refuse("--duration", settings.step_ms, "a time > 0 ms");
    if (!(settings.after_ms >= 0.0)) refuse("--after", settings.after_ms, "a time >= 0 ms");
    if (!(settings.dt_ms > 0.0)) refuse("--dt", settings.dt_ms, "a time > 0 ms");
    if (!(settings.interval_ms >= 0.0)) {
        refuse("--interval", settings.interval_ms, "a time > 0 ms");
    }
    if (!(settings.series_resistance >= 0.0)) {
        refuse("--series-resistance", settings.series_resistance, "a resistance >= 0");
    }
    if (to_steps(settings.step_ms, settings.dt_ms) < 1) {
        throw ConfigError("--duration", fmt::format("{:g} ms", settings.step_ms),
                          fmt::format("at least one step (--dt {:g} ms)", settings.dt_ms));
    }
}

/// The amplifier and its view of a cell.
class Amplifier {
public:
    Amplifier(const Cell& cell, const VoltageClampSettings& settings)
        : cell_(cell),
          voltage_(cell.voltage()),
          parameters_(cell.parameter_values()),
          resistance_(settings.series_resistance) {}

    /// Sets the command for copy `i` from now on.
    void command(CellGroup& group, std::size_t i, double potential_mV) const {
        if (resistance_ > 0.0) {
            group.load(i, 1.0 / resistance_);
            group.inject(i, potential_mV / resistance_);
        } else {
            group.hold(i, potential_mV);
        }
    }

    /// The state as the amplifier sees it: an ideal one has V_m at the command at once.
    CellState seen(CellState state, double command_mV) const {
        if (!(resistance_ > 0.0)) state[voltage_] = command_mV;
        return state;
    }

    /// What is injected. @param state  as seen
    double current(const CellState& state, double command_mV) const {
        if (resistance_ > 0.0) return (command_mV - state[voltage_]) / resistance_;
        const double without = rates(state, 0.0)[voltage_];
        return -without / (rates(state, 1.0)[voltage_] - without);
    }

    /// Sets steady values and time constants of the variables with unit 1 that relax linearly.
    void relaxation(ClampedStep& step) const {
        const CellState& state = step.last_state;
        step.steady.assign(state.size(), kUndefined);
        step.tau_ms.assign(state.size(), kUndefined);
        for (std::size_t v = 0; v < state.size(); ++v) {
            if (v == voltage_ || cell_.model->states[v].unit != "1") continue;
            const auto rate_at = [&](double value) {
                CellState other = state;
                other[v] = value;
                return rates(other, 0.0)[v];
            };
            const double at_0 = rate_at(0.0);
            const double at_1 = rate_at(1.0);
            const double slope = at_1 - at_0;
            const bool linear =
                std::abs(2.0 * rate_at(0.5) - at_0 - at_1) <= 1e-12 * std::abs(slope);
            if (!linear || !(slope < 0.0)) continue;
            step.steady[v] = -at_0 / slope;
            step.tau_ms[v] = -1.0 / slope;
        }
    }

private:
    std::vector<double> rates(const CellState& state, double current) const {
        std::vector<double> rate(state.size());
        cell_.model->derivative(parameters_, state, current, rate);
        return rate;
    }

    const Cell& cell_;
    std::size_t voltage_;
    std::vector<double> parameters_;
    double resistance_;
};

/// The steps of the protocol, and which of them are recorded.
struct Course {
    Step on;        ///< at the level
    Step total;     ///< with the time after it
    Step interval;  ///< between samples
    double dt_ms;

    explicit Course(const VoltageClampSettings& settings)
        : on(to_steps(settings.step_ms, settings.dt_ms)),
          total(on + to_steps(settings.after_ms, settings.dt_ms)),
          interval(settings.interval_ms > 0.0
                       ? std::max<Step>(1, to_steps(settings.interval_ms, settings.dt_ms))
                       : (total + kMostSamples - 1) / kMostSamples),
          dt_ms(settings.dt_ms) {}
    std::size_t samples() const { return static_cast<std::size_t>(total / interval) + 1; }
};

CellState held(const Cell& cell, const Amplifier& amplifier, const VoltageClampSettings& settings) {
    const FlushToZero flush;
    CellGroup group(cell, 1, settings.dt_ms);
    amplifier.command(group, 0, settings.holding_mV);
    for (Step k = to_steps(settings.hold_ms, settings.dt_ms); k > 0; --k) group.step();
    return group.states_of(0);
}

/// Steps of some neurons to their levels.
std::vector<ClampedStep> run(const Cell& cell, const Amplifier& amplifier, const CellState& start,
                             std::span<const double> levels_mV, std::size_t first,
                             const VoltageClampSettings& settings) {
    const Course course(settings);
    const std::vector<CellState> starts(levels_mV.size(), start);
    CellGroup group(cell, starts, settings.dt_ms, static_cast<std::int64_t>(first));
    std::vector<ClampedStep> steps(levels_mV.size());
    for (std::size_t i = 0; i < steps.size(); ++i) steps[i].level_mV = levels_mV[i];
    for (Step k = 0; k <= course.total; ++k) {
        for (std::size_t i = 0; i < steps.size(); ++i) {
            ClampedStep& step = steps[i];
            // The sample at the end of the step belongs to the level.
            const double command_mV = k <= course.on ? step.level_mV : settings.holding_mV;
            const CellState state = amplifier.seen(group.states_of(i), command_mV);
            const double current = amplifier.current(state, command_mV);
            if (k % course.interval == 0) {
                step.current.push_back(current);
                step.states.push_back(state);
            }
            if (k == 0 || (k <= course.on && current < step.lowest_current)) {
                step.lowest_current = current;
                step.lowest_at_ms = to_ms(k, course.dt_ms);
            }
            if (k == 0 || (k <= course.on && current > step.highest_current)) {
                step.highest_current = current;
                step.highest_at_ms = to_ms(k, course.dt_ms);
            }
            if (k == course.on) {
                step.last_current = current;
                step.last_state = state;
            }
            if (k == 0) amplifier.command(group, i, step.level_mV);
            if (k == course.on) amplifier.command(group, i, settings.holding_mV);
        }
        if (k < course.total) group.step();
    }
    for (ClampedStep& step : steps) amplifier.relaxation(step);
    return steps;
}

/// A step as a row of a table, and back: five numbers, four lists of states, the series.
class RowLayout {
public:
    RowLayout(std::size_t variables, std::size_t samples)
        : variables_(variables), samples_(samples) {}
    std::size_t columns() const { return 5 + 3 * variables_ + samples_ * (1 + variables_); }

    void write(const ClampedStep& step, std::span<double> row) const {
        auto to = row.begin();
        for (const double each : {step.lowest_current, step.lowest_at_ms, step.highest_current,
                                  step.highest_at_ms, step.last_current}) {
            *to++ = each;
        }
        to = std::ranges::copy(step.last_state, to).out;
        to = std::ranges::copy(step.steady, to).out;
        to = std::ranges::copy(step.tau_ms, to).out;
        to = std::ranges::copy(step.current, to).out;
        for (const CellState& state : step.states) to = std::ranges::copy(state, to).out;
    }

    ClampedStep read(double level_mV, std::span<const double> row) const {
        ClampedStep step{.level_mV = level_mV};
        auto from = row.begin();
        for (double* const each : {&step.lowest_current, &step.lowest_at_ms, &step.highest_current,
                                   &step.highest_at_ms, &step.last_current}) {
            *each = *from++;
        }
        const auto take = [&](std::size_t count) {
            const auto begin = from;
            from += static_cast<std::ptrdiff_t>(count);
            return std::vector<double>(begin, from);
        };
        step.last_state = take(variables_);
        step.steady = take(variables_);
        step.tau_ms = take(variables_);
        step.current = take(samples_);
        for (std::size_t k = 0; k < samples_; ++k) step.states.push_back(take(variables_));
        return step;
    }

private:
    std::size_t variables_;
    std::size_t samples_;
};

}  // namespace

VoltageClamp voltage_clamp(const Cell& cell, std::span<const double> levels_mV,
                           const VoltageClampSettings& settings, const Spread& spread) {
    check(cell, levels_mV, settings);
    const Course course(settings);
    const std::size_t variables = cell.model->states.size();
    const RowLayout layout(variables, course.samples());
    const Amplifier amplifier(cell, settings);
    const CellState start = held(cell, amplifier, settings);
    const std::size_t columns = layout.columns();
    const std::vector<double> table = spread(
        levels_mV.size(), columns, [&](std::size_t begin, std::size_t end, std::span<double> rows) {
            const std::vector<ClampedStep> steps =
                run(cell, amplifier, start, levels_mV.subspan(begin, end - begin), begin, settings);
            for (std::size_t k = 0; k < steps.size(); ++k) {
                layout.write(steps[k], rows.subspan(k * columns, columns));
            }
        });
    VoltageClamp result;
    for (std::size_t k = 0; k < course.samples(); ++k) {
        result.times_ms.push_back(to_ms(static_cast<Step>(k) * course.interval, course.dt_ms));
    }
    for (std::size_t k = 0; k < levels_mV.size(); ++k) {
        result.steps.push_back(
            layout.read(levels_mV[k], std::span(table).subspan(k * columns, columns)));
    }
    for (std::size_t v = 0; v < variables; ++v) {
        if (std::isfinite(result.steps.front().steady[v])) result.gates.push_back(v);
    }
    return result;
}

}  // namespace volley
