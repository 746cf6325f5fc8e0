#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

/// A sweep is a table with a row for each value that is tried. Rows are computed in blocks of eight
/// neurons, wherever there is a thread for them; what a row holds does not depend on where.
namespace volley {

/// Computes the rows [begin, end) of a table. @param[out] rows  shape [end - begin][columns]
using ComputeRows = std::function<void(std::size_t begin, std::size_t end, std::span<double> rows)>;

/// Has a table computed and returns all of it: shape [rows][columns]. Where that is done by several
/// ranks, all call it together and all get the table.
using Spread = std::function<std::vector<double>(std::size_t rows, std::size_t columns,
                                                 const ComputeRows& compute)>;

/// Of the blocks of a table those with number `first`, `first + every`, ...
struct BlockShare {
    std::size_t first = 0;
    std::size_t every = 1;
};

/// Computes a share of a table on some threads; the other rows are 0.
/// @throws what `compute` threw for the lowest block that failed
std::vector<double> compute_share(std::size_t rows, std::size_t columns, const ComputeRows& compute,
                                  int threads, BlockShare share);

/// All rows by threads of this process.
Spread over_threads(int threads);

}  // namespace volley
