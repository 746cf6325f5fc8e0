#include "io/reference.hpp"

#include "core/analysis/analysis.hpp"
#include "core/channels/channel_kind.hpp"
#include "core/distributions/distribution.hpp"
#include "core/drives/drive.hpp"
#include "core/error.hpp"
#include "core/ions/pool_kind.hpp"
#include "core/morphology/generators/generator.hpp"
#include "core/neurons/neuron_model.hpp"
#include "core/plasticity/plasticity.hpp"
#include "io/json_source.hpp"
#include "io/model_file/cell_sections.hpp"
#include "io/model_file/cells.hpp"
#include "io/model_file/contacts.hpp"
#include "io/model_file/model_file.hpp"
#include "io/model_file/sections.hpp"
#include "network/distance_functions.hpp"
#include "network/positions.hpp"
#include "network/rules/connection_rule.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <sstream>

namespace volley {
namespace {

using testing::HasSubstr;

std::vector<const Description*> all_descriptions() {
    std::vector<const Description*> all;
    const auto add = [&all](const auto& entries) {
        for (const auto& entry : entries) all.push_back(&entry.description);
    };
    add(neuron_models());
    add(connection_rules());
    add(distributions());
    add(distance_functions());
    add(plasticity_rules());
    add(drives());
    add(position_shapes());
    add(analyses());
    add(generators());
    add(channel_kinds());
    add(pool_kinds());
    for (const Description& rule : discretisation_rules()) all.push_back(&rule);
    for (const Description& place : contact_places()) all.push_back(&place);
    return all;
}

TEST(Reference, ListsEverythingThatCanBeUsed) {
    const std::string list = list_reference();
    for (const Description* const entry : all_descriptions()) {
        EXPECT_THAT(list, HasSubstr("  " + std::string(entry->name) + " ")) << entry->name;
    }
    for (const FileSection& section : sections())
        EXPECT_THAT(list, HasSubstr(std::string(section.name)));
}

TEST(Reference, DescribesEveryEntryWithAllItsFields) {
    for (const Description* const entry : all_descriptions()) {
        const std::string text = describe(entry->name);
        for (const Field& field : entry->fields) {
            EXPECT_THAT(text, HasSubstr("  " + std::string(field.name) + " ")) << entry->name;
        }
    }
    const std::string model = describe("lif_psc_exp");
    for (const auto* const part :
         {"C_m", "pF", "250", "> 0", "V_m", "Receptors", "inh", "V_reset < V_th", "doi"}) {
        EXPECT_THAT(model, HasSubstr(part));
    }
}

TEST(Reference, DescribesEverySectionWithAllItsKeys) {
    for (const FileSection& section : sections()) {
        const std::string text = describe(section.name);
        for (const Key& key : section.keys) {
            EXPECT_THAT(text, HasSubstr("  " + std::string(key.field.name) + " ")) << section.name;
        }
    }
}

TEST(Reference, KnowsCategoriesByTheWordsOfTheModelFile) {
    for (const auto* const name : {"rules",
                                   "distributions",
                                   "plasticity",
                                   "drives",
                                   "analyses",
                                   "positions",
                                   "distance functions",
                                   "units",
                                   "expressions",
                                   "model",
                                   "populations",
                                   "projections",
                                   "stimuli",
                                   "gap_junctions",
                                   "record",
                                   "cells",
                                   "labels",
                                   "channels",
                                   "pools",
                                   "contacts",
                                   "morphology",
                                   "discretisation",
                                   "ions",
                                   "schedule",
                                   "define",
                                   "models",
                                   "neurons"}) {
        EXPECT_FALSE(describe(name).empty()) << name;
    }
    EXPECT_THAT(describe("units"), HasSubstr("Ohm"));
    EXPECT_THAT(describe("rules"), HasSubstr("pairwise_bernoulli"));
}

TEST(Reference, GivesExamplesThatWork) {
    EXPECT_NO_THROW(read_model_text(kModelSection.example, "model"));
    for (const NeuronModel& model : neuron_models()) {
        const std::string text =
            "{\"duration\": \"1 s\", " + std::string(model.description.example) + "}";
        EXPECT_NO_THROW(read_model_text(text, std::string(model.description.name)));
    }
    for (const PositionShape& shape : position_shapes()) {
        const std::string text =
            R"({"duration": "1 s", "populations": {"p": {"model": "parrot", "size": 10, "positions": )" +
            std::string(shape.description.example) + "}}}";
        EXPECT_NO_THROW(read_model_text(text, std::string(shape.description.name)));
    }
    for (const DriveInfo& drive : drives()) {
        const std::string text =
            R"({"duration": "1 s", "populations": {"exc": {"model": "lif_psc_exp", "size": 100},
               "hh": {"model": "lif_cond_exp", "size": 1}}, )" +
            std::string(drive.description.example) + "}";
        EXPECT_NO_THROW(read_model_text(text, std::string(drive.description.name)));
    }
    // Fragments of other parts need populations of their own names: that they are JSON will do.
    for (const Description* const entry : all_descriptions()) {
        if (entry->example.empty()) continue;
        const std::string text(entry->example);
        const bool whole = text.starts_with("{");
        EXPECT_NO_THROW(parse_json(whole ? text : "{" + text + "}", std::string(entry->name)));
    }
    for (const FileSection& section : sections()) {
        if (section.example.empty() || section.name == "model") continue;
        EXPECT_NO_THROW(
            parse_json("{" + std::string(section.example) + "}", std::string(section.name)));
    }
}

