#include "network/group_drives.hpp"

#include "core/cable/cell_type.hpp"

#include <algorithm>
#include <limits>

namespace volley {

namespace {

const double* data_or_null(const AlignedVector<double>& sums) {
    return sums.empty() ? nullptr : sums.data();
}

/// The neurons of the block that a stimulus reaches.
DriveSetup setup_of(const Model& model, const Stimulus& stimulus, Block block) {
    DriveSetup setup;
    setup.dt_ms = model.dt_ms;
    setup.seed = model.seed;
    setup.stimulus = stimulus.name;
    setup.neurons = static_cast<std::size_t>(block.size());
    const std::int64_t end = stimulus.target.position_of(block.end);
    for (std::int64_t k = stimulus.target.position_of(block.begin); k < end; ++k) {
        const std::int64_t index = stimulus.target.at(k);
        setup.index.push_back(index);
        setup.local.push_back(static_cast<std::uint32_t>(index - block.begin));
    }
    return setup;
}

template <class Drives>
void sum_drives(const Drives& drives, Step now, std::span<double> sum) {
    drives.front().drive->write(now, sum);
    for (const auto& driven : std::span(drives).subspan(1)) driven.drive->add(now, sum);
}

std::size_t bytes_of(const AlignedVector<double>& sums) { return sums.size() * sizeof(double); }

}  // namespace

GroupDrives::GroupDrives(const Model& model, std::int32_t population, Block block)
    : population_(&model.populations[static_cast<std::size_t>(population)]), block_(block) {
    receptors_.resize(neuron_model(*population_).receptors.size());
    event_pointers_.resize(receptors_.size(), nullptr);
    for (std::size_t s = 0; s < model.stimuli.size(); ++s) {
        if (model.stimuli[s].target.population == population) add(model, s);
    }
    for (const Place& place : std::span(places_).subspan(1)) {
        placed_.push_back({.compartment = place.compartment,
                           .current = data_or_null(place.sums.current),
                           .conductance = data_or_null(place.sums.conductance),
                           .held_mV = data_or_null(place.sums.held_mV)});
    }
    for (std::size_t r = 0; r < receptors_.size(); ++r) {
        event_pointers_[r] = data_or_null(receptors_[r].events);
    }
}

void GroupDrives::add(const Model& model, std::size_t s) {
    const Stimulus& stimulus = model.stimuli[s];
    const DriveSetup setup = setup_of(model, stimulus, block_);
    if (setup.index.empty()) return;
    const DriveInfo& info = *find_drive(stimulus.drive.name);
    Driven driven{.stimulus = s, .drive = info.make(stimulus.drive, setup)};
    if (info.target == DriveInfo::Target::receptor) {
        add_events(model, std::move(driven), setup);
        return;
    }
    Place& place = place_at(stimulus.compartment);
    const bool membrane = info.target == DriveInfo::Target::membrane;
    const MembraneNeeds needs =
        membrane ? driven.drive->membrane_needs() : MembraneNeeds{.current = true};
    const std::size_t length = padded(setup.neurons);
    if (needs.current) place.sums.current.resize(length);
    if (needs.conductance) place.sums.conductance.resize(length);
    if (needs.held_mV) place.sums.held_mV.resize(length);
    (membrane ? place.membrane_drives : place.current_drives).push_back(std::move(driven));
}

GroupDrives::Place& GroupDrives::place_at(std::int32_t compartment) {
    const bool soma = population_->cell && compartment == population_->cell->definition().soma;
    if (compartment < 0 || soma) return places_.front();
    const auto known = std::ranges::find(places_, compartment, &Place::compartment);
    if (known != places_.end()) return *known;
    places_.emplace_back().compartment = compartment;
    return places_.back();
}

void GroupDrives::add_events(const Model& model, Driven driven, const DriveSetup& setup) {
    const auto r = static_cast<std::size_t>(model.stimuli[driven.stimulus].receptor);
    const std::size_t sites = neuron_model(*population_).receptors[r].sites;
    if (sites > 0) {
        contacts_.add(model, driven.stimulus, std::move(driven.drive), setup, sites);
        return;
    }
    receptors_[r].drives.push_back(std::move(driven));
    receptors_[r].events.resize(padded(setup.neurons));
}

void GroupDrives::run(Step now) {
    for (Place& place : places_) {
        Electrodes& sums = place.sums;
        if (!place.current_drives.empty()) {
            sum_drives(place.current_drives, now, sums.current);
        } else {
            std::ranges::fill(sums.current, 0.0);
        }
        std::ranges::fill(sums.conductance, 0.0);
        if (place.membrane_drives.empty()) continue;
        std::ranges::fill(sums.held_mV, std::numeric_limits<double>::quiet_NaN());
        for (const Driven& driven : place.membrane_drives) {
            driven.drive->act_on_membrane(now, {.current = sums.current,
                                                .conductance = sums.conductance,
                                                .held_mV = sums.held_mV});
        }
    }
    for (AtReceptor& receptor : receptors_) {
        if (!receptor.drives.empty()) sum_drives(receptor.drives, now, receptor.events);
    }
    contacts_.run(now);
}

void GroupDrives::set(std::size_t stimulus, const std::string& parameter, const Value& value) {
    const auto set_each = [&](std::vector<Driven>& drives) {
        for (Driven& driven : drives) {
            if (driven.stimulus == stimulus) driven.drive->set(parameter, value);
        }
    };
    for (Place& place : places_) {
        set_each(place.current_drives);
        set_each(place.membrane_drives);
    }
    for (AtReceptor& receptor : receptors_) set_each(receptor.drives);
    contacts_.set(stimulus, parameter, value);
}

void GroupDrives::make_room_at_soma(bool conductance) {
    const std::size_t length = padded(static_cast<std::size_t>(block_.size()));
    at_soma().current.resize(length);
    if (conductance) at_soma().conductance.resize(length);
}

std::size_t GroupDrives::bytes() const {
    std::size_t total = contacts_.bytes();
    const auto add = [&](const std::vector<Driven>& drives) {
        for (const Driven& driven : drives) total += driven.drive->bytes();
    };
    for (const Place& place : places_) {
        total += bytes_of(place.sums.current) + bytes_of(place.sums.conductance) +
                 bytes_of(place.sums.held_mV);
        add(place.current_drives);
        add(place.membrane_drives);
    }
    for (const AtReceptor& receptor : receptors_) {
        total += bytes_of(receptor.events);
        add(receptor.drives);
    }
    return total;
}

}  // namespace volley
