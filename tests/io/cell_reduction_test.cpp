// "reduce" of a cell in a model file: everything written for the whole tree moves to the
// compartments that the rule makes.

#include "core/cable/cell_type.hpp"
#include "core/error.hpp"
#include "io/model_file/model_file.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace volley {
namespace {

Model read(const std::string& reduction) {
    return read_model_text(R"json({
      "duration": "1 ms",
      "cells": {"c": {
        "morphology": {"generator": "rall_tree", "levels": 3},
        "discretisation": {"rule": "per_section", "count": 8},
        "labels": {"far": {"distance": ["200 um", "5000 um"]}},
        "channels": {"leak": {"channel": "leak", "g_max": "5e-5 S/cm2"}},
        "receptors": {"ampa": {"receptor": "exp_conductance"},
                      "distal": {"receptor": "exp_conductance", "on": "far"}})json" +
                               reduction + R"json(}},
      "populations": {"a": {"cell": "c", "size": 2}},
      "projections": [
        {"source": "a", "target": "a", "rule": "all_to_all", "weight": "1 nS", "delay": "1 ms",
         "receptor": "ampa", "contacts": {"count": 3, "on": "far"}},
        {"source": "a", "target": "a", "rule": "all_to_all", "weight": "1 nS", "delay": "1 ms",
         "receptor": "distal", "contacts": {"count": 2}}],
      "record": {"traces": [{"target": "a", "variables": ["V_m"], "at": "all"}]}
    })json",
                           "m.json")
        .model;
}

const CellType& cell_of(const Model& model) { return *model.populations[0].cell; }

TEST(CellReduction, ComputesFewCompartmentsAndKeepsTheSoma) {
    const Model whole = read("");
    const Model reduced = read(R"(, "reduce": {"rule": "neuron_reduce", "compartments": 5})");
    const std::size_t before = cell_of(whole).definition().tree.compartments.size();
    const std::size_t after = cell_of(reduced).definition().tree.compartments.size();
    EXPECT_GT(before, 50U);
    EXPECT_LT(after, 12U);
    const auto soma = [](const Model& model) {
        const CellDefinition& cell = cell_of(model).definition();
        return cell.tree.compartments[static_cast<std::size_t>(cell.soma)].area_um2;
    };
    EXPECT_EQ(soma(whole), soma(reduced));
}

TEST(CellReduction, MovesContactsReceptorsAndRecordings) {
    const Model whole = read("");
    const Model reduced = read(R"(, "reduce": {"rule": "neuron_reduce", "compartments": 5})");
    for (std::size_t p = 0; p < 2; ++p) {
        const Contacts& before = whole.projections[p].contacts;
        const Contacts& after = reduced.projections[p].contacts;
        // A candidate for each compartment of the whole tree, with the same probability.
        ASSERT_EQ(before.sites.size(), after.sites.size());
        EXPECT_EQ(before.cumulative, after.cumulative);
        const auto sites = cell_of(reduced).sites(p);
        for (const std::int32_t site : after.sites) {
            ASSERT_GE(site, 0);
            ASSERT_LT(static_cast<std::size_t>(site), sites.size());
            // What is far on the tree is not at the soma of the reduced cell.
            EXPECT_NE(sites[static_cast<std::size_t>(site)], cell_of(reduced).definition().soma);
        }
    }
    EXPECT_EQ(reduced.traces[0].compartments.size(),
              cell_of(reduced).definition().tree.compartments.size());
}

TEST(CellReduction, RefusesRulesAndPlacesThatDoNotExist) {
    EXPECT_THROW(read(R"(, "reduce": {"rule": "neuronreduce"})"), ConfigError);
    EXPECT_THROW(read(R"(, "reduce": {"keep": "soma"})"), ConfigError);
    EXPECT_THROW(read(R"(, "reduce": {"rule": "neuron_reduce", "keep": "sooma"})"), ConfigError);
    EXPECT_THROW(read(R"(, "reduce": {"rule": "neuron_reduce", "frequency": "-1 Hz"})"),
                 ConfigError);
    EXPECT_THROW(read(R"(, "reduce": "neuron_reduce")"), ConfigError);
}

}  // namespace
}  // namespace volley
