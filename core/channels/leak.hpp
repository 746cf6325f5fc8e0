#pragma once

#include "core/channels/channel_current.hpp"
#include "core/channels/channel_kind.hpp"

namespace volley {

/// A conductance that nothing gates.
class Leak final : public Mechanism {
public:
    explicit Leak(const MechanismSetup& setup) : setup_(setup) {}

    void set_parameters(std::span<const Lanes> parameters) override {
        current_ = {.density_S_per_cm2 = parameters[0], .reversal_mV = parameters[1]};
    }
    void settle() override {}
    void advance(std::int64_t /*step*/) override { add_currents(); }
    void add_currents() override {
        for_each_block(*setup_.place, [&](std::size_t block, std::size_t own) {
            current_.add(setup_, block, own, broadcast(1.0));
        });
    }
    double state(std::size_t /*variable*/, std::size_t /*own_index*/) const override { return 0.0; }
    void set_state(std::size_t /*variable*/, std::size_t /*own_index*/, double /*value*/) override {
    }
    double current_nA(std::size_t own_index) const override {
        return channel_current_nA(setup_, current_, own_index, broadcast(1.0));
    }
    std::size_t bytes() const override { return 0; }

private:
    MechanismSetup setup_;
    OhmicCurrent current_{};
};

inline constexpr Field kLeakFields[] = {
    parameter("g_max_*", "S/cm2", 1e-4, kNotNegative, "conductance"),
    parameter("E_rev_*", "mV", -65.0, kAny, "reversal potential"),
};

inline ChannelKind leak_channel() {
    return {
        .description =
            {.name = "leak",
             .summary = "a conductance that nothing gates: the passive membrane",
             .fields = kLeakFields,
             .details = "I = g_max (V - E_rev);  R_m = 1 / g_max",
             .example =
                 R"("channels": {"pas": {"channel": "leak", "on": "all", "g_max": "5e-5 S/cm2"}})"},
        .states = {},
        .ion = "",
        .make = [](const MechanismSetup& setup) -> std::unique_ptr<Mechanism> {
            return std::make_unique<Leak>(setup);
        }};
}

}  // namespace volley
