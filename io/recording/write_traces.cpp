#include "io/files.hpp"
#include "io/hdf5.hpp"
#include "io/recording/collective.hpp"
#include "io/recording/sonata_writer.hpp"
#include "io/recording/trace_request.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace volley {
namespace {

std::string units_of(const RecordingPlan::Trace& trace) {
    std::string units;
    for (const std::string& unit : trace.units) {
        if (units.empty()) units = unit;
        if (unit != trace.units.front()) return fmt::format("{}", fmt::join(trace.units, ", "));
    }
    return units;
}

template <class T>
hdf5::Handle write_list(const hdf5::File& file, const std::string& path, hid_t file_type,
                        hid_t memory_type, const std::vector<T>& values) {
    const std::array<hsize_t, 1> shape{values.size()};
    hdf5::Handle dataset = hdf5::create_dataset(file, path, file_type, shape);
    if (!values.empty()) hdf5::write_all(file, path, dataset, memory_type, values.data());
    return dataset;
}

/// What the elements of every neuron are: for points the number of the variable, for cells with
/// dendrites the compartment (once for each variable) and its position in its section.
struct Elements {
    std::vector<std::uint32_t> ids;
    std::vector<float> positions;  ///< empty for points
};

Elements elements_of(const RecordingPlan::Trace& trace) {
    Elements elements;
    const auto variables = static_cast<std::uint32_t>(trace.variables.size());
    for (std::uint32_t v = 0; trace.compartments.empty() && v < variables; ++v) {
        elements.ids.push_back(v);
    }
    for (std::size_t k = 0; k < trace.compartments.size(); ++k) {
        elements.ids.insert(elements.ids.end(), variables,
                            static_cast<std::uint32_t>(trace.compartments[k]));
        elements.positions.insert(elements.positions.end(), variables,
                                  static_cast<float>(trace.positions[k]));
    }
    return elements;
}

/// One neuron's list after the other.
template <class T>
std::vector<T> repeated(const std::vector<T>& of_one, std::size_t times) {
    std::vector<T> all;
    all.reserve(times * of_one.size());
    for (std::size_t k = 0; k < times; ++k) all.insert(all.end(), of_one.begin(), of_one.end());
    return all;
}

void write_mapping(const hdf5::File& file, const std::string& mapping,
                   const RecordingPlan::Trace& trace, const TraceRequestRows& request,
                   double dt_ms) {
    const std::size_t neurons = request.nodes().size();
    const Step interval = trace.interval;
    const Elements of_one = elements_of(trace);
    const std::vector<std::uint32_t> elements = repeated(of_one.ids, neurons);
    const std::vector<float> positions = repeated(of_one.positions, neurons);
    std::vector<std::uint64_t> pointers{0};
    for (std::size_t k = 0; k < neurons; ++k)
        pointers.push_back(pointers.back() + request.elements);
    const Step begin = request.begin();
    const std::vector<double> time_ms{to_ms(begin, dt_ms),
                                      to_ms(begin + request.rows() * interval, dt_ms),
                                      to_ms(interval, dt_ms)};
    hdf5::create_group(file, mapping);
    const hdf5::Handle nodes =
        write_list(file, mapping + "/node_ids", H5T_STD_U64LE, H5T_NATIVE_INT64, request.nodes());
    const std::uint8_t yes = 1;
    hdf5::write_attribute(file, nodes, "sorted", H5T_STD_U8LE, H5T_NATIVE_UINT8, {}, &yes);
    write_list(file, mapping + "/index_pointers", H5T_STD_U64LE, H5T_NATIVE_UINT64, pointers);
    write_list(file, mapping + "/element_ids", H5T_STD_U32LE, H5T_NATIVE_UINT32, elements);
    if (!trace.compartments.empty()) {
        write_list(file, mapping + "/element_pos", H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, positions);
    }
    const hdf5::Handle time =
        write_list(file, mapping + "/time", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, time_ms);
    hdf5::write_attribute(file, time, "units", std::string("ms"));
}

/// Makes a request's group. @return offset of its data.
std::uint64_t create_request(const hdf5::File& file, const RecordingPlan& plan,
                             const RecordingPlan::Trace& trace, const std::string& name,
                             const TraceRequestRows& request) {
    const std::string group = "/report/" + name;
    const hdf5::Handle made = hdf5::create_group(file, group);
    hdf5::write_attribute(file, made, "population",
                          plan.populations[static_cast<std::size_t>(trace.population)].name);
    write_mapping(file, group + "/mapping", trace, request, plan.dt_ms);
    const std::array<hsize_t, 2> shape{static_cast<hsize_t>(request.rows()),
                                       request.nodes().size() * request.elements};
    const hdf5::Handle data = hdf5::create_dataset(file, group + "/data", H5T_IEEE_F32LE, shape);
    hdf5::write_attribute(file, data, "units", units_of(trace));
    hdf5::write_attribute(file, data, "variables", trace.variables);
    hdf5::write_attribute(file, data, "variable_units", trace.units);
    return hdf5::values_offset(data);
}

/// Writes all samples of a request, window by window. Collective.
void write_samples(SharedFile& file, std::uint64_t offset, const TraceRequestRows& request,
                   Step interval, std::int64_t most_values, MPI_Comm comm) {
    const std::size_t width = request.nodes().size() * request.elements;
    if (width == 0) return;
    const auto ranks = static_cast<std::int64_t>(collective::size_of(comm));
    std::int64_t written = 0;
    for (std::size_t p = 0; p < request.parts.size(); ++p) {
        // A window's rows are limited by what a rank reads and by what it receives.
        const std::int64_t sent = collective::most(
            static_cast<std::int64_t>(request.sources[p].neurons().size() * request.elements),
            comm);
        const std::int64_t window = std::max<std::int64_t>(
            1, std::min(most_values / std::max<std::int64_t>(1, sent),
                        most_values / static_cast<std::int64_t>(width) * ranks));
        const Rows& rows = request.parts[p];
        for (std::int64_t done = 0; done < rows.count;) {
            const std::int64_t count = std::min(window, rows.count - done);
            std::vector<double> samples;
            collective::together(comm, [&] {
                samples = request.sources[p].read(rows.first + done * interval, count);
            });
            const std::vector<double> table =
                redistribute_rows(samples, count, request.columns[p], request.elements, comm);
            const std::vector<float> rounded(table.begin(), table.end());
            const auto before =
                collective::sum_before(static_cast<std::int64_t>(table.size()), comm);
            const auto first =
                static_cast<std::uint64_t>(written) * width + static_cast<std::uint64_t>(before);
            collective::together(comm, [&] {
                file.write_at(offset + first * sizeof(float), std::as_bytes(std::span(rounded)));
            });
            done += count;
            written += count;
        }
    }
}

}  // namespace

