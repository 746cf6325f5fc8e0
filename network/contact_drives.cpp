#include "network/contact_drives.hpp"

#include "core/cable/cell_blocks.hpp"
#include "network/contact_sites.hpp"

#include <algorithm>

namespace volley {

void ContactDrives::add(const Model& model, std::size_t stimulus, std::unique_ptr<Drive> drive,
                        const DriveSetup& setup, std::size_t sites) {
    const Stimulus& given = model.stimuli[stimulus];
    Driven& driven = drives_.emplace_back();
    driven.stimulus = stimulus;
    driven.receptor = static_cast<std::size_t>(given.receptor);
    driven.drive = std::move(drive);
    driven.local = setup.local;
    driven.afferents = driven.drive->afferents();
    find_entries(model, given, setup, sites, driven);
    of_cells_.resize(padded(setup.neurons));
}

void ContactDrives::find_entries(const Model& model, const Stimulus& stimulus,
                                 const DriveSetup& setup, std::size_t sites, Driven& driven) {
    check_contacts(stimulus.contacts, sites, stimulus.where);
    const ContactSites contacts(stimulus.contacts, model.seed,
                                "stimulus/" + stimulus.name + "/contacts");
    driven.contacts = contacts.count();
    std::vector<std::int32_t> of_cell(driven.afferents * driven.contacts);
    driven.entries.reserve(setup.index.size() * of_cell.size());
    for (std::size_t k = 0; k < setup.index.size(); ++k) {
        for (std::size_t a = 0; a < driven.afferents; ++a) {
            contacts.find(static_cast<std::uint64_t>(setup.index[k]), a, 0,
                          std::span(of_cell).subspan(a * driven.contacts, driven.contacts));
        }
        // Sites count along the tree: one section after the other, behind a section its branches.
        if (stimulus.contacts.side_by_side) std::ranges::sort(of_cell);
        for (const std::int32_t site : of_cell) {
            driven.entries.push_back(static_cast<std::uint32_t>(
                row_entry(setup.local[k], setup.neurons, sites, static_cast<std::size_t>(site))));
        }
    }
}

void ContactDrives::run(Step now) {
    events_.clear();
    for (Driven& driven : drives_) {
        driven.arriving.clear();
        find_events(now, driven);
        if (driven.arriving.empty()) continue;
        events_.push_back({.receptor = driven.receptor, .events = driven.arriving});
    }
}

void ContactDrives::find_events(Step now, Driven& driven) {
    const auto reach = [&](std::size_t cell, std::size_t afferent, double weight) {
        const std::size_t first = (cell * driven.afferents + afferent) * driven.contacts;
        for (std::size_t c = first; c < first + driven.contacts; ++c) {
            driven.arriving.push_back({.entry = driven.entries[c], .weight = weight});
        }
    };
    if (driven.afferents > 1) {
        of_afferents_.clear();
        driven.drive->list_events(now, of_afferents_);
        for (const AfferentEvent& event : of_afferents_) {
            reach(event.neuron, event.afferent, event.weight);
        }
        return;
    }
    driven.drive->write(now, of_cells_);
    for (std::size_t k = 0; k < driven.local.size(); ++k) {
        const double weight = of_cells_[driven.local[k]];
        if (weight != 0.0) reach(k, 0, weight);
    }
}

void ContactDrives::set(std::size_t stimulus, const std::string& parameter, const Value& value) {
    for (Driven& driven : drives_) {
        if (driven.stimulus == stimulus) driven.drive->set(parameter, value);
    }
}

std::size_t ContactDrives::bytes() const {
    std::size_t total = of_cells_.size() * sizeof(double);
    for (const Driven& driven : drives_) {
        total += driven.drive->bytes() +
                 (driven.local.size() + driven.entries.size()) * sizeof(std::uint32_t);
    }
    return total;
}

}  // namespace volley
