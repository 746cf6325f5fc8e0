// Traces of an established simulator (NEST 3.9.0), step by step: shared/reference/point-neurons.

#include "core/time.hpp"
#include "tests/core/group_runner.hpp"
#include "tests/core/reference_csv.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace volley {
namespace {

/// A reference file: its header, and one column for each recorded quantity.
struct Reference {
    std::map<std::string, nlohmann::json> header;
    std::map<std::string, std::vector<double>> columns;
};

std::filesystem::path reference_folder() {
    return std::filesystem::path(VOLLEY_SOURCE_DIR).parent_path() /
           "shared/reference/point-neurons";
}

Reference read_reference(const std::filesystem::path& path) {
    Reference reference;
    std::ifstream file(path);
    std::vector<std::string> names;
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("# ")) {
            const std::size_t colon = line.find(": ");
            // JSON has no infinity; no parameter of ours is one.
            if (const auto at = line.find("-Infinity"); at != std::string::npos) {
                line.replace(at, 9, "null");
            }
            nlohmann::json value = nlohmann::json::parse(line.substr(colon + 2), nullptr, false);
            if (!value.is_discarded()) reference.header[line.substr(2, colon - 2)] = value;
            continue;
        }
        std::istringstream cells(line);
        std::size_t column = 0;
        for (std::string cell; std::getline(cells, cell, ','); ++column) {
            if (names.size() <= column) {
                names.push_back(cell);
            } else {
                reference.columns[names[column]].push_back(std::stod(cell));
            }
        }
    }
    return reference;
}

struct Case {
    std::string file;
    std::string model;
    std::map<std::string, std::string> parameters;  ///< ours -> theirs
    std::map<std::string, std::string> columns;     ///< ours -> theirs
    std::vector<std::size_t> receptors;             ///< of "exc", "inh"
    double tolerance;
    /// On top of theirs: how finely our differential equations are integrated.
    Values own = {};
    std::vector<ReceptorChoice> kinds = {};  ///< of our receptors, where not the usual ones
    /// What theirs are multiplied by to be ours, where not 1: capacitance, conductances, currents.
    double scale = 1.0;
    /// Their spike is the first falling sample above 0 mV, 2 ms apart at least; ours is the rise.
    bool spikes_at_peak = false;
};

/// "name", or "name/0" for the first number of a list.
double theirs_of(const nlohmann::json& all, const std::string& name) {
    const auto slash = name.find('/');
    if (slash == std::string::npos) return all.at(name).get<double>();
    return all.at(name.substr(0, slash)).at(std::stoul(name.substr(slash + 1))).get<double>();
}

void PrintTo(const Case& test, std::ostream* out) { *out << test.file; }

class ReferenceTraces : public testing::TestWithParam<Case> {};

