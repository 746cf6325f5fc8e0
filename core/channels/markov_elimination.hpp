#pragma once

#include "core/math/lanes.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

/// Elimination of the linear system of a Markov scheme, planned at compile time.
///
/// The probabilities P after a step of backward Euler follow from P' = P + dt Q^T P', where Q holds
/// the rates q_ij of going from i to j and has rows that sum to 0. States are taken out one after
/// another: those that lead to k take over what k leads to. All numbers stay positive and are only
/// added and multiplied, never subtracted, so every probability keeps its digits however small it
/// is: W. K. Grassmann, M. I. Taksar & D. P. Heyman (1985), Oper. Res. 33:1107,
/// doi:10.1287/opre.33.5.1107, here also for a step in time, with a weight for each state that
/// tells how much of the probability in it has not gone on.
namespace volley {

/// A way from one state of a scheme to another: with the rate of that index, times a factor.
struct Transition {
    std::size_t from, to;
    std::size_t rate;
    double factor = 1.0;
};

/// One operation of a program on an array of slots.
struct SlotOperation {
    /// slot[to] = slot[a], += slot[a], = slot[a] slot[b], += slot[a] slot[b], = 1 / slot[a]
    enum class Kind : std::uint8_t { copy, add, multiply, add_product, invert };
    Kind kind = Kind::copy;
    std::uint16_t to = 0, a = 0, b = 0;

    /// Inlined always: of an operation known at compile time nothing is left but itself.
    template <class Number, std::size_t kSlots>
    [[gnu::always_inline]] void apply(std::array<Number, kSlots>& slot) const {
        switch (kind) {
            case Kind::copy:
                slot[to] = slot[a];
                break;
            case Kind::add:
                slot[to] += slot[a];
                break;
            case Kind::multiply:
                slot[to] = slot[a] * slot[b];
                break;
            case Kind::add_product:
                slot[to] = fused(slot[a], slot[b], slot[to]);
                break;
            case Kind::invert:
                slot[to] = 1.0 / slot[a];
                break;
        }
    }
};

/// What there is to do for a scheme of kStates states, and in which slots its numbers are:
/// probabilities first (before and after), then weights, then flows from state to state.
template <std::size_t kStates>
class EliminationPlan {
public:
    using Kind = SlotOperation::Kind;
    static constexpr std::size_t kMostOperations = 64 + 40 * kStates;
    static constexpr std::uint16_t kNone = 0xffff;

    /// @param steady  false: a step, whose flows are dt q_ij; true: the steady state, up to a
    ///                factor
    template <std::size_t kTransitions>
    constexpr EliminationPlan(const Transition (&transitions)[kTransitions], bool steady)
        : steady_(steady) {
        for (auto& row : flow_) row.fill(kNone);
        remaining_.fill(true);
        for (const Transition& t : transitions) {
            if (flow_[t.from][t.to] == kNone) flow_[t.from][t.to] = new_slot();
        }
        for (std::size_t left = kStates; left > 0;) {
            const std::size_t k = cheapest(kStates);
            const std::size_t partner = left > 2 ? cheapest(k) : kStates;
            remaining_[k] = false;
            order_[kStates - left--] = k;
            if (partner < kStates) {
                remaining_[partner] = false;
                order_[kStates - left--] = partner;
            }
            eliminate(k, partner, left == 0);
        }
        for (std::size_t n = kStates; n-- > 0;) substitute(order_[n], n);
    }

    constexpr std::size_t operations() const { return count_; }
    constexpr std::size_t slots() const { return slots_; }
    constexpr const SlotOperation& operator[](std::size_t n) const { return operations_[n]; }
    /// The slot of the flow from i to j. @pre there is a transition from i to j
    constexpr std::size_t flow(std::size_t from, std::size_t to) const { return flow_[from][to]; }
    /// The state that goes last: of the steady state, that whose probability is set before.
    constexpr std::size_t last() const { return order_[kStates - 1]; }
    static constexpr std::size_t probability(std::size_t state) { return state; }
    static constexpr std::size_t weight(std::size_t state) { return kStates + state; }

private:
    constexpr std::uint16_t new_slot() { return static_cast<std::uint16_t>(slots_++); }
    constexpr void emit(Kind kind, std::size_t to, std::size_t a, std::size_t b = 0) {
        operations_[count_++] = {kind, static_cast<std::uint16_t>(to),
                                 static_cast<std::uint16_t>(a), static_cast<std::uint16_t>(b)};
    }
    constexpr bool linked(std::size_t i, std::size_t j) const {
        return flow_[i][j] != kNone || flow_[j][i] != kNone;
    }

