#pragma once

#include "core/math/functions.hpp"
#include "core/time.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace volley {

/// exp(-n dt / tau) for whole numbers n of steps: what is left of a trace after n steps.
///
/// The first entries come from a table, the others from the same exp(), so a value does not depend
/// on which path it took. tau = 0 leaves nothing, after 0 steps too: a trace that is never there.
class DecayTable {
public:
    /// Beyond this many steps (15 hours of 0.1 ms) nothing is left, whatever the time constant:
    /// times that are kept in 32 bits may be cut off at twice that.
    static constexpr Step kLongest = Step{1} << 29;

    DecayTable() = default;
    /// @pre tau_ms >= 0 and dt_ms > 0
    DecayTable(double tau_ms, double dt_ms) : rate_(tau_ms > 0.0 ? -dt_ms / tau_ms : 0.0) {
        if (!(tau_ms > 0.0)) return;
        // exp() is 0 below -708.05.
        const double needed = std::min(708.05 / -rate_ + 2.0, static_cast<double>(kLargestTable));
        table_.resize(static_cast<std::size_t>(needed));
        for (std::size_t n = 0; n < table_.size(); ++n) {
            table_[n] = exact_exp(rate_ * static_cast<double>(n));
        }
    }

    /// @pre steps >= 0
    double operator()(Step steps) const {
        if (static_cast<std::size_t>(steps) < table_.size()) [[likely]] {
            return table_[static_cast<std::size_t>(steps)];
        }
        return beyond(steps);
    }

    std::size_t bytes() const { return table_.size() * sizeof(double); }

private:
    static constexpr std::size_t kLargestTable = std::size_t{1} << 15;

    // Out of line: loops over the table stay small.
    [[gnu::noinline]] double beyond(Step steps) const {
        if (rate_ == 0.0 || steps > kLongest) return 0.0;
        return exact_exp(rate_ * static_cast<double>(steps));
    }

    double rate_ = 0.0;  ///< -dt / tau; 0 where tau is 0
    std::vector<double> table_;
};

}  // namespace volley
