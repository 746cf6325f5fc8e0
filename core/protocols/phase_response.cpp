#include "core/protocols/phase_response.hpp"

#include "core/error.hpp"
#include "core/protocols/adjoint.hpp"
#include "core/protocols/crossings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace volley {

namespace {

constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();

void check(const PhaseResponseSettings& settings) {
    const auto refuse = [](const char* option, double value, const char* expected) {
        throw ConfigError(option, fmt::format("{:g}", value), expected);
    };
    const LimitCycleSettings& cycle = settings.cycle;
    if (!std::isfinite(cycle.current)) refuse("--current", cycle.current, "a finite current");
    if (!(cycle.dt_ms >= 0.0)) refuse("--dt", cycle.dt_ms, "a time > 0 ms");
    if (!(cycle.settle_ms > 0.0)) refuse("--settle", cycle.settle_ms, "a time > 0 ms");
    if (settings.phases < 4) {
        refuse("--phases", static_cast<double>(settings.phases), "at least 4 phases");
    }
    if (!(settings.kick_mV >= 0.0)) refuse("--kick", settings.kick_mV, "a voltage > 0 mV");
    if (settings.cycles < 0) refuse("--cycles", settings.cycles, "at least 1 cycle");
}

/// Row 2 k is the kick upwards at point k, row 2 k + 1 that downwards.
CellState kicked(const Cell& cell, const PhaseResponse& response, std::size_t row) {
    CellState state = response.cycle.states[row / 2];
    state[cell.voltage()] += row % 2 == 0 ? response.kick_mV : -response.kick_mV;
    return state;
}

/// The time from the kick to the spike that would come `cycles` periods after the cycle's phase 0.
double expected_ms(const PhaseResponse& response, std::size_t row) {
    return (response.cycles - response.cycle.phase(row / 2)) * response.cycle.period_ms;
}

/// How much earlier the spike came, for rows [begin, end).
void advances(const Cell& cell, const PhaseResponse& response, std::size_t begin, std::size_t end,
              std::span<double> rows) {
    const LimitCycle& cycle = response.cycle;
    const std::size_t voltage = cell.voltage();
    std::vector<CellState> starts;
    for (std::size_t row = begin; row < end; ++row) starts.push_back(kicked(cell, response, row));
    CellGroup group(cell, starts, cycle.dt_ms);
    for (std::size_t i = 0; i < group.size(); ++i) group.inject(i, cycle.current);
    // The nearest spike is the one meant: a kick close to phase 0 may bring about or take away a
    // spike of its own, so they cannot be counted.
    std::fill(rows.begin(), rows.end(), kUndefined);
    const auto take = [&](std::size_t i, double time_steps) {
        const double advance = expected_ms(response, begin + i) - time_steps * cycle.dt_ms;
        if (!(std::abs(advance) >= std::abs(rows[i]))) rows[i] = advance;
    };
    Crossings crossings(group.size(), cycle.crossing_mV);
    const double last_ms = expected_ms(response, begin) + 0.5 * cycle.period_ms;
    const auto steps = static_cast<std::size_t>(std::ceil(last_ms / cycle.dt_ms));
    for (std::size_t k = 1; k <= steps; ++k) {
        const double now = static_cast<double>(k);
        const std::span<const std::uint32_t> fired = group.step();
        if (!cycle.continuous) {
            for (const std::uint32_t i : fired) take(i, now);
            continue;
        }
        for (std::size_t i = 0; i < group.size(); ++i) {
            if (const auto at = crossings.next(i, group.state(voltage, i), now)) take(i, *at);
        }
    }
}

void add_direct(const Cell& cell, const Spread& spread, PhaseResponse& response) {
    const std::size_t points = response.cycle.states.size();
    const std::vector<double> advance =
        spread(2 * points, 1, [&](std::size_t begin, std::size_t end, std::span<double> rows) {
            advances(cell, response, begin, end, rows);
        });
    for (std::size_t k = 0; k < points; ++k) {
        response.advance_up_ms.push_back(advance[2 * k]);
        response.advance_down_ms.push_back(advance[2 * k + 1]);
        response.direct_ms_per_mV.push_back((advance[2 * k] - advance[2 * k + 1]) /
                                            (2.0 * response.kick_mV));
    }
}

void add_adjoint(const Cell& cell, PhaseResponse& response) {
    if (!response.cycle.continuous) {
        response.adjoint_note =
            cell.model->derivative == nullptr
                ? "No adjoint: the model is not given as a differential equation."
                : "No adjoint: V_m is reset at a spike, and the adjoint of that jump is not "
                  "available.";
        return;
    }
    AdjointResponse adjoint = adjoint_response(cell, response.cycle);
    if (!adjoint.converged) {
        response.adjoint_note = "No adjoint: its backward integration did not become periodic.";
        return;
    }
    response.adjoint_ms_per_mV = std::move(adjoint.advance_ms_per_mV);
}

/// Area between a closed polygon and 0, its part below 0 alone where `below`.
double area(const std::vector<double>& z, bool below) {
    double sum = 0.0;
    for (const double each : z) sum += below ? std::max(0.0, -each) : std::abs(each);
    return sum;
}

}  // namespace

