#pragma once

#include "core/random/counter_random.hpp"
#include "core/spec.hpp"
#include "network/positions.hpp"

#include <array>
#include <cstdint>

/// Neurons in a box of one to three dimensions, on a grid or at random.
///
/// Both number the neurons along a space-filling curve: a box with its neurons is halved across its
/// longest side, the lower half takes the lower numbers, and so on. So a block of consecutive
/// numbers is a compact piece of space (in one dimension the numbers rise along the line), and the
/// place of a neuron is found in O(log N) without a table.
namespace volley {

/// n places drawn independently and evenly in a box. How many fall into the lower half of a box is
/// drawn from the binomial distribution with 1/2, keyed by the box; the few places of a small box
/// are drawn directly. As a set, they are exactly independent, even places.
class RandomInBox final : public Positions {
public:
    /// @param extent  in um, > 0 on the first `dimensions` axes
    RandomInBox(std::int64_t n, int dimensions, const std::array<double, 3>& extent, bool periodic,
                const CounterRandom& random);
    std::array<double, 3> at(std::int64_t index) const override;
    void many(std::int64_t begin, std::span<std::array<double, 3>> places) const override;

private:
    struct Box;
    std::int64_t lower_half(const Box& box, Box& low, Box& high) const;
    void leaf(const Box& box, std::span<std::array<double, 3>> places) const;
    void visit(const Box& box, std::int64_t begin, std::span<std::array<double, 3>> places) const;

    std::int64_t n_;
    CounterRandom random_;
};

/// n places in the middles of equal cells. Cells fill the box row by row; the last row (in a volume
/// the last layer) is incomplete where n does not fill it.
class GridInBox final : public Positions {
public:
    /// @param cells  cells per axis, 1 on unused axes; their product >= n
    GridInBox(std::int64_t n, int dimensions, const std::array<double, 3>& extent, bool periodic,
              const std::array<std::int64_t, 3>& cells);
    std::array<double, 3> at(std::int64_t index) const override;

private:
    struct Block;
    std::int64_t filled(const Block& block) const;

    std::int64_t n_;
    std::array<std::int64_t, 3> cells_;
};

/// Makes what the fields of a shape ask for: "arrangement", and the extents given.
/// @param columns, rows  cells along the first and second axis; 0 = chosen for square cells
std::unique_ptr<Positions> make_in_box(const Spec& spec, const Population& population,
                                       std::uint64_t seed, int dimensions,
                                       const std::array<double, 3>& extent, bool periodic,
                                       std::int64_t columns = 0, std::int64_t rows = 0);

}  // namespace volley
