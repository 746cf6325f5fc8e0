#pragma once

// A channel on compartments whose potentials and calcium the test sets.

#include "core/cable/mechanism.hpp"
#include "core/channels/channel_kind.hpp"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace volley {

/// What a test may say about a channel; areas are 100 um2, on which 1 S/cm2 is 1 uS.
struct ClampSettings {
    double dt_ms = 0.02;
    double temperature_degC = 34.0;
    std::map<std::string, double> parameters = {};  ///< others have their defaults
    std::size_t width = 1;                          ///< 8: eight cells with the same compartments
    std::size_t blocks_before = 0;  ///< other compartments' numbers that stand before it in storage
    double ion_outside_mM = 2.0;
    double ion_inside_mM = 1e-4;
    double ion_valence = 2.0;
    double area_um2 = 100.0;
    std::uint64_t seed = 1;
    std::int64_t first_cell = 0;
    std::int32_t first_compartment = 0;
    bool stochastic = false;
};

class ClampedChannel {
public:
    ClampedChannel(const std::string& name, std::size_t compartments, ClampSettings settings = {})
        : kind_(find_channel_kind(name)), settings_(std::move(settings)) {
        if (kind_ == nullptr) throw std::runtime_error("no channel " + name);
        const std::size_t width = settings_.width;
        const std::size_t own_blocks = width == 1 ? padded(compartments) / kLanes : compartments;
        const std::size_t entries = width == 1 ? own_blocks * kLanes : own_blocks;
        place_.width = width;
        place_.ranges = {{settings_.blocks_before, settings_.blocks_before + own_blocks}};
        place_.blocks = own_blocks;
        place_.compartment.assign(entries, -1);
        place_.area_um2.assign(entries, 0.0);
        place_.scale.assign(entries, 0.0);
        place_.diameter_um.assign(entries, 1.0);
        place_.length_um.assign(entries, 1.0);
        for (std::size_t k = 0; k < compartments; ++k) {
            place_.compartment[k] = settings_.first_compartment + static_cast<std::int32_t>(k);
            place_.area_um2[k] = settings_.area_um2;
            place_.scale[k] = 1.0;
        }
        const std::size_t storage = (settings_.blocks_before + own_blocks) * kLanes;
        for (auto* array : {&V_mV_, &conductance_uS_, &current_nA_, &calcium_mM_, &ion_nA_}) {
            array->assign(storage, 0.0);
        }
        V_mV_.assign(storage, -65.0);
        calcium_mM_.assign(storage, settings_.ion_inside_mM);
        make();
    }

    Mechanism& mechanism() { return *mechanism_; }
    const ChannelKind& kind() const { return *kind_; }
    const Place& place() const { return place_; }

    void set_V(std::size_t compartment, double mV, std::size_t lane = 0) {
        V_mV_[at(compartment, lane)] = mV;
    }
    void set_all_V(double mV) { V_mV_.assign(V_mV_.size(), mV); }
    void set_calcium(std::size_t compartment, double mM, std::size_t lane = 0) {
        calcium_mM_[at(compartment, lane)] = mM;
    }

    void settle() {
        mechanism_->settle();
        clear();
        mechanism_->add_currents();
    }
    void advance() {
        clear();
        mechanism_->advance(step_++);
    }

    double state(const std::string& name, std::size_t compartment, std::size_t lane = 0) const {
        return mechanism_->state(index_of(name), own(compartment, lane));
    }
    void set_state(const std::string& name, std::size_t compartment, double value,
                   std::size_t lane = 0) {
        mechanism_->set_state(index_of(name), own(compartment, lane), value);
    }
    double conductance_uS(std::size_t compartment, std::size_t lane = 0) const {
        return conductance_uS_[at(compartment, lane)];
    }
    /// Outward, as left in the sums of the cell.
    double outward_nA(std::size_t compartment, std::size_t lane = 0) const {
        const std::size_t i = at(compartment, lane);
        return conductance_uS_[i] * V_mV_[i] - current_nA_[i];
    }
    double ion_nA(std::size_t compartment, std::size_t lane = 0) const {
        return ion_nA_[at(compartment, lane)];
    }
    double own_current_nA(std::size_t compartment, std::size_t lane = 0) const {
        return mechanism_->current_nA(own(compartment, lane));
    }

    std::size_t index_of(const std::string& name) const {
        const auto states = kind_->states_of(settings_.stochastic);
        for (std::size_t k = 0; k < states.size(); ++k) {
            if (states[k].name == name) return k;
        }
        throw std::runtime_error("no state " + name);
    }

private:
    void make() {
        MechanismSetup setup;
        setup.place = &place_;
        setup.dt_ms = settings_.dt_ms;
        setup.temperature_degC = settings_.temperature_degC;
        setup.seed = settings_.seed;
        setup.purpose = "population/p/channel/test";
        setup.first_cell = settings_.first_cell;
        const IonArrays ion{.inside_mM = calcium_mM_.data(),
                            .written_inside_mM = nullptr,
                            .current_nA = ion_nA_.data(),
                            .reversal_mV = nullptr,
                            .rest_inside_mM = settings_.ion_inside_mM,
                            .outside_mM = settings_.ion_outside_mM,
                            .valence = settings_.ion_valence};
        setup.arrays = {.V_mV = V_mV_.data(),
                        .conductance_uS = conductance_uS_.data(),
                        .current_nA = current_nA_.data(),
                        .ion = ion,
                        .calcium = ion};
        mechanism_ = settings_.stochastic ? kind_->make_stochastic(setup) : kind_->make(setup);
        const auto fields = kind_->described(settings_.stochastic).fields;
        std::vector<Lanes> parameters;
        std::size_t given = 0;
        for (const Field& field : fields) {
            const auto found = settings_.parameters.find(std::string(field.name));
            given += found != settings_.parameters.end();
            parameters.push_back(broadcast(
                found == settings_.parameters.end() ? field.default_number : found->second));
        }
        if (given != settings_.parameters.size()) throw std::runtime_error("unknown parameter");
        mechanism_->set_parameters(parameters);
    }
    void clear() {
        for (auto* array : {&conductance_uS_, &current_nA_, &ion_nA_}) {
            array->assign(array->size(), 0.0);
        }
    }
    std::size_t own(std::size_t compartment, std::size_t lane) const {
        return compartment * settings_.width + lane;
    }
    std::size_t at(std::size_t compartment, std::size_t lane) const {
        return settings_.blocks_before * kLanes + own(compartment, lane);
    }

    const ChannelKind* kind_;
    ClampSettings settings_;
    Place place_;
    AlignedVector<double> V_mV_, conductance_uS_, current_nA_, calcium_mM_, ion_nA_;
    std::unique_ptr<Mechanism> mechanism_;
    std::int64_t step_ = 0;
};

}  // namespace volley
