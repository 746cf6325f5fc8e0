#include "io/recording/redistribute.hpp"

#include "io/recording/collective.hpp"

#include <algorithm>

namespace volley {
namespace {

std::int64_t keys_below(const std::vector<std::uint64_t>& sorted, std::uint64_t border) {
    return std::ranges::lower_bound(sorted, border) - sorted.begin();
}

/// borders[k]: the least key such that all ranks together have at least total * (k + 1) / ranks
/// below it.
std::vector<std::uint64_t> find_borders(const std::vector<std::uint64_t>& mine, std::uint64_t bound,
                                        std::int64_t total, MPI_Comm comm) {
    const auto ranks = static_cast<std::size_t>(collective::size_of(comm));
    std::vector<std::uint64_t> low(ranks - 1, 0);
    std::vector<std::uint64_t> high(ranks - 1, bound);
    std::vector<std::int64_t> below(ranks - 1);
    while (low != high) {  // the same on all ranks
        for (std::size_t k = 0; k < below.size(); ++k) {
            below[k] = keys_below(mine, low[k] + (high[k] - low[k]) / 2);
        }
        collective::check(MPI_Allreduce(MPI_IN_PLACE, below.data(),
                                        collective::to_count(std::ssize(below), "borders"),
                                        MPI_INT64_T, MPI_SUM, comm),
                          "MPI_Allreduce");
        for (std::size_t k = 0; k < below.size(); ++k) {
            const std::uint64_t middle = low[k] + (high[k] - low[k]) / 2;
            const std::int64_t wanted =
                total / static_cast<std::int64_t>(ranks) * static_cast<std::int64_t>(k + 1) +
                total % static_cast<std::int64_t>(ranks) * static_cast<std::int64_t>(k + 1) /
                    static_cast<std::int64_t>(ranks);
            if (below[k] >= wanted) {
                high[k] = middle;
            } else if (low[k] != high[k]) {
                low[k] = middle + 1;
            }
        }
    }
    return low;
}

}  // namespace

std::vector<std::uint64_t> redistribute_sorted(const std::vector<std::uint64_t>& mine,
                                               std::uint64_t bound, MPI_Comm comm) {
    const auto ranks = static_cast<std::size_t>(collective::size_of(comm));
    const std::int64_t total = collective::sum(std::ssize(mine), comm);
    const std::vector<std::uint64_t> borders = find_borders(mine, bound, total, comm);

    std::vector<int> sends(ranks);
    std::vector<int> send_places(ranks);
    std::int64_t place = 0;
    for (std::size_t r = 0; r < ranks; ++r) {
        const std::int64_t end = r + 1 < ranks ? keys_below(mine, borders[r]) : std::ssize(mine);
        send_places[r] = collective::to_count(place, "spikes of a window");
        sends[r] = collective::to_count(end - place, "spikes of a window");
        place = end;
    }
    std::vector<int> receives(ranks);
    collective::check(MPI_Alltoall(sends.data(), 1, MPI_INT, receives.data(), 1, MPI_INT, comm),
                      "MPI_Alltoall");
    std::vector<int> receive_places(ranks);
    place = 0;
    for (std::size_t r = 0; r < ranks; ++r) {
        receive_places[r] = collective::to_count(place, "spikes of a window");
        place += receives[r];
    }
    std::vector<std::uint64_t> share(static_cast<std::size_t>(place));
    collective::check(
        MPI_Alltoallv(mine.data(), sends.data(), send_places.data(), MPI_UINT64_T, share.data(),
                      receives.data(), receive_places.data(), MPI_UINT64_T, comm),
        "MPI_Alltoallv");
    std::ranges::sort(share);
    return share;
}

}  // namespace volley
