#include "apps/model_options.hpp"

#include "core/error.hpp"
#include "io/model_file/model_file.hpp"
#include "network/mpi.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <sched.h>
#include <thread>

namespace volley {

void ModelOptions::add_to(CLI::App& command) {
    command.add_option("MODEL", path, "model file (JSON; see: volley models model)")->required();
    command
        .add_option("--set", sets,
                    "change a value of the model, as --set populations.pc.size=400 (repeatable)")
        ->type_name("PATH=VALUE")
        ->allow_extra_args(false);
    command.add_option("--seed", seed, "the same as --set seed=N")->type_name("N");
    command.add_option("--duration", duration, "the same as --set duration=T, as \"2 s\"")
        ->type_name("T");
}

LoadedModel load_model(const ModelOptions& options, const Session& session) {
    LoadedModel loaded;
    std::string bytes;
    together(session.ranks, [&] {
        if (session.ranks.rank() != 0) return;
        std::vector<std::string> sets = options.sets;
        if (!options.seed.empty()) sets.push_back("seed=" + options.seed);
        if (!options.duration.empty()) sets.push_back("duration=" + options.duration);
        ModelFile file = read_model_file(options.path, sets);
        loaded.model = std::move(file.model);
        loaded.warnings = std::move(file.warnings);
        if (session.ranks.size() > 1) bytes = serialise(loaded.model);
    });
    if (session.ranks.size() == 1) return loaded;
    bytes = session.ranks.broadcast(bytes, 0);
    together(session.ranks, [&] {
        if (session.ranks.rank() != 0) loaded.model = deserialise_model(bytes);
    });
    return loaded;
}

namespace {

/// Cores this process may run on.
int usable_cores() {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
    return std::max(1, CPU_COUNT(&set));
}

}  // namespace

ThreadChoice choose_threads(std::optional<int> asked, const Session& session) {
    constexpr int kMostThreads = 4096;
    const auto cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    const int ranks_here = ranks_on_this_machine(session);
    const char* const environment = std::getenv("OMP_NUM_THREADS");
    ThreadChoice choice;
    if (asked) {
        choice.threads = *asked;
    } else if (environment != nullptr && std::atoi(environment) > 0) {
        choice.threads = std::atoi(environment);
    } else {
        choice.threads = std::clamp(std::min(usable_cores(), cores / ranks_here), 1, kMostThreads);
    }
    if (choice.threads < 1 || choice.threads > kMostThreads) {
        throw ConfigError(asked ? "--threads" : "OMP_NUM_THREADS", std::to_string(choice.threads),
                          fmt::format("a number of threads from 1 to {}", kMostThreads));
    }
    if (choice.threads * ranks_here > cores) {
        choice.oversubscribed = true;
        choice.warning = fmt::format(
            "{} ranks x {} threads on {} cores: they take turns, which is slow (results are the "
            "same)",
            ranks_here, choice.threads, cores);
    } else if (choice.threads > usable_cores()) {
        choice.oversubscribed = true;
        choice.warning = fmt::format(
            "each rank may use only {} of {} cores for its {} threads: start it with "
            "\"mpirun --bind-to none\"",
            usable_cores(), cores, choice.threads);
    }
    return choice;
}

int ranks_on_this_machine(const Session& session) {
    MPI_Comm here = MPI_COMM_NULL;
    check_mpi(
        MPI_Comm_split_type(session.communicator, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &here),
        "MPI_Comm_split_type");
    int count = 1;
    MPI_Comm_size(here, &count);
    MPI_Comm_free(&here);
    return count;
}

}  // namespace volley
