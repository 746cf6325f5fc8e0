// Update kernels: nanoseconds per neuron and step of each neuron model, in both precisions, with
// uniform parameters and with one that differs from neuron to neuron.
#include "apps/bench/bench.hpp"
#include "core/math/aligned_vector.hpp"
#include "core/math/lanes.hpp"
#include "core/neurons/neuron_group.hpp"
#include "core/neurons/neuron_model.hpp"

#include <fmt/format.h>

#include <string_view>
#include <vector>

namespace volley::bench {

namespace {

/// What makes the neurons of a model do what they do in a network: start apart, and fire at some
/// tens of hertz. Models that are not listed run with their defaults.
struct Habit {
    std::string_view model;
    std::string_view parameters;
    std::string_view initial;
    std::string_view varied;  ///< a parameter that differs from neuron to neuron
};

constexpr std::string_view kAnyPotential =
    R"("V_m": {"distribution": "uniform", "low": "-70 mV", "high": "-55 mV"})";
constexpr std::string_view kAnyPhase =
    R"("phase": {"distribution": "uniform", "low": 0, "high": 1})";
constexpr std::string_view kVariedMembrane =
    R"("tau_m": {"distribution": "uniform", "low": "9 ms", "high": "11 ms"})";
constexpr std::string_view kVariedCapacitance =
    R"("C_m": {"distribution": "uniform", "low": "240 pF", "high": "260 pF"})";
constexpr std::string_view kVariedDensity =
    R"("C_m": {"distribution": "uniform", "low": "0.95 uF/cm2", "high": "1.05 uF/cm2"})";
constexpr std::string_view kCurrent = R"("I_e": "400 pA")";

constexpr Habit kHabits[] = {
    {"lif_psc_exp", kCurrent, kAnyPotential, kVariedMembrane},
    {"lif_psc_alpha", kCurrent, kAnyPotential, kVariedMembrane},
    {"lif_psc_delta", kCurrent, kAnyPotential, kVariedMembrane},
    {"lif_cond_exp", R"("I_e": "300 pA")", kAnyPotential, kVariedCapacitance},
    {"lif_cond_alpha", R"("I_e": "300 pA")", kAnyPotential, ""},
    {"mat2_psc_exp", R"("I_e": "500 pA")", kAnyPotential, kVariedMembrane},
    {"adex", R"("I_e": "700 pA")", kAnyPotential, kVariedCapacitance},
    {"adex_alpha", R"("I_e": "700 pA")", kAnyPotential, ""},
    {"izhikevich", R"("I_e": "10 mV/ms")",
     R"("V_m": {"distribution": "uniform", "low": "-70 mV", "high": "-55 mV"})", ""},
    {"izhikevich_2007", R"("I_e": "100 pA")", kAnyPotential, ""},
    {"quadratic", R"("I_e": "100 pA")", kAnyPotential, ""},
    {"theta", "", R"("theta": {"distribution": "uniform", "low": -3, "high": 3})", ""},
    {"glif", R"("I_e": "320 pA")", kAnyPotential, ""},
    {"gif", R"("I_e": "120 pA", "V_T_star": "-50 mV", "lambda_0": "20/s")", kAnyPotential, ""},
    {"hh_squid", R"("I_e": "10 uA/cm2")", kAnyPotential, kVariedDensity},
    {"hh_squid_ghk", R"("I_e": "15 uA/cm2")", kAnyPotential, ""},
    {"traub_miles", R"("I_e": "2 uA/cm2")", kAnyPotential, ""},
    {"wang_buzsaki", R"("I_e": "1.5 uA/cm2")", kAnyPotential, kVariedDensity},
    {"connor_stevens", R"("I_e": "10 uA/cm2")", kAnyPotential, ""},
    {"stg_liu", "", kAnyPotential, ""},
    {"stg_prinz", "", kAnyPotential, ""},
    {"morris_lecar", R"("I_e": "100 uA/cm2")", kAnyPotential, ""},
    {"phase_oscillator", "", kAnyPhase,
     R"("rate": {"distribution": "uniform", "low": "90 Hz", "high": "110 Hz"})"},
    {"kuramoto", "", kAnyPhase,
     R"("frequency": {"distribution": "uniform", "low": "9 Hz", "high": "11 Hz"})"},
    {"ignore_and_fire", "", "",
     R"("phase": {"distribution": "uniform", "low": "1 / 16", "high": 1})"},
    {"inhomogeneous_poisson_source", R"("times": ["0 ms"], "rates": ["10 Hz"])", "", ""},
    {"spike_source", R"("times": ["0 ms"])", "", ""},
};

Habit habit_of(std::string_view model) {
    for (const Habit& habit : kHabits) {
        if (habit.model == model) return habit;
    }
    return {.model = model, .parameters = "", .initial = "", .varied = ""};
}

/// A group alone, with rows of input at which nothing arrives.
class Group {
public:
    Group(const NeuronModel& neuron, const Model& model) {
        const Population& population = model.populations.front();
        group_ = neuron.make_group({.population = population.name,
                                    .dt_ms = model.dt_ms,
                                    .seed = model.seed,
                                    .first = 0,
                                    .size = static_cast<std::size_t>(population.size),
                                    .single_precision = population.single_precision,
                                    .parameters = &population.parameters,
                                    .initial = &population.initial});
        const std::size_t receptors = neuron.receptors.size();
        rows_.assign(receptors, AlignedVector<std::int32_t>(padded(group_->size()), 0));
        for (auto& row : rows_) row_pointers_.push_back(row.data());
        grid_.assign(receptors, 1.0);
        events_.assign(receptors, nullptr);
        mean_field_.assign(neuron.mean_fields, 0.5);
    }

