#include "core/error.hpp"
#include "io/model_file/model_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// What is told of mistakes in "cells" and where cells are named: the place, what stands there, and
// what may stand there.
namespace volley {
namespace {

using testing::HasSubstr;

std::string message_of(const std::string& text) {
    try {
        read_model_text(text, "m.json");
    } catch (const ConfigError& error) {
        return error.what();
    }
    return "no error";
}

const std::string kShape =
    R"("morphology": {"generator": "ball_and_stick", "length": "500 um", "diameter": "2 um"})";

/// A cell in full, and what stands beside "cells".
std::string with_cell(const std::string& cell, const std::string& more = "") {
    return R"({"duration": "10 ms", "cells": {"c": {)" + cell +
           R"(}}, "populations": {"pc": {"cell": "c", "size": 4},
                                  "src": {"model": "parrot", "size": 2}})" +
           (more.empty() ? "" : ", " + more) + "}";
}
std::string in_cell(const std::string& keys) { return with_cell(kShape + ", " + keys); }
std::string in_morphology(const std::string& keys) {
    return with_cell("\"morphology\": {" + keys + "}");
}
std::string cut(const std::string& keys) { return in_cell("\"discretisation\": {" + keys + "}"); }
std::string label(const std::string& keys) {
    return in_cell("\"labels\": {\"l\": {" + keys + "}}");
}
std::string channel(const std::string& keys) {
    return in_cell("\"channels\": {\"na\": {" + keys + "}}");
}
std::string hh(const std::string& keys) { return channel("\"channel\": \"hh_na\", " + keys); }
std::string ion(const std::string& keys) { return in_cell("\"ions\": {\"x\": {" + keys + "}}"); }
std::string pool(const std::string& keys) {
    return in_cell(R"("ions": {"ca": {"inside": "50 nM", "outside": "2 mM"}}, "pools": {"p": {)" +
                   keys + "}}");
}

const std::string kReceptors =
    R"("receptors": {"exc": {"receptor": "exp_conductance", "on": "dend"},
                     "gaba": {"receptor": "exp_conductance", "on": "soma"}})";
std::string beside(const std::string& keys) { return with_cell(kShape + ", " + kReceptors, keys); }
std::string contacts(const std::string& value) {
    return beside(R"("projections": [{"source": "src", "target": "pc", "rule": "all_to_all",
        "receptor": "exc", "weight": "1 nS", "delay": "1 ms", "contacts": )" +
                  value + "}]");
}
std::string stimulus(const std::string& keys) {
    return beside("\"stimuli\": {\"s\": {" + keys + "}}");
}
std::string record(const std::string& keys) { return beside("\"record\": {" + keys + "}"); }
std::string population(const std::string& keys) {
    return R"({"duration": "1 ms", "cells": {"c": {)" + kShape +
           R"(, "channels": {"na": {"channel": "hh_na"}}}}, "populations": {"pc": {"size": 1, )" +
           keys + "}}}";
}

struct Wrong {
    std::string text;
    std::vector<std::string> parts;  ///< of the message
};

class WrongCell : public testing::TestWithParam<Wrong> {};

TEST_P(WrongCell, IsToldWithPlaceAndCure) {
    const std::string message = message_of(GetParam().text);
    for (const std::string& part : GetParam().parts) EXPECT_THAT(message, HasSubstr(part));
    EXPECT_LT(message.size(), 1200U) << message;
    EXPECT_EQ(message.find('\n'), std::string::npos) << "one line, for one message of all ranks";
}

TEST(CellErrors, RightCellsAreRead) {
    EXPECT_EQ(message_of(with_cell(kShape)), "no error");
    EXPECT_EQ(message_of(hh(R"("on": "soma")")), "no error");
    EXPECT_EQ(message_of(pool(R"("pool": "ca_decay", "ion": "ca")")), "no error");
    EXPECT_EQ(message_of(contacts("{}")), "no error");
    EXPECT_EQ(message_of(population(R"("cell": "c")")), "no error");
    EXPECT_EQ(message_of(record(R"("peaks": ["pc[0]"])")), "no error");
}