TEST_P(ReferenceTraces, AreFollowedStepByStep) {
    const Case& test = GetParam();
    const std::filesystem::path path = reference_folder() / test.file;
    if (!std::filesystem::exists(path)) GTEST_SKIP() << "no reference data at " << path;
    Reference reference = read_reference(path);
    // What was integrated more precisely has its parameters and stimulus in the original file.
    if (const auto at = test.file.find(".precise"); at != std::string::npos) {
        const std::string original = test.file.substr(0, at) + ".csv";
        reference.header = read_reference(reference_folder() / original).header;
    }
    const nlohmann::json& theirs = reference.header.at("parameters_and_initial_state");
    Values parameters = test.own;
    for (const auto& [ours, name] : test.parameters) {
        const bool scaled = name.starts_with("g_") || name.starts_with("C_") || name == "I_e";
        parameters[ours] = theirs_of(theirs, name) * (scaled ? test.scale : 1.0);
    }
    const double dt = reference.header.at("dt_ms").get<double>();
    GroupRunner runner(test.model, 1, dt, parameters, {}, 0, false, test.kinds);

    std::map<Step, std::vector<std::pair<std::size_t, double>>> arrivals;
    if (reference.header.contains("input")) {
        std::size_t k = 0;
        for (const char* const which : {"exc", "inh"}) {
            const nlohmann::json& input = reference.header.at("input").at(which);
            for (const double time : input.at("arrival_ms")) {
                arrivals[to_steps(time, dt)].emplace_back(
                    test.receptors[k], input.at("weight").get<double>() * test.scale);
            }
            ++k;
        }
    }
    std::vector<double> spikes;
    double largest = 0.0;
    const std::vector<double>& times = reference.columns.at("t_ms");
    for (std::size_t row = 0; row < times.size(); ++row) {
        const auto end = static_cast<Step>(row) + 1;
        if (reference.header.contains("current")) {
            const nlohmann::json& current = reference.header.at("current");
            const double start_ms = to_ms(end - 1, dt);
            const bool on = start_ms > current.at("from_ms").get<double>() - dt / 2 &&
                            start_ms < current.at("to_ms").get<double>() - dt / 2;
            runner.current(0, on ? current.at("I_pA").get<double>() * test.scale : 0.0);
        }
        for (const auto& [receptor, weight] : arrivals[end]) runner.event(receptor, 0, weight);
        const double before_mV = runner.state("V_m");
        const bool fired = !runner.step().empty();
        const double now_mV = runner.state("V_m");
        const bool at_peak = now_mV < before_mV && now_mV >= 0.0 &&
                             (spikes.empty() || to_ms(end, dt) > spikes.back() + 2.0 + dt / 2);
        if (test.spikes_at_peak ? at_peak : fired) spikes.push_back(to_ms(end, dt));
        for (const auto& [ours, name] : test.columns) {
            const double theirs_now = reference.columns.at(name)[row];
            const double difference = std::abs(runner.state(ours) - theirs_now);
            if (ours == "V_m") largest = std::max(largest, difference);
            // On top, the rounding of the file: 12 digits, which matter for currents of 1000s of
            // pA.
            ASSERT_LE(difference, test.tolerance + 1e-11 * std::abs(theirs_now))
                << ours << " at " << times[row] << " ms";
        }
    }
    const auto expected = reference.header.at("output_spikes_ms").get<std::vector<double>>();
    ASSERT_EQ(spikes.size(), expected.size());
    for (std::size_t k = 0; k < spikes.size(); ++k) EXPECT_NEAR(spikes[k], expected[k], 1e-9);
    print_validation(test.model, test.file + ", " + std::to_string(spikes.size()) + " spikes equal",
                     largest, test.tolerance, "mV");
}

const std::map<std::string, std::string> kLif{
    {"C_m", "C_m"},   {"tau_m", "tau_m"}, {"E_L", "E_L"}, {"V_reset", "V_reset"},
    {"V_th", "V_th"}, {"t_ref", "t_ref"}, {"I_e", "I_e"}};
std::map<std::string, std::string> with_synapses() {
    auto parameters = kLif;
    parameters["tau_syn_exc"] = "tau_syn_ex";
    parameters["tau_syn_inh"] = "tau_syn_in";
    return parameters;
}

const std::map<std::string, std::string> kMat2{{"C_m", "C_m"},
                                               {"tau_m", "tau_m"},
                                               {"tau_syn_exc", "tau_syn_ex"},
                                               {"tau_syn_inh", "tau_syn_in"},
                                               {"E_L", "E_L"},
                                               {"omega", "omega"},
                                               {"alpha_1", "alpha_1"},
                                               {"alpha_2", "alpha_2"},
                                               {"tau_1", "tau_1"},
                                               {"tau_2", "tau_2"},
                                               {"t_ref", "t_ref"},
                                               {"I_e", "I_e"}};
const std::map<std::string, std::string> kIzhikevich{{"a", "a"}, {"b", "b"},       {"c", "c"},
                                                     {"d", "d"}, {"V_th", "V_th"}, {"I_e", "I_e"}};

