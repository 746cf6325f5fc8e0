// Markov schemes: the planned elimination against a general solver, conservation, detailed balance.

#include "core/channels/markov_elimination.hpp"
#include "core/math/lanes.hpp"
#include "tests/core/clamped_channel.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <random>

namespace volley {
namespace {

/// A scheme with loops, branches and a one-way transition; the numbers are rates.
constexpr std::size_t kStates = 7;
constexpr Transition kScheme[] = {
    {0, 1, 0}, {1, 0, 0}, {1, 2, 0}, {2, 1, 0}, {2, 0, 0}, {2, 3, 0}, {3, 2, 0},
    {3, 4, 0}, {4, 5, 0}, {5, 4, 0}, {5, 3, 0}, {5, 6, 0}, {6, 5, 0}, {1, 5, 0},
};
constexpr EliminationPlan<kStates> kStep{kScheme, false};
constexpr EliminationPlan<kStates> kSteady{kScheme, true};

using Rates = std::array<double, std::size(kScheme)>;
using Vector = std::array<double, kStates>;

Rates random_rates(unsigned seed) {
    std::mt19937 random(seed);
    std::uniform_real_distribution<double> exponent(-4.0, 4.0);
    Rates rates;
    for (double& rate : rates) rate = std::pow(10.0, exponent(random));
    return rates;
}

template <const EliminationPlan<kStates>& plan>
Vector solve(const Rates& flows, const Vector& before) {
    std::array<double, 64> slot{};
    static_assert(plan.slots() <= 64);
    for (std::size_t s = 0; s < kStates; ++s) {
        slot[plan.probability(s)] = before[s];
        slot[plan.weight(s)] = 1.0;
    }
    for (std::size_t t = 0; t < flows.size(); ++t) {
        slot[plan.flow(kScheme[t].from, kScheme[t].to)] = flows[t];
    }
    for (std::size_t n = 0; n < plan.operations(); ++n) plan[n].apply(slot);
    Vector after;
    for (std::size_t s = 0; s < kStates; ++s) after[s] = slot[plan.probability(s)];
    return after;
}

/// How far `after` is from solving (I - Q^T) after = before, relative to the largest term of each
/// row; Q without its diagonal given by `flows`.
double residual(const Rates& flows, const Vector& before, const Vector& after) {
    double worst = 0.0;
    for (std::size_t s = 0; s < kStates; ++s) {
        double gained = before[s];
        double lost = after[s];
        for (std::size_t t = 0; t < flows.size(); ++t) {
            if (kScheme[t].to == s) gained += flows[t] * after[kScheme[t].from];
            if (kScheme[t].from == s) lost += flows[t] * after[s];
        }
        worst = std::max(worst, std::abs(gained - lost) / std::max(gained, lost));
    }
    return worst;
}

// Residuals instead of another solver's solution: rates over eight orders of magnitude are too much
// for one with pivoting. 1e-14: some ten operations a number.
TEST(MarkovElimination, SolvesAStepOfBackwardEuler) {
    for (unsigned seed = 0; seed < 200; ++seed) {
        const Rates flows = random_rates(seed);
        const Vector before{0.3, 0.0, 0.1, 0.2, 0.15, 0.05, 0.2};
        const Vector after = solve<kStep>(flows, before);
        EXPECT_LT(residual(flows, before, after), 1e-14) << seed;
        double sum = 0.0;
        for (const double p : after) {
            EXPECT_GE(p, 0.0) << seed;
            sum += p;
        }
        EXPECT_NEAR(sum, 1.0, 1e-14) << seed;
    }
}

TEST(MarkovElimination, SolvesTheBalanceOfTheSteadyState) {
    for (unsigned seed = 0; seed < 200; ++seed) {
        const Rates flows = random_rates(seed);
        Vector before{};
        before[kSteady.last()] = 1.0;
        Vector after = solve<kSteady>(flows, before);
        double worst = 0.0;
        for (std::size_t s = 0; s < kStates; ++s) {
            double gained = 0.0;
            double lost = 0.0;
            for (std::size_t t = 0; t < flows.size(); ++t) {
                if (kScheme[t].to == s) gained += flows[t] * after[kScheme[t].from];
                if (kScheme[t].from == s) lost += flows[t] * after[s];
            }
            worst = std::max(worst, std::abs(gained / lost - 1.0));
        }
        EXPECT_LT(worst, 1e-14) << seed;
    }
}

const char* const kMarkovChannels[] = {"na_resurgent", "bk_mslo", "sk2"};

// 50,000 steps, a second, of a potential and a calcium concentration that swing: no drift.
TEST(MarkovChannels, ConserveProbabilityToRounding) {
    for (const std::string channel : kMarkovChannels) {
        ClampedChannel clamped(channel, 1);
        clamped.settle();
        double worst = 0.0;
        for (int n = 0; n < 50'000; ++n) {
            clamped.set_all_V(-60.0 + 70.0 * std::sin(0.01 * n));
            clamped.set_calcium(0, 1e-4 + 9e-5 * std::sin(0.003 * n));
            clamped.advance();
            double sum = 0.0;
            for (const StateVariable& state : clamped.kind().states) {
                const double p = clamped.state(std::string(state.name), 0);
                ASSERT_GE(p, 0.0) << channel << " step " << n;
                sum += p;
            }
            worst = std::max(worst, std::abs(sum - 1.0));
        }
        EXPECT_LT(worst, 4e-15) << channel;
    }
}

// Backward Euler has order 1: half the step, half the error.
TEST(MarkovChannels, ConvergeWithTheStep) {
    for (const std::string channel : kMarkovChannels) {
        const auto open_after = [&](double dt_ms, int steps) {
            ClampedChannel clamped(channel, 1, {.dt_ms = dt_ms});
            clamped.set_all_V(-70.0);
            clamped.settle();
            clamped.set_all_V(-30.0);
            clamped.set_calcium(0, 1e-3);
            for (int n = 0; n < steps; ++n) clamped.advance();
            return clamped.conductance_uS(0);
        };
        const double exact = open_after(1e-5, 50'000);
        const double coarse = open_after(0.01, 50) - exact;
        const double fine = open_after(0.005, 100) - exact;
        EXPECT_NEAR(coarse / fine, 2.0, 0.15) << channel;
    }
}

TEST(MarkovChannels, ComeBackFromStatesThatDoNotAddUpToOne) {
    ClampedChannel clamped("sk2", 1);
    clamped.settle();
    clamped.set_state("C1_*", 0, 2.5);
    clamped.advance();
    double sum = 0.0;
    for (const StateVariable& state : clamped.kind().states) {
        sum += clamped.state(std::string(state.name), 0);
    }
    EXPECT_NEAR(sum, 1.0, 1e-15);
}

}  // namespace
}  // namespace volley
