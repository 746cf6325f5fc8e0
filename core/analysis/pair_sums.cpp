#include "core/analysis/pair_sums.hpp"

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdlib>
#include <limits>

namespace volley {

namespace {

constexpr std::size_t kTrainsOfBlock = 64;

using Predictor = Correction::Predictor;

/// One trial earlier, the last trial before the first.
std::int64_t shifted(std::int64_t bin, std::int64_t trial, std::size_t bins) {
    return bin < trial ? bin - trial + static_cast<std::int64_t>(bins) : bin - trial;
}

/// Adds a train to a row of bins; with `shift`, takes it away where it stands one trial earlier, so
/// that correlating with the row subtracts the predictor at once.
void add_to_row(std::span<const std::int32_t> train, double weight, const Correction& correction,
                std::vector<double>& row) {
    for (const std::int32_t bin : train) {
        row[static_cast<std::size_t>(bin)] += weight;
        if (correction.predictor == Predictor::shift) {
            row[static_cast<std::size_t>(shifted(bin, correction.trial, row.size()))] -= weight;
        }
    }
}

/// Zeroes what a train touched, which costs less than zeroing the row.
void clear_from_row(std::span<const std::int32_t> train, const Correction& correction,
                    std::vector<double>& row) {
    for (const std::int32_t bin : train) {
        row[static_cast<std::size_t>(bin)] = 0.0;
        if (correction.predictor == Predictor::shift) {
            row[static_cast<std::size_t>(shifted(bin, correction.trial, row.size()))] = 0.0;
        }
    }
}

/// The weighted sum of all trains, its mean subtracted for `mean_rate`.
std::vector<double> summed(const WeightedTrains& side, const Correction& correction,
                           bool as_target) {
    Correction plain = correction;
    if (!as_target) plain.predictor = Predictor::none;
    std::vector<double> row(static_cast<std::size_t>(side.trains->bins), 0.0);
    double mean = 0.0;
    for (std::size_t k = 0; k < side.trains->size(); ++k) {
        add_to_row(side.trains->train(k), side.weights[k], plain, row);
        mean += side.weights[k] * side.trains->mean(k);
    }
    if (correction.predictor == Predictor::mean_rate) {
        for (double& value : row) value -= mean;
    }
    return row;
}

/// Running sums at the ends of a row: what a lag cuts off.
struct Ends {
    std::vector<double> head;  ///< head[n] = sum of the first n bins
    std::vector<double> tail;  ///< tail[n] = sum of the last n bins
};

Ends ends_of(const std::vector<double>& row, std::int64_t most_lag) {
    Ends ends{{0.0}, {0.0}};
    for (std::int64_t n = 0; n < most_lag; ++n) {
        const auto at = static_cast<std::size_t>(n);
        ends.head.push_back(ends.head.back() + row[at]);
        ends.tail.push_back(ends.tail.back() + row[row.size() - 1 - at]);
    }
    return ends;
}

/// Number of spikes in the first (last) n bins, n = 0 ... most_lag.
Ends spike_ends(std::span<const std::int32_t> train, std::int64_t bins, std::int64_t most_lag) {
    Ends ends{std::vector<double>(static_cast<std::size_t>(most_lag) + 1, 0.0), {}};
    ends.tail = ends.head;
    for (const std::int32_t bin : train) {
        if (bin >= most_lag) break;
        ends.head[static_cast<std::size_t>(bin) + 1] += 1.0;
    }
    for (std::size_t s = train.size(); s-- > 0;) {
        const std::int64_t from_end = bins - 1 - train[s];
        if (from_end >= most_lag) break;
        ends.tail[static_cast<std::size_t>(from_end) + 1] += 1.0;
    }
    for (std::size_t n = 1; n < ends.head.size(); ++n) {
        ends.head[n] += ends.head[n - 1];
        ends.tail[n] += ends.tail[n - 1];
    }
    return ends;
}

/// One thread's row of partners' spikes, empty again after each train.
struct Workspace {
    std::vector<double> row;
    std::vector<std::size_t> partners;
    std::vector<double> read;  ///< shape [2 K + 1], of one train
};

/// Row around each spike of the train, within its trial.
void read_around(std::span<const std::int32_t> train, const std::vector<double>& row,
                 std::int64_t most_lag, const Correction& correction, std::vector<double>& read) {
    for (const std::int32_t bin : train) {
        const std::int64_t start = bin - bin % correction.trial;
        const std::int64_t from = std::max(start, bin - most_lag);
        const std::int64_t to = std::min(start + correction.trial - 1, bin + most_lag);
        double* const into = read.data() + (from - bin + most_lag);
        const double* const values = row.data() + from;
        for (std::int64_t k = 0; k <= to - from; ++k) into[k] += values[k];
    }
}

/// Turns sums of raw counts into sums of counts minus their means, at the ends exactly.
void centre(std::span<const std::int32_t> train, double mean, const std::vector<double>& row,
            double row_mean, std::int64_t most_lag, std::vector<double>& read) {
    const auto bins = static_cast<std::int64_t>(row.size());
    const Ends of_row = ends_of(row, most_lag);
    const Ends of_train = spike_ends(train, bins, most_lag);
    const double total = row_mean * static_cast<double>(bins);
    for (std::int64_t lag = -most_lag; lag <= most_lag; ++lag) {
        const auto cut = static_cast<std::size_t>(std::abs(lag));
        // A positive lag pairs the row without its head with the train without its tail.
        const double row_sum = total - (lag > 0 ? of_row.head[cut] : of_row.tail[cut]);
        const double spikes =
            static_cast<double>(train.size()) - (lag > 0 ? of_train.tail[cut] : of_train.head[cut]);
        const auto overlap = static_cast<double>(bins - std::abs(lag));
        read[static_cast<std::size_t>(lag + most_lag)] +=
            overlap * mean * row_mean - mean * row_sum - row_mean * spikes;
    }
}

double squared(double x) { return x * x; }

void add_train(const WeightedTrains& a, std::size_t i, const WeightedTrains& b,
               const PartnersOf& partners, std::int64_t most_lag, const Correction& correction,
               Workspace& space, PairSums& sums) {
    partners(i, space.partners);
    double row_mean = 0.0;
    double row_variance = 0.0;
    for (const std::size_t j : space.partners) {
        if (b.weights[j] == 0.0) continue;
        add_to_row(b.trains->train(j), b.weights[j], correction, space.row);
        row_mean += b.weights[j] * b.trains->mean(j);
        row_variance += squared(b.weights[j]) * b.trains->mean(j);
        sums.pairs += 1.0;
    }
    sums.variance_per_bin += squared(a.weights[i]) * a.trains->mean(i) * row_variance;

    std::ranges::fill(space.read, 0.0);
    const auto train = a.trains->train(i);
    read_around(train, space.row, most_lag, correction, space.read);
    if (correction.predictor == Predictor::mean_rate) {
        centre(train, a.trains->mean(i), space.row, row_mean, most_lag, space.read);
    }
    for (std::size_t k = 0; k < space.read.size(); ++k) {
        sums.by_lag[k] += a.weights[i] * space.read[k];
    }
    for (const std::size_t j : space.partners) {
        clear_from_row(b.trains->train(j), correction, space.row);
    }
}

/// Trains with a weight, and the sum of weight^2 mean over them.
struct Content {
    double trains = 0.0;
    double variance_per_bin = 0.0;
};

Content content_of(const WeightedTrains& side) {
    Content content;
    for (std::size_t k = 0; k < side.trains->size(); ++k) {
        content.trains += side.weights[k] != 0.0 ? 1.0 : 0.0;
        content.variance_per_bin += squared(side.weights[k]) * side.trains->mean(k);
    }
    return content;
}

}  // namespace

BinnedTrains binned(const SpikeTrains& trains, const Bins& bins) {
    assert(bins.count < std::numeric_limits<std::int32_t>::max());
    BinnedTrains result;
    result.bins = bins.count;
    result.first.reserve(trains.size() + 1);
    result.first.push_back(0);
    result.times.reserve(trains.times.size());
    for (std::size_t k = 0; k < trains.size(); ++k) {
        for (const Step step : trains.train(k)) {
            const std::int64_t bin = bins.of(step);
            if (bin >= bins.count) break;
            result.times.push_back(static_cast<std::int32_t>(bin));
        }
        result.first.push_back(static_cast<std::int64_t>(result.times.size()));
    }
    return result;
}

PairSums& PairSums::operator-=(const PairSums& other) {
    for (std::size_t k = 0; k < by_lag.size(); ++k) by_lag[k] -= other.by_lag[k];
    pairs -= other.pairs;
    variance_per_bin -= other.variance_per_bin;
    return *this;
}

PairSums sum_over_all_pairs(const WeightedTrains& a, const WeightedTrains& b, std::int64_t most_lag,
                            const Correction& correction) {
    const std::vector<double> reference = summed(a, correction, false);
    const std::vector<double> target = summed(b, correction, true);
    const Content of_a = content_of(a);
    const Content of_b = content_of(b);
    PairSums sums;
    sums.pairs = of_a.trains * of_b.trains;
    sums.variance_per_bin = of_a.variance_per_bin * of_b.variance_per_bin;
    sums.by_lag.resize(static_cast<std::size_t>(2 * most_lag + 1));
#pragma omp parallel for schedule(dynamic)
    for (std::int64_t lag = -most_lag; lag <= most_lag; ++lag) {
        const std::int64_t overlap = correction.trial - std::abs(lag);
        double sum = 0.0;
        for (std::int64_t start = 0; start < a.trains->bins; start += correction.trial) {
            const double* const left = reference.data() + start + std::max<std::int64_t>(0, -lag);
            const double* const right = target.data() + start + std::max<std::int64_t>(0, lag);
#pragma omp simd reduction(+ : sum)
            for (std::int64_t t = 0; t < overlap; ++t) sum += left[t] * right[t];
        }
        sums.by_lag[static_cast<std::size_t>(lag + most_lag)] = sum;
    }
    return sums;
}

PairSums sum_over_partners(const WeightedTrains& a, const WeightedTrains& b,
                           const PartnersOf& partners, std::int64_t most_lag,
                           const Correction& correction) {
    const auto lags = static_cast<std::size_t>(2 * most_lag + 1);
    const std::size_t trains = a.trains->size();
    const std::size_t blocks = (trains + kTrainsOfBlock - 1) / kTrainsOfBlock;
    std::vector<PairSums> of_block(blocks);
#pragma omp parallel
    {
        Workspace space;
        space.row.resize(static_cast<std::size_t>(a.trains->bins), 0.0);
        space.read.resize(lags);
#pragma omp for schedule(dynamic)
        for (std::size_t block = 0; block < blocks; ++block) {
            of_block[block].by_lag.resize(lags, 0.0);
            const std::size_t end = std::min(trains, (block + 1) * kTrainsOfBlock);
            for (std::size_t i = block * kTrainsOfBlock; i < end; ++i) {
                if (a.weights[i] == 0.0) continue;
                add_train(a, i, b, partners, most_lag, correction, space, of_block[block]);
            }
        }
    }
    PairSums sums;
    sums.by_lag.resize(lags, 0.0);
    for (const PairSums& part : of_block) {
        for (std::size_t k = 0; k < lags; ++k) sums.by_lag[k] += part.by_lag[k];
        sums.pairs += part.pairs;
        sums.variance_per_bin += part.variance_per_bin;
    }
    return sums;
}

}  // namespace volley
