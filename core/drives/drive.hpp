#pragma once

#include "core/description.hpp"
#include "core/spec.hpp"
#include "core/time.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace volley {

/// The neurons of one worker that a drive reaches, and where its numbers come from.
struct DriveSetup {
    double dt_ms = 0.1;
    std::uint64_t seed = 1;
    std::string_view stimulus;         ///< its name: the purpose of its draws
    std::vector<std::int64_t> index;   ///< global indices of the driven neurons here, ascending
    std::vector<std::uint32_t> local;  ///< their places in the worker's arrays, same length
    std::size_t neurons = 0;           ///< of the worker's group
};

/// What drives onto membranes act on, by neuron of the worker's group: GroupInput says how models
/// use it. Shape [neurons, padded]; empty where the drive has no use for it (MembraneNeeds).
struct MembraneSums {
    std::span<double> current;      ///< in the target's unit
    std::span<double> conductance;  ///< in that unit over mV: the membrane receives current - g V_m
    std::span<double> held_mV;      ///< where V_m is held; NaN where it is free
};

/// An event of one of a neuron's afferents.
struct AfferentEvent {
    std::uint32_t neuron;  ///< index into DriveSetup::index
    std::uint32_t afferent;
    double weight;
};

/// Which of these a drive acts on.
struct MembraneNeeds {
    bool current = false;
    bool conductance = false;
    bool held_mV = false;
};

/// A drive on one worker. Adds to arrays of double, after the row of exact sums was read. A drive
/// overrides add() or act_on_membrane(), as its DriveInfo::target says.
class Drive {
public:
    virtual ~Drive() = default;

    /// Adds what acts during the step that starts at `step` (a current, in the target's unit), or
    /// the events that arrive at its end (their summed weight).
    /// @param[in,out] sum  shape [neurons of the worker's group, padded]
    virtual void add(Step /*step*/, std::span<double> /*sum*/) {}

    /// Adds to currents and conductances, and sets where V_m is held, during the step that starts
    /// at `step`.
    virtual void act_on_membrane(Step /*step*/, const MembraneSums& /*sums*/) {}
    virtual MembraneNeeds membrane_needs() const { return {}; }

    /// The same in place of whatever stood in `sum`: the first drive onto an array.
    virtual void write(Step step, std::span<double> sum) {
        std::fill(sum.begin(), sum.end(), 0.0);
        add(step, sum);
    }

    /// Sources of events that each neuron has: more than one where a drive is the sum of many.
    virtual std::uint32_t afferents() const { return 1; }
    /// What add() adds, event by event, neurons ascending; of drives with several afferents.
    virtual void list_events(Step /*step*/, std::vector<AfferentEvent>& /*events*/) {}

    /// Changes a field of Kind::drawn from the next step on (the schedule of the model file).
    /// @pre the reader checked name, kind and range.
    virtual void set(std::string_view parameter, const Value& value) = 0;

    virtual std::size_t bytes() const = 0;
};

struct DriveInfo {
    /// Where a drive acts: on the current of its target, as events at a receptor, or on the
    /// membrane (of models with NeuronModel::takes_conductance).
    enum class Target { current, receptor, membrane };

    /// "@" is the unit of the current or of the receptor. Fields of Kind::drawn can change during a
    /// run.
    Description description;
    Target target = Target::current;
    /// @param where for messages
    std::unique_ptr<Drive> (*make)(const Spec&, const DriveSetup&) = nullptr;
};

std::span<const DriveInfo> drives();
const DriveInfo* find_drive(std::string_view name);

}  // namespace volley
