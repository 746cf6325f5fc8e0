#include "network/positions/box.hpp"

#include "core/random/binomial.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>

namespace volley {

namespace {

/// A box with fewer places is not halved again. It costs about as much to draw them as to halve.
constexpr std::int64_t kLeafPlaces = 8;
/// 2^44 boxes of the last generation: node numbers stay within the counter of Philox, and a box
/// that still held more places than a leaf would be a chance below 1e-60.
constexpr int kMostHalvings = 44;

}  // namespace

struct RandomInBox::Box {
    std::array<double, 3> low{};
    std::array<double, 3> side{};
    std::uint64_t node = 1;  ///< halves of node k are 2 k and 2 k + 1
    std::int64_t first = 0;  ///< number of its first place
    std::int64_t places = 0;
    int halvings = 0;

    bool is_leaf() const { return places <= kLeafPlaces || halvings == kMostHalvings; }
};

RandomInBox::RandomInBox(std::int64_t n, int dimensions, const std::array<double, 3>& extent,
                         bool periodic, const CounterRandom& random)
    : n_(n), random_(random) {
    dimensions_ = dimensions;
    extent_ = extent;
    if (periodic) period_ = extent;
}

std::int64_t RandomInBox::lower_half(const Box& box, Box& low, Box& high) const {
    CounterStream numbers(random_, box.node, 0);
    const std::int64_t in_low = binomial(box.places, 0.5, numbers);
    const auto axis =
        static_cast<std::size_t>(std::ranges::max_element(box.side) - box.side.begin());
    low = box;
    low.side[axis] *= 0.5;
    low.node = 2 * box.node;
    low.places = in_low;
    low.halvings = box.halvings + 1;
    high = low;
    high.low[axis] += low.side[axis];
    high.node = 2 * box.node + 1;
    high.first = box.first + in_low;
    high.places = box.places - in_low;
    return in_low;
}

void RandomInBox::leaf(const Box& box, std::span<std::array<double, 3>> places) const {
    const auto dimensions = static_cast<std::size_t>(dimensions_);
    for (std::size_t k = 0; k < places.size(); ++k) {
        CounterStream numbers(random_, box.node, k + 1);
        places[k] = {};
        for (std::size_t axis = 0; axis < dimensions; ++axis) {
            places[k][axis] = box.low[axis] + box.side[axis] * numbers.uniform();
        }
    }
    std::ranges::sort(places);  // so that numbers rise along a line down to the last neuron
}

std::array<double, 3> RandomInBox::at(std::int64_t index) const {
    assert(index >= 0 && index < n_);
    Box box{.side = extent_, .places = n_};
    while (!box.is_leaf()) {
        Box low;
        Box high;
        const std::int64_t in_low = lower_half(box, low, high);
        box = index - box.first < in_low ? low : high;
    }
    std::array<std::array<double, 3>, kLeafPlaces> few;
    if (box.places <= kLeafPlaces) {
        leaf(box, std::span(few).first(static_cast<std::size_t>(box.places)));
        return few[static_cast<std::size_t>(index - box.first)];
    }
    std::vector<std::array<double, 3>> places(static_cast<std::size_t>(box.places));
    leaf(box, places);
    return places[static_cast<std::size_t>(index - box.first)];
}

void RandomInBox::many(std::int64_t begin, std::span<std::array<double, 3>> places) const {
    assert(begin >= 0 && begin + static_cast<std::int64_t>(places.size()) <= n_);
    if (!places.empty()) visit(Box{.side = extent_, .places = n_}, begin, places);
}

void RandomInBox::visit(const Box& box, std::int64_t begin,
                        std::span<std::array<double, 3>> places) const {
    const std::int64_t end = begin + static_cast<std::int64_t>(places.size());
    if (box.first >= end || box.first + box.places <= begin) return;
    if (!box.is_leaf()) {
        Box low;
        Box high;
        lower_half(box, low, high);
        visit(low, begin, places);
        visit(high, begin, places);
        return;
    }
    std::vector<std::array<double, 3>> here(static_cast<std::size_t>(box.places));
    leaf(box, here);
    for (std::int64_t k = 0; k < box.places; ++k) {
        const std::int64_t index = box.first + k;
        if (index < begin || index >= end) continue;
        places[static_cast<std::size_t>(index - begin)] = here[static_cast<std::size_t>(k)];
    }
}

/// A block of cells [low, high) per axis.
struct GridInBox::Block {
    std::array<std::int64_t, 3> low{};
    std::array<std::int64_t, 3> high{};

