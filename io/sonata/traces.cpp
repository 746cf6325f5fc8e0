#include "io/sonata/traces.hpp"

#include "core/error.hpp"
#include "io/hdf5.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace volley {
namespace {

template <class T>
std::vector<T> read_list(const hdf5::File& file, const std::string& path, hid_t type) {
    if (!hdf5::has_link(file, path)) throw ConfigError(file.place(path), "nothing", "a dataset");
    const hdf5::Dataset dataset = hdf5::open_dataset(file, path);
    if (dataset.shape.size() != 1) {
        throw ConfigError(file.place(path), fmt::format("{} dimensions", dataset.shape.size()),
                          "a list");
    }
    std::vector<T> values(dataset.shape[0]);
    const std::array<hsize_t, 1> first{0};
    hdf5::read_box(file, path, dataset, type, first, dataset.shape, values.data());
    return values;
}

/// Elements of each node, which must be the same for all.
std::size_t elements_per_node(const hdf5::File& file, const std::string& mapping,
                              std::size_t nodes) {
    const std::string path = mapping + "/index_pointers";
    const auto pointers = read_list<std::uint64_t>(file, path, H5T_NATIVE_UINT64);
    if (pointers.size() != nodes + 1) {
        throw ConfigError(file.place(path), fmt::format("{} values", pointers.size()),
                          fmt::format("{} (one more than node_ids)", nodes + 1));
    }
    const std::uint64_t elements = nodes == 0 ? 1 : pointers[1] - pointers[0];
    for (std::size_t node = 0; node <= nodes; ++node) {
        if (pointers[node] != node * elements || elements == 0) {
            throw ConfigError(file.place(path), "unequal numbers of elements for the nodes",
                              "a report with as many elements of each node");
        }
    }
    return elements;
}

TracesInfo read_info(const hdf5::File& file, const std::string& name) {
    const std::string group = "/report/" + name;
    const std::string mapping = group + "/mapping";
    TracesInfo info;
    info.group = name;
    info.population = hdf5::read_text_attribute(file, group, "population").value_or(name);
    info.node_ids = read_list<std::int64_t>(file, mapping + "/node_ids", H5T_NATIVE_INT64);
    const std::size_t elements = elements_per_node(file, mapping, info.node_ids.size());
    const auto time = read_list<double>(file, mapping + "/time", H5T_NATIVE_DOUBLE);
    if (time.size() != 3 || !(time[2] > 0.0)) {
        throw ConfigError(file.place(mapping + "/time"), fmt::format("[{}]", fmt::join(time, ", ")),
                          "[start, stop, step] in ms, step > 0");
    }
    info.start_ms = time[0];
    info.step_ms = time[2];

    const std::string path = group + "/data";
    if (!hdf5::has_link(file, path)) throw ConfigError(file.place(path), "nothing", "a dataset");
    const hdf5::Dataset data = hdf5::open_dataset(file, path);
    const std::size_t width = info.node_ids.size() * elements;
    if (data.shape.size() != 2 || data.shape[1] != width) {
        throw ConfigError(file.place(path),
                          fmt::format("the shape [{}]", fmt::join(data.shape, ", ")),
                          fmt::format("[samples, {}]", width));
    }
    info.samples = static_cast<std::int64_t>(data.shape[0]);
    const std::string unit = hdf5::read_text_attribute(file, path, "units").value_or("1");
    info.variables =
        hdf5::read_texts_attribute(file, path, "variables").value_or(std::vector<std::string>{});
    info.units = hdf5::read_texts_attribute(file, path, "variable_units")
                     .value_or(std::vector<std::string>{});
    std::size_t variables = elements;
    if (hdf5::has_link(file, mapping + "/element_pos") && !info.node_ids.empty()) {
        variables = std::max<std::size_t>(1, info.variables.size());
        if (elements % variables != 0) {
            throw ConfigError(file.place(path), fmt::format("{} variables", variables),
                              fmt::format("a divisor of the {} elements of a node", elements));
        }
        const auto ids = read_list<std::int64_t>(file, mapping + "/element_ids", H5T_NATIVE_INT64);
        for (std::size_t k = 0; k < elements; k += variables) {
            info.compartments.push_back(ids.at(k));
        }
    }
    for (std::size_t k = info.variables.size(); k < variables; ++k) {
        info.variables.push_back(fmt::format("element {}", k));
    }
    info.variables.resize(variables);
    info.units.resize(variables, unit);
    return info;
}

}  // namespace

std::vector<TracesInfo> list_traces(const std::filesystem::path& path) {
    const hdf5::File file = hdf5::open_readonly(path);
    if (!hdf5::has_link(file, "/report")) {
        throw ConfigError(file.place("/report"), "nothing", "the group of a SONATA report file");
    }
    std::vector<TracesInfo> infos;
    for (const std::string& name : hdf5::groups_in(file, "/report")) {
        infos.push_back(read_info(file, name));
    }
    return infos;
}

Traces read_traces(const std::filesystem::path& path, const TracesInfo& info,
                   std::size_t most_nodes, double begin_ms, double end_ms) {
    const hdf5::File file = hdf5::open_readonly(path);
    const std::string data = "/report/" + info.group + "/data";
    const hdf5::Dataset dataset = hdf5::open_dataset(file, data);
    const auto sample_at = [&](double ms) {
        const double sample = (ms - info.start_ms) / info.step_ms;
        return std::clamp(sample, 0.0, static_cast<double>(info.samples));
    };
    // A millionth of a step forgives what rounding did to times such as 0.3 ms.
    const auto first = static_cast<std::int64_t>(std::ceil(sample_at(begin_ms) - 1e-6));
    const auto behind =
        std::min(info.samples, static_cast<std::int64_t>(std::floor(sample_at(end_ms) + 1e-6)) + 1);

    Traces traces;
    traces.info = info;
    traces.info.samples = std::max<std::int64_t>(0, behind - first);
    traces.info.start_ms = info.start_ms + static_cast<double>(first) * info.step_ms;
    traces.info.node_ids.clear();
    const std::size_t nodes = std::min(most_nodes, info.node_ids.size());
    const std::size_t elements = info.elements();
    const auto samples = static_cast<std::size_t>(traces.info.samples);
    traces.values.resize(samples * nodes * elements);
    std::vector<double> column(samples * elements);
    for (std::size_t k = 0; k < nodes; ++k) {
        const std::size_t node = k * info.node_ids.size() / nodes;
        traces.info.node_ids.push_back(info.node_ids[node]);
        const std::array<hsize_t, 2> corner{static_cast<hsize_t>(first), node * elements};
        const std::array<hsize_t, 2> count{samples, elements};
        hdf5::read_box(file, data, dataset, H5T_NATIVE_DOUBLE, corner, count, column.data());
        for (std::size_t s = 0; s < samples; ++s) {
            std::copy_n(&column[s * elements], elements,
                        &traces.values[(s * nodes + k) * elements]);
        }
    }
    return traces;
}

}  // namespace volley
