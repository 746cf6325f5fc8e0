#pragma once

#include "core/analysis/pair_sums.hpp"
#include "core/analysis/results.hpp"

#include <cstdint>
#include <optional>

namespace volley {

/// Which pairs of different neurons of one group a correlogram averages over.
struct PairChoice {
    Interval distance_um{};       ///< NaN: any
    std::int64_t from_index = 1;  ///< smallest distance around the ring of indices
    std::int64_t to_index = 0;    ///< largest; 0 = any
    bool by_distance = false;
    bool by_index = false;

    bool all() const { return !by_distance && !by_index; }
};

/// Reads min_distance, max_distance, min_index_distance, max_index_distance.
/// @throws ConfigError  where a minimum exceeds its maximum or the population has no positions
PairChoice pair_choice(const Spec& spec, const SpikeTrains& trains);

/// The partners of each train under a choice. @pre !choice.all(); both arguments outlive the
/// result.
PartnersOf partners_of(const PairChoice& choice, const SpikeTrains& trains);

}  // namespace volley
