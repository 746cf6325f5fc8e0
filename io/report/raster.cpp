#include "io/report/raster.hpp"

#include <algorithm>
#include <cmath>

namespace volley {
namespace {

constexpr std::int64_t kLeastRows = 10;  // of a small group beside large ones

/// Darkness of a cell with `spikes` > 0: never so light that it is overlooked, full at `full`.
double darkness(double spikes, double full) { return std::min(1.0, 0.3 + 0.7 * spikes / full); }

/// The count that 95 of 100 cells with spikes do not exceed: a few crowded cells shall not make all
/// others pale.
double full_count(std::vector<std::uint32_t> counts) {
    std::erase(counts, 0u);
    if (counts.empty()) return 1.0;
    const auto place = counts.begin() + static_cast<std::ptrdiff_t>((counts.size() - 1) * 95 / 100);
    std::ranges::nth_element(counts, place);
    return *place;
}

}  // namespace

std::int64_t Raster::rows() const {
    std::int64_t sum = 0;
    for (const Group& group : groups) sum += group.rows;
    return sum;
}

std::size_t Raster::spikes() const {
    std::size_t sum = 0;
    for (const Group& group : groups) sum += group.times_ms.size();
    return sum;
}

Raster make_raster(std::span<const SpikeTrains> groups, const RasterOptions& options) {
    Raster raster;
    if (groups.empty()) return raster;
    const SpikeTrains& first = groups.front();
    raster.end_ms = to_ms(first.end, first.dt_ms);
    raster.begin_ms = std::max(to_ms(first.begin, first.dt_ms), raster.end_ms - options.window_ms);
    double all = 0.0;
    for (const SpikeTrains& trains : groups) all += static_cast<double>(trains.size());

    for (const SpikeTrains& trains : groups) {
        Raster::Group group;
        group.name = trains.name;
        group.neurons = static_cast<std::int64_t>(trains.size());
        const double share = static_cast<double>(options.most_neurons) / std::max(1.0, all);
        const auto fair = static_cast<std::int64_t>(static_cast<double>(group.neurons) * share);
        group.rows = std::min(group.neurons, std::max(kLeastRows, fair));
        for (std::int64_t row = 0; row < group.rows; ++row) {
            for (const Step step :
                 trains.train(static_cast<std::size_t>(row * group.neurons / group.rows))) {
                const double time_ms = to_ms(step, trains.dt_ms);
                if (time_ms <= raster.begin_ms) continue;
                group.times_ms.push_back(time_ms);
                group.row.push_back(row);
            }
        }
        raster.groups.push_back(std::move(group));
    }
    return raster;
}

RasterImage rasterise(const Raster& raster, std::span<const std::uint32_t> colours,
                      std::size_t most_width, std::size_t most_height) {
    RasterImage image;
    const auto rows = static_cast<double>(std::max<std::int64_t>(1, raster.rows()));
    image.width = most_width;
    image.height = std::min(most_height, static_cast<std::size_t>(rows));
    image.ms_per_cell = (raster.end_ms - raster.begin_ms) / static_cast<double>(image.width);
    image.rows_per_cell = rows / static_cast<double>(image.height);

    std::vector<std::uint32_t> counts(image.width * image.height, 0);
    std::vector<std::size_t> owner(image.height, 0);  // group that a line of cells belongs to
    std::int64_t first_row = 0;
    for (std::size_t g = 0; g < raster.groups.size(); ++g) {
        const Raster::Group& group = raster.groups[g];
        const auto line_of = [&](std::int64_t row) {
            const double line = static_cast<double>(first_row + row) / image.rows_per_cell;
            return std::min(image.height - 1, static_cast<std::size_t>(line));
        };
        for (std::int64_t row = 0; row < group.rows; ++row) owner[line_of(row)] = g;
        for (std::size_t k = 0; k < group.row.size(); ++k) {
            const double place = (group.times_ms[k] - raster.begin_ms) / image.ms_per_cell;
            const auto column = static_cast<std::size_t>(
                std::clamp(place, 0.0, static_cast<double>(image.width - 1)));
            ++counts[line_of(group.row[k]) * image.width + column];
        }
        first_row += group.rows;
    }

    const double full = full_count(counts);
    image.rgb.assign(counts.size() * 3, 255);
    for (std::size_t cell = 0; cell < counts.size(); ++cell) {
        if (counts[cell] == 0) continue;
        const std::uint32_t colour = colours[owner[cell / image.width] % colours.size()];
        const double dark = darkness(counts[cell], full);
        for (std::size_t channel = 0; channel < 3; ++channel) {
            const double ink = colour >> (16 - 8 * channel) & 0xFF;
            image.rgb[3 * cell + channel] =
                static_cast<std::uint8_t>(std::lround(255.0 - dark * (255.0 - ink)));
        }
    }
    return image;
}

}  // namespace volley
