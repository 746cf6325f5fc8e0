#include "core/drives/chirp.hpp"

#include "core/drives/per_neuron.hpp"
#include "core/math/functions.hpp"

namespace volley {

namespace {

constexpr Field kFields[] = {
    required("amplitude", "@", kAny, "half of peak to peak", Kind::drawn),
    required("from", "Hz", kNotNegative, "frequency at start"),
    required("to", "Hz", kNotNegative, "frequency at stop"),
    choice("sweep", "linear|exponential", "linear",
           "how the frequency changes: by equal amounts or by equal factors in equal times"),
    defaulted("phase", "1", 0.0, kAny, "phase at start, in turns (0.25 = a cosine)", Kind::drawn),
    defaulted("offset", "@", 0.0, kAny, "what is added to the sine", Kind::drawn),
    kStartField,
    required("stop", "ms", kNotNegative, "moment from which on it no longer acts"),
};

class Chirp final : public Drive {
public:
    Chirp(const Spec& spec, const DriveSetup& setup)
        : setup_(setup),
          window_(spec, setup.dt_ms),
          exponential_(spec.text("sweep") == "exponential"),
          start_ms_(spec.number("start")),
          duration_s_((spec.number("stop") - start_ms_) / 1000.0),
          from_Hz_(spec.number("from")),
          to_Hz_(spec.number("to")) {
        for (const std::string_view name : {"amplitude", "phase", "offset"}) {
            Chirp::set(name, spec.value(name));
        }
        if (exponential_ && !(from_Hz_ > 0.0 && to_Hz_ > 0.0)) {
            throw ConfigError(spec.where + (from_Hz_ > 0.0 ? "/to" : "/from"), "0 Hz",
                              "a frequency above 0 for an exponential sweep");
        }
    }

    void add(Step step, std::span<double> sum) override {
        if (!window_.contains(step)) return;
        const double turns = turns_after((to_ms(step, setup_.dt_ms) - start_ms_) / 1000.0);
        const bool one_phase = phase_.uniform();
        double sine = one_phase ? sine_of(turns + phase_[0]) : 0.0;
        for (std::size_t k = 0; k < setup_.local.size(); ++k) {
            if (!one_phase) sine = sine_of(turns + phase_[k]);
            sum[setup_.local[k]] += offset_[k] + amplitude_[k] * sine;
        }
    }

    void set(std::string_view parameter, const Value& value) override {
        if (parameter == "amplitude") amplitude_ = PerNeuron(setup_, parameter, value);
        if (parameter == "phase") phase_ = PerNeuron(setup_, parameter, value);
        if (parameter == "offset") offset_ = PerNeuron(setup_, parameter, value);
    }

    std::size_t bytes() const override {
        return amplitude_.bytes() + phase_.bytes() + offset_.bytes();
    }

private:
    static double sine_of(double turns) { return sine_cosine_of_turns(broadcast(turns)).sine[0]; }

    /// The integral of the frequency from the start on.
    double turns_after(double time_s) const {
        if (!exponential_) {
            return time_s * (from_Hz_ + 0.5 * (to_Hz_ - from_Hz_) * (time_s / duration_s_));
        }
        // from (e^x - 1) / x with x = log(to / from) t / T: 1 where the frequency stays.
        const double x = exact_log(to_Hz_ / from_Hz_) * (time_s / duration_s_);
        const double growth = x == 0.0 ? 1.0 : expm1(broadcast(x))[0] / x;
        return time_s * from_Hz_ * growth;
    }

    DriveSetup setup_;
    Window window_;
    bool exponential_;
    double start_ms_;
    double duration_s_;
    double from_Hz_, to_Hz_;
    PerNeuron amplitude_, phase_, offset_;
};

}  // namespace

DriveInfo chirp_drive() {
    return {.description =
                {.name = "chirp",
                 .summary = "a sinusoidal current whose frequency sweeps from one value to another",
                 .fields = kFields,
                 .details =
                     "offset + amplitude sin(2 pi (turns(t) + phase)) from start to stop, taken at "
                     "the start of\neach step; t counts from start, T = stop - start.\n"
                     "linear:       frequency f = from + (to - from) t / T,\n"
                     "              turns = from t + (to - from) t^2 / (2 T)\n"
                     "exponential:  f = from (to / from)^(t / T),\n"
                     "              turns = T (f - from) / log(to / from)",
                 .source = "Hutcheon & Yarom (2000), Trends Neurosci. 23:216, "
                           "doi:10.1016/S0166-2236(00)01547-2",
                 .example = R"("stimuli": {"zap": {"target": "exc", "drive": "chirp",
  "amplitude": "50 pA", "from": "0.5 Hz", "to": "100 Hz", "sweep": "exponential",
  "start": "200 ms", "stop": "10.2 s"}})"},
            .target = DriveInfo::Target::current,
            .make = [](const Spec& spec, const DriveSetup& setup) -> std::unique_ptr<Drive> {
                return std::make_unique<Chirp>(spec, setup);
            }};
}

}  // namespace volley
