#pragma once

#include "network/communicator.hpp"

#include <mpi.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <source_location>
#include <vector>

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

/// A duplicate of a communicator, whose messages meet no others. Made and released collectively;
/// errors of calls on it are returned.
class PrivateCommunicator {
public:
    explicit PrivateCommunicator(MPI_Comm original);
    ~PrivateCommunicator();
    PrivateCommunicator(const PrivateCommunicator&) = delete;
    PrivateCommunicator& operator=(const PrivateCommunicator&) = delete;
    MPI_Comm get() const { return communicator_; }

private:
    MPI_Comm communicator_ = MPI_COMM_NULL;
};

/// Receives a message of any length from a rank. @param[out] message  overwritten
void receive_message(MPI_Comm communicator, int from, int tag, std::vector<std::byte>& message);

/// The same where the message is here already. @return was it?
bool received_now(MPI_Comm communicator, int from, int tag, std::vector<std::byte>& message);

/// The ranks of an MPI communicator, which must outlive the result. Errors of calls on it are
/// returned (MPI_ERRORS_RETURN) and thrown.
std::unique_ptr<Communicator> mpi_ranks(MPI_Comm communicator);

}  // namespace volley
