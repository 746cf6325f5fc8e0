#include "io/model_file/model_file.hpp"

#include "core/distributions/distribution.hpp"
#include "core/error.hpp"
#include "io/hdf5.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>

namespace volley {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

ModelFile read(const std::string& text, const std::vector<std::string>& sets = {},
               const std::filesystem::path& folder = ".") {
    return read_model_text(text, "m.json", sets, folder);
}

/// Two populations, and what a test adds.
std::string with(const std::string& more) {
    return R"({"duration": "1 s", "define": {"N": 40, "rate": "8 Hz"},
      "populations": {"E": {"model": "lif_psc_exp", "size": "N"},
                      "I": {"model": "lif_psc_exp", "size": "N / 4"}})" +
           (more.empty() ? "" : ", " + more) + "}";
}

std::string projection(const std::string& keys) {
    return with("\"projections\": [{" + keys + "}]");
}

// All numbers below are exact: the reader converts decimals without rounding twice.

TEST(ModelFile, ReadsTheSmallestModelWithItsDefaults) {
    const Model model =
        read(
            R"({"duration": "1 s", "populations": {"pc": {"model": "phase_oscillator", "size": 3}}})")
            .model;
    EXPECT_EQ(model.dt_ms, 0.1);
    EXPECT_EQ(model.duration, 10000);
    EXPECT_EQ(model.warm_up, 0);
    EXPECT_EQ(model.seed, 1U);
    ASSERT_THAT(model.populations, SizeIs(1));
    EXPECT_EQ(model.populations[0].name, "pc");
    EXPECT_EQ(model.populations[0].size, 3);
    EXPECT_TRUE(model.populations[0].parameters.empty());
    EXPECT_FALSE(model.populations[0].single_precision);
    ASSERT_THAT(model.recorded_spikes, SizeIs(1));  // all, unless told otherwise
    EXPECT_EQ(model.recorded_spikes[0].size(), 3);
    EXPECT_TRUE(model.projections.empty());
}

TEST(ModelFile, ReadsTimesAndSeed) {
    const Model model = read(R"(// a comment
      {"title": "t", "dt": "25 us", "duration": "0.5 s", "warm_up": "200 ms",
       "seed": 18446744073709551615, /* another */
       "populations": {"pc": {"model": "phase_oscillator", "size": 1}}})")
                            .model;
    EXPECT_EQ(model.title, "t");
    EXPECT_EQ(model.dt_ms, 0.025);
    EXPECT_EQ(model.duration, 20000);
    EXPECT_EQ(model.warm_up, 8000);
    EXPECT_EQ(model.last_step(), 28000);
    EXPECT_EQ(model.seed, 18446744073709551615U);                             // all 64 bits
    EXPECT_EQ(read("\xef\xbb\xbf" + with("")).model.populations.size(), 2U);  // byte order mark
}

TEST(ModelFile, ComputesWithDefinitionsInAnyOrder) {
    const Model model = read(R"json({"duration": "T", "seed": "a + 1",
      "define": {"c": "a * b", "a": "2 * b", "b": 10, "T": "a * 1 s", "big": "c > 100"},
      "populations": {"p": {"model": "lif_psc_exp", "size": "if(big, c, 1)",
                            "parameters": {"t_ref": "b / 5 * 1 ms"}}}})json")
                            .model;
    EXPECT_EQ(model.populations[0].size, 200);
    EXPECT_EQ(model.duration, 200000);
    EXPECT_EQ(model.seed, 21U);
    EXPECT_EQ(std::get<double>(model.populations[0].parameters.at("t_ref")), 2.0);
}

