#pragma once

#include "apps/session.hpp"
#include "core/protocols/cell.hpp"
#include "core/protocols/spread.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace volley {

/// The cell of an experiment and where its results go; shared by fi, prc and clamp.
struct ProtocolOptions {
    std::string path;
    std::string model;
    std::vector<std::string> parameters;
    std::string population;
    std::int64_t neuron = 0;
    std::vector<std::string> sets;
    std::string seed;
    std::string out;
    bool force = false;
    bool quiet = false;
    std::optional<int> threads;

    void add_to(CLI::App& command);
};

/// A cell as all ranks have it.
struct LoadedCell {
    Cell cell;
    std::string name;                     ///< for people: "hh_squid", "pc[0] of model.json"
    std::string stem;                     ///< for a folder: "hh_squid", "model.pc"
    double dt_ms = 0.0;                   ///< of the model file; 0 without one
    std::vector<std::string> parameters;  ///< those the user gave: "g_Na = 100 mS/cm2"
    std::vector<std::string> warnings;    ///< on the first rank
};

/// The cell that the options name: a model with its --param, or a neuron of a model file's
/// population as that file gives and draws its numbers. Collective.
/// @throws ConfigError, AgreedFailure  with the nearest name, where one is unknown
LoadedCell load_cell(const ProtocolOptions& options, const Session& session);

/// Sweeps by all threads of all ranks.
Spread over_ranks(const Session& session, int threads);

/// Runs an experiment, which every rank carries out alike but for the rows of its sweeps. What the
/// machine or the integration fails at is the same on all: told once. @throws AgreedFailure
void alike(const std::function<void()>& experiment);

/// DIR, or the cell's name with .COMMAND.out; refused where it holds results, without --force.
/// Collective. @throws AgreedFailure
std::filesystem::path folder_of(const ProtocolOptions& options, const LoadedCell& loaded,
                                const std::string& command, const Session& session);

/// An option's value: a quantity as in a model file ("1.5 ms").
/// @param unit  "1" for a plain number
/// @throws ConfigError  naming the option
double read_quantity(const std::string& text, const std::string& option, const std::string& unit);

/// "A:B:N" (N values from A to B) or "A, B, C"; ascending, each once.
/// @throws ConfigError  naming the option
std::vector<double> read_sweep(const std::string& text, const std::string& option,
                               const std::string& unit);

}  // namespace volley
