// Channels counted one by one: shared/reference/single-cell/systems.md, section 2. Seeds are fixed;
// bounds are 5 standard errors of what is estimated, so that another seed would pass as well.

#include "tests/core/clamped_channel.hpp"
#include "tests/core/reference_csv.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

namespace volley {
namespace {

constexpr std::size_t kTrials = 4000;  ///< compartments, each a trial of its own
constexpr double kChannels = 100.0;    ///< in each
constexpr double kSingle_uS = 20e-6;

ClampSettings counted() {
    // 2e-3 S/cm2 on 100 um2 are 100 channels of 20 pS.
    return {.dt_ms = 0.025,
            .temperature_degC = 6.3,
            .parameters = {{"g_max_*", 2e-3}, {"single_channel_conductance_*", 20.0}},
            .stochastic = true};
}

struct Moments {
    double mean = 0.0, variance = 0.0;
};
Moments moments_of(const std::vector<double>& values) {
    const double n = static_cast<double>(values.size());
    Moments m;
    m.mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
    for (const double v : values) m.variance += (v - m.mean) * (v - m.mean) / (n - 1.0);
    return m;
}

std::vector<double> open_fractions(const ClampedChannel& clamped) {
    std::vector<double> open;
    for (std::size_t k = 0; k < kTrials; ++k) {
        open.push_back(clamped.conductance_uS(k) / (kChannels * kSingle_uS));
    }
    return open;
}

class CountedChannels : public testing::TestWithParam<const char*> {};

// Mean and variance at the start and on the way after a step of the clamp.
TEST_P(CountedChannels, HaveTheMeanAndVarianceOfIndependentChannels) {
    ClampedChannel counts(GetParam(), kTrials, counted());
    ClampedChannel mean(
        GetParam(), 1,
        {.dt_ms = 0.025, .temperature_degC = 6.3, .parameters = {{"g_max_*", 2e-3}}});
    double worst_mean = 0.0;
    double worst_variance = 0.0;
    const auto compare = [&](int step) {
        const Moments found = moments_of(open_fractions(counts));
        const double p = mean.conductance_uS(0) / (kChannels * kSingle_uS);
        const double variance = p * (1.0 - p) / kChannels;
        // Of the variance of a sum of 100 yes and no: 2 / T and the fourth cumulant's part.
        const double kurtosis = (1.0 - 6.0 * p * (1.0 - p)) / (kChannels * p * (1.0 - p));
        const double trials = static_cast<double>(kTrials);
        const double off_mean = (found.mean - p) / std::sqrt(variance / trials);
        const double off_variance =
            (found.variance / variance - 1.0) / std::sqrt((2.0 + kurtosis) / trials);
        EXPECT_LT(std::abs(off_mean), 5.0) << "step " << step << ", p = " << p;
        EXPECT_LT(std::abs(off_variance), 5.0) << "step " << step << ", p = " << p;
        worst_mean = std::max(worst_mean, std::abs(off_mean));
        worst_variance = std::max(worst_variance, std::abs(off_variance));
    };
    for (ClampedChannel* clamped : {&counts, &mean}) {
        clamped->set_all_V(-55.0);
        clamped->settle();
        clamped->set_all_V(-15.0);
    }
    compare(0);
    for (int step = 1; step <= 40; ++step) {
        counts.advance();
        mean.advance();
        if (step % 4 == 0) compare(step);
    }
    print_validation(GetParam(), "counted channels: mean, 4000 trials of 100", worst_mean, 5.0,
                     "standard errors");
    print_validation(GetParam(), "counted channels: variance N p (1 - p) i^2", worst_variance, 5.0,
                     "standard errors");
}

INSTANTIATE_TEST_SUITE_P(Squid, CountedChannels, testing::Values("hh_na", "hh_k"));

// Given that a channel is open, each of its n gates stays open as a gate does: the correlation in
// time at rest is ((n + (1 - n) e^(-t / tau))^4 - p) / (1 - p).
TEST(CountedChannels, ForgetAsFastAsTheirGatesMove) {
    ClampedChannel counts("hh_k", kTrials, counted());
    counts.set_all_V(-40.0);
    counts.settle();
    const std::vector<double> before = open_fractions(counts);
    constexpr int kSteps = 60;
    for (int n = 0; n < kSteps; ++n) counts.advance();
    const std::vector<double> after = open_fractions(counts);
    const Moments m = moments_of(before);
    const Moments m_after = moments_of(after);
    double covariance = 0.0;
    for (std::size_t k = 0; k < kTrials; ++k) {
        covariance += (before[k] - m.mean) * (after[k] - m_after.mean) / (kTrials - 1);
    }
    const double alpha = 0.01 * 15.0 / (1.0 - std::exp(-1.5));
    const double beta = 0.125 * std::exp(-25.0 / 80.0);
    const double n = alpha / (alpha + beta);
    const double p = std::pow(n, 4);
    const double stays = n + (1.0 - n) * std::exp(-(alpha + beta) * 0.025 * kSteps);
    const double expected = (std::pow(stays, 4) - p) / (1.0 - p);
    EXPECT_GT(expected, 0.3);  // there is something to see
    const double found = covariance / std::sqrt(m.variance * m_after.variance);
    EXPECT_NEAR(found, expected, 5.0 * (1.0 - expected * expected) / std::sqrt(kTrials));
}

TEST(CountedChannels, HaveTheSameBitsInEveryLayout) {
    const auto history = [](ClampSettings settings, std::size_t compartments,
                            std::size_t compartment, std::size_t lane) {
        settings.stochastic = true;
        settings.parameters = {{"g_max_*", 0.01}};
        ClampedChannel clamped("hh_na", compartments, settings);
        clamped.settle();
        std::vector<double> seen;
        for (int n = 0; n < 30; ++n) {
            clamped.set_all_V(-65.0 + n);
            clamped.advance();
            for (const StateVariable& state : clamped.kind().stochastic_states) {
                seen.push_back(clamped.state(std::string(state.name), compartment, lane));
            }
            seen.push_back(clamped.outward_nA(compartment, lane));
        }
        return seen;
    };
    // Compartment 11 of cell 21.
    const auto alone = history({.first_cell = 21, .first_compartment = 11}, 1, 0, 0);
    EXPECT_EQ(alone, history({.first_cell = 21}, 20, 11, 0));
    EXPECT_EQ(alone,
              history({.blocks_before = 2, .first_cell = 21, .first_compartment = 3}, 9, 8, 0));
    EXPECT_EQ(alone, history({.width = 8, .first_cell = 16, .first_compartment = 10}, 3, 1, 5));
    // Others draw other numbers.
    EXPECT_NE(alone, history({.first_cell = 22, .first_compartment = 11}, 1, 0, 0));
    EXPECT_NE(alone, history({.first_cell = 21, .first_compartment = 12}, 1, 0, 0));
    EXPECT_NE(alone, history({.seed = 2, .first_cell = 21, .first_compartment = 11}, 1, 0, 0));
}

TEST(CountedChannels, KeepTheirNumberAndTakeStatesBack) {
    ClampedChannel clamped("hh_na", 1, counted());
    const auto all_states = [&] {
        std::vector<double> counts;
        for (const StateVariable& state : clamped.kind().stochastic_states) {
            counts.push_back(clamped.state(std::string(state.name), 0));
        }
        return counts;
    };
    EXPECT_EQ(all_states().size(), 8U);  // 0 to 3 open m times 0 or 1 open h
    clamped.settle();
    for (int n = 0; n < 100; ++n) {
        clamped.set_all_V(n % 2 == 0 ? -80.0 : 0.0);
        clamped.advance();
        const auto counts = all_states();
        EXPECT_EQ(std::accumulate(counts.begin(), counts.end(), 0.0), kChannels);
    }
    const auto counts = all_states();
    ClampedChannel other("hh_na", 1, counted());
    for (std::size_t k = 0; k < counts.size(); ++k) other.mechanism().set_state(k, 0, counts[k]);
    for (ClampedChannel* channel : {&clamped, &other}) {
        channel->set_all_V(-20.0);
        channel->mechanism().advance(1000);
    }
    for (std::size_t k = 0; k < counts.size(); ++k) {
        EXPECT_EQ(other.mechanism().state(k, 0), clamped.mechanism().state(k, 0));
    }
}

TEST(CountedChannels, FollowAChangeOfDensity) {
    ClampedChannel clamped("hh_k", 1, counted());
    clamped.set_all_V(-40.0);
    clamped.settle();
    const std::vector<Lanes> half{broadcast(1e-3), broadcast(-77.0), broadcast(20.0)};
    clamped.mechanism().set_parameters(half);
    double sum = 0.0;
    for (const StateVariable& state : clamped.kind().stochastic_states) {
        sum += clamped.state(std::string(state.name), 0);
    }
    EXPECT_EQ(sum, 50.0);
}

TEST(CountedChannels, ExistForEveryConductanceWithGates) {
    int counted_kinds = 0;
    for (const ChannelKind& kind : channel_kinds()) {
        if (kind.make_stochastic == nullptr) continue;
        ++counted_kinds;
        EXPECT_EQ(kind.stochastic_description.fields.size(), kind.description.fields.size() + 1);
        EXPECT_EQ(kind.stochastic_description.fields.back().name, "single_channel_conductance_*");
        EXPECT_GE(kind.stochastic_states.size(), 2U) << kind.description.name;
        for (const StateVariable& state : kind.stochastic_states) {
            EXPECT_TRUE(state.name.ends_with("_*")) << state.name;
        }
    }
    EXPECT_GE(counted_kinds, 20);
}

}  // namespace
}  // namespace volley
