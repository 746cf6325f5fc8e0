#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

/// Reads the state traces of a SONATA report file (report.h5).
namespace volley {

/// What a file says of one group of traces.
struct TracesInfo {
    std::string group;                       ///< name below /report
    std::string population;                  ///< the group's name where the file does not say
    std::vector<std::string> variables;      ///< "element 0", ... where the file has no names
    std::vector<std::string> units;          ///< of each variable
    std::vector<std::int64_t> compartments;  ///< of a compartment report; else empty
    std::vector<std::int64_t> node_ids;
    std::int64_t samples = 0;
    double start_ms = 0.0;  ///< time of the first sample
    double step_ms = 1.0;   ///< between samples

    /// Values of a neuron in a sample: [compartments][variables].
    std::size_t elements() const {
        return variables.size() * (compartments.empty() ? 1 : compartments.size());
    }
};

/// Some neurons' traces over a window of time.
struct Traces {
    TracesInfo info;             ///< with node_ids, samples and start_ms of what was read
    std::vector<double> values;  ///< shape [samples][nodes][compartments][variables]
    double at(std::size_t sample, std::size_t node, std::size_t variable) const {
        return values[(sample * info.node_ids.size() + node) * info.elements() + variable];
    }
    double at(std::size_t sample, std::size_t node, std::size_t compartment,
              std::size_t variable) const {
        return at(sample, node, compartment * info.variables.size() + variable);
    }
};

/// The groups of a report file, in ascending order of name.
/// @throws ConfigError  the file is missing, unreadable, cut short, or lacks a part of the layout;
/// or
///                      its nodes have unequal numbers of elements (reports of other programs).
std::vector<TracesInfo> list_traces(const std::filesystem::path& path);

/// Reads the traces of `most_nodes` neurons at most, evenly chosen, in [begin_ms, end_ms].
/// @throws ConfigError  as list_traces.
Traces read_traces(const std::filesystem::path& path, const TracesInfo& info,
                   std::size_t most_nodes = std::numeric_limits<std::size_t>::max(),
                   double begin_ms = 0.0, double end_ms = std::numeric_limits<double>::infinity());

}  // namespace volley
