#include "network/model.hpp"

#include "core/error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace volley {

// Equality, for the round trip; a named part compares by what it says.
bool operator==(const Spec& a, const Spec& b);
bool same(const Value& a, const Value& b) {
    const Spec* const left = spec_of(a);
    const Spec* const right = spec_of(b);
    if (left != nullptr && right != nullptr) return *left == *right;
    return a == b;
}
bool same(const Parameters& a, const Parameters& b) {
    return std::ranges::equal(a, b, [](const auto& x, const auto& y) {
        return x.first == y.first && same(x.second, y.second);
    });
}
bool operator==(const Spec& a, const Spec& b) {
    return a.name == b.name && a.where == b.where && same(a.values, b.values);
}
bool operator==(const Selection& a, const Selection& b) {
    return a.population == b.population && a.begin == b.begin && a.end == b.end &&
           a.stride == b.stride && a.list == b.list;
}

namespace {

Spec normal() {
    return {.name = "normal",
            .where = "m.json#/x",
            .values = {
                {"mean", 1.25}, {"sd", 0.5}, {"min", -std::numeric_limits<double>::denorm_min()}}};
}

/// A model with something in every member, every kind of value included.
Model full_model() {
    Model model;
    model.title = "all of it";
    model.dt_ms = 0.025;
    model.warm_up = 40;
    model.duration = std::int64_t{1} << 40;
    model.seed = std::numeric_limits<std::uint64_t>::max();
    model.effective = "{\n}\n";
    model.populations = {
        {.name = "pc",
         .where = "m.json#/populations/pc",
         .model = "lif_psc_exp",
         .size = 3,
         .parameters = {{"C_m", std::vector<double>{1.0, -0.0, 3.5}},
                        {"E_L", std::make_shared<const Spec>(normal())},
                        {"tau_m", 10.0}},
         .initial = {{"V_m", -65.0}},
         .positions = Spec{.name = "ring",
                           .where = "m.json#/p",
                           .values = {{"length", 100.0},
                                      {"periodic", true},
                                      {"arrangement", std::string("grid")},
                                      {"columns", std::int64_t{7}}}},
         .single_precision = true,
         .area = "V1"},
        {.name = "src",
         .where = "",
         .model = "spike_source",
         .size = 2,
         .parameters = {{"times", std::vector<std::vector<double>>{{1.0, 2.0}, {}}}},
         .initial = {},
         .positions = std::nullopt,
         .single_precision = false,
         .area = ""}};
    Projection projection;
    projection.name = "src_to_pc";
    projection.where = "m.json#/projections/0";
    projection.source = {.population = 1, .begin = 0, .end = 2, .stride = 1, .list = {}};
    projection.target = {.population = 0, .begin = 0, .end = 3, .stride = 2, .list = {}};
    projection.rule = {.name = "list", .where = "w", .values = {}};
    projection.weight = std::make_shared<const Spec>(normal());
    projection.delay = 1.5;
    projection.receptor = 1;
    projection.allow_autapses = false;
    projection.allow_multapses = false;
    projection.edges = {{0, 1}, {0, 1}, {0.5, -0.5}, {1.0, 2.0}};
    model.projections = {projection};
    model.stimuli = {
        {.name = "dc",
         .where = "s",
         .target = {.population = 0, .begin = 0, .end = 3, .stride = 1, .list = {0, 2}},
         .drive = {.name = "dc", .where = "s", .values = {{"amplitude", 3.0}}},
         .receptor = 2}};
    model.interpolated_spikes = true;
    model.recorded_spikes = {{.population = 1, .begin = 1, .end = 2, .stride = 1, .list = {}}};
    model.traces = {
        {.where = "t", .target = projection.target, .variables = {"V_m", "I"}, .interval = 10}};
    model.schedule = {{.where = "c",
                       .at = 500,
                       .kind = ScheduledChange::Kind::stimulus,
                       .index = 0,
                       .parameter = "amplitude",
                       .value = std::vector<double>{1.0, 2.0, 3.0}}};
    model.analyses = {
        {.name = "a",
         .targets = {projection.source, projection.target},
         .spec = {.name = "cross_correlogram", .where = "a", .values = {{"bin", 1.0}}}}};
    return model;
}

TEST(ModelSerialisation, BringsEverythingBack) {
    const Model before = full_model();
    const Model after = deserialise_model(serialise(before));

    EXPECT_EQ(after.title, before.title);
    EXPECT_EQ(after.dt_ms, before.dt_ms);
    EXPECT_EQ(after.warm_up, before.warm_up);
    EXPECT_EQ(after.duration, before.duration);
    EXPECT_EQ(after.seed, before.seed);
    EXPECT_EQ(after.effective, before.effective);
    ASSERT_EQ(after.populations.size(), before.populations.size());
    for (std::size_t k = 0; k < before.populations.size(); ++k) {
        const Population& a = after.populations[k];
        const Population& b = before.populations[k];
        EXPECT_EQ(a.name, b.name);
        EXPECT_EQ(a.where, b.where);
        EXPECT_EQ(a.model, b.model);
        EXPECT_EQ(a.size, b.size);
        EXPECT_TRUE(same(a.parameters, b.parameters));
        EXPECT_TRUE(same(a.initial, b.initial));
        EXPECT_TRUE(a.positions == b.positions);
        EXPECT_EQ(a.single_precision, b.single_precision);
        EXPECT_EQ(a.area, b.area);
    }
    ASSERT_EQ(after.projections.size(), 1U);
    const Projection& p = after.projections[0];
    const Projection& q = before.projections[0];
    EXPECT_EQ(p.name, q.name);
    EXPECT_EQ(p.where, q.where);
    EXPECT_TRUE(p.source == q.source && p.target == q.target);
    EXPECT_TRUE(p.rule == q.rule);
    EXPECT_TRUE(same(p.weight, q.weight) && same(p.delay, q.delay));
    EXPECT_EQ(p.receptor, q.receptor);
    EXPECT_EQ(p.allow_autapses, q.allow_autapses);
    EXPECT_EQ(p.allow_multapses, q.allow_multapses);
    EXPECT_EQ(p.edges.sources, q.edges.sources);
    EXPECT_EQ(p.edges.targets, q.edges.targets);
    EXPECT_EQ(p.edges.weights, q.edges.weights);
    EXPECT_EQ(p.edges.delays_ms, q.edges.delays_ms);
    ASSERT_EQ(after.stimuli.size(), 1U);
    EXPECT_EQ(after.stimuli[0].name, "dc");
    EXPECT_EQ(after.stimuli[0].where, "s");
    EXPECT_TRUE(after.stimuli[0].target == before.stimuli[0].target);
    EXPECT_TRUE(after.stimuli[0].drive == before.stimuli[0].drive);
    EXPECT_EQ(after.stimuli[0].receptor, 2);
    EXPECT_TRUE(after.interpolated_spikes);
    ASSERT_EQ(after.recorded_spikes.size(), 1U);
    EXPECT_TRUE(after.recorded_spikes[0] == before.recorded_spikes[0]);
    ASSERT_EQ(after.traces.size(), 1U);
    EXPECT_EQ(after.traces[0].where, "t");
    EXPECT_TRUE(after.traces[0].target == before.traces[0].target);
    EXPECT_EQ(after.traces[0].variables, before.traces[0].variables);
    EXPECT_EQ(after.traces[0].interval, 10);
    ASSERT_EQ(after.schedule.size(), 1U);
    EXPECT_EQ(after.schedule[0].where, "c");
    EXPECT_EQ(after.schedule[0].at, 500);
    EXPECT_EQ(after.schedule[0].kind, ScheduledChange::Kind::stimulus);
    EXPECT_EQ(after.schedule[0].index, 0);
    EXPECT_EQ(after.schedule[0].parameter, "amplitude");
    EXPECT_TRUE(same(after.schedule[0].value, before.schedule[0].value));
    ASSERT_EQ(after.analyses.size(), 1U);
    EXPECT_EQ(after.analyses[0].name, "a");
    EXPECT_TRUE(after.analyses[0].targets == before.analyses[0].targets);
    EXPECT_TRUE(after.analyses[0].spec == before.analyses[0].spec);
    // The same bytes again: nothing that was not compared above got lost either.
    EXPECT_EQ(serialise(after), serialise(before));
}

TEST(ModelSerialisation, KeepsNamesWithAnyByte) {
    Model model = full_model();
    model.title = std::string("\0\xff\xfe newline\n", 12);
    EXPECT_EQ(deserialise_model(serialise(model)).title, model.title);
}

TEST(ModelSerialisation, RefusesEveryCutAndEveryChangedByte) {
    const std::string bytes = serialise(full_model());
    for (std::size_t length = 0; length < bytes.size(); length += 7) {
        EXPECT_THROW(deserialise_model(bytes.substr(0, length)), SystemError) << length;
    }
    for (std::size_t k = 0; k < bytes.size(); ++k) {
        std::string changed = bytes;
        changed[k] = static_cast<char>(changed[k] ^ 0x10);
        EXPECT_THROW(deserialise_model(changed), SystemError) << "byte " << k;
    }
    EXPECT_THROW(deserialise_model(std::string(1000, 'x')), SystemError);
}

TEST(Selection, FindsPositionsOfASlice) {
    const Selection slice{
        .population = 0, .begin = 3, .end = 20, .stride = 5, .list = {}};  // 3 8 13 18
    ASSERT_EQ(slice.size(), 4);
    for (std::int64_t index = 0; index < 30; ++index) {
        // Counted one by one.
        std::int64_t below = 0;
        bool inside = false;
        for (std::int64_t k = 0; k < slice.size(); ++k) {
            below += slice.at(k) < index ? 1 : 0;
            inside = inside || slice.at(k) == index;
        }
        EXPECT_EQ(slice.position_of(index), below) << index;
        EXPECT_EQ(slice.contains(index), inside) << index;
    }
}

TEST(Selection, FindsPositionsOfAList) {
    const Selection list{.population = 0, .begin = 1, .end = 10, .stride = 1, .list = {1, 5, 9}};
    EXPECT_EQ(list.size(), 3);
    EXPECT_EQ(list.position_of(0), 0);
    EXPECT_EQ(list.position_of(5), 1);
    EXPECT_EQ(list.position_of(6), 2);
    EXPECT_EQ(list.position_of(100), 3);
    EXPECT_TRUE(list.contains(9));
    EXPECT_FALSE(list.contains(2));
}

TEST(Model, CountsNeuronsAndFindsPopulations) {
    const Model model = full_model();
    EXPECT_EQ(model.neurons(), 5);
    EXPECT_EQ(model.population("src"), 1);
    EXPECT_THROW(model.population("none"), std::logic_error);
}

}  // namespace
}  // namespace volley
