// Where inside a step a spike was: against closed forms of the time at which a neuron fires.

#include "core/time.hpp"
#include "tests/core/group_runner.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <ostream>
#include <string>
#include <tuple>
#include <vector>

namespace volley {
namespace {

/// Fractions are floats, the last bit of 1 being 2^-24.
constexpr double kFloat = 0x1p-24;

/// The times, in steps, of a group's first neuron, and its fractions.
struct Spikes {
    std::vector<Step> steps;
    std::vector<double> crossings;
};

Spikes run(GroupRunner& runner, Step steps) {
    Spikes spikes;
    runner.want_crossings();
    for (Step n = 1; n <= steps; ++n) {
        if (runner.step().empty()) continue;
        spikes.steps.push_back(n);
        spikes.crossings.push_back(runner.crossings().at(0));
    }
    return spikes;
}

class ConstantCurrent : public testing::TestWithParam<std::tuple<std::string, double>> {};

// From V_reset at the end of the refractory time, which begins at the end of the step of the spike
// before, the threshold is reached after tau ln(RI / (RI - 15 mV)). A straight line through a step
// is off by dt^2 |V''| / 8 in V at most; over the slope of the line, and with |V''| = |V'| / tau
// and a slope that changes by exp(dt / tau) in a step, by dt^2 / (8 tau) exp(dt / tau) in time:
// 0.00013 ms at dt = 0.1 ms, 800 times less than the grid.
TEST_P(ConstantCurrent, CrossesWhereTheClosedFormSays) {
    const auto& [model, dt_ms] = GetParam();
    const double tau_ms = 10.0;
    const double bound_ms = dt_ms * dt_ms / (8.0 * tau_ms) * std::exp(dt_ms / tau_ms);
    double largest_error_ms = 0.0;
    for (double current_pA = 380.0; current_pA < 1500.0; current_pA += 7.3) {
        GroupRunner runner(model, 1, dt_ms, {{"I_e", current_pA}});
        const Spikes spikes = run(runner, to_steps(200.0, dt_ms));
        const double drive_mV = current_pA * tau_ms / 250.0;
        const double wait_ms = tau_ms * std::log(drive_mV / (drive_mV - 15.0));
        Step free = 0;
        ASSERT_GE(spikes.steps.size(), 2U);
        for (std::size_t k = 0; k < spikes.steps.size(); ++k) {
            const double found_ms =
                (static_cast<double>(spikes.steps[k] - 1 - free) + spikes.crossings[k]) * dt_ms;
            largest_error_ms = std::max(largest_error_ms, std::abs(found_ms - wait_ms));
            free = spikes.steps[k] + to_steps(2.0, dt_ms);
        }
    }
    EXPECT_LE(largest_error_ms, bound_ms + kFloat * dt_ms);
    EXPECT_GE(largest_error_ms, 0.5 * bound_ms) << "of second order in dt, as the bound";
}

INSTANTIATE_TEST_SUITE_P(Lif, ConstantCurrent,
                         testing::Combine(testing::Values("lif_psc_exp", "lif_psc_alpha",
                                                          "lif_psc_delta"),
                                          testing::Values(0.2, 0.1, 0.05)));

// The first spike of mat2_psc_exp is that of a threshold at rest, and the membrane goes on without
// reset: the second is where V meets the decaying threshold, found here by bisection. The distance
// between them curves by V / tau_m^2 and by the jumps over their squared time constants: with the
// slopes here (1 mV/ms and more) the line is off by less than dt^2 / 8 times 1 / ms.
TEST(Mat2, CrossesWhereVoltageMeetsTheMovingThreshold) {
    const double dt_ms = 0.1;
    GroupRunner runner("mat2_psc_exp", 1, dt_ms, {{"I_e", 600.0}});
    const Spikes spikes = run(runner, 1000);
    ASSERT_GE(spikes.steps.size(), 2U);
    const auto voltage = [](double t) { return 600.0 * 5.0 / 100.0 * (1.0 - std::exp(-t / 5.0)); };
    const auto time = [&](std::size_t k) {
        return (static_cast<double>(spikes.steps[k] - 1) + spikes.crossings[k]) * dt_ms;
    };
    EXPECT_NEAR(time(0), -5.0 * std::log(1.0 - 19.0 / 30.0), dt_ms * dt_ms / 8.0);

    const double jump = to_ms(spikes.steps[0], dt_ms);  // at the end of the step of the spike
    const auto distance = [&](double t) {
        const double since = t - jump;
        return voltage(t) - 19.0 - 37.0 * std::exp(-since / 10.0) - 2.0 * std::exp(-since / 200.0);
    };
    double low = jump + 2.0;
    double high = jump + 100.0;
    for (int n = 0; n < 60; ++n) {
        const double middle = 0.5 * (low + high);
        (distance(middle) < 0.0 ? low : high) = middle;
    }
    EXPECT_NEAR(time(1), low, dt_ms * dt_ms / 8.0);
}

// It never resets V: a neuron that is above its threshold when it may fire again was there before.
TEST(Mat2, CrossesAtTheBeginningOfTheStepThatEndsItsRefractoryTime) {
    GroupRunner runner("mat2_psc_exp", 1, 0.1,
                       {{"I_e", 2000.0}, {"alpha_1", 0.0}, {"alpha_2", 0.0}});
    const Spikes spikes = run(runner, 200);
    ASSERT_GE(spikes.steps.size(), 5U);
    EXPECT_GT(spikes.crossings[0], 0.01);
    for (std::size_t k = 1; k < spikes.steps.size(); ++k) {
        EXPECT_EQ(spikes.steps[k] - spikes.steps[k - 1], 21);
        EXPECT_EQ(spikes.crossings[k], 0x1p-20) << "the least that is above 0";
    }
}

// A phase that grows at a constant rate is the straight line: spikes at k / rate.
TEST(Oscillators, CrossWhereThePhaseIsFull) {
    const Values phase_only{{"rate", 97.0}, {"A", 0.0}, {"noise_sd", 0.0}};
    const Values uncoupled{{"frequency", 97.0}, {"coupling", 0.0}};
    for (const std::string model : {"phase_oscillator", "kuramoto"}) {
        GroupRunner runner(model, 1, 0.1, model == "kuramoto" ? uncoupled : phase_only);
        const Spikes spikes = run(runner, 5000);
        ASSERT_EQ(spikes.steps.size(), 48U) << model;
        for (std::size_t k = 0; k < spikes.steps.size(); ++k) {
            const double time = static_cast<double>(spikes.steps[k] - 1) + spikes.crossings[k];
            // In steps; 5000 sums of the phase are off by 1e-13 each at most, over 0.0097 a step.
            EXPECT_NEAR(time, static_cast<double>(k + 1) * 1e4 / 97.0, kFloat + 1e-8) << model;
        }
    }
}

// What lifts a potential over the threshold at the end of a step crosses there; a drift crosses
// before.
TEST(Jumps, CrossAtTheEndOfTheStep) {
    for (const std::string model : {"lif_psc_delta", "izhikevich"}) {
        GroupRunner lifted(model, 1, 0.1);
        lifted.want_crossings();
        lifted.event(0, 0, 200.0);
        ASSERT_EQ(lifted.step().size(), 1U) << model;
        EXPECT_EQ(lifted.crossings().at(0), 1.0F) << model;
        // 100 mV above the threshold after a step that began 0.1 mV below it.
        GroupRunner drifting(model, 1, 0.1,
                             {{model == "izhikevich" ? "I_e" : "C_m", 250.0},
                              {model == "izhikevich" ? "V_th" : "I_e", 0.0}},
                             {{"V_m", model == "izhikevich" ? -1.0 : -55.1}});
        drifting.want_crossings();
        drifting.current(0, model == "izhikevich" ? 1000.0 : 250000.0);
        drifting.event(0, 0, 50.0);
        ASSERT_EQ(drifting.step().size(), 1U) << model;
        EXPECT_LT(drifting.crossings().at(0), 0.02F) << model;
    }
}

// Izhikevich's forward Euler is a straight line within the step: v after 13 mV of -65 is exact.
TEST(Izhikevich, CrossesOnTheLineOfItsEulerStep) {
    GroupRunner runner("izhikevich", 1, 0.5, {}, {{"V_m", 0.0}, {"U_m", 0.0}});
    runner.want_crossings();
    ASSERT_EQ(runner.step().size(), 1U);
    EXPECT_EQ(runner.crossings().at(0), static_cast<float>(30.0 / (0.5 * 140.0)));
}

/// A model without a closed form, and how far its first spikes at dt = 0.1 ms may lie from those of
/// an eighth of it.
struct Fine {
    std::string model;
    double current;
    std::size_t spikes;
    double most_ms;
    friend std::ostream& operator<<(std::ostream& out, const Fine& fine) {
        return out << fine.model;
    }
};

class FinerGrid : public testing::TestWithParam<Fine> {};

// Where steps are adaptive, resets come at their own time: the grid does not matter but for the
// error of the integration. The cells with gates are integrated in short steps on both grids and
// rise through 0 mV at 200 mV/ms and more, curved by less than 2000 mV/ms2: dt^2 / 8 times their
// ratio. lif_cond_exp is reset on the grid, so that its first spike alone agrees, to dt^2 / (8
// tau).
TEST_P(FinerGrid, GivesTheSameTimes) {
    const auto& [model, current, number, most_ms] = GetParam();
    const auto times = [&, &name = model, &drive = current](double dt_ms) {
        GroupRunner runner(name, 1, dt_ms);
        runner.current(0, drive);
        const Spikes spikes = run(runner, to_steps(150.0, dt_ms));
        std::vector<double> result;
        for (std::size_t k = 0; k < spikes.steps.size(); ++k) {
            result.push_back((static_cast<double>(spikes.steps[k] - 1) + spikes.crossings[k]) *
                             dt_ms);
        }
        return result;
    };
    const std::vector<double> coarse = times(0.1);
    const std::vector<double> fine = times(0.0125);
    ASSERT_GE(std::min(coarse.size(), fine.size()), number);
    for (std::size_t k = 0; k < number; ++k) EXPECT_NEAR(coarse[k], fine[k], most_ms) << k;
}

INSTANTIATE_TEST_SUITE_P(
    Models, FinerGrid,
    testing::Values(Fine{"adex", 900.0, 4, 1e-4}, Fine{"quadratic", 300.0, 2, 1e-4},
                    Fine{"izhikevich_2007", 200.0, 3, 1e-4}, Fine{"hh_squid", 15.0, 4, 0.0125},
                    Fine{"wang_buzsaki", 3.0, 4, 0.0125}, Fine{"lif_cond_exp", 500.0, 1, 2e-4}));

class EveryModel : public testing::TestWithParam<std::string> {};

// Asking changes no spike; who says it can does, for each spike and the same in any group.
TEST_P(EveryModel, TellsTheSameInGroupsOfAnySizeAndChangesNothing) {
    const NeuronModel& model = *find_neuron_model(GetParam());
    using Told = std::vector<std::tuple<Step, std::size_t, float>>;
    const auto told = [&](std::size_t first, std::size_t size, bool wanted) {
        Values parameters;
        if (GetParam() == "spike_source") parameters["times"] = std::vector<double>{0.5, 3.0};
        if (GetParam() == "inhomogeneous_poisson_source") {
            parameters["times"] = std::vector<double>{0.0};
            parameters["rates"] = std::vector<double>{30.0};
        }
        if (GetParam() == "ignore_and_fire") parameters["rate"] = 50.0;
        GroupRunner runner(GetParam(), size, 0.1, parameters, {}, static_cast<std::int64_t>(first));
        if (wanted) runner.want_crossings();
        if (model.mean_fields > 0) runner.mean_field() = {0.3, 0.4};
        Told result;
        for (Step n = 0; n < 600; ++n) {
            for (std::size_t i = 0; i < size; ++i) {
                const auto place = static_cast<double>(first + i);
                const double scale = model.current_unit == "pA" ? 4.0 : 0.3;
                runner.current(i, model.current_unit.empty() ? 0.0 : scale * place);
                const double weight = model.current_unit.empty() ? 1.0 : 0.3;
                for (std::size_t r = 0; r < model.receptors.size(); ++r) {
                    if ((n + static_cast<Step>(first + i)) % 17 == 0) runner.event(r, i, weight);
                }
            }
            const std::vector<std::uint32_t> fired = runner.step();
            const std::vector<float>& crossings = runner.crossings();
            EXPECT_EQ(crossings.size(), wanted && model.interpolates_spikes ? fired.size() : 0U);
            for (std::size_t k = 0; k < fired.size(); ++k) {
                const float where = crossings.empty() ? 1.0F : crossings[k];
                EXPECT_TRUE(where > 0.0F && where <= 1.0F) << where;
                result.emplace_back(n, first + fired[k], where);
            }
        }
        return result;
    };
    const Told together = told(0, 300, true);
    EXPECT_FALSE(together.empty());
    std::size_t inside = 0;
    for (const auto& [step, neuron, where] : together) inside += where < 1.0F ? 1 : 0;
    EXPECT_EQ(inside > 0, model.interpolates_spikes);
    const Told unasked = told(0, 300, false);
    ASSERT_EQ(unasked.size(), together.size());
    for (std::size_t k = 0; k < unasked.size(); ++k) {
        EXPECT_EQ(std::get<0>(unasked[k]), std::get<0>(together[k]));
        EXPECT_EQ(std::get<1>(unasked[k]), std::get<1>(together[k]));
    }
    for (const auto& [first, size] :
         std::vector<std::pair<std::size_t, std::size_t>>{{0, 1}, {3, 7}, {8, 8}, {205, 64}}) {
        Told expected;
        for (const auto& spike : together) {
            const std::size_t neuron = std::get<1>(spike);
            if (neuron >= first && neuron < first + size) expected.push_back(spike);
        }
        EXPECT_EQ(told(first, size, true), expected) << "from " << first << ", " << size;
    }
}

std::vector<std::string> model_names() {
    std::vector<std::string> names;
    for (const NeuronModel& model : neuron_models()) names.emplace_back(model.description.name);
    return names;
}
INSTANTIATE_TEST_SUITE_P(All, EveryModel, testing::ValuesIn(model_names()),
                         [](const auto& test) { return test.param; });

// The file holds such times in ms, as doubles.
TEST(StepPart, IsFoundAgainFromMilliseconds) {
    for (const double dt_ms : {0.1, 0.025, 1.0, 0.3}) {
        for (const Step step : {Step{1}, Step{2}, Step{12345}, Step{1} << 29}) {
            for (const std::int32_t part : {1, 2, 77777, kPartsOfStep - 1, kPartsOfStep}) {
                const StepPart place{.step = step, .part = part};
                EXPECT_EQ(to_step_part(to_ms(place, dt_ms), dt_ms), place)
                    << step << " " << part << " " << dt_ms;
            }
            EXPECT_EQ(to_ms({.step = step, .part = kPartsOfStep}, dt_ms), to_ms(step, dt_ms));
        }
    }
    EXPECT_EQ(to_step_part(0.0, 0.1), (StepPart{.step = 1, .part = 1}));
}

}  // namespace
}  // namespace volley
