#pragma once

#include "core/time.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace volley {

/// The spikes of some neurons of one population in a window of time, neuron by neuron.
///
/// times holds the trains one after another; train k is times[first[k] ... first[k + 1]), ascending
/// (a source may repeat a step: several events in it), every value in (begin, end]: a spike stands
/// at the end of the step in which it occurred.
struct SpikeTrains {
    std::string name;  ///< population, or slice, as the user wrote it
    double dt_ms = 0.1;
    Step begin = 0;  ///< the window
    Step end = 0;
    std::vector<std::int64_t> neurons;  ///< index in the population of each train, ascending
    std::vector<std::int64_t> first;    ///< neurons.size() + 1 offsets
    std::vector<Step> times;
    /// Where in their steps spikes were (core/time.hpp), shape of times; empty: at their ends.
    /// Analyses that look closer than a step use it, all others take the ends.
    std::vector<std::int32_t> parts;
    /// Neurons of the whole population, which a ring of indices closes over; 0 = neurons.size().
    std::int64_t population_size = 0;

    /// Distance in um between two trains' neurons (by their place in `neurons`); empty where the
    /// population has no positions. Called from several threads at once.
    std::function<double(std::size_t, std::size_t)> distance_um;

    std::size_t size() const { return neurons.size(); }
    std::span<const Step> train(std::size_t k) const {
        return {times.data() + first[k], static_cast<std::size_t>(first[k + 1] - first[k])};
    }
    /// The spikes of train k in steps, inside them where that is known.
    std::vector<double> instants(std::size_t k) const;
    double duration_ms() const { return static_cast<double>(end - begin) * dt_ms; }
    std::int64_t ring_size() const {
        return population_size > 0 ? population_size : static_cast<std::int64_t>(size());
    }
};

/// Sorts spikes in any order into trains; those of other neurons or outside the window are left
/// out.
///
/// Time and memory are linear in the number of spikes (plus sorting inside trains whose spikes do
/// not come in the order of time, and a search a spike where `neurons` has gaps).
///
/// @param neurons  strictly ascending
/// @param steps    shape [spikes]
/// @param sources  shape [spikes]; the neuron of each spike, by index in the population
/// @param parts    shape [spikes], or empty: all at the ends of steps
/// @throws std::logic_error where neurons are not ascending or the lists differ in length
SpikeTrains make_spike_trains(std::string name, double dt_ms, Step begin, Step end,
                              std::vector<std::int64_t> neurons, std::span<const Step> steps,
                              std::span<const std::int64_t> sources,
                              std::span<const std::int32_t> parts = {});

/// The part of the trains in (begin, end], which becomes the window.
SpikeTrains window_of(const SpikeTrains& trains, Step begin, Step end);

}  // namespace volley
