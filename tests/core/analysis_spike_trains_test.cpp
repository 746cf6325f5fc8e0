#include "core/analysis/binning.hpp"
#include "core/analysis/spike_trains.hpp"
#include "core/analysis/statistics.hpp"
#include "tests/core/analysis_trains.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace volley {
namespace {

using testing::ElementsAre;

std::vector<Step> as_vector(std::span<const Step> train) { return {train.begin(), train.end()}; }

TEST(SpikeTrains, SortSpikesOfAnyOrderByNeuronAndTime) {
    const std::vector<Step> steps{7, 3, 5, 9, 3};
    const std::vector<std::int64_t> sources{2, 2, 0, 2, 2};
    const SpikeTrains trains = make_spike_trains("pc", 0.1, 0, 10, {0, 1, 2}, steps, sources);

    EXPECT_THAT(as_vector(trains.train(0)), ElementsAre(5));
    EXPECT_TRUE(trains.train(1).empty());
    EXPECT_THAT(as_vector(trains.train(2)), ElementsAre(3, 3, 7, 9));
    EXPECT_DOUBLE_EQ(trains.duration_ms(), 1.0);
}

TEST(SpikeTrains, LeaveOutOtherNeuronsAndOtherTimes) {
    // A spike at the window's beginning belongs to the step before it, one at its end is inside.
    const std::vector<Step> steps{10, 11, 20, 21, 15, 15, 15};
    const std::vector<std::int64_t> sources{4, 4, 4, 4, 3, 5, 9};
    const SpikeTrains trains = make_spike_trains("pc", 0.1, 10, 20, {4, 9}, steps, sources);

    EXPECT_THAT(as_vector(trains.train(0)), ElementsAre(11, 20));
    EXPECT_THAT(as_vector(trains.train(1)), ElementsAre(15));
}

TEST(SpikeTrains, GiveTheWindowThatMakingThemWouldGive) {
    const std::vector<Step> steps{1, 2, 5, 8, 9, 3, 8};
    const std::vector<std::int64_t> sources{0, 0, 0, 0, 0, 1, 1};
    const SpikeTrains all = make_spike_trains("pc", 0.1, 0, 10, {0, 1}, steps, sources);
    const SpikeTrains part = window_of(all, 2, 8);
    const SpikeTrains expected = make_spike_trains("pc", 0.1, 2, 8, {0, 1}, steps, sources);

    EXPECT_EQ(part.times, expected.times);
    EXPECT_EQ(part.first, expected.first);
    EXPECT_EQ(window_of(all, 8, 2).times.size(), 0U) << "a window that ends before it begins";
}

TEST(SpikeTrains, KeepWhereSpikesWereInsideTheirSteps) {
    const std::vector<Step> steps{7, 3, 5, 3};
    const std::vector<std::int64_t> sources{2, 2, 0, 2};
    const std::vector<std::int32_t> parts{kPartsOfStep / 4, kPartsOfStep, 1, kPartsOfStep / 2};
    const SpikeTrains trains =
        make_spike_trains("pc", 0.1, 0, 10, {0, 1, 2}, steps, sources, parts);
    EXPECT_THAT(as_vector(trains.train(2)), ElementsAre(3, 3, 7));
    EXPECT_THAT(trains.instants(2), ElementsAre(2.5, 3.0, 6.25));
    EXPECT_THAT(window_of(trains, 3, 10).instants(2), ElementsAre(6.25));
    EXPECT_THAT(window_of(trains, 3, 10).instants(0), ElementsAre(4.0 + 0x1p-20));
    const SpikeTrains grid = make_spike_trains("pc", 0.1, 0, 10, {0, 1, 2}, steps, sources);
    EXPECT_THAT(grid.instants(2), ElementsAre(3.0, 3.0, 7.0));
}

TEST(SpikeTrains, RefuseListsThatContradictEachOther) {
    const std::vector<Step> steps{1, 2};
    const std::vector<std::int64_t> sources{0};
    EXPECT_THROW(make_spike_trains("pc", 0.1, 0, 10, {0}, steps, sources), std::logic_error);
    EXPECT_THROW(make_spike_trains("pc", 0.1, 0, 10, {1, 0}, {}, {}), std::logic_error);
    const std::vector<std::int64_t> two{0, 0};
    const std::vector<std::int32_t> one_part{1};
    EXPECT_THROW(make_spike_trains("pc", 0.1, 0, 10, {0}, steps, two, one_part), std::logic_error);
}

TEST(Bins, HoldTheStepsThatEndInThem) {
    const std::vector<Step> steps{11, 20, 21, 30, 31, 34};
    const std::vector<std::int64_t> sources(6, 0);
    const SpikeTrains trains = make_spike_trains("pc", 0.1, 10, 34, {0}, steps, sources);
    const Bins bins = bins_of_width(1.0, trains);

    EXPECT_EQ(bins.count, 2) << "the rest of 0.4 ms is no bin";
    EXPECT_THAT(population_counts(trains, bins), ElementsAre(2.0, 2.0));
    EXPECT_DOUBLE_EQ(bins.centre_ms(0), 1.5);
}

TEST(Bins, AreRoundedToWholeSteps) {
    SpikeTrains trains = test::trains_of({{}}, 100.0, 0.3);
    EXPECT_EQ(bins_of_width(1.0, trains).width, 3);
    EXPECT_DOUBLE_EQ(bins_of_width(1.0, trains).width_ms, 0.9);
    EXPECT_EQ(bins_of_width(0.01, trains).width, 1) << "at least one step";
}

TEST(Statistics, AgreeWithValuesComputedByHand) {
    const std::vector<double> values{1.0, 2.0, 4.0, 9.0};
    EXPECT_DOUBLE_EQ(moments(values).mean, 4.0);
    EXPECT_DOUBLE_EQ(moments(values).sd, std::sqrt((9.0 + 4.0 + 0.0 + 25.0) / 4.0));
    EXPECT_DOUBLE_EQ(quantile_of_sorted(values, 0.5), 3.0);
    EXPECT_DOUBLE_EQ(quantile_of_sorted(values, 0.9), 4.0 + 0.7 * 5.0);
    EXPECT_DOUBLE_EQ(quantile_of_sorted(values, 1.0), 9.0);
    EXPECT_DOUBLE_EQ(median({9.0, 1.0, 4.0}), 4.0);
    EXPECT_TRUE(std::isnan(moments({}).mean));
    EXPECT_TRUE(std::isnan(median({})));
}

TEST(Statistics, CountValuesOnBothEdgesOfAHistogram) {
    const std::vector<double> values{0.0, 0.5, 1.0, 2.0, -0.1, 2.1};
    EXPECT_THAT(histogram(values, 0.0, 2.0, 2).counts, ElementsAre(2.0, 2.0));
    EXPECT_THAT(histogram(values, 0.0, 2.0, 2).centres, ElementsAre(0.5, 1.5));
}

}  // namespace
}  // namespace volley
