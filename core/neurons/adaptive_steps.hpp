#pragma once

#include "core/math/functions.hpp"
#include "core/math/runge_kutta.hpp"
#include "core/neurons/membrane.hpp"

namespace volley {

/// Advances eight neurons over dt in steps of each neuron's own length, whatever its neighbours do:
/// a lane that has come to the end of dt stands still. Resets happen inside dt.
///
/// @param rates_at  called as rates_at(y, elapsed): the rates `elapsed` after the start of dt
/// @param crossing  the time of the (last) reset, a fraction of dt; null = not wanted
/// @return the neurons that were reset. A neuron that cannot be followed has a V_m of NaN: its
/// steps
///         became shorter than 1e-15 ms, or more than 100,000.
template <class Membrane, class RatesAt>
Mask adaptive_steps(typename Membrane::State& state, const typename Membrane::Step& c, double dt_ms,
                    double tolerance, const RatesAt& rates_at, Lanes* crossing) {
    constexpr double kShortest_ms = 1e-15;
    constexpr double kSpikeWithin_ms = 1e-9;
    constexpr double kMostSteps = 1e5;
    constexpr std::size_t kVariables = Membrane::integrated;
    Lanes elapsed{};
    Lanes left = broadcast(dt_ms);
    Lanes h = left;
    Lanes steps{};
    Mask fires{};
    Integrated<Membrane> first = rates_at(integrated_of<Membrane>(state), elapsed);
    for (Mask runs = left > 0.0; bits_of(runs) != 0; runs = left > 0.0) {
        const Integrated<Membrane> y = integrated_of<Membrane>(state);
        const auto step =
            dormand_prince(y, h, first, [&](const Integrated<Membrane>& now, Lanes time) {
                return rates_at(now, elapsed + time);
            });
        Lanes worst{};
        for (std::size_t i = 0; i < kVariables; ++i) {
            const Lanes size = larger(absolute(y[i]), absolute(step.y[i]));
            // A hundredth of the tolerance for each unit of the variable's size: that keeps
            // what is large (a current of 1e4 pA) from asking for more than doubles have.
            const Lanes error = absolute(step.error[i]) / (tolerance * (1.0 + 1e-2 * size));
            worst = error > worst ? error : (error == error ? worst : error);
        }
        const Mask exact_enough = runs & (worst <= 1.0);
        // A step that passes the peak is cut to where a straight line meets it, until what is
        // left is too short to matter: the reset comes at the right time, not at a step's end.
        const Lanes gap = Membrane::below_peak(state, c);
        typename Membrane::State reached = state;
        put_integrated<Membrane>(reached, step.y);
        const Lanes beyond = -Membrane::below_peak(reached, c);
        const Mask cut = exact_enough & (gap > 0.0) & (beyond >= 0.0) & (h > kSpikeWithin_ms);
        const Mask accepted = exact_enough & ~cut;
        Integrated<Membrane> next;
        for (std::size_t i = 0; i < kVariables; ++i) {
            next[i] = select(accepted, step.y[i], y[i]);
            first[i] = select(accepted, step.last[i], first[i]);
        }
        put_integrated<Membrane>(state, next);
        elapsed = select(accepted, elapsed + h, elapsed);
        left = select(accepted, select(h == left, Lanes{}, left - h), left);
        const Mask resets = Membrane::reset(state, c, accepted);
        if (bits_of(resets) != 0) {
            fires |= resets;
            if (crossing != nullptr) {
                const Lanes part = smaller(elapsed / dt_ms, broadcast(1.0));
                *crossing = select(resets, part, *crossing);
            }
            const Integrated<Membrane> fresh = rates_at(integrated_of<Membrane>(state), elapsed);
            for (std::size_t i = 0; i < kVariables; ++i) {
                first[i] = select(resets, fresh[i], first[i]);
            }
        }
        // The usual controller: 0.9 worst^(-1/5), between a fifth and five times the step.
        const Lanes factor = smaller(
            larger(0.9 * pow(larger(worst, broadcast(1e-6)), broadcast(-0.2)), broadcast(0.2)),
            broadcast(5.0));
        const Lanes shorter = select(worst == worst, factor, broadcast(0.2));
        const Lanes to_peak = larger(h * (gap / (gap + beyond)), 0.05 * h);
        const Lanes next_h = select(cut, smaller(to_peak, 0.9 * h), h * shorter);
        const Lanes restarted = select(resets, left, next_h);
        h = smaller(larger(restarted, broadcast(kShortest_ms)), left);
        steps += select(runs, broadcast(1.0), Lanes{});
        const Mask stuck = runs & ((~accepted & (restarted < kShortest_ms)) | (steps > kMostSteps));
        left = select(stuck, Lanes{}, left);
        potential_of(state) = select(stuck, broadcast(__builtin_nan("")), potential_of(state));
    }
    return fires;
}

}  // namespace volley
