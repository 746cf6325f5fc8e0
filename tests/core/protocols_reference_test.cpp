// f-I curves and phase responses of the simulator's own models against those of independent
// programs: shared/reference/single-cell, systems.md sections 6 to 8 and 15.

#include "core/protocols/fi_curve.hpp"
#include "core/protocols/phase_response.hpp"
#include "tests/core/protocol_cells.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace volley {
namespace {

using Row = std::map<std::string, std::string>;

/// The rows of a file, by the names of its columns; empty where the reference data are not there.
std::vector<Row> rows_of(const std::string& file) {
    std::ifstream in(std::filesystem::path(VOLLEY_SOURCE_DIR).parent_path() /
                     "shared/reference/single-cell" / file);
    std::vector<Row> rows;
    std::vector<std::string> head;
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with('#')) continue;
        std::vector<std::string> cells;
        std::istringstream parts(line + ",");
        for (std::string cell; std::getline(parts, cell, ',');) cells.push_back(cell);
        if (head.empty()) {
            head = cells;
            continue;
        }
        Row& row = rows.emplace_back();
        for (std::size_t k = 0; k < head.size() && k < cells.size(); ++k) row[head[k]] = cells[k];
    }
    return rows;
}

struct FiCase {
    const char* what;
    const char* file;
    Cell cell;
    double duration_ms;
    double dt_ms;
    double per_unit;   ///< our unit of current in theirs
    double tolerance;  ///< relative, of the rate
    std::map<std::string, std::string> only = {};
};

void expect_rates(const FiCase& test) {
    SCOPED_TRACE(test.what);
    std::vector<double> currents;
    std::vector<double> rates_Hz;
    for (const Row& row : rows_of(test.file)) {
        const bool wanted = std::ranges::all_of(
            test.only, [&](const auto& each) { return row.at(each.first) == each.second; });
        if (!wanted) continue;
        const auto current = std::ranges::find_if(
            row, [](const auto& column) { return column.first.starts_with("I_"); });
        currents.push_back(std::stod(current->second) * test.per_unit);
        rates_Hz.push_back(std::stod(row.at("rate_Hz")));
    }
    if (currents.empty()) GTEST_SKIP() << "no reference data: " << test.file;
    const std::vector<FiPoint> points =
        fi_points(test.cell, currents,
                  {.dt_ms = test.dt_ms, .settle_ms = 500.0, .duration_ms = test.duration_ms},
                  over_threads(2));
    double largest = 0.0;
    for (std::size_t k = 0; k < points.size(); ++k) {
        EXPECT_NEAR(points[k].rate_Hz, rates_Hz[k], test.tolerance * rates_Hz[k]) << currents[k];
        if (rates_Hz[k] > 0.0) {
            largest = std::max(largest, std::abs(points[k].rate_Hz / rates_Hz[k] - 1.0));
        }
    }
    std::printf("%-36s largest deviation %.1e, tolerance %.0e, %zu currents\n", test.what, largest,
                test.tolerance, points.size());
}

TEST(ReferenceFi, LeakyNeuron) {
    // Spikes lie on the grid: dt / interval = 0.002 / 3.6.
    expect_rates({"f(I) of lif_psc_exp", "lif_fI_analytic.csv",
                  cell_of("lif_psc_exp",
                          {{"tau_m", 20.0}, {"C_m", 200.0}, {"V_th", -50.0}, {"V_reset", -65.0}}),
                  1000.0, 0.002, 1000.0, 1e-3});
}

TEST(ReferenceFi, SquidAxon) {
    expect_rates(
        {"f(I) of hh_squid", "hh_squid_fI_6p3C.csv", cell_of("hh_squid"), 1000.0, 0.01, 1.0, 1e-3});
}

TEST(ReferenceFi, ConnorStevens) {
    expect_rates({"f(I) of connor_stevens",
                  "connor_stevens_fI.csv",
                  cell_of("connor_stevens"),
                  2500.0,
                  0.02,
                  1.0,
                  5e-3,
                  {{"variant", "0"}}});
    expect_rates({"f(I) of connor_stevens, g_A = 0",
                  "connor_stevens_fI_Aoff.csv",
                  cell_of("connor_stevens", {{"g_A", 0.0}, {"E_L", -67.8649}}),
                  2500.0,
                  0.02,
                  1.0,
                  5e-3,
                  {{"variant", "0"}}});
}

