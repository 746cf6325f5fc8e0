#include "core/error.hpp"
#include "io/files.hpp"
#include "io/sonata/spikes.hpp"
#include "io/sonata/traces.hpp"
#include "tests/io/temporary_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <hdf5.h>

#include <cmath>
#include <limits>

// Files as other programs write them are made with plain HDF5 calls here, not with Volley's writer.

namespace volley {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using volley::testing::TemporaryDirectory;

template <class T>
hid_t native_type() {
    if constexpr (std::is_same_v<T, double>) return H5T_NATIVE_DOUBLE;
    if constexpr (std::is_same_v<T, float>) return H5T_NATIVE_FLOAT;
    if constexpr (std::is_same_v<T, std::int64_t>) return H5T_NATIVE_INT64;
    return H5T_NATIVE_UINT64;
}

/// Adds a dataset, chunked and compressed as h5py users like it, with the groups above it.
template <class T>
void add(const std::filesystem::path& path, const char* name, const std::vector<T>& values,
         std::vector<hsize_t> shape = {}, bool chunked = false) {
    if (shape.empty()) shape = {values.size()};
    const hid_t file = std::filesystem::exists(path)
                           ? H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT)
                           : H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    const hid_t space = H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr);
    const hid_t parents = H5Pcreate(H5P_LINK_CREATE);
    H5Pset_create_intermediate_group(parents, 1);
    const hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
    if (chunked) {
        const hsize_t chunk = 100;
        H5Pset_chunk(creation, 1, &chunk);
        H5Pset_deflate(creation, 4);
    }
    const hid_t data =
        H5Dcreate2(file, name, native_type<T>(), space, parents, creation, H5P_DEFAULT);
    H5Dwrite(data, native_type<T>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
    H5Dclose(data);
    H5Pclose(creation);
    H5Pclose(parents);
    H5Sclose(space);
    H5Fclose(file);
}

/// Adds a text of variable length, as h5py does.
void add_text(const std::filesystem::path& path, const char* object, const char* name,
              const char* text) {
    const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
    const hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, H5T_VARIABLE);
    const hid_t space = H5Screate(H5S_SCALAR);
    const hid_t attribute =
        H5Acreate_by_name(file, object, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    H5Awrite(attribute, type, &text);
    H5Aclose(attribute);
    H5Sclose(space);
    H5Tclose(type);
    H5Fclose(file);
}

void add_spikes(const std::filesystem::path& path, const std::string& population,
                const std::vector<double>& times, const std::vector<std::int64_t>& ids) {
    add(path, ("/spikes/" + population + "/timestamps").c_str(), times);
    add(path, ("/spikes/" + population + "/node_ids").c_str(), ids);
}

std::string refusal(const std::filesystem::path& path) {
    try {
        read_spikes(path);
    } catch (const ConfigError& error) {
        return error.what();
    }
    return "accepted";
}

TEST(SpikesReader, KeepsTheOrderOfTheFile) {
    const TemporaryDirectory folder;
    add_spikes(folder / "s.h5", "b", {3.25, 1.0, 2.0}, {7, 9, 7});
    add_spikes(folder / "s.h5", "a", {}, {});
    add_text(folder / "s.h5", "/spikes/b/timestamps", "units", "milliseconds");
    const auto spikes = read_spikes(folder / "s.h5");
    ASSERT_EQ(spikes.size(), 2u);
    EXPECT_EQ(spikes[0].info.population, "a");
    EXPECT_TRUE(spikes[0].times_ms.empty());
    EXPECT_EQ(spikes[1].info.population, "b");
    EXPECT_THAT(spikes[1].times_ms, ElementsAre(3.25, 1.0, 2.0));
    EXPECT_THAT(spikes[1].node_ids, ElementsAre(7, 9, 7));
    EXPECT_EQ(spikes[1].info.dt_ms, std::nullopt);

    const SpikeSteps steps = read_spike_steps(folder / "s.h5", "b", 0.1);
    EXPECT_THAT(steps.steps, ElementsAre(33, 10, 20)) << "rounded to the nearest step";
    EXPECT_THAT(steps.neurons, ElementsAre(7, 9, 7));
    EXPECT_THAT(steps.parts, ElementsAre());
}

