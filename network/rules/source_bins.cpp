#include "network/rules/source_bins.hpp"

#include "core/math/small_arguments.hpp"
#include "network/positions.hpp"

#include <algorithm>
#include <cmath>

namespace volley {

BinLattice::BinLattice(const Place& extent, const Place& period, double width_um) {
    constexpr double kMostBins = 1e6;  // along one axis; keeps their product within 64 bits
    for (std::size_t axis = 0; axis < 3; ++axis) {
        periodic_[axis] = period[axis] > 0.0;
        const double side = periodic_[axis] ? period[axis] : extent[axis];
        bins_[axis] = static_cast<std::int64_t>(std::clamp(side / width_um, 1.0, kMostBins));
        width_[axis] = side > 0.0 ? side / static_cast<double>(bins_[axis]) : width_um;
    }
}

BinLattice::Bin BinLattice::bin_of(const Place& place) const {
    Bin bin{};
    for (std::size_t axis = 0; axis < 3; ++axis) {
        // The upper end of the space belongs to the last bin.
        const auto at = static_cast<std::int64_t>(place[axis] / width_[axis]);
        bin[axis] = std::clamp<std::int64_t>(at, 0, bins_[axis] - 1);
    }
    return bin;
}

double BinLattice::least_distance_um(const Bin& apart) const {
    double square = 0.0;
    for (std::size_t axis = 0; axis < 3; ++axis) {
        const double d = static_cast<double>(std::max<std::int64_t>(std::abs(apart[axis]) - 1, 0)) *
                         width_[axis];
        square += d * d;
    }
    // A little less, so that rounding never puts a pair nearer than its bins.
    return std::sqrt(square) * (1.0 - 1e-11);
}

BinLattice::Offsets BinLattice::offsets(std::size_t axis, std::int64_t from,
                                        std::int64_t reach) const {
    const std::int64_t n = bins_[axis];
    if (periodic_[axis]) return {-std::min(reach, (n - 1) / 2), std::min(reach, n / 2)};
    return {std::max(-reach, -from), std::min(reach, n - 1 - from)};
}

namespace {

/// Offsets along an axis whose bins can hold a place within the cutoff, at most the axis has.
std::int64_t reach_along(const BinLattice& lattice, std::size_t axis, double cutoff_um) {
    BinLattice::Bin apart{};
    while (apart[axis] < lattice.bins()[axis] - 1) {
        ++apart[axis];
        if (lattice.least_distance_um(apart) > cutoff_um) return apart[axis] - 1;
    }
    return apart[axis];
}

}  // namespace

double BinBounds::work(const BinLattice& lattice, const DistanceKernel& kernel) {
    double offsets = 1.0;
    for (std::size_t axis = 0; axis < 3; ++axis) {
        const auto reach = static_cast<double>(reach_along(lattice, axis, kernel.cutoff_um()));
        offsets *= std::min(2.0 * reach + 1.0, static_cast<double>(lattice.bins()[axis]));
    }
    return offsets;
}

BinBounds::BinBounds(const BinLattice& lattice, const DistanceKernel& kernel) {
    for (std::size_t axis = 0; axis < 3; ++axis) {
        reach_[axis] = reach_along(lattice, axis, kernel.cutoff_um());
    }
    for (std::int64_t z = 0; z <= reach_[2]; ++z) {
        for (std::int64_t y = 0; y <= reach_[1]; ++y) {
            std::int64_t row_reach = -1;
            for (std::int64_t x = 0; x <= reach_[0]; ++x) {
                const double p = kernel(lattice.least_distance_um({x, y, z}));
                bounds_.push_back({.probability = p, .hazard = -exact_log1p(-p)});
                if (p > 0.0) {
                    row_reach = x;
                    size_ += std::int64_t{x > 0 ? 2 : 1} * (y > 0 ? 2 : 1) * (z > 0 ? 2 : 1);
                }
            }
            row_reach_.push_back(row_reach);
        }
    }
}

SourceBins::SourceBins(const BinLattice& lattice, const std::vector<Place>& places)
    : begin_(static_cast<std::size_t>(lattice.size()) + 1), sources_(places.size()) {
    // Counting sort: how many per bin, where each bin begins, then every source to its place.
    std::vector<std::int64_t> bin_of(places.size());
    for (std::size_t k = 0; k < places.size(); ++k) {
        bin_of[k] = lattice.number(lattice.bin_of(places[k]));
        ++begin_[static_cast<std::size_t>(bin_of[k]) + 1];
    }
    for (std::size_t bin = 1; bin < begin_.size(); ++bin) begin_[bin] += begin_[bin - 1];
    std::vector<std::size_t> next(begin_.begin(), begin_.end() - 1);
    for (std::size_t k = 0; k < places.size(); ++k) {
        sources_[next[static_cast<std::size_t>(bin_of[k])]++] = {
            .place = places[k], .position = static_cast<std::int64_t>(k)};
    }
}

std::vector<Place> places_of(const Selection& selection, const Positions& positions,
                             std::int64_t begin, std::int64_t end) {
    std::vector<Place> places(static_cast<std::size_t>(end - begin));
    if (selection.list.empty() && selection.stride == 1) {
        positions.many(selection.at(begin), places);
        return places;
    }
    for (std::int64_t k = begin; k < end; ++k) {
        places[static_cast<std::size_t>(k - begin)] = positions.at(selection.at(k));
    }
    return places;
}

}  // namespace volley
