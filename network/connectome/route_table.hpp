#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace volley {

/// Where some synapses of a spike's source are: a run in a store of a worker of this rank.
struct Route {
    static constexpr int kRunBits = 40;
    static constexpr int kStoreBits = 11;
    static constexpr std::size_t kMostThreads = std::size_t{1} << 12;

    std::uint32_t thread() const { return static_cast<std::uint32_t>(packed >> 52); }
    /// 0 is the worker's store of static synapses.
    std::uint32_t store() const {
        return static_cast<std::uint32_t>(packed >> kRunBits) & ((1U << kStoreBits) - 1);
    }
    /// Is the spike spread at once instead of held back?
    bool spreads() const { return (packed >> (kRunBits + kStoreBits) & 1) != 0; }
    std::uint64_t run() const { return packed & ((std::uint64_t{1} << kRunBits) - 1); }
    std::uint64_t packed = 0;
};

/// The sources of one population that have synapses in one store, ascending, with their runs.
struct PresentSources {
    std::vector<std::int64_t> source;
    std::vector<std::uint64_t> run;
    std::uint32_t store = 0;
    bool spreads = false;

    Route route(std::size_t thread, std::size_t i) const {
        return {.packed = (static_cast<std::uint64_t>(thread) << 12 |
                           static_cast<std::uint64_t>(spreads) << Route::kStoreBits | store)
                              << Route::kRunBits |
                          run[i]};
    }
};

/// From a source to its runs on all threads of a rank: one table a source population, so that no
/// thread looks at spikes that are not its own. Direct where most sources are present, else a
/// sorted list of those that are.
class RouteTable {
public:
    RouteTable() = default;
    /// @param threads  shape [threads][stores that hold synapses of the population]
    RouteTable(std::int64_t population_size, std::span<const std::vector<PresentSources>> threads);

    std::span<const Route> of(std::int64_t source) const {
        std::size_t row = static_cast<std::size_t>(source);
        if (!direct_) {
            row = row_of(source);
            if (row == kAbsent) return {};
        }
        return {routes_.data() + first_[row], first_[row + 1] - first_[row]};
    }

    /// Calls visit(source, routes) for every source that is present, ascending.
    template <class Visit>
    void for_each(Visit&& visit) const {
        for (std::size_t row = 0; row + 1 < first_.size(); ++row) {
            if (first_[row] == first_[row + 1]) continue;
            visit(direct_ ? static_cast<std::int64_t>(row) : present_[row],
                  std::span<const Route>(routes_.data() + first_[row],
                                         first_[row + 1] - first_[row]));
        }
    }

    bool direct() const { return direct_; }
    std::size_t bytes() const {
        return routes_.size() * sizeof(Route) + first_.size() * sizeof(std::uint64_t) +
               present_.size() * sizeof(std::int64_t);
    }

private:
    static constexpr std::size_t kAbsent = ~std::size_t{0};
    std::size_t row_of(std::int64_t source) const;

    bool direct_ = false;
    std::vector<std::int64_t> present_;  ///< of a table that is not direct
    std::vector<std::uint64_t> first_;   ///< [rows + 1]
    std::vector<Route> routes_;
};

}  // namespace volley
