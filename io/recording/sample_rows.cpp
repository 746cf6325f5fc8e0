#include "io/recording/sample_rows.hpp"

#include "core/error.hpp"
#include "io/recording/collective.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace volley {

std::vector<Rows> agree_on_rows(std::span<const SampleRange> ranges, Step interval,
                                const std::string& what, bool tolerate_damage,
                                std::vector<std::string>& notes, MPI_Comm comm) {
    std::vector<Rows> parts;
    Step expected = 0;  // of the next part's first sample
    for (const SampleRange& range : ranges) {
        Rows rows;
        const Step first = collective::most(range.first, comm);
        const Step last = collective::least(range.last, comm);
        const Step latest = collective::most(range.latest, comm);
        const bool any = latest != std::numeric_limits<Step>::min();
        const bool all = any && first <= last;
        const bool gap = all && !parts.empty() && parts.back().count > 0 && first != expected;
        if (any && (!all || last != latest || gap)) {
            const std::string reason =
                fmt::format("{}: not all ranks recorded them up to step {}", what, latest);
            if (!tolerate_damage) throw SystemError(reason);
            notes.push_back(reason);
        }
        if (all && !gap) rows = {first, (last - first) / interval + 1};
        parts.push_back(rows);
        if (gap) break;
        if (all) expected = last + interval;
    }
    return parts;
}

std::int64_t count_rows(std::span<const Rows> parts) {
    std::int64_t rows = 0;
    for (const Rows& part : parts) rows += part.count;
    return rows;
}

Step begin_of_rows(std::span<const Rows> parts, Step otherwise) {
    const auto first = std::ranges::find_if(parts, [](const Rows& part) { return part.count > 0; });
    return first == parts.end() ? otherwise : first->first;
}

}  // namespace volley