const std::map<std::string, std::string> kLifCond{{"C_m", "C_m"},
                                                  {"g_L", "g_L"},
                                                  {"E_L", "E_L"},
                                                  {"V_reset", "V_reset"},
                                                  {"V_th", "V_th"},
                                                  {"t_ref", "t_ref"},
                                                  {"I_e", "I_e"},
                                                  {"tau_syn_exc", "tau_syn_ex"},
                                                  {"tau_syn_inh", "tau_syn_in"},
                                                  {"E_rev_exc", "E_ex"},
                                                  {"E_rev_inh", "E_in"}};
const std::map<std::string, std::string> kAdEx{{"C_m", "C_m"},
                                               {"g_L", "g_L"},
                                               {"E_L", "E_L"},
                                               {"V_reset", "V_reset"},
                                               {"V_th", "V_th"},
                                               {"t_ref", "t_ref"},
                                               {"I_e", "I_e"},
                                               {"tau_syn_exc", "tau_syn_ex"},
                                               {"tau_syn_inh", "tau_syn_in"},
                                               {"E_rev_exc", "E_ex"},
                                               {"E_rev_inh", "E_in"},
                                               {"Delta_T", "Delta_T"},
                                               {"V_peak", "V_peak"},
                                               {"a", "a"},
                                               {"b", "b"},
                                               {"tau_w", "tau_w"}};

const std::map<std::string, std::string> kSquid{{"C_m", "C_m"},
                                                {"g_Na", "g_Na"},
                                                {"g_K", "g_K"},
                                                {"g_L", "g_L"},
                                                {"E_Na", "E_Na"},
                                                {"E_K", "E_K"},
                                                {"E_L", "E_L"},
                                                {"tau_syn_exc", "tau_syn_ex"},
                                                {"tau_syn_inh", "tau_syn_in"},
                                                {"I_e", "I_e"}};
const std::vector<ReceptorChoice> kAlphaCurrents{{"exc", "alpha_current"},
                                                 {"inh", "alpha_current"}};
std::map<std::string, std::string> glif_parameters(bool level_5) {
    std::map<std::string, std::string> all{{"C_m", "C_m"},
                                           {"g_L", "g"},
                                           {"E_L", "E_L"},
                                           {"V_th", "V_th"},
                                           {"t_ref", "t_ref"},
                                           {"tau_syn_exc", "tau_syn/0"},
                                           {"tau_syn_inh", "tau_syn/1"}};
    if (!level_5) return all;
    all.merge(std::map<std::string, std::string>{{"reset_fraction", "voltage_reset_fraction"},
                                                 {"reset_add", "voltage_reset_add"},
                                                 {"th_spike_add", "th_spike_add"},
                                                 {"th_spike_decay", "th_spike_decay"},
                                                 {"th_voltage_index", "th_voltage_index"},
                                                 {"th_voltage_decay", "th_voltage_decay"},
                                                 {"asc_amp_1", "asc_amps/0"},
                                                 {"asc_decay_1", "asc_decay/0"},
                                                 {"asc_r_1", "asc_r/0"},
                                                 {"asc_amp_2", "asc_amps/1"},
                                                 {"asc_decay_2", "asc_decay/1"},
                                                 {"asc_r_2", "asc_r/1"}});
    return all;
}