TEST(ModelFile, ReadsParametersUniformListedAndDrawn) {
    const Population p = read(R"({"duration": "1 s", "populations": {"p": {"model": "lif_psc_exp",
      "size": 3, "precision": "single", "area": "V1",
      "parameters": {"C_m": {"distribution": "normal", "mean": "250 pF", "sd": "0.01 nF",
                             "min": "100 pF"},
                     "E_L": ["-70 mV", "-71 mV", "-0.072 V"],
                     "tau_m": "20 ms",
                     "t_ref": {"values": [1, 2, 3], "unit": "ms"}},
      "initial": {"V_m": {"distribution": "uniform", "low": "-70 mV", "high": "-60 mV"},
                  "I_exc": "20 pA"}}}})")
                             .model.populations[0];
    EXPECT_TRUE(p.single_precision);
    EXPECT_EQ(p.area, "V1");
    EXPECT_EQ(std::get<double>(p.parameters.at("tau_m")), 20.0);
    EXPECT_THAT(std::get<std::vector<double>>(p.parameters.at("E_L")), ElementsAre(-70, -71, -72));
    EXPECT_THAT(std::get<std::vector<double>>(p.parameters.at("t_ref")), ElementsAre(1, 2, 3));
    const Spec* const drawn = spec_of(p.parameters.at("C_m"));
    ASSERT_NE(drawn, nullptr);
    EXPECT_EQ(drawn->name, "normal");
    EXPECT_EQ(drawn->number("mean"), 250.0);  // in the unit of C_m
    EXPECT_EQ(drawn->number("sd"), 10.0);
    EXPECT_EQ(drawn->number("min"), 100.0);
    EXPECT_FALSE(drawn->has("max"));
    EXPECT_EQ(drawn->where, "m.json#/populations/p/parameters/C_m");
    EXPECT_NE(spec_of(p.initial.at("V_m")), nullptr);
    EXPECT_EQ(std::get<double>(p.initial.at("I_exc")), 20.0);
}

TEST(ModelFile, ReadsTrainsOfSources) {
    const auto times = [](const std::string& value) {
        return read(R"({"duration": "1 s", "populations": {"s": {"model": "spike_source", "size": 2,
          "parameters": {"times": )" +
                    value + "}}}}")
            .model.populations[0]
            .parameters.at("times");
    };
    EXPECT_THAT(std::get<std::vector<double>>(times(R"(["1 ms", "0.5 s"])")), ElementsAre(1, 500));
    EXPECT_THAT(std::get<std::vector<double>>(times("[]")), ElementsAre());
    EXPECT_THAT(std::get<std::vector<std::vector<double>>>(times(R"([["1 ms"], []])")),
                ElementsAre(ElementsAre(1), ElementsAre()));
    EXPECT_THAT(std::get<std::vector<std::vector<double>>>(
                    times(R"([{"values": [1.5, 2], "unit": "s"}, []])")),
                ElementsAre(ElementsAre(1500, 2000), ElementsAre()));
}

TEST(ModelFile, ReadsProjections) {
    const ModelFile file = read(projection(R"(
      "source": "E[0:20]", "target": "I", "rule": "fixed_indegree",
      "indegree": "round(0.1 * source_size) + target_size", "weight": "0.0878 nA", "delay": "1.5 ms",
      "allow_autapses": false)"));
    EXPECT_TRUE(file.warnings.empty());
    const Projection& p = file.model.projections.at(0);
    EXPECT_EQ(p.name, "E[0:20]_to_I");
    EXPECT_EQ(p.source.population, 0);
    EXPECT_EQ(p.source.size(), 20);
    EXPECT_EQ(p.target.population, 1);
    EXPECT_EQ(p.rule.name, "fixed_indegree");
    EXPECT_EQ(p.rule.integer("indegree"), 12);  // 2 + 10
    EXPECT_EQ(std::get<double>(p.weight), 87.8);
    EXPECT_EQ(std::get<double>(p.delay), 1.5);
    EXPECT_FALSE(p.allow_autapses);
    EXPECT_TRUE(p.allow_multapses);
    EXPECT_FALSE(p.coarse_weights);
}

TEST(ModelFile, ChoosesTheReceptorByTheSignOfTheWeight) {
    const auto receptor = [](const std::string& weight, const std::string& more = "") {
        return read(projection(
                        R"("source": "E", "target": "I", "rule": "all_to_all", "delay": "1 ms",
          "weight": )" + weight +
                        more))
            .model.projections.at(0)
            .receptor;
    };
    EXPECT_EQ(receptor("\"10 pA\""), 0);
    EXPECT_EQ(receptor("\"0 pA\""), 0);
    EXPECT_EQ(receptor("\"-10 pA\""), 1);
    EXPECT_EQ(receptor("\"-10 pA\"", R"(, "receptor": "exc")"), 0);
    EXPECT_EQ(
        receptor(R"({"distribution": "normal", "mean": "-10 pA", "sd": "1 pA", "max": "0 pA"})"),
        1);
    EXPECT_THROW(receptor(R"({"distribution": "normal", "mean": "5 pA", "sd": "10 pA"})"),
                 ConfigError);
    EXPECT_EQ(receptor(R"({"distribution": "normal", "mean": "5 pA", "sd": "10 pA"})",
                       R"(, "receptor": "inh")"),
              1);
}

