#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace volley {

/// Where a spike's synapses on this rank are: a worker's thread and the run in its store.
struct Route {
    std::uint32_t thread() const { return static_cast<std::uint32_t>(packed >> 48); }
    std::uint64_t run() const { return packed & 0xffffffffffffULL; }
    std::uint64_t packed = 0;
};
inline Route make_route(std::size_t thread, std::uint64_t run) {
    return {.packed = static_cast<std::uint64_t>(thread) << 48 | run};
}

/// The sources of one population that have synapses on one thread, ascending, with their runs.
struct PresentSources {
    std::vector<std::int64_t> source;
    std::vector<std::uint64_t> run;
};

/// From a source to its runs on all threads of a rank: one table a source population, so that no
/// thread looks at spikes that are not its own. Direct where most sources are present, else a
/// sorted list of those that are.
class RouteTable {
public:
    RouteTable() = default;
    RouteTable(std::int64_t population_size, std::span<const PresentSources> threads);

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
