// Receptors in a model file: what is read, what it reaches, and how mistakes are told.

#include "core/error.hpp"
#include "io/model_file/model_file.hpp"
#include "network/model.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace volley {
namespace {

using testing::HasSubstr;

/// A file with one population "p" of `model`, more keys in it, and more sections.
std::string file_of(const std::string& model, const std::string& keys,
                    const std::string& sections = "") {
    return R"({"duration": "10 ms", "populations": {"p": {"model": ")" + model + R"(", "size": 3)" +
           keys + "}}" + sections + "}";
}

std::string error_of(const std::string& text) {
    try {
        read_model_text(text, "m.json");
    } catch (const ConfigError& error) {
        return error.what();
    }
    return "no error";
}

TEST(Receptors, MakeParametersStatesAndPlacesForEvents) {
    const Model model =
        read_model_text(file_of("adex", R"(, "receptors": {"ampa": "exp_conductance",
            "nmda": "nmda"}, "parameters": {"tau_syn_ampa": "3 ms", "Mg_nmda": "2 mM"})"),
                        "m.json")
            .model;
    const NeuronModel& neuron = neuron_model(model.populations[0]);
    ASSERT_EQ(neuron.receptors.size(), 2U);
    EXPECT_EQ(neuron.receptors[0].name, "ampa");
    EXPECT_EQ(neuron.receptors[0].unit, "nS");
    EXPECT_GE(neuron.parameter_index("tau_decay_nmda"), 0);
    EXPECT_GE(neuron.state_index("g_ampa"), 0);
    EXPECT_EQ(neuron.parameter_index("tau_syn_exc"), -1) << "the usual ones are gone";
    EXPECT_EQ(&neuron, &neuron_model(model.populations[0])) << "made once";
    EXPECT_EQ(deserialise_model(serialise(model)).populations[0].receptors,
              model.populations[0].receptors);
}

TEST(Receptors, HaveTheUnitOfTheirModelsCurrent) {
    for (const auto& [model, unit] : std::vector<std::pair<std::string, std::string>>{
             {"lif_cond_exp", "nS"}, {"hh_squid", "mS/cm2"}}) {
        EXPECT_EQ(find_neuron_model(model)->receptors[0].unit, unit);
    }
    EXPECT_EQ(find_neuron_model("glif")->receptors[0].unit, "pA");
    EXPECT_EQ(find_neuron_model("theta")->receptors[0].unit, "1");
}

TEST(Receptors, TellMistakes) {
    EXPECT_THAT(error_of(file_of("lif_psc_exp", R"(, "receptors": {"a": "nmda"})")),
                HasSubstr("those of this model are fixed"));
    EXPECT_THAT(error_of(file_of("adex", R"(, "receptors": {"a": "exp"})")),
                HasSubstr("a kind of receptor: exp_current"));
    EXPECT_THAT(error_of(file_of("glif", R"(, "receptors": {"a": "nmda"})")),
                HasSubstr("a current, since the equations of glif take no conductances"));
    EXPECT_THAT(error_of(file_of("theta", R"(, "receptors": {"a": "exp_conductance"})")),
                HasSubstr("a current, since the equations of theta take no conductances"));
    EXPECT_THAT(error_of(file_of("adex", R"(, "receptors": {})")), HasSubstr("one receptor"));
    EXPECT_THAT(error_of(file_of("adex", R"(, "receptors": "nmda")")), HasSubstr("receptors"));
    EXPECT_THAT(error_of(file_of("adex", R"(, "receptors": {"a": 3})")),
                HasSubstr("a kind of receptor"));
    EXPECT_THAT(error_of(file_of("adex", R"(, "receptors": {"a b": "nmda"})")), HasSubstr("a b"));
    EXPECT_THAT(error_of(file_of("adex", R"(, "receptors": {"a": "nmda", "b": "nmda", "c": "nmda",
                                  "d": "nmda", "e": "nmda"})")),
                HasSubstr("at most 4"));
    EXPECT_THAT(error_of(file_of("adex", R"(, "receptors": {"a": "nmda"},
                                  "parameters": {"tau_rise_a": "100 ms"})")),
                HasSubstr("tau_rise_a < tau_decay_a"));
    EXPECT_THAT(error_of(file_of("adex", R"(, "receptors": {"a": "exp_conductance"},
                                  "parameters": {"tau_syn_exc": "1 ms"})")),
                HasSubstr("tau_syn_exc"));
    EXPECT_THAT(error_of(file_of("hh_squid", R"(, "parameters": {"internal_step":
                                  {"distribution": "uniform", "low": "0.01 ms", "high": "0.1 ms"}})")),
                HasSubstr("internal_step"));
}

// A negative conductance would be a mistake that nothing else tells.
TEST(Receptors, RefuseWeightsOfTheWrongSign) {
    const auto connected = [](const std::string& weight, const std::string& receptor) {
        return file_of("adex", "",
                       R"(, "projections": [{"source": "p", "target": "p",
            "rule": "all_to_all", "delay": "1 ms", "weight": )" +
                           weight +
                           (receptor.empty() ? "" : R"(, "receptor": ")" + receptor + "\"") + "}]");
    };
    EXPECT_EQ(error_of(connected(R"("2 nS")", "")), "no error");
    EXPECT_EQ(error_of(connected(R"("-2 nS")", "")), "no error") << "goes to inh";
    EXPECT_THAT(error_of(connected(R"("-2 nS")", "exc")), HasSubstr("below 0"));
    EXPECT_THAT(error_of(connected(R"("2 nS")", "inh")), HasSubstr("above 0"));
    EXPECT_THAT(
        error_of(connected(R"({"distribution": "normal", "mean": "2 nS", "sd": "1 nS"})", "exc")),
        HasSubstr("below 0"));
    EXPECT_THAT(
        error_of(file_of("adex", "", R"(, "stimuli": {"s": {"target": "p", "drive": "poisson",
                    "rate": "1 kHz", "weight": "-1 nS", "receptor": "exc"}})")),
        HasSubstr("below 0"));
    EXPECT_THAT(error_of(connected(R"("2 pA")", "exc")), HasSubstr("nS"));
}

}  // namespace
}  // namespace volley
