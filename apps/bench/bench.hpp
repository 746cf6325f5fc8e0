#pragma once

// What the micro-benchmarks share. Each piece has a file of its own with one function that
// registers its benchmarks; main.cpp calls them all.

#include "network/model.hpp"

#include <benchmark/benchmark.h>

#include <cstdint>
#include <memory>
#include <string>

namespace volley::bench {

void add_math_benchmarks();
/// @param scale  1, or less for networks that much smaller: to see that everything runs
void add_neuron_benchmarks(double scale);
void add_channel_benchmarks();
void add_drive_benchmarks(double scale);
void add_ion_benchmarks();
void add_store_benchmarks(double scale);
void add_delivery_benchmarks(double scale);
void add_construction_benchmarks(double scale);
void add_rule_benchmarks(double scale);
void add_plasticity_benchmarks(double scale);

/// A model from the text of a model file.
Model model_of(const std::string& text);

/// A counter that shows the time that one of `count` things took ("2.1ns"; in JSON output 2.1e-9
/// seconds), `count` being those of all iterations together.
benchmark::Counter time_per_one_of(double count);

/// `full` at this scale, at least `least`.
std::int64_t scaled(double scale, std::int64_t full, std::int64_t least = 1);

/// Keeps what the benchmark at hand has prepared: Google Benchmark calls a benchmark several times
/// until it runs long enough. Several benchmarks share one, so that only one is in memory.
template <class Prepared>
class Latest {
public:
    /// @param make  returns a std::unique_ptr<Prepared>; called where `name` was not the last one
    template <class Make>
    Prepared& get(const std::string& name, Make&& make) {
        if (name != name_ || !prepared_) {
            prepared_.reset();
            prepared_ = make();
            name_ = name;
        }
        return *prepared_;
    }

private:
    std::string name_;
    std::unique_ptr<Prepared> prepared_;
};

}  // namespace volley::bench
