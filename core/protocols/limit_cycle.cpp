#include "core/protocols/limit_cycle.hpp"

#include "core/error.hpp"
#include "core/math/flush_to_zero.hpp"
#include "core/protocols/crossings.hpp"
#include "core/time.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace volley {

namespace {

constexpr double kUsualStep_ms = 0.01;
constexpr double kFineSteps = 1e5;      // of a cycle, where a spike lies on the grid
constexpr double kMostSettling = 20.0;  // times settle_ms until the intervals must agree
constexpr std::size_t kFewestSpikes = 12;
constexpr std::size_t kFineCycles = 8;  // to forget the coarser grid

/// A cell that fires, and where in its cycle it is.
struct Firing {
    std::vector<double> times_ms;
    CellState before;  ///< of the last crossing (continuous), or after the last spike
    bool continuous = true;
};

double slope_of(const Cell& cell, const CellState& state, double current, std::size_t voltage) {
    std::vector<double> rates(voltage + 1);
    cell.model->derivative(cell.parameter_values(), state, current, rates);
    return rates[voltage];
}

/// Whether V_m jumped down in a step in which the cell fired, instead of following its equation.
bool was_reset(const Cell& cell, const CellState& before, const CellState& after, double current,
               double dt_ms) {
    const std::size_t v = cell.voltage();
    const double change = after[v] - before[v];
    if (cell.model->derivative == nullptr || change >= 0.0) return change < 0.0;
    const double steepest =
        std::min(slope_of(cell, before, current, v), slope_of(cell, after, current, v));
    return change < dt_ms * steepest - 0.01;
}

std::string at_current(const Cell& cell, double current) {
    const std::string_view unit = cell.model->current_unit;
    return unit == "1" ? fmt::format("a current of {:g}", current)
                       : fmt::format("a current of {:g} {}", current, unit);
}

/// Do the last intervals agree to what the way of measuring them can tell?
bool is_regular(const Firing& firing, double dt_ms) {
    const std::vector<double>& t = firing.times_ms;
    if (t.size() < kFewestSpikes) return false;
    const std::size_t n = t.size();
    const double last = t[n - 1] - t[n - 2];
    const double tolerance = firing.continuous ? 1e-6 * last : 1.5 * dt_ms;
    return std::abs(last - (t[n - 2] - t[n - 3])) <= tolerance &&
           std::abs(last - (t[n - 3] - t[n - 4])) <= tolerance;
}

[[noreturn]] void refuse(const Cell& cell, const LimitCycleSettings& settings, const Firing& firing,
                         double until_ms) {
    const std::string where =
        fmt::format("{} at {}", cell.model->description.name, at_current(cell, settings.current));
    const std::vector<double>& t = firing.times_ms;
    if (t.empty()) {
        throw ConfigError(where, fmt::format("the cell is silent (no spike in {:g} ms): there is "
                                             "no cycle. \"volley fi\" finds the currents at which "
                                             "it fires",
                                             until_ms));
    }
    if (t.size() < 4 || until_ms - t.back() > 2.0 * (t[t.size() - 1] - t[t.size() - 2])) {
        throw ConfigError(where, fmt::format("the cell falls silent after {} spikes, the last at "
                                             "{:g} ms: there is no cycle",
                                             t.size(), t.back()));
    }
    double least = t[t.size() - 1] - t[t.size() - 2];
    double most = least;
    for (std::size_t k = t.size() - std::min<std::size_t>(t.size() - 1, 20); k < t.size(); ++k) {
        least = std::min(least, t[k] - t[k - 1]);
        most = std::max(most, t[k] - t[k - 1]);
    }
    throw ConfigError(where,
                      fmt::format("the cell does not fire regularly (its last intervals are {:.6g} "
                                  "to {:.6g} ms after {:g} ms); a phase needs a cycle. A longer "
                                  "--settle may help",
                                  least, most, until_ms));
}

/// Fires until it is regular. A spike lies on the grid until a step without a reset shows that V_m
/// is continuous.
Firing settle(const Cell& cell, const LimitCycleSettings& settings, double dt_ms) {
    const std::size_t voltage = cell.voltage();
    CellGroup group(cell, 1, dt_ms);
    group.inject(0, settings.current);
    Crossings crossings(1, settings.crossing_mV);
    std::array<CellState, 3> last;  // the latest, the one before, ...
    last.fill(group.states_of(0));
    crossings.next(0, last[0][voltage], 0.0);
    Firing smooth;
    Firing jumping{.times_ms = {}, .before = {}, .continuous = false};
    bool resets = cell.model->derivative == nullptr;
    const double until_ms = kMostSettling * settings.settle_ms;
    for (Step k = 1; to_ms(k, dt_ms) <= until_ms; ++k) {
        const bool fired = !group.step().empty();
        std::rotate(last.begin(), last.end() - 1, last.end());
        last[0] = group.states_of(0);
        bool event = false;
        if (fired) {
            resets = resets || was_reset(cell, last[1], last[0], settings.current, dt_ms);
            jumping.times_ms.push_back(to_ms(k, dt_ms));
            jumping.before = last[0];
            event = resets;
        }
        if (const auto at = crossings.next(0, last[0][voltage], static_cast<double>(k))) {
            smooth.times_ms.push_back(*at * dt_ms);
            smooth.before = last[2];
            event = event || !resets;
        }
        const Firing& firing = resets ? jumping : smooth;
        if (event && to_ms(k, dt_ms) >= settings.settle_ms && is_regular(firing, dt_ms)) {
            return firing;
        }
    }
    refuse(cell, settings, resets ? jumping : smooth, until_ms);
}

/// The state in which V_m is at the level, within a step of `dt_ms` from `before`: the step is
/// shortened until it ends there.
CellState state_at_crossing(const Cell& cell, const CellState& before,
                            const LimitCycleSettings& settings, double dt_ms) {
    const std::size_t voltage = cell.voltage();
    const auto after = [&](double part) {
        CellGroup group(cell, std::span(&before, 1), part * dt_ms);
        group.inject(0, settings.current);
        group.step();
        return group.states_of(0);
    };
    double low = 0.0;
    double high = 1.0;
    CellState state = before;
    for (int halving = 0; halving < 52; ++halving) {
        const double middle = 0.5 * (low + high);
        state = after(middle);
        (state[voltage] < settings.crossing_mV ? low : high) = middle;
    }
    return state;
}

/// Divides the cycle into points and these into steps of at most `longest_ms`.
void divide(LimitCycle& cycle, double rough_period_ms, double longest_ms, std::size_t points) {
    const double of_point = rough_period_ms / static_cast<double>(points);
    const double pairs = std::max(1.0, std::ceil(0.5 * of_point / longest_ms * (1.0 - 1e-12)));
    cycle.steps_of_point = 2 * static_cast<std::size_t>(pairs);
    cycle.dt_ms = of_point / static_cast<double>(cycle.steps_of_point);
}

/// Follows one cycle from `start` at phase 0; sets the states, and the period where V_m is
/// continuous.
void follow(const Cell& cell, const CellState& start, std::size_t points, LimitCycle& cycle) {
    const std::size_t voltage = cell.voltage();
    CellGroup group(cell, std::span(&start, 1), cycle.dt_ms);
    group.inject(0, cycle.current);
    Crossings crossings(1, cycle.crossing_mV);
    cycle.states = {start};
    const std::size_t steps = points * cycle.steps_of_point;
    for (std::size_t k = 1; k <= steps + steps / 2 + 3; ++k) {
        if (cycle.states.size() == points && !cycle.continuous) return;
        group.step();
        const double now = static_cast<double>(k);
        if (const auto at = crossings.next(0, group.state(voltage, 0), now);
            at && cycle.continuous && *at > 0.5 * static_cast<double>(steps)) {
            cycle.period_ms = *at * cycle.dt_ms;
            if (cycle.states.size() == points) return;
        }
        if (k % cycle.steps_of_point == 0 && cycle.states.size() < points) {
            cycle.states.push_back(group.states_of(0));
        }
    }
    throw ConfigError(std::string(cell.model->description.name),
                      "its cycle changes with the step of integration; give a smaller --dt");
}

/// On the cycle's own grid until the coarser one is forgotten. Sets the period.
CellState settle_on_grid(const Cell& cell, const CellState& start, LimitCycle& cycle,
                         double rough_period_ms) {
    CellGroup group(cell, std::span(&start, 1), cycle.dt_ms);
    group.inject(0, cycle.current);
    std::vector<Step> spikes;
    const Step most = to_steps(20.0 * kFineCycles * rough_period_ms, cycle.dt_ms);
    for (Step k = 1; k <= most && spikes.size() < kFineCycles; ++k) {
        if (!group.step().empty()) spikes.push_back(k);
    }
    if (spikes.size() < kFineCycles) {
        throw ConfigError(std::string(cell.model->description.name),
                          "it stops firing when its step of integration is made smaller; give it "
                          "with --dt");
    }
    cycle.period_ms = to_ms(spikes.back() - spikes[spikes.size() - 2], cycle.dt_ms);
    return group.states_of(0);
}

/// Where the model itself sees a spike.
double spike_level_mV(const Cell& cell) {
    const int index = cell.model->parameter_index("V_th");
    return index < 0 ? 0.0 : cell.parameter_values()[static_cast<std::size_t>(index)];
}

}  // namespace

