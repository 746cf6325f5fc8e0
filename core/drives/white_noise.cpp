#include "core/drives/white_noise.hpp"

#include "core/drives/per_neuron.hpp"

#include <fmt/format.h>

namespace volley {

namespace {

constexpr Field kFields[] = {
    defaulted("mean", "@", 0.0, kAny, "mean", Kind::drawn),
    required("sd", "@", kNotNegative, "standard deviation of the values", Kind::drawn),
    optional("interval", "ms", kPositive,
             "how long each value holds, a multiple of dt; without it one step"),
    kStartField,
    kStopField,
};

class WhiteNoise final : public Drive {
public:
    WhiteNoise(const Spec& spec, const DriveSetup& setup)
        : setup_(setup),
          window_(spec, setup.dt_ms),
          interval_(interval_of(spec, setup.dt_ms)),
          random_(setup.seed, stimulus_purpose(setup.stimulus, "noise")),
          mean_(setup, "mean", spec.value("mean")),
          sd_(setup, "sd", spec.value("sd")),
          noise_(setup.local.size()) {}

    void add(Step step, std::span<double> sum) override {
        if (!window_.contains(step)) return;
        const Step piece = (step - window_.start()) / interval_;
        if (piece != piece_) draw(piece);
        for (std::size_t k = 0; k < noise_.size(); ++k) {
            sum[setup_.local[k]] += mean_[k] + sd_[k] * noise_[k];
        }
    }

    void set(std::string_view parameter, const Value& value) override {
        if (parameter == "mean") mean_ = PerNeuron(setup_, parameter, value);
        if (parameter == "sd") sd_ = PerNeuron(setup_, parameter, value);
    }

    std::size_t bytes() const override {
        return noise_.size() * sizeof(double) + mean_.bytes() + sd_.bytes();
    }

private:
    static Step interval_of(const Spec& spec, double dt_ms) {
        if (!spec.has("interval")) return 1;
        const double interval_ms = spec.number("interval");
        const Step steps = to_steps(interval_ms, dt_ms);
        if (steps < 1 || !is_multiple(interval_ms, dt_ms)) {
            throw ConfigError(spec.where + "/interval", fmt::format("{} ms", interval_ms),
                              fmt::format("a multiple of the time step, {} ms", dt_ms));
        }
        return steps;
    }

    void draw(Step piece) {
        piece_ = piece;
        for (std::size_t k = 0; k < noise_.size();) {
            const auto first = static_cast<std::uint64_t>(setup_.index[k]);
            const Lanes normal = random_.normal_of_block(first, static_cast<std::uint64_t>(piece));
            // As many of the block's eight numbers as the next driven neurons can use.
            for (; k < noise_.size(); ++k) {
                const std::uint64_t lane = static_cast<std::uint64_t>(setup_.index[k]) - first;
                if (lane >= kLanes) break;
                noise_[k] = normal[lane];
            }
        }
    }

    DriveSetup setup_;
    Window window_;
    Step interval_;
    CounterRandom random_;
    PerNeuron mean_, sd_;
    Step piece_ = -1;            ///< whose noise it is
    std::vector<double> noise_;  ///< in units of sd
};

}  // namespace

DriveInfo white_noise_drive() {
    return {
        .description =
            {.name = "white_noise",
             .summary = "a Gaussian noise current, independent for each neuron",
             .fields = kFields,
             .details =
                 "Pieces of length `interval` from start on, each with a value of its own: normal "
                 "with mean\nand sd. Its spectrum is flat up to about 0.4 / interval. sd is that "
                 "of the pieces: the\nnoise of a given intensity D (covariance 2 D delta(t)) needs "
                 "sd = sqrt(2 D / interval), so\nthat half as long an interval, or dt where none "
                 "is given, needs an sd larger by sqrt(2).",
             .example = R"("stimuli": {"noise": {"target": "exc", "drive": "white_noise",
  "mean": "200 pA", "sd": "150 pA", "interval": "1 ms"}})"},
        .target = DriveInfo::Target::current,
        .make = [](const Spec& spec, const DriveSetup& setup) -> std::unique_ptr<Drive> {
            return std::make_unique<WhiteNoise>(spec, setup);
        }};
}

}  // namespace volley
