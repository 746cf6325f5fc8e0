#include "io/version.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <regex>
#include <string>

namespace volley {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::StartsWith;

TEST(Version, IsThatOfTheProject) {
    std::ifstream file(VOLLEY_SOURCE_DIR "/CMakeLists.txt");
    const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    std::smatch match;
    ASSERT_TRUE(std::regex_search(text, match, std::regex(R"(project\(volley VERSION ([0-9.]+))")));

    EXPECT_EQ(version_number(), match[1].str());
    EXPECT_THAT(version_text(), StartsWith("volley " + match[1].str() + "\n"));
}

// One run must not need MPI_Init: `volley --version` answers without mpirun.
TEST(Version, NamesEverythingAResultDependsOn) {
    const std::string text = version_text();
    EXPECT_THAT(text, ContainsRegex("\ncompiler  (g\\+\\+|clang) [0-9]+\\."));
    EXPECT_THAT(text, ContainsRegex("\nbuild     [A-Z][A-Za-z]+\n"));
    EXPECT_THAT(text, ContainsRegex("\nMPI       [^\n]*[0-9]+\\.[0-9]+"));
    EXPECT_THAT(text, ContainsRegex("\nHDF5      1\\.[0-9]+\\.[0-9]+, parallel\n"));
    EXPECT_THAT(text, ContainsRegex("\nOpenMP    [0-9]+, up to [1-9]"));
}

TEST(Version, ShowsTheFlagsThatDecideTheBits) {
    EXPECT_THAT(version_text(), HasSubstr("-ffp-contract=off"));
    EXPECT_THAT(version_text(), Not(HasSubstr("-Wall"))) << "warnings change no result";
}

TEST(Version, GivesTheWidthThisFileIsCompiledFor) {
    // The compiler's own measure, independent of the names of instruction sets.
#ifdef __BIGGEST_ALIGNMENT__
    const int bits = __BIGGEST_ALIGNMENT__ * 8;
    EXPECT_THAT(version_text(), HasSubstr("SIMD      " + std::to_string(bits) + " bits, " +
                                          std::to_string(bits / 64) + " doubles"));
#endif
}

}  // namespace
}  // namespace volley
