#include "core/analysis/analysis.hpp"
#include "core/error.hpp"
#include "tests/core/analysis_trains.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <omp.h>

#include <bit>
#include <cmath>
#include <set>
#include <vector>

namespace volley::test {
namespace {

SpikeTrains some_trains(double duration_ms = 1000.0, std::size_t neurons = 5) {
    Generator random(1);
    return trains_of(several(neurons, [&] { return poisson(50.0, duration_ms, random); }),
                     duration_ms);
}

// ---- wrong fields ----

struct Wrong {
    const char* analysis;
    std::vector<std::pair<std::string, Value>> written;
    const char* place;  ///< what the message must name
};

void PrintTo(const Wrong& wrong, std::ostream* out) { *out << wrong.analysis << wrong.place; }

class WrongField : public testing::TestWithParam<Wrong> {};

INSTANTIATE_TEST_SUITE_P(
    Analyses, WrongField,
    testing::Values(
        Wrong{"population_rate", {{"bin", 1000.1}}, "/bin"},
        Wrong{"synchrony", {{"window", 2000.0}}, "/window"},
        Wrong{"correlation", {{"bin", 1e9}}, "/bin"},
        Wrong{"order_parameter", {{"sample", 1001.0}}, "/sample"},
        Wrong{"power_spectrum", {{"bin", 1001.0}}, "/bin"},
        Wrong{"power_spectrum", {{"frequencies", list({50.0, 600.0})}}, "/frequencies"},
        Wrong{"power_spectrum", {{"frequencies", list({50.0})}}, "/frequencies"},
        Wrong{"power_spectrum", {{"frequencies", list({100.0, 50.0})}}, "/frequencies"},
        Wrong{"power_spectrum", {{"frequencies", list({-1.0, 50.0})}}, "/frequencies"},
        Wrong{"power_spectrum", {{"frequencies", list({5.0, 80.0})}}, "/search"},
        Wrong{"power_spectrum",
              {{"frequencies", list({5.0, 80.0})}, {"search", list({10.0, 40.0})}},
              "/floor"},
        Wrong{"power_spectrum", {{"search", list({430.0, 450.0})}}, "/search"},
        Wrong{"power_spectrum", {{"floor", list({300.0, 501.0})}}, "/floor"},
        Wrong{"power_spectrum", {{"band", list({430.0, 440.0})}}, "/band"},
        Wrong{"power_spectrum", {{"step", 501.0}}, "/step"},
        Wrong{"power_spectrum", {{"step", 1e-9}}, "/step"},
        Wrong{"power_spectrum", {{"segment", 1000.2}}, "/segment"},
        Wrong{"power_spectrum", {{"segment", 1e300}}, "/segment"},
        Wrong{"power_spectrum", {{"segment", 0.5}}, "/segment"},
        Wrong{"power_spectrum", {{"segment", 8.0}}, "analyses/it"},
        Wrong{"power_spectrum", {{"tapers", whole(9)}}, "/tapers"},
        Wrong{"power_spectrum", {{"window", name("hann")}}, "/window"},
        Wrong{"power_spectrum", {{"method", name("welch")}, {"tapers", whole(3)}}, "/tapers"},
        Wrong{"correlogram", {{"bin", 1001.0}}, "/bin"},
        Wrong{"correlogram", {{"max_lag", 1000.0}}, "/max_lag"},
        Wrong{"correlogram", {{"lags", list({0.0, 51.0})}}, "/lags"},
        Wrong{"correlogram", {{"trial", 100.0}}, "/trial"},
        Wrong{"correlogram", {{"predictor", name("shift")}}, "/trial"},
        Wrong{"correlogram", {{"predictor", name("shift")}, {"trial", 501.0}}, "/trial"},
        Wrong{"correlogram", {{"predictor", name("shift")}, {"trial", 100.5}}, "/trial"},
        Wrong{"correlogram",
              {{"predictor", name("shift")}, {"trial", 100.0}, {"max_lag", 100.0}},
              "/max_lag"},
        Wrong{"correlogram", {{"max_distance", 20.0}}, "/max_distance"},
        Wrong{"correlogram",
              {{"min_index_distance", whole(5)}, {"max_index_distance", whole(4)}},
              "/min_index_distance"},
        Wrong{"correlogram", {{"kind", name("auto")}, {"max_index_distance", whole(4)}}, "/kind"}));

TEST_P(WrongField, IsRefusedWithItsPlace) {
    const auto refused = [&](const SpikeTrains& trains) {
        try {
            run(GetParam().analysis, trains, GetParam().written);
        } catch (const ConfigError& error) {
            EXPECT_THAT(error.what(), testing::StartsWith("model.json#/analyses/it"));
            EXPECT_THAT(error.what(), testing::HasSubstr(GetParam().place));
            return true;
        }
        return false;
    };
    EXPECT_TRUE(refused(some_trains())) << "with spikes";
    EXPECT_TRUE(refused(trains_of({{}, {}}, 1000.0))) << "before there are spikes";
}

TEST(Targets, OfAWrongNumberAreRefused) {
    for (const AnalysisInfo& info : analyses()) {
        const std::string analysis(info.description.name);
        const std::vector<SpikeTrains> many(static_cast<std::size_t>(info.most_targets) + 1,
                                            some_trains());
        EXPECT_THROW(run(analysis, std::vector<SpikeTrains>{}), ConfigError) << analysis;
        EXPECT_THROW(run(analysis, many), ConfigError) << analysis;
    }
    const std::vector<SpikeTrains> two(2, some_trains());
    EXPECT_THROW(run("correlogram", two, {{"kind", name("auto")}}), ConfigError);
    EXPECT_THROW(run("correlogram", two, {{"max_index_distance", whole(2)}}), ConfigError);
    std::vector<SpikeTrains> unequal = two;
    unequal[1].end -= 1;
    EXPECT_THROW(run("correlogram", unequal), ConfigError);
}

// ---- little data ----

struct Edge {
    const char* what;
    SpikeTrains trains;
};

std::vector<Edge> edges() {
    SpikeTrains no_neurons = trains_of({}, 1000.0);
    SpikeTrains no_window = trains_of({{}, {}}, 0.0);
    SpikeTrains twins = trains_of({{5.05, 5.05, 5.05}, {5.05, 5.05, 5.05}}, 1000.0);
    return {{"no neurons", no_neurons},
            {"no window", no_window},
            {"no spikes", trains_of({{}, {}, {}}, 1000.0)},
            {"one neuron", trains_of({{10.05, 20.05, 40.05, 50.05}}, 1000.0)},
            {"one spike", trains_of({{10.05}}, 1000.0)},
            {"one spike of two neurons", trains_of({{10.05}, {}}, 1000.0)},
            {"several spikes in one step", twins},
            {"window of one step", trains_of({{0.05}, {0.05}}, 0.1)},
            {"window of a bin", trains_of({{0.05, 0.55}, {0.05}}, 1.0)},
            {"window of ten bins", trains_of({{0.05, 3.55}, {7.05}}, 10.0)},
            {"coarse steps", trains_of({{5.0, 25.0}, {7.0, 90.0}}, 1000.0, 5.0)},
            {"a spike in every step", [] {
                 TimesMs all;
                 for (int k = 0; k < 1000; ++k) all.push_back(0.1 * k + 0.05);
                 return trains_of({all, all}, 100.0);
             }()}};
}

TEST(LittleData, GivesUndefinedFiguresRatherThanACrash) {
    for (const Edge& edge : edges()) {
        for (const AnalysisInfo& info : analyses()) {
            const std::string analysis(info.description.name);
            const AnalysisResult result = run(analysis, edge.trains);
            EXPECT_FALSE(result.figures.empty());
            for (const Figure& figure : result.figures) {
                EXPECT_FALSE(std::isinf(figure.value))
                    << analysis << " of " << edge.what << ": " << figure.name;
            }
            for (const Plot& plot : result.plots) {
                for (const Curve& curve : plot.curves) {
                    ASSERT_EQ(curve.x.size(), curve.y.size());
                    EXPECT_FALSE(curve.x.empty()) << analysis << " of " << edge.what;
                    for (std::size_t k = 0; k < curve.x.size(); ++k) {
                        EXPECT_TRUE(std::isfinite(curve.x[k]) && std::isfinite(curve.y[k]))
                            << analysis << " of " << edge.what << ": " << plot.name;
                    }
                }
            }
        }
    }
}

TEST(LittleData, LeavesTheRightFiguresUndefined) {
    const SpikeTrains silent = trains_of({{}, {}, {}}, 1000.0);
    EXPECT_EQ(figure(run("rates", silent), "rate_hz"), 0.0);
    for (const auto& [analysis, what] :
         std::vector<std::pair<std::string, std::string>>{{"isi", "cv_isi"},
                                                          {"isi", "lv"},
                                                          {"population_rate", "fluctuation"},
                                                          {"power_spectrum", "peak_hz"},
                                                          {"power_spectrum", "peak_over_floor"},
                                                          {"correlogram", "at_0_ms"},
                                                          {"correlogram", "side_peak_lag_ms"},
                                                          {"order_parameter", "order_parameter"},
                                                          {"synchrony", "synchrony"},
                                                          {"synchrony", "chi"},
                                                          {"correlation", "correlation"}}) {
        EXPECT_TRUE(std::isnan(figure(run(analysis, silent), what))) << analysis << " " << what;
    }
    EXPECT_TRUE(std::isnan(figure(run("rates", trains_of({}, 1000.0)), "rate_hz")));
    EXPECT_TRUE(std::isnan(figure(run("rates", trains_of({{}}, 0.0)), "rate_hz")));
    const SpikeTrains alone = some_trains(1000.0, 1);
    EXPECT_TRUE(std::isnan(figure(run("correlogram", alone), "at_0_ms"))) << "one neuron, no pair";
    EXPECT_TRUE(std::isnan(figure(run("order_parameter", alone), "order_parameter")));
    EXPECT_TRUE(std::isnan(figure(run("correlation", alone), "correlation")));
}

// ---- threads ----

TEST(Analyses, GiveTheSameBitsOnAnyNumberOfThreads) {
    const SpikeTrains trains = some_trains(3000.0, 300);
    const int before = omp_get_max_threads();
    for (const AnalysisInfo& info : analyses()) {
        const std::string analysis(info.description.name);
        omp_set_num_threads(1);
        const AnalysisResult one = run(analysis, trains);
        omp_set_num_threads(5);
        const AnalysisResult five = run(analysis, trains);
        for (std::size_t f = 0; f < one.figures.size(); ++f) {
            EXPECT_EQ(std::bit_cast<std::uint64_t>(one.figures[f].value),
                      std::bit_cast<std::uint64_t>(five.figures[f].value))
                << analysis << " " << one.figures[f].name;
        }
        for (std::size_t p = 0; p < one.plots.size(); ++p) {
            EXPECT_EQ(one.plots[p].curves[0].y, five.plots[p].curves[0].y) << analysis;
        }
    }
    omp_set_num_threads(before);
}

// ---- names and descriptions ----

TEST(Analyses, AreFoundByTheirNames) {
    std::set<std::string_view> names;
    for (const AnalysisInfo& info : analyses()) {
        EXPECT_TRUE(names.insert(info.description.name).second);
        EXPECT_EQ(find_analysis(info.description.name), &info);
        EXPECT_FALSE(info.description.summary.empty());
        std::set<std::string_view> fields;
        for (const Field& field : info.description.fields) {
            EXPECT_TRUE(fields.insert(field.name).second) << info.description.name << field.name;
            EXPECT_FALSE(field.meaning.empty()) << info.description.name << field.name;
            EXPECT_NE(field.presence, Presence::required) << "all of it works without a word";
        }
    }
    for (const std::string_view name : default_analyses()) EXPECT_TRUE(names.contains(name));
    EXPECT_EQ(find_analysis("powerspectrum"), nullptr);
}

TEST(DefaultSpec, HoldsEveryDefaultInItsOwnKind) {
    static constexpr Field kFields[] = {
        defaulted("a", "ms", 1.5, kPositive, "a number"),
        defaulted("b", "1", 7, kPositive, "an integer", Kind::integer),
        flag("c", true, "a boolean"),
        choice("d", "x|y", "y", "a choice"),
        optional("e", "ms", kPositive, "may be absent"),
        required("f", "ms", kPositive, "must be written"),
    };
    const Spec spec = default_spec({.name = "part", .summary = "", .fields = kFields}, "here");
    EXPECT_EQ(spec.number("a"), 1.5);
    EXPECT_EQ(spec.integer("b"), 7);
    EXPECT_TRUE(spec.flag("c"));
    EXPECT_EQ(spec.text("d"), "y");
    EXPECT_FALSE(spec.has("e"));
    EXPECT_FALSE(spec.has("f"));
    EXPECT_EQ(spec.where, "here");
}

TEST(Plots, AreNamedAfterTheirNeurons) {
    SpikeTrains trains = some_trains();
    trains.name = "pc[0:50]";
    EXPECT_EQ(run("rates", trains).plots.at(0).name, "rates_pc_0_50_");
}

}  // namespace
}  // namespace volley::test