TEST(ModelFile, NamesProjectionsUniquely) {
    const auto& projections = read(with(R"("projections": [
      {"source": "E", "target": "I", "rule": "all_to_all", "weight": "1 pA", "delay": "1 ms"},
      {"source": "E", "target": "I", "rule": "all_to_all", "weight": "1 pA", "delay": "1 ms"},
      {"name": "mine", "source": "E", "target": "I", "rule": "all_to_all", "weight": "1 pA",
       "delay": "1 ms"}])"))
                                  .model.projections;
    EXPECT_EQ(projections.at(0).name, "E_to_I");
    EXPECT_EQ(projections.at(1).name, "E_to_I_2");
    EXPECT_EQ(projections.at(2).name, "mine");
}

TEST(ModelFile, RoundsConstantDelaysWithAWarning) {
    const auto delay = [](const std::string& text) {
        const ModelFile file = read(projection(
            R"("source": "E", "target": "I", "rule": "all_to_all", "weight": "1 pA", "delay": ")" +
            text + "\""));
        return std::pair(std::get<double>(file.model.projections.at(0).delay), file.warnings);
    };
    EXPECT_EQ(delay("1.5 ms").first, 1.5);
    EXPECT_TRUE(delay("1.5 ms").second.empty());
    EXPECT_TRUE(delay("0.1 ms").second.empty());
    const auto [rounded, warnings] = delay("1.53 ms");
    EXPECT_EQ(rounded, 1.5);
    EXPECT_THAT(warnings,
                ElementsAre(HasSubstr(
                    "m.json#/projections/0/delay: the delay of 1.53 ms is rounded to 1.5 ms")));
}

TEST(ModelFile, WritesTablesOut) {
    const auto& projections = read(with(R"("projections": [
      {"name": "t", "populations": ["E", "I"], "rule": "pairwise_bernoulli",
       "probability": [[0.1, "0.1 * 2"], [0, 0.4]],
       "weight": [["1 pA", "-2 pA"], ["3 pA", "-4 pA"]],
       "delay": "1 ms"},
      {"sources": ["E"], "targets": ["E", "I"], "rule": "fixed_total_number",
       "number": [[10], ["target_size"]], "weight": "1 pA", "delay": [["1 ms"], [null]]},
      {"sources": ["E", "I"], "targets": ["I"], "rule": [["all_to_all", "one_to_one"]],
       "weight": "1 pA", "delay": "1 ms", "receptor": "exc"}])"))
                                  .model.projections;
    std::vector<std::string> names;
    for (const Projection& p : projections) names.push_back(p.name);
    // Row by row; the row is the target. The 0 and the null make none.
    EXPECT_THAT(names,
                ElementsAre("t_E_to_E", "t_I_to_E", "t_I_to_I", "E_to_E", "E_to_I", "I_to_I"));
    EXPECT_EQ(projections[1].rule.number("probability"), 0.2);
    EXPECT_EQ(std::get<double>(projections[1].weight), -2.0);
    EXPECT_EQ(projections[1].receptor, 1);
    EXPECT_EQ(projections[3].rule.integer("number"), 10);
    EXPECT_EQ(projections[5].rule.name, "one_to_one");
}

TEST(ModelFile, ReadsDistances) {
    const Model model = read(R"({"duration": "1 s", "populations": {"p": {"model": "lif_psc_exp",
      "size": 10, "positions": {"shape": "ring", "length": "1 mm"}}},
      "projections": [{"source": "p", "target": "p", "rule": "all_to_all",
        "weight": {"of_distance": "linear", "offset": "100 pA", "slope": "-0.1 nA/mm"},
        "delay": {"of_distance": "conduction", "velocity": "0.3 m/s", "offset": "0.5 ms"}}]})")
                            .model;
    EXPECT_EQ(model.populations[0].positions->number("length"), 1000.0);
    const Spec* const weight = spec_of(model.projections[0].weight);
    ASSERT_NE(weight, nullptr);
    EXPECT_EQ(weight->number("slope"), -0.1);     // pA/um
    EXPECT_EQ(model.projections[0].receptor, 0);  // 100 pA - 0.1 pA/um * 500 um is above 0
    EXPECT_EQ(spec_of(model.projections[0].delay)->number("velocity"), 300.0);
}

