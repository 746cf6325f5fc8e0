#pragma once

// Cells for the tests of protocols, written here from their equations with the standard library's
// exp and a plain Runge-Kutta scheme: nothing of the simulator's own models is in them.

#include "core/neurons/neuron_group.hpp"
#include "core/protocols/cell.hpp"

#include <array>
#include <cmath>
#include <map>
#include <memory>
#include <vector>

namespace volley {

/// alpha (V - half) / (1 - exp(-(V - half) / scale)), with its limit where both vanish.
inline double linear_rate(double V, double slope, double half, double scale) {
    const double x = (V - half) / scale;
    return slope * scale * (std::abs(x) < 1e-7 ? 1.0 + x / 2.0 : x / -std::expm1(-x));
}

/// Hodgkin & Huxley (1952), squid axon at 6.3 degC; systems.md, section 1.
struct SquidAxon {
    static constexpr Field parameters[] = {
        parameter("C_m", "uF/cm2", 1.0, kPositive, "capacitance"),
        parameter("g_Na", "mS/cm2", 120.0, kAny, "sodium conductance"),
    };
    static constexpr StateVariable states[] = {{"V_m", "mV", "", {}, -64.996379},
                                               {"m", "1", "", {}, 0.0529551},
                                               {"h", "1", "", {}, 0.5959941},
                                               {"n", "1", "", {}, 0.3177323}};
    struct Gate {
        double opens, closes;
        double steady() const { return opens / (opens + closes); }
        double tau_ms() const { return 1.0 / (opens + closes); }
    };
    static Gate m(double V) {
        return {linear_rate(V, 0.1, -40.0, 10.0), 4.0 * std::exp(-(V + 65.0) / 18.0)};
    }
    static Gate h(double V) {
        return {0.07 * std::exp(-(V + 65.0) / 20.0), 1.0 / (1.0 + std::exp(-(V + 35.0) / 10.0))};
    }
    static Gate n(double V) {
        return {linear_rate(V, 0.01, -55.0, 10.0), 0.125 * std::exp(-(V + 65.0) / 80.0)};
    }
    static double ionic(const std::vector<double>& p, double V, double m_, double h_, double n_) {
        return p[1] * m_ * m_ * m_ * h_ * (V - 50.0) + 36.0 * n_ * n_ * n_ * n_ * (V + 77.0) +
               0.3 * (V + 54.387);
    }
    static std::array<double, 4> rates(const std::vector<double>& p, const double* y, double I) {
        const auto relax = [](Gate gate, double x) {
            return gate.opens * (1.0 - x) - gate.closes * x;
        };
        return {(I - ionic(p, y[0], y[1], y[2], y[3])) / p[0], relax(m(y[0]), y[1]),
                relax(h(y[0]), y[2]), relax(n(y[0]), y[3])};
    }
};

/// Wang & Buzsaki (1996), fast-spiking interneuron; header of prc_adjoint_vs_direct.csv.
struct Interneuron {
    static constexpr Field parameters[] = {
        parameter("C_m", "uF/cm2", 1.0, kPositive, "capacitance")};
    static constexpr StateVariable states[] = {
        {"V_m", "mV", "", {}, -65.0}, {"h", "1", "", {}, 0.8}, {"n", "1", "", {}, 0.1}};
    static std::array<double, 3> rates(const std::vector<double>& p, const double* y, double I) {
        const double V = y[0];
        const double opens = linear_rate(V, 0.1, -35.0, 10.0);
        const double m = opens / (opens + 4.0 * std::exp(-(V + 60.0) / 18.0));
        const double phi = 5.0;
        const double ionic = 35.0 * m * m * m * y[1] * (V - 55.0) +
                             9.0 * y[2] * y[2] * y[2] * y[2] * (V + 90.0) + 0.1 * (V + 65.0);
        return {(I - ionic) / p[0],
                phi * (0.07 * std::exp(-(V + 58.0) / 20.0) * (1.0 - y[1]) -
                       y[1] / (1.0 + std::exp(-(V + 28.0) / 10.0))),
                phi * (linear_rate(V, 0.01, -34.0, 10.0) * (1.0 - y[2]) -
                       0.125 * std::exp(-(V + 44.0) / 80.0) * y[2])};
    }
};

template <class System>
class EquationGroup final : public NeuronGroup {
public:
    static constexpr std::size_t kVariables = std::size(System::states);
    using State = std::array<double, kVariables>;

