#include "core/error.hpp"
#include "io/sweep/farm.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

namespace volley {
namespace {

class FarmTest : public testing::Test {
protected:
    static constexpr std::int64_t kTasks = 20;

    FarmTest() {
        MPI_Comm_rank(MPI_COMM_WORLD, &rank);
        MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    }

    /// How often each task was done, summed over the first ranks of all groups.
    std::vector<std::int64_t> counted(const Farm& farm, std::vector<std::int64_t> here) const {
        if (farm.group().rank() != 0) here.assign(here.size(), 0);
        MPI_Allreduce(MPI_IN_PLACE, here.data(), static_cast<int>(here.size()), MPI_INT64_T,
                      MPI_SUM, MPI_COMM_WORLD);
        return here;
    }

    int rank = 0;
    int ranks = 1;
};

TEST_F(FarmTest, DoesEveryTaskOnce) {
    Farm farm(MPI_COMM_WORLD, 1);
    std::vector<std::int64_t> done(kTasks, 0);
    std::int64_t watched = 0;
    const auto not_done = farm.run(
        kTasks,
        [&](std::int64_t task) {
            farm.serve();
            ++done[static_cast<std::size_t>(task)];
            return Farm::Ending::done;
        },
        [&](const Farm::Outcome&) { ++watched; });
    EXPECT_TRUE(not_done.empty());
    EXPECT_EQ(watched, rank == 0 ? kTasks : 0);
    EXPECT_EQ(counted(farm, done), std::vector<std::int64_t>(kTasks, 1));
}

TEST_F(FarmTest, LetsAGroupWorkTogether) {
    Farm farm(MPI_COMM_WORLD, ranks);
    EXPECT_EQ(farm.group().size(), ranks);
    std::vector<std::int64_t> done(kTasks, 0);
    farm.run(kTasks,
             [&](std::int64_t task) {
                 std::int64_t sum = 1;
                 farm.group().sum(std::span<std::int64_t>(&sum, 1));
                 EXPECT_EQ(sum, ranks);
                 ++done[static_cast<std::size_t>(task)];
                 return Farm::Ending::done;
             },
             {});
    EXPECT_EQ(done, std::vector<std::int64_t>(kTasks, 1));
}

TEST_F(FarmTest, TellsFailuresInTheOrderOfTasksAndGoesOn) {
    Farm farm(MPI_COMM_WORLD, 1);
    std::vector<std::int64_t> done(kTasks, 0);
    const auto not_done = farm.run(kTasks,
                                   [&](std::int64_t task) {
                                       ++done[static_cast<std::size_t>(task)];
                                       if (task % 7 == 3)
                                           throw ConfigError("task", std::to_string(task));
                                       return Farm::Ending::done;
                                   },
                                   {});
    EXPECT_EQ(counted(farm, done), std::vector<std::int64_t>(kTasks, 1));
    if (rank != 0) return;
    std::vector<std::string> messages;
    for (const Farm::Outcome& outcome : not_done) {
        EXPECT_EQ(outcome.ending, Farm::Ending::failed);
        messages.push_back(outcome.message);
    }
    EXPECT_THAT(messages, testing::ElementsAre("task: 3", "task: 10", "task: 17"));
}

TEST_F(FarmTest, BeginsNothingAfterAStop) {
    Farm farm(MPI_COMM_WORLD, 1);
    std::vector<std::int64_t> done(kTasks, 0);
    const auto not_done = farm.run(kTasks,
                                   [&](std::int64_t task) {
                                       ++done[static_cast<std::size_t>(task)];
                                       return Farm::Ending::stopped;
                                   },
                                   {});
    // Each group can have had one task before the stop was known.
    std::int64_t begun = 0;
    for (const std::int64_t count : counted(farm, done)) begun += count;
    EXPECT_GE(begun, 1);
    EXPECT_LE(begun, ranks);
    if (rank == 0) {
        EXPECT_EQ(static_cast<std::int64_t>(not_done.size()), begun);
    }
}

TEST_F(FarmTest, HasNothingToDoWithoutTasks) {
    Farm farm(MPI_COMM_WORLD, 1);
    EXPECT_TRUE(farm.run(0, [](std::int64_t) { return Farm::Ending::done; }, {}).empty());
}

}  // namespace
}  // namespace volley
