#pragma once

// Calcium in radial shells by the classical Runge-Kutta rule with tiny steps, written from the
// chemistry: every form of a calbindin molecule (site A, site B, both) by itself, 13 substances in
// a shell, and the pumps. Independent of core/ions.

#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

namespace volley {

struct FineShells {
    enum Substance : std::size_t {
        kCa,
        kMg,
        kMobileFree,
        kMobileA,
        kMobileB,
        kMobileAB,
        kFixedFree,
        kFixedA,
        kFixedB,
        kFixedAB,
        kParvFree,
        kParvCa,
        kParvMg,
        kSubstances
    };
    using Shell = std::array<double, kSubstances>;  ///< mM
    struct State {
        std::vector<Shell> shell;
        double pump_free = 0.0, pump_Ca = 0.0;  ///< mM um2: per length of the compartment
    };

    // What a test sets.
    std::vector<double> boundary_um;  ///< radii from the membrane inwards, one for each shell
    std::vector<double> distance_um;  ///< from the point of a shell to that of the next
    double membrane_um = 0.0;         ///< circumference that carries current and pumps
    double calbindin_mM = 0.08, parvalbumin_mM = 0.04;
    double removal_mM_per_ms = 0.0;
    double pump_mol_per_cm2 = 0.0;
    double influx_factor = 1.0;
    double current_mA_per_cm2 = 0.0;

    double volume_um2(std::size_t i) const {
        constexpr double kPi = 3.14159265358979323846;
        const double inner = i + 1 < boundary_um.size() ? boundary_um[i + 1] : 0.0;
        return kPi * (boundary_um[i] * boundary_um[i] - inner * inner);
    }

    State at_rest() const {
        const double c = 45e-6;
        const double m = 0.59;
        const double A = 43.5 * c / (43.5 * c + 0.0358);
        const double B = 5.5 * c / (5.5 * c + 0.0026);
        const double by_c = 107.0 * c / 9.5e-4;
        const double by_m = 0.8 * m / 0.025;
        const double all = 1.0 + by_c + by_m;
        const double mobile = 0.8 * calbindin_mM;
        const double fixed = 0.2 * calbindin_mM;
        const Shell shell{c,
                          m,
                          mobile * (1 - A) * (1 - B),
                          mobile * A * (1 - B),
                          mobile * (1 - A) * B,
                          mobile * A * B,
                          fixed * (1 - A) * (1 - B),
                          fixed * A * (1 - B),
                          fixed * (1 - A) * B,
                          fixed * A * B,
                          parvalbumin_mM / all,
                          parvalbumin_mM * by_c / all,
                          parvalbumin_mM * by_m / all};
        // 1 mol/cm2 um = 1e-3 mol um / um2 ... = 1e10 mM um2
        return {std::vector<Shell>(boundary_um.size(), shell),
                pump_mol_per_cm2 * 1e10 * membrane_um, 0.0};
    }

    State slope(const State& y) const {
        constexpr std::array<double, kSubstances> kD = {
            0.233, 0.233, 0.028, 0.028, 0.028, 0.028, 0.0, 0.0, 0.0, 0.0, 0.043, 0.043, 0.043};
        State rate{std::vector<Shell>(y.shell.size(), Shell{}), 0.0, 0.0};
        for (std::size_t i = 0; i < y.shell.size(); ++i) {
            const Shell& s = y.shell[i];
            Shell& r = rate.shell[i];
            const auto bind = [&](Substance free, Substance bound, Substance ion, double on,
                                  double off) {
                const double flow = on * s[ion] * s[free] - off * s[bound];
                r[free] -= flow;
                r[bound] += flow;
                r[ion] -= flow;
            };
            for (const std::size_t first : {kMobileFree, kFixedFree}) {
                const auto form = [first](std::size_t k) {
                    return static_cast<Substance>(first + k);
                };
                bind(form(0), form(1), kCa, 43.5, 0.0358);
                bind(form(2), form(3), kCa, 43.5, 0.0358);
                bind(form(0), form(2), kCa, 5.5, 0.0026);
                bind(form(1), form(3), kCa, 5.5, 0.0026);
            }
            bind(kParvFree, kParvCa, kCa, 107.0, 9.5e-4);
            bind(kParvFree, kParvMg, kMg, 0.8, 0.025);
            r[kCa] -= removal_mM_per_ms * s[kCa] / (s[kCa] + 5.8333e-3);
            if (i + 1 == y.shell.size()) continue;
            for (std::size_t k = 0; k < kSubstances; ++k) {
                const double flow = kD[k] * 2.0 * 3.14159265358979323846 * boundary_um[i + 1] /
                                    distance_um[i] * (y.shell[i + 1][k] - s[k]);
                r[k] += flow / volume_um2(i);
                rate.shell[i + 1][k] -= flow / volume_um2(i + 1);
            }
        }
        const double outer = volume_um2(0);
        const double binding = 3000.0 * y.shell[0][kCa] * y.pump_free - 17.5 * y.pump_Ca;
        rate.shell[0][kCa] +=
            (-influx_factor * current_mA_per_cm2 * membrane_um / (2.0 * 9.648533212) - binding) /
            outer;
        rate.pump_Ca = binding - 72.55 * y.pump_Ca;
        rate.pump_free = -rate.pump_Ca;
        return rate;
    }

    static State sum(const State& a, const State& b, double factor) {
        State result = a;
        for (std::size_t i = 0; i < a.shell.size(); ++i) {
            for (std::size_t k = 0; k < kSubstances; ++k) {
                result.shell[i][k] += factor * b.shell[i][k];
            }
        }
        result.pump_free += factor * b.pump_free;
        result.pump_Ca += factor * b.pump_Ca;
        return result;
    }

    void advance(State& y, double dt_ms, std::size_t steps) const {
        const double h = dt_ms / static_cast<double>(steps);
        for (std::size_t n = 0; n < steps; ++n) {
            const State k1 = slope(y);
            const State k2 = slope(sum(y, k1, h / 2.0));
            const State k3 = slope(sum(y, k2, h / 2.0));
            const State k4 = slope(sum(y, k3, h));
            y = sum(sum(sum(sum(y, k1, h / 6.0), k2, h / 3.0), k3, h / 3.0), k4, h / 6.0);
        }
    }
};

}  // namespace volley
