#include "io/model_file/model_file.hpp"
#include "io/report/cell_peaks_report.hpp"
#include "network/simulation.hpp"
#include "tests/io/temporary_directory.hpp"
#include "tests/network/memory_recorder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cmath>

// The peaks of a cell against its traces of every step.
namespace volley {
namespace {

// A spike that starts at one end of a cable, with calcium in its far half alone.
constexpr const char* kCable = R"json({
  "dt": "0.025 ms", "duration": "15 ms", "warm_up": "1 ms",
  "cells": {"axon": {
    "morphology": {"generator": "cylinder", "length": "2 mm", "diameter": "2 um"},
    "discretisation": {"rule": "per_section", "count": 40},
    "labels": {"far": {"on": ["cable(0.6)", "cable(0.7)", "cable(0.9)"]}},
    "ions": {"ca": {"inside": "50 nM", "outside": "2 mM"}},
    "channels": {"na": {"channel": "hh_na"}, "k": {"channel": "hh_k"},
                 "ca": {"channel": "ca_p", "on": "far"},
                 "leak": {"channel": "leak", "g_max": "3e-4 S/cm2", "E_rev": "-54.3 mV"}},
    "pools": {"shell": {"pool": "ca_decay", "ion": "ca", "on": "far"}}}},
  "populations": {"axon": {"cell": "axon", "size": 2}},
  "stimuli": {"electrode": {"target": "axon[1]", "drive": "dc", "amplitude": "1 nA",
                            "start": "2 ms", "at": "cable(0)"}},
  "record": {"peaks": ["axon[1]"], "traces": [
    {"target": "axon[1]", "variables": ["V_m", "ca_i"], "at": "all", "interval": "0.025 ms"}]}
})json";

struct PeakRun {
    Model model;
    MemoryRecorder recorder;
    RunFacts facts;
};

PeakRun run_cable() {
    PeakRun run{.model = read_model_text(kCable, "cable.json").model};
    const auto alone = single_process();
    Simulation simulation(run.model, *alone, {.threads = 1});
    const std::atomic<bool> never{false};
    run.facts = simulation.run(run.recorder, {}, never);
    return run;
}

TEST(CellPeaks, AreTheLargestOfEveryStepAfterTheWarmUp) {
    const PeakRun run = run_cable();
    ASSERT_EQ(run.facts.peaks.size(), 1U);
    const CellPeaks& peaks = run.facts.peaks[0];
    EXPECT_THAT(peaks.variables, ::testing::ElementsAre("V_m", "ca_i", "first_spike"));
    const std::vector<std::vector<double>>& samples = run.recorder.traces(0);
    const auto warm_up = static_cast<std::size_t>(run.model.warm_up);
    for (std::size_t k = 0; k < 40; ++k) {
        for (const std::size_t v : {std::size_t{0}, std::size_t{1}}) {
            double largest = std::nan("");
            for (std::size_t s = warm_up; s < samples.size(); ++s) {
                const double value = samples[s][k * 2 + v];
                if (!(value <= largest)) largest = value;
            }
            const double found = peaks.values[v][k];
            if (std::isnan(largest)) {
                EXPECT_TRUE(std::isnan(found)) << peaks.variables[v] << " at " << k;
            } else {
                EXPECT_EQ(found, largest) << peaks.variables[v] << " at " << k;
            }
        }
    }
}

TEST(CellPeaks, TellWhenTheFirstSpikePasses) {
    const PeakRun run = run_cable();
    const std::vector<double>& passes = run.facts.peaks[0].values[2];
    const std::vector<std::vector<double>>& samples = run.recorder.traces(0);
    for (std::size_t k = 0; k < 40; ++k) {
        // Sample s is at (s + 1) dt; the crossing of 0 mV lies on the line between two.
        double expected = std::nan("");
        for (std::size_t s = static_cast<std::size_t>(run.model.warm_up) + 1; s < samples.size();
             ++s) {
            const double before = samples[s - 1][2 * k];
            const double after = samples[s][2 * k];
            if (!(before < 0.0 && after >= 0.0)) continue;
            expected = 0.025 * (static_cast<double>(s) - before / (after - before));
            break;
        }
        ASSERT_NEAR(passes[k], expected, 1e-9) << "compartment " << k;
        if (k > 1) {
            EXPECT_GT(passes[k], passes[k - 1]) << "it runs along the cable";
        }
    }
    EXPECT_THAT(peak_lines(run.model, run.facts.peaks).at(0),
                ::testing::AllOf(::testing::HasSubstr("axon[1]: largest V_m"),
                                 ::testing::HasSubstr("ca_i"), ::testing::HasSubstr(" m/s")));
}

TEST(CellPeaks, AreReadAgainFromTheirFile) {
    const PeakRun run = run_cable();
    const testing::TemporaryDirectory folder;
    write_peaks(folder.path(), run.model, run.facts.peaks);
    const std::vector<CellPeaks> again = read_peaks(folder.path(), run.model);
    ASSERT_EQ(again.size(), 1U);
    for (std::size_t v = 0; v < 3; ++v) {
        for (std::size_t k = 0; k < 40; ++k) {
            const double written = run.facts.peaks[0].values[v][k];
            const double read = again[0].values[v][k];
            EXPECT_TRUE(read == written || (std::isnan(read) && std::isnan(written)));
        }
    }
    // Trees are drawn where values are: three pieces of the cable have calcium.
    const std::vector<TreePicture> pictures = peak_pictures(run.model, again);
    ASSERT_EQ(pictures.size(), 3U);
    EXPECT_EQ(pictures[0].pieces.size(), 40U);
    EXPECT_EQ(pictures[1].pieces.size(), 3U);
}

}  // namespace
}  // namespace volley
