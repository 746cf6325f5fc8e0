#include "network/positions.hpp"

#include "core/error.hpp"
#include "tests/network/rule_harness.hpp"
#include "tests/statistics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <set>
#include <vector>

namespace volley::testing {
namespace {

using Place = std::array<double, 3>;

std::unique_ptr<Positions> make(std::int64_t size, const Spec& spec, std::uint64_t seed = 1) {
    Population population;
    population.name = "pc";
    population.size = size;
    population.positions = spec;
    return make_positions(population, seed);
}

std::vector<Place> all(const Positions& positions, std::int64_t size) {
    std::vector<Place> places(static_cast<std::size_t>(size));
    positions.many(0, places);
    return places;
}

Spec random_shape(const std::string& name, Values values) {
    values["arrangement"] = std::string("random");
    return shape(name, std::move(values));
}

struct ShapeCase {
    Spec spec;
    Place extent;
};

std::vector<ShapeCase> shapes() {
    const Values plane{{"width", 300.0}, {"height", 100.0}};
    const Values volume{{"width", 300.0}, {"height", 100.0}, {"depth", 50.0}};
    return {{shape("line", {{"length", 300.0}}), {300.0, 0.0, 0.0}},
            {shape("ring", {{"length", 300.0}}), {300.0, 0.0, 0.0}},
            {shape("plane", plane), {300.0, 100.0, 0.0}},
            {shape("volume", volume), {300.0, 100.0, 50.0}},
            {random_shape("line", {{"length", 300.0}}), {300.0, 0.0, 0.0}},
            {random_shape("ring", {{"length", 300.0}}), {300.0, 0.0, 0.0}},
            {random_shape("plane", plane), {300.0, 100.0, 0.0}},
            {random_shape("volume", volume), {300.0, 100.0, 50.0}}};
}

TEST(Positions, LieInsideTheirSpaceAndAgreeOneByOne) {
    for (const ShapeCase& c : shapes()) {
        for (const std::int64_t size : {1, 2, 7, 8, 9, 100, 1237}) {
            const auto positions = make(size, c.spec);
            EXPECT_EQ(positions->extent(), c.extent);
            const std::vector<Place> places = all(*positions, size);
            for (std::int64_t i = 0; i < size; ++i) {
                const Place& place = places[static_cast<std::size_t>(i)];
                ASSERT_EQ(positions->at(i), place) << c.spec.name << " " << i << " of " << size;
                for (std::size_t axis = 0; axis < 3; ++axis) {
                    ASSERT_TRUE(place[axis] >= 0.0 && place[axis] <= c.extent[axis]);
                }
            }
            std::vector<Place> part(static_cast<std::size_t>(size - size / 3));
            positions->many(size / 3, part);
            for (std::size_t k = 0; k < part.size(); ++k) {
                ASSERT_EQ(part[k], places[k + static_cast<std::size_t>(size / 3)]);
            }
        }
    }
}

TEST(Positions, RiseAlongLinesAndRings) {
    for (const ShapeCase& c : shapes()) {
        if (c.spec.name != "line" && c.spec.name != "ring") continue;
        const std::vector<Place> places = all(*make(1000, c.spec), 1000);
        for (std::size_t k = 1; k < places.size(); ++k) ASSERT_LT(places[k - 1], places[k]);
    }
}

TEST(Positions, FillTheGridOnce) {
    const auto line = make(4, shape("line", {{"length", 100.0}}));
    EXPECT_EQ(line->at(0)[0], 12.5);
    EXPECT_EQ(line->at(3)[0], 87.5);
    // 300 x 100 um and 48 neurons: 12 columns of 4 rows, 25 um apart.
    const auto chosen = make(48, shape("plane", {{"width", 300.0}, {"height", 100.0}}));
    std::set<Place> places;
    for (const Place& place : all(*chosen, 48)) {
        EXPECT_EQ(std::fmod(place[0], 25.0), 12.5);
        EXPECT_EQ(std::fmod(place[1], 25.0), 12.5);
        places.insert(place);
    }
    EXPECT_EQ(places.size(), 48U);
    // 10 neurons in 4 columns: two full rows, and a third with two.
    const auto given =
        make(10, shape("plane", {{"width", 40.0}, {"height", 30.0}, {"columns", std::int64_t{4}}}));
    std::map<double, int> per_row;
    for (const Place& place : all(*given, 10)) ++per_row[place[1]];
    EXPECT_EQ(per_row, (std::map<double, int>{{5.0, 4}, {15.0, 4}, {25.0, 2}}));
    const auto box =
        make(30, shape("volume", {{"width", 30.0}, {"height", 20.0}, {"depth", 50.0}}));
    std::set<Place> boxed;
    for (const Place& place : all(*box, 30)) boxed.insert(place);
    EXPECT_EQ(boxed.size(), 30U);
    EXPECT_EQ(box->dimensions(), 3);
}

// Chi-square of the numbers of places in 10 x 10 (x 10) boxes; also at a size where the tree of
// halves ends elsewhere than the boxes. False alarm 1e-6.
TEST(RandomPositions, AreEvenAndIndependent) {
    for (const ShapeCase& c : shapes()) {
        if (c.spec.text("arrangement") != "random") continue;
        constexpr std::int64_t kSize = 50000;
        const std::vector<Place> places = all(*make(kSize, c.spec, 4), kSize);
        std::vector<double> counts(1000);
        double boxes = 1.0;
        for (std::size_t axis = 0; axis < 3; ++axis) boxes *= c.extent[axis] > 0.0 ? 10.0 : 1.0;
        for (const Place& place : places) {
            std::size_t box = 0;
            for (std::size_t axis = 0; axis < 3; ++axis) {
                if (c.extent[axis] > 0.0) {
                    box = 10 * box + static_cast<std::size_t>(10.0 * place[axis] / c.extent[axis]);
                }
            }
            counts[box] += 1.0;
        }
        counts.resize(static_cast<std::size_t>(boxes));
        EXPECT_PLAUSIBLE(
            chi_square_probability(counts, std::vector<double>(counts.size(), kSize / boxes)))
            << c.spec.name;
        std::vector<double> x;
        for (const Place& place : places) x.push_back(place[0] / 300.0);
        EXPECT_PLAUSIBLE(kolmogorov_probability(x, [](double u) { return u; })) << c.spec.name;
    }
}

TEST(RandomPositions, OfManySmallPopulationsHaveTheRightCountInAHalf) {
    // 20 places, 20000 seeds: binomial with 1/2 in the left half, whatever the tree did.
    std::vector<double> counts(21);
    std::vector<double> expected(21);
    for (std::uint64_t seed = 0; seed < 20000; ++seed) {
        std::size_t left = 0;
        const auto positions =
            make(20, random_shape("plane", {{"width", 90.0}, {"height", 100.0}}), seed);
        for (const Place& place : all(*positions, 20)) left += place[0] < 45.0 ? 1U : 0U;
        counts[left] += 1.0;
    }
    for (std::size_t k = 0; k <= 20; ++k) {
        const double j = static_cast<double>(k);
        expected[k] = 20000.0 * std::exp(std::lgamma(21.0) - std::lgamma(j + 1.0) -
                                         std::lgamma(21.0 - j) - 20.0 * std::log(2.0));
    }
    EXPECT_PLAUSIBLE(chi_square_probability(counts, expected));
}

TEST(Positions, AreNumberedSoThatBlocksAreCompact) {
    for (const char* arrangement : {"grid", "random"}) {
        const auto plane = make(16384, shape("plane", {{"width", 1000.0},
                                                       {"height", 1000.0},
                                                       {"arrangement", std::string(arrangement)}}));
        // 64 blocks of 256: a square one has a side of 125 um. Their mean extents stay below twice
        // that.
        double sum = 0.0;
        for (std::int64_t block = 0; block < 64; ++block) {
            std::vector<Place> places(256);
            plane->many(256 * block, places);
            for (std::size_t axis = 0; axis < 2; ++axis) {
                const auto [low, high] = std::ranges::minmax_element(
                    places, {}, [&](const Place& place) { return place[axis]; });
                sum += (*high)[axis] - (*low)[axis];
            }
        }
        EXPECT_LT(sum / 128.0, 250.0) << arrangement;
    }
}

TEST(Distance, GoesTheShorterWayRound) {
    EXPECT_DOUBLE_EQ(distance_um({10, 0, 0}, {90, 0, 0}, {0, 0, 0}), 80.0);
    EXPECT_DOUBLE_EQ(distance_um({10, 0, 0}, {90, 0, 0}, {100, 0, 0}), 20.0);
    EXPECT_DOUBLE_EQ(distance_um({1, 2, 3}, {4, 6, 3}, {0, 0, 0}), 5.0);
    EXPECT_DOUBLE_EQ(distance_um({1, 1, 1}, {99, 98, 95}, {100, 100, 100}), 7.0);
}

TEST(Distance, HasABound) {
    for (const bool periodic : {false, true}) {
        const Spec spec =
            random_shape("plane", {{"width", 30.0}, {"height", 40.0}, {"periodic", periodic}});
        const auto positions = make(500, spec);
        const double longest = longest_distance_um(*positions, *positions);
        EXPECT_DOUBLE_EQ(longest, periodic ? 25.0 : 50.0);
        for (std::int64_t a = 0; a < 500; ++a) {
            ASSERT_LE(distance_um(positions->at(a), positions->at(499 - a), positions->period()),
                      longest);
        }
    }
}

TEST(Positions, OfDifferentSpacesAreToldApart) {
    const auto line = make(10, shape("line", {{"length", 100.0}}));
    const auto longer = make(10, shape("line", {{"length", 200.0}}));
    const auto ring = make(10, shape("ring", {{"length", 100.0}}));
    EXPECT_TRUE(same_space(*line, *longer));
    EXPECT_FALSE(same_space(*line, *ring));
}

TEST(Positions, RefuseContradictions) {
    using ::testing::HasSubstr;
    const auto message = [](const Spec& spec) -> std::string {
        try {
            make(10, spec);
        } catch (const ConfigError& error) {
            return error.what();
        }
        return "no error";
    };
    Values plane{{"width", 1.0}, {"height", 1.0}, {"columns", std::int64_t{11}}};
    EXPECT_THAT(message(shape("plane", plane)),
                HasSubstr("positions/columns: found 11, expected at most the 10"));
    EXPECT_THAT(message(random_shape("plane", plane)),
                HasSubstr("belong to the arrangement \"grid\""));
    Population bare;
    EXPECT_EQ(make_positions(bare, 1), nullptr);
}

}  // namespace
}  // namespace volley::testing
