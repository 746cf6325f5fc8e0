// Extracellular potentials from a model file on: closed forms for cells of one compartment and for
// what is far away, where cells stand and how they are turned, sums over populations, memory, and
// what is told of mistakes.

#include "core/cable/cell_type.hpp"
#include "core/cable/extracellular.hpp"
#include "core/error.hpp"
#include "io/model_file/model_file.hpp"
#include "network/cell_poses.hpp"
#include "network/memory_estimate.hpp"
#include "network/simulation.hpp"
#include "tests/io/temporary_directory.hpp"
#include "tests/network/memory_recorder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <fstream>
#include <numbers>

namespace volley {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::TemporaryDirectory;

constexpr double kPi = std::numbers::pi;

/// Its samples of every request, by step: potentials in mV.
using Samples = std::map<Step, std::vector<double>>;

struct Ran {
    Model model;
    NetworkFacts network;
    MemoryRecorder recorder;

    Samples potentials_mV(std::size_t request) const {
        Samples samples;
        for (const auto& [step, sums] : recorder.extracellular(request)) {
            for (const std::int64_t sum : sums) {
                samples[step].push_back(kExtracellularUnit_mV * static_cast<double>(sum));
            }
        }
        return samples;
    }
};

Ran run(const std::string& text) {
    Ran ran{.model = read_model_text(text, "m.json").model, .network = {}, .recorder = {}};
    const auto alone = single_process();
    Simulation simulation(ran.model, *alone, {.threads = 1});
    ran.network = simulation.network();
    const std::atomic<bool> never{false};
    simulation.run(ran.recorder, {}, never);
    return ran;
}

/// A cylinder of one compartment along x: the current of its electrode is that of its membrane.
constexpr const char* kRod = R"json(
  "dt": "0.025 ms", "duration": "1 ms", "warm_up": "0.5 ms",
  "cells": {"rod": {
    "morphology": {"generator": "cylinder", "length": "80 um", "diameter": "2 um"},
    "discretisation": {"rule": "per_section", "count": 1},
    "channels": {"leak": {"channel": "leak", "g_max": "1e-4 S/cm2", "E_rev": "-65 mV"}}}})json";

std::string rods(const std::string& population, const std::string& more) {
    return std::string("{") + kRod + R"(, "populations": {"rods": {"cell": "rod", )" + population +
           "}}, " + more + "}";
}

/// Potential beside a line of 80 um with 1 nA, at a distance from its middle, S/m = 0.3. The axis
/// of the generator's cylinder is found from the cell, not assumed.
double beside_mV(double r_um, double current_nA = 1.0, double sigma = 0.3) {
    return current_nA * 2.0 * std::asinh(40.0 / r_um) / (4.0 * kPi * sigma * 80.0);
}

// Coefficients are stored with 24 bits, sums with 2^-40 mV.
double tolerance_mV(double value) { return 6e-8 * std::abs(value) + 0x1p-40; }

std::array<double, 3> axis_of(const Model& model) {
    const Compartment& c = model.populations[0].cell->definition().tree.compartments[0];
    std::array<double, 3> axis{};
    for (std::size_t k = 0; k < 3; ++k) axis[k] = (c.end_um[k] - c.start_um[k]) / c.length_um;
    return axis;
}

