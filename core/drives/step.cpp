#include "core/drives/step.hpp"

#include "core/drives/per_neuron.hpp"

#include <algorithm>

namespace volley {

namespace {

constexpr Field kFields[] = {
    {.name = "times",
     .kind = Kind::numbers,
     .unit = "ms",
     .range = kNotNegative,
     .meaning = "when it changes, ascending"},
    {.name = "amplitudes",
     .kind = Kind::numbers,
     .unit = "@",
     .meaning = "what it adds from each of these times on; 0 before the first"},
};

class StepDrive final : public Drive {
public:
    StepDrive(const Spec& spec, const DriveSetup& setup)
        : setup_(setup), where_(spec.where), amplitudes_(spec.numbers("amplitudes")) {
        for (const double time_ms : spec.numbers("times")) {
            times_.push_back(to_steps(time_ms, setup.dt_ms));
        }
        if (times_.size() != amplitudes_.size()) {
            throw ConfigError(where_ + "/amplitudes",
                              std::to_string(amplitudes_.size()) + " amplitudes",
                              "as many as there are times (" + std::to_string(times_.size()) + ")");
        }
        if (!std::is_sorted(times_.begin(), times_.end())) {
            throw ConfigError(where_ + "/times", "times that go back", "times in ascending order");
        }
    }

    void add(Step step, std::span<double> sum) override {
        const auto next = std::upper_bound(times_.begin(), times_.end(), step);
        if (next == times_.begin()) return;
        const double amplitude = amplitudes_[static_cast<std::size_t>(next - times_.begin()) - 1];
        for (const std::uint32_t neuron : setup_.local) sum[neuron] += amplitude;
    }
    void set(std::string_view parameter, const Value& value) override {
        const auto& numbers = std::get<std::vector<double>>(value);
        if (parameter == "amplitudes") amplitudes_ = numbers;
        if (parameter == "times") {
            times_.clear();
            for (const double time_ms : numbers) times_.push_back(to_steps(time_ms, setup_.dt_ms));
        }
    }
    std::size_t bytes() const override { return times_.size() * 2 * sizeof(double); }

private:
    DriveSetup setup_;
    std::string where_;
    std::vector<Step> times_;
    std::vector<double> amplitudes_;
};

}  // namespace

DriveInfo step_drive() {
    return {
        .description = {.name = "step",
                        .summary = "a current that changes at given times",
                        .fields = kFields,
                        .example = R"("stimuli": {"staircase": {"target": "exc", "drive": "step",
  "times": ["0 ms", "100 ms", "200 ms"], "amplitudes": ["100 pA", "200 pA", "0 pA"]}})"},
        .target = DriveInfo::Target::current,
        .make = [](const Spec& spec, const DriveSetup& setup) -> std::unique_ptr<Drive> {
            return std::make_unique<StepDrive>(spec, setup);
        }};
}

}  // namespace volley
