#include "network/mpi.hpp"

#include "core/error.hpp"

#include <fmt/format.h>

#include <limits>
#include <numeric>

namespace volley {

void check_mpi(int code, const char* call, std::source_location at) {
    if (code == MPI_SUCCESS) return;
    std::string text(MPI_MAX_ERROR_STRING, '\0');
    int length = 0;
    MPI_Error_string(code, text.data(), &length);
    text.resize(static_cast<std::size_t>(length));
    throw SystemError(
        fmt::format("{} failed in {} (line {}): {}", call, at.function_name(), at.line(), text));
}

int mpi_count(std::int64_t count, const char* what) {
    if (count > std::numeric_limits<int>::max()) {
        throw SystemError(
            fmt::format("{} {} do not fit one MPI message; use more ranks", count, what));
    }
    return static_cast<int>(count);
}

MpiSession::MpiSession(int& argc, char**& argv) {
    int provided = 0;
    check_mpi(MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &provided), "MPI_Init_thread");
    if (provided < MPI_THREAD_FUNNELED) {
        throw SystemError(
            "this MPI library cannot be used from a program with threads "
            "(it lacks MPI_THREAD_FUNNELED)");
    }
}

MpiSession::~MpiSession() { MPI_Finalize(); }

PrivateCommunicator::PrivateCommunicator(MPI_Comm original) {
    check_mpi(MPI_Comm_dup(original, &communicator_), "MPI_Comm_dup");
    check_mpi(MPI_Comm_set_errhandler(communicator_, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler");
}

PrivateCommunicator::~PrivateCommunicator() { MPI_Comm_free(&communicator_); }

namespace {

/// Receives the message that a probe found.
void receive_found(MPI_Message found, const MPI_Status& status, std::vector<std::byte>& message) {
    int bytes = 0;
    check_mpi(MPI_Get_count(&status, MPI_BYTE, &bytes), "MPI_Get_count");
    message.resize(static_cast<std::size_t>(bytes));
    check_mpi(MPI_Mrecv(message.data(), bytes, MPI_BYTE, &found, MPI_STATUS_IGNORE), "MPI_Mrecv");
}

}  // namespace

void receive_message(MPI_Comm communicator, int from, int tag, std::vector<std::byte>& message) {
    MPI_Message found = MPI_MESSAGE_NULL;
    MPI_Status status;
    check_mpi(MPI_Mprobe(from, tag, communicator, &found, &status), "MPI_Mprobe");
    receive_found(found, status, message);
}

bool received_now(MPI_Comm communicator, int from, int tag, std::vector<std::byte>& message) {
    MPI_Message found = MPI_MESSAGE_NULL;
    MPI_Status status;
    int is_here = 0;
    check_mpi(MPI_Improbe(from, tag, communicator, &is_here, &found, &status), "MPI_Improbe");
    if (is_here != 0) receive_found(found, status, message);
    return is_here != 0;
}

namespace {

/// One message to and from each rank that there is something to tell.
class MpiNumbers final : public NumberExchange {
public:
    MpiNumbers(MPI_Comm communicator, std::span<const std::int64_t> to_each,
               std::span<const std::int64_t> from_each)
        : communicator_(communicator), to_(messages(to_each)), from_(messages(from_each)) {
        requests_.resize(to_.size() + from_.size(), MPI_REQUEST_NULL);
    }

    void exchange(std::span<const double> out, std::span<double> in) override {
        auto request = requests_.begin();
        for (const Message& message : from_) {
            check_mpi(MPI_Irecv(in.data() + message.begin, message.count, MPI_DOUBLE, message.rank,
                                0, communicator_.get(), &*request++),
                      "MPI_Irecv");
        }
        for (const Message& message : to_) {
            check_mpi(MPI_Isend(out.data() + message.begin, message.count, MPI_DOUBLE, message.rank,
                                0, communicator_.get(), &*request++),
                      "MPI_Isend");
        }
        check_mpi(
            MPI_Waitall(static_cast<int>(requests_.size()), requests_.data(), MPI_STATUSES_IGNORE),
            "MPI_Waitall");
    }

private:
    struct Message {
        int rank;
        int count;
        std::int64_t begin;
    };
    static std::vector<Message> messages(std::span<const std::int64_t> counts) {
        std::vector<Message> result;
        std::int64_t begin = 0;
        for (std::size_t rank = 0; rank < counts.size(); ++rank) {
            if (counts[rank] == 0) continue;
            result.push_back({.rank = static_cast<int>(rank),
                              .count = mpi_count(counts[rank], "numbers to one rank"),
                              .begin = begin});
            begin += counts[rank];
        }
        return result;
    }

    PrivateCommunicator communicator_;
    std::vector<Message> to_;
    std::vector<Message> from_;
    std::vector<MPI_Request> requests_;
};

class MpiRanks final : public Communicator {
public:
    explicit MpiRanks(MPI_Comm communicator) : communicator_(communicator) {
        check_mpi(MPI_Comm_set_errhandler(communicator, MPI_ERRORS_RETURN),
                  "MPI_Comm_set_errhandler");
        check_mpi(MPI_Comm_rank(communicator, &rank_), "MPI_Comm_rank");
        check_mpi(MPI_Comm_size(communicator, &size_), "MPI_Comm_size");
    }

    int rank() const override { return rank_; }
    int size() const override { return size_; }
    void barrier() override { check_mpi(MPI_Barrier(communicator_), "MPI_Barrier"); }
    void sum(std::span<std::int64_t> values) override { reduce(values, MPI_INT64_T, MPI_SUM); }
    void smallest(std::span<std::int64_t> values) override { reduce(values, MPI_INT64_T, MPI_MIN); }
    void largest(std::span<std::int64_t> values) override { reduce(values, MPI_INT64_T, MPI_MAX); }
    void sum(std::span<double> values) override { reduce(values, MPI_DOUBLE, MPI_SUM); }
    void largest(std::span<double> values) override { reduce(values, MPI_DOUBLE, MPI_MAX); }

    std::vector<Words> all_to_all(const std::vector<Words>& to_each) override {
        const auto ranks = static_cast<std::size_t>(size_);
        std::vector<int> send(ranks);
        std::vector<int> receive(ranks);
        for (std::size_t r = 0; r < ranks; ++r) {
            send[r] = mpi_count(static_cast<std::int64_t>(to_each[r].size()), "words to one rank");
        }
        check_mpi(MPI_Alltoall(send.data(), 1, MPI_INT, receive.data(), 1, MPI_INT, communicator_),
                  "MPI_Alltoall");
        const std::vector<int> send_at = offsets(send);
        const std::vector<int> receive_at = offsets(receive);
        Words out;
        for (const Words& words : to_each) out.insert(out.end(), words.begin(), words.end());
        Words in(static_cast<std::size_t>(receive_at.back()));
        check_mpi(MPI_Alltoallv(out.data(), send.data(), send_at.data(), MPI_UINT64_T, in.data(),
                                receive.data(), receive_at.data(), MPI_UINT64_T, communicator_),
                  "MPI_Alltoallv");
        std::vector<Words> from_each(ranks);
        for (std::size_t r = 0; r < ranks; ++r) {
            from_each[r].assign(in.begin() + receive_at[r], in.begin() + receive_at[r + 1]);
        }
        return from_each;
    }

    std::unique_ptr<NumberExchange> number_exchange(
        std::span<const std::int64_t> to_each, std::span<const std::int64_t> from_each) override {
        return std::make_unique<MpiNumbers>(communicator_, to_each, from_each);
    }

    std::string broadcast(const std::string& bytes, int root) override {
        std::int64_t length = static_cast<std::int64_t>(bytes.size());
        check_mpi(MPI_Bcast(&length, 1, MPI_INT64_T, root, communicator_), "MPI_Bcast");
        std::string result = rank_ == root ? bytes : std::string();
        result.resize(static_cast<std::size_t>(length));
        constexpr std::int64_t kPiece = 1 << 30;  // MPI counts are int
        for (std::int64_t at = 0; at < length; at += kPiece) {
            const int count = mpi_count(std::min(kPiece, length - at), "bytes");
            check_mpi(MPI_Bcast(result.data() + at, count, MPI_BYTE, root, communicator_),
                      "MPI_Bcast");
        }
        return result;
    }

private:
    template <class Number>
    void reduce(std::span<Number> values, MPI_Datatype type, MPI_Op operation) {
        check_mpi(MPI_Allreduce(MPI_IN_PLACE, values.data(),
                                mpi_count(static_cast<std::int64_t>(values.size()), "numbers"),
                                type, operation, communicator_),
                  "MPI_Allreduce");
    }

    /// Where each rank's part begins, and the total at the end.
    static std::vector<int> offsets(const std::vector<int>& counts) {
        std::vector<int> result{0};
        std::int64_t sum = 0;
        for (const int count : counts) {
            sum += count;
            result.push_back(mpi_count(sum, "words"));
        }
        return result;
    }

    MPI_Comm communicator_;
    int rank_ = 0;
    int size_ = 1;
};

}  // namespace

std::unique_ptr<Communicator> mpi_ranks(MPI_Comm communicator) {
    return std::make_unique<MpiRanks>(communicator);
}

}  // namespace volley