    /// The remaining state with the fewest remaining neighbours, so that little is filled in. With
    /// `apart_from` a state: one that it is not linked to and that has no more than one neighbour
    /// more, if there is one; both can go at once: their divisions do
    /// not wait for each other.
    constexpr std::size_t cheapest(std::size_t apart_from) const {
        const auto neighbours = [&](std::size_t i) {
            std::size_t n = 0;
            for (std::size_t j = 0; j < kStates; ++j) n += remaining_[j] && j != i && linked(i, j);
            return n;
        };
        std::size_t best = kStates;
        std::size_t fewest = apart_from < kStates ? neighbours(apart_from) + 2 : kStates;
        for (std::size_t i = 0; i < kStates; ++i) {
            if (!remaining_[i] || i == apart_from) continue;
            if (apart_from < kStates && linked(i, apart_from)) continue;
            if (neighbours(i) < fewest) {
                fewest = neighbours(i);
                best = i;
            }
        }
        return best;
    }

    /// Takes out one state, or two that are not linked.
    constexpr void eliminate(std::size_t k, std::size_t partner, bool last) {
        if (steady_ && last) return;  // its probability is the free factor
        const std::size_t of_k = outflow(k);
        if (partner == kStates) {
            emit(Kind::invert, of_k, of_k);
            pass_on(k, of_k);
            return;
        }
        // Two divisions rather than one of the product: what a step waits for is this chain.
        const std::size_t of_partner = outflow(partner);
        emit(Kind::invert, of_k, of_k);
        emit(Kind::invert, of_partner, of_partner);
        pass_on(k, of_k);
        pass_on(partner, of_partner);
    }

    /// Everything that a state has to go to, itself at the end of the step included.
    constexpr std::size_t outflow(std::size_t k) {
        const std::size_t sum = new_slot();
        bool first = true;
        if (!steady_) {
            emit(Kind::copy, sum, weight(k));
            first = false;
        }
        for (std::size_t i = 0; i < kStates; ++i) {
            if (!remaining_[i] || flow_[k][i] == kNone) continue;
            emit(first ? Kind::copy : Kind::add, sum, flow_[k][i]);
            first = false;
        }
        return sum;
    }

    constexpr void pass_on(std::size_t k, std::size_t inverse) {
        if (!steady_) emit(Kind::multiply, probability(k), probability(k), inverse);
        for (std::size_t j = 0; j < kStates; ++j) {
            if (!remaining_[j] || flow_[j][k] == kNone) continue;
            emit(Kind::multiply, flow_[j][k], flow_[j][k], inverse);
            if (!steady_) emit(Kind::add_product, weight(j), flow_[j][k], weight(k));
        }
        for (std::size_t i = 0; i < kStates; ++i) {
            if (!remaining_[i] || flow_[k][i] == kNone) continue;
            if (!steady_) emit(Kind::add_product, probability(i), flow_[k][i], probability(k));
            for (std::size_t j = 0; j < kStates; ++j) {
                if (!remaining_[j] || i == j || flow_[j][k] == kNone) continue;
                const bool filled = flow_[j][i] == kNone;
                if (filled) flow_[j][i] = new_slot();
                emit(filled ? Kind::multiply : Kind::add_product, flow_[j][i], flow_[j][k],
                     flow_[k][i]);
            }
        }
    }

    /// The probability of the state that went as n-th, from those that went later.
    constexpr void substitute(std::size_t k, std::size_t n) {
        bool first = steady_;
        for (std::size_t later = n + 1; later < kStates; ++later) {
            const std::size_t j = order_[later];
            if (flow_[j][k] == kNone) continue;
            emit(first ? Kind::multiply : Kind::add_product, probability(k), flow_[j][k],
                 probability(j));
            first = false;
        }
    }

    bool steady_;
    std::size_t count_ = 0;
    std::size_t slots_ = 2 * kStates;
    std::array<SlotOperation, kMostOperations> operations_{};
    std::array<std::array<std::uint16_t, kStates>, kStates> flow_{};  ///< slots, [from][to]
    std::array<bool, kStates> remaining_{};
    std::array<std::size_t, kStates> order_{};
};

}  // namespace volley
