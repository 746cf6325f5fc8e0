// The main function of tests that run under MPI: every rank prints its failures with its number,
// the outcome is that of all ranks, and an escaping exception ends the job rather than leave the
// others waiting.

#include <gtest/gtest.h>
#include <mpi.h>

#include <cstdio>
#include <exception>

namespace {

class FailurePrinter : public testing::EmptyTestEventListener {
public:
    explicit FailurePrinter(int rank) : rank_(rank) {}
    void OnTestPartResult(const testing::TestPartResult& result) override {
        if (!result.failed()) return;
        std::fprintf(stderr, "[rank %d] %s:%d: %s\n", rank_,
                     result.file_name() == nullptr ? "?" : result.file_name(), result.line_number(),
                     result.message());
    }

private:
    int rank_;
};

}  // namespace

int main(int argc, char** argv) {
    int provided = 0;
    MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &provided);
    testing::InitGoogleTest(&argc, argv);
    testing::GTEST_FLAG(catch_exceptions) = false;
    int rank = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    testing::TestEventListeners& listeners = testing::UnitTest::GetInstance()->listeners();
    if (rank != 0) delete listeners.Release(listeners.default_result_printer());
    listeners.Append(new FailurePrinter(rank));
    int failed = 1;
    try {
        failed = RUN_ALL_TESTS();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "[rank %d] escaped exception: %s\n", rank, error.what());
        MPI_Abort(MPI_COMM_WORLD, 1);
    }
    int any = 0;
    MPI_Allreduce(&failed, &any, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
    MPI_Finalize();
    return any;
}
