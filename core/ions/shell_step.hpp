#pragma once

#include "core/math/lanes.hpp"

#include <cstddef>

/// One time step of calcium, magnesium and their buffers in the radial shells of a compartment.
///
/// Linearly implicit (one Newton step of backward Euler, magnesium's binding before calcium's), of
/// first order in dt, in a form that conserves calcium, magnesium and buffers to rounding: binding
/// gives to the buffers what it takes from the free ions, and all but free calcium moves by
/// increments that are solved for.
///
///  1. Binding is linear in the free calcium c at the step's end: a buffer moves by a c + b, with a
///     and b from the step's start (its diffusion at the start included). That leaves one
///     tridiagonal system for c over the shells, with positive c for positive influx.
///  2. With c the increments of all others follow, and for those that diffuse
///     (1 - dt D) increment = explicit increment (Douglas's splitting): tridiagonal systems that do
///     not change, factored once. At a steady state the increments vanish for any dt.
///
/// Tested up to steps of 0.1 ms with currents far beyond a cell's, of 0.5 ms near a steady state.
/// An outward current that takes more than there is makes c negative.
///
/// Source of the splitting: Douglas & Gunn (1964), Numer. Math. 6:428, doi:10.1007/BF01386093.
namespace volley::shells {

inline constexpr std::size_t kMostShells = 100;

/// What a shell holds, mM, in the order of storage: [shell][variable][lane].
enum Variable : std::size_t {
    kCalcium,
    kMagnesium,
    kMobileA,  ///< mobile calbindin with calcium on site A, with or without on B
    kMobileB,
    kFixedA,
    kFixedB,
    kParvCalcium,
    kParvMagnesium,
    kVariables
};

/// Binding and unbinding of a site, times dt: 1/mM and 1.
struct Site {
    double on = 0.0, off = 0.0;
};
struct Rates {
    Site site_A, site_B, parv_calcium, parv_magnesium;
    Site pump;            ///< off: to the inside
    double pumped = 0.0;  ///< off, to the outside
};

/// The cells of the lanes.
struct Totals {
    Lanes mobile, fixed, sites;  ///< calbindin, and all of it, mM
    Lanes parvalbumin;           ///< mM
    Lanes half_mM;               ///< of saturating removal
};

/// The numbers of a shell, each a double, or eight for one cell: [shell][constant][compartment].
///
/// `in` is D dt exchange / volume with the next shell inwards, `out` with the next outwards. For
/// what diffuses freely elimination goes outwards from the core, y = explicit + eliminate y(inner);
/// then increment = inverse y + carry increment(outer).
inline constexpr std::size_t kIn = 0;
inline constexpr std::size_t kOut = 1;
inline constexpr std::size_t kEliminate = 2;
inline constexpr std::size_t kInverse = 3;
inline constexpr std::size_t kCarry = 4;
inline constexpr std::size_t kCalciumDiffusion = 0;  // `in` and `out` only
inline constexpr std::size_t kMagnesiumDiffusion = 2;
inline constexpr std::size_t kCalbindinDiffusion = 7;
inline constexpr std::size_t kParvalbuminDiffusion = 12;
inline constexpr std::size_t kConstants = 17;

/// What acts on the free calcium of a compartment in a step, mM.
struct Forcing {
    Lanes influx;     ///< into the outer shell
    Lanes removal;    ///< the largest that saturating removal takes, in every shell
    Lanes leak;       ///< into every shell, where it balances removal at rest
    Lanes pump;       ///< pumps in the membrane over the outer shell's volume
    Lanes pump_leak;  ///< into the outer shell, where it balances the pumps at rest
};

/// Calcium on the pumps moves by slope c + fixed.
struct Binding {
    Lanes slope, fixed;
};

/// What broadcast() gives, but for -0: one instruction that reads memory, where that has two.
inline Lanes in_all_lanes(double value) {
    return Lanes{value, value, value, value, value, value, value, value};
}

/// A number for each species that diffuses beside free calcium.
struct Diffusing {
    Lanes magnesium, mobile_A, mobile_B, parv_calcium, parv_magnesium;
};

/// A shell between the sweeps.
struct Work {
    Lanes calcium, coupling;     ///< c = calcium + coupling c(inner)
    Lanes inverse_A, inverse_B;  ///< of the diagonals of the sites
    Lanes parv_calcium_slope;
    /// What does not depend on c: diffused (sites A and B, and magnesium with what is on
    /// parvalbumin) or moved; later the increments, diffusion eliminated up to here.
    Diffusing rest;
};

/// One compartment's shells (eight compartments' where kOneCell) and the sweeps over them.
///
/// kShells is their number, or 0 where only `count` tells. kPump: calcium is removed by pumps in
/// the membrane instead of in every shell.
template <std::size_t kShells, bool kOneCell, bool kPump>
class Step {
public:
    static constexpr std::size_t kMost = kShells == 0 ? kMostShells : kShells;