std::vector<std::int64_t> write_traces(const std::filesystem::path& path,
                                       const JournalSet& journals, std::int64_t most_values,
                                       bool tolerate_damage, std::vector<std::string>& notes,
                                       MPI_Comm comm) {
    const RecordingPlan& plan = journals.plan;
    const std::vector<std::string> names = report_groups(plan);
    std::vector<TraceRequestRows> requests;
    for (std::size_t r = 0; r < names.size(); ++r) {
        requests.push_back(agree_on_request(journals, r, tolerate_damage, notes, comm));
    }
    std::uint64_t value_bytes = 0;
    for (const TraceRequestRows& request : requests) {
        // Rows, and for each element its share of the lists that describe them (24 bytes at most).
        value_bytes += (static_cast<std::uint64_t>(request.rows()) * sizeof(float) + 24) *
                       request.nodes().size() * request.elements;
    }
    const std::vector<std::uint64_t> offsets = make_sonata_file(
        path, value_bytes,
        [&](const hdf5::File& file) {
            std::vector<std::uint64_t> made;
            hdf5::create_group(file, "/report");
            for (std::size_t r = 0; r < names.size(); ++r) {
                made.push_back(create_request(file, plan, plan.traces[r], names[r], requests[r]));
            }
            return made;
        },
        comm);

    std::optional<SharedFile> file;
    collective::together(comm, [&] { file.emplace(path); });
    std::vector<std::int64_t> samples;
    for (std::size_t r = 0; r < names.size(); ++r) {
        write_samples(*file, offsets[r], requests[r], plan.traces[r].interval, most_values, comm);
        samples.push_back(requests[r].rows());
    }
    collective::together(comm, [&] { file->sync(); });
    return samples;
}

std::vector<std::string> report_groups(const RecordingPlan& plan) {
    std::vector<std::string> names;
    const auto taken = [&](const std::string& name) {
        return std::ranges::find(names, name) != names.end();
    };
    const auto is_population = [&](const std::string& name) {
        return std::ranges::any_of(plan.populations,
                                   [&](const auto& each) { return each.name == name; });
    };
    for (const RecordingPlan::Trace& trace : plan.traces) {
        const std::string& base =
            plan.populations.at(static_cast<std::size_t>(trace.population)).name;
        std::string name = base;
        // A population may be called "pc.2": its own first group keeps that name.
        for (int k = 2; taken(name) || (name != base && is_population(name)); ++k) {
            name = fmt::format("{}.{}", base, k);
        }
        names.push_back(std::move(name));
    }
    return names;
}

}  // namespace volley
