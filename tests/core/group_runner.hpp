#pragma once

// Runs a group of neurons without a network: input, step by step, and what came out.

#include "core/math/aligned_vector.hpp"
#include "core/math/lanes.hpp"
#include "core/neurons/neuron_group.hpp"
#include "core/neurons/neuron_model.hpp"

#include <cstdint>
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
                Values initial = {}, std::int64_t first = 0, bool single = false)
        : model_(*find_neuron_model(model)),
          parameters_(std::move(parameters)),
          initial_(std::move(initial)),
          group_(model_.make_group({.population = "test",
                                    .dt_ms = dt_ms,
                                    .seed = 3,
                                    .first = first,
                                    .size = size,
                                    .single_precision = single,
                                    .parameters = &parameters_,
                                    .initial = &initial_})),
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
    NeuronGroup& group() { return *group_; }
    std::vector<double>& mean_field() { return mean_field_; }

    /// Advances by a step; returns the neurons that fired.
    const std::vector<std::uint32_t>& step() {
        fired_.clear();
        const bool exact = group_->advance(now_++,
                                           {.rows = row_pointers_,
                                            .grid = grid_,
                                            .current = current_.data(),
                                            .events = event_pointers_,
                                            .mean_field = mean_field_},
                                           fired_);
        if (!exact) throw std::runtime_error("overflow");
        for (auto& events : events_) std::fill(events.begin(), events.end(), 0.0);
        return fired_;
    }

    double state(const std::string& variable, std::size_t i = 0) const {
        return group_->state(static_cast<std::size_t>(model_.state_index(variable)), i);
    }

private:
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
    std::vector<double> mean_field_;
    std::vector<std::uint32_t> fired_;
    Step now_ = 0;
};

}  // namespace volley
