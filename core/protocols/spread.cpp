#include "core/protocols/spread.hpp"

#include "core/math/flush_to_zero.hpp"
#include "core/math/lanes.hpp"

#include <algorithm>
#include <exception>

namespace volley {

std::vector<double> compute_share(std::size_t rows, std::size_t columns, const ComputeRows& compute,
                                  int threads, BlockShare share) {
    std::vector<double> table(rows * columns, 0.0);
    const std::size_t blocks = (rows + kLanes - 1) / kLanes;
    std::vector<std::exception_ptr> failures(blocks);
#pragma omp parallel for schedule(dynamic) num_threads(threads)
    for (std::size_t b = share.first; b < blocks; b += share.every) {
        const FlushToZero flush;
        const std::size_t begin = b * kLanes;
        const std::size_t end = std::min(begin + kLanes, rows);
        try {
            compute(begin, end, std::span(table).subspan(begin * columns, (end - begin) * columns));
        } catch (...) {  // must not leave a parallel region
            failures[b] = std::current_exception();
        }
    }
    for (const std::exception_ptr& failure : failures) {
        if (failure) std::rethrow_exception(failure);
    }
    return table;
}

Spread over_threads(int threads) {
    return [threads](std::size_t rows, std::size_t columns, const ComputeRows& compute) {
        return compute_share(rows, columns, compute, threads, {});
    };
}

}  // namespace volley
