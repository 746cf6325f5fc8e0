#pragma once

#include "network/communicator.hpp"

#include <mpi.h>

namespace volley {

/// What every subcommand works with: the ranks of this start of the program.
struct Session {
    MPI_Comm communicator;
    Communicator& ranks;

    bool prints() const { return ranks.rank() == 0; }
};

}  // namespace volley
