#pragma once

#include "io/json_source.hpp"
#include "io/model_file/fields.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

/// Values that stand in a file of their own: {"file": PATH, ...} in place of a list.
namespace volley {

/// Where such files lie, and the document in which their paths are made absolute.
struct ValueFiles {
    std::filesystem::path folder;  ///< relative paths begin here
    Json& document;
};

/// The existing file that "file" of an object names. Its path is made absolute in the document.
/// @throws ConfigError  where there is none
std::filesystem::path read_file_path(const Object& object, const ValueFiles& files);

/// Numbers of one kind, {"file": PATH, "column": NAME} or {"file": PATH, "dataset": PATH}: a column
/// of a CSV file (io/model_file/csv.hpp) or a list in an HDF5 file (.h5, .hdf5) whose attribute
/// "units" has its unit.
///
/// @param unit   of the result; also that of the file where it states none
/// @throws ConfigError  with the place in the model file or in the file
std::vector<double> read_numbers_file(const Object& object, const Field& field,
                                      const std::string& unit, const ValueFiles& files);

/// Times of events, {"file": PATH, "population": NAME}: a SONATA spikes file (.h5, .hdf5), the
/// population's name needed where it has several, or a CSV file with the columns time (in ms, or
/// "time s") and neuron.
///
/// @param neurons     indices in the file are below it
/// @param neurons_of  whose, for messages
/// @return [neurons]: the times of each in ms, ascending
/// @throws ConfigError
std::vector<std::vector<double>> read_trains_file(const Object& object, std::int64_t neurons,
                                                  std::string_view neurons_of,
                                                  const ValueFiles& files);

}  // namespace volley
