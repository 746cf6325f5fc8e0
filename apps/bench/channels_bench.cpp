// Channels: nanoseconds of a step for a compartment of each kind, on cells with 1000 compartments
// whose potentials wander as they do where cells fire.
#include "apps/bench/bench.hpp"
#include "core/cable/mechanism.hpp"
#include "core/channels/channel_kind.hpp"
#include "core/math/aligned_vector.hpp"
#include "core/math/lanes.hpp"

#include <fmt/format.h>

#include <cmath>
#include <memory>
#include <vector>

namespace volley::bench {

namespace {

constexpr std::size_t kCompartments = 1000;

/// A channel on all compartments of one cell (width 1) or of eight.
class Placed {
public:
    Placed(const ChannelKind& kind, std::size_t width, bool stochastic) {
        const std::size_t slots = width == 1 ? padded(kCompartments) : kCompartments;
        place_.width = width;
        place_.blocks = slots * width / kLanes;
        place_.ranges = {{0, place_.blocks}};
        for (std::size_t slot = 0; slot < slots; ++slot) {
            place_.compartment.push_back(static_cast<std::int32_t>(slot));
        }
        place_.area_um2.assign(slots, 20.0);
        place_.scale.assign(slots, 1.0);
        place_.diameter_um.assign(slots, 1.0);
        place_.length_um.assign(slots, 6.0);
        const std::size_t storage = place_.blocks * kLanes;
        for (auto* array : {&V_mV_, &conductance_uS_, &current_nA_, &ion_nA_}) {
            array->assign(storage, 0.0);
        }
        calcium_mM_.assign(storage, 1e-4);
        move_potentials(0);

        MechanismSetup setup{.place = &place_, .dt_ms = 0.02, .temperature_degC = 34.0};
        const IonArrays ion{.inside_mM = calcium_mM_.data(),
                            .current_nA = ion_nA_.data(),
                            .outside_mM = 2.0,
                            .valence = 2.0};
        setup.arrays = {.V_mV = V_mV_.data(),
                        .conductance_uS = conductance_uS_.data(),
                        .current_nA = current_nA_.data(),
                        .ion = ion,
                        .calcium = ion};
        mechanism_ = stochastic ? kind.make_stochastic(setup) : kind.make(setup);
        std::vector<Lanes> parameters;
        for (const Field& field : kind.described(stochastic).fields) {
            parameters.push_back(broadcast(field.default_number));
        }
        mechanism_->set_parameters(parameters);
        mechanism_->settle();
    }

    void advance(std::int64_t step) { mechanism_->advance(step); }

    /// From -75 to -25 mV, neighbours alike.
    void move_potentials(std::int64_t step) {
        for (std::size_t k = 0; k < V_mV_.size(); ++k) {
            V_mV_[k] = -50.0 + 25.0 * std::sin(1e-2 * static_cast<double>(step) +
                                               1e-3 * static_cast<double>(k));
        }
    }

private:
    Place place_;
    AlignedVector<double> V_mV_, conductance_uS_, current_nA_, ion_nA_, calcium_mM_;
    std::unique_ptr<Mechanism> mechanism_;
};

void step(benchmark::State& state, const ChannelKind& kind, std::size_t width, bool stochastic) {
    Placed placed(kind, width, stochastic);
    std::int64_t steps = 0;
    for (auto unused : state) {
        static_cast<void>(unused);
        placed.advance(steps++);
        if (steps % 64 == 0) {
            state.PauseTiming();
            placed.move_potentials(steps);
            state.ResumeTiming();
        }
    }
    state.counters["per_compartment_step"] =
        time_per_one_of(static_cast<double>(steps) * static_cast<double>(width * kCompartments));
}

}  // namespace

void add_channel_benchmarks() {
    for (const ChannelKind& kind : channel_kinds()) {
        for (const std::size_t width : {kLanes, std::size_t{1}}) {
            const std::string name =
                fmt::format("channels/{}/width:{}", kind.description.name, width);
            const auto run = [&kind, width](benchmark::State& state) {
                step(state, kind, width, false);
            };
            benchmark::RegisterBenchmark(name.c_str(), run);
        }
    }
    for (const char* const name : {"hh_na", "hh_k"}) {
        const ChannelKind& kind = *find_channel_kind(name);
        benchmark::RegisterBenchmark(
            fmt::format("channels/{}/counted", name).c_str(),
            [&kind](benchmark::State& state) { step(state, kind, kLanes, true); });
    }
}

}  // namespace volley::bench
