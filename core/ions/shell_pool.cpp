#include "core/ions/shell_pool.hpp"

#include "core/ions/shell_constants.hpp"
#include "core/ions/shell_fields.hpp"
#include "core/ions/shell_step.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace volley {
namespace {

using shells::Variable;

/// The parameters of the cells in the lanes, in the order of kShellFields.
struct Parameters {
    Lanes rest_mM, magnesium_mM, calbindin_mM, mobile, parvalbumin_mM;
    Lanes removal_mM_per_ms, half_mM, pump_mol_per_cm2, influx_factor;
};
static_assert(sizeof(Parameters) == std::size(kShellFields) * sizeof(Lanes));

/// Pumps that hold calcium where as many fill as empty.
Lanes occupied_at(Lanes calcium_mM, Lanes pumps_mM, const shells::Rates& rates) {
    const Lanes bound = rates.pump.on * calcium_mM;
    return pumps_mM * bound / (bound + rates.pump.off + rates.pumped);
}

template <std::size_t kShells, bool kOneCell, bool kPump>
class ShellPool final : public Mechanism {
public:
    ShellPool(const MechanismSetup& setup, const ShellStructure& structure)
        : setup_(setup),
          structure_(structure),
          constants_(shells::place_constants(*setup.place, structure.rule, structure.diffusion,
                                             setup.dt_ms, setup.arrays.ion.valence,
                                             structure.where)),
          state_(setup.place->blocks * structure.rule.shells * shells::kVariables * kLanes),
          occupied_(kPump ? setup.place->blocks * kLanes : 0) {}

    void set_parameters(const MechanismParameters& parameters) override {
        std::ranges::copy(parameters.values, reinterpret_cast<Lanes*>(&parameters_));
        const Parameters& p = parameters_;
        totals_ = {.mobile = p.calbindin_mM * p.mobile,
                   .fixed = p.calbindin_mM * (1.0 - p.mobile),
                   .sites = p.calbindin_mM,
                   .parvalbumin = p.parvalbumin_mM,
                   .half_mM = p.half_mM};
    }

    void settle() override {
        for_each_block(*setup_.place, [&](std::size_t block, std::size_t own) {
            for (std::size_t i = 0; i < structure_.rule.shells; ++i) settle_shell(shell(own, i));
            if constexpr (kPump) {
                const Lanes pumps_mM = forcing(own).pump;
                store(&occupied_[own * kLanes],
                      structure_.hold_rest
                          ? occupied_at(parameters_.rest_mM, pumps_mM, structure_.rates)
                          : Lanes{});
            }
            write(block, parameters_.rest_mM);
        });
    }

    void advance(std::int64_t /*step*/) override {
        const shells::Totals totals = totals_;
        const shells::Rates rates = structure_.rates;
        const std::size_t count = structure_.rule.shells;
        const std::size_t constants = count * shells::kConstants * (kOneCell ? kLanes : 1);
        const double* const current_nA = setup_.arrays.ion.current_nA;
        for_each_block(*setup_.place, [&](std::size_t block, std::size_t own) {
            shells::Forcing by = forcing(own);
            by.influx = setup_.place->at(constants_.influx, own) * parameters_.influx_factor *
                        load(current_nA + block * kLanes);
            Lanes occupied{};
            if constexpr (kPump) occupied = load(&occupied_[own * kLanes]);
            shells::Step<kShells, kOneCell, kPump> step(
                rates, totals, &constants_.shell[own * constants], shell(own, 0), count);
            Lanes outer{};
            for (std::int64_t k = 0; k < structure_.substeps; ++k) outer = step.run(by, occupied);
            write(block, outer);
            if constexpr (kPump) store(&occupied_[own * kLanes], occupied);
        });
    }

    void add_currents() override {}

    double state(std::size_t variable, std::size_t own_index) const override {
        const auto [from, index] = find(variable, own_index);
        return from == nullptr ? 0.0 : from[index];
    }
    void set_state(std::size_t variable, std::size_t own_index, double value) override {
        const auto [from, index] = find(variable, own_index);
        if (from == nullptr) return;
        const_cast<double*>(from)[index] = value;
        if (variable != shells::kCalcium || setup_.arrays.ion.written_inside_mM == nullptr) return;
        for_each_block(*setup_.place, [&](std::size_t block, std::size_t own) {
            if (own == own_index / kLanes) write(block, load(shell(own, 0)));
        });
    }
    double current_nA(std::size_t /*own_index*/) const override { return 0.0; }
    std::size_t bytes() const override {
        return (state_.size() + occupied_.size() + constants_.shell.size() +
                constants_.influx.size() + constants_.pump.size()) *
               sizeof(double);
    }

private:
    double* shell(std::size_t own, std::size_t i) {
        return &state_[(own * structure_.rule.shells + i) * shells::kVariables * kLanes];
    }
    void write(std::size_t block, Lanes inside) {
        double* const shared = setup_.arrays.ion.written_inside_mM;
        if (shared != nullptr) store(shared + block * kLanes, inside);
    }

