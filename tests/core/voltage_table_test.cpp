// Tables of what V alone decides, against the functions themselves.

#include "core/channels/voltage_table.hpp"

#include "core/channels/gated_channel.hpp"
#include "core/channels/ohmic_channel.hpp"
#include "core/channels/purkinje_calcium.hpp"
#include "core/channels/purkinje_potassium.hpp"
#include "core/channels/purkinje_sodium.hpp"
#include "core/channels/slow_currents.hpp"
#include "core/math/piecewise_cubic.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string_view>
#include <vector>

namespace volley {
namespace {

template <std::size_t kFunctions>
std::array<Lanes, kFunctions> exponentials(Lanes x) {
    std::array<Lanes, kFunctions> values;
    for (std::size_t f = 0; f < kFunctions; ++f) {
        values[f] = exp(x * (1.0 / (5.0 + static_cast<double>(f))));
    }
    return values;
}

/// All functions' largest relative errors over their bounds, in the range.
template <std::size_t kFunctions>
double largest_share_of_bound(double width) {
    const PiecewiseCubic<kFunctions> table(40.0, width, exponentials<kFunctions>);
    double largest = 0.0;
    for (double x = -40.0; x < 40.0; x += 0.0123) {
        const Lanes at = x + 1e-3 * Lanes{0, 1, 2, 3, 4, 5, 6, 7};
        const auto position = table.find(at);
        const auto found = table.at(position);
        const auto expected = exponentials<kFunctions>(at);
        for (std::size_t f = 0; f < kFunctions; ++f) {
            // The fourth derivative of e^(x / s), at most a piece away.
            const double s = 5.0 + static_cast<double>(f);
            const double bound = std::pow(width / s, 4) / 1536.0 * std::exp(width / s) + 1e-15;
            for (std::size_t k = 0; k < kLanes; ++k) {
                if (position.inside[k] == 0) continue;
                largest = std::max(largest, std::abs(found[f][k] / expected[f][k] - 1.0) / bound);
            }
        }
    }
    return largest;
}

TEST(PiecewiseCubics, MissByTheirBound) {
    for (const double width : {0.125, 0.25, 1.0}) {
        for (const double share :
             {largest_share_of_bound<2>(width), largest_share_of_bound<4>(width),
              largest_share_of_bound<6>(width), largest_share_of_bound<8>(width)}) {
            EXPECT_LE(share, 1.0) << width;
            EXPECT_GT(share, 0.5) << width;  // and that is the order of the error
        }
    }
}

TEST(PiecewiseCubics, KnowTheirRange) {
    const PiecewiseCubic<2> table(40.0, 0.25, exponentials<2>);
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const double infinity = std::numeric_limits<double>::infinity();
    const Lanes at{-40.0, 40.0, -40.0001, 40.0001, nan, infinity, -1e300, 0.0};
    EXPECT_EQ(bits_of(table.find(at).inside), 0b10000011U);
    EXPECT_NEAR(table.at(table.find(at))[0][0], std::exp(-8.0), 1e-11);
    EXPECT_NEAR(table.at(table.find(at))[0][1] * std::exp(-8.0), 1.0, 1e-8);
}

// Where neighbours meet both have the function's value, to rounding.
TEST(PiecewiseCubics, AreContinuous) {
    const PiecewiseCubic<4> table(40.0, 0.25, exponentials<4>);
    for (double x = -39.875; x < 39.0; x += 0.25) {
        const Lanes at{std::nextafter(x, -50.0), std::nextafter(x, 50.0)};
        const auto found = table.at(table.find(at));
        for (const Lanes& value : found) EXPECT_NEAR(value[0] / value[1], 1.0, 1e-14) << x;
    }
}

template <class Channel>
typename Channel::Parameters defaults() {
    typename Channel::Parameters parameters;
    for (std::size_t k = 0; k < std::size(Channel::fields); ++k) {
        reinterpret_cast<Lanes*>(&parameters)[k] = broadcast(Channel::fields[k].default_number);
    }
    return parameters;
}

MechanismSetup setup_with(TableStore* store) {
    MechanismSetup setup;
    setup.dt_ms = 0.02;
    setup.temperature_degC = 34.0;
    setup.arrays.ion.valence = 2.0;
    setup.tables = store;
    return setup;
}

/// The largest relative difference between a channel's table and its kinetics at V.
template <class Channel>
double largest_miss(Lanes V_mV) {
    const MechanismSetup setup = setup_with(nullptr);
    const auto p = defaults<Channel>();
    static const auto table = VoltageTable<Channel>::find(setup, p, 0);
    EXPECT_NE(table, nullptr) << Channel::name;
    if (table == nullptr) return 0.0;
    const auto found = table->at(V_mV);
    const auto kinetics = Channel::kinetics(V_mV, p, Channel::prepare(p, setup.temperature_degC));
    const auto factors = typename Channel::Current::Flow(Channel::current(p), setup).factors(V_mV);
    double largest = 0.0;
    const auto compare = [&](Lanes number, double expected, std::size_t k) {
        largest = std::max(largest, std::abs(number[k] / expected - 1.0));
    };
    for (std::size_t k = 0; k < kLanes; ++k) {
        for (std::size_t g = 0; g < kinetics.size(); ++g) {
            compare(found.steady[g], kinetics[g].steady[k], k);
            compare(found.share[g], -std::expm1(-kinetics[g].rate[k] * setup.dt_ms), k);
        }
        for (std::size_t f = 0; f < factors.size(); ++f) {
            compare(found.factors[f], factors[f][k], k);
        }
    }
    return largest;
}

template <class... Channels>
std::vector<double> largest_misses(Lanes V_mV) {
    return {largest_miss<Channels>(V_mV)...};
}
double largest_miss_of_all(Lanes V_mV) {
    return std::ranges::max(
        largest_misses<Kv3, Kv1, Kv4, Kv4Slow, NaPersistent, CaP, CaT, HPurkinje>(V_mV));
}

// 1e-8, as voltage_table.hpp states.
TEST(VoltageTables, AreTheKineticsOfTheirChannels) {
    double largest = 0.0;
    for (double V_mV = -128.0; V_mV < 128.0; V_mV += 0.0987) {
        largest =
            std::max(largest, largest_miss_of_all(V_mV + 0.0123 * Lanes{0, 1, 2, 3, 4, 5, 6, 7}));
    }
    EXPECT_LT(largest, 1e-8);
    EXPECT_GT(largest, 1e-9);  // tables they are
}

// One lane beyond the table changes nothing in the others. The library's expm1 and ours agree to
// rounding.
TEST(VoltageTables, AreExactBeyondTheirRange) {
    const Lanes V_mV{-300.0, -128.01, 128.01, 250.0, -400.0, 200.0, 180.0, -150.0};
    EXPECT_LT(largest_miss_of_all(V_mV), 1e-14);
    const MechanismSetup setup = setup_with(nullptr);
    const auto table = VoltageTable<CaT>::find(setup, defaults<CaT>(), 0);
    ASSERT_NE(table, nullptr);
    const auto within = table->at(broadcast(-61.3));
    const auto mixed = table->at(Lanes{-61.3, -300.0, -61.3, 0, 0, 0, 0, 0});
    for (std::size_t g = 0; g < 2; ++g) {
        EXPECT_EQ(within.share[g][0], mixed.share[g][0]);
        EXPECT_EQ(within.steady[g][0], mixed.steady[g][2]);
    }
}

// Conductances and reversal potentials may differ from cell to cell, what enters the table may not:
// whether a cell has a table must not depend on which cells stand beside it.
TEST(VoltageTables, AreForCellsWithTheSameKinetics) {
    TableStore store;
    const MechanismSetup setup = setup_with(&store);
    const Kv3::Parameters kv3{broadcast(1.8), broadcast(-77.0), broadcast(-20.0)};
    EXPECT_NE(VoltageTable<Kv3>::find(setup, kv3, 0b011), nullptr);
    EXPECT_EQ(VoltageTable<Kv3>::find(setup, kv3, 0b100), nullptr);
    const CaT::Parameters ca_t{broadcast(1e-4), broadcast(6.6)};
    EXPECT_NE(VoltageTable<CaT>::find(setup, ca_t, 0b01), nullptr);
    EXPECT_EQ(VoltageTable<CaT>::find(setup, ca_t, 0b10), nullptr);
}

TEST(VoltageTables, AreSharedWhereAllThatEntersIsEqual) {
    TableStore store;
    const MechanismSetup setup = setup_with(&store);
    const auto kv3 = [&](double g_max, double half_mV) {
        return VoltageTable<Kv3>::find(setup,
                                       {broadcast(g_max), broadcast(-77.0), broadcast(half_mV)}, 0);
    };
    {
        const auto first = kv3(1.8, -20.0);
        EXPECT_EQ(first, kv3(0.2, -20.0));
        EXPECT_EQ(store.bytes(), first->bytes());
        EXPECT_NE(first, kv3(1.8, -16.0));
    }
    EXPECT_EQ(store.bytes(), 0U);  // kept by the channels alone
}

/// A gate as steep as the user likes.
struct Steep : OhmicChannel<1.0, 0.0> {
    static constexpr std::string_view name = "steep";
    static constexpr Field fields[] = {largest_conductance(1.0), reversal_potential(0.0),
                                       parameter("slope_*", "mV", 5.0, kPositive, "")};
    struct Parameters {
        Lanes g_max, reversal_mV, slope_mV;
    };
    static Current current(const Parameters& p) { return {p.g_max, p.reversal_mV}; }
    static constexpr GateParticles gates[] = {{"m_*", 1, ""}};
    struct Constants {};
    static Constants prepare(const Parameters& /*p*/, double /*temperature_degC*/) { return {}; }
    static std::array<Kinetics, 1> kinetics(Lanes V_mV, const Parameters& p,
                                            const Constants& /*c*/) {
        return {Kinetics{.steady = 1.0 / (1.0 + exp(-V_mV / p.slope_mV)), .rate = broadcast(1.0)}};
    }
};

TEST(VoltageTables, AreNotUsedWhereTheyWouldBeTooCoarse) {
    TableStore store;
    const MechanismSetup setup = setup_with(&store);
    const auto found = [&](double slope_mV) {
        return VoltageTable<Steep>::find(setup,
                                         {broadcast(1.0), broadcast(0.0), broadcast(slope_mV)}, 0);
    };
    EXPECT_NE(found(4.0), nullptr);
    EXPECT_EQ(found(1.0), nullptr);
}

}  // namespace
}  // namespace volley