TEST(Extracellular, FollowsTheClosedFormOfALineWithKnownCurrent) {
    const Ran ran = run(rods(R"("size": 1)", R"("stimuli": {"in": {"target": "rods", "drive": "dc",
        "amplitude": "1 nA", "start": "0.75 ms"}},
      "record": {"extracellular": {
        "near": {"points": [["0 um", "0 um", "10 um"], ["0 um", "0 um", "0 um"],
                            {"values": [0, 0, -0.25], "unit": "mm"}]},
        "salty": {"points": [["0 um", "0 um", "10 um"]], "conductivity": "6 mS/cm",
                  "interval": "0.1 ms"}}})"));
    ASSERT_NEAR(axis_of(ran.model)[2], 0.0, 1e-12) << "the points lie beside the cylinder";
    const Samples near = ran.potentials_mV(0);
    ASSERT_EQ(near.size(), 60U) << "the warm-up counts";
    for (const auto& [step, mV] : near) {
        const double current_nA = step > 30 ? 1.0 : 0.0;
        // Inside of the membrane the potential is that at the radius.
        const std::array<double, 3> expected{
            beside_mV(10.0, current_nA), beside_mV(1.0, current_nA), beside_mV(250.0, current_nA)};
        for (std::size_t p = 0; p < 3; ++p) {
            // The membrane's current is the electrode's to the rounding of potentials.
            EXPECT_NEAR(mV[p], expected[p], tolerance_mV(expected[p])) << p << " at " << step;
        }
    }
    const Samples salty = ran.potentials_mV(1);
    EXPECT_EQ(salty.size(), 15U);
    EXPECT_EQ(salty.begin()->first, 4);
    const double expected = beside_mV(10.0, 1.0, 0.6);
    EXPECT_NEAR(salty.rbegin()->second[0], expected, tolerance_mV(expected));
}

TEST(Extracellular, AddsCellsWhereTheirPositionsAre) {
    const Ran ran = run(rods(R"("size": 4, "positions": {"shape": "plane", "width": "600 um",
        "height": "200 um", "columns": 2})",
                             R"("stimuli": {"in": {"target": "rods", "drive": "dc",
        "amplitude": ["1 nA", "-2 nA", "3 nA", "0.5 nA"]}},
      "record": {"extracellular": {"p": {"points": [["150 um", "50 um", "20 um"],
          ["450 um", "150 um", "30 um"], ["300 um", "100 um", "5 um"]]}}})"));
    const auto positions = make_positions(ran.model.populations[0], ran.model.seed);
    const std::array<double, 4> current_nA{1.0, -2.0, 3.0, 0.5};
    const auto axis = axis_of(ran.model);
    const std::vector<double> found = ran.potentials_mV(0).rbegin()->second;
    for (std::size_t p = 0; p < 3; ++p) {
        double expected = 0.0;
        for (int cell = 0; cell < 4; ++cell) {
            const auto soma = positions->at(cell);
            double along = 0.0;
            double square = 0.0;
            for (std::size_t k = 0; k < 3; ++k) {
                const double d = ran.model.extracellular[0].points_um[p][k] - soma[k];
                along += d * axis[k];
                square += d * d;
            }
            const double r = std::sqrt(square - along * along);
            // The integral of 1 / distance from end to end.
            const double mean =
                (std::asinh((40.0 - along) / r) + std::asinh((40.0 + along) / r)) / 80.0;
            expected += current_nA[static_cast<std::size_t>(cell)] * mean / (4.0 * kPi * 0.3);
        }
        // Parts of up to 0.05 mV, each with the rounding of a coefficient.
        EXPECT_NEAR(found[p], expected, 4.0 * 6e-8 * 0.05) << p;
    }
}