    /// All but the influx.
    shells::Forcing forcing(std::size_t own) const {
        const Place& place = *setup_.place;
        const Parameters& p = parameters_;
        shells::Forcing by{};
        if constexpr (kPump) {
            by.pump = p.pump_mol_per_cm2 * place.at(constants_.pump, own);
            if (structure_.hold_rest) {
                by.pump_leak =
                    structure_.rates.pumped * occupied_at(p.rest_mM, by.pump, structure_.rates);
            }
        } else {
            const Lanes diameter_um = place.at(place.diameter_um, own);
            by.removal = (structure_.remove ? setup_.dt_ms : 0.0) * p.removal_mM_per_ms;
            if (structure_.over_diameter_squared) by.removal /= diameter_um * diameter_um;
            if (structure_.hold_rest) by.leak = by.removal * p.rest_mM / (p.rest_mM + p.half_mM);
        }
        return by;
    }

    void settle_shell(double* to) const {
        const Parameters& p = parameters_;
        const shells::Rates& r = structure_.rates;
        const Lanes c = p.rest_mM;
        const auto bound = [c](const shells::Site& site, Lanes total) {
            return total * (site.on * c) / (site.on * c + site.off);
        };
        const Lanes by_calcium = r.parv_calcium.on * c * r.parv_magnesium.off;
        const Lanes by_magnesium = r.parv_magnesium.on * p.magnesium_mM * r.parv_calcium.off;
        const Lanes all = by_calcium + by_magnesium + r.parv_calcium.off * r.parv_magnesium.off;
        const auto set = [to](Variable v, Lanes value) { store(to + v * kLanes, value); };
        set(shells::kCalcium, c);
        set(shells::kMagnesium, p.magnesium_mM);
        set(shells::kMobileA, bound(r.site_A, totals_.mobile));
        set(shells::kMobileB, bound(r.site_B, totals_.mobile));
        set(shells::kFixedA, bound(r.site_A, totals_.fixed));
        set(shells::kFixedB, bound(r.site_B, totals_.fixed));
        set(shells::kParvCalcium, totals_.parvalbumin * by_calcium / all);
        set(shells::kParvMagnesium, totals_.parvalbumin * by_magnesium / all);
    }

    /// Where a number of the state lies; null where there is none.
    std::pair<const double*, std::size_t> find(std::size_t variable, std::size_t own_index) const {
        constexpr std::size_t kStates = shells::kVariables + 1;  // and the pumps, in layer 0
        const std::size_t layer = variable / kStates;
        const std::size_t v = variable % kStates;
        const std::size_t own = own_index / kLanes;
        if (v < shells::kVariables) {
            const std::size_t row = (own * structure_.rule.shells + layer) * shells::kVariables + v;
            return {state_.data(), row * kLanes + own_index % kLanes};
        }
        if (kPump && layer == 0) return {occupied_.data(), own_index};
        return {nullptr, 0};
    }

    MechanismSetup setup_;
    ShellStructure structure_;
    Parameters parameters_{};
    shells::Totals totals_{};
    shells::PlaceConstants constants_;
    AlignedVector<double> state_;     ///< [own block][shell][variable][lane], mM
    AlignedVector<double> occupied_;  ///< pumps, mM over the outer shell's volume; [own storage]
};

template <std::size_t kShells, bool kOneCell>
std::unique_ptr<Mechanism> make_for(const MechanismSetup& setup, const ShellStructure& structure) {
    if (structure.pump)
        return std::make_unique<ShellPool<kShells, kOneCell, true>>(setup, structure);
    return std::make_unique<ShellPool<kShells, kOneCell, false>>(setup, structure);
}

template <bool kOneCell>
std::unique_ptr<Mechanism> make_with(const MechanismSetup& setup, const ShellStructure& structure) {
    switch (structure.rule.shells) {
        case 4:
            return make_for<4, kOneCell>(setup, structure);
        case 10:
            return make_for<10, kOneCell>(setup, structure);
        case 20:
            return make_for<20, kOneCell>(setup, structure);
        default:
            return make_for<0, kOneCell>(setup, structure);
    }
}

std::unique_ptr<Mechanism> make(const MechanismSetup& setup, const Spec& spec) {
    MechanismSetup substep = setup;
    substep.dt_ms /= static_cast<double>(spec.integer("substeps"));
    const ShellStructure structure = shell_structure(spec, substep.dt_ms);
    if (setup.place->width == 1) return make_with<true>(substep, structure);
    return make_with<false>(substep, structure);
}

}  // namespace

constinit const PoolKind kShellPool{
    .description = kShellDescription,
    .structure = kShellStructure,
    .states = kShellStates,
    .layers = [](const Spec& spec) { return static_cast<std::size_t>(spec.integer("shells")); },
    .make = make};

}  // namespace volley
