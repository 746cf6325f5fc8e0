// Micro-benchmarks of the hot pieces (README.md beside this file). Google Benchmark's options, and
//
//   volley_bench --small     networks 1/100 of the size: to see that everything runs
//   volley_bench --benchmark_filter=delivery --benchmark_counters_tabular=true
#include "apps/bench/bench.hpp"
#include "core/math/flush_to_zero.hpp"
#include "io/model_file/model_file.hpp"
#include "io/version.hpp"

#include <algorithm>
#include <cmath>
#include <exception>
#include <iostream>
#include <string_view>

namespace volley::bench {

Model model_of(const std::string& text) { return read_model_text(text, "benchmark").model; }

benchmark::Counter time_per_one_of(double count) {
    return {count, benchmark::Counter::kIsRate | benchmark::Counter::kInvert};
}

std::int64_t scaled(double scale, std::int64_t full, std::int64_t least) {
    return std::max<std::int64_t>(least, std::llround(scale * static_cast<double>(full)));
}

namespace {

/// Takes our own option out of the arguments.
bool take_small(int& argc, char** argv) {
    char** const end = argv + argc;
    char** const kept = std::remove_if(
        argv + 1, end, [](const char* word) { return std::string_view(word) == "--small"; });
    argc = static_cast<int>(kept - argv);
    return kept != end;
}

int measure(int argc, char** argv) {
    const double scale = take_small(argc, argv) ? 0.01 : 1.0;
    add_math_benchmarks();
    add_neuron_benchmarks(scale);
    add_channel_benchmarks();
    add_drive_benchmarks(scale);
    add_ion_benchmarks();
    add_store_benchmarks(scale);
    add_delivery_benchmarks(scale);
    add_construction_benchmarks(scale);
    add_rule_benchmarks(scale);
    add_plasticity_benchmarks(scale);
    benchmark::AddCustomContext("volley", version_text());
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
    const FlushToZero flush;  // as on every thread that simulates
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}

}  // namespace
}  // namespace volley::bench

int main(int argc, char** argv) {
    try {
        return volley::bench::measure(argc, argv);
    } catch (const std::exception& error) {
        std::cerr << "volley_bench: error: " << error.what() << "\n";
        return 1;
    }
}