TEST(Extracellular, TurnsEveryCellAboutTheAxis) {
    const auto model_of = [](const std::string& turned) {
        return read_model_text(rods(R"("size": 50, "turned_about": ")" + turned + "\"",
                                    R"("record": {"extracellular": {"p": {"points":
                                       [["0 um", "0 um", "9 um"]]}}})"),
                               "m.json")
            .model;
    };
    for (const std::size_t axis : {0U, 1U, 2U}) {
        const Model model = model_of(std::string(1, "xyz"[axis]));
        const Population& population = model.populations[0];
        EXPECT_EQ(population.turned_about, static_cast<std::int32_t>(axis));
        const std::vector<CellPose> poses = cell_poses(population, 5, {0, 50});
        double mean_x = 0.0;
        double mean_y = 0.0;
        for (const CellPose& pose : poses) {
            for (std::size_t k = 0; k < 3; ++k) {
                const double unmoved = k == axis ? 1.0 : 0.0;
                EXPECT_NEAR(pose.rotation[k][axis], unmoved, 1e-15);
                double length = 0.0;
                for (std::size_t j = 0; j < 3; ++j) length += std::pow(pose.rotation[k][j], 2);
                EXPECT_NEAR(length, 1.0, 1e-14);
            }
            mean_x += pose.rotation[(axis + 1) % 3][(axis + 1) % 3] / 50.0;
            mean_y += pose.rotation[(axis + 2) % 3][(axis + 1) % 3] / 50.0;
        }
        // Means of 50 cosines and sines: standard deviation 0.1.
        EXPECT_NEAR(mean_x, 0.0, 0.4);
        EXPECT_NEAR(mean_y, 0.0, 0.4);
        // A cell's angle is its own, in whatever block of cells it is.
        EXPECT_EQ(cell_poses(population, 5, {17, 18})[0], poses[17]);
        EXPECT_NE(cell_poses(population, 6, {17, 18})[0], poses[17]);
    }
    EXPECT_EQ(cell_poses(model_of("none").populations[0], 5, {0, 1})[0], CellPose{});
}