TEST(SpikesReader, FindsTheStepsOfInterpolatedSpikes) {
    const TemporaryDirectory folder;
    add_spikes(folder / "s.h5", "b", {3.125, 1.0, 2.05}, {7, 9, 7});
    add_text(folder / "s.h5", "/spikes/b", "spike_times", "interpolated");
    EXPECT_TRUE(list_spikes(folder / "s.h5").at(0).interpolated);
    const SpikeSteps steps = read_spike_steps(folder / "s.h5", "b", 0.1);
    EXPECT_THAT(steps.steps, ElementsAre(32, 10, 21)) << "the step that a spike was in";
    EXPECT_THAT(steps.parts, ElementsAre(kPartsOfStep / 4, kPartsOfStep, kPartsOfStep / 2));
}

TEST(SpikesReader, ReadsLongCompressedFilesInPieces) {
    const TemporaryDirectory folder;
    const std::size_t many = 600000;
    std::vector<double> times;
    std::vector<std::uint64_t> ids;
    for (std::size_t k = 0; k < many; ++k) {
        times.push_back(static_cast<double>(k) * 0.1);
        ids.push_back(k % 1000);
    }
    add(folder / "s.h5", "/spikes/pc/timestamps", times, {}, true);
    add(folder / "s.h5", "/spikes/pc/node_ids", ids, {}, true);
    std::size_t pieces = 0;
    std::size_t spikes = 0;
    visit_spikes(folder / "s.h5", "pc", [&](auto some_ids, auto some_times) {
        EXPECT_LE(some_ids.size(), std::size_t{1} << 18);
        for (std::size_t k = 0; k < some_ids.size(); ++k) {
            ASSERT_EQ(some_times[k], times[spikes + k]);
            ASSERT_EQ(static_cast<std::uint64_t>(some_ids[k]), ids[spikes + k]);
        }
        spikes += some_ids.size();
        ++pieces;
    });
    EXPECT_EQ(spikes, many);
    EXPECT_EQ(pieces, 3u);
}

TEST(SpikesReader, SaysWhatIsWrong) {
    const TemporaryDirectory folder;
    EXPECT_THAT(refusal(folder / "none.h5"), HasSubstr("no file"));
    write_file_atomically(folder / "text.h5", "hello");
    EXPECT_THAT(refusal(folder / "text.h5"), HasSubstr("expected an HDF5 file"));

    add<double>(folder / "other.h5", "/somewhere", {1.0});
    EXPECT_THAT(refusal(folder / "other.h5"),
                AllOf(HasSubstr("/spikes"), HasSubstr("SONATA spikes file")));

    add<double>(folder / "half.h5", "/spikes/pc/timestamps", {1.0});
    EXPECT_THAT(refusal(folder / "half.h5"),
                AllOf(HasSubstr("/spikes/pc/node_ids"), HasSubstr("nothing")));

    add_spikes(folder / "unequal.h5", "pc", {1.0, 2.0}, {1});
    EXPECT_THAT(refusal(folder / "unequal.h5"), HasSubstr("2 timestamps and 1 node_ids"));

    add_spikes(folder / "negative.h5", "pc", {1.0, -2.5}, {1, 2});
    EXPECT_THAT(refusal(folder / "negative.h5"), AllOf(HasSubstr("timestamps"), HasSubstr("-2.5")));
    add_spikes(folder / "nan.h5", "pc", {std::nan("")}, {1});
    EXPECT_THAT(refusal(folder / "nan.h5"), HasSubstr("nan"));
    add_spikes(folder / "infinite.h5", "pc", {std::numeric_limits<double>::infinity()}, {1});
    EXPECT_THAT(refusal(folder / "infinite.h5"), HasSubstr("inf"));
    add_spikes(folder / "id.h5", "pc", {1.0}, {-3});
    EXPECT_THAT(refusal(folder / "id.h5"), AllOf(HasSubstr("node_ids"), HasSubstr("-3")));

    add_spikes(folder / "units.h5", "pc", {1.0}, {1});
    add_text(folder / "units.h5", "/spikes/pc/timestamps", "units", "seconds");
    EXPECT_THAT(refusal(folder / "units.h5"),
                AllOf(HasSubstr("seconds"), HasSubstr("milliseconds")));

    add<double>(folder / "floats.h5", "/spikes/pc/timestamps", {1.0});
    add<double>(folder / "floats.h5", "/spikes/pc/node_ids", {1.5});
    EXPECT_THAT(refusal(folder / "floats.h5"), HasSubstr("whole numbers"));
    add<double>(folder / "table.h5", "/spikes/pc/timestamps", {1.0, 2.0}, {1, 2});
    EXPECT_THAT(refusal(folder / "table.h5"), HasSubstr("2 dimensions"));
    add<double>(folder / "old.h5", "/spikes/timestamps", {1.0});
    EXPECT_THAT(refusal(folder / "old.h5"), HasSubstr("a group for each population"));
}

