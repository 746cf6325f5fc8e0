#pragma once

#include "core/math/functions.hpp"
#include "core/random/counter_random.hpp"

#include <cstdint>

/// Sequences of random numbers that belong to one counter: the synapses of one target, a node of a
/// tree of splits. Where the sequence ends is nobody's concern but its reader's.
namespace volley {

/// Random words in sequence, made sixteen at a time: the cheapest source of many numbers.
class WordStream {
public:
    /// @param key   of the sequence, < 2^48 (a target, a source)
    /// @param node  a second key, < 2^45 (a node of a tree of splits)
    WordStream(const CounterRandom& random, std::uint64_t key, std::uint64_t node = 0)
        : random_(random), key_(key), first_index_(node * kLanes) {}

    std::uint64_t next() {
        if (used_ == 2 * kLanes) refill();
        return words_[used_++];
    }
    /// A number in (0, 1).
    double uniform() { return to_uniform(next()); }
    /// A whole number in [0, bound). @pre bound > 0.
    std::int64_t index(std::int64_t bound) {
        return static_cast<std::int64_t>(to_index(next(), static_cast<std::uint64_t>(bound)));
    }

private:
    void refill() {
        const RandomLanes made = random_.words_of_block(first_index_, key_, refills_++);
        for (std::size_t k = 0; k < kLanes; ++k) {
            words_[k] = made.first[k];
            words_[kLanes + k] = made.second[k];
        }
        used_ = 0;
    }

    CounterRandom random_;
    std::uint64_t key_;
    std::uint64_t first_index_;
    std::uint32_t refills_ = 0;
    std::uint32_t used_ = 2 * kLanes;
    std::uint64_t words_[2 * kLanes];
};

/// Exponential numbers of mean 1 in sequence. With skip = floor(E / -log(1 - p)) they are the
/// number of failures before the next success of probability p.
class ExponentialStream {
public:
    ExponentialStream(const CounterRandom& random, std::uint64_t key)
        : random_(random), key_(key) {}

    double next() {
        if (used_ == 2 * kLanes) refill();
        return numbers_[used_++];
    }

private:
    void refill() {
        const RandomLanes made = random_.words_of_block(0, key_, refills_++);
        const Lanes first = -log(to_uniform(made.first));
        const Lanes second = -log(to_uniform(made.second));
        for (std::size_t k = 0; k < kLanes; ++k) {
            numbers_[k] = first[k];
            numbers_[kLanes + k] = second[k];
        }
        used_ = 0;
    }

    CounterRandom random_;
    std::uint64_t key_;
    std::uint32_t refills_ = 0;
    std::uint32_t used_ = 2 * kLanes;
    double numbers_[2 * kLanes];
};

/// Random words in sequence, two at a time: cheapest where only one or two are needed.
class CounterStream {
public:
    /// @param index, step  as for CounterRandom
    CounterStream(const CounterRandom& random, std::uint64_t index, std::uint64_t step)
        : random_(random), index_(index), step_(step) {}

    std::uint64_t next() {
        if (has_second_) {
            has_second_ = false;
            return second_;
        }
        const RandomWords made = random_.words(index_, step_, draw_++);
        second_ = made.second;
        has_second_ = true;
        return made.first;
    }
    double uniform() { return to_uniform(next()); }

private:
    CounterRandom random_;
    std::uint64_t index_;
    std::uint64_t step_;
    std::uint64_t second_ = 0;
    std::uint32_t draw_ = 0;
    bool has_second_ = false;
};

}  // namespace volley