    Step(const Rates& rates, const Totals& totals, const double* constants, double* state,
         std::size_t count)
        : rates_(rates), totals_(totals), constants_(constants), state_(state), count_(count) {}

    /// @param[in,out] occupied  pumps that hold calcium, mM over the outer shell's volume
    /// @return free calcium in the outer shell
    Lanes run(const Forcing& forcing, Lanes& occupied) {
        sweep_in(forcing, occupied);
        sweep_out(occupied);
        return sweep_in_again();
    }

private:
    std::size_t shells() const { return kShells == 0 ? count_ : kShells; }
    double* at(std::size_t shell) const { return state_ + shell * kVariables * kLanes; }
    Lanes constant(std::size_t shell, std::size_t k) const {
        const std::size_t index = shell * kConstants + k;
        return kOneCell ? load(constants_ + index * kLanes) : in_all_lanes(constants_[index]);
    }

    /// Differences between a shell and the next one inwards.
    Diffusing gradient(std::size_t shell) const {
        const double* const here = at(shell);
        const double* const inner = at(shell + 1);
        const auto difference = [&](Variable v) {
            return load(inner + v * kLanes) - load(here + v * kLanes);
        };
        return {difference(kMagnesium), difference(kMobileA), difference(kMobileB),
                difference(kParvCalcium), difference(kParvMagnesium)};
    }

    /// From the membrane to the core: binding as a function of c, and the elimination of c.
    void sweep_in(const Forcing& forcing, Lanes& occupied) {
        Diffusing outwards{};
        Lanes calcium{};
        Lanes coupling{};
        for (std::size_t i = 0; i < shells(); ++i) {
            const bool core = i + 1 == shells();
            const Diffusing inwards = core ? Diffusing{} : gradient(i);
            Work& work = work_[i];
            // (1 + taken) c = given, but for diffusion
            Lanes taken{};
            Lanes given = load(at(i) + kCalcium * kLanes) + forcing.leak;
            bind(i, inwards, outwards, forcing.removal, work, taken, given);
            if (i == 0) {
                given += forcing.influx;
                if constexpr (kPump) bind_pump(forcing, occupied, taken, given);
            }
            const Lanes in = core ? Lanes{} : constant(i, kCalciumDiffusion + kIn);
            const Lanes out = i == 0 ? Lanes{} : constant(i, kCalciumDiffusion + kOut);
            const Lanes inverse = 1.0 / (1.0 + taken + in + out * (1.0 - coupling));
            calcium = (given + out * calcium) * inverse;
            coupling = in * inverse;
            work.calcium = calcium;
            work.coupling = coupling;
            outwards = inwards;
        }
    }

    /// What diffuses into a shell in a step, as the step begins.
    Lanes flux(std::size_t shell, std::size_t species, Lanes inwards, Lanes outwards) const {
        return constant(shell, species + kIn) * inwards -
               constant(shell, species + kOut) * outwards;
    }

