#include "core/cable/cell_type.hpp"
#include "core/error.hpp"
#include "io/model_file/model_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <numbers>
#include <unistd.h>

// How cells with dendrites are read: what a model file says, as the numbers of a CellDefinition.
namespace volley {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// A soma of 20 um and a dendrite of 500 um in 50 um pieces: compartments 0 and 1 to 10.
constexpr std::string_view kShape =
    R"("morphology": {"generator": "ball_and_stick", "soma_diameter": "20 um", "length": "500 um",
                      "diameter": "2 um"},
       "discretisation": {"rule": "listed", "counts": [1, 10]})";

std::string file_with(const std::string& cell, const std::string& more = "",
                      const std::string& population = "") {
    return R"({"duration": "10 ms", "dt": "0.025 ms", "cells": {"c": {)" + std::string(kShape) +
           (cell.empty() ? "" : ", " + cell) +
           R"(}}, "populations": {"pc": {"cell": "c", "size": 4)" +
           (population.empty() ? "" : ", " + population) +
           R"(}, "src": {"model": "parrot", "size": 2}})" + (more.empty() ? "" : ", " + more) + "}";
}

Model read(const std::string& cell, const std::string& more = "",
           const std::string& population = "") {
    return read_model_text(file_with(cell, more, population), "m.json").model;
}

const CellDefinition& definition(const Model& model) {
    return model.populations.front().cell->definition();
}

const Placement& channel(const CellDefinition& cell, std::string_view name) {
    return *std::ranges::find(cell.channels, name, &Placement::name);
}

TEST(Cells, ArePopulationsLikePoints) {
    const Model model = read("");
    const CellDefinition& cell = definition(model);
    EXPECT_EQ(model.populations[0].model, "c");
    ASSERT_EQ(cell.tree.compartments.size(), 11U);
    // A sphere's area is that of a cylinder as long as it is wide.
    EXPECT_NEAR(cell.tree.compartments[0].area_um2, std::numbers::pi * 400.0, 1e-9);
    EXPECT_NEAR(cell.tree.compartments[1].area_um2, std::numbers::pi * 2.0 * 50.0, 1e-9);
    EXPECT_EQ(cell.soma, 0);
    // The defaults that the reference prints.
    EXPECT_EQ(cell.C_m_uF_per_cm2, 1.0);
    EXPECT_EQ(cell.R_a_ohm_cm, 100.0);
    EXPECT_EQ(cell.temperature_degC, 6.3);
    EXPECT_EQ(cell.V_initial_mV, -65.0);
    EXPECT_EQ(cell.threshold_mV, 0.0);
    EXPECT_EQ(cell.scheme, CableScheme::backward_euler);
    EXPECT_EQ(model.populations[1].cell, nullptr);
}

TEST(Cells, TakeTheirPropertiesInAnyUnit) {
    const Model model = read(
        R"json("C_m": "0.0064 F/m2", "R_a": "1.2 Ohm m", "temperature": "34 degC", "V_init": "-0.07 V",
           "threshold": "-20 mV", "scheme": "crank_nicolson", "soma": "dend(0.25)")json");
    const CellDefinition& cell = definition(model);
    EXPECT_DOUBLE_EQ(cell.C_m_uF_per_cm2, 0.64);
    EXPECT_DOUBLE_EQ(cell.R_a_ohm_cm, 120.0);
    EXPECT_EQ(cell.temperature_degC, 34.0);
    EXPECT_EQ(cell.V_initial_mV, -70.0);
    EXPECT_EQ(cell.threshold_mV, -20.0);
    EXPECT_EQ(cell.scheme, CableScheme::crank_nicolson);
    EXPECT_EQ(cell.soma, 3);  // 125 um: within the third of ten pieces, 100 to 150 um
}

