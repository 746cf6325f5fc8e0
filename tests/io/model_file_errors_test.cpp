#include "core/error.hpp"
#include "io/model_file/model_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace volley {
namespace {

using testing::HasSubstr;

std::string message_of(const std::string& text, const std::vector<std::string>& sets = {}) {
    try {
        read_model_text(text, "m.json", sets);
    } catch (const ConfigError& error) {
        return error.what();
    }
    return "no error";
}

/// The model that the wrong inputs below change: {POPULATION} and {MORE} are replaced.
std::string model(const std::string& population, const std::string& more) {
    return R"({"duration": "1 s", "populations": {
      "pc": {"model": "lif_psc_exp", "size": 100)" +
           population + R"(},
      "src": {"model": "spike_source", "size": 2, "parameters": {"times": []}},
      "osc": {"model": "phase_oscillator", "size": 10, "positions": {"shape": "ring", "length": "1 mm"}}})" +
           more + "}";
}
std::string in_population(const std::string& keys) { return model(", " + keys, ""); }
std::string in_parameters(const std::string& keys) {
    return in_population("\"parameters\": {" + keys + "}");
}
std::string beside(const std::string& keys) { return model("", ", " + keys); }
std::string in_projection(const std::string& keys) {
    return beside("\"projections\": [{" + keys + "}]");
}
/// A projection that is right but for what is added.
std::string connected(const std::string& keys) {
    return in_projection(R"("source": "pc", "target": "pc", )" + keys);
}
std::string in_stimulus(const std::string& keys) {
    return beside("\"stimuli\": {\"s\": {" + keys + "}}");
}
std::string in_schedule(const std::string& keys) {
    return beside("\"schedule\": [{" + keys + "}]");
}

struct Wrong {
    std::string text;
    std::vector<std::string> parts;  ///< of the message: place, what was found, the cure
    std::vector<std::string> sets = {};
};

class WrongModel : public testing::TestWithParam<Wrong> {};

TEST_P(WrongModel, IsToldWithPlaceAndCure) {
    const std::string message = message_of(GetParam().text, GetParam().sets);
    for (const std::string& part : GetParam().parts) EXPECT_THAT(message, HasSubstr(part));
    EXPECT_LT(message.size(), 1200U) << message;
    EXPECT_EQ(message.find('\n'), std::string::npos) << "one line, for one message of all ranks";
}

const std::string kAll = R"("rule": "all_to_all", "weight": "1 pA", "delay": "1 ms")";

INSTANTIATE_TEST_SUITE_P(
    Json, WrongModel,
    testing::Values(Wrong{"", {"m.json:1:1: not valid JSON"}},
                    Wrong{"{\n  \"a\": 1,\n}", {"m.json:3:1: not valid JSON", "comma too many"}},
                    Wrong{"{\"a\" 1}", {"m.json:1:6: not valid JSON", "expected ':'"}},
                    Wrong{"{\"dt\": 1e400}", {"m.json:1:", "1e400"}},
                    Wrong{"{\"dt\": NaN}", {"m.json:1:8: not valid JSON"}},
                    Wrong{"{\"a\": 1} {\"b\": 2}",
                          {"m.json:1:10: not valid JSON", "expected end of input"}},
                    Wrong{"{\"a\": 1 /* no end", {"m.json:1:", "not valid JSON"}},
                    Wrong{"{\"\xff\": 1}", {"m.json:1:3", "UTF-8"}},
                    Wrong{"[1, 2]", {"m.json: found a list of 2, expected an object"}},
                    Wrong{R"({"populations": {"a": {"size": 1, "size": 2}}})",
                          {"m.json#/populations/a/size", "the key \"size\" stands twice"}}));

INSTANTIATE_TEST_SUITE_P(
    Run, WrongModel,
    testing::Values(
        Wrong{
            "{}",
            {"m.json#/duration: found nothing, expected", "a quantity in ms, such as \"1.5 ms\""}},
        Wrong{R"({"duration": "1 s"})", {"m.json#/populations: found nothing, expected an object"}},
        Wrong{R"({"duration": "1 s", "populations": {}})",
              {"m.json#/populations: found an empty object"}},
        Wrong{beside(R"("sede": 3)"), {"m.json: unknown key \"sede\"; did you mean \"seed\"?"}},
        Wrong{beside(R"("dt": 0.1)"),
              {"m.json#/dt: found 0.1 without a unit, expected a quantity in ms, such as \"0.1 "
               "ms\""}},
        Wrong{beside(R"("dt": "0 ms")"), {"m.json#/dt: found \"0 ms\" (0 ms), expected", "> 0 ms"}},
        Wrong{beside(R"("dt": "-0.1 ms")"), {"m.json#/dt", "> 0 ms"}},
        Wrong{beside(R"("dt": "0.1 mV")"),
              {"m.json#/dt: found \"0.1 mV\" (a voltage), expected a quantity in ms"}},
        Wrong{beside(R"("dt": "nan")"), {"m.json#/dt: in \"nan\", column 1: unknown name"}},
        Wrong{beside(R"("dt": "1e400 ms")"), {"m.json#/dt", "a number that a double can hold"}},
        Wrong{beside(R"("dt": ["1 ms"])"),
              {"m.json#/dt: found a list of 1, expected a quantity in ms"}},
        Wrong{beside(R"("dt": "0.3 ms")"),
              {"m.json#/duration: found 1000 ms, expected a whole number of steps of 0.3 ms"}},
        Wrong{beside(R"("dt": "3 s")"),
              {"m.json#/duration: found 1000 ms, expected at least one step of 3000 ms"}},
        Wrong{beside(R"("dt": "1e-300 ms")"), {"m.json#/duration", "less than 2^47 steps"}},
        Wrong{beside(R"("warm_up": "0.25 ms")"),
              {"m.json#/warm_up: found 0.25 ms, expected a whole number of steps of 0.1 ms"}},
        Wrong{beside(R"("warm_up": "-1 ms")"), {"m.json#/warm_up", ">= 0 ms"}},
        Wrong{beside(R"("seed": -1)"), {"m.json#/seed: found -1, expected a whole number >= 0"}},
        Wrong{beside(R"("seed": 1.5)"), {"m.json#/seed: found 1.5, expected a whole number"}},
        Wrong{beside(R"("seed": 18446744073709551616)"), {"m.json#/seed"}},
        Wrong{beside(R"("title": 5)"), {"m.json#/title: found 5, expected a text"}},
        Wrong{beside(R"("define": {"a": "b", "b": "a"})"),
              {"m.json#/define/a: \"a\" is defined by itself: a -> b -> a"}},
        Wrong{beside(R"("define": {"min": 1})"), {"m.json#/define/min: found the name \"min\""}},
        Wrong{beside(R"("define": {"a": "1 +"})"), {"m.json#/define/a: in \"1 +\", column 4"}},
        Wrong{beside(R"("define": {"a": []})"),
              {"m.json#/define/a: found an empty list, expected a number or an expression"}}));

