#include "core/drives/voltage_clamp.hpp"

#include "core/drives/per_neuron.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace volley {

namespace {

constexpr Field kFields[] = {
    {.name = "times",
     .kind = Kind::numbers,
     .unit = "ms",
     .range = kNotNegative,
     .meaning = "when the command changes, ascending"},
    {.name = "levels",
     .kind = Kind::numbers,
     .unit = "mV",
     .meaning = "the command from each of these times on; V_m is free before the first"},
    optional("stop", "ms", kNotNegative, "moment from which on V_m is free again"),
    optional("series_resistance", "mV/@", kPositive,
             "of the electrode; without it V_m is held at the command", Kind::drawn),
};

class VoltageClamp final : public Drive {
public:
    VoltageClamp(const Spec& spec, const DriveSetup& setup)
        : setup_(setup),
          levels_mV_(spec.numbers("levels")),
          stop_(spec.has("stop") ? to_steps(spec.number("stop"), setup.dt_ms)
                                 : std::numeric_limits<Step>::max()),
          ideal_(!spec.has("series_resistance")) {
        for (const double time_ms : spec.numbers("times")) {
            times_.push_back(to_steps(time_ms, setup.dt_ms));
        }
        check(spec);
        if (!ideal_) {
            VoltageClamp::set("series_resistance", spec.value("series_resistance"));
        }
    }

    MembraneNeeds membrane_needs() const override {
        return {.current = !ideal_, .conductance = !ideal_, .held_mV = ideal_};
    }

    void act_on_membrane(Step step, const MembraneSums& sums) override {
        const auto next = std::upper_bound(times_.begin(), times_.end(), step);
        if (next == times_.begin() || step >= stop_) return;
        const double level_mV = levels_mV_[static_cast<std::size_t>(next - times_.begin()) - 1];
        for (std::size_t k = 0; k < setup_.local.size(); ++k) {
            const std::uint32_t neuron = setup_.local[k];
            if (ideal_) {
                sums.held_mV[neuron] = level_mV;
                continue;
            }
            const double conductance = 1.0 / resistance_[k];
            sums.conductance[neuron] += conductance;
            sums.current[neuron] += conductance * level_mV;
        }
    }

    void set(std::string_view parameter, const Value& value) override {
        // A clamp that began as an ideal one stays one: its arrays are laid out for that.
        if (!ideal_) resistance_ = PerNeuron(setup_, parameter, value);
    }

    std::size_t bytes() const override {
        return (times_.size() + levels_mV_.size()) * sizeof(double) + resistance_.bytes();
    }

private:
    void check(const Spec& spec) const {
        if (times_.size() != levels_mV_.size() || times_.empty()) {
            throw ConfigError(
                spec.where + "/levels", fmt::format("{} levels", levels_mV_.size()),
                fmt::format("one for each of the times ({}), at least one", times_.size()));
        }
        if (!std::ranges::is_sorted(times_)) {
            throw ConfigError(spec.where + "/times", "times that go back",
                              "times in ascending order");
        }
        if (stop_ <= times_.front()) {
            throw ConfigError(spec.where + "/stop", fmt::format("{} ms", spec.number("stop")),
                              fmt::format("a time after the first command ({} ms)",
                                          to_ms(times_.front(), setup_.dt_ms)));
        }
    }

    DriveSetup setup_;
    std::vector<Step> times_;
    std::vector<double> levels_mV_;
    Step stop_;
    bool ideal_;
    PerNeuron resistance_;
};

}  // namespace

DriveInfo voltage_clamp_drive() {
    return {
        .description =
            {.name = "voltage_clamp",
             .summary = "holds the membrane potential at commands that change at given times",
             .fields = kFields,
             .details =
                 "Without a series resistance V_m is the command from the first step on. With it "
                 "the membrane\nreceives the current (command - V_m) / series_resistance, taken "
                 "with the V_m of each moment\n(a conductance, not a current of the step before). "
                 "For models whose V_m can be held.",
             .source = "Hodgkin, Huxley & Katz (1952), J. Physiol. 116:424, "
                       "doi:10.1113/jphysiol.1952.sp004716",
             .example = R"("stimuli": {"clamp": {"target": "hh[0]", "drive": "voltage_clamp",
  "times": ["0 ms", "20 ms", "40 ms"], "levels": ["-65 mV", "-10 mV", "-65 mV"]}})"},
        .target = DriveInfo::Target::membrane,
        .make = [](const Spec& spec, const DriveSetup& setup) -> std::unique_ptr<Drive> {
            return std::make_unique<VoltageClamp>(spec, setup);
        }};
}

}  // namespace volley