TEST(Cells, HaveChannelsWhereTheFileSaysThem) {
    const Model model = read(
        R"("labels": {"far": {"on": "dend", "distance": ["200 um", "400 um"]},
                      "near": {"on": "dend", "except": "far"}},
           "channels": {
             "na": {"channel": "hh_na", "on": "soma", "g_max": "0.12 S/cm2"},
             "k": {"channel": "hh_k", "on": ["soma", "far"], "g_max": "36 mS/cm2",
                   "E_rev": "-80 mV", "scale": {"far": 0.5}},
             "k2": {"channel": "hh_k", "scale": "1 + distance_um / 100"}})");
    const CellDefinition& cell = definition(model);
    const Placement& na = channel(cell, "na");
    EXPECT_EQ(na.kind, "hh_na");
    EXPECT_THAT(na.compartments, ElementsAre(0));
    EXPECT_THAT(na.parameters, ElementsAre(std::pair<const std::string, double>("g_max_na", 0.12)));
    EXPECT_TRUE(na.scale.empty());
    EXPECT_TRUE(na.into_pool);
    // Centres of the pieces are 10 (half the soma) + 25, 75, ... um away.
    const Placement& k = channel(cell, "k");
    EXPECT_THAT(k.compartments, ElementsAre(0, 5, 6, 7, 8));
    EXPECT_THAT(k.scale, ElementsAre(1.0, 0.5, 0.5, 0.5, 0.5));
    EXPECT_DOUBLE_EQ(k.parameters.at("g_max_k"), 0.036);
    EXPECT_DOUBLE_EQ(k.parameters.at("E_rev_k"), -80.0);
    const Placement& everywhere = channel(cell, "k2");
    ASSERT_EQ(everywhere.compartments.size(), 11U);
    EXPECT_DOUBLE_EQ(everywhere.scale[0], 1.0);
    EXPECT_DOUBLE_EQ(everywhere.scale[2], 1.0 + 85.0 / 100.0);
}

TEST(Cells, ScaleCapacitanceByPlaceAndByExpression) {
    const Model by_place = read(R"("C_m_scale": {"dend": 5.3})");
    const std::vector<double>& spines = definition(by_place).C_m_scale;
    ASSERT_EQ(spines.size(), 11U);
    EXPECT_EQ(spines[0], 1.0);
    EXPECT_EQ(spines[10], 5.3);
    const Model by_expression = read(
        R"json("C_m_scale": "if(diameter_um < 5, 2, 1)", "R_a_scale": {"dend": "1 + branch_order"})json");
    EXPECT_EQ(definition(by_expression).C_m_scale,
              std::vector<double>({1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2}));
    EXPECT_EQ(definition(by_expression).R_a_scale[5], 2.0);
    // Where it is 1 everywhere nothing is kept.
    EXPECT_TRUE(definition(read(R"("C_m_scale": 1)")).C_m_scale.empty());
}

TEST(Cells, HavePoolsOfIons) {
    const Model model = read(
        R"("ions": {"ca": {"inside": "45 nM", "outside": "2 mM", "reversal": "computed"},
                    "x": {"valence": -1, "inside": "1 mM", "outside": "2 mM"}},
           "pools": {"ca_soma": {"pool": "ca_decay", "ion": "ca", "on": "soma", "tau": "40 ms"},
                     "ca": {"pool": "ca_shells", "on": "dend", "shells": 3, "scale": 0.5,
                            "removal": "membrane_pump", "largest_removal": "0.2 mM/ms"}})");
    const CellDefinition& cell = definition(model);
    EXPECT_EQ(cell.ions[0].valence, 2.0);
    EXPECT_DOUBLE_EQ(cell.ions[0].inside_mM, 4.5e-5);
    EXPECT_TRUE(cell.ions[0].computes_reversal);
    EXPECT_EQ(cell.ions[1].valence, -1.0);
    EXPECT_FALSE(cell.ions[1].computes_reversal);
    EXPECT_EQ(cell.pools[0].ion, "ca");
    EXPECT_EQ(cell.pools[0].parameters.at("tau_ca_soma"), 40.0);
    EXPECT_EQ(cell.pools[1].ion, "ca");  // that of its name
    EXPECT_EQ(cell.pools[1].structure.integer("shells"), 3);
    EXPECT_EQ(cell.pools[1].structure.text("removal"), "membrane_pump");
    EXPECT_EQ(cell.pools[1].parameters.at("largest_removal_ca"), 0.2);
    EXPECT_EQ(cell.pools[1].scale, std::vector<double>(10, 0.5));
}

// Neither in the cell nor in a population or schedule is such a value parsed and ignored.
TEST(Cells, RefuseReversalPotentialsBesideComputedOnes) {
    const std::string ion =
        R"("ions": {"na": {"inside": "10 mM", "outside": "140 mM", "reversal": "computed"}}, )";
    const std::string given = ion + R"("channels": {"na": {"channel": "hh_na", "E_rev": "50 mV"}})";
    const std::string computed = ion + R"("channels": {"na": {"channel": "hh_na"}})";
    EXPECT_NO_THROW(read(computed));
    const auto refused = [](const std::string& cell, const std::string& more,
                            const std::string& population, const std::string& place) {
        try {
            read(cell, more, population);
            ADD_FAILURE() << "no error at " << place;
        } catch (const ConfigError& error) {
            EXPECT_THAT(error.what(), HasSubstr(place));
            EXPECT_THAT(error.what(), HasSubstr("computed from the concentrations of na"));
        }
    };
    refused(given, "", "", "m.json#/cells/c/channels/na/E_rev: found");
    refused(computed, "", R"("parameters": {"E_rev_na": "50 mV"})",
            "m.json#/populations/pc/parameters: E_rev_na: found");
    refused(computed,
            R"("schedule": [{"at": "5 ms", "population": "pc", "parameter": "E_rev_na",
                             "value": "50 mV"}])",
            "", "m.json#/schedule/0/parameter: found");
}

