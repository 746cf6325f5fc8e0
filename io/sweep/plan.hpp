#pragma once

#include "io/sweep/axis.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace volley {

/// What a user asks to sweep: a model file, values to vary, seeds.
struct SweepRequest {
    std::string model_name;              ///< stands for the file in messages
    std::string model_text;              ///< its content
    std::filesystem::path model_folder;  ///< where relative paths in it begin
    std::vector<std::string> sets;       ///< PATH=VALUE, the same for all runs
    std::vector<SweepAxis> axes;         ///< none: the model as it is, once for each seed
    bool together = false;               ///< k-th values of all axes together, no grid
    std::vector<std::uint64_t> seeds;    ///< of each point; empty: `trials`
    std::int64_t trials = 0;             ///< seeds drawn from the model's; 0: its own, one run
    bool keep = false;                   ///< leave spikes.h5 and other recordings
};

/// A figure that every run ends with, as the tables name it.
struct SweepColumn {
    std::string name;  ///< path in summary.json without "populations." or "analyses."
    std::string unit;  ///< "1" for plain numbers
    std::string meaning;
    std::string kind;    ///< "rate_hz" of a population, or the analysis: "power_spectrum"
    std::string figure;  ///< "peak_hz"

    bool operator==(const SweepColumn&) const = default;
};

struct PlannedRun {
    std::int64_t point = 0;         ///< index into SweepPlan::points
    std::uint64_t seed = 0;         ///< the model's seed
    std::vector<std::string> sets;  ///< all of them, in the order they are applied
    std::string name;               ///< of its folder: made of values and seed, and of a hash
    std::string key;                ///< digest of the model with these values, and of the program
};

/// Which runs a sweep consists of, and what they will tell.
struct SweepPlan {
    SweepRequest request;
    std::vector<std::vector<std::string>> points;  ///< shape [point][axis]: values
    std::vector<PlannedRun> runs;                  ///< by point, then by seed
    std::vector<SweepColumn> columns;
    std::vector<std::string> warnings;  ///< of the model file
    std::string title;                  ///< of the model
    /// Of the request, without values and seeds: sweeps that agree in it can share a folder.
    std::string identity;
    double most_bytes = 0.0;  ///< memory that a rank needs for the largest run

    /// "rate=10 Hz, seed 3": a run as messages name it.
    std::string describe(const PlannedRun& run) const;
    /// "rate=10 Hz": a point in words; "" without axes.
    std::string describe_point(std::int64_t point) const;
};

/// Makes the plan, and reads and checks the model of every run. On one rank.
///
/// Seeds of trials: trial k of a model with seed s has the first 31 bits that the generator gives
/// for (s, "sweep/trials", k), plus 1; one that an earlier trial has is passed over.
///
/// @param ranks, threads  that compute one run
/// @param program         digest of the program, part of the runs' keys
/// @throws ConfigError  what the user wrote is wrong; with the values of the run, if it is one
SweepPlan plan_sweep(SweepRequest request, int ranks, int threads, const std::string& program);

/// Fingerprint of the running program's file: another one may give other results.
std::string program_digest();

/// The plan as bytes and back, to carry it from one rank to the others.
std::string serialise(const SweepPlan& plan);
SweepPlan deserialise_plan(const std::string& bytes);

}  // namespace volley