INSTANTIATE_TEST_SUITE_P(
    Populations, WrongModel,
    testing::Values(
        Wrong{
            R"({"duration": "1 s", "populations": {"a": {"model": "lif", "size": 1}}})",
            {"m.json#/populations/a/model: unknown neuron model \"lif\"; did you mean \"lif_psc_"}},
        Wrong{R"({"duration": "1 s", "populations": {"a": {"size": 1}}})",
              {"m.json#/populations/a/model: found nothing, expected the name of a neuron model"}},
        Wrong{R"({"duration": "1 s", "populations": {"a/b": {"model": "parrot", "size": 1}}})",
              {"m.json#/populations/a~1b: found the name \"a/b\""}},
        Wrong{R"({"duration": "1 s", "populations": {"a": 5}})",
              {"m.json#/populations/a: found 5, expected an object"}},
        Wrong{in_population(R"("sise": 3)"),
              {"m.json#/populations/pc: unknown key \"sise\"; did you mean \"size\"?"}},
        Wrong{model("", ""),
              {"m.json#/populations/pc/size: found 0, expected a whole number"},
              {"populations.pc.size=0"}},
        Wrong{model("", ""), {"m.json#/populations/pc/size: found -5"}, {"populations.pc.size=-5"}},
        Wrong{model("", ""),
              {"m.json#/populations/pc/size: found 2.7, expected a whole number"},
              {"populations.pc.size=2.7"}},
        Wrong{model("", ""),
              {"m.json#/populations/pc/size: found \"7 / 2\" (3.5)", "round()"},
              {"populations.pc.size=7 / 2"}},
        Wrong{model("", ""),
              {"m.json#/populations/pc/size: found \"5 ms\" (a time)"},
              {"populations.pc.size=5 ms"}},
        Wrong{model("", ""), {"m.json#/populations/pc/size"}, {"populations.pc.size=1e15"}},
        Wrong{model("", ""),
              {"m.json#/populations/pc/size: found null"},
              {"populations.pc.size=null"}},
        Wrong{in_parameters(R"("C_n": "1 pF")"),
              {"m.json#/populations/pc/parameters: unknown parameter of lif_psc_exp \"C_n\"; did "
               "you mean \"C_m\"?"}},
        Wrong{in_parameters(R"("C_m": 250)"),
              {"found 250 without a unit, expected a quantity in pF, such as \"250 pF\""}},
        Wrong{in_parameters(R"("C_m": "250")"),
              {"found \"250\" (a plain number), expected a quantity in pF"}},
        Wrong{in_parameters(R"("C_m": "0 pF")"),
              {"m.json#/populations/pc/parameters/C_m", "> 0 pF"}},
        Wrong{in_parameters(R"("C_m": "250 pf")"), {"unknown unit \"pf\"; did you mean \"pF\"?"}},
        Wrong{in_parameters(R"("C_m": ["1 pF", "2 pF"])"),
              {"parameters/C_m: found a list of 2, expected one value for each of the 100 neurons "
               "of population pc"}},
        Wrong{in_parameters(R"("C_m": {"distribution": "normal", "mean": "20 pF", "sd": "10 pF"})"),
              {"parameters/C_m: found a distribution with values from -", "> 0 pF",
               "cut it off with \"min\""}},
        Wrong{in_parameters(R"("C_m": {"distribution": "gauss", "mean": "20 pF"})"),
              {"parameters/C_m/distribution: unknown distribution \"gauss\"", "Known: "}},
        Wrong{in_parameters(R"("C_m": {"distribution": "normal", "mean": "250 pF"})"),
              {"parameters/C_m/sd: found nothing"}},
        Wrong{in_parameters(R"("C_m": {"distribution": "normal", "mean": "250 pF", "sd": 5})"),
              {"parameters/C_m/sd: found 5 without a unit, expected a quantity in pF"}},
        Wrong{in_parameters(R"("C_m": {"mean": "250 pF"})"),
              {"parameters/C_m/distribution: found nothing"}},
        Wrong{in_parameters(R"("V_th": "-75 mV")"),
              {"V_reset = -70 mV and V_th = -75 mV, expected V_reset < V_th"}},
        Wrong{
            in_parameters(R"("V_th": {"distribution": "normal", "mean": "-60 mV", "sd": "5 mV"})"),
            {"at the bounds of what can be drawn", "\"min\" and \"max\""}},
        Wrong{in_population(R"("initial": {"U": "1 mV"})"),
              {"unknown state variable of lif_psc_exp \"U\""}},
        Wrong{in_population(R"("initial": {"V_m": -70})"),
              {"initial/V_m: found -70 without a unit"}},
        Wrong{in_population(R"("precision": "half")"),
              {"pc/precision: unknown choice \"half\"", "double, single"}},
        Wrong{in_population(R"("positions": {"shape": "circle"})"),
              {"positions/shape: unknown shape \"circle\"", "ring"}},
        Wrong{in_population(R"("positions": {"shape": "ring"})"),
              {"positions/length: found nothing"}},
        Wrong{model("", ""),
              {"m.json#/populations/src/parameters/times: found nothing"},
              {"populations.src.parameters={}"}},
        Wrong{model("", ""),
              {"times/1/0: found \"-1 ms\""},
              {"populations.src.parameters.times=[[], [\"-1 ms\"]]"}}));