TEST(Cells, HaveParametersThatPopulationsDrawAndSchedulesChange) {
    const Model model =
        read(R"("channels": {"na": {"channel": "hh_na", "on": "soma", "g_max": "0.1 S/cm2"}})",
             R"("schedule": [{"at": "5 ms", "population": "pc", "parameter": "g_max_na",
                         "value": "0 S/cm2"}])",
             R"("parameters": {"g_max_na": {"distribution": "uniform", "low": "0.1 S/cm2",
                                       "high": "0.2 S/cm2"},
                          "V_init": ["-70 mV", "-69 mV", "-68 mV", "-67 mV"]})");
    EXPECT_NE(spec_of(model.populations[0].parameters.at("g_max_na")), nullptr);
    EXPECT_EQ(model.schedule[0].parameter, "g_max_na");
    // What the cell says is the default of its populations.
    const NeuronModel& neuron = neuron_model(model.populations[0]);
    const int index = neuron.parameter_index("g_max_na");
    ASSERT_GE(index, 0);
    EXPECT_EQ(neuron.description.fields[static_cast<std::size_t>(index)].default_number, 0.1);
}

const std::string kReceptors =
    R"("receptors": {"exc": {"receptor": "exp_conductance", "on": "dend", "tau_syn": "3 ms"},
                     "gaba": {"receptor": "exp_conductance", "on": "soma", "E_rev": "-80 mV"}})";

std::string projection(const std::string& contacts) {
    return R"("projections": [{"source": "src", "target": "pc", "rule": "all_to_all",
              "receptor": "exc", "weight": "1 nS", "delay": "1 ms")" +
           (contacts.empty() ? "" : R"(, "contacts": )" + contacts) + "}]";
}

Contacts contacts_of(const std::string& contacts) {
    return read(kReceptors, projection(contacts)).projections.at(0).contacts;
}

TEST(Cells, PlaceContactsUniformlyUnlessToldOtherwise) {
    const Contacts usual = contacts_of("");
    EXPECT_EQ(usual.count, 1);
    EXPECT_EQ(usual.choice, Contacts::Choice::drawn);
    EXPECT_THAT(usual.sites, ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
    ASSERT_EQ(usual.cumulative.size(), 10U);
    for (std::size_t k = 0; k < 10; ++k) {
        EXPECT_NEAR(usual.cumulative[k], 0.1 * static_cast<double>(k + 1), 1e-12);
    }
    EXPECT_EQ(usual.cumulative.back(), 1.0);
}

TEST(Cells, PlaceContactsByDistance) {
    const Contacts gaussian = contacts_of(
        R"({"count": 5, "place": "distance_kernel", "centre": "235 um", "width": "50 um"})");
    EXPECT_EQ(gaussian.count, 5);
    // Pieces centred 35, 85, ... um away: weights exp(-z^2 / 2) of z = -4, ..., 5.
    double sum = 0.0;
    for (int z = -4; z <= 5; ++z) sum += std::exp(-0.5 * z * z);
    double before = 0.0;
    for (int z = -4; z <= 5; ++z) {
        before += std::exp(-0.5 * z * z) / sum;
        EXPECT_NEAR(gaussian.cumulative[static_cast<std::size_t>(z + 4)], before, 1e-12);
    }
}

TEST(Cells, PlaceContactsOnOneBranchOrWhereListed) {
    const Contacts branch = contacts_of(R"({"count": 3, "place": "one_branch"})");
    EXPECT_EQ(branch.choice, Contacts::Choice::clustered);
    EXPECT_EQ(branch.branch, std::vector<std::int32_t>(10, 1));
    const Contacts listed = contacts_of(
        R"json({"place": "listed", "at": ["dend(0.95)", "dend(0.05)", "dend(0.95)"]})json");
    EXPECT_EQ(listed.choice, Contacts::Choice::listed);
    EXPECT_EQ(listed.count, 3);
    EXPECT_THAT(listed.sites, ElementsAre(9, 0, 9));
    EXPECT_TRUE(listed.cumulative.empty());
    const Contacts within = contacts_of(R"json({"on": ["dend(0.35)", "dend(0.45)"]})json");
    EXPECT_THAT(within.sites, ElementsAre(3, 4));
}

TEST(Cells, TakeStimuliAndTracesAtAnyPlace) {
    const Model model = read(kReceptors,
                             R"json("stimuli": {
             "pulse": {"target": "pc", "drive": "dc", "amplitude": "0.1 nA", "at": "dend(1)"},
             "soma": {"target": "pc[0]", "drive": "dc", "amplitude": "100 pA"},
             "pf": {"target": "pc", "drive": "poisson", "rate": "10 Hz", "weight": "0.5 nS",
                    "receptor": "exc", "contacts": {"count": 2}}},
           "record": {"traces": [
             {"target": "pc[0]", "variables": ["V_m"], "at": "all"},
             {"target": "pc[0]", "variables": ["V_m", "g_exc"], "at": ["dend(0.5)", "dend(0)"]},
             {"target": "pc", "variables": ["V_m"]}]})json");
    EXPECT_EQ(model.stimuli[0].compartment, 10);
    EXPECT_EQ(model.stimuli[1].compartment, -1);
    EXPECT_EQ(model.stimuli[1].drive.number("amplitude"), 0.1);
    EXPECT_EQ(model.stimuli[2].contacts.count, 2);
    EXPECT_EQ(model.stimuli[2].contacts.sites.size(), 10U);
    EXPECT_EQ(model.traces[0].compartments.size(), 11U);
    EXPECT_THAT(model.traces[1].compartments, ElementsAre(1, 6));
    EXPECT_TRUE(model.traces[2].compartments.empty());
}

