#pragma once

#include "core/math/functions.hpp"

#include <array>
#include <cmath>
#include <cstdint>

namespace volley {

/// x^y for one fixed exponent y in [0, 1] and many x: a third of the work of pow().
///
/// The mantissa m is cut into 16 cells; within the cell of 1/a it is (1/a)^y (1 + r)^y with
/// r = m a - 1, |r| < 1/32, and the binomial series in r ends after r^9 (the next term is below
/// 1e-17). 2^(e y) comes from a table of 16 exponents; what lies outside of it takes pow(). Which
/// of the two depends on the lane's own number alone. Relative error below 1e-15 and that of pow()
/// at the power of 2 beside x, 2e-16 (1 + |y log x|); 0^y is 0 for y > 0, and x^0 is 1.
class PowerFunction {
public:
    PowerFunction() : PowerFunction(1.0, 1.0) {}
    /// @param largest  the table serves x from about 2^-15 largest to largest; > 0
    PowerFunction(double exponent, double largest)
        : exponent_(exponent), lowest_(std::ilogb(largest) + 1023 - (kCells - 1)) {
        for (int k = 0; k < kCells; ++k) {
            const double inverse = std::round(256.0 / (1.0 + (k + 0.5) / kCells)) / 256.0;
            const auto lane = static_cast<std::size_t>(k) % kLanes;
            const auto half = static_cast<std::size_t>(k) / kLanes;
            inverse_[half][lane] = inverse;
            of_cell_[half][lane] = exact_pow(inverse, -exponent);
            const int power = static_cast<int>(lowest_) + k - 1023;
            of_exponent_[half][lane] = exact_pow(std::ldexp(1.0, power), exponent);
        }
        double binomial = 1.0;
        for (int j = 1; j <= kTerms; ++j) {
            binomial *= (exponent - (j - 1)) / j;
            series_[static_cast<std::size_t>(j - 1)] = binomial;
        }
    }

    Lanes operator()(Lanes x) const {
        if (exponent_ == 1.0) return x;
        if (exponent_ == 0.0) return broadcast(1.0);
        const Words bits = reinterpret_cast<Words>(x);
        const Words exponent = (bits >> 52) - static_cast<std::uint64_t>(lowest_);
        const Mask inside = exponent < kCells;
        const Mask zero = x == 0.0;
        Lanes result = zero ? Lanes{} : by_table(bits, exponent);
        if (bits_of(inside | zero) != 0xff) [[unlikely]] {
            result = (inside | zero) ? result : pow(x, broadcast(exponent_));
        }
        return result;
    }

private:
    static constexpr int kCells = 16;
    static constexpr int kTerms = 9;
    using Table = std::array<Lanes, 2>;

    /// The entries that the last four bits of each index name.
    static Lanes look_up(const Table& table, Words index) {
#ifdef __AVX512F__
        return reinterpret_cast<Lanes>(_mm512_permutex2var_pd(reinterpret_cast<__m512d>(table[0]),
                                                              reinterpret_cast<__m512i>(index),
                                                              reinterpret_cast<__m512d>(table[1])));
#else
        Lanes found;
        for (std::size_t k = 0; k < kLanes; ++k) {
            found[k] = table[index[k] / kLanes % 2][index[k] % kLanes];
        }
        return found;
#endif
    }

    Lanes by_table(Words bits, Words exponent) const {
        const Words cell = bits >> 48;  // the upper four bits of the mantissa come last
        const Words mantissa = (bits & 0x000fffffffffffffULL) | 0x3ff0000000000000ULL;
        const Lanes r = fused(reinterpret_cast<Lanes>(mantissa), look_up(inverse_, cell), -1.0);
        Lanes p = broadcast(series_[kTerms - 1]);
        for (int j = kTerms - 2; j >= 0; --j) p = fused(p, r, series_[static_cast<std::size_t>(j)]);
        p = fused(p, r, 1.0);
        return p * look_up(of_cell_, cell) * look_up(of_exponent_, exponent);
    }

    double exponent_;
    std::int64_t lowest_;  ///< biased exponent of the first entry of of_exponent_
    Table inverse_;
    Table of_cell_;
    Table of_exponent_;
    std::array<double, kTerms> series_;
};

}  // namespace volley
