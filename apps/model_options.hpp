#pragma once

#include "apps/session.hpp"
#include "network/model.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace volley {

/// The model file and what the command line changes in it; shared by all commands that take one.
struct ModelOptions {
    std::string path;
    std::vector<std::string> sets;
    std::string seed;
    std::string duration;

    void add_to(CLI::App& command);
};

/// A model as all ranks have it.
struct LoadedModel {
    Model model;
    std::vector<std::string> warnings;  ///< on the first rank
};

/// Reads and checks the model file on one rank and carries it to the others. Collective.
/// @throws AgreedFailure
LoadedModel load_model(const ModelOptions& options, const Session& session);

/// How many threads every rank runs, and whether they have a core each.
struct ThreadChoice {
    int threads = 1;
    bool oversubscribed = false;  ///< more threads than cores: wait passively
    std::string warning;          ///< for the user; "" where all is well
};

/// `asked`, or OMP_NUM_THREADS, or the cores of the machine shared among its ranks. Collective.
/// @throws ConfigError naming --threads
ThreadChoice choose_threads(std::optional<int> asked, const Session& session);

/// Ranks of this run on this machine. Collective.
int ranks_on_this_machine(const Session& session);

}  // namespace volley