TEST(ModelFile, ReadsGapJunctions) {
    const ModelFile file = read(with(R"("gap_junctions": [
        {"source": "E", "target": "E", "rule": "pairwise_bernoulli", "probability": 0.1,
         "conductance": "500 pS", "each_pair_once": true},
        {"name": "mixed", "source": "E[0:10]", "target": "I", "rule": "one_to_one",
         "conductance": {"distribution": "uniform", "low": "0 nS", "high": "0.002 uS"}}])"));
    ASSERT_THAT(file.model.gap_junctions, SizeIs(2));
    const GapJunctions& first = file.model.gap_junctions[0];
    EXPECT_EQ(first.name, "E_to_E");
    EXPECT_EQ(first.pairs.rule.number("probability"), 0.1);
    EXPECT_EQ(std::get<double>(first.pairs.weight), 0.5);
    EXPECT_TRUE(first.each_pair_once);
    EXPECT_FALSE(first.pairs.allow_autapses);
    const GapJunctions& second = file.model.gap_junctions[1];
    EXPECT_EQ(second.name, "mixed");
    EXPECT_EQ(second.pairs.source.size(), 10);
    EXPECT_EQ(spec_of(second.pairs.weight)->number("high"), 2.0);
    EXPECT_FALSE(second.each_pair_once);
    // The bytes that go to the other ranks hold them, and so does the effective model.
    const std::string bytes = serialise(file.model);
    EXPECT_EQ(serialise(deserialise_model(bytes)), bytes);
    EXPECT_EQ(serialise(read(file.model.effective).model), bytes);
}

// The unit is that of the current over mV.
TEST(ModelFile, ReadsConductancesInTheUnitOfTheCurrent) {
    const Model model = read(R"({"duration": "1 s",
      "populations": {"z": {"model": "izhikevich", "size": 5}},
      "gap_junctions": [{"source": "z", "target": "z", "rule": "all_to_all",
                         "conductance": "20 Hz"}]})")
                            .model;
    EXPECT_EQ(std::get<double>(model.gap_junctions.at(0).pairs.weight), 0.02);
}

TEST(ModelFile, ReadsStimuli) {
    const Model model = read(with(R"("stimuli": {
      "a": {"target": "E[0:4]", "drive": "dc", "amplitude": ["1 pA", "2 pA", "3 pA", "4 pA"]},
      "b": {"target": "I[1,5,9]", "drive": "poisson", "rate": "8 kHz", "weight": "-0.1 nA"}})"))
                            .model;
    ASSERT_THAT(model.stimuli, SizeIs(2));
    EXPECT_EQ(model.stimuli[0].name, "a");
    // One value for each driven neuron becomes one for each neuron of the population.
    const auto& amplitude = model.stimuli[0].drive.numbers("amplitude");
    ASSERT_THAT(amplitude, SizeIs(40));
    EXPECT_EQ(amplitude[3], 4.0);
    EXPECT_EQ(amplitude[4], 0.0);
    EXPECT_THAT(model.stimuli[1].target.list, ElementsAre(1, 5, 9));
    EXPECT_EQ(model.stimuli[1].receptor, 1);
    EXPECT_EQ(model.stimuli[1].drive.number("rate"), 8000.0);
    EXPECT_EQ(model.stimuli[1].drive.number("weight"), -100.0);
}

TEST(ModelFile, ReadsRecordings) {
    const Model model = read(with(R"("record": {"spikes": ["E[0:10]", "E[5:15]", "I[0:10:3]"],
      "traces": [{"target": "E[0:3]", "variables": ["V_m", "I_exc"], "interval": "0.5 ms"},
                 {"target": "I[1,7]", "variables": ["V_m"]}]})"))
                            .model;
    ASSERT_THAT(model.recorded_spikes, SizeIs(2));  // both parts of E as one
    EXPECT_EQ(model.recorded_spikes[0].begin, 0);
    EXPECT_EQ(model.recorded_spikes[0].end, 15);
    EXPECT_TRUE(model.recorded_spikes[0].list.empty());
    EXPECT_EQ(model.recorded_spikes[1].size(), 4);
    ASSERT_THAT(model.traces, SizeIs(2));
    EXPECT_THAT(model.traces[0].variables, ElementsAre("V_m", "I_exc"));
    EXPECT_EQ(model.traces[0].interval, 5);
    EXPECT_EQ(model.traces[1].interval, 1);
    EXPECT_TRUE(read(with(R"("record": {"spikes": []})")).model.recorded_spikes.empty());
    EXPECT_FALSE(model.interpolated_spikes);
    EXPECT_TRUE(
        read(with(R"("record": {"spike_times": "interpolated"})")).model.interpolated_spikes);
    EXPECT_FALSE(read(with(R"("record": {"spike_times": "grid"})")).model.interpolated_spikes);
}

