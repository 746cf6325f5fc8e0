// Golden digests: what the rules, positions and distributions drew when this test was written. They
// are the same on every processor and for every compiler. A change that moves one changes the
// results of all users' models: then say so in the changelog, and write the new digest here.
#include "core/distributions/distribution.hpp"
#include "tests/network/rule_harness.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cstdint>
#include <vector>

namespace volley::testing {
namespace {

class Digest {
public:
    void add(std::uint64_t word) { sum_ = scramble(sum_ ^ word); }
    void add(double number) { add(std::bit_cast<std::uint64_t>(number)); }
    std::uint64_t value() const { return sum_; }

private:
    std::uint64_t sum_ = 0;
};

std::uint64_t digest_of(const Wiring& wiring) {
    std::vector<Edge> edges = Network(wiring).edges();
    sort_edges(edges);
    Digest digest;
    for (const Edge& e : edges) {
        for (const std::int64_t part : {e.source, e.target, e.ordinal, std::int64_t{e.copy}}) {
            digest.add(static_cast<std::uint64_t>(part));
        }
    }
    return digest.value();
}

TEST(GoldenDigests, OfRules) {
    struct Case {
        const char* rule;
        Values values;
        bool multapses;
        std::uint64_t digest;
    };
    const std::vector<Case> cases{
        {"one_to_one", {}, true, 0x762677fb86ed371cULL},
        {"all_to_all", {}, true, 0x98903e7a5e759aa0ULL},
        {"pairwise_bernoulli", {{"probability", 0.1}}, true, 0x031cd3230625e396ULL},
        {"fixed_indegree", {{"indegree", std::int64_t{70}}}, true, 0xd6d0463067af7ae2ULL},
        {"fixed_indegree", {{"indegree", std::int64_t{70}}}, false, 0x118bb8fad6aaf519ULL},
        {"fixed_outdegree", {{"outdegree", std::int64_t{200}}}, true, 0x1e919fa560a39c4fULL},
        {"fixed_outdegree", {{"outdegree", std::int64_t{200}}}, false, 0x5adcef72cc2afdcdULL},
        {"fixed_total_number", {{"number", std::int64_t{30000}}}, true, 0x8d71597f11453693ULL},
        {"fixed_total_number", {{"number", std::int64_t{30000}}}, false, 0xf8a1c410ab054db2ULL},
        {"nearest_neighbours",
         {{"radius", std::int64_t{9}}, {"rewiring", 0.3}},
         true,
         0x88c6956a0dc75160ULL},
        {"nearest_neighbours",
         {{"radius", std::int64_t{9}}, {"rewiring", 0.3}},
         false,
         0xb0f926e6f3b3e0a9ULL},
        {"distance_dependent",
         {{"kernel", std::string("gaussian")}, {"peak", 0.9}, {"sigma", 80.0}},
         true,
         0x20609be27e2e28ebULL},
        {"distance_dependent",
         {{"kernel", std::string("exponential")}, {"peak", 0.9}, {"length", 60.0}},
         true,
         0x43dc2ad04a0a1420ULL},
        {"distance_dependent",
         {{"kernel", std::string("linear")}, {"peak", 0.9}, {"length", 200.0}},
         true,
         0x142baf5188953badULL},
    };
    for (const Case& c : cases) {
        Wiring wiring{.rule = c.rule,
                      .values = c.values,
                      .source = slice(0, 0, 500),
                      .target = slice(1, 0, 500),
                      .multapses = c.multapses,
                      .seed = 42};
        if (wiring.rule == "distance_dependent") {
            wiring.source_positions = wiring.target_positions =
                shape("volume", {{"width", 500.0},
                                 {"height", 400.0},
                                 {"depth", 100.0},
                                 {"arrangement", std::string("random")},
                                 {"periodic", true}});
        }
        EXPECT_EQ(digest_of(wiring), c.digest) << c.rule << (c.multapses ? " multapses" : "");
    }
}

TEST(GoldenDigests, OfDistributions) {
    struct Case {
        const char* name;
        Values values;
        std::uint64_t digest;
    };
    const std::vector<Case> cases{
        {"uniform", {{"low", 1.0}, {"high", 2.0}}, 0x9fc3377e1fd5181aULL},
        {"normal", {{"mean", 87.8}, {"sd", 8.78}, {"min", 0.0}}, 0xf79cc713442a99c7ULL},
        {"lognormal", {{"median", 0.5}, {"sigma", 0.8}, {"max", 5.0}}, 0xd0904938a71f4d2bULL},
        {"exponential", {{"mean", 2.0}, {"max", 20.0}}, 0x46976d48da7154b7ULL},
        {"cauchy", {{"location", 10.0}, {"scale", 0.5}, {"min", 0.0}}, 0x3cb43229108e4e05ULL},
    };
    const CounterRandom random(42, "golden");
    for (const Case& c : cases) {
        const auto distribution = make_distribution({c.name, "", c.values});
        Digest digest;
        for (std::uint64_t i = 0; i < 10000; ++i)
            digest.add(distribution->quantile(random.uniform(i)));
        EXPECT_EQ(digest.value(), c.digest) << c.name;
    }
}

}  // namespace
}  // namespace volley::testing
