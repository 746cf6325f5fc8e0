#include "core/channels/gate_counts.hpp"

#include <algorithm>
#include <array>
#include <numeric>

namespace volley {

namespace {

using Distribution = std::array<double, kMostGates + 1>;

/// The probabilities of 0, 1, ... open gates at the end, where `open` of them are now.
Distribution chances_from(const GateChances& gate, std::size_t open) {
    Distribution chances{};
    chances[0] = 1.0;
    for (std::size_t g = 0; g < gate.count; ++g) {
        const double p = g < open ? gate.stays_open : gate.opens;
        for (std::size_t k = g + 1; k > 0; --k) {
            chances[k] = chances[k] * (1.0 - p) + chances[k - 1] * p;
        }
        chances[0] *= 1.0 - p;
    }
    return chances;
}

/// Adds `channels` with `open` gates to where their gates go: a multinomial draw, one binomial
/// after another; those that stay are what is left.
void distribute(std::int64_t channels, std::size_t open, const GateChances& gate,
                std::span<std::int64_t> moved, CounterStream& random) {
    const Distribution chances = chances_from(gate, open);
    double left = 1.0;
    for (std::size_t k = 0; k <= gate.count && channels > 0; ++k) {
        if (k == open) continue;
        const double share = left > 0.0 ? std::min(1.0, chances[k] / left) : 0.0;
        const std::int64_t go = binomial(channels, share, random);
        moved[k] += go;
        channels -= go;
        left -= chances[k];
    }
    moved[open] += channels;
}

}  // namespace

void move_gates(std::span<std::int64_t> channels, std::span<const GateChances> gates,
                CounterStream& random) {
    std::size_t stride = 1;
    for (const GateChances& gate : gates) {
        const std::size_t period = stride * (gate.count + 1);
        for (std::size_t first = 0; first < channels.size(); ++first) {
            if (first % period >= stride) continue;  // has open gates of this kind
            std::array<std::int64_t, kMostGates + 1> moved{};
            for (std::size_t open = 0; open <= gate.count; ++open) {
                distribute(channels[first + open * stride], open, gate, moved, random);
            }
            for (std::size_t open = 0; open <= gate.count; ++open) {
                channels[first + open * stride] = moved[open];
            }
        }
        stride = period;
    }
}

void set_number_of_channels(std::span<std::int64_t> channels, std::int64_t wanted) {
    const std::int64_t present = std::reduce(channels.begin(), channels.end(), std::int64_t{0});
    if (present == wanted) return;
    if (present == 0) {
        channels[0] = wanted;
        return;
    }
    const double factor = static_cast<double>(wanted) / static_cast<double>(present);
    std::int64_t left = wanted;
    for (std::int64_t& n : channels) {
        n = std::min(left, static_cast<std::int64_t>(static_cast<double>(n) * factor));
        left -= n;
    }
    *std::ranges::max_element(channels) += left;
}

}  // namespace volley
