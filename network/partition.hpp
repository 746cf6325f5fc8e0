#pragma once

#include "network/model.hpp"

#include <cstdint>
#include <vector>

namespace volley {

/// A contiguous piece of a population.
struct Block {
    std::int64_t begin = 0;
    std::int64_t end = 0;
    std::int64_t size() const { return end - begin; }
};

/// Which worker holds which neuron. A worker is one thread of one rank; worker w is thread
/// w % threads of rank w / threads.
///
/// Every population is cut into blocks of consecutive neurons over an interval of workers: all of
/// them, or those of its area. Remainders rotate from population to population, so that no worker
/// gets them all. Everything is arithmetic: no table of neurons, O(populations) memory.
class Partition {
public:
    /// @param ranks, threads >= 1, the same number of threads on every rank
    Partition(const Model& model, int ranks, int threads);

    int ranks() const { return ranks_; }
    int threads() const { return threads_; }
    int workers() const { return ranks_ * threads_; }
    std::int32_t populations() const { return static_cast<std::int32_t>(layouts_.size()); }

    /// The neurons of a population on a worker, or on a rank (the blocks of its workers adjoin).
    Block of_worker(std::int32_t population, int worker) const;
    Block of_rank(std::int32_t population, int rank) const;

    /// The worker, or rank, that holds a neuron.
    int worker_of(std::int32_t population, std::int64_t neuron) const;
    int rank_of(std::int32_t population, std::int64_t neuron) const {
        return worker_of(population, neuron) / threads_;
    }

private:
    /// n neurons over `count` workers from `first` on. The `extra` larger blocks start at worker
    /// `shift` of the interval and go round.
    struct Layout {
        std::int64_t neurons = 0;
        std::int64_t first = 0;
        std::int64_t count = 1;
        std::int64_t shift = 0;
        std::int64_t begin(std::int64_t place) const;
    };

    int ranks_;
    int threads_;
    std::vector<Layout> layouts_;
};

/// The neurons of one rank in a row: populations in the model's order, then index. A neuron's place
/// in it is its name between ranks.
class RankNeurons {
public:
    struct Neuron {
        std::int32_t population;
        std::int64_t index;
    };

    RankNeurons() = default;
    RankNeurons(const Partition& partition, int rank);

    std::int64_t size() const { return size_; }
    /// @pre the rank holds the neuron
    std::int64_t place_of(std::int32_t population, std::int64_t index) const;
    /// @pre 0 <= place < size()
    Neuron at(std::int64_t place) const;

private:
    struct Piece {
        std::int64_t first_place;
        std::int64_t first_index;
        std::int32_t population;
    };
    std::vector<Piece> pieces_;  ///< only the populations with neurons there
    std::int64_t size_ = 0;
};

}  // namespace volley
