#include "core/drives/given_spikes.hpp"

#include "core/drives/train_drive.hpp"
#include "core/trains/given_trains.hpp"

namespace volley {

namespace {

constexpr Field kFields[] = {kGivenTimes, kEventWeight, kStartField, kStopField};

}  // namespace

DriveInfo given_spikes_drive() {
    return {
        .description = {.name = "given_spikes",
                        .summary =
                            "events at given times, from a list or a file, without source neurons",
                        .fields = kFields,
                        .details = kGivenTimesDetails,
                        .example =
                            R"("stimuli": {"volley": {"target": "exc", "drive": "given_spikes",
  "receptor": "exc", "times": ["10 ms", "12.5 ms"], "weight": "87.8 pA"}})"},
        .target = DriveInfo::Target::receptor,
        .make = &train_drive<&make_given_trains>};
}

}  // namespace volley
