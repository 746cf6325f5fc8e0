// Contacts on cells with dendrites as they are drawn and stored: on which sites, how many, and the
// same on every layout.

#include "core/cable/cell_blocks.hpp"
#include "core/error.hpp"
#include "network/connectome/worker_connectome.hpp"
#include "network/contact_sites.hpp"
#include "tests/network/contact_models.hpp"
#include "tests/statistics.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <tuple>

namespace volley {
namespace {

using namespace testing_models;
using Choice = Contacts::Choice;
using volley::testing::chi_square_probability;
using volley::testing::kFalseAlarm;

std::vector<std::int32_t> sites_of(const ContactSites& contacts, std::uint64_t connection) {
    std::vector<std::int32_t> sites(contacts.count());
    contacts.find(connection % 100, connection / 100, 0, sites);
    return sites;
}

TEST(ContactSites, FollowTheProbabilities) {
    const Contacts contacts = onto_dendrites(4, Choice::drawn);
    const ContactSites drawn(contacts, 5, "test");
    constexpr std::uint64_t kConnections = 20000;
    std::vector<double> counts(kSites);
    std::vector<double> same(5);  // contacts of one connection at the site of its first
    for (std::uint64_t k = 0; k < kConnections; ++k) {
        const auto sites = sites_of(drawn, k);
        for (const std::int32_t site : sites) ++counts[static_cast<std::size_t>(site)];
        ++same[static_cast<std::size_t>(std::ranges::count(sites, sites.front()))];
    }
    std::vector<double> expected;
    std::vector<double> expected_same(5);
    for (const double p : probabilities(contacts)) {
        expected.push_back(4.0 * kConnections * p);
        // Drawn on their own: binomial numbers of the other three.
        for (int n = 0; n <= 3; ++n) {
            const double choose = n == 0 || n == 3 ? 1.0 : 3.0;
            expected_same[static_cast<std::size_t>(n + 1)] +=
                kConnections * p * choose * std::pow(p, n) * std::pow(1.0 - p, 3 - n);
        }
    }
    EXPECT_GT(chi_square_probability(counts, expected), kFalseAlarm);
    EXPECT_GT(chi_square_probability(same, expected_same), kFalseAlarm);
}

TEST(ContactSites, OnOneBranchAreOnOneBranch) {
    Contacts contacts = onto_dendrites(3, Choice::clustered);
    // Unequal branches: the second has three quarters of the probability.
    contacts.cumulative = {0.02, 0.07, 0.12, 0.2, 0.25, 0.25, 0.45, 0.55, 0.85, 1.0};
    const ContactSites drawn(contacts, 5, "test");
    constexpr std::uint64_t kConnections = 30000;
    std::vector<double> branches(2);
    std::vector<double> counts(kSites);
    std::vector<double> expected;
    for (const double p : probabilities(contacts)) expected.push_back(3.0 * kConnections * p);
    bool spread = false;
    for (std::uint64_t k = 0; k < kConnections; ++k) {
        const auto sites = sites_of(drawn, k);
        const std::int32_t branch = sites.front() / kDendrite;
        ++branches[static_cast<std::size_t>(branch)];
        for (const std::int32_t site : sites) {
            ASSERT_EQ(site / kDendrite, branch) << "connection " << k;
            ++counts[static_cast<std::size_t>(site)];
            spread = spread || site != sites.front();
        }
    }
    EXPECT_TRUE(spread);
    EXPECT_EQ(counts[5], 0.0) << "a site without probability";
    EXPECT_GT(chi_square_probability(branches, {0.25 * kConnections, 0.75 * kConnections}),
              kFalseAlarm);
    // Within a branch contacts are drawn on their own, but numbers per branch scatter three times
    // as much as theirs: each branch against its own total.
    for (const std::ptrdiff_t first : {0, 5}) {
        const std::vector<double> here(counts.begin() + first, counts.begin() + first + 5);
        std::vector<double> share(expected.begin() + first, expected.begin() + first + 5);
        const double scale = std::accumulate(here.begin(), here.end(), 0.0) /
                             std::accumulate(share.begin(), share.end(), 0.0);
        for (double& each : share) each *= scale;
        EXPECT_GT(chi_square_probability(here, share), kFalseAlarm) << "from site " << first;
    }
}

TEST(ContactSites, ThatAreListedComeInTurn) {
    const Contacts contacts{.count = 5, .choice = Choice::listed, .sites = {7, 2}};
    const ContactSites listed(contacts, 5, "test");
    EXPECT_EQ(sites_of(listed, 3), (std::vector<std::int32_t>{7, 2, 7, 2, 7}));
    EXPECT_EQ(listed.most_at_one_site(10.0, 100), 30.0);
}

TEST(ContactSites, DependOnNothingButTheirConnection) {
    const Contacts contacts = onto_dendrites(6, Choice::drawn);
    const ContactSites a(contacts, 5, "test");
    const ContactSites b(contacts, 5, "test");
    const ContactSites other(contacts, 5, "other");
    int different = 0;
    for (std::uint64_t k = 0; k < 100; ++k) {
        EXPECT_EQ(sites_of(a, 99 - k), sites_of(b, 99 - k));
        different += sites_of(a, k) != sites_of(other, k) ? 1 : 0;
    }
    EXPECT_GT(different, 90);
    // More contacts leave the first ones where they are.
    const Contacts more = onto_dendrites(9, Choice::drawn);
    const auto few = sites_of(a, 17);
    const auto many = sites_of(ContactSites(more, 5, "test"), 17);
    EXPECT_TRUE(std::equal(few.begin(), few.end(), many.begin()));
}

// What the grid of input is laid out for is enough, and far less than if all met at one site.
TEST(ContactSites, AtOneSiteStayBelowTheBound) {
    for (const Choice choice : {Choice::drawn, Choice::clustered}) {
        const Contacts contacts = onto_dendrites(4, choice);
        const ContactSites drawn(contacts, 5, "test");
        const double bound = drawn.most_at_one_site(5000.0, 50);
        std::vector<double> counts(kSites);
        for (std::uint64_t target = 0; target < 50; ++target) {
            std::ranges::fill(counts, 0.0);
            std::vector<std::int32_t> sites(drawn.count());
            for (std::uint64_t source = 0; source < 5000; ++source) {
                drawn.find(target, source, 0, sites);
                for (const std::int32_t site : sites) ++counts[static_cast<std::size_t>(site)];
            }
            EXPECT_LE(std::ranges::max(counts), bound);
        }
        EXPECT_GT(bound, 4.0 * 5000.0 / 6.0);  // the mean of the most probable
        EXPECT_LT(bound, 4.0 * 5000.0 / 4.0);
    }
}

TEST(ContactSites, RefuseWhatDoesNotFitTheReceptor) {
    const auto refused = [](const auto& change) {
        Contacts contacts = onto_dendrites(2, Choice::clustered);
        check_contacts(contacts, kSites, "here");
        change(contacts);
        EXPECT_THROW(check_contacts(contacts, kSites, "here"), ConfigError);
    };
    refused([](Contacts& c) { c.count = 0; });
    refused([](Contacts& c) { c.sites.clear(); });
    refused([](Contacts& c) { c.sites.back() = 10; });
    refused([](Contacts& c) { c.sites.front() = -1; });
    refused([](Contacts& c) { c.cumulative.pop_back(); });
    refused([](Contacts& c) { c.cumulative.back() = 0.9; });
    refused([](Contacts& c) { std::swap(c.cumulative[2], c.cumulative[3]); });
    refused([](Contacts& c) { c.cumulative.front() = std::nan(""); });
    refused([](Contacts& c) { std::swap(c.branch.front(), c.branch.back()); });
    refused([](Contacts& c) { c.branch.pop_back(); });
}

/// Units that arrive, by (source, target, site, delay).
using Synapses = std::map<std::tuple<std::int64_t, std::int64_t, std::int64_t, Step>, std::int64_t>;

/// Fires the sources of a worker's static synapses one after the other and reads what arrives.
void read_worker(const Model& model, const ConnectionPlan& plan, const Partition& partition,
                 int worker, Delivery delivery, Synapses& found) {
    std::vector<std::vector<PresentSources>> present;
    WorkerConnectome here = build_worker(model, plan, partition, worker, delivery, present);
    const Projection& projection = model.projections.front();
    const auto target = static_cast<std::size_t>(projection.target.population);
    const auto receptor = static_cast<std::size_t>(projection.receptor);
    const Block block = partition.of_worker(projection.target.population, worker);
    const auto cells = static_cast<std::size_t>(block.size());
    const std::size_t sites = model.populations[target].cell->model().receptors[receptor].sites;
    const Step longest = plan.projections().front().longest_delay;
    Step now = 0;
    for (const PresentSources& sources :
         present[static_cast<std::size_t>(projection.source.population)]) {
        for (std::size_t k = 0; k < sources.source.size(); ++k) {
            here.spike_arrives(sources.route(0, k), now);
            for (Step delay = 1; delay <= longest; ++delay) {
                here.synapses.deliver(now + delay, here.rows);
                std::int32_t* const row =
                    here.rows.at(now + delay) + here.row_start[target][receptor];
                for (std::size_t cell = 0; cell < cells; ++cell) {
                    for (std::size_t site = 0; site < sites; ++site) {
                        std::int32_t& units = row[row_entry(cell, cells, sites, site)];
                        if (units == 0) continue;
                        found[{sources.source[k], block.begin + static_cast<std::int64_t>(cell),
                               static_cast<std::int64_t>(site), delay}] += units;
                        units = 0;
                    }
                }
                // Nothing else was touched.
                const std::int32_t* const all = here.rows.at(now + delay);
                EXPECT_TRUE(std::all_of(all, all + here.rows.length(),
                                        [](std::int32_t units) { return units == 0; }));
            }
            now += longest;
        }
    }
}

Synapses synapses_of(const Model& model, int ranks, int threads,
                     Delivery delivery = Delivery::automatic) {
    const ConnectionPlan plan(model);
    const Partition partition(model, ranks, threads);
    Synapses found;
    for (int worker = 0; worker < partition.workers(); ++worker) {
        read_worker(model, plan, partition, worker, delivery, found);
    }
    return found;
}

Model contact_model(std::int64_t cells, const Contacts& contacts, Spec by, Value weight,
                    Value delay_ms) {
    ModelBuilder b(0.1, 10);
    const auto source = b.population("source", "poisson_source", 30);
    const auto target =
        add_cells(b, "cells", std::make_shared<const CellType>(small_cell()), cells);
    b.connect(source, target, std::move(by), std::move(weight), std::move(delay_ms)).contacts =
        contacts;
    return b.model();
}

Spec indegree(std::int64_t n) { return rule("fixed_indegree", {{"indegree", n}}); }

// Cells alone, in a block with empty lanes, in whole blocks and a rest: each of them receives all.
TEST(Contacts, DeliverTheWholeWeightEach) {
    for (const std::int64_t cells : {1, 2, 3, 8, 9, 11, 19}) {
        for (const Choice choice : {Choice::drawn, Choice::clustered}) {
            // A power of two lies on every grid.
            const Model model =
                contact_model(cells, onto_dendrites(5, choice), indegree(7), 0x1p-10, 1.5);
            const double grid = ConnectionPlan(model).grid(1, 0);
            std::vector<double> sums(static_cast<std::size_t>(cells));
            for (const auto& [synapse, units] : synapses_of(model, 1, 1)) {
                EXPECT_EQ(std::get<3>(synapse), 15);
                sums[static_cast<std::size_t>(std::get<1>(synapse))] +=
                    grid * static_cast<double>(units);
            }
            for (const double sum : sums) EXPECT_EQ(sum, 7 * 5 * 0x1p-10) << cells << " cells";
        }
    }
}

TEST(Contacts, AreExpectedInNumber) {
    const Model model =
        contact_model(11, onto_dendrites(5, Choice::drawn), indegree(7), 0x1p-10, 1.5);
    const ConnectionPlan plan(model);
    EXPECT_EQ(plan.expected_synapses(), 11.0 * 7.0 * 5.0);
    std::vector<std::vector<PresentSources>> present;
    const WorkerConnectome all =
        build_worker(model, plan, Partition(model, 1, 1), 0, Delivery::automatic, present);
    EXPECT_EQ(all.number_of_synapses(), 11 * 7 * 5);
}

class SameContacts : public ::testing::TestWithParam<std::tuple<int, int>> {};

TEST_P(SameContacts, OnEveryLayout) {
    const auto [ranks, threads] = GetParam();
    const Value weight = drawn("uniform", {{"low", 1e-4}, {"high", 9e-4}});
    const Value delay = drawn("uniform", {{"low", 0.1}, {"high", 2.0}});
    const std::vector<Spec> rules{indegree(9),
                                  rule("fixed_outdegree", {{"outdegree", std::int64_t{6}}}),
                                  rule("fixed_total_number", {{"number", std::int64_t{150}}}),
                                  rule("pairwise_bernoulli", {{"probability", 0.3}})};
    std::int64_t cells = 2;
    for (const Spec& by : rules) {
        const Model model =
            contact_model(cells, onto_dendrites(4, Choice::clustered), by, weight, delay);
        const Synapses one = synapses_of(model, 1, 1);
        EXPECT_FALSE(one.empty());
        EXPECT_EQ(synapses_of(model, ranks, threads, Delivery::segments), one) << by.name;
        EXPECT_EQ(synapses_of(model, ranks, threads, Delivery::ring), one) << by.name;
        cells += 7;
    }
}

INSTANTIATE_TEST_SUITE_P(Layouts, SameContacts,
                         ::testing::Combine(::testing::Values(1, 2, 3), ::testing::Values(1, 2)));

// A connection made twice (a multapse) draws its contacts anew.
TEST(Contacts, OfMultapsesAreDrawnApart) {
    const Model model =
        contact_model(1, onto_dendrites(1, Choice::drawn),
                      rule("fixed_outdegree", {{"outdegree", std::int64_t{50}}}), 0x1p-10, 1.5);
    const Synapses all = synapses_of(model, 1, 1);
    std::map<std::int64_t, int> sites;  // by source
    for (const auto& [synapse, units] : all) ++sites[std::get<0>(synapse)];
    EXPECT_EQ(sites.size(), 30U);
    for (const auto& [source, number] : sites) EXPECT_GT(number, 5) << source;
}

}  // namespace
}  // namespace volley