    void bind(std::size_t i, const Diffusing& inwards, const Diffusing& outwards, Lanes removal,
              Work& work, Lanes& taken, Lanes& given) const {
        const double* const from = at(i);
        const auto value = [&](Variable v) { return load(from + v * kLanes); };
        const Lanes c = value(kCalcium);
        const Lanes m = value(kMagnesium);
        const Lanes on_parv_c = value(kParvCalcium);
        const Lanes on_parv_m = value(kParvMagnesium);
        const Site& A = rates_.site_A;
        const Site& B = rates_.site_B;
        const Site& Pc = rates_.parv_calcium;
        const Site& Pm = rates_.parv_magnesium;

        // Magnesium binds first, then calcium to what is left: each alone, its own change implicit.
        const Lanes free = totals_.parvalbumin - on_parv_c - on_parv_m;
        const Lanes on_m = Pm.on * free;
        const Lanes diagonal_A = 1.0 + A.off + A.on * c;
        const Lanes diagonal_B = 1.0 + B.off + B.on * c;
        const Lanes diagonal_c = 1.0 + Pc.off + Pc.on * c;
        const Lanes diagonal_m = 1.0 + Pm.off + Pm.on * m + on_m;
        // One division for all denominators.
        const Lanes AB = diagonal_A * diagonal_B;
        const Lanes parv = diagonal_c * diagonal_m;
        const Lanes all = AB * parv;
        Lanes inverse_all;
        Lanes removed{};
        if constexpr (kPump) {
            inverse_all = 1.0 / all;
        } else {
            const Lanes half = c + totals_.half_mM;
            const Lanes inverse = 1.0 / (all * half);
            inverse_all = inverse * half;
            removed = removal * (inverse * all);
        }
        const Lanes inverse_AB = inverse_all * parv;
        const Lanes inverse_A = inverse_AB * diagonal_B;
        const Lanes inverse_B = inverse_AB * diagonal_A;
        const Lanes inverse_parv = inverse_all * AB;
        const Lanes inverse_c = inverse_parv * diagonal_m;
        const Lanes inverse_m = inverse_parv * diagonal_c;

        const Lanes mobile_A = flux(i, kCalbindinDiffusion, inwards.mobile_A, outwards.mobile_A);
        const Lanes mobile_B = flux(i, kCalbindinDiffusion, inwards.mobile_B, outwards.mobile_B);
        const Lanes parv_c =
            flux(i, kParvalbuminDiffusion, inwards.parv_calcium, outwards.parv_calcium);
        const Lanes parv_m =
            flux(i, kParvalbuminDiffusion, inwards.parv_magnesium, outwards.parv_magnesium);
        const Lanes magnesium =
            flux(i, kMagnesiumDiffusion, inwards.magnesium, outwards.magnesium) + parv_m;

        const Lanes moved_m = inverse_m * (parv_m + on_m * (m + magnesium) - Pm.off * on_parv_m);
        work.inverse_A = inverse_A;
        work.inverse_B = inverse_B;
        work.parv_calcium_slope = Pc.on * inverse_c * (free - moved_m);
        work.rest = {.magnesium = magnesium - moved_m,
                     .mobile_A = mobile_A,
                     .mobile_B = mobile_B,
                     .parv_calcium = inverse_c * (parv_c - Pc.off * on_parv_c),
                     .parv_magnesium = moved_m};

        const Lanes on_A = value(kMobileA) + value(kFixedA);
        const Lanes on_B = value(kMobileB) + value(kFixedB);
        taken = removed + work.parv_calcium_slope + A.on * inverse_A * (totals_.sites - on_A) +
                B.on * inverse_B * (totals_.sites - on_B);
        given += (parv_c - work.rest.parv_calcium) +
                 (mobile_A - inverse_A * (mobile_A - A.off * on_A)) +
                 (mobile_B - inverse_B * (mobile_B - B.off * on_B));
    }

    /// Pumps bind calcium like a buffer, and let go of it to the outside too.
    void bind_pump(const Forcing& forcing, Lanes occupied, Lanes& taken, Lanes& given) {
        const Site& P = rates_.pump;
        const double pumped = rates_.pumped;
        const Lanes c = load(at(0) + kCalcium * kLanes);
        const Lanes inverse = 1.0 / (1.0 + P.off + pumped + P.on * c);
        pump_.slope = P.on * inverse * (forcing.pump - occupied);
        pump_.fixed = -inverse * (P.off + pumped) * occupied;
        taken += pump_.slope * (1.0 + pumped);
        given += forcing.pump_leak - (pump_.fixed * (1.0 + pumped) + pumped * occupied);
    }

