#include "core/drives/dc.hpp"

#include "core/drives/per_neuron.hpp"

namespace volley {

namespace {

constexpr Field kFields[] = {
    {.name = "amplitude", .kind = Kind::drawn, .unit = "@", .meaning = "what it adds"},
    kStartField,
    kStopField,
};

class Dc final : public Drive {
public:
    Dc(const Spec& spec, const DriveSetup& setup)
        : setup_(setup),
          window_(spec, setup.dt_ms),
          amplitude_(setup, "amplitude", spec.value("amplitude")) {}

    void add(Step step, std::span<double> sum) override {
        if (!window_.contains(step)) return;
        for (std::size_t k = 0; k < setup_.local.size(); ++k) sum[setup_.local[k]] += amplitude_[k];
    }
    void set(std::string_view parameter, const Value& value) override {
        amplitude_ = PerNeuron(setup_, parameter, value);
    }
    std::size_t bytes() const override { return amplitude_.bytes(); }

private:
    DriveSetup setup_;
    Window window_;
    PerNeuron amplitude_;
};

}  // namespace

DriveInfo dc_drive() {
    return {.description = {.name = "dc",
                            .summary = "a constant current from start to stop",
                            .fields = kFields,
                            .example =
                                R"("stimuli": {"step": {"target": "exc[0:50]", "drive": "dc",
  "amplitude": "300 pA", "start": "20 ms", "stop": "220 ms"}})"},
            .target = DriveInfo::Target::current,
            .make = [](const Spec& spec, const DriveSetup& setup) -> std::unique_ptr<Drive> {
                return std::make_unique<Dc>(spec, setup);
            }};
}

}  // namespace volley
