#pragma once

#include "core/drives/drive.hpp"
#include "core/neurons/neuron_group.hpp"
#include "network/model.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace volley {

/// Drives that send events to receptors of cells with dendrites, on one worker's cells of a
/// population: each event reaches all contacts of the afferent that it is of.
class ContactDrives {
public:
    /// @param stimulus  its number in the model
    /// @param setup     what `drive` was made with; not without neurons
    /// @param sites     of the receptor
    /// @throws ConfigError  contacts that do not fit the receptor
    void add(const Model& model, std::size_t stimulus, std::unique_ptr<Drive> drive,
             const DriveSetup& setup, std::size_t sites);

    /// Finds the events at the end of the step that starts at `now`.
    void run(Step now);
    /// By drive, in the order of the model; valid until the next run().
    std::span<const SiteEvents> events() const { return events_; }

    void set(std::size_t stimulus, const std::string& parameter, const Value& value);
    std::size_t bytes() const;

private:
    struct Driven {
        std::size_t stimulus;
        std::size_t receptor;
        std::unique_ptr<Drive> drive;
        std::vector<std::uint32_t> local;    ///< the driven cells
        std::size_t afferents = 1;           ///< of each
        std::size_t contacts = 1;            ///< of each of those
        std::vector<std::uint32_t> entries;  ///< of the receptor's row; [cell][afferent][contact]
        std::vector<SiteEvent> arriving;
    };

    static void find_entries(const Model& model, const Stimulus& stimulus, const DriveSetup& setup,
                             std::size_t sites, Driven& driven);
    void find_events(Step now, Driven& driven);

    std::vector<Driven> drives_;
    std::vector<SiteEvents> events_;
    std::vector<double> of_cells_;  ///< one drive's events, by neuron
    std::vector<AfferentEvent> of_afferents_;
};

}  // namespace volley
