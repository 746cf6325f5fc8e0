#include "core/drives/ramp.hpp"

#include "core/drives/per_neuron.hpp"

namespace volley {

namespace {

constexpr Field kFields[] = {
    defaulted("from", "@", 0.0, kAny, "its value at start", Kind::drawn),
    required("to", "@", kAny, "its value at stop", Kind::drawn),
    kStartField,
    required("stop", "ms", kNotNegative, "moment at which it reaches its last value"),
    choice("after", "hold|off", "hold", "what it adds from stop on: its last value, or nothing"),
};

class Ramp final : public Drive {
public:
    Ramp(const Spec& spec, const DriveSetup& setup)
        : setup_(setup),
          window_(spec, setup.dt_ms),
          from_(setup, "from", spec.value("from")),
          to_(setup, "to", spec.value("to")),
          start_ms_(spec.number("start")),
          duration_ms_(spec.number("stop") - start_ms_),
          holds_(spec.text("after") == "hold") {}

    void add(Step step, std::span<double> sum) override {
        if (step < window_.start() || (!holds_ && !window_.contains(step))) return;
        const double run = (to_ms(step, setup_.dt_ms) - start_ms_) / duration_ms_;
        const double part = window_.contains(step) ? std::clamp(run, 0.0, 1.0) : 1.0;
        for (std::size_t k = 0; k < setup_.local.size(); ++k) {
            sum[setup_.local[k]] += (1.0 - part) * from_[k] + part * to_[k];
        }
    }

    void set(std::string_view parameter, const Value& value) override {
        if (parameter == "from") from_ = PerNeuron(setup_, parameter, value);
        if (parameter == "to") to_ = PerNeuron(setup_, parameter, value);
    }

    std::size_t bytes() const override { return from_.bytes() + to_.bytes(); }

private:
    DriveSetup setup_;
    Window window_;
    PerNeuron from_, to_;
    double start_ms_;
    double duration_ms_;
    bool holds_;
};

}  // namespace

DriveInfo ramp_drive() {
    return {
        .description =
            {.name = "ramp",
             .summary = "a current that rises or falls in a straight line",
             .fields = kFields,
             .details = "from + (to - from) (t - start) / (stop - start) between start and stop, "
                        "taken at the start\nof each step; its slope is (to - from) / (stop - "
                        "start). Nothing before start.",
             .example = R"("stimuli": {"rise": {"target": "exc", "drive": "ramp",
  "to": "500 pA", "start": "100 ms", "stop": "600 ms", "after": "off"}})"},
        .target = DriveInfo::Target::current,
        .make = [](const Spec& spec, const DriveSetup& setup) -> std::unique_ptr<Drive> {
            return std::make_unique<Ramp>(spec, setup);
        }};
}

}  // namespace volley