LimitCycle find_limit_cycle(const Cell& cell, const LimitCycleSettings& settings,
                            std::size_t points) {
    const FlushToZero flush;
    cell.require_current();
    cell.voltage();
    LimitCycleSettings chosen = settings;
    if (std::isnan(chosen.crossing_mV)) chosen.crossing_mV = spike_level_mV(cell);
    const double dt_ms = settings.dt_ms > 0.0 ? settings.dt_ms : kUsualStep_ms;
    const Firing firing = settle(cell, chosen, dt_ms);
    const std::size_t n = firing.times_ms.size();
    const double rough_ms = firing.times_ms[n - 1] - firing.times_ms[n - 2];
    LimitCycle cycle{.current = settings.current,
                     .continuous = firing.continuous,
                     .crossing_mV = chosen.crossing_mV};
    if (firing.continuous) {
        divide(cycle, rough_ms, dt_ms, points);
        follow(cell, state_at_crossing(cell, firing.before, chosen, dt_ms), points, cycle);
    } else {
        const double fine_ms =
            settings.dt_ms > 0.0 ? dt_ms : std::min(dt_ms, rough_ms / kFineSteps);
        divide(cycle, rough_ms, fine_ms, points);
        const CellState on_grid = settle_on_grid(cell, firing.before, cycle, rough_ms);
        // The finer grid's own period makes the points even.
        divide(cycle, cycle.period_ms, fine_ms, points);
        follow(cell, settle_on_grid(cell, on_grid, cycle, rough_ms), points, cycle);
    }
    return cycle;
}

}  // namespace volley