/// Ball and stick, driven by synapses at the far end of the stick: no current but the membrane's.
std::string sticks(const std::string& points, const std::string& more = "") {
    return R"json({
      "dt": "0.025 ms", "duration": "3 ms",
      "cells": {"stick": {
        "morphology": {"generator": "ball_and_stick", "length": "400 um", "diameter": "2 um"},
        "discretisation": {"rule": "max_length", "length": "10 um"},
        "labels": {"tip": {"distance": ["350 um", "1000 um"]}},
        "channels": {"leak": {"channel": "leak", "g_max": "1e-4 S/cm2", "E_rev": "-65 mV"}},
        "receptors": {"exc": {"receptor": "exp_conductance", "on": "tip"}}}},
      "populations": {"a": {"cell": "stick", "size": 3, "turned_about": "y"},
                      "b": {"cell": "stick", "size": 2,
                            "positions": {"shape": "line", "length": "900 um"}}},
      "stimuli": {"in": {"target": "a", "drive": "given_spikes", "times": ["1 ms"],
                         "weight": "2 nS", "contacts": {"count": 3}},
                  "in_b": {"target": "b", "drive": "given_spikes", "times": ["1.5 ms"],
                           "weight": "1 nS", "contacts": {"count": 2}}},
      "record": {"extracellular": {)json" +
           points + "}}" + more + "}";
}

TEST(Extracellular, OfTwoPopulationsIsTheSumOfEach) {
    const std::string points =
        R"("points": [["20 um", "30 um", "0 um"], ["0 um", "-200 um", "9 um"]])";
    const Ran ran = run(sticks(R"("both": {)" + points + R"(}, "a": {)" + points +
                               R"(, "populations": ["a"]}, "b": {)" + points +
                               R"(, "populations": ["b"], "interval": "0.1 ms"})"));
    EXPECT_EQ(ran.model.extracellular[0].populations, (std::vector<std::int32_t>{0, 1}));
    const auto both = ran.recorder.extracellular(0);
    const auto a = ran.recorder.extracellular(1);
    const auto b = ran.recorder.extracellular(2);
    ASSERT_EQ(both.size(), 120U);
    ASSERT_EQ(b.size(), 30U);
    bool any = false;
    for (const auto& [step, sums] : b) {
        for (std::size_t p = 0; p < 2; ++p) {
            EXPECT_EQ(both.at(step)[p], a.at(step)[p] + sums[p]) << step;  // exactly
            any = any || (sums[p] != 0 && a.at(step)[p] != 0);
        }
    }
    EXPECT_TRUE(any);
}

TEST(Extracellular, FallsAsADipoleFarAwayFromCellsWithoutElectrodes) {
    std::string points;
    for (const int r_mm : {4, 8, 16}) {
        for (const char* const sign : {"", "-"}) {
            for (const char* const place :
                 {R"(["{}", "0 mm", "0 mm"])", R"(["0 mm", "{}", "0 mm"])",
                  R"(["0 mm", "0 mm", "{}"])"}) {
                std::string point = place;
                point.replace(point.find("{}"), 2, sign + std::to_string(r_mm) + " mm");
                points += (points.empty() ? "" : ", ") + point;
            }
        }
    }
    const Ran ran = run(sticks(R"("far": {"populations": ["a"], "points": [)" + points + "]}"));
    const auto samples = ran.recorder.extracellular(0);
    // The odd part along each axis: without a net current it has no 1/r, and is a dipole's but for
    // the octupole, at most 3 (d / r)^2 of it where currents reach d: ratios of potentials at r and
    // 2 r are up to 9 (d / r)^2 above 4. A monopole would give 2.
    constexpr double kReach_mm = 0.43;
    const auto octupole = [](double r_mm) { return 9.0 * std::pow(kReach_mm / r_mm, 2); };
    const std::vector<std::int64_t>& sums = samples.at(60);
    for (std::size_t axis = 0; axis < 3; ++axis) {
        const auto odd = [&](std::size_t r) {
            return static_cast<double>(sums[6 * r + axis] - sums[6 * r + 3 + axis]);
        };
        if (std::abs(odd(0)) < 1e4) continue;  // no dipole along this axis
        EXPECT_NEAR(odd(0) / odd(1), 4.0, octupole(4.0)) << axis;
        EXPECT_NEAR(odd(1) / odd(2), 4.0, octupole(8.0)) << axis;
    }
    // The even part has no monopole: what is left falls with the cube at least.
    for (std::size_t axis = 0; axis < 3; ++axis) {
        const auto even = [&](std::size_t r) {
            return std::abs(static_cast<double>(sums[6 * r + axis] + sums[6 * r + 3 + axis]));
        };
        EXPECT_LT(even(1), 0.2 * even(0) + 10.0) << axis;  // of 1/8; 1/2 for a monopole
    }
}

TEST(Extracellular, TakesTheMemoryThatIsEstimated) {
    const std::string points =
        R"("p": {"points": [["20 um", "30 um", "0 um"], ["0 um", "-200 um", "9 um"],
        ["1 um", "2 um", "3 um"]]})";
    const Ran with = run(sticks(points));
    const Ran without = run(sticks(""));
    const double compartments =
        static_cast<double>(with.model.populations[0].cell->definition().tree.compartments.size());
    const double bytes = 4.0 * 3.0 * 5.0 * compartments;
    EXPECT_EQ(extracellular_bytes(with.model, with.model.extracellular[0]), bytes);
    EXPECT_EQ(with.network.neuron_bytes - without.network.neuron_bytes, bytes);
    const double estimated =
        estimate_memory(with.model, ConnectionPlan(with.model), 2, 3).neuron_bytes -
        estimate_memory(without.model, ConnectionPlan(without.model), 2, 3).neuron_bytes;
    EXPECT_NEAR(estimated, bytes / 2.0, 1e-6) << "a rank has half of the cells";
}

TEST(Extracellular, IsRecordedByNobodyUnlessAskedFor) {
    const Ran ran = run(sticks(""));
    EXPECT_TRUE(ran.model.extracellular.empty());
    EXPECT_TRUE(ran.recorder.extracellular(0).empty());
}

TEST(Extracellular, TravelsToOtherRanks) {
    const Model model = run(sticks(R"("p": {"points": [["20 um", "3 mm", "-1 um"]],
        "conductivity": "0.5 S/m", "interval": "0.1 ms", "populations": ["b"]})"))
                            .model;
    const Model there = deserialise_model(serialise(model));
    ASSERT_EQ(there.extracellular.size(), 1U);
    const ExtracellularRequest& request = there.extracellular[0];
    EXPECT_EQ(request.name, "p");
    EXPECT_EQ(request.populations, (std::vector<std::int32_t>{1}));
    EXPECT_EQ(request.points_um, (std::vector<std::array<double, 3>>{{20.0, 3000.0, -1.0}}));
    EXPECT_EQ(request.conductivity_S_per_m, 0.5);
    EXPECT_EQ(request.interval, 4);
    EXPECT_EQ(there.populations[0].turned_about, 1);
    EXPECT_EQ(there.populations[1].turned_about, -1);
}