INSTANTIATE_TEST_SUITE_P(
    Cells, WrongCell,
    testing::Values(
        Wrong{with_cell(""), {"m.json#/cells/c/morphology: found nothing"}},
        Wrong{in_cell(R"("R_b": "1 Ohm cm")"),
              {"m.json#/cells/c: unknown key \"R_b\"; did you mean \"R_a\"?"}},
        Wrong{in_cell(R"("C_m": "1 uF")"),
              {"cells/c/C_m: found \"1 uF\" (a capacitance), expected a quantity in uF/cm2"}},
        Wrong{in_cell(R"("C_m": 1)"), {"cells/c/C_m: found 1 without a unit"}},
        Wrong{in_cell(R"("C_m": "-1 uF/cm2")"), {"cells/c/C_m", "> 0 uF/cm2"}},
        Wrong{in_cell(R"("R_a": "0 Ohm cm")"), {"cells/c/R_a", "> 0 Ohm*cm"}},
        Wrong{in_cell(R"("R_a": "nan")"), {"cells/c/R_a: in \"nan\", column 1: unknown name"}},
        Wrong{in_cell(R"("temperature": "307 K")"), {"cells/c/temperature", "a temperature in K"}},
        Wrong{in_cell(R"("temperature": "1e300 degC")"), {"cells/c/temperature"}},
        Wrong{in_cell(R"("V_init": "1 V")"), {"cells/c/V_init"}},
        Wrong{in_cell(R"("threshold": "1e9 mV")"), {"cells/c/threshold"}},
        Wrong{in_cell(R"("scheme": "euler")"), {"cells/c/scheme: unknown choice \"euler\""}},
        Wrong{in_cell(R"("soma": "dend")"), {"cells/c/soma: found \"dend\"", "one of them"}},
        Wrong{in_cell(R"("soma": 5)"), {"cells/c/soma: found 5, expected one place"}},
        Wrong{in_cell(R"json("soma": "dend(1.5)")json"), {"m.json#/cells/c/soma"}},
        Wrong{in_cell(R"json("soma": "dent(0.5)")json"), {"m.json#/cells/c/soma", "dend"}},
        Wrong{R"({"duration": "1 s", "cells": [], "populations": {"a": {"cell": "c", "size": 1}}})",
              {"m.json#/cells: found an empty list, expected an object"}},
        Wrong{population(R"("cell": "d")"), {"m.json#/populations/pc/cell: unknown cell \"d\""}},
        Wrong{population(R"("cell": "c", "model": "parrot")"),
              {"populations/pc/model: found \"model\" beside \"cell\", expected one of them"}},
        Wrong{population(R"("cell": "c", "initial": {"m_na": 0.5})"),
              {"m.json#/populations/pc/initial/m_na: found", "V_m alone"}},
        Wrong{population(R"("cell": "c", "precision": "single")"),
              {"populations/pc/precision", "double precision"}},
        Wrong{population(R"("cell": "c", "parameters": {"g_max_nb": "1 S/cm2"})"),
              {"unknown parameter of c \"g_max_nb\"; did you mean \"g_max_na\"?"}},
        Wrong{population(R"("cell": "c", "parameters": {"g_max": "1 S/cm2"})"),
              {"unknown parameter of c \"g_max\"; did you mean \"g_max_na\"?"}},
        Wrong{population(R"("cell": "c", "parameters": {"g_max_na": "-1 S/cm2"})"),
              {"parameters/g_max_na", ">= 0 S/cm2"}}));

INSTANTIATE_TEST_SUITE_P(
    Shapes, WrongCell,
    testing::Values(
        Wrong{in_morphology(""), {"morphology: found neither \"file\" nor \"generator\""}},
        Wrong{in_morphology(R"("file": "a.swc", "generator": "cylinder")"),
              {"morphology: found both \"file\" and \"generator\""}},
        Wrong{in_morphology(R"("file": "no_such_file.swc")"),
              {"cells/c/morphology/file: found the file", "a file that exists"}},
        Wrong{in_morphology(R"("file": "")"), {"cells/c/morphology/file"}},
        Wrong{in_morphology(R"("generator": "cylindre")"),
              {"morphology/generator: unknown generator \"cylindre\"; did you mean \"cylinder\"?"}},
        Wrong{in_morphology(R"("generator": "cylinder", "length": "1 mm")"),
              {"morphology/diameter: found nothing"}},
        Wrong{in_morphology(R"("generator": "cylinder", "length": "0 mm", "diameter": "1 um")"),
              {"morphology/length", "> 0 um"}},
        Wrong{in_morphology(
                  R"("generator": "cylinder", "length": "1 mm", "diameter": "1 um", "seed": -1)"),
              {"morphology/seed: found -1"}},
        Wrong{cut(""), {"discretisation/rule: found nothing"}},
        Wrong{cut(R"("rule": "maxlength")"),
              {"unknown rule of discretisation \"maxlength\"; did you mean \"max_length\"?"}},
        Wrong{cut(R"("rule": "per_section")"), {"discretisation/count: found nothing"}},
        Wrong{cut(R"("rule": "per_section", "count": 0)"), {"discretisation/count: found 0"}},
        Wrong{cut(R"("rule": "per_section", "count": 2.5)"), {"discretisation/count: found 2.5"}},
        Wrong{cut(R"("rule": "max_length", "length": "-1 um")"), {"discretisation/length"}},
        Wrong{cut(R"("rule": "max_length", "length": "1e-12 um")"), {"m.json#/cells/c"}},
        Wrong{cut(R"("rule": "listed", "counts": [1])"),
              {"discretisation/counts: found 1 numbers, expected one for each of the 2 sections"}},
        Wrong{cut(R"("rule": "listed", "counts": [1, 1.5])"), {"counts", "whole numbers"}},
        Wrong{cut(R"("rule": "max_length", "count": 5)"),
              {"cells/c/discretisation: unknown key \"count\""}},
        Wrong{label(""), {"labels/l: found {}, expected at least one key"}},
        Wrong{label(R"("on": "soma", "distance": ["100 um", "200 um"])"),
              {"labels/l: found a label that no compartment fits"}},
        Wrong{label(R"("distance": ["200 um", "100 um"])"), {"labels/l/distance"}},
        Wrong{label(R"("distance": "100 um")"), {"labels/l/distance", "two lengths"}},
        Wrong{label(R"("branch_order": [2, 1])"), {"labels/l/branch_order"}},
        Wrong{label(R"("branch_order": -1)"), {"labels/l/branch_order: found -1"}},
        Wrong{label(R"("on": "dent")"),
              {"labels/l/on: unknown part of the cell \"dent\"; did you mean \"dend\"?"}},
        Wrong{label(R"("subtree": "dent")"), {"dent", "dend"}},
        Wrong{label(R"("where": "dend")"), {"labels/l: unknown key \"where\""}},
        Wrong{in_cell(R"("labels": {"dend": {"on": "soma"}})"),
              {"labels/dend: found a label named \"dend\", expected another name"}}));