TEST(ModelFile, MergesSelectionsWithGaps) {
    const Model model = read(with(R"("record": {"spikes": ["E[0:2]", "E[7,9]"]})")).model;
    EXPECT_THAT(model.recorded_spikes.at(0).list, ElementsAre(0, 1, 7, 9));
}

TEST(ModelFile, ReadsAnalyses) {
    const Model model = read(with(R"("analyses": [{"analysis": "rates", "target": "E"},
      {"analysis": "rates", "target": "E"}, {"analysis": "rates", "target": "I[0:5]", "name": "x"}])"))
                            .model;
    ASSERT_THAT(model.analyses, SizeIs(3));
    EXPECT_EQ(model.analyses[0].name, "rates_E");
    EXPECT_EQ(model.analyses[1].name, "rates_E_2");
    EXPECT_EQ(model.analyses[2].name, "x");
    EXPECT_EQ(model.analyses[2].targets.at(0).size(), 5);
}

TEST(ModelFile, SortsTheScheduleByTime) {
    const Model model = read(with(R"("stimuli": {"d": {"target": "E", "drive": "dc",
      "amplitude": "1 pA"}},
      "schedule": [{"at": "0.5 s", "population": "E", "parameter": "V_th", "value": "-50 mV"},
                   {"at": "100 ms", "stimulus": "d", "parameter": "amplitude", "value": "2 pA"},
                   {"at": "500 ms", "population": "I", "parameter": "tau_m", "value": "5 ms"}])"))
                            .model;
    ASSERT_THAT(model.schedule, SizeIs(3));
    EXPECT_EQ(model.schedule[0].at, 1000);
    EXPECT_EQ(model.schedule[0].kind, ScheduledChange::Kind::stimulus);
    EXPECT_EQ(std::get<double>(model.schedule[0].value), 2.0);
    EXPECT_EQ(model.schedule[1].parameter, "V_th");  // as written where the times are equal
    EXPECT_EQ(model.schedule[2].index, 1);
}

TEST(ModelFile, AppliesChangesOfTheCommandLine) {
    const std::string text = with(R"("projections": [{"name": "ei", "source": "E", "target": "I",
      "rule": "all_to_all", "weight": "1 pA", "delay": "1 ms"}])");
    const Model model = read(text, {"populations.E.size=7", "duration=2 s", "seed=5",
                                    "projections.0.weight=\"3 pA\"", "projections.ei.delay=2 ms",
                                    "define.N=80", "projections.0.allow_autapses=false"})
                            .model;
    EXPECT_EQ(model.populations[0].size, 7);
    EXPECT_EQ(model.populations[1].size, 20);
    EXPECT_EQ(model.duration, 20000);
    EXPECT_EQ(model.seed, 5U);
    EXPECT_EQ(std::get<double>(model.projections[0].weight), 3.0);
    EXPECT_EQ(std::get<double>(model.projections[0].delay), 2.0);
    EXPECT_FALSE(model.projections[0].allow_autapses);
}

TEST(ModelFile, GivesAnEffectiveModelThatReadsTheSame) {
    const std::string text = with(R"("projections": [{"source": "E", "target": "I",
      "rule": "pairwise_bernoulli", "probability": 0.1, "weight": "1 pA", "delay": "1 ms"}])");
    const Model once = read(text, {"define.N=80"}).model;
    const Model twice = read(once.effective).model;
    EXPECT_EQ(serialise(twice), serialise(once));
    EXPECT_EQ(twice.populations[0].size, 80);
}

