#pragma once

#include "core/cable/mechanism.hpp"
#include "core/channels/kinetics.hpp"
#include "core/channels/table_store.hpp"
#include "core/description.hpp"
#include "core/math/piecewise_cubic.hpp"

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

namespace volley {

/// What a step needs of a channel's gates, and of its current beside them, at a potential.
template <std::size_t kGates, std::size_t kFactors>
struct StepAtVoltage {
    std::array<Lanes, kGates> steady;
    std::array<Lanes, kGates> share;  ///< of the way there that a gate goes in a step
    std::array<Lanes, kFactors> factors;
};

/// Everything about a step of a channel that V alone decides, as cubic pieces of 0.25 mV for
/// |V| <= 128 mV. Relative error below 1e-8 for the channels that use it; a table that misses the
/// functions by more than 1e-7 anywhere between its points is not used at all, so that no parameter
/// of a user makes a channel wrong.
///
/// Beyond 128 mV the kinetics themselves are computed, each lane as its own V asks.
template <class Channel>
class VoltageTable {
    static constexpr std::size_t kGates = std::size(Channel::gates);
    using Parameters = typename Channel::Parameters;
    using Flow = typename Channel::Current::Flow;
    static constexpr std::size_t kFactors = Flow::kFactors;
    static constexpr std::size_t kFunctions = 2 * kGates + kFactors;
    static constexpr std::size_t kFields = sizeof(Parameters) / sizeof(Lanes);
    using Values = std::array<Lanes, kFunctions>;

public:
    using Step = StepAtVoltage<kGates, kFactors>;

    /// The table for a channel with those parameters, from the store where there is one; null where
    /// the population's cells differ in a parameter that enters, or where a table would be too
    /// coarse.
    /// @param differing  one bit for each parameter in which the cells may differ
    static std::shared_ptr<const VoltageTable> find(const MechanismSetup& setup,
                                                    const Parameters& parameters,
                                                    std::uint64_t differing) {
        const std::uint64_t entering = entering_fields(setup);
        if ((entering & differing) != 0) return nullptr;
        const auto make = [&] { return std::make_shared<const VoltageTable>(setup, parameters); };
        std::shared_ptr<const VoltageTable> table;
        if (setup.tables == nullptr) {
            table = make();
        } else {
            std::vector<double> key{setup.dt_ms, setup.temperature_degC, setup.arrays.ion.valence};
            for (std::uint64_t left = entering; left != 0; left &= left - 1) {
                key.push_back(lanes_of(parameters)[std::countr_zero(left)][0]);
            }
            table = setup.tables->find<VoltageTable>(&Channel::name, key, make);
        }
        return table->fine_ ? table : nullptr;
    }

    VoltageTable(const MechanismSetup& setup, const Parameters& parameters)
        : exact_(setup, parameters), pieces_(kRange_mV, kWidth_mV, exact_), fine_(is_fine()) {}

    Step at(Lanes V_mV) const {
        const auto position = pieces_.find(V_mV);
        Values values = pieces_.at(position);
        if (bits_of(position.inside) != 0xff) [[unlikely]] {
            replace_outside(values, V_mV, position.inside);
        }
        Step step;
        for (std::size_t g = 0; g < kGates; ++g) {
            step.steady[g] = values[2 * g];
            step.share[g] = values[2 * g + 1];
        }
        for (std::size_t f = 0; f < kFactors; ++f) step.factors[f] = values[2 * kGates + f];
        return step;
    }

    std::size_t bytes() const { return pieces_.bytes(); }

private:
    static constexpr double kRange_mV = 128.0;
    static constexpr double kWidth_mV = 0.25;
    static constexpr double kTolerance = 1e-7;

    /// What is tabulated.
    struct Exact {
        Exact(const MechanismSetup& setup, const Parameters& parameters)
            : p(parameters),
              c(Channel::prepare(parameters, setup.temperature_degC)),
              flow(Channel::current(parameters), setup),
              dt_ms(setup.dt_ms) {}

        Values operator()(Lanes V_mV) const {
            const auto kinetics = Channel::kinetics(V_mV, p, c);
            Values values;
            for (std::size_t g = 0; g < kGates; ++g) {
                values[2 * g] = kinetics[g].steady;
                values[2 * g + 1] = -expm1(-(kinetics[g].rate * dt_ms));
            }
            const auto factors = flow.factors(V_mV);
            for (std::size_t f = 0; f < kFactors; ++f) values[2 * kGates + f] = factors[f];
            return values;
        }

        Parameters p;
        typename Channel::Constants c;
        Flow flow;
        double dt_ms;
    };

    [[gnu::noinline, gnu::cold]] void replace_outside(Values& values, Lanes V_mV,
                                                      Mask inside) const {
        const Values exact = exact_(V_mV);
        for (std::size_t f = 0; f < kFunctions; ++f) {
            values[f] = select(inside, values[f], exact[f]);
        }
    }

    /// Compares where the pieces miss most or nearly so, between the points they go through.
    bool is_fine() const {
        const Lanes points =
            kWidth_mV * Lanes{-0.375, -0.125, 0.0, 0.375, 0.625, 0.875, 1.0, 1.375};
        for (double middle = -kRange_mV + kWidth_mV; middle < kRange_mV - 2.0 * kWidth_mV;
             middle += 2.0 * kWidth_mV) {
            const Lanes V_mV = middle + points;
            const Values found = pieces_.at(pieces_.find(V_mV));
            const Values exact = exact_(V_mV);
            for (std::size_t f = 0; f < kFunctions; ++f) {
                const Lanes most =
                    kTolerance * absolute(exact[f]) + std::numeric_limits<double>::min();
                if (bits_of(less(absolute(found[f] - exact[f]), most)) != 0xff) return false;
            }
        }
        return true;
    }

    static const Lanes* lanes_of(const Parameters& parameters) {
        return reinterpret_cast<const Lanes*>(&parameters);
    }

    /// One bit for each parameter that moves what is tabulated: it shows where it is not a number.
    static std::uint64_t entering_fields(const MechanismSetup& setup) {
        std::uint64_t entering = 0;
        const Lanes V_mV{-110.0, -83.1, -67.7, -51.3, -39.9, -20.2, 3.3, 41.0};
        for (std::size_t poisoned = 0; poisoned < kFields; ++poisoned) {
            Parameters parameters;
            Lanes* const numbers = reinterpret_cast<Lanes*>(&parameters);
            for (std::size_t k = 0; k < kFields; ++k) {
                numbers[k] = broadcast(k == poisoned ? std::numeric_limits<double>::quiet_NaN()
                                                     : Channel::fields[k].default_number);
            }
            for (const Lanes& value : Exact(setup, parameters)(V_mV)) {
                if (bits_of(equal(value, value)) != 0xff) entering |= std::uint64_t{1} << poisoned;
            }
        }
        return entering;
    }

    Exact exact_;
    PiecewiseCubic<kFunctions> pieces_;
    bool fine_;
};

}  // namespace volley
