#include "io/sonata/extracellular.hpp"

#include "core/error.hpp"
#include "io/hdf5.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace volley {
namespace {

hdf5::Dataset open_table(const hdf5::File& file, const std::string& path) {
    if (!hdf5::has_link(file, path)) throw ConfigError(file.place(path), "nothing", "a dataset");
    hdf5::Dataset dataset = hdf5::open_dataset(file, path);
    if (dataset.shape.size() == 2) return dataset;
    throw ConfigError(file.place(path), fmt::format("{} dimensions", dataset.shape.size()),
                      "a table");
}

}  // namespace

ExtracellularTraces read_extracellular_traces(const std::filesystem::path& path,
                                              std::size_t most_points, double window_ms) {
    const hdf5::File file = hdf5::open_readonly(path);
    if (!hdf5::has_link(file, "/ecp")) {
        throw ConfigError(file.place("/ecp"), "nothing", "the group of extracellular potentials");
    }
    const hdf5::Dataset data = open_table(file, "/ecp/data");
    const hdf5::Dataset positions = open_table(file, "/ecp/channel_position");
    const std::vector<double> time = hdf5::read_list<double>(file, "/ecp/time");
    if (time.size() != 3 || !(time[2] > 0.0)) {
        throw ConfigError(file.place("/ecp/time"), fmt::format("[{}]", fmt::join(time, ", ")),
                          "[start, stop, step] in ms, step > 0");
    }
    ExtracellularTraces traces;
    traces.points = data.shape[1];
    if (positions.shape[0] != data.shape[1] || positions.shape[1] != 3) {
        throw ConfigError(file.place("/ecp/channel_position"),
                          fmt::format("the shape [{}]", fmt::join(positions.shape, ", ")),
                          fmt::format("[{}, 3]", traces.points));
    }
    traces.step_ms = time[2];
    // Half a step forgives what rounding did to times.
    const double wanted = std::floor(window_ms / traces.step_ms + 0.5);
    const auto all = static_cast<std::int64_t>(data.shape[0]);
    traces.samples = wanted < static_cast<double>(all) ? static_cast<std::int64_t>(wanted) : all;
    const std::int64_t first = all - traces.samples;
    traces.start_ms = time[0] + static_cast<double>(first) * traces.step_ms;
    const std::size_t points = std::min(most_points, traces.points);
    const auto samples = static_cast<hsize_t>(traces.samples);
    for (std::size_t k = 0; k < points; ++k) {
        const std::size_t point = k * traces.points / points;
        traces.chosen.push_back(point);
        const std::array<hsize_t, 2> place_corner{point, 0};
        const std::array<hsize_t, 2> place_shape{1, 3};
        hdf5::read_box(file, "/ecp/channel_position", positions, H5T_NATIVE_DOUBLE, place_corner,
                       place_shape, traces.places_um.emplace_back().data());
        std::vector<double>& column = traces.potential_mV.emplace_back(samples);
        if (samples == 0) continue;
        const std::array<hsize_t, 2> corner{static_cast<hsize_t>(first), point};
        const std::array<hsize_t, 2> shape{samples, 1};
        hdf5::read_box(file, "/ecp/data", data, H5T_NATIVE_DOUBLE, corner, shape, column.data());
    }
    return traces;
}

}  // namespace volley
