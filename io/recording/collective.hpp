#pragma once

#include <mpi.h>

#include <concepts>
#include <cstdint>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

/// What the assembly needs of MPI: checked calls, 64-bit counts, and errors that all ranks share.
namespace volley::collective {

/// Throws a SystemError with MPI's own text where `code` is no success.
void check(int code, const char* call);

/// A count as MPI takes it. @throws SystemError  naming the quantity, where it exceeds an int.
int to_count(std::int64_t count, std::string_view what);

int rank_of(MPI_Comm comm);
int size_of(MPI_Comm comm);

std::int64_t sum(std::int64_t value, MPI_Comm comm);
std::int64_t least(std::int64_t value, MPI_Comm comm);
std::int64_t most(std::int64_t value, MPI_Comm comm);
/// Sum over the ranks before this one; 0 on the first.
std::int64_t sum_before(std::int64_t value, MPI_Comm comm);

/// Rank 0's text, on all ranks.
std::string broadcast(std::string text, MPI_Comm comm);

/// All ranks' values, rank after rank; `counts[r]` of them are rank r's.
std::vector<std::int64_t> gather_all(const std::vector<std::int64_t>& mine,
                                     std::vector<std::int64_t>& counts, MPI_Comm comm);

/// If any rank has an error, throws the same one on all: that of the lowest such rank.
/// The type is kept for ConfigError and SystemError; others become a SystemError.
void agree(const std::exception_ptr& mine, MPI_Comm comm);

/// Runs `work` on every rank; if it throws on any of them, throws on all. Collective.
/// @pre `work` contains one collective call at most, with nothing before it that only some ranks
///      can fail at: a rank that failed would leave the others waiting in it.
template <std::invocable Work>
void together(MPI_Comm comm, Work&& work) {
    std::exception_ptr error;
    try {
        work();
    } catch (...) {
        error = std::current_exception();
    }
    agree(error, comm);
}

}  // namespace volley::collective