    bool advance() {
        fired_.clear();
        const bool exact = group_->advance(step_++,
                                           {.rows = row_pointers_,
                                            .grid = grid_,
                                            .current = nullptr,
                                            .events = events_,
                                            .mean_field = mean_field_},
                                           fired_);
        spikes_ += static_cast<std::int64_t>(fired_.size());
        return exact;
    }

    double mean_rate_Hz(double dt_ms) const {
        const double seconds = static_cast<double>(step_) * dt_ms / 1000.0;
        return static_cast<double>(spikes_) / seconds / static_cast<double>(group_->size());
    }

private:
    std::unique_ptr<NeuronGroup> group_;
    std::vector<AlignedVector<std::int32_t>> rows_;
    std::vector<std::int32_t*> row_pointers_;
    std::vector<double> grid_;
    std::vector<const double*> events_;
    std::vector<double> mean_field_;
    std::vector<std::uint32_t> fired_;
    Step step_ = 0;
    std::int64_t spikes_ = 0;
};

void update(benchmark::State& state, const NeuronModel& neuron, const std::string& precision,
            bool varied) {
    const Habit habit = habit_of(neuron.description.name);
    std::string parameters(habit.parameters);
    if (varied) {
        if (!parameters.empty()) parameters += ", ";
        parameters += habit.varied;
    }
    const Model model = model_of(fmt::format(
        R"({{"dt": "0.1 ms", "duration": "1 ms", "populations": {{"p": {{
            "model": "{}", "size": {}, "precision": "{}",
            "parameters": {{{}}}, "initial": {{{}}}}}}}}})",
        neuron.description.name, state.range(0), precision, parameters, habit.initial));
    Group group(neuron, model);
    for (auto _ : state) {
        if (!group.advance()) state.SkipWithError("the sum of a row of zeros is out of range");
    }
    const double neurons = static_cast<double>(state.range(0));
    state.counters["per_neuron_step"] =
        time_per_one_of(neurons * static_cast<double>(state.iterations()));
    state.counters["rate_Hz"] = group.mean_rate_Hz(model.dt_ms);
}

}  // namespace

void add_neuron_benchmarks(double scale) {
    const auto add = [&](const NeuronModel& neuron, const std::string& precision, bool varied) {
        const std::string name = fmt::format("neurons/{}/{}{}", neuron.description.name, precision,
                                             varied ? "/parameters_differ" : "");
        benchmark::RegisterBenchmark(name.c_str(),
                                     [&neuron, precision, varied](benchmark::State& state) {
                                         update(state, neuron, precision, varied);
                                     })
            ->Arg(1000)                           // a worker of many: within the cache
            ->Arg(scaled(scale, 100'000, 2000));  // from main memory
    };
    for (const NeuronModel& neuron : neuron_models()) {
        add(neuron, "double", false);
        add(neuron, "single", false);
        if (!habit_of(neuron.description.name).varied.empty()) add(neuron, "double", true);
    }
}

}  // namespace volley::bench
