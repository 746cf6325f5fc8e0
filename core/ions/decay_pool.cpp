#include "core/ions/decay_pool.hpp"

#include "core/math/functions.hpp"
#include "core/math/physical_constants.hpp"

#include <algorithm>
#include <array>

namespace volley {
namespace {

/// 1 nA carries 1 / F of 1e-12 mol/s: in 1 um3, 1e6 / F mM/ms for each charge of the ion.
constexpr double kMillimolar_per_nA_ms_um3 = 1e6 / kFaraday_C_per_mol;

constexpr Field kFields[] = {
    parameter("rest_*", "mM", 5e-5, kNotNegative, "concentration without current"),
    parameter("tau_*", "ms", 20.0, kPositive, "time constant of its return to rest"),
    parameter("depth_*", "um", 0.1, kPositive, "depth of the layer below the membrane"),
    parameter("influx_factor_*", "1", 1.0, kNotNegative, "part of the influx that stays free"),
};

struct Parameters {
    Lanes rest_mM, tau_ms, depth_um, influx_factor;
};

constexpr StateVariable kStates[] = {
    {"concentration_*", "mM", "concentration inside the membrane", "rest_*"},
};

class DecayPool final : public Mechanism {
public:
    explicit DecayPool(const MechanismSetup& setup)
        : setup_(setup),
          inside_mM_(setup.place->blocks * kLanes),
          influx_(setup.place->blocks * kLanes) {}

    void set_parameters(const MechanismParameters& parameters) override {
        std::ranges::copy(parameters.values, reinterpret_cast<Lanes*>(&parameters_));
        const Place& place = *setup_.place;
        const double valence = setup_.arrays.ion.valence;
        const Lanes x = -setup_.dt_ms / parameters_.tau_ms;
        decay_ = exp(x);
        const Lanes window_ms = -expm1(x) * parameters_.tau_ms;
        for (std::size_t own = 0; own < place.blocks; ++own) {
            const Lanes area_um2 = place.at(place.area_um2, own);
            const Lanes covered = select(area_um2 > 0.0, area_um2, broadcast(1.0));
            const Lanes factor = parameters_.influx_factor * place.at(place.scale, own);
            const Lanes influx = factor * window_ms * (-kMillimolar_per_nA_ms_um3 / valence) /
                                 (parameters_.depth_um * covered);
            store(&influx_[own * kLanes], select(area_um2 > 0.0, influx, Lanes{}));
        }
    }

    void settle() override {
        for_each_block(*setup_.place, [&](std::size_t block, std::size_t own) {
            write(block, own, parameters_.rest_mM);
        });
    }

    void advance(std::int64_t /*step*/) override {
        const Lanes rest_mM = parameters_.rest_mM;
        const Lanes decay = decay_;
        const double* const current_nA = setup_.arrays.ion.current_nA;
        for_each_block(*setup_.place, [&](std::size_t block, std::size_t own) {
            const Lanes inside = load(&inside_mM_[own * kLanes]);
            const Lanes entered = load(&influx_[own * kLanes]) * load(current_nA + block * kLanes);
            const Lanes moved = rest_mM + (inside - rest_mM) * decay + entered;
            write(block, own, larger(moved, Lanes{}));
        });
    }

    void add_currents() override {}

    double state(std::size_t /*variable*/, std::size_t own_index) const override {
        return inside_mM_[own_index];
    }
    void set_state(std::size_t /*variable*/, std::size_t own_index, double value) override {
        inside_mM_[own_index] = value;
        for_each_block(*setup_.place, [&](std::size_t block, std::size_t own) {
            if (own == own_index / kLanes) write(block, own, load(&inside_mM_[own * kLanes]));
        });
    }
    double current_nA(std::size_t /*own_index*/) const override { return 0.0; }
    std::size_t bytes() const override {
        return (inside_mM_.size() + influx_.size()) * sizeof(double);
    }

private:
    void write(std::size_t block, std::size_t own, Lanes inside) {
        store(&inside_mM_[own * kLanes], inside);
        double* const shared = setup_.arrays.ion.written_inside_mM;
        if (shared != nullptr) store(shared + block * kLanes, inside);
    }

    MechanismSetup setup_;
    Parameters parameters_{};
    Lanes decay_{};
    AlignedVector<double> inside_mM_;  ///< shape [own storage]
    AlignedVector<double> influx_;     ///< mM that 1 nA brings in a step; shape [own storage]
};

}  // namespace

constinit const PoolKind kDecayPool{
    .description =
        {.name = "ca_decay",
         .summary = "a layer below the membrane from which calcium leaves with one time constant",
         .fields = kFields,
         .details =
             "c' = -influx_factor I / (z F depth area) - (c - rest) / tau,  I outward positive,\n"
             "exact where I is constant over a step; c stays at 0 where an outward current would\n"
             "take more than there is. A model with c' = -f I - ..., f in mM per uC/cm2, has\n"
             "depth = 0.051821 um / f for z = 2: 1.1026 um for the stomatogastric cells of Liu et\n"
             "al. (20 ms c' = -0.94 uM nF/nA I - ..., 1 uF/cm2), 1.1032 um for those of Prinz et "
             "al.",
         .source = "Liu et al. (1998), J. Neurosci. 18:2309, "
                   "doi:10.1523/JNEUROSCI.18-07-02309.1998",
         .example = R"("pools": {"ca": {"pool": "ca_decay", "on": "all", "tau": "20 ms"}})"},
    .structure = {},
    .states = kStates,
    .make = [](const MechanismSetup& setup, const Spec& /*structure*/)
        -> std::unique_ptr<Mechanism> { return std::make_unique<DecayPool>(setup); },
};

}  // namespace volley
