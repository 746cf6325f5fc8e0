// The Purkinje cell of Zang, Hong & De Schutter (2020) on its reconstruction, against the reference
// simulator's runs (../shared/reference/purkinje, targets.md sections A and B). The reference
// starts its sodium channel at values that a typing error made (model.md 4.1), which shifts the
// first spike and all later times alike; intervals are compared, as targets.md says.

#include "tests/core/purkinje_cell.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace volley::testing {
namespace {

constexpr double kDt_ms = 0.02;

struct Firing {
    std::vector<double> spikes_ms;  ///< upward crossings of -20 mV at the soma, interpolated
    double lowest_mV = 1e3;         ///< from from_ms on, every 0.1 ms as in the reference's files
    double highest_mV = -1e3;
    double soma_calcium_mM = 0.0;  ///< largest, outermost shell
    double ais_calcium_mM = 0.0;
};

Firing fire(const CellType& cell, double current_nA, double until_ms, double from_ms) {
    CableRun run(cell, 1, kDt_ms);
    const auto calcium = static_cast<std::size_t>(cell.model().state_index("ca_i"));
    Firing firing;
    const std::int32_t soma = cell.definition().soma;
    double before = run.V_mV(soma);
    while (run.time_ms() < until_ms) {
        run.current[0] = current_nA;
        run.step();
        const double V = run.V_mV(soma);
        if (before < -20.0 && V >= -20.0) {
            firing.spikes_ms.push_back(run.time_ms() - kDt_ms * (V + 20.0) / (V - before));
        }
        before = V;
        if (run.time_ms() < from_ms || run.now % 5 != 0) continue;
        firing.lowest_mV = std::min(firing.lowest_mV, V);
        firing.highest_mV = std::max(firing.highest_mV, V);
        firing.soma_calcium_mM =
            std::max(firing.soma_calcium_mM, run.group->state_at(calcium, 0, soma));
        firing.ais_calcium_mM =
            std::max(firing.ais_calcium_mM, run.group->state_at(calcium, 0, 15));
    }
    return firing;
}

std::vector<double> intervals(const std::vector<double>& spikes_ms) {
    std::vector<double> found;
    for (std::size_t k = 1; k < spikes_ms.size(); ++k) {
        found.push_back(spikes_ms[k] - spikes_ms[k - 1]);
    }
    return found;
}

std::vector<double> reference_spikes(const std::string& file) {
    const auto columns = read_table(shared_folder("purkinje") / file);
    std::vector<double> times;
    for (const std::string& value : columns.begin()->second) times.push_back(number_of(value));
    return times;
}

/// Largest relative deviation of the intervals from the `from`-th on.
double interval_deviation(const std::vector<double>& found, const std::vector<double>& expected,
                          std::size_t from) {
    const std::vector<double> a = intervals(found);
    const std::vector<double> b = intervals(expected);
    double deviation = 0.0;
    for (std::size_t k = from; k < std::min(a.size(), b.size()); ++k) {
        deviation = std::max(deviation, std::abs(a[k] / b[k] - 1.0));
    }
    return deviation;
}

struct Target {
    const char* file;
    double current_nA;
    double until_ms;
    double lowest_mV, highest_mV;  ///< B5, +-1 mV
    double from_ms;                ///< behind the first spikes, as B5
    std::size_t settled;           ///< intervals until the start is forgotten
};

class PassiveDendrite : public ::testing::TestWithParam<Target> {};

TEST_P(PassiveDendrite, FiresAsTheReference) {
    if (!has_purkinje_tables()) GTEST_SKIP() << "no ../shared/reference/purkinje";
    const Target& target = GetParam();
    const CellType cell(purkinje_cell(PurkinjeDendrite::passive));
    const Firing firing = fire(cell, target.current_nA, target.until_ms, target.from_ms);
    const std::vector<double> expected = reference_spikes(target.file);
    const std::size_t spikes = std::min(firing.spikes_ms.size(), expected.size());
    ASSERT_GE(spikes, expected.size() - 1);  // the last may fall behind the end
    const double deviation = interval_deviation(firing.spikes_ms, expected, target.settled);
    print_validation("purkinje, variant B",
                     "intervals at " + std::to_string(target.current_nA) + " nA", deviation, 5e-3,
                     "relative");
    EXPECT_LT(deviation, 5e-3);  // B2, B3
    print_validation("purkinje, variant B", "lowest and highest soma potential",
                     std::max(std::abs(firing.lowest_mV - target.lowest_mV),
                              std::abs(firing.highest_mV - target.highest_mV)),
                     1.0, "mV");
    EXPECT_NEAR(firing.lowest_mV, target.lowest_mV, 1.0);  // B5
    EXPECT_NEAR(firing.highest_mV, target.highest_mV, 1.0);
    // B6: 12-14 uM and 56-57 uM, 10 %.
    EXPECT_GT(firing.soma_calcium_mM, 0.9 * 12e-3);
    EXPECT_LT(firing.soma_calcium_mM, 1.1 * 14e-3);
    EXPECT_GT(firing.ais_calcium_mM, 0.9 * 56e-3);
    EXPECT_LT(firing.ais_calcium_mM, 1.1 * 57e-3);
}

INSTANTIATE_TEST_SUITE_P(Currents, PassiveDendrite,
                         ::testing::Values(Target{"neuron_passdend_I0.0_v65_spikes.csv", 0.0, 300.0,
                                                  -66.6, 0.4, 25.0, 3},
                                           Target{"neuron_passdend_I0.3_v65_spikes.csv", 0.3, 250.0,
                                                  -65.6, -2.3, 22.0, 3},
                                           Target{"neuron_passdend_I0.7_v65_spikes.csv", 0.7, 120.0,
                                                  -64.4, -5.5, 28.0, 8}));

TEST(ActiveDendrite, FiresAsTheReference) {
    if (!has_purkinje_tables()) GTEST_SKIP() << "no ../shared/reference/purkinje";
    CellDefinition definition = purkinje_cell(PurkinjeDendrite::active);
    definition.V_initial_mV = -68.0;
    const CellType cell(definition);
    const Firing firing = fire(cell, 0.3, 42.0, 42.0);
    ASSERT_GE(firing.spikes_ms.size(), 3U);
    const std::vector<double> expected = reference_spikes("neuron_active_I0.3_v68_spikes.csv");
    const double deviation = interval_deviation(firing.spikes_ms, expected, 0);
    print_validation("purkinje, variant A", "first spike at 0.3 nA",
                     std::abs(firing.spikes_ms[0] - expected[0]), 0.3, "ms");
    print_validation("purkinje, variant A", "first intervals at 0.3 nA", deviation, 1e-2,
                     "relative");
    EXPECT_NEAR(firing.spikes_ms[0], expected[0], 0.3);  // A2
    EXPECT_LT(deviation, 1e-2);
}

}  // namespace
}  // namespace volley::testing
