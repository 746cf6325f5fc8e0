#include "io/hdf5.hpp"

#include "core/error.hpp"
#include "io/files.hpp"
#include "tests/io/temporary_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <numeric>

namespace volley {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using volley::testing::TemporaryDirectory;

void write_example(const std::filesystem::path& path) {
    hdf5::File file = hdf5::create(path);
    {
        const hdf5::Handle group = hdf5::create_group(file, "/a");
        hdf5::create_group(file, "/a/z");
        hdf5::create_group(file, "/a/b");
        hdf5::write_attribute(file, group, "text", std::string("25 \u00B0C"));
        hdf5::write_attribute(file, group, "empty", std::string());
        const std::vector<std::string> texts{"v", "longer", ""};
        hdf5::write_attribute(file, group, "texts", texts);
        hdf5::write_attribute(file, group, "number", 0.1);
        hdf5::write_attribute(file, group, "whole", std::int64_t{-7});
        const std::array<hsize_t, 2> shape{3, 2};
        const hdf5::Handle data = hdf5::create_dataset(file, "/a/data", H5T_IEEE_F64LE, shape);
        const std::array<double, 6> values{1, 2, 3, 4, 5, 6};
        hdf5::write_all(file, "/a/data", data, H5T_NATIVE_DOUBLE, values.data());
    }
    file.close();
}

std::string refusal(const std::filesystem::path& path) {
    try {
        hdf5::open_readonly(path);
    } catch (const ConfigError& error) {
        return error.what();
    }
    return "accepted";
}

TEST(Hdf5, ReadsWhatItWrote) {
    const TemporaryDirectory folder;
    write_example(folder / "x.h5");
    const hdf5::File file = hdf5::open_readonly(folder / "x.h5");
    EXPECT_THAT(hdf5::groups_in(file, "/a"), ElementsAre("b", "z")) << "datasets are no groups";
    EXPECT_TRUE(hdf5::has_link(file, "/a/data"));
    EXPECT_FALSE(hdf5::has_link(file, "/a/missing"));
    EXPECT_FALSE(hdf5::has_link(file, "/missing/deeper"));
    EXPECT_EQ(hdf5::read_text_attribute(file, "/a", "text"), "25 \u00B0C");
    EXPECT_EQ(hdf5::read_text_attribute(file, "/a", "empty"), "");
    EXPECT_EQ(hdf5::read_text_attribute(file, "/a", "none"), std::nullopt);
    EXPECT_EQ(hdf5::read_texts_attribute(file, "/a", "texts"),
              (std::vector<std::string>{"v", "longer", ""}));
    EXPECT_EQ(hdf5::read_number_attribute(file, "/a", "number"), 0.1);
    EXPECT_EQ(hdf5::read_number_attribute(file, "/a", "whole"), -7.0);
    EXPECT_THROW(hdf5::read_text_attribute(file, "/a", "number"), ConfigError);

    const hdf5::Dataset data = hdf5::open_dataset(file, "/a/data");
    EXPECT_THAT(data.shape, ElementsAre(3u, 2u));
    EXPECT_EQ(data.kind, H5T_FLOAT);
    std::array<double, 2> column{};
    const std::array<hsize_t, 2> first{1, 1};
    const std::array<hsize_t, 2> count{2, 1};
    hdf5::read_box(file, "/a/data", data, H5T_NATIVE_DOUBLE, first, count, column.data());
    EXPECT_THAT(column, ElementsAre(4.0, 6.0));
}

TEST(Hdf5, TellsWhereTheValuesLie) {
    const TemporaryDirectory folder;
    const std::array<hsize_t, 1> shape{3};
    std::uint64_t offset = 0;
    {
        hdf5::File file = hdf5::create(folder / "x.h5");
        offset = hdf5::values_offset(hdf5::create_dataset(file, "/x", H5T_IEEE_F64LE, shape));
        const std::array<hsize_t, 1> none{0};
        EXPECT_EQ(hdf5::values_offset(hdf5::create_dataset(file, "/y", H5T_IEEE_F64LE, none)), 0u);
        file.close();
    }
    const std::array<double, 3> values{1.5, 2.5, 3.5};
    SharedFile(folder / "x.h5").write_at(offset, std::as_bytes(std::span(values)));
    const hdf5::File file = hdf5::open_readonly(folder / "x.h5");
    const hdf5::Dataset data = hdf5::open_dataset(file, "/x");
    std::array<double, 3> read{};
    const std::array<hsize_t, 1> first{0};
    hdf5::read_box(file, "/x", data, H5T_NATIVE_DOUBLE, first, shape, read.data());
    EXPECT_EQ(read, values);
}

TEST(Hdf5, WritesTheSameBytesEveryTime) {
    const TemporaryDirectory folder;
    write_example(folder / "a.h5");
    write_example(folder / "b.h5");
    EXPECT_TRUE(read_file(folder / "a.h5") == read_file(folder / "b.h5"));
}

TEST(Hdf5, SaysWhatIsWrongWithAFile) {
    const TemporaryDirectory folder;
    EXPECT_THAT(refusal(folder / "none.h5"), AllOf(HasSubstr("none.h5"), HasSubstr("no file")));
    EXPECT_THAT(refusal(folder.path()), HasSubstr("a directory"));
    write_file_atomically(folder / "text", "this is not HDF5");
    EXPECT_THAT(refusal(folder / "text"), HasSubstr("expected an HDF5 file"));
    write_file_atomically(folder / "empty", "");
    EXPECT_THAT(refusal(folder / "empty"), HasSubstr("expected an HDF5 file"));
    write_example(folder / "cut.h5");
    std::filesystem::resize_file(folder / "cut.h5",
                                 std::filesystem::file_size(folder / "cut.h5") - 100);
    EXPECT_THAT(refusal(folder / "cut.h5"),
                AllOf(HasSubstr("damaged or incomplete"), HasSubstr("truncated")));
}

TEST(Hdf5, FailuresNameCallPlaceAndReasonAndPrintNothing) {
    const TemporaryDirectory folder;
    write_example(folder / "x.h5");
    const hdf5::File file = hdf5::open_readonly(folder / "x.h5");
    ::testing::internal::CaptureStderr();
    std::string message;
    try {
        hdf5::open_dataset(file, "/a/missing");
    } catch (const SystemError& error) {
        message = error.what();
    }
    EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
    EXPECT_THAT(message, AllOf(HasSubstr("H5Dopen2"), HasSubstr("x.h5:/a/missing"),
                               HasSubstr("doesn't exist")));
}

TEST(Hdf5, HandlesCloseWhatTheyHold) {
    const TemporaryDirectory folder;
    write_example(folder / "x.h5");
    const hdf5::File file = hdf5::open_readonly(folder / "x.h5");
    const ssize_t before = H5Fget_obj_count(file.id(), H5F_OBJ_ALL);
    {
        hdf5::Dataset data = hdf5::open_dataset(file, "/a/data");
        hdf5::Handle moved = std::move(data.handle);
        EXPECT_EQ(H5Fget_obj_count(file.id(), H5F_OBJ_ALL), before + 1);
        moved = hdf5::open_dataset(file, "/a/data").handle;
    }
    EXPECT_EQ(H5Fget_obj_count(file.id(), H5F_OBJ_ALL), before);
}

TEST(Hdf5, CannotBeCreatedWhereNoFileCanBe) {
    EXPECT_THROW(hdf5::create("/proc/volley.h5"), SystemError);
}

}  // namespace
}  // namespace volley