    /// From the core to the membrane: free calcium, with it all increments before diffusion, and
    /// the elimination of diffusion.
    void sweep_out(Lanes& occupied) {
        Lanes c{};
        Diffusing inner{};  // y of the elimination
        for (std::size_t k = 0; k < shells(); ++k) {
            const std::size_t i = shells() - 1 - k;
            Work& work = work_[i];
            double* const to = at(i);
            c = work.calcium + work.coupling * c;
            store(to + kCalcium * kLanes, c);
            const SiteMoves A(rates_.site_A, c, work.inverse_A);
            const SiteMoves B(rates_.site_B, c, work.inverse_B);
            add(to, kFixedA, A.of(totals_.fixed, to, kFixedA, Lanes{}));
            add(to, kFixedB, B.of(totals_.fixed, to, kFixedB, Lanes{}));

            const Lanes calbindin = constant(i, kCalbindinDiffusion + kEliminate);
            const Lanes parvalbumin = constant(i, kParvalbuminDiffusion + kEliminate);
            inner.mobile_A =
                A.of(totals_.mobile, to, kMobileA, work.rest.mobile_A) + calbindin * inner.mobile_A;
            inner.mobile_B =
                B.of(totals_.mobile, to, kMobileB, work.rest.mobile_B) + calbindin * inner.mobile_B;
            inner.parv_calcium = work.parv_calcium_slope * c + work.rest.parv_calcium +
                                 parvalbumin * inner.parv_calcium;
            inner.parv_magnesium = work.rest.parv_magnesium + parvalbumin * inner.parv_magnesium;
            inner.magnesium = work.rest.magnesium +
                              constant(i, kMagnesiumDiffusion + kEliminate) * inner.magnesium;
            work.rest = inner;
        }
        if constexpr (kPump) occupied += pump_.slope * c + pump_.fixed;
    }

    /// From the membrane to the core: increments with diffusion.
    Lanes sweep_in_again() {
        Diffusing outer{};
        for (std::size_t i = 0; i < shells(); ++i) {
            double* const to = at(i);
            const Diffusing& y = work_[i].rest;
            const auto increment = [&](std::size_t species, Lanes own, Lanes& last) {
                last = constant(i, species + kInverse) * own + constant(i, species + kCarry) * last;
                return last;
            };
            add(to, kMagnesium, increment(kMagnesiumDiffusion, y.magnesium, outer.magnesium));
            add(to, kMobileA, increment(kCalbindinDiffusion, y.mobile_A, outer.mobile_A));
            add(to, kMobileB, increment(kCalbindinDiffusion, y.mobile_B, outer.mobile_B));
            add(to, kParvCalcium,
                increment(kParvalbuminDiffusion, y.parv_calcium, outer.parv_calcium));
            add(to, kParvMagnesium,
                increment(kParvalbuminDiffusion, y.parv_magnesium, outer.parv_magnesium));
        }
        return load(at(0) + kCalcium * kLanes);
    }

    /// How calcium on a site moves, given the free calcium at the step's end.
    struct SiteMoves {
        SiteMoves(const Site& site, Lanes c, Lanes inverse_diagonal)
            : bound(site.on * c), either(bound + site.off), inverse(inverse_diagonal) {}
        Lanes of(Lanes total, const double* from, Variable v, Lanes diffused) const {
            return inverse * ((bound * total + diffused) - either * load(from + v * kLanes));
        }
        Lanes bound, either, inverse;
    };

    static void add(double* to, Variable v, Lanes increment) {
        store(to + v * kLanes, load(to + v * kLanes) + increment);
    }

    const Rates& rates_;
    const Totals& totals_;
    const double* constants_;
    double* state_;
    std::size_t count_;
    Binding pump_{};
    Work work_[kMost];
};

}  // namespace volley::shells
