// The numbers in the model files of apps/models against the papers' and against formulas evaluated
// here. What the networks do is in published_results_test and microcircuit_statistics_test.

#include "core/distributions/distribution.hpp"
#include "io/model_file/model_file.hpp"
#include "network/connection_plan.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <map>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

namespace volley {
namespace {

const std::filesystem::path kModels = std::filesystem::path(VOLLEY_SOURCE_DIR) / "apps/models";

Model read(const std::string& file, const std::vector<std::string>& sets = {}) {
    return read_model_file(kModels / file, sets).model;
}

TEST(ShippedModels, AreAllValid) {
    for (const auto& entry : std::filesystem::directory_iterator(kModels)) {
        if (entry.path().extension() != ".json") continue;
        EXPECT_NO_THROW(ConnectionPlan{read(entry.path().filename().string())}) << entry.path();
    }
}

constexpr std::size_t kPopulations = 8;
constexpr std::array<const char*, kPopulations> kNames{"L23E", "L23I", "L4E", "L4I",
                                                       "L5E",  "L5I",  "L6E", "L6I"};
constexpr std::array<double, kPopulations> kNeurons{20683, 5834, 21915, 5479,
                                                    4850,  1065, 14395, 2948};
constexpr std::array<double, kPopulations> kExternal{1600, 1500, 2100, 1900,
                                                     2000, 1900, 2900, 2100};
constexpr std::array<double, kPopulations> kRates_Hz{0.903, 2.965, 4.414, 5.876,
                                                     7.569, 8.633, 1.105, 7.829};

/// Synapses at full scale, row = target, column = source (Potjans & Diesmann 2014, Table 5, by the
/// formula there).
constexpr std::int64_t kSynapses[kPopulations][kPopulations] = {
    {45499805, 22323577, 20253647, 9670918, 3293578, 0, 2271404, 0},
    {17443694, 5018763, 4105338, 1690074, 2221213, 0, 353461, 0},
    {3503670, 756561, 24482849, 17413576, 714524, 7003, 14624432, 0},
    {8114254, 92832, 9933538, 5223272, 87836, 0, 8810905, 0},
    {10613575, 1817058, 5507804, 151900, 2040738, 2407889, 1438969, 0},
    {1241436, 169424, 607667, 12851, 319602, 430444, 132414, 0},
    {4681225, 556108, 6727570, 1320234, 4112225, 305029, 8372649, 10827677},
    {2260836, 17207, 220033, 8078, 401638, 25218, 2888426, 1354320}};

/// Synapses of each projection, by target and source; a pair without a projection is not in it.
std::map<std::pair<std::string, std::string>, double> synapses_of(const Model& model) {
    const auto name = [&](const Selection& selection) {
        return model.populations[static_cast<std::size_t>(selection.population)].name;
    };
    const ConnectionPlan plan(model);
    std::map<std::pair<std::string, std::string>, double> found;
    for (const ProjectionPlan& projection : plan.projections()) {
        const auto key =
            std::pair{name(projection.projection->target), name(projection.projection->source)};
        EXPECT_FALSE(found.contains(key)) << key.first << " from " << key.second << " twice";
        found[key] = projection.rule->expected_synapses();
    }
    return found;
}

TEST(Microcircuit, HasThePublishedNumbersOfSynapses) {
    const Model model = read("microcircuit.json");
    EXPECT_EQ(model.neurons(), 77169);
    const auto found = synapses_of(model);
    double total = 0.0;
    for (std::size_t t = 0; t < kPopulations; ++t) {
        for (std::size_t s = 0; s < kPopulations; ++s) {
            const auto at = found.find({kNames[t], kNames[s]});
            if (kSynapses[t][s] == 0) {
                EXPECT_EQ(at, found.end()) << kNames[t] << " from " << kNames[s];
                continue;
            }
            ASSERT_NE(at, found.end()) << kNames[t] << " from " << kNames[s];
            EXPECT_EQ(at->second, static_cast<double>(kSynapses[t][s]))
                << kNames[t] << " from " << kNames[s];
            total += at->second;
        }
    }
    EXPECT_EQ(total, 298880968.0);
}

/// Jump of current per mV of the peak of the potential it causes: the published formula.
double pA_per_mV() {
    const double tau_m = 10.0;
    const double tau_s = 0.5;
    const double base = std::pow(tau_m / tau_s, 1.0 / (tau_s - tau_m));
    return (tau_s - tau_m) * 250.0 /
           (tau_m * tau_s * (std::pow(base, tau_m) - std::pow(base, tau_s)));
}

double weight_mean(const Projection& projection) {
    return spec_of(projection.weight)->number("mean");
}

/// Full-scale weight in pA, without its sign.
double full_weight_pA(std::size_t target, std::size_t source) {
    if (source % 2 == 1) return 0.60 * pA_per_mV();
    return (target == 0 && source == 2 ? 0.30 : 0.15) * pA_per_mV();
}

class MicrocircuitAtScale : public testing::TestWithParam<double> {
protected:
    /// What DC a neuron needs for the mean input that scaling takes away.
    static double compensation_pA(std::size_t target, double scale) {
        double lost = 0.15 * pA_per_mV() * kExternal[target] * 8.0;
        for (std::size_t s = 0; s < kPopulations; ++s) {
            const double sign = s % 2 == 1 ? -1.0 : 1.0;
            lost += sign * full_weight_pA(target, s) * static_cast<double>(kSynapses[target][s]) /
                    kNeurons[target] * kRates_Hz[s];
        }
        return 1e-3 * 0.5 * (1.0 - std::sqrt(scale)) * lost;
    }
    static Model model(const std::string& background) {
        return read("microcircuit.json", {"define.scale=" + std::to_string(GetParam()),
                                          "define.background=" + background});
    }
};

TEST_P(MicrocircuitAtScale, HasItsNeuronsAndSynapses) {
    const double scale = GetParam();
    const Model scaled = model("poisson");
    for (std::size_t p = 0; p < kPopulations; ++p) {
        EXPECT_EQ(scaled.populations[p].name, kNames[p]);
        EXPECT_EQ(scaled.populations[p].size, std::llround(scale * kNeurons[p])) << kNames[p];
    }
    const auto found = synapses_of(scaled);
    for (std::size_t t = 0; t < kPopulations; ++t) {
        for (std::size_t s = 0; s < kPopulations; ++s) {
            if (kSynapses[t][s] == 0) continue;
            // The table is rounded before scaling, the model after it: half a synapse each.
            EXPECT_NEAR(found.at({kNames[t], kNames[s]}),
                        scale * scale * static_cast<double>(kSynapses[t][s]), 1.0);
        }
    }
}

TEST_P(MicrocircuitAtScale, HasItsWeightsAndDelays) {
    EXPECT_NEAR(pA_per_mV(), 585.38995686, 1e-8);
    const Model scaled = model("poisson");
    for (const Projection& projection : scaled.projections) {
        const auto t = static_cast<std::size_t>(projection.target.population);
        const auto s = static_cast<std::size_t>(projection.source.population);
        const bool inhibits = s % 2 == 1;
        const double weight_pA = full_weight_pA(t, s) / std::sqrt(GetParam());
        EXPECT_NEAR(weight_mean(projection), inhibits ? -weight_pA : weight_pA, 1e-9 * weight_pA);
        const Spec& weight = *spec_of(projection.weight);
        EXPECT_NEAR(weight.number("sd"), 0.1 * weight_pA, 1e-9 * weight_pA);
        EXPECT_EQ(weight.number(inhibits ? "max" : "min"), 0.0);
        EXPECT_FALSE(weight.has(inhibits ? "min" : "max"));
        EXPECT_EQ(projection.receptor, inhibits ? 1 : 0);
        const Spec& delay = *spec_of(projection.delay);
        EXPECT_DOUBLE_EQ(delay.number("mean"), inhibits ? 0.75 : 1.5);
        EXPECT_DOUBLE_EQ(delay.number("sd"), inhibits ? 0.375 : 0.75);
        EXPECT_DOUBLE_EQ(delay.number("min"), 0.05);
    }
}

// Poisson background or the same mean as a current, either of them beside the compensation.
TEST_P(MicrocircuitAtScale, HasItsBackground) {
    const double scale = GetParam();
    const double w_pA = 0.15 * pA_per_mV() / std::sqrt(scale);
    const Model noisy = model("poisson");
    const Model steady = model("dc");
    for (std::size_t p = 0; p < kPopulations; ++p) {
        const double events_per_s = 8.0 * std::round(scale * kExternal[p]);
        EXPECT_DOUBLE_EQ(std::get<double>(noisy.stimuli[p].drive.value("rate")), events_per_s);
        EXPECT_NEAR(std::get<double>(noisy.stimuli[p].drive.value("weight")), w_pA, 1e-9 * w_pA);
        EXPECT_EQ(std::get<double>(steady.stimuli[p].drive.value("rate")), 0.0);
        const auto current = [p](const Model& model) {
            return std::get<double>(model.populations[p].parameters.at("I_e"));
        };
        // The table's numbers of synapses are rounded: 0.5 of 7003 and more.
        const double expected = compensation_pA(p, scale);
        EXPECT_NEAR(current(noisy), expected, 1e-4 * std::abs(expected) + 1e-9) << kNames[p];
        EXPECT_NEAR(current(steady) - current(noisy), 1e-3 * 0.5 * events_per_s * w_pA, 1e-6);
    }
}

INSTANTIATE_TEST_SUITE_P(Scales, MicrocircuitAtScale, testing::Values(1.0, 0.5, 0.2, 0.1, 0.01));

/// Probability that a normal number is below x.
double normal_below(double x, double mean, double sd) {
    return 0.5 * std::erfc(-(x - mean) / (sd * std::numbers::sqrt2));
}

// "Redrawn while below 0.05 ms, then rounded to 0.1 ms": the share of each number of steps. 200,000
// equally spaced probabilities resolve a share to 1e-5.
TEST(Microcircuit, RoundsItsTruncatedDelays) {
    const Model model = read("microcircuit.json");
    for (const std::size_t p : {std::size_t{0}, model.projections.size() - 2}) {
        const Spec& spec = *spec_of(model.projections[p].delay);
        const auto distribution = make_distribution(spec);
        std::map<Step, double> share;
        constexpr int kDraws = 200000;
        for (int k = 0; k < kDraws; ++k) {
            const double delay_ms = distribution->quantile((k + 0.5) / kDraws);
            share[ProjectionPlan::steps_of(delay_ms, model.dt_ms)] += 1.0 / kDraws;
        }
        const double mean = spec.number("mean");
        const double sd = spec.number("sd");
        const double left = 1.0 - normal_below(0.05, mean, sd);
        EXPECT_EQ(share.begin()->first, 1);
        for (Step steps = 1; steps <= 40; ++steps) {
            const double from = 0.1 * static_cast<double>(steps) - 0.05;
            const double expected =
                (normal_below(from + 0.1, mean, sd) - normal_below(from, mean, sd)) / left;
            EXPECT_NEAR(share[steps], expected, 2e-5) << steps << " steps";
        }
    }
}

/// Peak of the potential that an alpha-shaped current of peak J causes, in closed form; the
/// greatest value on a grid of 0.1 us, 1e-9 of it away from the peak.
double alpha_potential_mV(double J_pA, double C_pF, double tau_m, double tau_s) {
    const double r = 1.0 / tau_s - 1.0 / tau_m;
    double peak_mV = 0.0;
    for (double t = 1.0; t < 4.0; t += 1e-4) {
        const double window = (1.0 - std::exp(-r * t) * (1.0 + r * t)) / (r * r);
        peak_mV = std::max(peak_mV,
                           J_pA * std::numbers::e / (C_pF * tau_s) * std::exp(-t / tau_m) * window);
    }
    return peak_mV;
}

// J of brunel_alpha.json, defined by the peak of the potential it causes: 0.1 mV.
TEST(BrunelAlpha, HasTheWeightThatMakesTheStatedPotential) {
    const Model model = read("brunel_alpha.json");
    const double J_pA = std::get<double>(model.stimuli.at(0).drive.value("weight"));
    EXPECT_NEAR(alpha_potential_mV(J_pA, 250.0, 20.0, 0.5), 0.1, 1e-9);
    // Of the reference: nu_th = V_th C_m / (J CE e tau_m tau_syn), 2 CE of it into every neuron.
    EXPECT_NEAR(std::get<double>(model.stimuli.at(0).drive.value("rate")),
                2.0 * 1e3 * 20.0 * 250.0 / (J_pA * std::numbers::e * 20.0 * 0.5), 1e-6);
}

/// Synapses of a network of 11,250 neurons a unit of scale with 11,250 inputs each.
void expect_stdp_synapses(const std::string& file) {
    for (const double scale : {1.0, 3.0}) {
        const Model model = read(file, {"define.scale=" + std::to_string(scale)});
        EXPECT_EQ(model.neurons(), std::llround(11250 * scale));
        double synapses = 0.0;
        for (const auto& [pair, number] : synapses_of(model)) synapses += number;
        EXPECT_EQ(synapses, 11250.0 * 11250.0 * scale);
        int plastic = 0;
        for (const Projection& projection : model.projections) {
            const bool among_exc =
                projection.source.population == 0 && projection.target.population == 0;
            EXPECT_EQ(projection.plasticity.has_value(), among_exc) << projection.name;
            EXPECT_EQ(projection.dendritic_delay, among_exc ? 15 : 0) << projection.name;
            plastic += among_exc ? 1 : 0;
        }
        EXPECT_EQ(plastic, 1);
    }
}

// The published weight, 45.61 pA, is rounded from that of 0.14 mV.
TEST(BrunelStdp, HasThePublishedNumbers) {
    expect_stdp_synapses("brunel_stdp.json");
    const Model model = read("brunel_stdp.json");
    const double J_pA = std::get<double>(model.stimuli.at(0).drive.value("weight"));
    EXPECT_NEAR(alpha_potential_mV(J_pA, 250.0, 10.0, 0.32582722403722841), 0.14, 2e-6);
    EXPECT_NEAR(std::get<double>(model.stimuli.at(0).drive.value("rate")),
                1.685 * 1e3 * 20.0 * 250.0 / (J_pA * std::numbers::e * 10.0 * 0.32582722403722841),
                1e-6);
}

TEST(IgnoreAndFireStdp, HasTheSynapsesOfTheNetworkWithDynamics) {
    expect_stdp_synapses("ignore_and_fire_stdp.json");
}

}  // namespace
}  // namespace volley
