#pragma once

#include "core/math/lanes.hpp"

#include <cstddef>
#include <utility>

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

    /// Calls act(shell) from the membrane to the core, or the other way. A few shells are written
    /// out one by one: what the first and the last do not have is then left out, not multiplied by
    /// 0, and more stays in registers.
    template <class Act>
    [[gnu::always_inline]] void inwards(const Act& act) const {
        if constexpr (kWrittenOut) {
            [&]<std::size_t... i>(std::index_sequence<i...>) __attribute__((always_inline)) {
                (act(i), ...);
            }(std::make_index_sequence<kShells>{});
        } else {
            for (std::size_t i = 0; i < shells(); ++i) act(i);
        }
    }
    template <class Act>
    [[gnu::always_inline]] void outwards(const Act& act) const {
        inwards([&](std::size_t k) __attribute__((always_inline)) { act(shells() - 1 - k); });
    }
    static constexpr bool kWrittenOut = kShells > 0 && kShells <= 4;

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
    [[gnu::always_inline]] void sweep_in(const Forcing& forcing, Lanes& occupied) {
        Diffusing from_outside{};
        Lanes calcium{};
        Lanes coupling{};
        inwards([&](std::size_t i) __attribute__((always_inline)) {
            const bool core = i + 1 == shells();
            const Diffusing from_inside = core ? Diffusing{} : gradient(i);
            Work& work = work_[i];
            // (1 + taken) c = given, but for diffusion
            Lanes taken{};
            Lanes given = load(at(i) + kCalcium * kLanes);
            if constexpr (!kPump) given += forcing.leak;
            bind(i, from_inside, from_outside, forcing.removal, work, taken, given);
            if (i == 0) {
                given += forcing.influx;
                if constexpr (kPump) bind_pump(forcing, occupied, taken, given);
            }
            Lanes diagonal = 1.0 + taken;
            if (i > 0) {
                const Lanes out = constant(i, kCalciumDiffusion + kOut);
                diagonal = fused(out, 1.0 - coupling, diagonal);
                given = fused(out, calcium, given);
            }
            const Lanes in = core ? Lanes{} : constant(i, kCalciumDiffusion + kIn);
            const Lanes inverse = 1.0 / (core ? diagonal : diagonal + in);
            calcium = given * inverse;
            work.calcium = calcium;
            if (!core) {
                coupling = in * inverse;
                work.coupling = coupling;
            }
            from_outside = from_inside;
        });
    }

    /// What diffuses into a shell in a step, as the step begins.
    [[gnu::always_inline]] Lanes flux(std::size_t i, std::size_t species, Lanes inner,
                                      Lanes outer) const {
        if (i == 0) return constant(i, species + kIn) * inner;
        const Lanes lost = constant(i, species + kOut) * outer;
        if (i + 1 == shells()) return -lost;
        return fused(constant(i, species + kIn), inner, -lost);
    }

    /// @param inner, outer  differences to the next shells, where there are such
    [[gnu::always_inline]] void bind(std::size_t i, const Diffusing& inner, const Diffusing& outer,
                                     Lanes removal, Work& work, Lanes& taken, Lanes& given) const {
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
        const Lanes diagonal_A = fused(c, A.on, 1.0 + A.off);
        const Lanes diagonal_B = fused(c, B.on, 1.0 + B.off);
        const Lanes diagonal_c = fused(c, Pc.on, 1.0 + Pc.off);
        const Lanes diagonal_m = fused(m, Pm.on, 1.0 + Pm.off) + on_m;
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

        const Lanes mobile_A = flux(i, kCalbindinDiffusion, inner.mobile_A, outer.mobile_A);
        const Lanes mobile_B = flux(i, kCalbindinDiffusion, inner.mobile_B, outer.mobile_B);
        const Lanes parv_c = flux(i, kParvalbuminDiffusion, inner.parv_calcium, outer.parv_calcium);
        const Lanes parv_m =
            flux(i, kParvalbuminDiffusion, inner.parv_magnesium, outer.parv_magnesium);
        const Lanes magnesium =
            flux(i, kMagnesiumDiffusion, inner.magnesium, outer.magnesium) + parv_m;

        const Lanes moved_m =
            inverse_m * fused(on_m, m + magnesium, fused(on_parv_m, -Pm.off, parv_m));
        work.inverse_A = inverse_A;
        work.inverse_B = inverse_B;
        work.parv_calcium_slope = Pc.on * inverse_c * (free - moved_m);
        work.rest = {.magnesium = magnesium - moved_m,
                     .mobile_A = mobile_A,
                     .mobile_B = mobile_B,
                     .parv_calcium = inverse_c * fused(on_parv_c, -Pc.off, parv_c),
                     .parv_magnesium = moved_m};

        const Lanes on_A = value(kMobileA) + value(kFixedA);
        const Lanes on_B = value(kMobileB) + value(kFixedB);
        taken = work.parv_calcium_slope;
        if constexpr (!kPump) taken += removed;
        taken = fused(A.on * inverse_A, totals_.sites - on_A, taken);
        taken = fused(B.on * inverse_B, totals_.sites - on_B, taken);
        given += (parv_c - work.rest.parv_calcium) +
                 fused(-inverse_A, fused(on_A, -A.off, mobile_A), mobile_A) +
                 fused(-inverse_B, fused(on_B, -B.off, mobile_B), mobile_B);
    }

    /// Pumps bind calcium like a buffer, and let go of it to the outside too.
    void bind_pump(const Forcing& forcing, Lanes occupied, Lanes& taken, Lanes& given) {
        const Site& P = rates_.pump;
        const double pumped = rates_.pumped;
        const Lanes c = load(at(0) + kCalcium * kLanes);
        const Lanes inverse = 1.0 / fused(c, P.on, 1.0 + P.off + pumped);
        pump_.slope = P.on * inverse * (forcing.pump - occupied);
        pump_.fixed = -inverse * (P.off + pumped) * occupied;
        taken = fused(pump_.slope, 1.0 + pumped, taken);
        given += forcing.pump_leak - fused(pump_.fixed, 1.0 + pumped, pumped * occupied);
    }

    /// From the core to the membrane: free calcium, with it all increments before diffusion, and
    /// the elimination of diffusion.
    [[gnu::always_inline]] void sweep_out(Lanes& occupied) {
        Lanes c{};
        Diffusing y{};
        outwards([&](std::size_t i) __attribute__((always_inline)) {
            const bool core = i + 1 == shells();
            Work& work = work_[i];
            double* const to = at(i);
            c = core ? work.calcium : fused(work.coupling, c, work.calcium);
            store(to + kCalcium * kLanes, c);
            const SiteMoves A(rates_.site_A, c, work.inverse_A);
            const SiteMoves B(rates_.site_B, c, work.inverse_B);
            A.move_fixed(totals_.fixed, to + kFixedA * kLanes);
            B.move_fixed(totals_.fixed, to + kFixedB * kLanes);

            const Diffusing& rest = work.rest;
            const Diffusing own{
                .magnesium = rest.magnesium,
                .mobile_A = A.of_mobile(totals_.mobile, to + kMobileA * kLanes, rest.mobile_A),
                .mobile_B = B.of_mobile(totals_.mobile, to + kMobileB * kLanes, rest.mobile_B),
                .parv_calcium = fused(work.parv_calcium_slope, c, rest.parv_calcium),
                .parv_magnesium = rest.parv_magnesium};
            if (core) {
                y = own;
            } else {
                const auto eliminate = [&](std::size_t species, Lanes number, Lanes& inner) {
                    inner = fused(constant(i, species + kEliminate), inner, number);
                };
                eliminate(kMagnesiumDiffusion, own.magnesium, y.magnesium);
                eliminate(kCalbindinDiffusion, own.mobile_A, y.mobile_A);
                eliminate(kCalbindinDiffusion, own.mobile_B, y.mobile_B);
                eliminate(kParvalbuminDiffusion, own.parv_calcium, y.parv_calcium);
                eliminate(kParvalbuminDiffusion, own.parv_magnesium, y.parv_magnesium);
            }
            work.rest = y;
        });
        if constexpr (kPump) occupied += fused(pump_.slope, c, pump_.fixed);
    }

    /// From the membrane to the core: increments with diffusion.
    [[gnu::always_inline]] Lanes sweep_in_again() {
        Diffusing outer{};
        inwards([&](std::size_t i) __attribute__((always_inline)) {
            double* const to = at(i);
            const Diffusing& y = work_[i].rest;
            const auto move = [&](Variable v, std::size_t species, Lanes own, Lanes& last) {
                const Lanes inverse = constant(i, species + kInverse);
                last = i == 0 ? inverse * own
                              : fused(constant(i, species + kCarry), last, inverse * own);
                store(to + v * kLanes, load(to + v * kLanes) + last);
            };
            move(kMagnesium, kMagnesiumDiffusion, y.magnesium, outer.magnesium);
            move(kMobileA, kCalbindinDiffusion, y.mobile_A, outer.mobile_A);
            move(kMobileB, kCalbindinDiffusion, y.mobile_B, outer.mobile_B);
            move(kParvCalcium, kParvalbuminDiffusion, y.parv_calcium, outer.parv_calcium);
            move(kParvMagnesium, kParvalbuminDiffusion, y.parv_magnesium, outer.parv_magnesium);
        });
        return load(at(0) + kCalcium * kLanes);
    }

    /// How calcium on a site moves, given the free calcium at the step's end.
    struct SiteMoves {
        SiteMoves(const Site& site, Lanes c, Lanes inverse_diagonal)
            : bound(site.on * c), either(bound + site.off), inverse(inverse_diagonal) {}
        /// The increment before diffusion.
        Lanes of_mobile(Lanes total, const double* present, Lanes diffused) const {
            return inverse * fused(-either, load(present), fused(bound, total, diffused));
        }
        void move_fixed(Lanes total, double* present) const {
            const Lanes before = load(present);
            store(present, fused(inverse, fused(-either, before, bound * total), before));
        }
        Lanes bound, either, inverse;
    };

    const Rates& rates_;
    const Totals& totals_;
    const double* constants_;
    double* state_;
    std::size_t count_;
    Binding pump_{};
    Work work_[kMost];
};

}  // namespace volley::shells