// 1e-6 mV: the references are DOP853 at 1e-11 with 12 digits; ours in steps so small that their
// own error (order 4, or the tolerance) is far below.
INSTANTIATE_TEST_SUITE_P(
    Equations, ReferenceTraces,
    testing::Values(Case{"hh_psc_alpha.step.precise.csv",
                         "hh_squid",
                         kSquid,
                         {{"V_m", "V_m"}, {"m", "Act_m"}, {"h", "Inact_h"}, {"n", "Act_n"}},
                         {0, 1},
                         1e-6,
                         {{"internal_step", 0.0025}},
                         kAlphaCurrents,
                         0.01,
                         true},
                    Case{"hh_psc_alpha.spikes.precise.csv",
                         "hh_squid",
                         kSquid,
                         {{"V_m", "V_m"}, {"m", "Act_m"}, {"h", "Inact_h"}, {"n", "Act_n"}},
                         {0, 1},
                         1e-6,
                         {{"internal_step", 0.0025}},
                         kAlphaCurrents,
                         0.01,
                         true},
                    Case{"iaf_cond_exp.step.precise.csv",
                         "lif_cond_exp",
                         kLifCond,
                         {{"V_m", "V_m"}},
                         {0, 1},
                         1e-6,
                         {{"internal_step", 0.02}}},
                    Case{"iaf_cond_exp.spikes.precise.csv",
                         "lif_cond_exp",
                         kLifCond,
                         {{"V_m", "V_m"}, {"g_exc", "g_ex"}, {"g_inh", "g_in"}},
                         {0, 1},
                         1e-6,
                         {{"internal_step", 0.02}}},
                    Case{"aeif_cond_exp.step.precise.csv",
                         "adex",
                         kAdEx,
                         {{"V_m", "V_m"}, {"w", "w"}},
                         {0, 1},
                         1e-6,
                         {{"tolerance", 1e-10}}},
                    Case{"aeif_cond_exp.spikes.precise.csv",
                         "adex",
                         kAdEx,
                         {{"V_m", "V_m"}, {"w", "w"}, {"g_exc", "g_ex"}, {"g_inh", "g_in"}},
                         {0, 1},
                         1e-6,
                         {{"tolerance", 1e-10}}}));

// 1e-9 mV: both integrate exactly (izhikevich: both by the same Euler steps); the files have 12
// digits of 70 mV.
INSTANTIATE_TEST_SUITE_P(
    ExactModels, ReferenceTraces,
    testing::Values(
        Case{
            "iaf_psc_exp.step.csv", "lif_psc_exp", with_synapses(), {{"V_m", "V_m"}}, {0, 1}, 1e-9},
        Case{"iaf_psc_exp.spikes.csv",
             "lif_psc_exp",
             with_synapses(),
             {{"V_m", "V_m"}, {"I_exc", "I_syn_ex"}, {"I_inh", "I_syn_in"}},
             {0, 1},
             1e-9},
        Case{"iaf_psc_alpha.step.csv",
             "lif_psc_alpha",
             with_synapses(),
             {{"V_m", "V_m"}},
             {0, 1},
             1e-9},
        Case{"iaf_psc_alpha.spikes.csv",
             "lif_psc_alpha",
             with_synapses(),
             {{"V_m", "V_m"}, {"I_exc", "I_syn_ex"}, {"I_inh", "I_syn_in"}},
             {0, 1},
             1e-9},
        Case{"iaf_psc_delta.step.csv", "lif_psc_delta", kLif, {{"V_m", "V_m"}}, {0, 0}, 1e-9},
        Case{"iaf_psc_delta.spikes.csv", "lif_psc_delta", kLif, {{"V_m", "V_m"}}, {0, 0}, 1e-9},
        Case{"glif_psc_1.step.csv", "glif", glif_parameters(false), {{"V_m", "V_m"}}, {0, 1}, 1e-9},
        Case{"glif_psc_1.spikes.csv",
             "glif",
             glif_parameters(false),
             {{"V_m", "V_m"}},
             {0, 1},
             1e-9},
        Case{"glif_psc_5.step.csv", "glif", glif_parameters(true), {{"V_m", "V_m"}}, {0, 1}, 1e-9},
        Case{
            "glif_psc_5.spikes.csv", "glif", glif_parameters(true), {{"V_m", "V_m"}}, {0, 1}, 1e-9},
        Case{"mat2_psc_exp.step.csv", "mat2_psc_exp", kMat2, {{"V_m", "V_m"}}, {0, 1}, 1e-9},
        Case{"mat2_psc_exp.spikes.csv", "mat2_psc_exp", kMat2, {{"V_m", "V_m"}}, {0, 1}, 1e-9},
        Case{"izhikevich.step.csv",
             "izhikevich",
             kIzhikevich,
             {{"V_m", "V_m"}, {"U_m", "U_m"}},
             {0, 0},
             1e-9},
        Case{"izhikevich.spikes.csv",
             "izhikevich",
             kIzhikevich,
             {{"V_m", "V_m"}, {"U_m", "U_m"}},
             {0, 0},
             1e-9}));

}  // namespace
}  // namespace volley
