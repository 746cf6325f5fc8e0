#include "core/random/counter_random.hpp"
#include "core/random/poisson.hpp"
#include "core/random/word_stream.hpp"
#include "tests/statistics.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <set>
#include <vector>

namespace volley {
namespace {

using testing::chi_square_probability;

struct KnownAnswer {
    std::array<std::uint32_t, 4> counter;
    std::array<std::uint32_t, 2> key;
    std::array<std::uint32_t, 4> answer;
};

// The vectors that Random123 publishes for philox4x32 with 10 rounds (its file kat_vectors).
TEST(Philox, GivesThePublishedAnswers) {
    constexpr std::uint32_t kOnes = 0xffffffffU;
    const std::array<KnownAnswer, 3> known{{
        {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{kOnes, kOnes, kOnes, kOnes},
         {kOnes, kOnes},
         {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
         {0xa4093822, 0x299f31d0},
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    }};
    for (const KnownAnswer& k : known) {
        const RandomWords words = philox(k.counter, k.key);
        EXPECT_EQ(words.first, k.answer[0] | static_cast<std::uint64_t>(k.answer[1]) << 32);
        EXPECT_EQ(words.second, k.answer[2] | static_cast<std::uint64_t>(k.answer[3]) << 32);
    }
}

TEST(CounterRandom, GivesTheSameWordsInVectorsAndOneByOne) {
    const CounterRandom random(12345, "population/pc/noise");
    constexpr std::uint64_t kTop = (std::uint64_t{1} << 48) - 1;
    // Blocks that cross a carry at 2^32, the largest index, step and draw.
    for (const std::uint64_t index : {std::uint64_t{0}, std::uint64_t{0xfffffffc}, kTop - 7}) {
        for (const std::uint64_t step : {std::uint64_t{0}, std::uint64_t{0x100000001}, kTop}) {
            for (const std::uint32_t draw : {0U, 1U, 0xffffffffU}) {
                const RandomLanes lanes = random.words_of_block(index, step, draw);
                const Lanes normals = random.normal_of_block(index, step, draw);
                for (std::size_t k = 0; k < kLanes; ++k) {
                    const RandomWords words = random.words(index + k, step, draw);
                    ASSERT_EQ(lanes.first[k], words.first) << index << " " << step << " " << draw;
                    ASSERT_EQ(lanes.second[k], words.second) << index << " " << step << " " << draw;
                    ASSERT_EQ(to_uniform(lanes.first)[k], to_uniform(words.first));
                    if (index + k <= kTop - 7) {
                        ASSERT_EQ(normals[k], random.normal(index + k, step, draw));
                    }
                }
            }
        }
    }
}

TEST(CounterRandom, MakesUniformNumbersStrictlyBetweenZeroAndOne) {
    EXPECT_EQ(to_uniform(std::uint64_t{0}), 0x1p-53);
    EXPECT_EQ(to_uniform(~std::uint64_t{0}), 1.0 - 0x1p-53);
    EXPECT_EQ(to_index(0, 7), 0U);
    EXPECT_EQ(to_index(~std::uint64_t{0}, 7), 6U);
}

// Purposes, seeds and neighbouring counters: pairs of numbers fill the unit square evenly. One
// chi-square of 16 x 16 cells each; false alarm 1e-6.
TEST(CounterRandom, GivesIndependentNumbersToDifferentPurposesSeedsStepsAndDraws) {
    const CounterRandom base(1, "population/a/noise");
    const std::vector<CounterRandom> others{{1, "population/b/noise"},
                                            {1, "population/a/nois"},
                                            {2, "population/a/noise"},
                                            {0, "population/a/noise"},
                                            {1ULL << 63, "projection/a/sources"}};
    constexpr std::size_t kCells = 16;
    constexpr std::uint64_t kNumbers = 100000;
    const auto check = [](const auto& first, const auto& second, const char* what) {
        std::vector<double> counts(kCells * kCells);
        double correlation = 0.0;
        for (std::uint64_t i = 0; i < kNumbers; ++i) {
            const double x = first(i);
            const double y = second(i);
            const auto cell = [](double u) { return static_cast<std::size_t>(u * kCells); };
            counts[cell(x) * kCells + cell(y)] += 1.0;
            correlation += 12.0 * (x - 0.5) * (y - 0.5) / kNumbers;
        }
        const std::vector<double> even(counts.size(), kNumbers / (1.0 * kCells * kCells));
        EXPECT_PLAUSIBLE(chi_square_probability(counts, even)) << what;
        // Standard error of a correlation of independent numbers: 1 / sqrt(n); 4.9 of them: 1e-6.
        EXPECT_LT(std::abs(correlation), 4.9 / std::sqrt(1.0 * kNumbers)) << what;
    };
    const auto uniform = [&](std::uint64_t i) { return base.uniform(i, 3, 0); };
    for (const CounterRandom& other : others) {
        check(uniform, [&](std::uint64_t i) { return other.uniform(i, 3, 0); }, "purpose or seed");
    }
    check(uniform, [&](std::uint64_t i) { return base.uniform(i + 1, 3, 0); }, "next index");
    check(uniform, [&](std::uint64_t i) { return base.uniform(i, 4, 0); }, "next step");
    check(uniform, [&](std::uint64_t i) { return base.uniform(i, 3, 1); }, "next draw");
    check(
        uniform, [&](std::uint64_t i) { return to_uniform(base.words(i, 3, 0).second); },
        "second word");
}

TEST(CounterRandom, MakesStandardNormalNumbers) {
    const CounterRandom random(7, "normal");
    std::vector<double> sample;
    for (std::uint64_t i = 0; i < 200000; i += kLanes) {
        const Lanes x = random.normal_of_block(i, 0, 0);
        for (std::size_t k = 0; k < kLanes; ++k) sample.push_back(x[k]);
    }
    EXPECT_PLAUSIBLE(testing::kolmogorov_probability(
        sample, [](double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }));
}

TEST(Streams, RepeatNoWordWithinOrBetweenSequences) {
    const CounterRandom random(3, "streams");
    std::set<std::uint64_t> seen;
    std::size_t drawn = 0;
    for (std::uint64_t key = 0; key < 20; ++key) {
        for (std::uint64_t node = 0; node < 20; ++node) {
            WordStream words(random, key, node);
            for (int k = 0; k < 100; ++k, ++drawn) seen.insert(words.next());
        }
    }
    EXPECT_EQ(seen.size(), drawn);
}

TEST(Streams, RepeatThemselvesForTheSameCounter) {
    const CounterRandom random(3, "streams");
    WordStream a(random, 5, 2);
    WordStream b(random, 5, 2);
    CounterStream c(random, 5, 2);
    CounterStream d(random, 5, 2);
    for (int k = 0; k < 50; ++k) {
        ASSERT_EQ(a.next(), b.next());
        ASSERT_EQ(c.next(), d.next());
    }
}

TEST(Streams, MakeExponentialNumbersOfMeanOne) {
    const CounterRandom random(3, "streams");
    std::vector<double> sample;
    for (std::uint64_t key = 0; key < 1000; ++key) {
        ExponentialStream numbers(random, key);
        for (int k = 0; k < 100; ++k) sample.push_back(numbers.next());
    }
    EXPECT_PLAUSIBLE(
        testing::kolmogorov_probability(sample, [](double x) { return -std::expm1(-x); }));
}

// Frequencies of 6.4 million numbers against the closed form, over means with and without a share
// for 0. A frequency is binomial: 5 standard errors are exceeded once in a million numbers, and a
// seed that does not exceed them never will.
TEST(PoissonBlocks, HaveThePoissonDistribution) {
    for (const double mean : {0.0, 0.003, 0.9, 2.32, 14.0, 20.0, 40.0}) {
        const PoissonBlocks blocks(mean);
        const CounterRandom random(5, "poisson blocks");
        std::vector<double> found(200, 0.0);
        constexpr int kBlocks = 100000;
        alignas(64) PoissonBlocks::Counts counts;
        for (int b = 0; b < kBlocks; ++b) {
            blocks.draw(random, static_cast<std::uint64_t>(b % 100),
                        static_cast<std::uint64_t>(b / 100), counts);
            for (const std::uint16_t count : counts) found.at(count) += 1.0;
        }
        const double draws = 64.0 * kBlocks;
        for (std::size_t k = 0; k < found.size(); ++k) {
            const auto number = static_cast<double>(k);
            const double p =
                mean == 0.0 ? (k == 0 ? 1.0 : 0.0)
                            : std::exp(number * std::log(mean) - mean - std::lgamma(number + 1.0));
            EXPECT_NEAR(found[k], draws * p, 5.0 * std::sqrt(draws * p) + 1.0)
                << k << " at mean " << mean;
        }
    }
}

}  // namespace
}  // namespace volley
