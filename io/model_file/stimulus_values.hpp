#pragma once

#include "core/drives/drive.hpp"
#include "io/model_file/reading.hpp"

#include <string>

namespace volley {

/// How the fields of a stimulus are read: "@" is the unit of its target's current or of the
/// receptor, and lists have one value for each driven neuron.
class StimulusScope {
public:
    /// @param where  of the drive, for messages
    /// @throws ConfigError  where the target takes no current, or cannot be clamped
    StimulusScope(const Reading& reading, const Stimulus& stimulus, const DriveInfo& drive,
                  const std::string& where);

    Scope scope() const {
        return {.names = names_, .owner_unit = unit_, .neurons = neurons_, .neurons_of = owner_};
    }

private:
    const Names& names_;
    std::string_view unit_;
    std::int64_t neurons_;
    std::string owner_;
};

/// A list for the neurons of a target as the drives take it: one value (or train) for each neuron
/// of the population, 0 where it is not driven. Other values as they are.
/// @param kind  of the field: numbers are no list for neurons
Value by_population(const Value& value, Kind kind, const Selection& target, std::int64_t size);

}  // namespace volley
