#include "io/recording/trace_request.hpp"

#include "core/error.hpp"
#include "io/recording/collective.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace volley {
namespace {

Columns agree_on_columns(const std::vector<std::int64_t>& mine, const std::string& place,
                         MPI_Comm comm) {
    std::vector<std::int64_t> counts;
    const std::vector<std::int64_t> all = collective::gather_all(mine, counts, comm);
    Columns columns;
    columns.nodes = all;
    std::ranges::sort(columns.nodes);
    if (std::ranges::adjacent_find(columns.nodes) != columns.nodes.end()) {
        throw SystemError(place + ": two journals hold traces of the same neuron");
    }
    auto next = all.begin();
    for (const std::int64_t count : counts) {
        std::vector<std::int64_t>& of_rank = columns.of_rank.emplace_back();
        for (std::int64_t k = 0; k < count; ++k, ++next) {
            of_rank.push_back(std::ranges::lower_bound(columns.nodes, *next) -
                              columns.nodes.begin());
        }
    }
    return columns;
}

/// The samples of each part that all ranks have, adjoining from part to part. Collective.
std::vector<Rows> agree_on_rows(const std::vector<TraceSource>& sources, Step interval,
                                const std::string& place, bool tolerate_damage,
                                std::vector<std::string>& notes, MPI_Comm comm) {
    std::vector<Rows> parts;
    Step expected = 0;  // of the next part's first sample
    for (const TraceSource& source : sources) {
        Rows rows;
        const Step first = collective::most(source.range().first, comm);
        const Step last = collective::least(source.range().last, comm);
        const Step latest = collective::most(source.range().latest, comm);
        const bool any = latest != std::numeric_limits<Step>::min();
        const bool all = any && first <= last;
        const bool gap = all && !parts.empty() && parts.back().count > 0 && first != expected;
        if (any && (!all || last != latest || gap)) {
            const std::string reason =
                fmt::format("{}: not all ranks recorded traces up to step {}", place, latest);
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

}  // namespace

std::int64_t TraceRequestRows::rows() const {
    std::int64_t rows = 0;
    for (const Rows& part : parts) rows += part.count;
    return rows;
}

Step TraceRequestRows::begin() const {
    const auto first = std::ranges::find_if(parts, [](const Rows& part) { return part.count > 0; });
    return first == parts.end() ? recording_begin : first->first;
}

TraceRequestRows agree_on_request(const JournalSet& journals, std::size_t request,
                                  bool tolerate_damage, std::vector<std::string>& notes,
                                  MPI_Comm comm) {
    const RecordingPlan::Trace& trace = journals.plan.traces.at(request);
    const std::string place =
        fmt::format("traces of {}",
                    journals.plan.populations.at(static_cast<std::size_t>(trace.population)).name);
    TraceRequestRows agreed;
    agreed.elements = trace.values();
    agreed.recording_begin = journals.parts.front().begin;
    for (const JournalPart& part : journals.parts) {
        agreed.sources.emplace_back(part, request, agreed.sources.empty());
    }
    agreed.parts =
        agree_on_rows(agreed.sources, trace.interval, place, tolerate_damage, notes, comm);
    for (const TraceSource& source : agreed.sources) {
        agreed.columns.push_back(agree_on_columns(source.neurons(), place, comm));
        if (agreed.columns.back().nodes != agreed.nodes()) {
            throw SystemError(place + ": a restart recorded those of other neurons");
        }
    }
    return agreed;
}

std::vector<double> redistribute_rows(const std::vector<double>& samples, std::int64_t rows,
                                      const Columns& columns, std::size_t elements, MPI_Comm comm) {
    const auto ranks = static_cast<std::size_t>(collective::size_of(comm));
    const auto rank = static_cast<std::size_t>(collective::rank_of(comm));
    const auto width_of = [&](std::size_t r) {
        return static_cast<std::int64_t>(columns.of_rank[r].size() * elements);
    };
    const auto first_row = [&](std::size_t r) {
        return rows * static_cast<std::int64_t>(r) / static_cast<std::int64_t>(ranks);
    };
    const std::int64_t rows_here = first_row(rank + 1) - first_row(rank);
    std::vector<int> sends(ranks);
    std::vector<int> send_places(ranks);
    std::vector<int> receives(ranks);
    std::vector<int> receive_places(ranks);
    std::int64_t received = 0;
    for (std::size_t r = 0; r < ranks; ++r) {
        constexpr const char* kWhat = "values of a window";
        sends[r] = collective::to_count((first_row(r + 1) - first_row(r)) * width_of(rank), kWhat);
        send_places[r] = collective::to_count(first_row(r) * width_of(rank), kWhat);
        receives[r] = collective::to_count(rows_here * width_of(r), kWhat);
        receive_places[r] = collective::to_count(received, kWhat);
        received += receives[r];
    }
    std::vector<double> arrived(static_cast<std::size_t>(received));
    collective::check(
        MPI_Alltoallv(samples.data(), sends.data(), send_places.data(), MPI_DOUBLE, arrived.data(),
                      receives.data(), receive_places.data(), MPI_DOUBLE, comm),
        "MPI_Alltoallv");

    std::vector<double> table(arrived.size());
    const std::size_t table_width = columns.nodes.size() * elements;
    auto value = arrived.cbegin();
    for (const std::vector<std::int64_t>& of_rank : columns.of_rank) {
        for (std::int64_t row = 0; row < rows_here; ++row) {
            for (const std::int64_t node : of_rank) {
                const std::size_t place = static_cast<std::size_t>(row) * table_width +
                                          static_cast<std::size_t>(node) * elements;
                std::copy_n(value, elements, table.begin() + static_cast<std::ptrdiff_t>(place));
                value += static_cast<std::ptrdiff_t>(elements);
            }
        }
    }
    return table;
}

}  // namespace volley
