// What the rules draw: degrees, whole outcomes of small networks, distances. Seeds are fixed; the
// false-alarm probability of each check would be 1e-6.
#include "core/distributions/distribution.hpp"
#include "core/random/counter_random.hpp"
#include "tests/network/rule_harness.hpp"
#include "tests/statistics.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <numeric>
#include <set>

namespace volley::testing {
namespace {

constexpr std::int64_t kSources = 800;
constexpr std::int64_t kTargets = 1200;

Wiring between_two(const std::string& rule, Values values, bool multapses = true) {
    return {.rule = rule,
            .values = std::move(values),
            .source = slice(0, 0, kSources),
            .target = slice(1, 0, kTargets),
            .multapses = multapses};
}

/// Chi-square of degrees against a binomial distribution.
double binomial_fit(const std::vector<double>& degrees, std::int64_t n, double p) {
    std::vector<double> counts(static_cast<std::size_t>(n) + 1);
    std::vector<double> expected(counts.size());
    for (const double k : degrees) counts[static_cast<std::size_t>(k)] += 1.0;
    const double trials = static_cast<double>(n);
    for (std::size_t i = 0; i < expected.size(); ++i) {
        const double k = static_cast<double>(i);
        const double log_p = std::lgamma(trials + 1.0) - std::lgamma(k + 1.0) -
                             std::lgamma(trials - k + 1.0) + k * std::log(p) +
                             (trials - k) * std::log1p(-p);
        expected[i] = static_cast<double>(degrees.size()) * std::exp(log_p);
    }
    return chi_square_probability(counts, expected);
}

TEST(PairwiseBernoulli, HasBinomialDegreesOnBothSides) {
    for (const double p : {0.002, 0.1, 0.6}) {
        const auto edges = Network(between_two("pairwise_bernoulli", {{"probability", p}})).edges();
        EXPECT_PLAUSIBLE(binomial_fit(indegrees(edges, kTargets), kSources, p)) << p;
        EXPECT_PLAUSIBLE(binomial_fit(outdegrees(edges, kSources), kTargets, p)) << p;
    }
}

TEST(PairwiseBernoulli, ConnectsNeighbouringSourcesIndependently) {
    const auto edges = Network(between_two("pairwise_bernoulli", {{"probability", 0.3}})).edges();
    std::set<std::pair<std::int64_t, std::int64_t>> made;
    for (const Edge& e : edges) made.insert({e.target, e.source});
    std::vector<double> counts(4);
    for (std::int64_t t = 0; t < kTargets; ++t) {
        for (std::int64_t s = 0; s + 1 < kSources; s += 2) {
            counts[static_cast<std::size_t>(made.contains({t, s}) +
                                            2 * made.contains({t, s + 1}))] += 1;
        }
    }
    const double n = 1.0 * kTargets * kSources / 2;
    EXPECT_PLAUSIBLE(chi_square_probability(counts, {n * 0.49, n * 0.21, n * 0.21, n * 0.09}));
}

TEST(FixedIndegree, DrawsSourcesEvenly) {
    for (const std::int64_t k : {1, 10, 300, 790}) {
        for (const bool multapses : {true, false}) {
            const auto edges =
                Network(between_two("fixed_indegree", {{"indegree", k}}, multapses)).edges();
            for (const double d : indegrees(edges, kTargets)) ASSERT_EQ(d, k);
            // A source is drawn by each target independently: k times of S, or once with k / S.
            const double p = static_cast<double>(k) / kSources;
            const double variance = kTargets * p * (1.0 - (multapses ? 1.0 / kSources : p));
            EXPECT_PLAUSIBLE(dispersion_probability(outdegrees(edges, kSources), variance))
                << k << (multapses ? " multapses" : "");
        }
    }
}

TEST(FixedOutdegree, DrawsTargetsEvenly) {
    for (const std::int64_t k : {1, 10, 16, 17, 300, 1190}) {
        for (const bool multapses : {true, false}) {
            const auto edges =
                Network(between_two("fixed_outdegree", {{"outdegree", k}}, multapses)).edges();
            for (const double d : outdegrees(edges, kSources)) ASSERT_EQ(d, k);
            const double p = static_cast<double>(k) / kTargets;
            const double variance = kSources * p * (1.0 - (multapses ? 1.0 / kTargets : p));
            EXPECT_PLAUSIBLE(dispersion_probability(indegrees(edges, kTargets), variance))
                << k << (multapses ? " multapses" : "");
        }
    }
}

TEST(FixedTotalNumber, DrawsPairsEvenly) {
    for (const std::int64_t n : {500, 20000, 400000, 900000}) {
        for (const bool multapses : {true, false}) {
            const auto edges =
                Network(between_two("fixed_total_number", {{"number", n}}, multapses)).edges();
            ASSERT_EQ(static_cast<std::int64_t>(edges.size()), n);
            const double total = static_cast<double>(n);
            const double pairs = 1.0 * kSources * kTargets;
            const auto check = [&](const std::vector<double>& degrees, double cells,
                                   const char* what) {
                // Multinomial, or multivariate hypergeometric.
                const double left = multapses ? 1.0 : (pairs - total) / (pairs - 1.0);
                const double variance = total / cells * (1.0 - 1.0 / cells) * left;
                EXPECT_PLAUSIBLE(dispersion_probability(degrees, variance))
                    << n << what << (multapses ? " multapses" : "");
            };
            check(indegrees(edges, kTargets), kTargets, " in-degrees");
            check(outdegrees(edges, kSources), kSources, " out-degrees");
        }
    }
}

TEST(FixedTotalNumber, MakesTheNumberThatAProbabilityAsksFor) {
    const double p = 0.1;
    const double pairs = 1.0 * kSources * kTargets;
    const Network with(between_two("fixed_total_number", {{"probability", p}}));
    EXPECT_EQ(with.rule->expected_synapses(),
              std::round(std::log(1.0 - p) / std::log(1.0 - 1.0 / pairs)));
    std::set<std::pair<std::int64_t, std::int64_t>> connected;
    for (const Edge& e : with.edges()) connected.insert({e.source, e.target});
    // The number of connected pairs scatters less than a binomial one: 5 of its deviations.
    EXPECT_NEAR(static_cast<double>(connected.size()), p * pairs, 5.0 * std::sqrt(p * pairs));
    const Network without(between_two("fixed_total_number", {{"probability", p}}, false));
    EXPECT_EQ(without.rule->expected_synapses(), std::round(p * pairs));
}

/// Draws a small network many times and counts how often each whole outcome comes up.
std::map<std::vector<std::pair<std::int64_t, std::int64_t>>, double> outcomes(Wiring wiring,
                                                                              int trials) {
    std::map<std::vector<std::pair<std::int64_t, std::int64_t>>, double> counts;
    for (int k = 0; k < trials; ++k) {
        wiring.seed = static_cast<std::uint64_t>(k);
        std::vector<std::pair<std::int64_t, std::int64_t>> outcome;
        for (const Edge& e : Network(wiring).edges()) outcome.emplace_back(e.source, e.target);
        std::sort(outcome.begin(), outcome.end());
        counts[outcome] += 1.0;
    }
    return counts;
}

double choose(double n, double k) {
    return std::round(std::exp(std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1)));
}

struct SmallCase {
    const char* what;
    Wiring wiring;
    double outcomes;  ///< how many there are, all alike
};

// Without multapses every set of pairs that the rule allows is as probable as any other: the
// strictest test of the trees of splits, autapses left out or not.
TEST(SmallNetworks, HaveEveryPossibleOutcomeEquallyOften) {
    const auto wiring = [](const char* rule, Values values, Selection source, Selection target) {
        return Wiring{.rule = rule,
                      .values = std::move(values),
                      .source = std::move(source),
                      .target = std::move(target),
                      .autapses = false,
                      .multapses = false};
    };
    const Selection three = slice(0, 0, 3);
    const Selection some{.population = 0, .list = {1, 2, 5}};
    const std::vector<SmallCase> cases{
        {"2 of 2 sources twice",
         wiring("fixed_indegree", {{"indegree", std::int64_t{2}}}, three, three), 1.0},
        {"1 of 2 sources", wiring("fixed_indegree", {{"indegree", std::int64_t{1}}}, three, three),
         8.0},
        {"3 of 5 sources",
         wiring("fixed_indegree", {{"indegree", std::int64_t{3}}}, slice(0, 0, 5), slice(1, 0, 2)),
         100.0},
        {"3 of 5 targets",
         wiring("fixed_outdegree", {{"outdegree", std::int64_t{3}}}, slice(1, 0, 2),
                slice(0, 0, 5)),
         100.0},
        {"2 of 4 targets",
         wiring("fixed_outdegree", {{"outdegree", std::int64_t{2}}}, slice(0, 1, 4),
                slice(0, 0, 5)),
         216.0},
        {"2 of 6 pairs", wiring("fixed_total_number", {{"number", std::int64_t{2}}}, three, three),
         choose(6, 2)},
        {"5 of 6 pairs", wiring("fixed_total_number", {{"number", std::int64_t{5}}}, three, three),
         choose(6, 5)},
        // Two of the three listed are among the five sources: 13 pairs of 15.
        {"7 of 13 pairs",
         wiring("fixed_total_number", {{"number", std::int64_t{7}}}, slice(0, 0, 5), some),
         choose(13, 7)},
        {"3 of 13 pairs",
         wiring("fixed_total_number", {{"number", std::int64_t{3}}}, slice(0, 0, 5), some),
         choose(13, 3)},
    };
    for (const SmallCase& c : cases) {
        const int trials = static_cast<int>(50 * c.outcomes);
        const auto found = outcomes(c.wiring, trials);
        EXPECT_LE(static_cast<double>(found.size()), c.outcomes) << c.what;
        std::vector<double> counts(static_cast<std::size_t>(c.outcomes));
        std::size_t k = 0;
        for (const auto& [outcome, count] : found) counts[k++] = count;
        EXPECT_PLAUSIBLE(chi_square_probability(counts, std::vector<double>(counts.size(), 50.0)))
            << c.what;
    }
}

// With multapses an outcome of n synapses over P pairs has the multinomial probability.
TEST(SmallNetworks, HaveMultinomialOutcomesWithMultapses) {
    struct Case {
        const char* rule;
        const char* field;
        std::int64_t count;
        double groups;  ///< independent multinomials
        double pairs;   ///< pairs of each
    };
    for (const Case& c : {Case{"fixed_indegree", "indegree", 3, 3, 2},
                          Case{"fixed_outdegree", "outdegree", 3, 3, 2},
                          Case{"fixed_total_number", "number", 4, 1, 6}}) {
        const Wiring wiring{.rule = c.rule,
                            .values = {{c.field, c.count}},
                            .source = slice(0, 0, 3),
                            .target = slice(0, 0, 3),
                            .autapses = false};
        constexpr int kTrials = 20000;
        std::vector<double> counts;
        std::vector<double> expected;
        double rest = kTrials;
        for (const auto& [outcome, count] : outcomes(wiring, kTrials)) {
            std::map<std::pair<std::int64_t, std::int64_t>, double> copies;
            for (const auto& pair : outcome) copies[pair] += 1.0;
            const double n = static_cast<double>(c.count);
            double log_p = c.groups * (std::lgamma(n + 1.0) - n * std::log(c.pairs));
            for (const auto& [pair, k] : copies) log_p -= std::lgamma(k + 1.0);
            counts.push_back(count);
            expected.push_back(kTrials * std::exp(log_p));
            rest -= expected.back();
        }
        EXPECT_NEAR(rest, 0.0, 0.01 * kTrials) << "nearly all outcomes came up: " << c.rule;
        counts.push_back(0.0);
        expected.push_back(rest);
        EXPECT_PLAUSIBLE(chi_square_probability(counts, expected)) << c.rule;
    }
}

// Large trees, where splits come from the rejection samplers: the two halves of the targets.
TEST(FixedOutdegree, SplitsLargeNumbersCorrectly) {
    for (const bool multapses : {true, false}) {
        Wiring wiring =
            between_two("fixed_outdegree", {{"outdegree", std::int64_t{500}}}, multapses);
        wiring.source = slice(0, 0, 4000);
        std::vector<double> below(4000);
        for (const Edge& e : Network(wiring).edges()) {
            if (e.target < 450) below[static_cast<std::size_t>(e.source)] += 1.0;
        }
        const double p = 450.0 / kTargets;
        const double left = multapses ? 1.0 : (kTargets - 500.0) / (kTargets - 1.0);
        const double sd = std::sqrt(500.0 * p * (1.0 - p) * left);
        // Standardised and made continuous by a uniform number, they are normal to 1 / sd^2.
        const CounterRandom random(5, "continuity");
        std::vector<double> z;
        for (std::size_t k = 0; k < below.size(); ++k) {
            z.push_back((below[k] + random.uniform(k) - 0.5 - 500.0 * p) /
                        std::sqrt(sd * sd + 1.0 / 12.0));
        }
        EXPECT_PLAUSIBLE(kolmogorov_probability(
            z, [](double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }));
    }
}

TEST(NearestNeighbours, AreThoseOnBothSides) {
    const auto sources_of = [](const Network& network, std::int64_t t) {
        std::set<std::int64_t> sources;
        for (const Edge& e : network.edges(t, t + 1)) sources.insert(e.source);
        return sources;
    };
    Wiring wiring{.rule = "nearest_neighbours",
                  .values = {{"radius", std::int64_t{2}}, {"rewiring", 0.0}},
                  .source = slice(0, 0, 10),
                  .target = slice(0, 0, 10)};
    EXPECT_EQ(sources_of(Network(wiring), 0), (std::set<std::int64_t>{8, 9, 1, 2}));
    wiring.values["periodic"] = false;
    EXPECT_EQ(sources_of(Network(wiring), 0), (std::set<std::int64_t>{1, 2}));
    wiring.values["centre"] = true;
    EXPECT_EQ(sources_of(Network(wiring), 9), (std::set<std::int64_t>{7, 8, 9}));
    wiring.values.erase("centre");
    wiring.target = slice(1, 0, 5);  // another population: the centre belongs to it
    EXPECT_EQ(sources_of(Network(wiring), 2), (std::set<std::int64_t>{3, 4, 5, 6, 7}));
    wiring.values.erase("periodic");
    wiring.source_positions = shape("line", {{"length", 1000.0}});
    EXPECT_EQ(sources_of(Network(wiring), 0), (std::set<std::int64_t>{0, 1, 2, 3}));
}

TEST(NearestNeighbours, AreRewiredWithTheProbabilityGivenToEvenlyDrawnSources) {
    for (const bool multapses : {true, false}) {
        constexpr std::int64_t kNeurons = 4000;
        const double rewiring = 0.2;
        const Wiring wiring{.rule = "nearest_neighbours",
                            .values = {{"radius", std::int64_t{5}}, {"rewiring", rewiring}},
                            .source = slice(0, 0, kNeurons),
                            .target = slice(0, 0, kNeurons),
                            .autapses = false,
                            .multapses = multapses};
        const auto edges = Network(wiring).edges();
        ASSERT_EQ(edges.size(), 10U * kNeurons);
        double moved = 0.0;
        std::vector<double> away(100);
        for (const Edge& e : edges) {
            const std::int64_t d = (e.source - e.target + kNeurons) % kNeurons;
            if (d <= 5 || d >= kNeurons - 5) continue;
            moved += 1.0;
            away[static_cast<std::size_t>((d - 6) * 100 / (kNeurons - 11))] += 1.0;
        }
        // A drawn source is a neighbour again with a probability below 10 / 4000: 80 * 0.25 edges.
        const double n = 10.0 * kNeurons;
        EXPECT_NEAR(moved, n * rewiring, 5.0 * std::sqrt(n * rewiring) + 25.0);
        EXPECT_PLAUSIBLE(chi_square_probability(away, std::vector<double>(100, moved / 100.0)));
    }
}

struct KernelCase {
    const char* name;
    const char* shape;
    Values values;
    std::function<double(double)> probability;
};

// All pairs in bins of distance: as many connected as the kernel says.
TEST(DistanceDependent, ConnectsPairsWithTheProbabilityOfTheirDistance) {
    const std::vector<KernelCase> cases{
        {"gaussian",
         "plane",
         {{"peak", 0.9}, {"sigma", 100.0}},
         [](double d) { return d > 500.0 ? 0.0 : 0.9 * std::exp(-d * d / 20000.0); }},
        {"gaussian",
         "volume",
         {{"peak", 0.5}, {"sigma", 80.0}, {"cutoff", 150.0}},
         [](double d) { return d > 150.0 ? 0.0 : 0.5 * std::exp(-d * d / 12800.0); }},
        {"exponential",
         "line",
         {{"peak", 1.0}, {"length", 50.0}},
         [](double d) { return d > 500.0 ? 0.0 : std::exp(-d / 50.0); }},
        {"exponential",
         "volume",
         {{"peak", 1.0}, {"length", 40.0}},
         [](double d) { return d > 400.0 ? 0.0 : std::exp(-d / 40.0); }},
        {"linear",
         "ring",
         {{"peak", 0.7}, {"length", 300.0}},
         [](double d) { return 0.7 * std::max(0.0, 1.0 - d / 300.0); }},
        {"constant",
         "plane",
         {{"peak", 0.25}, {"cutoff", 200.0}},
         [](double d) { return d > 200.0 ? 0.0 : 0.25; }},
        {"constant",
         "plane",
         {{"peak", 1.0}, {"cutoff", 77.0}},
         [](double d) { return d > 77.0 ? 0.0 : 1.0; }},
    };
    constexpr std::int64_t kNeurons = 1500;
    for (const KernelCase& c : cases) {
        for (const bool periodic : {false, true}) {
            Values size{{"arrangement", std::string("random")}};
            for (const char* side : {"length", "width", "height", "depth"})
                size.emplace(side, 1000.0);
            if (std::string(c.shape) != "ring") size.emplace("periodic", periodic);
            Wiring wiring{.rule = "distance_dependent",
                          .values = c.values,
                          .source = slice(0, 0, kNeurons),
                          .target = slice(1, 0, kNeurons)};
            wiring.values.emplace("kernel", std::string(c.name));
            wiring.source_positions = wiring.target_positions = Spec{c.shape, "", size};
            const Network network(wiring);
            std::vector<double> expected(60);
            std::vector<double> variance(60);
            std::vector<double> made(60);
            std::vector<std::array<double, 3>> from(kNeurons);
            std::vector<std::array<double, 3>> to(kNeurons);
            network.source_positions->many(0, from);
            network.target_positions->many(0, to);
            const auto distance = [&](std::int64_t source, std::int64_t target) {
                return distance_um(from[static_cast<std::size_t>(source)],
                                   to[static_cast<std::size_t>(target)],
                                   network.source_positions->period());
            };
            double mean = 0.0;
            for (std::int64_t t = 0; t < kNeurons; t += 3) {
                for (std::int64_t s = 0; s < kNeurons; ++s) {
                    const double d = distance(s, t);
                    const double p = c.probability(d);
                    mean += 3.0 * p;
                    if (d >= 600.0) continue;
                    expected[static_cast<std::size_t>(d / 10.0)] += p;
                    variance[static_cast<std::size_t>(d / 10.0)] += p * (1.0 - p);
                }
            }
            for (const Edge& e : network.edges()) {
                if (e.target % 3 != 0) continue;
                const double d = distance(e.source, e.target);
                ASSERT_GT(c.probability(d), 0.0) << "beyond the cutoff";
                made[static_cast<std::size_t>(d / 10.0)] += 1.0;
            }
            // Bins are independent sums of independent draws: squared deviations add up to
            // chi-square.
            double statistic = 0.0;
            int bins = 0;
            for (std::size_t k = 0; k < made.size(); ++k) {
                if (variance[k] < 10.0) {
                    EXPECT_NEAR(made[k], expected[k], 25.0);
                    continue;
                }
                statistic += (made[k] - expected[k]) * (made[k] - expected[k]) / variance[k];
                ++bins;
            }
            if (bins > 0) {
                EXPECT_PLAUSIBLE(chi_square_tail(statistic, bins))
                    << c.name << " " << c.shape << (periodic ? " periodic" : "");
            }
            // The estimate looks at 128 targets and some sources of each bin: a few per cent.
            EXPECT_NEAR(network.rule->expected_synapses(), mean, 0.1 * mean) << c.name << c.shape;
            EXPECT_GE(network.rule->largest_indegree(),
                      std::ranges::max(indegrees(network.edges(), kNeurons)));
        }
    }
}

TEST(DistanceDependent, TreatsBothSidesOfAGridAlike) {
    // Neighbours at exactly the cutoff, where rounding must not decide.
    Wiring wiring{.rule = "distance_dependent",
                  .values = {{"kernel", std::string("constant")}, {"peak", 1.0}, {"cutoff", 20.0}},
                  .source = slice(0, 0, 900),
                  .target = slice(0, 0, 900),
                  .autapses = false};
    wiring.source_positions = wiring.target_positions =
        shape("plane", {{"width", 300.0}, {"height", 300.0}, {"periodic", true}});
    const auto edges = Network(wiring).edges();
    for (const double k : indegrees(edges, 900)) EXPECT_EQ(k, 12.0);
    for (const double k : outdegrees(edges, 900)) EXPECT_EQ(k, 12.0);
}

TEST(Rules, WorkAtTheSmallestSizes) {
    const auto count = [](const char* rule, Values values, std::int64_t sources,
                          std::int64_t targets) {
        const Wiring wiring{.rule = rule,
                            .values = std::move(values),
                            .source = slice(0, 0, sources),
                            .target = slice(1, 0, targets)};
        return Network(wiring).edges().size();
    };
    EXPECT_EQ(count("pairwise_bernoulli", {{"probability", 1.0}}, 1, 1), 1U);
    EXPECT_EQ(count("pairwise_bernoulli", {{"probability", 0.0}}, 1, 1), 0U);
    EXPECT_EQ(count("pairwise_bernoulli", {{"probability", 1e-300}}, 1, 1000), 0U);
    EXPECT_EQ(count("pairwise_bernoulli", {{"probability", 1.0}}, 1, 100), 100U);
    EXPECT_EQ(count("fixed_indegree", {{"indegree", std::int64_t{1000}}}, 1, 1), 1000U);
    EXPECT_EQ(count("fixed_outdegree", {{"outdegree", std::int64_t{1000}}}, 1, 1), 1000U);
    EXPECT_EQ(count("fixed_total_number", {{"number", std::int64_t{1000}}}, 1, 1), 1000U);
    EXPECT_EQ(count("fixed_total_number", {{"number", std::int64_t{0}}}, 5, 5), 0U);
    EXPECT_EQ(count("all_to_all", {}, 1, 1), 1U);
    EXPECT_EQ(count("one_to_one", {}, 1, 1), 1U);
}

}  // namespace
}  // namespace volley::testing
