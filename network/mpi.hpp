#pragma once

#include "network/communicator.hpp"

#include <mpi.h>

#include <cstdint>
#include <memory>
#include <source_location>

namespace volley {

/// Turns an MPI error code into a SystemError that says which call, where and why.
void check_mpi(int code, const char* call,
               std::source_location at = std::source_location::current());

/// A size as MPI's int. @throws SystemError naming the quantity where it does not fit.
int mpi_count(std::int64_t count, const char* what);

/// MPI from start to end of the program. Asks for MPI_THREAD_FUNNELED and checks what it got.
class MpiSession {
public:
    MpiSession(int& argc, char**& argv);
    ~MpiSession();
    MpiSession(const MpiSession&) = delete;
    MpiSession& operator=(const MpiSession&) = delete;
};

/// The ranks of an MPI communicator, which must outlive the result. Errors of calls on it are
/// returned (MPI_ERRORS_RETURN) and thrown.
std::unique_ptr<Communicator> mpi_ranks(MPI_Comm communicator);

}  // namespace volley