INSTANTIATE_TEST_SUITE_P(
    Placements, WrongCell,
    testing::Values(
        Wrong{channel(""), {"channels/na/channel: found nothing, expected a kind of channel"}},
        Wrong{channel(R"("channel": "hh_ma")"),
              {"channels/na/channel: unknown kind of channel \"hh_ma\"; did you mean \"hh_na\"?"}},
        Wrong{hh(R"("g_max_na": "1 S/cm2")"),
              {"channels/na: found \"g_max_na\", expected \"g_max\""}},
        Wrong{hh(R"("g_max": "1 S")"), {"channels/na/g_max", "(a conductance)", "S/cm2"}},
        Wrong{hh(R"("g_max": "-1 S/cm2")"), {"channels/na/g_max", ">= 0 S/cm2"}},
        Wrong{hh(R"("g_max": ["1 S/cm2"])"),
              {"channels/na/g_max: found a list of 1, expected one value for all cells",
               "as \"g_max_na\""}},
        Wrong{hh(R"("g_max": {"distribution": "uniform"})"), {"as \"g_max_na\""}},
        Wrong{hh(R"("on": "somaa")"), {"channels/na/on", "somaa", "soma"}},
        Wrong{hh(R"("on": [])"), {"channels/na/on: found an empty list"}},
        Wrong{hh(R"("on": 5)"), {"channels/na/on: found 5"}},
        Wrong{hh(R"("scale": "distance")"), {"channels/na/scale", "unknown name \"distance\""}},
        Wrong{hh(R"("scale": "1 - distance_um / 100")"),
              {"channels/na/scale: found \"1 - distance_um / 100\", which is -", "at dend("}},
        Wrong{hh(R"("scale": "2 ms")"), {"channels/na/scale", "(a time)"}},
        Wrong{hh(R"("scale": -1)"), {"channels/na/scale: found -1"}},
        Wrong{hh(R"("on": "soma", "scale": {"dend": 2})"),
              {"scale/dend: found \"dend\", where nothing of this sits"}},
        Wrong{hh(R"("scale": {"all": 2, "dend": 3})"),
              {"scale/dend", "places that do not overlap"}},
        Wrong{hh(R"("stochastic": 1)"), {"channels/na/stochastic", "true or false"}},
        Wrong{in_cell(R"("C_m_scale": 0)"), {"cells/c/C_m_scale", "> 0"}},
        Wrong{channel(R"("channel": "ca_p")"),
              {"cells/c/channels/na: found the channel ca_p, whose current depends on "
               "concentrations, expected \"ions\" of the cell with \"ca\""}},
        Wrong{channel(R"("channel": "sk2")"), {"which calcium gates"}},
        Wrong{in_cell(R"("channels": {"a": {"channel": "hh_na"}},
                         "receptors": {"a": {"receptor": "exp_current"}})"),
              {"cells/c/receptors/a: found the name \"a\", which stands at /cells/c/channels/a"}},
        Wrong{in_cell(R"("channels": {"a b": {"channel": "hh_na"}})"), {"the name \"a b\""}},
        Wrong{ion(R"("inside": "1 mM", "outside": "1 mM")"), {"ions/x/valence: found nothing"}},
        Wrong{ion(R"("valence": 0, "inside": "1 mM", "outside": "1 mM")"), {"ions/x/valence"}},
        Wrong{ion(R"("valence": 2, "inside": "1 mM")"), {"ions/x/outside: found nothing"}},
        Wrong{ion(R"("valence": 2, "inside": "0 mM", "outside": "1 mM")"),
              {"ions/x/inside", "> 0 mM"}},
        Wrong{pool(R"("ion": "ca")"), {"pools/p/pool: found nothing, expected a kind of pool"}},
        Wrong{pool(R"("pool": "ca_decay")"), {"pools/p/ion: unknown ion \"p\""}},
        Wrong{pool(R"("pool": "ca_decay", "ion": "ca", "tau": "0 ms")"), {"pools/p/tau"}},
        Wrong{pool(R"("pool": "ca_shells", "ion": "ca", "shells": 1)"), {"pools/p/shells"}},
        Wrong{in_cell(R"("receptors": {"a": {"receptor": "exp"}})"),
              {"receptors/a/receptor: unknown kind of receptor \"exp\""}},
        Wrong{in_cell(R"("receptors": {"a": {"receptor": "exp_current", "tau_syn": "-1 ms"}})"),
              {"receptors/a/tau_syn"}}));

