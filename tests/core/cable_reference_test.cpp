// The three models of ../shared/reference/cable, which have nothing drawn at run time: potentials
// and spikes of another simulator with the same scheme and exact exponentials. Tolerances are those
// of its README, section 5: 1e-6 mV in the first 50 ms and 1e-5 ms in spike times.

#include "tests/core/cable_models.hpp"
#include "tests/core/reference_csv.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace volley::testing {
namespace {

constexpr double kTolerance_mV = 1e-6;
constexpr double kTolerance_ms = 1e-5;

std::filesystem::path cable_folder() { return shared_folder("cable"); }

/// The largest deviation from a column of potentials sampled every 0.1 ms.
class Trace {
public:
    Trace(const std::string& file, const std::string& column) {
        const auto columns = read_table(cable_folder() / file);
        for (const std::string& value : columns.at(column)) values_.push_back(number_of(value));
    }
    void look(const CableRun& run, std::int32_t compartment, std::size_t cell = 0) {
        const double sample = run.time_ms() / 0.1;
        const double nearest = std::round(sample);
        if (std::abs(sample - nearest) > 1e-6 || nearest >= static_cast<double>(values_.size())) {
            return;
        }
        const double expected = values_[static_cast<std::size_t>(nearest)];
        deviation_mV = std::max(deviation_mV, std::abs(run.V_mV(compartment, cell) - expected));
    }
    double deviation_mV = 0.0;

private:
    std::vector<double> values_;
};

std::vector<double> spikes_at(const std::string& file, int cell, int compartment,
                              double before_ms) {
    const auto columns = read_table(cable_folder() / file);
    std::vector<double> times;
    for (std::size_t k = 0; k < columns.at("cell").size(); ++k) {
        if (std::stoi(columns.at("cell")[k]) != cell) continue;
        if (std::stoi(columns.at("compartment")[k]) != compartment) continue;
        const double time_ms = number_of(columns.at("time_ms")[k]);
        if (time_ms < before_ms) times.push_back(time_ms);
    }
    return times;
}

/// Runs a cable with a current into its first compartment and compares it with a trace and spikes.
void compare_cable(const CellDefinition& definition, const std::string& name, double dt_ms,
                   double current_nA, double onset_ms, double until_ms) {
    if (!std::filesystem::exists(cable_folder())) GTEST_SKIP() << "no ../shared/reference/cable";
    const CellType cell(definition);
    CableRun run(cell, 1, dt_ms);
    const std::vector<std::int32_t> watched =
        name == "axon" ? std::vector<std::int32_t>{100, 250, 500, 750, 999}
                       : std::vector<std::int32_t>{0, 250, 500, 750, 999};
    std::vector<Trace> traces;
    for (const std::int32_t c : watched) {
        traces.emplace_back(name + "_trace.csv", "cell0_compartment" + std::to_string(c) + "_mV");
    }
    Crossings crossings(watched);
    while (run.time_ms() < until_ms - dt_ms / 2.0) {
        const bool on = run.time_ms() + dt_ms / 2.0 >= onset_ms;
        run.current[0] = on ? current_nA : 0.0;
        run.step();
        crossings.look(run, dt_ms);
        for (std::size_t k = 0; k < watched.size(); ++k) traces[k].look(run, watched[k]);
    }
    double deviation_mV = 0.0;
    double deviation_ms = 0.0;
    std::size_t spikes = 0;
    for (std::size_t k = 0; k < watched.size(); ++k) {
        deviation_mV = std::max(deviation_mV, traces[k].deviation_mV);
        const std::vector<double> expected =
            spikes_at(name + "_spikes.csv", 0, watched[k], until_ms);
        ASSERT_EQ(crossings.times[k].size(), expected.size()) << "compartment " << watched[k];
        spikes += expected.size();
        for (std::size_t s = 0; s < expected.size(); ++s) {
            deviation_ms = std::max(deviation_ms, std::abs(crossings.times[k][s] - expected[s]));
        }
    }
    print_validation(name, "potentials of 5 compartments, first 50 ms", deviation_mV, kTolerance_mV,
                     "mV");
    print_validation(name, std::to_string(spikes) + " spikes equal", deviation_ms, kTolerance_ms,
                     "ms");
    EXPECT_LT(deviation_mV, kTolerance_mV);
    EXPECT_LT(deviation_ms, kTolerance_ms);
}

TEST(CableReference, SquidAxon) {
    CellDefinition axon = squid_axon();
    compare_cable(axon, "axon", 0.025, 2000.0, 5.0, 100.0);
}

TEST(CableReference, Rallpack3) { compare_cable(rallpack3(), "rallpack3", 0.05, 0.1, 0.0, 250.0); }

/// The arrivals that the reference prescribes: [step] -> (cell, site).
std::vector<std::vector<std::pair<int, int>>> tree_arrivals(int cells, int steps) {
    std::vector<std::vector<std::pair<int, int>>> arrivals(static_cast<std::size_t>(steps));
    for (int c = 0; c < cells; ++c) {
        for (int s = 0; s < 100; ++s) {
            auto state = static_cast<std::uint64_t>(100 * c + s);
            for (double t = 1.0;;) {
                state += 0x9E3779B97F4A7C15ULL;
                std::uint64_t z = state;
                z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
                z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
                z ^= z >> 31U;
                t -= 100.0 * std::log(1.0 - static_cast<double>(z >> 11U) * 0x1p-53);
                const double step = std::ceil(t / 0.025);
                if (step >= steps) break;
                arrivals[static_cast<std::size_t>(step)].emplace_back(c, s);
            }
        }
    }
    return arrivals;
}

TEST(CableReference, SixtyFourTreesWithDrivenSynapses) {
    if (!std::filesystem::exists(cable_folder())) GTEST_SKIP() << "no ../shared/reference/cable";
    constexpr int kCells = 64;
    constexpr double kDt_ms = 0.025;
    constexpr int kSteps = 8000;  // 200 ms
    const CellType cell(forked_tree());
    CableRun run(cell, kCells, kDt_ms);
    const auto arrivals = tree_arrivals(kCells, kSteps + 1);
    std::vector<Trace> traces;
    for (int c = 0; c < 5; ++c) {
        traces.emplace_back("tree_trace.csv", "cell" + std::to_string(c) + "_compartment0_mV");
    }
    std::vector<std::vector<double>> times(kCells);
    std::vector<double> before(kCells, -65.0);
    for (int k = 0; k < kSteps; ++k) {
        std::ranges::fill(run.events[0], 0.0);
        for (const auto& [c, site] : arrivals[static_cast<std::size_t>(k) + 1]) {
            run.events[0][row_entry(static_cast<std::size_t>(c), kCells, 100,
                                    static_cast<std::size_t>(site))] += 0.0025;
        }
        run.step();
        for (std::size_t c = 0; c < kCells; ++c) {
            const double V = run.V_mV(0, c);
            if (before[c] < 0.0 && V >= 0.0) {
                times[c].push_back(run.time_ms() - kDt_ms * V / (V - before[c]));
            }
            before[c] = V;
        }
        for (std::size_t c = 0; c < traces.size(); ++c) traces[c].look(run, 0, c);
    }
    double deviation_mV = 0.0;
    for (const Trace& trace : traces) deviation_mV = std::max(deviation_mV, trace.deviation_mV);
    double deviation_ms = 0.0;
    std::size_t spikes = 0;
    for (int c = 0; c < kCells; ++c) {
        const std::vector<double> expected = spikes_at("tree_spikes.csv", c, 0, kSteps * kDt_ms);
        const auto& found = times[static_cast<std::size_t>(c)];
        ASSERT_EQ(found.size(), expected.size()) << "cell " << c;
        spikes += expected.size();
        for (std::size_t s = 0; s < expected.size(); ++s) {
            deviation_ms = std::max(deviation_ms, std::abs(found[s] - expected[s]));
        }
    }
    print_validation("tree", "somata of 5 cells, first 50 ms", deviation_mV, kTolerance_mV, "mV");
    print_validation("tree", std::to_string(spikes) + " spikes equal, 64 cells", deviation_ms,
                     kTolerance_ms, "ms");
    EXPECT_LT(deviation_mV, kTolerance_mV);
    EXPECT_LT(deviation_ms, kTolerance_ms);
}

}  // namespace
}  // namespace volley::testing
