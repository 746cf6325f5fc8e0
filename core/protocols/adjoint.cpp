#include "core/protocols/adjoint.hpp"

#include "core/math/flush_to_zero.hpp"

#include <algorithm>
#include <cmath>

namespace volley {

namespace {

using Vector = std::vector<double>;

/// The model's equations at the cycle's current, and their linearisation.
class Flow {
public:
    Flow(const Cell& cell, double current)
        : model_(*cell.model), parameters_(cell.parameter_values()), current_(current) {}

    Vector rates(const Vector& state) const {
        Vector rate(state.size());
        model_.derivative(parameters_, state, current_, rate);
        return rate;
    }

    Vector step(const Vector& y, double h) const {
        const auto moved = [&](double by, const Vector& k) {
            Vector sum = y;
            for (std::size_t i = 0; i < y.size(); ++i) sum[i] += by * k[i];
            return sum;
        };
        const Vector k1 = rates(y);
        const Vector k2 = rates(moved(0.5 * h, k1));
        const Vector k3 = rates(moved(0.5 * h, k2));
        const Vector k4 = rates(moved(h, k3));
        Vector next = y;
        for (std::size_t i = 0; i < y.size(); ++i) {
            next[i] += h / 6.0 * (k1[i] + 2.0 * (k2[i] + k3[i]) + k4[i]);
        }
        return next;
    }

    /// J[i * n + j] = d rate_i / d state_j.
    Vector jacobian(const Vector& state) const {
        const std::size_t n = state.size();
        Vector matrix(n * n);
        for (std::size_t j = 0; j < n; ++j) {
            // The cube root of the rounding error balances it with the error of the difference.
            const double e = 6e-6 * std::max(std::abs(state[j]), 0.01);
            Vector up = state;
            Vector down = state;
            up[j] += e;
            down[j] -= e;
            const Vector above = rates(up);
            const Vector below = rates(down);
            for (std::size_t i = 0; i < n; ++i) {
                matrix[i * n + j] = (above[i] - below[i]) / (up[j] - down[j]);
            }
        }
        return matrix;
    }

private:
    const NeuronModel& model_;
    Vector parameters_;
    double current_;
};

/// J^T z.
Vector transposed(const double* jacobian, const Vector& z) {
    const std::size_t n = z.size();
    Vector product(n, 0.0);
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j) product[j] += jacobian[i * n + j] * z[i];
    }
    return product;
}

/// Z two steps earlier. @param jacobian  at that time, n * n numbers a step
Vector two_steps_back(const Vector& z, const double* jacobian, double h) {
    const std::size_t n = z.size();
    const auto moved = [&](double by, const Vector& k) {
        Vector sum = z;
        for (std::size_t i = 0; i < n; ++i) sum[i] += by * k[i];
        return sum;
    };
    const double* const middle = jacobian + n * n;
    const Vector k1 = transposed(jacobian + 2 * n * n, z);
    const Vector k2 = transposed(middle, moved(h, k1));
    const Vector k3 = transposed(middle, moved(h, k2));
    const Vector k4 = transposed(jacobian, moved(2.0 * h, k3));
    Vector earlier = z;
    for (std::size_t i = 0; i < n; ++i) {
        earlier[i] += h / 3.0 * (k1[i] + 2.0 * (k2[i] + k3[i]) + k4[i]);
    }
    return earlier;
}

void normalise(Vector& z, const Vector& rates) {
    double product = 0.0;
    for (std::size_t i = 0; i < z.size(); ++i) product += z[i] * rates[i];
    for (double& each : z) each /= product;
}

/// Z of variables that stand still answers to nothing and may grow.
double change(const Vector& a, const Vector& b, const std::vector<bool>& moves) {
    double most = 0.0;
    double size = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (!moves[i]) continue;
        most = std::max(most, std::abs(a[i] - b[i]));
        size = std::max(size, std::abs(a[i]));
    }
    return most / size;
}

}  // namespace

AdjointResponse adjoint_response(const Cell& cell, const LimitCycle& cycle) {
    const FlushToZero flush;
    constexpr int kMostPasses = 200;
    // The linearised flow is stiffer than the flow: in a spike its rates reach 100 / ms.
    constexpr std::size_t kSubsteps = 4;
    const double h = cycle.dt_ms / static_cast<double>(kSubsteps);
    const std::size_t of_point = cycle.steps_of_point * kSubsteps;
    const std::size_t voltage = cell.voltage();
    const Flow flow(cell, cycle.current);
    Vector state = cycle.states.front();
    const Vector start = state;
    const Vector rates_at_start = flow.rates(start);
    const std::size_t n = state.size();
    const std::size_t steps = cycle.states.size() * of_point;

    Vector jacobians;
    jacobians.reserve((steps + 1) * n * n);
    std::vector<bool> moves(n, false);
    for (std::size_t k = 0; k <= steps; ++k) {
        const Vector matrix = flow.jacobian(state);
        jacobians.insert(jacobians.end(), matrix.begin(), matrix.end());
        const Vector next = flow.step(state, h);
        for (std::size_t i = 0; i < n; ++i) moves[i] = moves[i] || next[i] != state[i];
        if (k < steps) state = next;
    }

    AdjointResponse response{.advance_ms_per_mV = Vector(cycle.states.size()),
                             .converged = false,
                             .closure = change(start, state, moves)};
    Vector z(n, 0.0);
    z[voltage] = 1.0;
    normalise(z, rates_at_start);
    for (int pass = 0; pass < kMostPasses && !response.converged; ++pass) {
        const Vector before = z;
        for (std::size_t k = steps; k > 0; k -= 2) {
            z = two_steps_back(z, jacobians.data() + (k - 2) * n * n, h);
            if ((k - 2) % of_point == 0) {
                response.advance_ms_per_mV[(k - 2) / of_point] = z[voltage];
            }
        }
        normalise(z, rates_at_start);
        response.converged = change(z, before, moves) < 1e-9;
    }
    return response;
}

}  // namespace volley
