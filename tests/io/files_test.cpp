#include "io/files.hpp"

#include "core/error.hpp"
#include "tests/io/file_size_limit.hpp"
#include "tests/io/temporary_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace volley {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using volley::testing::FileSizeLimit;
using volley::testing::TemporaryDirectory;

std::string refusal(const fs::path& directory, bool force = false) {
    try {
        prepare_output_directory(directory, force);
    } catch (const ConfigError& error) {
        return error.what();
    }
    return "accepted";
}

TEST(OutputDirectory, IsMadeWithItsParents) {
    const TemporaryDirectory folder;
    prepare_output_directory(folder / "a/b/c", false);
    EXPECT_TRUE(fs::is_directory(folder / "a/b/c"));
    EXPECT_TRUE(fs::is_empty(folder / "a/b/c")) << "the probe file must not stay";
}

class OutputDirectoryWithResult : public ::testing::TestWithParam<const char*> {};

TEST_P(OutputDirectoryWithResult, IsRefusedUnlessForced) {
    const TemporaryDirectory folder;
    write_file_atomically(folder / "mine.txt", "the user's own");
    if (std::string_view(GetParam()).find('.') == std::string_view::npos) {
        fs::create_directory(folder / GetParam());
    } else {
        write_file_atomically(folder / GetParam(), "old");
    }

    EXPECT_THAT(refusal(folder.path()),
                AllOf(HasSubstr("--out"), HasSubstr("--force"), HasSubstr(GetParam())));
    EXPECT_TRUE(fs::exists(folder / GetParam())) << "a refusal must take nothing away";

    EXPECT_EQ(refusal(folder.path(), true), "accepted");
    EXPECT_FALSE(fs::exists(folder / GetParam()));
    EXPECT_EQ(read_file(folder / "mine.txt"), "the user's own");
}

INSTANTIATE_TEST_SUITE_P(Results, OutputDirectoryWithResult,
                         ::testing::Values("spikes.h5", "report.h5", "weights.h5", "summary.json",
                                           "report.html", "model.json", "figures", "journal"));

TEST(OutputDirectory, MayHoldOtherFiles) {
    const TemporaryDirectory folder;
    write_file_atomically(folder / "notes.txt", "mine");
    EXPECT_EQ(refusal(folder.path()), "accepted");
}

TEST(OutputDirectory, SaysWhyItCannotBeUsed) {
    const TemporaryDirectory folder;
    write_file_atomically(folder / "file", "x");
    // Root may write nearly everywhere: below a file and in /proc not even root can.
    for (const fs::path& place :
         {folder / "file", folder / "file/below", fs::path("/proc/volley")}) {
        EXPECT_THAT(refusal(place), AllOf(HasSubstr("--out"), HasSubstr(place.string())))
            << place.string();
    }
}

TEST(WriteFile, ReplacesTheOldContentAsAWhole) {
    const TemporaryDirectory folder;
    write_file_atomically(folder / "a", "first");
    write_file_atomically(folder / "a", std::string(100000, 'x'));
    EXPECT_EQ(read_file(folder / "a"), std::string(100000, 'x'));
    EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()), 1)
        << "a temporary file was left";
}

TEST(WriteFile, LeavesTheOldContentWhenTheDiskIsFull) {
    const TemporaryDirectory folder;
    write_file_atomically(folder / "a", "first");
    std::string message;
    {
        const FileSizeLimit full(4096);
        try {
            write_file_atomically(folder / "a", std::string(100000, 'x'));
        } catch (const SystemError& error) {
            message = error.what();
        }
    }
    EXPECT_THAT(message, AllOf(HasSubstr((folder / "a").string()), HasSubstr("too large")));
    EXPECT_EQ(read_file(folder / "a"), "first");
    EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()), 1)
        << "a temporary file was left";
}

TEST(WriteFile, NamesPathAndReason) {
    const TemporaryDirectory folder;
    try {
        write_file_atomically(folder / "missing/a", "x");
        FAIL() << "nothing was thrown";
    } catch (const SystemError& error) {
        EXPECT_THAT(error.what(), AllOf(HasSubstr("missing/a"), HasSubstr("No such file")));
    }
}

TEST(ReadFile, TellsAMissingFileAndADirectory) {
    const TemporaryDirectory folder;
    EXPECT_THROW(read_file(folder / "missing"), SystemError);
    EXPECT_THROW(read_file(folder.path()), SystemError);
}

TEST(AppendFile, RefusesAnExistingFile) {
    const TemporaryDirectory folder;
    write_file_atomically(folder / "a", "mine");
    EXPECT_THROW(AppendFile::create(folder / "a"), SystemError);
    EXPECT_EQ(read_file(folder / "a"), "mine");
}

}  // namespace
}  // namespace volley
