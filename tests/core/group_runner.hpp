#pragma once

// Runs a group of neurons without a network: input, step by step, and what came out.

#include "core/math/aligned_vector.hpp"
#include "core/math/lanes.hpp"
#include "core/neurons/neuron_group.hpp"
#include "core/neurons/neuron_model.hpp"

#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace volley {

using Values = std::map<std::string, Value, std::less<>>;

class GroupRunner {
public:
    GroupRunner(const std::string& model, std::size_t size, double dt_ms, Values parameters = {},
                Values initial = {}, std::int64_t first = 0, bool single = false,
                std::vector<ReceptorChoice> receptors = {})
        : receptors_(std::move(receptors)),
          model_(receptors_.empty() ? *find_neuron_model(model)
                                    : find_neuron_model(model)->with_receptors(receptors_)),
          parameters_(std::move(parameters)),
          initial_(std::move(initial)),
          group_(model_.make_group({.population = "test",
                                    .dt_ms = dt_ms,
                                    .seed = 3,
                                    .first = first,
                                    .size = size,
                                    .single_precision = single,
                                    .parameters = &parameters_,
                                    .initial = &initial_,
                                    .receptors = receptors_})),
          current_(padded(size), 0.0),
          mean_field_(model_.mean_fields, 0.0) {
        for (std::size_t r = 0; r < model_.receptors.size(); ++r) {
            rows_.emplace_back(padded(size), 0);
            events_.emplace_back(padded(size), 0.0);
        }
        for (auto& row : rows_) row_pointers_.push_back(row.data());
        for (auto& events : events_) event_pointers_.push_back(events.data());
        grid_.assign(rows_.size(), 1.0);
    }

    /// What reaches neuron `i` at the end of the next step, on top of what was added before.
    void event(std::size_t receptor, std::size_t i, double weight) {
        events_[receptor][i] += weight;
    }
    std::size_t receptor(const std::string& name) const {
        return static_cast<std::size_t>(model_.receptor_index(name));
    }
    /// The current of neuron `i` from now on.
    void current(std::size_t i, double amplitude) { current_[i] = amplitude; }
    /// The conductance of neuron `i` from now on: its membrane receives current - conductance V_m.
    void conductance(std::size_t i, double value) {
        conductance_.resize(current_.size(), 0.0);
        conductance_[i] = value;
    }
    /// Holds V_m of neuron `i` from now on; NaN lets it go.
    void hold(std::size_t i, double command_mV) {
        held_mV_.resize(current_.size(), std::numeric_limits<double>::quiet_NaN());
        held_mV_[i] = command_mV;
    }
    /// From now on the group is asked where in its step each spike was.
    void want_crossings() { wants_crossings_ = true; }
    /// Of the last step, beside what step() returned; empty where the model cannot say.
    const std::vector<float>& crossings() const { return crossings_; }
    NeuronGroup& group() { return *group_; }
    std::vector<double>& mean_field() { return mean_field_; }

    /// Advances by a step; returns the neurons that fired.
    const std::vector<std::uint32_t>& step() {
        fired_.clear();
        crossings_.clear();
        const bool exact =
            group_->advance(now_++,
                            {.rows = row_pointers_,
                             .grid = grid_,
                             .current = current_.data(),
                             .conductance = conductance_.empty() ? nullptr : conductance_.data(),
                             .held_mV = held_mV_.empty() ? nullptr : held_mV_.data(),
                             .events = event_pointers_,
                             .mean_field = mean_field_,
                             .crossings = wants_crossings_ ? &crossings_ : nullptr},
                            fired_);
        if (!exact) throw std::runtime_error("overflow");
        for (auto& events : events_) std::fill(events.begin(), events.end(), 0.0);
        return fired_;
    }

    double state(const std::string& variable, std::size_t i = 0) const {
        return group_->state(static_cast<std::size_t>(model_.state_index(variable)), i);
    }

private:
    std::vector<ReceptorChoice> receptors_;
    const NeuronModel& model_;
    Values parameters_;
    Values initial_;
    std::unique_ptr<NeuronGroup> group_;
    std::vector<AlignedVector<std::int32_t>> rows_;
    std::vector<AlignedVector<double>> events_;
    std::vector<std::int32_t*> row_pointers_;
    std::vector<const double*> event_pointers_;
    std::vector<double> grid_;
    AlignedVector<double> current_;
    AlignedVector<double> conductance_;
    AlignedVector<double> held_mV_;
    std::vector<double> mean_field_;
    std::vector<std::uint32_t> fired_;
    bool wants_crossings_ = false;
    std::vector<float> crossings_;
    Step now_ = 0;
};

}  // namespace volley
