#pragma once

#include <span>
#include <vector>

/// Moments and quantiles of plain lists of numbers. Sums run in the order of the list, so they do
/// not depend on the number of threads.
namespace volley {

struct Moments {
    double mean;
    double sd;  ///< of the values themselves (divided by n, not n - 1)
    double variance() const { return sd * sd; }
};

/// Both NaN for an empty list.
Moments moments(std::span<const double> values);

/// The quantile at `probability` in [0, 1], linear between order statistics (Hyndman & Fan 1996,
/// type 7, doi:10.1080/00031305.1996.10473566: NumPy's default); NaN for an empty list.
/// @pre sorted is ascending
double quantile_of_sorted(std::span<const double> sorted, double probability);

/// The median; NaN for an empty list.
double median(std::vector<double> values);

/// Values of a list counted in `bins` equal bins from `low` to `high` (which falls into the last
/// bin); values outside are not counted.
struct Histogram {
    std::vector<double> centres;
    std::vector<double> counts;
};
Histogram histogram(std::span<const double> values, double low, double high, std::size_t bins);

}  // namespace volley
