#pragma once

#include "network/rules/distance_kernel.hpp"

#include <array>
#include <cstdint>
#include <vector>

namespace volley {

using Place = std::array<double, 3>;  ///< in um

/// The lattice of equal boxes ("bins") that sources are sorted into. Only its geometry.
///
/// The bins cover the space of sources and targets, a whole number of them along each axis.
class BinLattice {
public:
    using Bin = std::array<std::int64_t, 3>;

    /// @param extent    of the space that all places are in
    /// @param period    per axis, 0 where not periodic; else equal to the extent
    /// @param width_um  of a bin, at least (where the space is not smaller); > 0
    BinLattice(const Place& extent, const Place& period, double width_um);

    /// Bins per axis, and in all.
    const Bin& bins() const { return bins_; }
    std::int64_t size() const { return bins_[0] * bins_[1] * bins_[2]; }

    Bin bin_of(const Place& place) const;
    /// Number of a bin, x running fastest.
    std::int64_t number(const Bin& bin) const {
        return bin[0] + bins_[0] * (bin[1] + bins_[1] * bin[2]);
    }
    /// The least distance between places of two bins that are `apart` bins from each other.
    double least_distance_um(const Bin& apart) const;

    /// The offsets along an axis that lead from bin `from` to bins within `reach` of it, each bin
    /// once: the shorter way round on a periodic axis.
    struct Offsets {
        std::int64_t first;
        std::int64_t last;
    };
    Offsets offsets(std::size_t axis, std::int64_t from, std::int64_t reach) const;
    /// Bin index along an axis at an offset from `from`.
    std::int64_t moved(std::size_t axis, std::int64_t from, std::int64_t offset) const {
        const std::int64_t to = from + offset;
        if (!periodic_[axis]) return to;
        return to < 0 ? to + bins_[axis] : to >= bins_[axis] ? to - bins_[axis] : to;
    }

private:
    Place width_{};
    Bin bins_{1, 1, 1};
    std::array<bool, 3> periodic_{};
};

/// For each offset between bins an upper bound of the probability that places in them connect.
///
/// Filled once; the same for all targets, so that visiting a bin costs a look-up.
class BinBounds {
public:
    struct Bound {
        double probability = 0.0;
        double hazard = 0.0;  ///< -log(1 - probability)
    };

    BinBounds(const BinLattice& lattice, const DistanceKernel& kernel);

    /// Offsets along an axis that can matter: -reach ... reach.
    std::int64_t reach(std::size_t axis) const { return reach_[axis]; }
    /// The same along x in a row of bins at offsets y and z; -1 where none is near enough.
    std::int64_t row_reach(std::int64_t y, std::int64_t z) const { return row_reach_[row(y, z)]; }
    /// The bounds of a row, by |offset along x|.
    const Bound* row_bounds(std::int64_t y, std::int64_t z) const {
        return bounds_.data() + row(y, z) * static_cast<std::size_t>(reach_[0] + 1);
    }
    /// Offsets with a bound above 0, counted in all directions.
    std::int64_t size() const { return size_; }

    /// The number of offsets that would have to be looked at, without making the table.
    static double work(const BinLattice& lattice, const DistanceKernel& kernel);

private:
    std::size_t row(std::int64_t y, std::int64_t z) const {
        return static_cast<std::size_t>(std::abs(z) * (reach_[1] + 1) + std::abs(y));
    }

    BinLattice::Bin reach_{};
    std::vector<Bound> bounds_;
    std::vector<std::int64_t> row_reach_;
    std::int64_t size_ = 0;
};

/// Calls visit(bin number, bound) for each bin of sources that a target in bin `at` can connect to,
/// in the canonical order: z, y, x of the offset rising.
template <class Visit>
void visit_bins(const BinLattice& lattice, const BinBounds& bounds, const BinLattice::Bin& at,
                const Visit& visit) {
    const auto [z_first, z_last] = lattice.offsets(2, at[2], bounds.reach(2));
    const auto [y_first, y_last] = lattice.offsets(1, at[1], bounds.reach(1));
    for (std::int64_t z = z_first; z <= z_last; ++z) {
        for (std::int64_t y = y_first; y <= y_last; ++y) {
            const std::int64_t row_reach = bounds.row_reach(y, z);
            if (row_reach < 0) continue;
            const BinBounds::Bound* const row = bounds.row_bounds(y, z);
            const std::int64_t row_begin =
                lattice.number({0, lattice.moved(1, at[1], y), lattice.moved(2, at[2], z)});
            const auto [x_first, x_last] = lattice.offsets(0, at[0], row_reach);
            for (std::int64_t x = x_first; x <= x_last; ++x) {
                visit(row_begin + lattice.moved(0, at[0], x), row[std::abs(x)]);
            }
        }
    }
}

/// Places sorted into the bins of a lattice, in O(N).
class SourceBins {
public:
    struct Source {
        Place place;
        std::int64_t position;  ///< in the source selection
    };

    SourceBins(const BinLattice& lattice, const std::vector<Place>& places);

    /// The sources of a bin, positions rising.
    std::span<const Source> in_bin(std::int64_t number) const {
        const auto at = static_cast<std::size_t>(number);
        return std::span(sources_).subspan(begin_[at], begin_[at + 1] - begin_[at]);
    }

private:
    std::vector<std::size_t> begin_;  ///< shape [bins + 1]
    std::vector<Source> sources_;
};

/// The places of all neurons of a selection.
std::vector<Place> places_of(const Selection& selection, const Positions& positions,
                             std::int64_t begin, std::int64_t end);

}  // namespace volley
