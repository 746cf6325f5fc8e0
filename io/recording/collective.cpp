#include "io/recording/collective.hpp"

#include "core/error.hpp"

#include <fmt/format.h>

#include <array>
#include <limits>
#include <numeric>

namespace volley::collective {
namespace {

std::int64_t reduce(std::int64_t value, MPI_Op operation, MPI_Comm comm) {
    std::int64_t result = 0;
    check(MPI_Allreduce(&value, &result, 1, MPI_INT64_T, operation, comm), "MPI_Allreduce");
    return result;
}

}  // namespace

void check(int code, const char* call) {
    if (code == MPI_SUCCESS) return;
    std::array<char, MPI_MAX_ERROR_STRING> text{};
    int length = 0;
    MPI_Error_string(code, text.data(), &length);
    throw SystemError(fmt::format("{} failed: {}", call,
                                  std::string_view(text.data(), static_cast<std::size_t>(length))));
}

int to_count(std::int64_t count, std::string_view what) {
    if (count < 0 || count > std::numeric_limits<int>::max()) {
        throw SystemError(fmt::format("{} {} are more than one MPI call can carry ({})", count,
                                      what, std::numeric_limits<int>::max()));
    }
    return static_cast<int>(count);
}

int rank_of(MPI_Comm comm) {
    int rank = 0;
    check(MPI_Comm_rank(comm, &rank), "MPI_Comm_rank");
    return rank;
}

int size_of(MPI_Comm comm) {
    int size = 0;
    check(MPI_Comm_size(comm, &size), "MPI_Comm_size");
    return size;
}

std::int64_t sum(std::int64_t value, MPI_Comm comm) { return reduce(value, MPI_SUM, comm); }
std::int64_t least(std::int64_t value, MPI_Comm comm) { return reduce(value, MPI_MIN, comm); }
std::int64_t most(std::int64_t value, MPI_Comm comm) { return reduce(value, MPI_MAX, comm); }

std::int64_t sum_before(std::int64_t value, MPI_Comm comm) {
    std::int64_t before = 0;
    check(MPI_Exscan(&value, &before, 1, MPI_INT64_T, MPI_SUM, comm), "MPI_Exscan");
    return rank_of(comm) == 0 ? 0 : before;  // MPI leaves the first rank's result undefined
}

std::string broadcast(std::string text, MPI_Comm comm) {
    auto length = static_cast<std::int64_t>(text.size());
    check(MPI_Bcast(&length, 1, MPI_INT64_T, 0, comm), "MPI_Bcast");
    text.resize(static_cast<std::size_t>(length));
    check(MPI_Bcast(text.data(), to_count(length, "bytes of a text"), MPI_CHAR, 0, comm),
          "MPI_Bcast");
    return text;
}

std::vector<std::int64_t> gather_all(const std::vector<std::int64_t>& mine,
                                     std::vector<std::int64_t>& counts, MPI_Comm comm) {
    const auto ranks = static_cast<std::size_t>(size_of(comm));
    const auto here = static_cast<std::int64_t>(mine.size());
    counts.assign(ranks, 0);
    check(MPI_Allgather(&here, 1, MPI_INT64_T, counts.data(), 1, MPI_INT64_T, comm),
          "MPI_Allgather");
    std::vector<int> lengths(ranks);
    std::vector<int> places(ranks);
    std::int64_t total = 0;
    for (std::size_t r = 0; r < ranks; ++r) {
        places[r] = to_count(total, "gathered values");
        lengths[r] = to_count(counts[r], "gathered values");
        total += counts[r];
    }
    std::vector<std::int64_t> all(static_cast<std::size_t>(total));
    check(MPI_Allgatherv(mine.data(), to_count(here, "gathered values"), MPI_INT64_T, all.data(),
                         lengths.data(), places.data(), MPI_INT64_T, comm),
          "MPI_Allgatherv");
    return all;
}

void agree(const std::exception_ptr& mine, MPI_Comm comm) {
    const int rank = rank_of(comm);
    const std::int64_t first = least(mine ? rank : std::numeric_limits<std::int32_t>::max(), comm);
    if (first == std::numeric_limits<std::int32_t>::max()) return;

    bool by_user = false;
    std::string text;
    if (rank == first) {
        try {
            std::rethrow_exception(mine);
        } catch (const ConfigError& error) {
            by_user = true;
            text = error.what();
        } catch (const std::exception& error) {
            text = error.what();
        } catch (...) {
            text = "an unknown error";
        }
    }
    std::array<std::int64_t, 2> head{static_cast<std::int64_t>(text.size()), by_user ? 1 : 0};
    check(MPI_Bcast(head.data(), 2, MPI_INT64_T, static_cast<int>(first), comm), "MPI_Bcast");
    text.resize(static_cast<std::size_t>(head[0]));
    check(MPI_Bcast(text.data(), to_count(head[0], "bytes of a message"), MPI_CHAR,
                    static_cast<int>(first), comm),
          "MPI_Bcast");
    if (head[1] == 0) throw SystemError(text);
    // The message is complete already ("where: what"): take it apart again at its first separator.
    const std::size_t separator = text.find(": ");
    if (separator == std::string::npos) throw ConfigError("volley", text);
    throw ConfigError(text.substr(0, separator), text.substr(separator + 2));
}

}  // namespace volley::collective