PhaseResponse phase_response(const Cell& cell, const PhaseResponseSettings& settings,
                             const Spread& spread) {
    check(settings);
    PhaseResponse response;
    response.cycle = find_limit_cycle(cell, settings.cycle, settings.phases);
    const bool continuous = response.cycle.continuous;
    // Spikes on the grid: a kick must shift them by many steps. Their rest is forgotten in the
    // reset, but for slow variables.
    response.kick_mV = settings.kick_mV > 0.0 ? settings.kick_mV : (continuous ? 0.01 : 0.1);
    response.cycles = settings.cycles > 0 ? settings.cycles : (continuous ? 12 : 4);
    for (std::size_t k = 0; k < response.cycle.states.size(); ++k) {
        response.phase.push_back(response.cycle.phase(k));
        response.V_mV.push_back(response.cycle.states[k][cell.voltage()]);
    }
    add_direct(cell, spread, response);
    add_adjoint(cell, response);
    return response;
}

PhaseResponseFigures figures_of(const PhaseResponse& response) {
    const std::vector<double>& z = response.best();
    PhaseResponseFigures figures;
    const auto most = std::ranges::max_element(z);
    const auto least = std::ranges::min_element(z);
    figures.largest_ms_per_mV = *most;
    figures.smallest_ms_per_mV = *least;
    figures.phase_of_largest = response.phase[static_cast<std::size_t>(most - z.begin())];
    figures.phase_of_smallest = response.phase[static_cast<std::size_t>(least - z.begin())];
    for (std::size_t k = 0; k < z.size(); ++k) {
        const std::size_t next = (k + 1) % z.size();
        if (!(z[k] * z[next] < 0.0)) continue;
        const double end = next == 0 ? 1.0 : response.phase[next];
        figures.zero_crossings.push_back(response.phase[k] +
                                         (end - response.phase[k]) * z[k] / (z[k] - z[next]));
    }
    figures.delay_fraction = area(z, true) / area(z, false);
    figures.largest_difference = kUndefined;
    if (!response.adjoint_ms_per_mV.empty()) {
        const double size = std::max(std::abs(*most), std::abs(*least));
        double difference = 0.0;
        for (std::size_t k = 0; k < z.size(); ++k) {
            difference = std::max(difference, std::abs(response.direct_ms_per_mV[k] - z[k]));
        }
        figures.largest_difference = difference / size;
    }
    const std::string share =
        fmt::format("{:.2g} % of the area of |Z| is delay", 100.0 * figures.delay_fraction);
    if (figures.delay_fraction < 0.05) {
        figures.type = PhaseResponseType::type_1;
        figures.reason = "Type I: a depolarisation advances the next spike (" + share + ").";
    } else if (figures.delay_fraction > 0.15) {
        figures.type = PhaseResponseType::type_2;
        figures.reason =
            "Type II: a depolarisation delays the next spike at some phases (" + share + ").";
    } else {
        figures.reason = "Between type I and type II: " + share + ".";
    }
    return figures;
}

}  // namespace volley