// The cell itself may reach 1e6 mV: 0.15 mA are 4.96 mV/nA 0.15 mA = 7e5 mV after a step, and in a
// poor conductor 8.7 mV/nA 0.15 mA = 1.3e6 mV at its membrane.
TEST(Extracellular, EndsARunWhosePotentialsRanAway) {
    try {
        run(rods(R"("size": 1)", R"("stimuli": {"in": {"target": "rods", "drive": "dc",
            "amplitude": "0.15 mA"}},
          "record": {"extracellular": {"p": {"points": [["0 um", "0 um", "0 um"]],
                                             "conductivity": "0.001 S/m"}}})"));
        FAIL() << "no error";
    } catch (const std::exception& error) {
        EXPECT_THAT(error.what(), AllOf(HasSubstr("extracellular potential p"), HasSubstr("rods"),
                                        HasSubstr("0.025 ms")));
    }
}

std::string message_of(const std::string& text) {
    try {
        read_model_text(text, "m.json");
    } catch (const ConfigError& error) {
        return error.what();
    }
    return "no error";
}

/// What is told of a request with these keys.
std::string told(const std::string& keys) { return message_of(sticks(R"("p": {)" + keys + "}")); }
std::string with_points(const std::string& points) { return told(R"("points": )" + points); }
std::string beside_points(const std::string& keys) {
    return told(R"("points": [["1 um", "2 um", "3 um"]], )" + keys);
}

TEST(Extracellular, TellsWhatIsWrong) {
    const std::string place = "m.json#/record/extracellular/p";
    const std::vector<std::pair<std::string, std::vector<std::string>>> cases{
        {told(""), {place + "/points: found nothing", "a list of points"}},
        {with_points("[]"), {place + "/points: found ", "such as [["}},
        {with_points("3"), {place + "/points: found 3", "such as [["}},
        {with_points(R"(["1 um", "2 um", "3 um"])"),
         {place + "/points/0: found \"1 um\"", "its three coordinates"}},
        {with_points(R"([["1 um", "2 um"]])"),
         {place + "/points/0: found 2 coordinates", "three: x, y and z"}},
        {with_points(R"([["1 um", "2 mV", "0 um"]])"),
         {place + "/points/0/1: found \"2 mV\" (a voltage)", "in um"}},
        {with_points("[[1, 2, 3]]"), {place + "/points/0/0: found 1 without a unit", "in um"}},
        {with_points(R"([["1 um", "0 um / 0", "0 um"]])"), {place + "/points/0/1: "}},
        {with_points(R"({"file": "nowhere.csv"})"), {place + "/points/file", "nowhere.csv"}},
        {with_points(R"({"path": "nowhere.csv"})"), {place + "/points", "path", "file"}},
        {beside_points(R"("conductivity": "0 S/m")"), {place + "/conductivity: found \"0 S/m\""}},
        {beside_points(R"("conductivity": "-0.3 S/m")"),
         {place + "/conductivity: found \"-0.3 S/m\"", "between 0.001 and 1000 S/m"}},
        {beside_points(R"("conductivity": "0.3 S")"),
         {place + "/conductivity: found \"0.3 S\" (a conductance)", "in S/m"}},
        {beside_points(R"("conductivity": 0.3)"),
         {place + "/conductivity: found 0.3 without a unit"}},
        {beside_points(R"("conductivity": "3 Ohm m")"), {"a resistivity", "in S/m"}},
        {beside_points(R"("populations": ["c"])"), {place + "/populations/0", "c", "a, b"}},
        {beside_points(R"("populations": [])"), {place + "/populations: found "}},
        {beside_points(R"("populations": "a")"),
         {place + "/populations: found \"a\"", "a list of populations"}},
        {beside_points(R"("populations": ["a", "b", "a"])"),
         {place + "/populations/2: found \"a\" twice"}},
        {beside_points(R"("interval": "0.04 ms")"), {place + "/interval: found 0.04 ms"}},
        {beside_points(R"("interval": "0 ms")"), {place + "/interval: found \"0 ms\""}},
        {beside_points(R"("sigma": "0.3 S/m")"), {place, "sigma"}},
        {message_of(sticks(R"("a/b": {"points": [["1 um", "2 um", "3 um"]]})")),
         {"the name \"a/b\""}},
    };
    for (const auto& [message, parts] : cases) {
        for (const std::string& part : parts) EXPECT_THAT(message, HasSubstr(part));
    }
    const auto of_points = [](const std::string& record, const std::string& more = "") {
        return message_of(R"({"duration": "1 ms", "populations": {"pc": {"model": "parrot",
            "size": 2)" + more +
                          R"(}}, "record": {"extracellular": )" + record + "}}");
    };
    EXPECT_THAT(of_points(R"({"p": {"points": [["1 um", "2 um", "3 um"]]}})"),
                HasSubstr("m.json#/record/extracellular/p: found a model of points alone"));
    EXPECT_THAT(of_points(R"({"p": {"points": [["1 um", "2 um", "3 um"]],
                                    "populations": ["pc"]}})"),
                HasSubstr("extracellular/p/populations/0: found population pc of points"));
    EXPECT_THAT(of_points("[]"), HasSubstr("m.json#/record/extracellular: found"));
    EXPECT_THAT(of_points("{}", R"(, "turned_about": "y")"),
                AllOf(HasSubstr("m.json#/populations/pc/turned_about"),
                      HasSubstr("cells with dendrites only")));
    EXPECT_EQ(of_points("{}"), "no error");
}