INSTANTIATE_TEST_SUITE_P(
    Connections, WrongCell,
    testing::Values(
        Wrong{contacts("5"), {"projections/0/contacts: found 5, expected an object"}},
        Wrong{contacts(R"({"number": 5})"), {"contacts: unknown key \"number\""}},
        Wrong{contacts(R"({"count": 0})"), {"contacts/count: found 0"}},
        Wrong{contacts(R"({"count": 1e9})"), {"contacts/count"}},
        Wrong{contacts(R"({"place": "uniform"})"),
              {"contacts/place: unknown way to place contacts \"uniform\""}},
        Wrong{contacts(R"({"on": "soma"})"),
              {"contacts/on: found places without the receptor exc"}},
        Wrong{contacts(R"({"place": "distance_kernel", "centre": "1 um"})"),
              {"contacts/width: found nothing"}},
        Wrong{contacts(R"({"place": "distance_kernel", "centre": "1 m", "width": "1 um"})"),
              {"contacts/centre: found a kernel that is 0"}},
        Wrong{contacts(R"({"place": "listed"})"), {"contacts/at: found nothing"}},
        Wrong{contacts(R"json({"place": "listed", "at": ["soma(0.5)"]})json"),
              {"contacts/at/0", "without the receptor exc"}},
        Wrong{beside(R"("projections": [{"source": "pc", "target": "src", "rule": "all_to_all",
                  "weight": 1, "delay": "1 ms", "contacts": {}}])"),
              {"projections/0/contacts: found \"contacts\" for population src of points"}},
        Wrong{stimulus(R"("target": "pc", "drive": "dc", "amplitude": "1 mV")"),
              {"stimuli/s/amplitude", "nA"}},
        Wrong{stimulus(R"("target": "pc", "drive": "dc", "amplitude": "1 nA", "at": "dend")"),
              {"stimuli/s/at: found \"dend\""}},
        Wrong{stimulus(R"("target": "pc", "drive": "dc", "amplitude": "1 nA", "contacts": {})"),
              {"stimuli/s/contacts: found \"contacts\" with the drive dc"}},
        Wrong{stimulus(R"("target": "pc", "drive": "poisson", "rate": "1 Hz", "weight": "1 nS",
                          "receptor": "exc", "at": "soma")"),
              {"stimuli/s/at: found \"at\" with the drive poisson"}},
        Wrong{record(R"("traces": [{"target": "src", "variables": ["x"], "at": "soma"}])"),
              {"m.json#/record/traces/0"}},
        Wrong{record(R"("traces": [{"target": "pc", "variables": ["V_m"], "at": "x"}])"),
              {"traces/0/at: unknown part of the cell \"x\""}},
        Wrong{
            stimulus(
                R"json("target": "pc", "drive": "dc", "amplitude": "1 nA", "at": "dend(1.5)")json"),
            {"stimuli/s/at: found \"dend(1.5)\""}},
        Wrong{record(R"("traces": [{"target": "pc", "variables": ["g_exc"]}])"),
              {"traces/0/variables/0: found \"g_exc\", which is not at the soma"}},
        Wrong{record(R"("peaks": "pc")"), {"record/peaks: found \"pc\", expected a list of cells"}},
        Wrong{record(R"("peaks": ["src"])"), {"record/peaks/0: found population src of points"}},
        Wrong{record(R"("peaks": ["pc[0]", "pc"])"), {"record/peaks/1: found cell 0 twice"}}));

}  // namespace
}  // namespace volley
