#include "core/drives/ou_current.hpp"

#include "core/drives/per_neuron.hpp"
#include "core/math/functions.hpp"

#include <cmath>

namespace volley {

namespace {

constexpr Field kFields[] = {
    defaulted("mean", "@", 0.0, kAny, "mean", Kind::drawn),
    {.name = "sd",
     .kind = Kind::drawn,
     .unit = "@",
     .range = kNotNegative,
     .meaning = "standard deviation in the stationary state"},
    {.name = "tau",
     .kind = Kind::drawn,
     .unit = "ms",
     .range = kPositive,
     .meaning = "correlation time"},
    kStartField,
    kStopField,
};

/// Starts in the stationary state; the noise runs on while the drive is off.
class OuCurrent final : public Drive {
public:
    OuCurrent(const Spec& spec, const DriveSetup& setup)
        : setup_(setup),
          window_(spec, setup.dt_ms),
          random_(setup.seed, stimulus_purpose(setup.stimulus, "noise")) {
        for (const std::string_view name : {"mean", "sd", "tau"}) {
            OuCurrent::set(name, spec.value(name));
        }
        noise_.resize(setup_.local.size());
        for (std::size_t k = 0; k < noise_.size(); ++k) {
            // Draw 1 is used here alone, so that no step sees this number again.
            noise_[k] = random_.normal(static_cast<std::uint64_t>(setup_.index[k]), 0, 1);
        }
    }

    void add(Step step, std::span<double> sum) override {
        const bool acts = window_.contains(step);
        for (std::size_t k = 0; k < noise_.size();) {
            const auto first = static_cast<std::uint64_t>(setup_.index[k]);
            const Lanes normal = random_.normal_of_block(first, static_cast<std::uint64_t>(step));
            // As many of the block's eight numbers as the next driven neurons can use.
            for (; k < noise_.size(); ++k) {
                const std::uint64_t lane = static_cast<std::uint64_t>(setup_.index[k]) - first;
                if (lane >= kLanes) break;
                noise_[k] = noise_[k] * decay(k) + kick(k) * normal[lane];
                if (acts) sum[setup_.local[k]] += mean_[k] + sd_[k] * noise_[k];
            }
        }
    }

    void set(std::string_view parameter, const Value& value) override {
        PerNeuron& values = parameter == "mean" ? mean_ : parameter == "sd" ? sd_ : tau_ms_;
        values = PerNeuron(setup_, parameter, value);
        if (parameter != "tau") return;
        const std::size_t count = tau_ms_.uniform() ? 1 : setup_.local.size();
        decay_.resize(count);
        kick_.resize(count);
        for (std::size_t k = 0; k < count; ++k) {
            decay_[k] = exact_exp(-setup_.dt_ms / tau_ms_[k]);
            kick_[k] = std::sqrt(-expm1(broadcast(-2.0 * setup_.dt_ms / tau_ms_[k]))[0]);
        }
    }

    std::size_t bytes() const override {
        return (noise_.size() + decay_.size() + kick_.size()) * sizeof(double);
    }

private:
    double decay(std::size_t k) const { return decay_.size() == 1 ? decay_[0] : decay_[k]; }
    double kick(std::size_t k) const { return kick_.size() == 1 ? kick_[0] : kick_[k]; }

    DriveSetup setup_;
    Window window_;
    CounterRandom random_;
    PerNeuron mean_, sd_, tau_ms_;
    std::vector<double> noise_;  ///< in units of sd
    std::vector<double> decay_, kick_;
};

}  // namespace

DriveInfo ou_current_drive() {
    return {.description =
                {.name = "ou_current",
                 .summary = "an Ornstein-Uhlenbeck noise current, independent for each neuron",
                 .fields = kFields,
                 .details = "x' = -(x - mean) / tau + sd sqrt(2 / tau) xi(t), integrated exactly; "
                            "constant over a step.",
                 .source = "Gillespie (1996), Phys. Rev. E 54:2084, doi:10.1103/PhysRevE.54.2084",
                 .example = R"("stimuli": {"noise": {"target": "exc", "drive": "ou_current",
  "mean": "200 pA", "sd": "50 pA", "tau": "3 ms"}})"},
            .target = DriveInfo::Target::current,
            .make = [](const Spec& spec, const DriveSetup& setup) -> std::unique_ptr<Drive> {
                return std::make_unique<OuCurrent>(spec, setup);
            }};
}

}  // namespace volley