class PointsFile : public ::testing::Test {
protected:
    std::string read(const std::string& content) {
        std::ofstream(folder_ / "probe.csv") << content;
        std::ofstream(folder_ / "m.json") << sticks(R"("p": {"points": {"file": "probe.csv"}})");
        try {
            model = read_model_file((folder_ / "m.json").string()).model;
        } catch (const ConfigError& error) {
            return error.what();
        }
        return "no error";
    }
    Model model;

private:
    TemporaryDirectory folder_;
};

TEST_F(PointsFile, GivesPointsInAnyUnitAndOrderOfColumns) {
    ASSERT_EQ(read("name,z mm,y,x nm\n# a probe\na,0.5,20,-3000\n\nb,-1,1e3,0\n"), "no error");
    EXPECT_EQ(model.extracellular[0].points_um,
              (std::vector<std::array<double, 3>>{{-3.0, 20.0, 500.0}, {0.0, 1000.0, -1000.0}}));
    EXPECT_THAT(model.effective, HasSubstr("/probe.csv")) << "found from anywhere";
}

TEST_F(PointsFile, TellsWhatIsWrongWithItsLine) {
    EXPECT_THAT(read("x,y,z\n"), HasSubstr("probe.csv: found no points"));
    EXPECT_THAT(read("x,y\n1,2\n"), HasSubstr("probe.csv:1: found no column z"));
    EXPECT_THAT(read("x,y,y,z\n1,2,3,4\n"), HasSubstr("probe.csv:1: found more than one column y"));
    EXPECT_THAT(read("x mV,y,z\n1,2,3\n"), AllOf(HasSubstr("probe.csv:1"), HasSubstr("mV")));
    EXPECT_THAT(read("x,y,z\n1,2,3\n1,nan,3\n"), HasSubstr("probe.csv:3: found y nan"));
    EXPECT_THAT(read("x,y,z\n1,2,far\n"), HasSubstr("probe.csv:2: found z \"far\""));
}

}  // namespace
}  // namespace volley