    explicit EquationGroup(const GroupSetup& setup) : dt_ms_(setup.dt_ms), states_(setup.size) {
        for (const Field& field : System::parameters) {
            const auto given = setup.parameters->find(field.name);
            parameters_.push_back(given == setup.parameters->end()
                                      ? field.default_number
                                      : std::get<double>(given->second));
        }
        for (std::size_t v = 0; v < kVariables; ++v) {
            const auto given = setup.initial->find(System::states[v].name);
            for (std::size_t i = 0; i < setup.size; ++i) {
                states_[i][v] = System::states[v].initial;
                if (given == setup.initial->end()) continue;
                const auto* const list = std::get_if<std::vector<double>>(&given->second);
                states_[i][v] = list != nullptr
                                    ? list->at(static_cast<std::size_t>(setup.first) + i)
                                    : std::get<double>(given->second);
            }
        }
    }

    std::size_t size() const override { return states_.size(); }
    double state(std::size_t v, std::size_t i) const override { return states_[i][v]; }
    void set_parameter(std::string_view, const Value&) override {}
    std::size_t bytes() const override { return 0; }

    bool advance(Step, const GroupInput& input, std::vector<std::uint32_t>& fired) override {
        for (std::size_t i = 0; i < states_.size(); ++i) {
            State& y = states_[i];
            const bool held = input.held_mV != nullptr && !std::isnan(input.held_mV[i]);
            if (held) y[0] = input.held_mV[i];
            const double before = y[0];
            const double load = input.conductance == nullptr ? 0.0 : input.conductance[i];
            const auto rates = [&](const State& at) {
                State k = System::rates(parameters_, at.data(), input.current[i] - load * at[0]);
                if (held) k[0] = 0.0;
                return k;
            };
            const auto moved = [&](double by, const State& k) {
                State sum = y;
                for (std::size_t v = 0; v < kVariables; ++v) sum[v] += by * k[v];
                return sum;
            };
            const State k1 = rates(y);
            const State k2 = rates(moved(0.5 * dt_ms_, k1));
            const State k3 = rates(moved(0.5 * dt_ms_, k2));
            const State k4 = rates(moved(dt_ms_, k3));
            for (std::size_t v = 0; v < kVariables; ++v) {
                y[v] += dt_ms_ / 6.0 * (k1[v] + 2.0 * (k2[v] + k3[v]) + k4[v]);
            }
            if (before < 0.0 && y[0] >= 0.0) fired.push_back(static_cast<std::uint32_t>(i));
        }
        return true;
    }

private:
    double dt_ms_;
    std::vector<double> parameters_;
    std::vector<State> states_;
};

/// A cell that follows the equations of `System`.
template <class System>
Cell cell_of_equations() {
    static const NeuronModel model = [] {
        NeuronModel made{
            .description = {.name = "test_cell", .summary = "", .fields = System::parameters},
            .states = System::states,
            .receptors = {},
            .relations = {},
            .current_unit = "uA/cm2",
            .takes_conductance = true};
        made.make_group = [](const GroupSetup& setup) -> std::unique_ptr<NeuronGroup> {
            return std::make_unique<EquationGroup<System>>(setup);
        };
        made.derivative = [](std::span<const double> parameters, std::span<const double> state,
                             double current, std::span<double> rate) {
            const auto all =
                System::rates({parameters.begin(), parameters.end()}, state.data(), current);
            std::copy_n(all.begin(), rate.size(), rate.begin());
        };
        return made;
    }();
    return {.model = &model, .parameters = {}, .initial = {}, .receptors = {}};
}

/// A registered model with some parameters.
inline Cell cell_of(const char* model, std::map<std::string, Value, std::less<>> parameters = {}) {
    return {.model = find_neuron_model(model),
            .parameters = std::move(parameters),
            .initial = {},
            .receptors = {}};
}

}  // namespace volley