TEST(Cells, CoupleByGapJunctionsInMicrosiemens) {
    const Model model = read("", R"("gap_junctions": [{"source": "pc", "target": "pc",
        "rule": "all_to_all", "conductance": "2 nS", "each_pair_once": true}])");
    EXPECT_DOUBLE_EQ(std::get<double>(model.gap_junctions[0].pairs.weight), 2e-3);
}

TEST(Cells, KeepTheirShapeWhateverTheSeedOfTheRun) {
    const std::string text = R"({"duration": "1 ms", "cells": {"c": {"morphology": {
        "generator": "planar_tree", "branches": 3}}}, "populations": {"pc": {"cell": "c", "size": 1}}})";
    const auto tree = [&](const std::string& set) {
        const std::string sets[] = {set};
        const Model model = read_model_text(text, "m.json", sets).model;
        return model.populations[0].cell->definition().tree;
    };
    const CompartmentTree usual = tree("seed=1");
    EXPECT_EQ(usual, tree("seed=2"));
    EXPECT_NE(usual, tree("cells.c.morphology.seed=2"));
}

TEST(Cells, ComeFromFilesBesideTheModel) {
    const std::filesystem::path folder =
        std::filesystem::temp_directory_path() / ("volley_cells_" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "cell.swc") << "1 1 0 0 0 10 -1\n2 3 10 0 0 1 1\n3 3 110 0 0 1 2\n";
    const ModelFile file = read_model_text(
        R"({"duration": "1 ms", "cells": {"c": {"morphology": {"file": "cell.swc"},
            "discretisation": {"rule": "per_section", "count": 2}}},
            "populations": {"pc": {"cell": "c", "size": 1}}})",
        "m.json", {}, folder);
    EXPECT_EQ(definition(file.model).tree.compartments.size(), 4U);
    // The model that is left beside the results runs from any folder.
    EXPECT_THAT(file.model.effective, HasSubstr((folder / "cell.swc").string()));
    std::filesystem::remove_all(folder);
}

TEST(Cells, AreSharedByPopulationsAndTravelToOtherRanks) {
    const Model model =
        read_model_text(
            R"({"duration": "1 ms", "cells": {"c": {)" + std::string(kShape) + ", " + kReceptors +
                R"(}}, "populations": {"a": {"cell": "c", "size": 1}, "b": {"cell": "c", "size": 2}}})",
            "m.json")
            .model;
    EXPECT_EQ(model.populations[0].cell, model.populations[1].cell);
    const Model copy = deserialise_model(serialise(model));
    EXPECT_EQ(serialise(copy), serialise(model));
}

}  // namespace
}  // namespace volley
