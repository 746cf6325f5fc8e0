#pragma once

#include "network/communicator.hpp"

#include <mpi.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace volley {

/// Splits the ranks of a communicator into groups of equal size, which take tasks one after the
/// other, each the next one that nobody has: a group that is fast, or has short tasks, does more.
///
/// Rank 0 keeps the list and works like the others. It answers between its own tasks and, while
/// it works, whenever the work calls serve(). Which group did a task depends on chance: a task must
/// not depend on it.
class Farm {
public:
    /// How a task ended.
    enum class Ending : std::int32_t { done, failed, stopped };
    struct Outcome {
        std::int64_t task = 0;
        Ending ending = Ending::done;
        std::string message;  ///< of a failure
    };
    /// Does a task on all ranks of a group together, and says the same on all of them. What it
    /// throws counts as a failure of the task in a group of one rank; in a larger group only an
    /// AgreedFailure does, since others may have left their partners waiting.
    using Work = std::function<Ending(std::int64_t task)>;
    /// Called on rank 0 for each task that has ended.
    using Watch = std::function<void(const Outcome&)>;

    /// Collective. @pre ranks_per_group divides the number of ranks
    Farm(MPI_Comm all, int ranks_per_group);
    ~Farm();
    Farm(const Farm&) = delete;
    Farm& operator=(const Farm&) = delete;

    MPI_Comm group_communicator() const { return group_communicator_; }
    Communicator& group() const { return *group_; }

    /// Does the tasks 0 ... tasks - 1. A task that ended as `stopped` ends them all: no further
    /// ones are begun. Collective.
    /// @return on rank 0 what was not done: failed or stopped tasks, by number
    std::vector<Outcome> run(std::int64_t tasks, const Work& work, const Watch& watch);

    /// Rank 0: answers other groups, without waiting. Elsewhere nothing.
    void serve();

private:
    struct List;  // rank 0's: what was given out and how it ended
    Outcome perform(std::int64_t task, const Work& work) const;
    void run_on_first_group(const Work& work);
    void run_on_other_group(const Work& work) const;
    bool answer_one();
    std::int64_t share_in_group(std::int64_t task) const;

    MPI_Comm all_ = MPI_COMM_NULL;  ///< a duplicate
    MPI_Comm group_communicator_ = MPI_COMM_NULL;
    int rank_ = 0;
    int groups_ = 1;
    std::unique_ptr<Communicator> group_;
    std::unique_ptr<List> list_;
};

}  // namespace volley