TEST(ReferenceFi, ConnorStevensIsTypeOneWithItsACurrentAlone) {
    const FiSettings settings{.dt_ms = 0.05, .settle_ms = 500.0, .duration_ms = 1000.0};
    const FiCurve standard = fi_curve(cell_of("connor_stevens"), {}, settings, over_threads(2));
    const FiCurve without = fi_curve(cell_of("connor_stevens", {{"g_A", 0.0}, {"E_L", -67.8649}}),
                                     {}, settings, over_threads(2));
    ASSERT_TRUE(standard.repetitive && without.repetitive);
    EXPECT_EQ(standard.type, Excitability::type_1) << standard.reason;
    EXPECT_EQ(without.type, Excitability::type_2) << without.reason;
    // Thresholds 8.116 and 7.176, stated for 1 %; the first spike of the former comes late.
    EXPECT_NEAR(standard.repetitive->current, 8.116, 0.01);
    EXPECT_NEAR(without.repetitive->current, 7.176, 0.01);
    EXPECT_LT(standard.lowest_rate_Hz, 2.0);
    EXPECT_NEAR(without.lowest_rate_Hz, 64.2, 0.03 * 64.2);
}

struct PrcCase {
    const char* model;
    const char* theirs;
    const char* current;  ///< as it stands in the file
};

class ReferencePrc : public testing::TestWithParam<PrcCase> {};

TEST_P(ReferencePrc, IsFollowedAtEveryPhase) {
    const PrcCase& test = GetParam();
    std::vector<Row> rows = rows_of("prc_adjoint_vs_direct.csv");
    std::erase_if(rows, [&](const Row& row) {
        return row.at("model") != test.theirs || row.at("I_uA_per_cm2") != test.current;
    });
    if (rows.empty()) GTEST_SKIP() << "no reference data";
    ASSERT_EQ(rows.size(), 101U);
    const PhaseResponse response = phase_response(
        cell_of(test.model), {.cycle = {.current = std::stod(test.current), .crossing_mV = 0.0}},
        over_threads(2));
    const double period_ms = std::stod(rows[0].at("T_ms"));
    EXPECT_NEAR(response.cycle.period_ms, period_ms, 1e-6 * period_ms);
    double size = 0.0;
    for (const Row& row : rows) {
        size = std::max(size, std::abs(std::stod(row.at("Z_adjoint_ms_per_mV"))));
    }
    const double tolerance = 5e-3;  // of the largest, as stated with the data
    double adjoint = 0.0;
    double direct = 0.0;
    for (std::size_t k = 0; k <= 100; ++k) {
        const double Z = std::stod(rows[k].at("Z_adjoint_ms_per_mV"));
        adjoint = std::max(adjoint, std::abs(response.adjoint_ms_per_mV.at(k % 100) - Z) / size);
        direct = std::max(direct, std::abs(response.direct_ms_per_mV.at(k % 100) - Z) / size);
    }
    EXPECT_LT(adjoint, tolerance);
    EXPECT_LT(direct, tolerance);
    std::printf(
        "PRC of %-16s at %4s uA/cm2: adjoint off by %.1e, direct by %.1e of the largest, "
        "tolerance %.0e\n",
        test.model, test.current, adjoint, direct, tolerance);
    EXPECT_EQ(figures_of(response).type, std::string(test.theirs) == "HH"
                                             ? PhaseResponseType::type_2
                                             : PhaseResponseType::type_1);
}

INSTANTIATE_TEST_SUITE_P(
    Cells, ReferencePrc,
    testing::Values(PrcCase{"hh_squid", "HH", "10"}, PrcCase{"hh_squid", "HH", "20"},
                    PrcCase{"wang_buzsaki", "WB", "0.2"}, PrcCase{"wang_buzsaki", "WB", "0.5"},
                    PrcCase{"wang_buzsaki", "WB", "2"}),
    [](const auto& instance) {
        std::string name = std::string(instance.param.model) + "_" + instance.param.current;
        std::ranges::replace(name, '.', '_');
        return name;
    });

}  // namespace
}  // namespace volley
