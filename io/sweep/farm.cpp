#include "io/sweep/farm.hpp"

#include "network/mpi.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstring>
#include <thread>
#include <utility>

namespace volley {

namespace {

constexpr int kEnded = 1;  // tag of a message from a group to rank 0: a task has ended
constexpr int kNext = 2;   // tag of the answer: the next task
constexpr std::int64_t kNone = -1;

/// A message from a group's first rank: who it is, how its last task ended (kNone: it had none).
std::vector<std::byte> packed(int rank, const Farm::Outcome& outcome) {
    const std::int64_t head[] = {rank, outcome.task, static_cast<std::int64_t>(outcome.ending)};
    std::vector<std::byte> bytes(sizeof head + outcome.message.size());
    std::memcpy(bytes.data(), head, sizeof head);
    std::memcpy(bytes.data() + sizeof head, outcome.message.data(), outcome.message.size());
    return bytes;
}

std::pair<int, Farm::Outcome> unpacked(const std::vector<std::byte>& bytes) {
    std::int64_t head[3] = {};
    std::memcpy(head, bytes.data(), sizeof head);
    Farm::Outcome outcome{.task = head[1], .ending = static_cast<Farm::Ending>(head[2])};
    outcome.message.assign(reinterpret_cast<const char*>(bytes.data()) + sizeof head,
                           bytes.size() - sizeof head);
    return {static_cast<int>(head[0]), std::move(outcome)};
}

}  // namespace

struct Farm::List {
    std::int64_t tasks = 0;
    std::int64_t next = 0;
    bool stopped = false;
    int groups_at_work = 0;  ///< besides rank 0's own
    std::vector<Outcome> not_done;
    const Watch* watch = nullptr;

    std::int64_t take() { return stopped || next >= tasks ? kNone : next++; }

    void note(Outcome outcome) {
        if (outcome.task == kNone) return;
        if (*watch) (*watch)(outcome);
        if (outcome.ending == Ending::stopped) stopped = true;
        if (outcome.ending != Ending::done) not_done.push_back(std::move(outcome));
    }
};

Farm::Farm(MPI_Comm all, int ranks_per_group) {
    check_mpi(MPI_Comm_dup(all, &all_), "MPI_Comm_dup");
    check_mpi(MPI_Comm_set_errhandler(all_, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler");
    int size = 1;
    MPI_Comm_rank(all_, &rank_);
    MPI_Comm_size(all_, &size);
    groups_ = size / ranks_per_group;
    check_mpi(MPI_Comm_split(all_, rank_ / ranks_per_group, rank_, &group_communicator_),
              "MPI_Comm_split");
    group_ = mpi_ranks(group_communicator_);
}

Farm::~Farm() {
    group_.reset();
    MPI_Comm_free(&group_communicator_);
    MPI_Comm_free(&all_);
}

std::vector<Farm::Outcome> Farm::run(std::int64_t tasks, const Work& work, const Watch& watch) {
    if (rank_ == 0) {
        list_ = std::make_unique<List>();
        list_->tasks = tasks;
        list_->groups_at_work = groups_ - 1;
        list_->watch = &watch;
    }
    const bool first_group = rank_ < group_->size();
    if (first_group) {
        run_on_first_group(work);
    } else {
        run_on_other_group(work);
    }
    check_mpi(MPI_Barrier(all_), "MPI_Barrier");
    if (rank_ != 0) return {};
    std::vector<Outcome> not_done = std::move(list_->not_done);
    list_.reset();
    std::ranges::sort(not_done, {}, &Outcome::task);
    return not_done;
}

void Farm::run_on_first_group(const Work& work) {
    while (true) {
        serve();
        const std::int64_t task = share_in_group(rank_ == 0 ? list_->take() : kNone);
        if (task == kNone) break;
        Outcome outcome = perform(task, work);
        if (rank_ == 0) list_->note(std::move(outcome));
    }
    if (rank_ != 0) return;
    while (list_->groups_at_work > 0) {
        // Others may need this core: looking now and then costs them less than waiting in MPI.
        if (!answer_one()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}

void Farm::run_on_other_group(const Work& work) const {
    Outcome last{.task = kNone};
    while (true) {
        std::int64_t task = kNone;
        if (group_->rank() == 0) {
            const std::vector<std::byte> message = packed(rank_, last);
            const int bytes = mpi_count(static_cast<std::int64_t>(message.size()), "bytes");
            check_mpi(MPI_Send(message.data(), bytes, MPI_BYTE, 0, kEnded, all_), "MPI_Send");
            check_mpi(MPI_Recv(&task, 1, MPI_INT64_T, 0, kNext, all_, MPI_STATUS_IGNORE),
                      "MPI_Recv");
        }
        task = share_in_group(task);
        if (task == kNone) return;
        last = perform(task, work);
    }
}

void Farm::serve() {
    if (!list_) return;
    while (list_->groups_at_work > 0 && answer_one()) {
    }
}

bool Farm::answer_one() {
    std::vector<std::byte> message;
    if (!received_now(all_, MPI_ANY_SOURCE, kEnded, message)) return false;
    auto [rank, outcome] = unpacked(message);
    list_->note(std::move(outcome));
    const std::int64_t task = list_->take();
    if (task == kNone) --list_->groups_at_work;
    check_mpi(MPI_Send(&task, 1, MPI_INT64_T, rank, kNext, all_), "MPI_Send");
    return true;
}

std::int64_t Farm::share_in_group(std::int64_t task) const {
    check_mpi(MPI_Bcast(&task, 1, MPI_INT64_T, 0, group_communicator_), "MPI_Bcast");
    return task;
}

Farm::Outcome Farm::perform(std::int64_t task, const Work& work) const {
    Outcome outcome{.task = task};
    try {
        outcome.ending = work(task);
    } catch (const AgreedFailure& failure) {
        outcome.ending = Ending::failed;
        outcome.message = failure.what();
    } catch (...) {
        if (group_->size() > 1) throw;
        outcome.ending = Ending::failed;
        outcome.message = current_failure().message;
    }
    return outcome;
}

}  // namespace volley