    std::int64_t side(std::size_t axis) const { return high[axis] - low[axis]; }
};

GridInBox::GridInBox(std::int64_t n, int dimensions, const std::array<double, 3>& extent,
                     bool periodic, const std::array<std::int64_t, 3>& cells)
    : n_(n), cells_(cells) {
    dimensions_ = dimensions;
    extent_ = extent;
    if (periodic) period_ = extent;
}

/// Number of cells of a block that hold a neuron: those among the first n in the order of rows.
std::int64_t GridInBox::filled(const Block& block) const {
    const std::int64_t full_layers = n_ / (cells_[0] * cells_[1]);
    const std::int64_t in_last_layer = n_ - full_layers * cells_[0] * cells_[1];
    const std::int64_t full_rows = in_last_layer / cells_[0];
    const std::int64_t in_last_row = in_last_layer - full_rows * cells_[0];
    const auto part = [&](std::size_t axis, std::int64_t end) {
        return std::clamp<std::int64_t>(end - block.low[axis], 0, block.side(axis));
    };
    const auto holds = [&](std::size_t axis, std::int64_t cell) {
        return block.low[axis] <= cell && cell < block.high[axis];
    };
    std::int64_t count = block.side(0) * block.side(1) * part(2, full_layers);
    if (holds(2, full_layers)) {
        count += block.side(0) * part(1, full_rows);
        if (holds(1, full_rows)) count += part(0, in_last_row);
    }
    return count;
}

std::array<double, 3> GridInBox::at(std::int64_t index) const {
    assert(index >= 0 && index < n_);
    Block block{.high = cells_};
    std::int64_t first = 0;
    while (block.side(0) > 1 || block.side(1) > 1 || block.side(2) > 1) {
        std::size_t axis = 0;
        double longest = 0.0;
        for (std::size_t k = 0; k < 3; ++k) {
            const double side =
                extent_[k] * static_cast<double>(block.side(k)) / static_cast<double>(cells_[k]);
            // Only a side of several cells can be cut.
            if (block.side(k) > 1 && side > longest) {
                longest = side;
                axis = k;
            }
        }
        Block low = block;
        low.high[axis] = block.low[axis] + block.side(axis) / 2;
        const std::int64_t in_low = filled(low);
        if (index - first < in_low) {
            block = low;
        } else {
            block.low[axis] = low.high[axis];
            first += in_low;
        }
    }
    std::array<double, 3> place{};
    for (std::size_t k = 0; k < static_cast<std::size_t>(dimensions_); ++k) {
        place[k] =
            extent_[k] * (static_cast<double>(block.low[k]) + 0.5) / static_cast<double>(cells_[k]);
    }
    return place;
}

namespace {

/// The number of cells that makes them about square (or cubic), at least 1.
std::int64_t even_cells(double wanted, std::int64_t most) {
    return std::clamp<std::int64_t>(std::llround(std::min(wanted, 1e15)), 1,
                                    std::max<std::int64_t>(most, 1));
}

std::int64_t divided_up(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

}  // namespace

std::unique_ptr<Positions> make_in_box(const Spec& spec, const Population& population,
                                       std::uint64_t seed, int dimensions,
                                       const std::array<double, 3>& extent, bool periodic,
                                       std::int64_t columns, std::int64_t rows) {
    const std::int64_t n = population.size;
    if (spec.text("arrangement") == "random") {
        if (columns != 0 || rows != 0) {
            throw ConfigError(
                spec.where + (columns != 0 ? "/columns" : "/rows"),
                "columns and rows belong to the arrangement \"grid\"; leave them out, "
                "or write \"arrangement\": \"grid\"");
        }
        const CounterRandom random(seed, "population/" + population.name + "/positions");
        return std::make_unique<RandomInBox>(n, dimensions, extent, periodic, random);
    }
    std::array<std::int64_t, 3> cells{n, 1, 1};
    const double neurons = static_cast<double>(n);
    if (dimensions == 2) {
        cells[0] =
            columns != 0 ? columns : even_cells(std::sqrt(neurons * extent[0] / extent[1]), n);
        cells[1] = divided_up(n, cells[0]);
    } else if (dimensions == 3) {
        // Cubes of side a: a^3 n = volume. cbrt is libm's, but only its nearest whole number
        // counts.
        const double side = std::cbrt(extent[0] * extent[1] * extent[2] / neurons);
        cells[0] = columns != 0 ? columns : even_cells(extent[0] / side, n);
        cells[1] = rows != 0 ? rows : even_cells(extent[1] / side, divided_up(n, cells[0]));
        cells[2] = divided_up(n, cells[0] * cells[1]);
    }
    if (cells[0] > n || cells[1] > n) {
        throw ConfigError(spec.where + (cells[0] > n ? "/columns" : "/rows"),
                          fmt::format("{}", std::max(cells[0], cells[1])),
                          fmt::format("at most the {} neurons of \"{}\"", n, population.name));
    }
    return std::make_unique<GridInBox>(n, dimensions, extent, periodic, cells);
}

}  // namespace volley