INSTANTIATE_TEST_SUITE_P(
    Projections, WrongModel,
    testing::Values(
        Wrong{beside(R"("projections": {})"),
              {"m.json#/projections: found an empty object {}, expected a list of projections"}},
        Wrong{in_projection(R"("source": "pd", "target": "pc", )" + kAll),
              {"m.json#/projections/0/source: unknown population \"pd\"; did you mean \"pc\"?"}},
        Wrong{in_projection(R"("source": "pc", )" + kAll),
              {"m.json#/projections/0/target: found nothing"}},
        Wrong{connected(R"("rule": "all_to_al", "weight": "1 pA", "delay": "1 ms")"),
              {"projections/0/rule: unknown rule \"all_to_al\"; did you mean \"all_to_all\"?"}},
        Wrong{connected(R"("rule": "pairwise_bernoulli", "weight": "1 pA", "delay": "1 ms")"),
              {"projections/0/probability: found nothing", "between 0 and 1"}},
        Wrong{
            connected(
                R"("rule": "pairwise_bernoulli", "probability": 1.5, "weight": "1 pA", "delay": "1 ms")"),
            {"projections/0/probability: found 1.5, expected a number between 0 and 1"}},
        Wrong{connected(kAll + R"(, "probability": 0.5)"),
              {"projections/0: unknown key \"probability\""}},
        Wrong{connected(R"("rule": "all_to_all", "weight": 87.8, "delay": "1 ms")"),
              {"projections/0/weight: found 87.8 without a unit, expected a quantity in pA, such "
               "as \"87.8 pA\""}},
        Wrong{
            connected(R"("rule": "all_to_all", "weight": "87.8 nS", "delay": "1 ms")"),
            {"projections/0/weight: found \"87.8 nS\" (a conductance), expected a quantity in pA"}},
        Wrong{connected(R"("rule": "all_to_all", "weight": "1 pA")"),
              {"projections/0/delay: found nothing"}},
        Wrong{connected(R"("rule": "all_to_all", "weight": "1 pA", "delay": "0.05 ms")"),
              {"projections/0/delay: found a delay of 0.05 ms, expected at least one time step "
               "(0.1 ms)",
               "dt shorter"}},
        Wrong{connected(R"("rule": "all_to_all", "weight": "1 pA", "delay": "0 ms")"),
              {"found a delay of 0 ms"}},
        Wrong{connected(R"("rule": "all_to_all", "weight": "1 pA", "delay": "1e12 s")"),
              {"less than 2^31 steps"}},
        Wrong{
            connected(
                R"("rule": "all_to_all", "weight": "1 pA", "delay": {"distribution": "uniform", "low": "-2 ms", "high": "-1 ms"})"),
            {"expected delays above 0"}},
        Wrong{connected(R"("rule": "all_to_all", "weight": ["1 pA"], "delay": "1 ms")"),
              {"projections/0/weight: found a list of 1"}},
        Wrong{
            connected(
                R"("rule": "all_to_all", "weight": {"of_distance": "linear", "offset": "1 pA", "slope": "0 pA/um"}, "delay": "1 ms")"),
            {"projections/0/weight: found a function of distance where there is no distance",
             "\"positions\""}},
        Wrong{
            in_projection(
                R"("source": "osc", "target": "osc", "rule": "all_to_all", "delay": "1 ms", "weight": {"of_distance": "conduction", "velocity": "1 m/s"})"),
            {"weight/of_distance: found \"conduction\", expected a function that gives weights"}},
        Wrong{connected(kAll + R"(, "receptor": "ex")"),
              {"projections/0/receptor: unknown receptor of lif_psc_exp \"ex\"; did you mean "
               "\"exc\"?"}},
        Wrong{in_projection(R"("source": "pc", "target": "src", )" + kAll),
              {"expected a model that has receptors"}},
        Wrong{
            connected(
                R"("rule": "all_to_all", "delay": "1 ms", "weight": {"distribution": "normal", "mean": "1 pA", "sd": "5 pA"})"),
            {"projections/0/weight: found weights from -", "\"receptor\""}},
        Wrong{connected(kAll + R"(, "allow_autapses": 1)"),
              {"allow_autapses: found 1, expected true or false"}},
        Wrong{
            connected(
                R"("rule": "fixed_indegree", "indegree": 101, "allow_multapses": false, "weight": "1 pA", "delay": "1 ms")"),
            {"m.json#/projections/0", "101"}},
        Wrong{
            connected(
                R"("rule": "distance_dependent", "kernel": "gaussian", "peak": 0.5, "sigma": "100 um", "weight": "1 pA", "delay": "1 ms")"),
            {"projections/0: found the rule distance_dependent and population pc without "
             "positions"}},
        Wrong{in_projection(R"("source": "pc[50:20]", "target": "pc", )" + kAll),
              {"projections/0/source: found \"pc[50:20]\", which selects no neuron"}},
        Wrong{in_projection(R"("source": "pc[0:101]", "target": "pc", )" + kAll),
              {"projections/0/source", "101", "between 0 and 100"}},
        Wrong{in_projection(R"("source": "pc[-1]", "target": "pc", )" + kAll),
              {"projections/0/source", "-1"}},
        Wrong{in_projection(R"("source": "pc[1,2]", "target": "pc", )" + kAll),
              {"expected one range of neurons"}},
        Wrong{in_projection(R"("source": "pc[1", "target": "pc", )" + kAll),
              {"found \"pc[1\", expected \"]\" at its end"}},
        Wrong{in_projection(R"("source": "pc[]", "target": "pc", )" + kAll), {"expected an index"}},
        Wrong{in_projection(R"("source": "pc[0:9:0]", "target": "pc", )" + kAll),
              {"projections/0/source"}},
        Wrong{connected(kAll + R"(, "populations": ["pc"])"),
              {"projections/0: found both \"source\" and \"populations\", expected one of them"}},
        Wrong{
            in_projection(
                R"("populations": ["pc", "osc"], "rule": "pairwise_bernoulli", "probability": [[0.1, 0.2]], "weight": "1 pA", "delay": "1 ms")"),
            {"projections/0/probability: found a matrix with 1 rows, expected 2, one for each "
             "target"}},
        Wrong{
            in_projection(
                R"("sources": ["pc", "pc"], "targets": ["pc"], "rule": "pairwise_bernoulli", "probability": [[0.1, 2]], "weight": "1 pA", "delay": "1 ms")"),
            {"m.json#/projections/0/probability/0/1: found 2, expected a number between 0 and 1"}},
        Wrong{in_projection(R"("sources": ["pc", "xx"], "targets": ["pc"], )" + kAll),
              {"m.json#/projections/0/sources/1: unknown population \"xx\""}},
        Wrong{in_projection(R"("sources": ["pc"], )" + kAll),
              {"m.json#/projections/0/targets: found nothing"}},
        Wrong{connected(kAll + R"(, "file": "x.csv")"), {"found a file with the rule all_to_all"}},
        Wrong{connected(R"("rule": "list", "weight": "1 pA", "delay": "1 ms")"),
              {"projections/0/file: found nothing"}},
        Wrong{beside(R"("projections": [{"name": "a", "source": "pc", "target": "pc", )" + kAll +
                     R"(}, {"name": "a", "source": "pc", "target": "pc", )" + kAll + "}]"),
              {"m.json#/projections/1/name: found \"a\" twice"}}));

INSTANTIATE_TEST_SUITE_P(
    TheRest, WrongModel,
    testing::Values(
        Wrong{in_stimulus(R"("target": "pc", "drive": "cd")"),
              {"m.json#/stimuli/s/drive: unknown drive \"cd\"; did you mean \"dc\"?"}},
        Wrong{in_stimulus(R"("target": "pc", "drive": "dc")"),
              {"m.json#/stimuli/s/amplitude: found nothing", "a quantity in pA"}},
        Wrong{in_stimulus(R"("target": "pc", "drive": "dc", "amplitude": 5)"),
              {"amplitude: found 5 without a unit, expected a quantity in pA"}},
        Wrong{
            in_stimulus(R"("target": "pc", "drive": "dc", "amplitude": "1 pA", "receptor": "exc")"),
            {"found a receptor with the drive dc"}},
        Wrong{in_stimulus(R"("target": "src", "drive": "dc", "amplitude": "1 pA")"),
              {"stimuli/s/drive: found dc onto spike_source"}},
        Wrong{
            in_stimulus(
                R"("target": "pc", "drive": "dc", "amplitude": "1 pA", "start": "2 ms", "stop": "1 ms")"),
            {"m.json#/stimuli/s/stop"}},
        Wrong{in_stimulus(R"("target": "pc[3,1]", "drive": "dc", "amplitude": "1 pA")"),
              {"indices in ascending order"}},
        Wrong{in_stimulus(R"("target": "pc[0:3]", "drive": "dc", "amplitude": ["1 pA"])"),
              {"one value for each of the 3 neurons"}},
        Wrong{
            in_stimulus(R"("target": "pc", "drive": "poisson", "rate": "-1 Hz", "weight": "1 pA")"),
            {"stimuli/s/rate", ">= 0 Hz"}},
        Wrong{in_stimulus(
                  R"("target": "pc", "drive": "poisson", "rate": "1e9 Hz", "weight": "1 pA")"),
              {"m.json#/stimuli/s/rate", "events a step"}},
        Wrong{beside(R"("record": {"spikes": "pc"})"),
              {"m.json#/record/spikes: found \"pc\", expected \"all\" or a list"}},
        Wrong{beside(R"("record": {"spike_times": "exact"})"),
              {"m.json#/record/spike_times", "\"exact\"", "grid", "interpolated"}},
        Wrong{beside(R"("record": {"spike": []})"),
              {"m.json#/record: unknown key \"spike\"; did you mean \"spikes\"?"}},
        Wrong{beside(R"("record": {"traces": [{"target": "pc", "variables": ["V"]}]})"),
              {"traces/0/variables/0: unknown state variable of lif_psc_exp \"V\"", "V_m"}},
        Wrong{beside(R"("record": {"traces": [{"target": "pc", "variables": []}]})"),
              {"traces/0/variables: found an empty list"}},
        Wrong{
            beside(
                R"("record": {"traces": [{"target": "pc", "variables": ["V_m"], "interval": "0.15 ms"}]})"),
            {"traces/0/interval: found 0.15 ms"}},
        Wrong{beside(R"("analyses": [{"analysis": "rate", "target": "pc"}])"),
              {"m.json#/analyses/0/analysis: unknown analysis \"rate\"; did you mean \"rates\"?"}},
        Wrong{beside(R"("analyses": [{"analysis": "rates"}])"),
              {"m.json#/analyses/0/target: found nothing"}},
        Wrong{beside(R"("analyses": [{"analysis": "rates", "target": ["pc", "osc", "src"]}])"),
              {"analyses/0/target: found a list of 3"}},
        Wrong{
            beside(
                R"("record": {"spikes": ["pc[0:5]"]}, "analyses": [{"analysis": "rates", "target": "pc"}])"),
            {"analyses/0/target: found \"pc\", whose spikes are not recorded"}},
        Wrong{in_schedule(
                  R"("at": "500 ms", "population": "pc", "parameter": "tau", "value": "1 ms")"),
              {"m.json#/schedule/0/parameter: unknown parameter of lif_psc_exp \"tau\""}},
        Wrong{
            in_schedule(R"("at": "500 ms", "population": "pc", "parameter": "tau_m", "value": 5)"),
            {"schedule/0/value: found 5 without a unit"}},
        Wrong{in_schedule(
                  R"("at": "2 s", "population": "pc", "parameter": "tau_m", "value": "5 ms")"),
              {"schedule/0/at: found 2000 ms, expected a time before the run's end at 1000 ms"}},
        Wrong{in_schedule(R"("at": "500 ms", "parameter": "tau_m", "value": "5 ms")"),
              {"schedule/0: found neither \"population\" nor \"stimulus\""}},
        Wrong{in_schedule(
                  R"("at": "500 ms", "stimulus": "x", "parameter": "tau_m", "value": "5 ms")"),
              {"schedule/0/stimulus: unknown stimulus \"x\""}},
        Wrong{in_schedule(
                  R"("at": "500 ms", "population": "src", "parameter": "times", "value": [])"),
              {"this one cannot change during a run"}},
        Wrong{in_schedule(
                  R"("at": "500 ms", "population": "pc", "parameter": "V_th", "value": "-80 mV")"),
              {"m.json#/schedule/0", "expected V_reset < V_th"}}));

INSTANTIATE_TEST_SUITE_P(
    CommandLine, WrongModel,
    testing::Values(
        Wrong{model("", ""),
              {"--set populations.pd.size=4: unknown key \"pd\"; did you mean \"pc\"?",
               "(in populations)"},
              {"populations.pd.size=4"}},
        Wrong{
            model("", ""), {"--set populations.pd={}: unknown key \"pd\""}, {"populations.pd={}"}},
        Wrong{model("", ""),
              {"--set population.pc.size=4: unknown key \"population\"; did you mean "
               "\"populations\"?"},
              {"population.pc.size=4"}},
        Wrong{model("", ""), {"m.json: unknown key \"sead\"; did you mean \"seed\"?"}, {"sead=4"}},
        Wrong{model("", ""), {"--set seed: found no value, expected PATH=VALUE"}, {"seed"}},
        Wrong{model("", ""), {"--set =5", "PATH=VALUE"}, {"=5"}},
        Wrong{model("", ""), {"--set define.N=5: unknown key \"define\""}, {"define.N=5"}},
        Wrong{beside(R"("define": {"N": 1})"),
              {"--set define.M=5: unknown key \"M\"; did you mean \"N\"?"},
              {"define.M=5"}},
        Wrong{connected(kAll),
              {"--set projections.1.weight=5", "a number below 1"},
              {"projections.1.weight=5"}},
        Wrong{model("", ""), {"--set duration.x=5: found \"1 s\" at duration"}, {"duration.x=5"}},
        Wrong{model("", ""), {"--set .=5: unknown key \"\""}, {".=5"}}));

TEST(ModelFileErrors, NameFilesThatCannotBeRead) {
    const auto message = [](const std::string& path) {
        try {
            read_model_file(path);
        } catch (const ConfigError& error) {
            return std::string(error.what());
        }
        return std::string("no error");
    };
    namespace fs = std::filesystem;
    const fs::path folder =
        fs::temp_directory_path() / ("volley_wrong_" + std::to_string(::getpid()));
    fs::create_directories(folder);
    EXPECT_EQ(message((folder / "none.json").string()),
              (folder / "none.json").string() + ": there is no such file");
    EXPECT_THAT(message(folder.string()), HasSubstr("this is a folder, expected a file"));
    std::ofstream(folder / "empty.json") << " \n";
    EXPECT_THAT(message((folder / "empty.json").string()), HasSubstr("the file is empty"));
    std::ofstream(folder / "binary.json") << std::string("\x89HDF\r\n\0\0", 8);
    EXPECT_THAT(message((folder / "binary.json").string()), HasSubstr("this is a binary file"));
    EXPECT_THAT(message("/dev/null"), HasSubstr("this is a device"));
    EXPECT_THAT(message(""), HasSubstr("there is no such file"));
    if (::geteuid() != 0) {  // root may read everything
        std::ofstream(folder / "secret.json") << "{}";
        fs::permissions(folder / "secret.json", fs::perms::none);
        EXPECT_THAT(message((folder / "secret.json").string()),
                    HasSubstr("cannot be opened: Permission denied"));
    }
    fs::remove_all(folder);
}

/// A plastic projection, with keys beside it and fields of its rule.
std::string plastic(const std::string& weight, const std::string& keys, const std::string& fields) {
    return connected(R"("name": "learns", "rule": "all_to_all", "delay": "1 ms", "weight": )" +
                     weight + keys + R"(, "plasticity": {)" + fields + "}");
}
std::string learning(const std::string& fields) { return plastic("\"20 pA\"", "", fields); }
const std::string kPair = R"("rule": "stdp_pair", "w_max": "40 pA")";

/// A model with a plastic projection and a static one, and a list of recorded weights.
std::string recorded(const std::string& weights) {
    return beside(
        R"("projections": [
            {"name": "learns", "source": "pc", "target": "pc", "rule": "all_to_all",
             "weight": "20 pA", "delay": "1 ms", "plasticity": {)" +
        kPair + R"(}},
            {"name": "stays", "source": "pc", "target": "pc", )" +
        kAll + R"(}], "record": {"weights": )" + weights + "}");
}

TEST(ModelFileErrors, PlasticModelsThatAreRightAreRead) {
    EXPECT_EQ(message_of(learning(kPair)), "no error");
    EXPECT_EQ(message_of(recorded(R"(["learns"])")), "no error");
    EXPECT_EQ(message_of(recorded(R"([{"projection": "learns", "interval": "0.3 ms"}])")),
              "no error");
}

INSTANTIATE_TEST_SUITE_P(
    Plasticity, WrongModel,
    testing::Values(
        Wrong{learning(R"("rule": "stdp_pare")"),
              {"m.json#/projections/0/plasticity/rule: unknown plasticity rule \"stdp_pare\"; did "
               "you mean \"stdp_pair\"?"}},
        Wrong{learning(R"("w_max": "40 pA")"),
              {"plasticity/rule: found nothing, expected the name of a plasticity rule"}},
        Wrong{connected(kAll + R"(, "plasticity": "stdp_pair")"),
              {"projections/0/plasticity: found \"stdp_pair\", expected an object"}},
        Wrong{learning(kPair + R"(, "lamda": 0.1)"),
              {"projections/0/plasticity: unknown key \"lamda\"; did you mean \"lambda\"?"}},
        Wrong{learning(kPair + R"(, "tau_plus": "-1 ms")"),
              {"plasticity/tau_plus: found \"-1 ms\"", "> 0 ms"}},
        Wrong{learning(kPair + R"(, "tau_minus": "0 ms")"), {"plasticity/tau_minus", "> 0 ms"}},
        Wrong{learning(kPair + R"(, "tau_plus": "20 mV")"),
              {"plasticity/tau_plus: found \"20 mV\" (a voltage), expected a quantity in ms"}},
        Wrong{learning(R"("rule": "stdp_pair", "w_max": "40 mV")"),
              {"plasticity/w_max: found \"40 mV\" (a voltage), expected a quantity in pA"}},
        Wrong{learning(R"("rule": "stdp_pair", "w_max": "-40 pA")"), {"w_max", "> 0 pA"}},
        Wrong{learning(R"("rule": "stdp_pair", "w_max": "10 pA")"),
              {"plasticity: found initial weights of size 20, expected sizes from w_min = 0 to "
               "w_max = 10"}},
        Wrong{plastic(R"({"distribution": "uniform", "low": "20 pA", "high": "50 pA"})", "", kPair),
              {"plasticity: found initial weights of sizes from 20 to 50, expected sizes from",
               "\"max\""}},
        Wrong{learning(kPair + R"(, "w_min": "30 pA")"),
              {"size 20, expected sizes from w_min = 30"}},
        Wrong{learning(kPair + R"(, "w_min": "50 pA")"),
              {"found w_min = 50, w_max = 40, expected w_min < w_max"}},
        Wrong{learning(R"("rule": "stdp_pair")"),
              {"found no w_max, expected it for weight_dependence additive"}},
        Wrong{learning(kPair + R"(, "weight_dependence": "linear")"),
              {"weight_dependence: unknown choice \"linear\""}},
        Wrong{learning(kPair + R"(, "weight_dependence": "power_law")"), {"found no mu_plus"}},
        Wrong{learning(R"("rule": "stdp_pair", "weight_dependence": "power_law_unbounded")"),
              {"found no mu, expected it for weight_dependence power_law_unbounded"}},
        Wrong{learning(R"("rule": "stdp_triplet")"), {"plasticity/w_max: found nothing"}},
        Wrong{learning(
                  R"("rule": "stdp_inhibitory", "eta": 0.1, "rho_0": "-1 Hz", "w_max": "40 pA")"),
              {"plasticity/rho_0", ">= 0 Hz"}},
        Wrong{learning(R"("rule": "tsodyks_markram", "U": 1.5, "tau_rec": "100 ms")"),
              {"plasticity/U: found 1.5, expected a number between 0 and 1"}},
        Wrong{
            learning(R"("rule": "tsodyks_markram", "U": 0.5, "tau_rec": "1 ms", "w_max": "40 pA")"),
            {"plasticity: unknown key \"w_max\""}},
        Wrong{
            plastic(R"({"distribution": "uniform", "low": "-20 pA", "high": "20 pA"})",
                    R"(, "receptor": "exc")", kPair),
            {"projections/0: found plastic weights from -20 to 20, expected weights of one sign"}},
        Wrong{plastic("\"20 pA\"", R"(, "weight_precision": "16 bit")", kPair),
              {"weight_precision: found 16-bit weights in a projection with \"plasticity\""}},
        Wrong{plastic("\"20 pA\"", R"(, "dendritic_delay": "-1 ms")", kPair),
              {"projections/0/dendritic_delay", ">= 0 ms"}},
        Wrong{plastic("\"20 pA\"", R"(, "dendritic_delay": "0.25 ms")", kPair),
              {"dendritic_delay: found 0.25 ms, expected a whole number of steps of 0.1 ms"}},
        Wrong{connected(kAll + R"(, "dendritic_delay": "1 ms")"),
              {"dendritic_delay: found a dendritic delay in a projection without \"plasticity\""}},
        Wrong{in_projection(R"("source": "pc", "target": "src", "plasticity": {)" + kPair + "}, " +
                            kAll),
              {"found a target of model spike_source, expected a model that has receptors"}}));

INSTANTIATE_TEST_SUITE_P(
    RecordedWeights, WrongModel,
    testing::Values(
        Wrong{recorded(R"("learns")"),
              {"m.json#/record/weights: found \"learns\", expected a list of plastic projections"}},
        Wrong{recorded(R"(["lerns"])"),
              {"m.json#/record/weights/0: unknown plastic projection \"lerns\"; did you mean "
               "\"learns\"?"}},
        Wrong{recorded(R"(["stays"])"),
              {"record/weights/0: found \"stays\", whose weights stay as they are"}},
        Wrong{recorded(R"(["learns", {"projection": "learns", "interval": "1 ms"}])"),
              {"record/weights/1/projection: found \"learns\" twice, expected it once"}},
        Wrong{recorded("[3]"), {"record/weights/0: found 3, expected the name of a projection"}},
        Wrong{recorded(R"([{"interval": "1 ms"}])"), {"weights/0/projection: found nothing"}},
        Wrong{recorded(R"([{"projection": "learns", "intervall": "1 ms"}])"),
              {"record/weights/0: unknown key \"intervall\"; did you mean \"interval\"?"}},
        Wrong{recorded(R"([{"projection": "learns", "interval": "0 ms"}])"),
              {"record/weights/0/interval: found \"0 ms\"", "> 0 ms"}},
        Wrong{recorded(R"([{"projection": "learns", "interval": "-1 ms"}])"),
              {"record/weights/0/interval: found \"-1 ms\"", "> 0 ms"}},
        Wrong{recorded(R"([{"projection": "learns", "interval": "0.25 ms"}])"),
              {"interval: found 0.25 ms, expected a whole number of steps of 0.1 ms"}}));

TEST(ModelFileErrors, CannotBeMadeToHangOrCrash) {
    EXPECT_THAT(message_of(std::string(100000, '[')), HasSubstr("nested deeper than 64"));
    EXPECT_THAT(message_of(std::string(100000, '{')), HasSubstr("not valid JSON"));
    std::string nest;
    for (int k = 0; k < 1000; ++k) nest += "{\"a\":";
    EXPECT_THAT(message_of(nest), HasSubstr("nested deeper than 64"));
    EXPECT_THAT(message_of(beside("\"title\": \"" + std::string(1000000, 'x') + "\"")), "no error");
    EXPECT_LT(message_of(beside("\"" + std::string(1000000, 'x') + "\": 1")).size(), 1000U);
    EXPECT_LT(message_of(in_parameters("\"C_m\": \"" + std::string(9999, 'x') + "\"")).size(),
              1000U);

    // A chain of constants that is too long for the stack if it were followed to its end.
    std::string chain = "\"a0\": 1";
    for (int k = 1; k < 20000; ++k) {
        chain += ", \"a" + std::to_string(k) + "\": \"a" + std::to_string(k - 1) + "\"";
    }
    chain = "\"last\": \"a19999\", " + chain;  // read first, so that the chain is followed
    EXPECT_THAT(message_of(beside("\"define\": {" + chain + "}")),
                HasSubstr("more than 32 constants"));

    // Many keys do not make it quadratic.
    std::string many = "\"a\": 1";
    for (int k = 0; k < 20000; ++k) many += ", \"k" + std::to_string(k) + "\": 1";
    EXPECT_THAT(message_of("{" + many + "}"), HasSubstr("unknown key \"a\""));
}

/// Gap junctions that are right but for what is changed; iz has currents in mV/ms.
std::string coupled(const std::string& keys) {
    return R"({"duration": "1 s", "populations": {
      "pc": {"model": "lif_psc_exp", "size": 100},
      "src": {"model": "spike_source", "size": 2, "parameters": {"times": []}},
      "osc": {"model": "phase_oscillator", "size": 10},
      "iz": {"model": "izhikevich", "size": 10}},
      "gap_junctions": [{)" +
           keys + "}]}";
}
std::string coupled_all(const std::string& keys) {
    return coupled(R"("source": "pc", "target": "pc", "rule": "all_to_all", )" + keys);
}

INSTANTIATE_TEST_SUITE_P(
    GapJunctions, WrongModel,
    testing::Values(
        Wrong{
            coupled_all(R"("conductance": "-1 nS")"),
            {"m.json#/gap_junctions/0/conductance: found \"-1 nS\" (-1 nS), expected", ">= 0 nS"}},
        Wrong{coupled_all(R"("conductance": "nan * nS")"), {"m.json#/gap_junctions/0/conductance"}},
        Wrong{coupled_all(R"("conductance": "1e400 nS")"), {"m.json#/gap_junctions/0/conductance"}},
        Wrong{coupled_all(R"("conductance": "1 pA")"),
              {"conductance: found \"1 pA\" (a current), expected a quantity in nS"}},
        Wrong{coupled_all(R"("conductance": 1)"),
              {"conductance: found 1 without a unit, expected a quantity in nS"}},
        Wrong{coupled_all(R"("conductance": {"distribution": "normal", "mean": "1 nS",
                "sd": "1 nS"})"),
              {"m.json#/gap_junctions/0/conductance", "\"min\""}},
        Wrong{coupled_all(R"("conductance": {"of_distance": "linear"})"),
              {"m.json#/gap_junctions/0/conductance", "\"positions\""}},
        Wrong{coupled_all(R"("delay": "1 ms")"), {"unknown key \"delay\""}},
        Wrong{coupled_all(R"("allow_autapses": true)"), {"unknown key \"allow_autapses\""}},
        Wrong{coupled_all(""), {"JSON"}},
        Wrong{coupled(R"("source": "pc", "target": "pc", "rule": "all_to_all")"),
              {"m.json#/gap_junctions/0/conductance: found nothing"}},
        Wrong{coupled(R"("source": "pv", "target": "pc", "rule": "all_to_all",
                "conductance": "1 nS")"),
              {"m.json#/gap_junctions/0/source", "population \"pv\"", "\"pc\""}},
        Wrong{
            coupled(R"("source": "pc", "target": "src", "rule": "all_to_all",
                "conductance": "1 nS")"),
            {"m.json#/gap_junctions/0/target: found population src of model spike_source", "V_m"}},
        Wrong{coupled(R"("source": "osc", "target": "pc", "rule": "all_to_all",
                "conductance": "1 nS")"),
              {"m.json#/gap_junctions/0/source: found population osc of model phase_oscillator"}},
        Wrong{coupled(R"("source": "iz", "target": "pc", "rule": "all_to_all",
                "conductance": "1 nS")"),
              {"m.json#/gap_junctions/0: found a source with currents in mV/ms and a target with "
               "currents in pA"}},
        Wrong{coupled(R"("source": "pc[0:5]", "target": "pc", "rule": "all_to_all",
                "conductance": "1 nS", "each_pair_once": true)"),
              {"m.json#/gap_junctions/0/each_pair_once"}},
        Wrong{coupled(R"("source": "pc", "target": "pc", "rule": "one_to_one",
                "conductance": "1 nS")"),
              {"m.json#/gap_junctions/0/rule", "autapses"}},
        Wrong{coupled(R"("source": "pc", "target": "pc", "conductance": "1 nS")"),
              {"m.json#/gap_junctions/0/rule: found nothing"}},
        Wrong{beside(R"("gap_junctions": {})"), {"m.json#/gap_junctions", "a list"}}));

/// A model that uses every section, as bytes to damage.
std::string rich_model() {
    return R"json({"title": "t", "define": {"N": 20, "w": "2 pA"}, "dt": "0.1 ms", "duration": "1 s",
 "populations": {"a": {"model": "lif_psc_exp", "size": "N", "parameters": {"C_m": {"distribution":
 "normal", "mean": "250 pF", "sd": "10 pF"}, "t_ref": {"values": [1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,
 1,1,1], "unit": "ms"}}, "positions": {"shape": "plane", "width": "1 mm", "height": "1 mm"}}},
 "projections": [{"populations": ["a"], "rule": "pairwise_bernoulli", "probability": [[0.1]],
 "weight": "if(N > 10, w, 2 * w)", "delay": {"of_distance": "conduction", "velocity": "1 m/s"}},
 {"name": "p", "source": "a", "target": "a", "rule": "one_to_one", "weight": "w", "delay": "1 ms",
 "dendritic_delay": "0.1 ms", "plasticity": {"rule": "stdp_pair", "w_max": "3 pA"}}],
 "gap_junctions": [{"source": "a", "target": "a[0:5]", "rule": "fixed_indegree", "indegree": 2,
 "conductance": {"distribution": "uniform", "low": "0 nS", "high": "1 nS"}}],
 "stimuli": {"d": {"target": "a[0:N/2]", "drive": "dc", "amplitude": "1 pA"}},
 "record": {"spikes": ["a[1,2]"], "traces": [{"target": "a[0]", "variables": ["V_m"]}],
 "weights": [{"projection": "p", "interval": "1 ms"}]},
 "schedule": [{"at": "5 ms", "population": "a", "parameter": "tau_m", "value": "9 ms"}]})json";
}

TEST(ModelFileErrors, EveryDamagedModelIsReadOrTold) {
    const std::string text = rich_model();
    ASSERT_EQ(message_of(text), "no error");
    // Every byte left out, doubled, or made one that means something: a model, or one message.
    for (std::size_t k = 0; k < text.size(); ++k) {
        message_of(text.substr(0, k) + text.substr(k + 1));
        message_of(text.substr(0, k) + text[k] + text.substr(k));
        message_of(text.substr(0, k));
        for (const char c : {'"', '[', '0', '-', '\xff'}) {
            std::string changed = text;
            changed[k] = c;
            message_of(changed);
        }
    }
}

}  // namespace
}  // namespace volley