/// A folder that goes away with the test.
class EdgeFile : public testing::Test {
public:
    ~EdgeFile() override { std::filesystem::remove_all(folder_); }

protected:
    EdgeFile()
        : folder_(std::filesystem::temp_directory_path() /
                  ("volley_edges_" + std::to_string(::getpid()))) {
        std::filesystem::create_directories(folder_);
    }

    void write(const std::string& name, const std::string& text) {
        std::ofstream(folder_ / name) << text;
    }
    Projection read_list(const std::string& file, const std::string& more = "") {
        return read(projection(R"("source": "E", "target": "I", "rule": "list", "file": ")" + file +
                               "\"" + more),
                    {}, folder_)
            .model.projections.at(0);
    }
    std::string message(const std::string& file, const std::string& more = "") {
        try {
            read_list(file, more);
        } catch (const ConfigError& error) {
            return error.what();
        }
        return "no error";
    }

    std::filesystem::path folder_;
};

TEST_F(EdgeFile, IsReadFromCsvAndSorted) {
    write("e.csv",
          "# made by hand\r\nsource,target,weight nA,delay\r\n3,1,0.5,1.5\r\n\r\n"
          "39,0,0.25,2\r\n2,1,0.125,0.1\r\n");
    const Projection p = read_list("e.csv");
    EXPECT_THAT(p.edges.targets, ElementsAre(0, 1, 1));
    EXPECT_THAT(p.edges.sources, ElementsAre(39, 2, 3));
    EXPECT_THAT(p.edges.weights, ElementsAre(250, 125, 500));  // pA
    EXPECT_THAT(p.edges.delays_ms, ElementsAre(2, 0.1, 1.5));
    EXPECT_EQ(p.receptor, 0);
}

TEST_F(EdgeFile, TakesWeightAndDelayOfTheProjectionWhereItHasNone) {
    write("e.csv", "target,source\n1,3\n");
    const Projection p = read_list("e.csv", R"(, "weight": "-1 pA", "delay": "1 ms")");
    EXPECT_TRUE(p.edges.weights.empty());
    EXPECT_TRUE(p.edges.delays_ms.empty());
    EXPECT_EQ(std::get<double>(p.weight), -1.0);
    EXPECT_EQ(p.receptor, 1);
    EXPECT_THAT(message("e.csv"), HasSubstr("/weight: found nothing"));
}

TEST_F(EdgeFile, GivesGapJunctionsTheirConductances) {
    write("g.csv", "source,target,weight nS\n3,0,1.5\n1,2,0\n");
    write("late.csv", "source,target,weight,delay\n3,0,1.5,1\n");
    write("negative.csv", "source,target,weight\n3,0,-1.5\n");
    write("autapse.csv", "source,target,weight\n3,3,1\n");
    const auto read_junctions = [&](const std::string& file, const std::string& more = "") {
        return read(with(R"("gap_junctions": [{"source": "E", "target": "E", "rule": "list",
                            "file": ")" +
                         file + "\"" + more + "}]"),
                    {}, folder_)
            .model.gap_junctions.at(0);
    };
    const GapJunctions junctions = read_junctions("g.csv");
    EXPECT_THAT(junctions.pairs.edges.targets, ElementsAre(0, 2));
    EXPECT_THAT(junctions.pairs.edges.weights, ElementsAre(1.5, 0.0));
    const auto told = [&](const std::string& file, const std::string& more = "") {
        try {
            read_junctions(file, more);
        } catch (const ConfigError& error) {
            return std::string(error.what());
        }
        return std::string("no error");
    };
    EXPECT_THAT(told("g.csv", R"(, "conductance": "1 nS")"), HasSubstr("\"conductance\" here"));
    EXPECT_THAT(told("g.csv", R"(, "each_pair_once": true)"), HasSubstr("with the rule list"));
    EXPECT_THAT(told("late.csv"), HasSubstr("a column delay"));
    EXPECT_THAT(told("negative.csv"), HasSubstr("a weight of -1.5 nS"));
    EXPECT_THAT(told("autapse.csv"), HasSubstr("autapse"));
}

TEST_F(EdgeFile, IsFoundBesideTheModelAndFromTheEffectiveModel) {
    write("e.csv", "source,target,weight,delay\n3,1,1,1\n");
    write("m.json", projection(R"("source": "E", "target": "I", "rule": "list", "file": "e.csv")"));
    const Model model = read_model_file((folder_ / "m.json").string()).model;
    EXPECT_EQ(model.projections.at(0).edges.sources.size(), 1U);
    // The effective model lies elsewhere and still finds it.
    EXPECT_EQ(read(model.effective).model.projections.at(0).edges.sources.size(), 1U);
}

