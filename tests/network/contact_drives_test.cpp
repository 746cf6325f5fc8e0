// Drives whose neurons have many afferents, each with contacts of its own.
#include "core/cable/cell_blocks.hpp"
#include "network/group_drives.hpp"
#include "tests/core/drive_runner.hpp"
#include "tests/network/contact_models.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>
#include <tuple>

namespace volley {
namespace {

using testing_models::dendritic_model;
using testing_models::kSites;
using testing_models::ModelBuilder;
using testing_models::onto_dendrites;

constexpr std::int64_t kCells = 11;
constexpr std::int64_t kAfferents = 6;
constexpr std::int64_t kContacts = 3;
constexpr double kRate_Hz = 50.0;
constexpr double kDt_ms = 0.1;

Model driven_model(bool side_by_side) {
    ModelBuilder b(kDt_ms, 1000);
    const auto cells = testing_models::add_cells(
        b, "cells", std::make_shared<const CellType>(testing_models::small_cell()), kCells);
    b.drive(cells, "poisson",
            {{"rate", kRate_Hz}, {"weight", 0x1p-10}, {"afferents", Value{kAfferents}}}, 0);
    Contacts& contacts = b.model().stimuli.back().contacts;
    contacts = onto_dendrites(kContacts, Contacts::Choice::drawn);
    contacts.side_by_side = side_by_side;
    return b.model();
}

/// (step, cell, the sites that it reaches in turn) of each event onto the cells of a block.
using Event = std::tuple<Step, std::int64_t, std::vector<std::size_t>>;
std::vector<Event> events_of(const Model& model, Block block, Step steps) {
    const auto cells = static_cast<std::size_t>(block.size());
    GroupDrives drives(model, 0, block);
    std::vector<Event> found;
    for (Step step = 0; step < steps; ++step) {
        drives.run(step);
        for (const SiteEvents& source : drives.site_events()) {
            EXPECT_EQ(source.receptor, 0U);
            EXPECT_EQ(source.events.size() % kContacts, 0U);
            for (std::size_t k = 0; k < source.events.size(); ++k) {
                const SiteEvent& event = source.events[k];
                EXPECT_EQ(event.weight, 0x1p-10);
                std::size_t cell = 0;
                std::size_t site = kSites;
                for (; cell < cells; ++cell) {
                    for (site = 0; site < kSites; ++site) {
                        if (row_entry(cell, cells, kSites, site) == event.entry) break;
                    }
                    if (site < kSites) break;
                }
                if (k % kContacts == 0) {
                    found.push_back({step, block.begin + static_cast<std::int64_t>(cell), {}});
                }
                EXPECT_EQ(std::get<1>(found.back()), block.begin + static_cast<std::int64_t>(cell));
                std::get<2>(found.back()).push_back(site);
            }
        }
    }
    return found;
}

TEST(Afferents, ReachTheirOwnContactsEveryTime) {
    const std::vector<Event> events = events_of(driven_model(false), {0, kCells}, 2000);
    std::map<std::int64_t, std::map<std::vector<std::size_t>, double>> seen;
    for (const auto& [step, cell, sites] : events) ++seen[cell][sites];
    ASSERT_EQ(seen.size(), static_cast<std::size_t>(kCells));
    // Each of 66 afferents has 10 +- 3.2 events in 200 ms: none is without one (p = 3e-3 for one of
    // all), and none has twice as many as 5 SD allow.
    for (const auto& [cell, places] : seen) {
        EXPECT_GE(places.size(), static_cast<std::size_t>(kAfferents) - 1) << cell;
        EXPECT_LE(places.size(), static_cast<std::size_t>(kAfferents)) << cell;
    }
    const double expected = kRate_Hz * 0.2 * kAfferents * kCells;
    EXPECT_NEAR(static_cast<double>(events.size()), expected, 5.0 * std::sqrt(expected));
}

// The sites of all afferents of a cell in turn, as they are sorted, are those of one after the
// other.
TEST(Afferents, HaveContactsSideBySide) {
    const std::vector<Event> events = events_of(driven_model(true), {0, kCells}, 2000);
    std::map<std::int64_t, std::set<std::vector<std::size_t>>> seen;
    for (const auto& [step, cell, sites] : events) {
        EXPECT_THAT(sites, ::testing::WhenSorted(::testing::ElementsAreArray(sites)));
        seen[cell].insert(sites);
    }
    for (const auto& [cell, afferents] : seen) {
        std::size_t last = 0;
        for (const std::vector<std::size_t>& sites : afferents) {
            EXPECT_GE(sites.front(), last) << cell;
            last = sites.back();
        }
    }
}

TEST(Afferents, DoNotDependOnTheBlocksOfCells) {
    const Model model = driven_model(true);
    std::vector<Event> whole = events_of(model, {0, kCells}, 300);
    std::vector<Event> parts = events_of(model, {0, 4}, 300);
    const std::vector<Event> rest = events_of(model, {4, kCells}, 300);
    parts.insert(parts.end(), rest.begin(), rest.end());
    std::ranges::sort(whole);
    std::ranges::sort(parts);
    EXPECT_EQ(whole, parts);
}

// On points, which have no places, afferents are a train of the summed rate.
TEST(Afferents, AddUpOnPoints) {
    const std::vector<std::int64_t> neurons = indices(0, 200);
    DriveRunner several("poisson", {{"rate", 50.0}, {"weight", 0.5}, {"afferents", Value{6L}}},
                        neurons);
    DriveRunner one("poisson", {{"rate", 300.0}, {"weight", 0.5}}, neurons);
    for (int k = 0; k < 100; ++k) EXPECT_EQ(several.step(), one.step());
}

}  // namespace
}  // namespace volley
