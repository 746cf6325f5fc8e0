#include "core/drives/given_current.hpp"

#include "core/drives/per_neuron.hpp"

#include <cmath>

namespace volley {

namespace {

constexpr Field kFields[] = {
    {.name = "samples",
     .kind = Kind::numbers,
     .unit = "@",
     .meaning = "the current at start, start + interval, ...: a list or a file"},
    required("interval", "ms", kPositive, "time from one sample to the next"),
    choice("interpolation", "hold|linear", "hold",
           "hold: each sample holds for an interval; linear: straight lines in between"),
    defaulted("scale", "1", 1.0, kAny, "factor of all samples", Kind::drawn),
    kStartField,
    kStopField,
};

class GivenCurrent final : public Drive {
public:
    GivenCurrent(const Spec& spec, const DriveSetup& setup)
        : setup_(setup),
          window_(spec, setup.dt_ms),
          samples_(spec.numbers("samples")),
          start_ms_(spec.number("start")),
          interval_ms_(spec.number("interval")),
          linear_(spec.text("interpolation") == "linear"),
          scale_(setup, "scale", spec.value("scale")) {
        if (samples_.empty()) {
            throw ConfigError(spec.where + "/samples", "no sample", "one or more");
        }
    }

    void add(Step step, std::span<double> sum) override {
        if (!window_.contains(step)) return;
        const double value = value_at(to_ms(step, setup_.dt_ms) - start_ms_);
        if (value == 0.0) return;
        for (std::size_t k = 0; k < setup_.local.size(); ++k) {
            sum[setup_.local[k]] += scale_[k] * value;
        }
    }

    void set(std::string_view parameter, const Value& value) override {
        if (parameter == "scale") scale_ = PerNeuron(setup_, parameter, value);
    }

    std::size_t bytes() const override { return samples_.size() * sizeof(double) + scale_.bytes(); }

private:
    /// @param time_ms  since the first sample; 0 behind the last one
    double value_at(double time_ms) const {
        const double position = time_ms / interval_ms_;
        // A sample's own moment belongs to it, whatever the rounding of times and division.
        const double whole = std::max(0.0, std::floor(position * (1.0 + 4e-16) + 1e-9));
        if (whole >= static_cast<double>(samples_.size())) return 0.0;
        const auto sample = static_cast<std::size_t>(whole);
        if (!linear_) return samples_[sample];
        const double part = std::max(0.0, position - whole);
        if (sample + 1 == samples_.size()) return part < 1e-9 ? samples_[sample] : 0.0;
        return (1.0 - part) * samples_[sample] + part * samples_[sample + 1];
    }

    DriveSetup setup_;
    Window window_;
    std::vector<double> samples_;
    double start_ms_;
    double interval_ms_;
    bool linear_;
    PerNeuron scale_;
};

}  // namespace

DriveInfo given_current_drive() {
    return {
        .description =
            {.name = "given_current",
             .summary = "a current given sample by sample, from a list or a file",
             .fields = kFields,
             .details =
                 "scale x the samples, taken at the start of each step; 0 before start and behind "
                 "the last\nsample. A file, beside the model file unless its path is absolute:\n"
                 "  {\"file\": \"current.csv\", \"column\": \"soma\"}   CSV whose first line names "
                 "the columns; a\n"
                 "      name may be followed by a unit (\"soma nA\"). One column needs no name.\n"
                 "  {\"file\": \"current.h5\", \"dataset\": \"/soma\"}   HDF5, one dimension; an "
                 "attribute \"units\"\n"
                 "      has the unit.\n"
                 "Without a unit samples are in that of the target's current.",
             .example = R"("stimuli": {"recorded": {"target": "exc", "drive": "given_current",
  "samples": {"values": [0, 120, 250, 180, 60], "unit": "pA"}, "interval": "20 ms",
  "interpolation": "linear", "scale": 1.5}})"},
        .target = DriveInfo::Target::current,
        .make = [](const Spec& spec, const DriveSetup& setup) -> std::unique_ptr<Drive> {
            return std::make_unique<GivenCurrent>(spec, setup);
        }};
}

}  // namespace volley