TEST_F(EdgeFile, IsReadFromHdf5) {
    const std::vector<std::int64_t> source{5, 4};
    const std::vector<std::int64_t> target{2, 2};
    const std::vector<double> delay{0.001, 0.002};
    const hid_t file =
        H5Fcreate((folder_ / "e.h5").c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    const hsize_t length = 2;
    const hid_t space = H5Screate_simple(1, &length, nullptr);
    const auto put = [&](const char* name, hid_t type, const void* values) {
        const hid_t set =
            H5Dcreate2(file, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
        H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
        return set;
    };
    H5Dclose(put("source", H5T_NATIVE_INT64, source.data()));
    H5Dclose(put("target", H5T_NATIVE_INT64, target.data()));
    const hid_t set = put("delay", H5T_NATIVE_DOUBLE, delay.data());
    const hid_t text = H5Tcopy(H5T_C_S1);
    H5Tset_size(text, 1);
    const hid_t scalar = H5Screate(H5S_SCALAR);
    const hid_t attribute = H5Acreate2(set, "units", text, scalar, H5P_DEFAULT, H5P_DEFAULT);
    H5Awrite(attribute, text, "s");
    H5Aclose(attribute);
    H5Sclose(scalar);
    H5Tclose(text);
    H5Dclose(set);
    H5Sclose(space);
    H5Fclose(file);

    const Projection p = read_list("e.h5", R"(, "weight": "1 pA")");
    EXPECT_THAT(p.edges.sources, ElementsAre(4, 5));
    EXPECT_THAT(p.edges.delays_ms, ElementsAre(2, 1));
    EXPECT_TRUE(p.edges.weights.empty());
}

TEST_F(EdgeFile, TellsLineAndCure) {
    write("range.csv", "source,target,weight,delay\n3,1,1,1\n40,1,1,1\n");
    EXPECT_THAT(message("range.csv"),
                HasSubstr("range.csv:3: found source 40, expected an index from 0 to 39"));
    write("negative.csv", "source,target,weight,delay\n3,-1,1,1\n");
    EXPECT_THAT(message("negative.csv"), HasSubstr("negative.csv:2: found target -1"));
    write("cells.csv", "source,target,weight,delay\n3,1,1\n");
    EXPECT_THAT(message("cells.csv"), HasSubstr("cells.csv:2: found 3 values, expected 4"));
    write("text.csv", "source,target,weight,delay\n3,1,strong,1\n");
    EXPECT_THAT(message("text.csv"), HasSubstr("weight \"strong\", expected a number"));
    write("half.csv", "source,target,weight,delay\n3.5,1,1,1\n");
    EXPECT_THAT(message("half.csv"), HasSubstr("source \"3.5\", expected a whole number"));
    write("nan.csv", "source,target,weight,delay\n3,1,nan,1\n");
    EXPECT_THAT(message("nan.csv"), HasSubstr("weight nan, expected a finite number"));
    write("delay.csv", "source,target,weight,delay\n3,1,1,0.01\n");
    EXPECT_THAT(message("delay.csv"), HasSubstr("delay 0.01 ms, expected at least one step"));
    write("column.csv", "from,to\n3,1\n");
    EXPECT_THAT(message("column.csv"), HasSubstr("column.csv:1: found the column \"from\""));
    write("unit.csv", "source,target,weight mV,delay\n3,1,1,1\n");
    EXPECT_THAT(message("unit.csv"), HasSubstr("one that can be converted to pA"));
    write("empty.csv", "");
    EXPECT_THAT(message("empty.csv"), HasSubstr("the file is empty"));
    EXPECT_THAT(message("none.csv"), HasSubstr("m.json#/projections/0/file: found the file"));
    write("no.h5", "this is text");
    EXPECT_THAT(message("no.h5"), HasSubstr("no.h5"));
    write("both.csv", "source,target,weight,delay\n3,1,1,1\n");
    EXPECT_THAT(message("both.csv", R"(, "weight": "1 pA")"), HasSubstr("expected one of them"));
}

}  // namespace
}  // namespace volley
