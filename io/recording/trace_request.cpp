#include "io/recording/trace_request.hpp"

#include "core/error.hpp"
#include "io/recording/collective.hpp"

#include <fmt/format.h>

#include <algorithm>

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

}  // namespace

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
    std::vector<SampleRange> ranges;
    for (const TraceSource& source : agreed.sources) ranges.push_back(source.range());
    agreed.parts = agree_on_rows(ranges, trace.interval, place, tolerate_damage, notes, comm);
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
