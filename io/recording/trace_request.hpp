#pragma once

#include "io/recording/journal_set.hpp"
#include "io/recording/sample_rows.hpp"
#include "io/recording/trace_source.hpp"

#include <mpi.h>

#include <cstdint>
#include <string>
#include <vector>

/// What all ranks agree on before they write the samples of a trace request together.
namespace volley {

/// Where each value of a sample that a rank sends stands in a row of the file.
struct Columns {
    std::vector<std::int64_t> nodes;                 ///< all neurons of the request, ascending
    std::vector<std::vector<std::int64_t>> of_rank;  ///< [rank][neuron it sends] -> index in nodes
};

/// One trace request over all parts of a recording.
struct TraceRequestRows {
    std::size_t elements = 1;          ///< of each neuron: [compartments][variables]
    std::vector<TraceSource> sources;  ///< of each part, this rank's
    std::vector<Rows> parts;           ///< of each part; those of later parts adjoin
    std::vector<Columns> columns;      ///< of each part; with the same nodes in all

    const std::vector<std::int64_t>& nodes() const { return columns.front().nodes; }
    std::int64_t rows() const { return count_rows(parts); }
    /// Of the first row; that of the recording where there are none.
    Step begin() const { return begin_of_rows(parts, recording_begin); }
    Step recording_begin = 0;
};

/// Finds the samples that all ranks have. Collective.
/// @throws SystemError  the same on all ranks: samples are missing on some of them. With
///                      `tolerate_damage` they are cut, and `notes` says so.
TraceRequestRows agree_on_request(const JournalSet& journals, std::size_t request,
                                  bool tolerate_damage, std::vector<std::string>& notes,
                                  MPI_Comm comm);

/// Gives each rank a contiguous range of a window's rows, complete over all columns.
/// @param samples  shape [rows][columns of this rank][elements]
/// @return         shape [rows of this rank][nodes][elements]
std::vector<double> redistribute_rows(const std::vector<double>& samples, std::int64_t rows,
                                      const Columns& columns, std::size_t elements, MPI_Comm comm);

}  // namespace volley