TEST(SpikesReader, RefusesAFileThatIsCutShort) {
    const TemporaryDirectory folder;
    add_spikes(folder / "s.h5", "pc", std::vector<double>(1000, 1.0),
               std::vector<std::int64_t>(1000, 1));
    const auto whole = std::filesystem::file_size(folder / "s.h5");
    for (const auto left : {whole - 1, whole / 2, std::uintmax_t{600}}) {
        std::filesystem::copy_file(folder / "s.h5", folder / "cut.h5",
                                   std::filesystem::copy_options::overwrite_existing);
        std::filesystem::resize_file(folder / "cut.h5", left);
        EXPECT_THAT(refusal(folder / "cut.h5"), HasSubstr("damaged or incomplete")) << left;
    }
}

/// A report of 4 nodes with 2 elements each; value = sample + 10 * node + 100 * element.
void add_report(const std::filesystem::path& path) {
    std::vector<float> data;
    for (int sample = 0; sample < 50; ++sample) {
        for (int node = 0; node < 4; ++node) {
            for (int element = 0; element < 2; ++element) {
                data.push_back(static_cast<float>(sample + 10 * node + 100 * element));
            }
        }
    }
    add(path, "/report/pc/data", data, {50, 8});
    add_text(path, "/report/pc/data", "units", "mV");
    add<std::int64_t>(path, "/report/pc/mapping/node_ids", {2, 3, 5, 8});
    add<std::uint64_t>(path, "/report/pc/mapping/index_pointers", {0, 2, 4, 6, 8});
    add<double>(path, "/report/pc/mapping/time", {1.0, 26.0, 0.5});
}

TEST(TracesReader, ReadsChosenNodesInAWindow) {
    const TemporaryDirectory folder;
    add_report(folder / "r.h5");
    const auto infos = list_traces(folder / "r.h5");
    ASSERT_EQ(infos.size(), 1u);
    EXPECT_EQ(infos[0].population, "pc");
    EXPECT_THAT(infos[0].variables, ElementsAre("element 0", "element 1"));
    EXPECT_THAT(infos[0].units, ElementsAre("mV", "mV"));
    EXPECT_EQ(infos[0].samples, 50);

    const Traces traces = read_traces(folder / "r.h5", infos[0], 2, 2.9, 4.0);
    EXPECT_THAT(traces.info.node_ids, ElementsAre(2, 5)) << "evenly chosen";
    EXPECT_EQ(traces.info.start_ms, 3.0);
    ASSERT_EQ(traces.info.samples, 3) << "3, 3.5 and 4 ms";
    EXPECT_EQ(traces.at(0, 0, 0), 4.0);
    EXPECT_EQ(traces.at(2, 1, 1), 6.0 + 20.0 + 100.0);

    EXPECT_EQ(read_traces(folder / "r.h5", infos[0]).info.samples, 50);
    EXPECT_EQ(read_traces(folder / "r.h5", infos[0], 2, 900.0).info.samples, 0);
}

TEST(TracesReader, SaysWhatIsWrong) {
    const TemporaryDirectory folder;
    const auto refused = [&](const char* name) -> std::string {
        try {
            list_traces(folder / name);
        } catch (const ConfigError& error) {
            return error.what();
        }
        return "accepted";
    };
    add<double>(folder / "other.h5", "/x", {1.0});
    EXPECT_THAT(refused("other.h5"), HasSubstr("SONATA report file"));
    add<std::int64_t>(folder / "map.h5", "/report/pc/mapping/node_ids", {1, 2});
    EXPECT_THAT(refused("map.h5"), HasSubstr("index_pointers"));
    add<std::uint64_t>(folder / "map.h5", "/report/pc/mapping/index_pointers", {0, 2, 3});
    EXPECT_THAT(refused("map.h5"), HasSubstr("as many elements of each node"));
}

}  // namespace
}  // namespace volley
