// apps/models/purkinje_network.json, whose dendrites are grown, against the figures of the
// published cell and network: sections B and C of the targets.
#include "tests/io/finished_run.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

namespace volley {
namespace {

/// Steady firing of the network cell on the reconstructed dendrite, by an independent program
/// (target B4), at 0, 0.1, ... nA.
constexpr double kCurrents_nA[] = {0.0, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 1.0, 1.1};
constexpr double kRates_Hz[] = {26.96, 40.1, 52.8, 65.06, 89.7, 115.4, 144.0, 159.5, 176.1};

// The tolerance is that of the product: a grown dendrite has the lengths and areas of the
// reconstruction but not its shape. A wrong shape close to the soma doubles these rates.
TEST(PurkinjeCell, OnAGrownDendriteFiresAsOnTheReconstruction) {
    std::string currents;
    for (const double current : kCurrents_nA) {
        currents += (currents.empty() ? "[\"" : ", \"") + std::to_string(current) + " nA\"";
    }
    const Finished cells =
        run("purkinje_network.json",
            {"define.parallel_fibre_rate=0 Hz", "define.interneuron_rate=0 Hz",
             "define.g_collateral=0 nS", "define.N=9", "define.radius=1",
             "stimuli.noise.mean=" + currents + "]", "warm_up=200 ms", "duration=200 ms"});
    std::vector<std::vector<double>> times(std::size(kCurrents_nA));
    for (const SpikeRecord& spike : cells.recorder.spikes_of(0)) {
        times[static_cast<std::size_t>(spike.neuron)].push_back(to_ms(spike.step, 0.02));
    }
    for (std::size_t k = 0; k < times.size(); ++k) {
        ASSERT_GE(times[k].size(), 3U) << kCurrents_nA[k] << " nA";
        const double rate = 1000.0 / (times[k].back() - times[k][times[k].size() - 2]);
        const double deviation = std::abs(rate / kRates_Hz[k] - 1.0);
        std::printf("VALIDATION | %-20s | %-52s | %9.2e | %9.2e | 1\n", "purkinje_network",
                    ("rate on a grown dendrite, at nA " + std::to_string(kCurrents_nA[k])).c_str(),
                    deviation, 0.08);
        EXPECT_LT(deviation, 0.08) << kCurrents_nA[k] << " nA: " << rate << " Hz";
    }
}

struct Drive {
    const char* parallel_fibres;
    const char* interneurons;
    double rate_Hz;  ///< published (target C1)
    bool oscillates;
};

class PurkinjeNetwork : public testing::TestWithParam<Drive> {};

// C1 with the 10 % of grown dendrites; C2: 175 +- 10 Hz at 116 Hz; C4: no peak at 10 Hz. Of the
// power over its floor (8.7 +- 25 % in one run of the reference) half a second says no more than
// that it is far above 1.
TEST_P(PurkinjeNetwork, FiresAndOscillatesAsPublished) {
    const Drive& drive = GetParam();
    const Finished network =
        run("purkinje_network.json",
            {std::string("define.parallel_fibre_rate=") + drive.parallel_fibres,
             std::string("define.interneuron_rate=") + drive.interneurons, "duration=500 ms"},
            false, 2);
    const double rate = network.figure("rates", "pc", "rate_hz");
    const std::map<std::string, Value> settings{{"method", std::string("welch")},
                                                {"search", std::vector<double>{120.0, 260.0}}};
    const double peak = network.figure("power_spectrum", "pc", "peak_hz", settings);
    const double over_floor = network.figure("power_spectrum", "pc", "peak_over_floor", settings);
    std::printf("%.0f Hz: fires at %.2f Hz, peak %.1f Hz, over floor %.2f\n", drive.rate_Hz, rate,
                peak, over_floor);
    EXPECT_NEAR(rate, drive.rate_Hz, 0.1 * drive.rate_Hz);
    if (drive.oscillates) {
        EXPECT_NEAR(peak, 175.0, 10.0);
        EXPECT_GT(over_floor, 4.0);
    } else {
        EXPECT_LT(over_floor, 2.5);
    }
}

INSTANTIATE_TEST_SUITE_P(Rates, PurkinjeNetwork,
                         testing::Values(Drive{"0.27 Hz", "14.4 Hz", 10.0, false},
                                         Drive{"3.24 Hz", "28.8 Hz", 116.0, true}));

}  // namespace
}  // namespace volley
