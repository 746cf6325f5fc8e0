#pragma once

#include "core/math/functions.hpp"

#include <array>
#include <cstddef>

/// Schemes for systems of N ordinary differential equations, eight systems at a time.
namespace volley {

template <std::size_t N>
using Variables = std::array<Lanes, N>;

/// y + h k, variable by variable.
template <std::size_t N>
inline Variables<N> moved(const Variables<N>& y, Lanes h, const Variables<N>& k) {
    Variables<N> sum;
    for (std::size_t i = 0; i < N; ++i) sum[i] = y[i] + h * k[i];
    return sum;
}

/// One step of the classical scheme of fourth order.
///
/// @param rates  called as rates(y, stage), stage 0, 1, 2 = start, middle and end of the step
template <std::size_t N, class Rates>
inline Variables<N> runge_kutta_4(const Variables<N>& y, double h, Rates&& rates) {
    const Lanes half = broadcast(0.5 * h);
    const Variables<N> k1 = rates(y, 0);
    const Variables<N> k2 = rates(moved(y, half, k1), 1);
    const Variables<N> k3 = rates(moved(y, half, k2), 1);
    const Variables<N> k4 = rates(moved(y, broadcast(h), k3), 2);
    Variables<N> sum;
    for (std::size_t i = 0; i < N; ++i) {
        sum[i] = y[i] + h / 6.0 * (k1[i] + 2.0 * (k2[i] + k3[i]) + k4[i]);
    }
    return sum;
}

/// Dormand & Prince's pair of orders 5 and 4: J. Comput. Appl. Math. 6:19 (1980),
/// doi:10.1016/0771-050X(80)90013-3.
template <std::size_t N>
struct DormandPrinceStep {
    Variables<N> y;      ///< at the end, order 5
    Variables<N> error;  ///< difference of both orders
    Variables<N> last;   ///< the rates at the end: the next step's first
};

/// @param h      the step of each lane
/// @param first  the rates at the start
/// @param rates  called as rates(y, elapsed): rates at `elapsed` after the start
template <std::size_t N, class Rates>
inline DormandPrinceStep<N> dormand_prince(const Variables<N>& y, Lanes h,
                                           const Variables<N>& first, Rates&& rates) {
    std::array<Variables<N>, 7> k;
    k[0] = first;
    constexpr double kTime[7] = {0.0, 1.0 / 5.0, 3.0 / 10.0, 4.0 / 5.0, 8.0 / 9.0, 1.0, 1.0};
    constexpr double kWeight[7][6] = {
        {},
        {1.0 / 5.0},
        {3.0 / 40.0, 9.0 / 40.0},
        {44.0 / 45.0, -56.0 / 15.0, 32.0 / 9.0},
        {19372.0 / 6561.0, -25360.0 / 2187.0, 64448.0 / 6561.0, -212.0 / 729.0},
        {9017.0 / 3168.0, -355.0 / 33.0, 46732.0 / 5247.0, 49.0 / 176.0, -5103.0 / 18656.0},
        {35.0 / 384.0, 0.0, 500.0 / 1113.0, 125.0 / 192.0, -2187.0 / 6784.0, 11.0 / 84.0}};
    constexpr double kError[7] = {71.0 / 57600.0,      0.0,          -71.0 / 16695.0, 71.0 / 1920.0,
                                  -17253.0 / 339200.0, 22.0 / 525.0, -1.0 / 40.0};
    Variables<N> at = y;
    for (std::size_t stage = 1; stage < 7; ++stage) {
        for (std::size_t i = 0; i < N; ++i) {
            Lanes sum{};
            for (std::size_t j = 0; j < stage; ++j) sum += kWeight[stage][j] * k[j][i];
            at[i] = y[i] + h * sum;
        }
        k[stage] = rates(at, h * kTime[stage]);
    }
    DormandPrinceStep<N> step{.y = at, .error = {}, .last = k[6]};
    for (std::size_t i = 0; i < N; ++i) {
        Lanes sum{};
        for (std::size_t j = 0; j < 7; ++j) sum += kError[j] * k[j][i];
        step.error[i] = h * sum;
    }
    return step;
}

}  // namespace volley
