#pragma once

#include "core/drives/drive.hpp"
#include "core/math/aligned_vector.hpp"
#include "core/neurons/neuron_group.hpp"
#include "network/contact_drives.hpp"
#include "network/model.hpp"
#include "network/partition.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace volley {

/// The drives onto one worker's neurons of a population, and the sums of what they do in a step.
class GroupDrives {
public:
    GroupDrives() = default;
    /// @param block  the worker's neurons of the population; not empty
    GroupDrives(const Model& model, std::int32_t population, Block block);

    /// Computes all sums of the step that starts at `now`.
    void run(Step now);

    /// Changes a parameter of a stimulus, where it acts here, from the next step on.
    void set(std::size_t stimulus, const std::string& parameter, const Value& value);

    /// Currents and clamps at one place of the neurons. Sums are padded; empty where nothing adds
    /// to them.
    struct Electrodes {
        AlignedVector<double> current;
        AlignedVector<double> conductance;
        AlignedVector<double> held_mV;  ///< NaN where V_m is free
    };
    /// At the soma, or at the point itself. Gap junctions add to them, once there is room.
    Electrodes& at_soma() { return places_.front().sums; }
    void make_room_at_soma(bool conductance);

    /// At other compartments.
    std::span<const PlacedInput> placed() const { return placed_; }

    /// By receptor of points: events at the end of the step; null where there is no drive.
    std::span<const double* const> events() const { return event_pointers_; }
    /// The same onto cells with dendrites.
    std::span<const SiteEvents> site_events() const { return contacts_.events(); }

    std::size_t bytes() const;

private:
    struct Driven {
        std::size_t stimulus;
        std::unique_ptr<Drive> drive;
    };
    struct Place {
        std::int32_t compartment = -1;  ///< -1: the soma
        std::vector<Driven> current_drives;
        std::vector<Driven> membrane_drives;
        Electrodes sums;
    };
    struct AtReceptor {
        std::vector<Driven> drives;
        AlignedVector<double> events;  ///< as the receptor's row
    };

    void add(const Model& model, std::size_t stimulus);
    void add_events(const Model& model, Driven driven, const DriveSetup& setup);
    Place& place_at(std::int32_t compartment);

    const Population* population_ = nullptr;
    Block block_{};
    std::vector<Place> places_ = std::vector<Place>(1);  ///< the soma first
    std::vector<PlacedInput> placed_;
    std::vector<AtReceptor> receptors_;  ///< of points
    std::vector<const double*> event_pointers_;
    ContactDrives contacts_;
};

}  // namespace volley
