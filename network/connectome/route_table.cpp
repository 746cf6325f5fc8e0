#include "network/connectome/route_table.hpp"

#include <algorithm>
#include <numeric>

namespace volley {

RouteTable::RouteTable(std::int64_t population_size,
                       std::span<const std::vector<PresentSources>> threads) {
    std::vector<std::int64_t> all;
    for (const auto& stores : threads) {
        for (const PresentSources& sources : stores) {
            all.insert(all.end(), sources.source.begin(), sources.source.end());
        }
    }
    routes_.resize(all.size());
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    // 8 bytes a source for a direct table, 16 for one in the list, which is also slower to search.
    direct_ = static_cast<std::int64_t>(all.size()) >= population_size / 4;
    if (!direct_) present_ = std::move(all);

    const std::size_t rows = direct_ ? static_cast<std::size_t>(population_size) : present_.size();
    first_.assign(rows + 1, 0);
    const auto row = [this](std::int64_t source) {
        return direct_ ? static_cast<std::size_t>(source) : row_of(source);
    };
    for (const auto& stores : threads) {
        for (const PresentSources& sources : stores) {
            for (const std::int64_t source : sources.source) ++first_[row(source) + 1];
        }
    }
    std::partial_sum(first_.begin(), first_.end(), first_.begin());
    std::vector<std::uint64_t> next(first_.begin(), first_.end() - 1);
    for (std::size_t thread = 0; thread < threads.size(); ++thread) {
        for (const PresentSources& sources : threads[thread]) {
            for (std::size_t i = 0; i < sources.source.size(); ++i) {
                routes_[next[row(sources.source[i])]++] = sources.route(thread, i);
            }
        }
    }
}

std::size_t RouteTable::row_of(std::int64_t source) const {
    const auto found = std::lower_bound(present_.begin(), present_.end(), source);
    if (found == present_.end() || *found != source) return kAbsent;
    return static_cast<std::size_t>(found - present_.begin());
}

}  // namespace volley
