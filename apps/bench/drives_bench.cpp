// Drives: nanoseconds per neuron and step, above all of the Poisson numbers of a background.
#include "apps/bench/bench.hpp"
#include "core/drives/drive.hpp"
#include "core/math/aligned_vector.hpp"
#include "core/math/lanes.hpp"

#include <fmt/format.h>

#include <numeric>

namespace volley::bench {

namespace {

struct Driven {
    const char* name;
    const char* drive;  ///< the stimulus but for its target
};

constexpr Driven kDrives[] = {
    // 0.01, 0.8, 1.6, 2.32 (the densest of the microcircuit) and 10 events in a step of 0.1 ms.
    {"poisson/100_Hz", R"("drive": "poisson", "rate": "100 Hz", "weight": "1 pA")"},
    {"poisson/8_kHz", R"("drive": "poisson", "rate": "8 kHz", "weight": "1 pA")"},
    {"poisson/16_kHz", R"("drive": "poisson", "rate": "16 kHz", "weight": "1 pA")"},
    {"poisson/23.2_kHz", R"("drive": "poisson", "rate": "23.2 kHz", "weight": "1 pA")"},
    {"poisson/100_kHz", R"("drive": "poisson", "rate": "100 kHz", "weight": "1 pA")"},
    {"poisson/rates_differ",
     R"("drive": "poisson", "weight": "1 pA",
        "rate": {"distribution": "uniform", "low": "8 kHz", "high": "16 kHz"})"},
    {"dc", R"("drive": "dc", "amplitude": "1 pA")"},
    {"step", R"("drive": "step", "times": ["0 ms"], "amplitudes": ["1 pA"])"},
    {"sine", R"("drive": "sine", "amplitude": "1 pA", "frequency": "8 Hz")"},
    {"white_noise", R"("drive": "white_noise", "sd": "1 pA")"},
    {"sinusoidal_poisson/8_kHz",
     R"("drive": "sinusoidal_poisson", "rate": "8 kHz", "amplitude": "4 kHz", "frequency": "8 Hz",
        "weight": "1 pA")"},
    {"gamma_renewal/20_Hz",
     R"("drive": "gamma_renewal", "rate": "20 Hz", "shape": 3, "weight": "1 pA")"},
    {"lognormal_renewal/1_kHz",
     R"("drive": "lognormal_renewal", "rate": "1 kHz", "cv": 0.8, "weight": "1 pA")"},
    {"ou_current", R"("drive": "ou_current", "sd": "1 pA", "tau": "3 ms")"},
};

void drive(benchmark::State& state, const char* stimulus) {
    const std::int64_t neurons = state.range(0);
    const Model model = model_of(fmt::format(
        R"({{"dt": "0.1 ms", "duration": "1 ms",
            "populations": {{"p": {{"model": "lif_psc_exp", "size": {}}}}},
            "stimuli": {{"s": {{"target": "p", {}}}}}}})",
        neurons, stimulus));
    const Spec& spec = model.stimuli.front().drive;
    DriveSetup setup;
    setup.dt_ms = model.dt_ms;
    setup.seed = model.seed;
    setup.stimulus = model.stimuli.front().name;
    setup.index.resize(static_cast<std::size_t>(neurons));
    std::iota(setup.index.begin(), setup.index.end(), std::int64_t{0});
    setup.local.resize(static_cast<std::size_t>(neurons));
    std::iota(setup.local.begin(), setup.local.end(), std::uint32_t{0});
    setup.neurons = static_cast<std::size_t>(neurons);
    const std::unique_ptr<Drive> made = find_drive(spec.name)->make(spec, setup);

    AlignedVector<double> sum(padded(static_cast<std::size_t>(neurons)));
    Step step = 0;
    for (auto _ : state) {
        made->write(step++, sum);
        benchmark::DoNotOptimize(sum.data());
    }
    state.counters["per_neuron_step"] =
        time_per_one_of(static_cast<double>(neurons) * static_cast<double>(state.iterations()));
}

}  // namespace

void add_drive_benchmarks(double scale) {
    for (const Driven& driven : kDrives) {
        benchmark::RegisterBenchmark(
            fmt::format("drives/{}", driven.name).c_str(),
            [&driven](benchmark::State& state) { drive(state, driven.drive); })
            ->Arg(scaled(scale, 10'000));
    }
}

}  // namespace volley::bench
