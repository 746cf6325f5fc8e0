#pragma once

// Networks of cells with dendrites, for tests of contacts, electrodes and traces.

#include "core/cable/cell_type.hpp"
#include "tests/core/cable_models.hpp"
#include "tests/network/model_builder.hpp"
#include "tests/network/plastic_model.hpp"

#include <memory>
#include <utility>
#include <vector>

namespace volley::testing_models {

inline constexpr std::int32_t kSoma = 0;
inline constexpr std::int32_t kDendrite = 5;  ///< compartments of each of the two
inline constexpr std::size_t kSites = 10;     ///< of "exc": all of the dendrites

/// A soma with squid channels and two passive dendrites: compartments 1 to 5 and 6 to 10. Receptor
/// 0, "exc", is on the dendrites, so that its site s is compartment s + 1; receptor 1, "inh", is on
/// the soma and on compartments 5 and 10.
inline CellDefinition small_cell() {
    using namespace volley::testing;
    CellDefinition cell;
    cell.name = "small";
    TreeBuilder builder;
    const std::int32_t soma = builder.add(-1, 1, {.length_um = 20.0, .diameter_um = 20.0});
    const std::int32_t fork = builder.fork(soma);
    builder.add(fork, kDendrite, {.length_um = 40.0, .diameter_um = 1.5});
    builder.add(fork, kDendrite, {.length_um = 60.0, .diameter_um = 1.0});
    cell.tree = builder.tree();
    add_squid_channels(cell, {kSoma}, 0.0003, -54.3);
    cell.channels.push_back(
        placement("pas", "leak", range(1, 11), {{"g_max_pas", 1e-4}, {"E_rev_pas", -65.0}}));
    cell.receptors.push_back(placement("exc", "exp_conductance", range(1, 11),
                                       {{"tau_syn_exc", 2.0}, {"E_rev_exc", 0.0}}));
    cell.receptors.push_back(placement("inh", "exp_conductance", {kSoma, 5, 10},
                                       {{"tau_syn_inh", 5.0}, {"E_rev_inh", -80.0}}));
    return cell;
}

inline std::int32_t add_cells(ModelBuilder& b, const std::string& name,
                              std::shared_ptr<const CellType> type, std::int64_t size,
                              Parameters parameters = {}) {
    const auto index = b.population(name, type->definition().name, size, std::move(parameters));
    b.model().populations[static_cast<std::size_t>(index)].cell = std::move(type);
    return index;
}

/// Contacts at all sites of "exc", those farther out along each dendrite with a larger probability.
inline Contacts onto_dendrites(std::int64_t count, Contacts::Choice choice) {
    Contacts contacts{.count = count, .choice = choice};
    double sum = 0.0;
    for (std::int32_t site = 0; site < static_cast<std::int32_t>(kSites); ++site) {
        contacts.sites.push_back(site);
        contacts.branch.push_back(site / kDendrite);
        sum += 1 + site % kDendrite;
        contacts.cumulative.push_back(sum);
    }
    for (double& each : contacts.cumulative) each /= sum;
    contacts.cumulative.back() = 1.0;
    return contacts;
}

/// The probability of each candidate.
inline std::vector<double> probabilities(const Contacts& contacts) {
    std::vector<double> p;
    double before = 0.0;
    for (const double sum : contacts.cumulative) p.push_back(sum - std::exchange(before, sum));
    return p;
}

/// Contacts at one site alone.
inline Contacts at_site(std::int32_t site) {
    return {.count = 1, .choice = Contacts::Choice::listed, .sites = {site}};
}

/// Cells with dendrites and points that drive each other, with contacts of all kinds, short- and
/// long-term plasticity, drives at several places and a gap junction between somata.
/// @param cells  of the first population: how many there are decides how they lie in lanes
inline Model dendritic_model(std::int64_t cells, Step duration) {
    ModelBuilder b(0.025, duration);
    const auto type = std::make_shared<const CellType>(small_cell());
    const auto one = add_cells(b, "one", type, cells);
    const auto two = add_cells(b, "two", type, 5);
    const auto source = b.population("source", "poisson_source", 40, {{"rate", 60.0}});
    const auto point = b.population("point", "lif_cond_exp", 23, {{"I_e", 300.0}});
    const auto ints = [](std::int64_t n) { return Value{n}; };
    const Value weight = drawn("normal", {{"mean", 4e-4}, {"sd", 1e-4}, {"min", 0.0}});
    const Value delay = drawn("uniform", {{"low", 0.5}, {"high", 3.0}});
    using Choice = Contacts::Choice;

    b.connect(source, one, rule("fixed_indegree", {{"indegree", ints(20)}}), weight, delay, 0)
        .contacts = onto_dendrites(3, Choice::drawn);
    b.connect(source, two, rule("pairwise_bernoulli", {{"probability", 0.6}}), 5e-4, 1.0, 0)
        .contacts = onto_dendrites(4, Choice::clustered);
    b.connect(one, two, rule("fixed_total_number", {{"number", ints(30)}}), weight, delay, 0)
        .contacts = {.count = 5, .choice = Choice::listed, .sites = {9, 4, 0}};
    b.connect(two, one, rule("fixed_outdegree", {{"outdegree", ints(3)}}), -2e-4, delay, 1)
        .contacts = {.count = 2, .choice = Choice::drawn, .sites = {0, 2}, .cumulative = {0.7, 1}};
    b.connect(one, point, rule("fixed_indegree", {{"indegree", ints(2)}}), 3.0, 1.5, 0);
    Projection& learns = b.connect(source, one, rule("fixed_indegree", {{"indegree", ints(15)}}),
                                   drawn("uniform", {{"low", 1e-4}, {"high", 3e-4}}), delay, 0);
    learns.dendritic_delay = 4;
    learns.contacts = onto_dendrites(2, Choice::drawn);
    learns.plasticity = plasticity(
        "stdp_pair",
        {{"weight_dependence", std::string("multiplicative")}, {"w_max", 6e-4}, {"lambda", 0.05}});
    Projection& local =
        b.connect(source, one, rule("fixed_indegree", {{"indegree", ints(10)}}), 2e-4, 1.0, 0);
    local.contacts = onto_dendrites(3, Choice::clustered);
    local.plasticity = plasticity("local_voltage", {{"theta_potentiation", -62.0},
                                                    {"theta_depression", -50.0},
                                                    {"w_max", 5e-4},
                                                    {"eta_potentiation", 0.1},
                                                    {"eta_depression", 0.2}});
    Projection& depresses =
        b.connect(source, two, rule("fixed_indegree", {{"indegree", ints(8)}}), 5e-4, delay, 0);
    depresses.contacts = onto_dendrites(2, Choice::drawn);
    depresses.plasticity =
        plasticity("tsodyks_markram", {{"U", 0.3}, {"tau_rec", 100.0}, {"tau_facil", 300.0}});

    b.drive(one, "ou_current", {{"mean", 0.02}, {"sd", 0.02}, {"tau", 3.0}});
    b.model().stimuli.back().compartment = 8;
    b.drive(two, "dc", {{"amplitude", drawn("uniform", {{"low", 0.0}, {"high", 0.1}})}});
    b.drive(two, "poisson", {{"rate", 300.0}, {"weight", 5e-4}}, 0);
    b.model().stimuli.back().contacts = onto_dendrites(6, Choice::drawn);
    b.drive(one, "poisson", {{"rate", 20.0}, {"weight", 2e-4}, {"afferents", ints(9)}}, 0);
    b.model().stimuli.back().contacts = onto_dendrites(2, Choice::drawn);
    b.model().stimuli.back().contacts.side_by_side = true;
    b.couple(one, two, rule("pairwise_bernoulli", {{"probability", 0.3}}), 5e-4);
    b.trace(one, {"V_m"}, 7);
    b.trace(one, {"V_m", "g_exc"}, 11);
    b.model().traces.back().compartments = {0, 3, 10};
    b.trace(two, {"V_m", "h_na"}, 13);
    return b.model();
}

}  // namespace volley::testing_models