/// A model with a cell that has what is given, and all that it may need.
std::string model_of_cell(std::string_view keys) {
    std::string text = R"("cells": {"c": {)";
    if (keys.find("\"morphology\"") == std::string_view::npos) {
        text += R"("morphology": {"generator": "ball_and_stick"}, )";
    }
    if (keys.find("\"ions\"") == std::string_view::npos) {
        text += R"("ions": {"ca": {"inside": "45 nM", "outside": "2 mM"},
                            "k": {"inside": "54 mM", "outside": "2.5 mM"}}, )";
    }
    if (keys.find("\"labels\"") == std::string_view::npos &&
        keys.find("\"morphology\"") == std::string_view::npos) {
        text += R"("labels": {"dendrite": {"on": "dend"}, "hot_spot": {"on": "dend"}}, )";
    }
    return R"({"duration": "1 s", )" + text + std::string(keys) +
           R"(}}, "populations": {"p": {"cell": "c", "size": 1}}})";
}

TEST(Reference, GivesExamplesOfPartsOfCellsThatWork) {
    const auto expect_works = [](const Description& entry) {
        if (entry.example.empty()) return;
        EXPECT_NO_THROW(read_model_text(model_of_cell(entry.example), std::string(entry.name)));
    };
    for (const ChannelKind& kind : channel_kinds()) expect_works(kind.description);
    for (const PoolKind& kind : pool_kinds()) expect_works(kind.description);
    for (const GeneratorInfo& generator : generators()) expect_works(generator.description);
    for (const Description& rule : discretisation_rules()) {
        if (rule.name != "listed") expect_works(rule);  // one number a section: of another cell
    }
    for (const FileSection* const section : {&kMorphologySection, &kChannelSection, &kIonSection}) {
        EXPECT_NO_THROW(
            read_model_text(model_of_cell(section->example), std::string(section->name)));
    }
    EXPECT_NO_THROW(read_model_text(R"({"duration": "1 s", )" + std::string(kCellSection.example) +
                                        R"(, "populations": {"p": {"cell": "axon", "size": 1}}})",
                                    "cell"));
}

TEST(Reference, TellsTheNearestName) {
    try {
        describe("phase_oscilator");
        FAIL() << "an unknown name was described";
    } catch (const ConfigError& error) {
        EXPECT_THAT(error.what(), HasSubstr("did you mean \"phase_oscillator\"?"));
    }
}

TEST(Reference, FitsATerminal) {
    std::istringstream lines(list_reference() + describe("rules") + describe("models"));
    std::string line;
    while (std::getline(lines, line)) EXPECT_LE(line.size(), 110U) << line;
}

}  // namespace
}  // namespace volley
