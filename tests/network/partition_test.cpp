#include "network/partition.hpp"

#include <gtest/gtest.h>

#include <string>
#include <tuple>

namespace volley {
namespace {

Population population(const std::string& name, std::int64_t size, const std::string& area = "") {
    Population result;
    result.name = name;
    result.size = size;
    result.area = area;
    return result;
}

class PartitionTest : public testing::TestWithParam<std::tuple<int, int>> {};

// Sizes below, at and above the number of workers, with every remainder.
TEST_P(PartitionTest, GivesEveryNeuronToExactlyOneWorkerInOrder) {
    const auto [ranks, threads] = GetParam();
    Model model;
    for (const std::int64_t size : {1, 2, 3, 5, 7, 12, 13, 100, 101, 1000}) {
        model.populations.push_back(population("p" + std::to_string(size), size));
    }
    const Partition partition(model, ranks, threads);
    for (std::int32_t p = 0; p < static_cast<std::int32_t>(model.populations.size()); ++p) {
        std::int64_t next = 0;
        for (int worker = 0; worker < partition.workers(); ++worker) {
            const Block block = partition.of_worker(p, worker);
            ASSERT_EQ(block.begin, next);
            ASSERT_GE(block.size(), 0);
            for (std::int64_t neuron = block.begin; neuron < block.end; ++neuron) {
                ASSERT_EQ(partition.worker_of(p, neuron), worker) << "neuron " << neuron;
            }
            next = block.end;
        }
        ASSERT_EQ(next, model.populations[static_cast<std::size_t>(p)].size);
        for (int rank = 0; rank < ranks; ++rank) {
            ASSERT_EQ(partition.of_rank(p, rank).begin,
                      partition.of_worker(p, rank * threads).begin);
            ASSERT_EQ(partition.of_rank(p, rank).end,
                      partition.of_worker(p, rank * threads + threads - 1).end);
        }
    }
}

// The populations of 1 and 2 neurons leave ranks without any of theirs.
TEST_P(PartitionTest, PlacesAreTheNeuronsOfARankInOrder) {
    const auto [ranks, threads] = GetParam();
    Model model;
    for (const std::int64_t size : {13, 1, 100, 2, 0, 7}) {
        model.populations.push_back(population("p" + std::to_string(size), size));
    }
    const Partition partition(model, ranks, threads);
    for (int rank = 0; rank < ranks; ++rank) {
        const RankNeurons neurons(partition, rank);
        std::int64_t place = 0;
        for (std::int32_t p = 0; p < partition.populations(); ++p) {
            const Block block = partition.of_rank(p, rank);
            for (std::int64_t index = block.begin; index < block.end; ++index, ++place) {
                ASSERT_EQ(neurons.place_of(p, index), place);
                ASSERT_EQ(neurons.at(place).population, p);
                ASSERT_EQ(neurons.at(place).index, index);
            }
        }
        ASSERT_EQ(neurons.size(), place);
    }
}

INSTANTIATE_TEST_SUITE_P(Layouts, PartitionTest,
                         testing::Combine(testing::Values(1, 2, 3, 7), testing::Values(1, 2, 3)));

// 60 populations of 10 neurons on 8 workers: each worker has its share of the whole, though every
// population leaves a remainder of 2.
TEST(Partition, RotatesRemaindersFromPopulationToPopulation) {
    Model model;
    for (int p = 0; p < 60; ++p)
        model.populations.push_back(population("p" + std::to_string(p), 10));
    const Partition partition(model, 4, 2);
    for (int worker = 0; worker < 8; ++worker) {
        std::int64_t total = 0;
        for (std::int32_t p = 0; p < 60; ++p) total += partition.of_worker(p, worker).size();
        EXPECT_EQ(total, 75) << "worker " << worker;
    }
}

TEST(Partition, GivesAreasToGroupsOfRanksInProportion) {
    Model model;
    model.populations = {population("a1", 300, "V1"), population("a2", 300, "V1"),
                         population("b", 200, "V2"), population("all", 80)};
    const Partition partition(model, 4, 2);  // V1: 3 ranks, V2: 1 rank
    EXPECT_EQ(partition.of_rank(0, 0).size(), 100);
    EXPECT_EQ(partition.of_rank(1, 2).size(), 100);
    EXPECT_EQ(partition.of_rank(0, 3).size(), 0);
    EXPECT_EQ(partition.of_rank(2, 3).size(), 200);
    EXPECT_EQ(partition.rank_of(2, 0), 3);
    EXPECT_EQ(partition.of_rank(3, 0).size(), 20);
}

TEST(Partition, LetsMoreAreasThanRanksShare) {
    Model model;
    for (int a = 0; a < 5; ++a) {
        model.populations.push_back(
            population("p" + std::to_string(a), 10, "A" + std::to_string(a)));
    }
    const Partition partition(model, 2, 1);
    for (std::int32_t p = 0; p < 5; ++p) {
        EXPECT_EQ(partition.of_rank(p, 0).size() + partition.of_rank(p, 1).size(), 10);
    }
}

}  // namespace
}  // namespace volley
