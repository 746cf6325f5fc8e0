#include "core/drives/sine.hpp"

#include "core/drives/per_neuron.hpp"
#include "core/math/functions.hpp"

#include <algorithm>

namespace volley {

namespace {

constexpr Field kFields[] = {
    {.name = "amplitude", .kind = Kind::drawn, .unit = "@", .meaning = "half of peak to peak"},
    {.name = "frequency",
     .kind = Kind::drawn,
     .unit = "Hz",
     .range = kNotNegative,
     .meaning = "cycles per second"},
    defaulted("phase", "1", 0.0, kAny, "phase at time 0, in turns (0.25 = a cosine)", Kind::drawn),
    defaulted("offset", "@", 0.0, kAny, "what is added to the sine", Kind::drawn),
    flag("rectified", false, "cut off what is below 0 (offset included)"),
    kStartField,
    kStopField,
};

class Sine final : public Drive {
public:
    Sine(const Spec& spec, const DriveSetup& setup)
        : setup_(setup), window_(spec, setup.dt_ms), rectified_(spec.flag("rectified")) {
        for (const std::string_view name : {"amplitude", "frequency", "phase", "offset"}) {
            Sine::set(name, spec.value(name));
        }
    }

    void add(Step step, std::span<double> sum) override {
        if (!window_.contains(step)) return;
        const double time_s = to_ms(step, setup_.dt_ms) / 1000.0;
        double value = value_at(0, time_s);
        const bool uniform =
            amplitude_.uniform() && frequency_.uniform() && phase_.uniform() && offset_.uniform();
        for (std::size_t k = 0; k < setup_.local.size(); ++k) {
            if (!uniform) value = value_at(k, time_s);
            sum[setup_.local[k]] += value;
        }
    }

    void set(std::string_view parameter, const Value& value) override {
        if (parameter == "rectified") {
            rectified_ = std::get<bool>(value);
            return;
        }
        PerNeuron& values = parameter == "amplitude"   ? amplitude_
                            : parameter == "frequency" ? frequency_
                            : parameter == "phase"     ? phase_
                                                       : offset_;
        values = PerNeuron(setup_, parameter, value);
    }

    std::size_t bytes() const override {
        return amplitude_.bytes() + frequency_.bytes() + phase_.bytes() + offset_.bytes();
    }

private:
    double value_at(std::size_t k, double time_s) const {
        const double turns = frequency_[k] * time_s + phase_[k];
        const double sine = sine_cosine_of_turns(broadcast(turns)).sine[0];
        const double value = offset_[k] + amplitude_[k] * sine;
        return rectified_ ? std::max(value, 0.0) : value;
    }

    DriveSetup setup_;
    Window window_;
    bool rectified_;
    PerNeuron amplitude_, frequency_, phase_, offset_;
};

}  // namespace

DriveInfo sine_drive() {
    return {
        .description = {.name = "sine",
                        .summary = "a sinusoidal current, whole or its positive half",
                        .fields = kFields,
                        .details = "offset + amplitude sin(2 pi (frequency t + phase)), taken at "
                                   "the start of each step",
                        .example = R"("stimuli": {"rhythm": {"target": "exc", "drive": "sine",
  "amplitude": "100 pA", "frequency": "8 Hz", "rectified": true}})"},
        .target = DriveInfo::Target::current,
        .make = [](const Spec& spec, const DriveSetup& setup) -> std::unique_ptr<Drive> {
            return std::make_unique<Sine>(spec, setup);
        }};
}

}  // namespace volley
