#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace volley {

/// What a thread spends the time of a simulation on.
enum class Phase : std::size_t { update, background, deliver, pack, exchange, wait, record, count };
inline constexpr std::size_t kPhaseCount = static_cast<std::size_t>(Phase::count);

struct PhaseInfo {
    std::string_view name;
    std::string_view meaning;
};
/// In the order of Phase.
inline constexpr std::array<PhaseInfo, kPhaseCount> kPhases{{
    {"update", "advancing neurons"},
    {"background", "drives and gap junctions: currents, background events"},
    {"deliver", "adding spikes to the input of their targets"},
    {"pack", "passing new spikes on to threads and to the exchange"},
    {"exchange", "sending and receiving spikes and potentials of other ranks"},
    {"wait", "for other threads, and in them for other ranks"},
    {"record", "collecting spikes and traces"},
}};

using PhaseTicks = std::array<std::uint64_t, kPhaseCount>;

/// Seconds that workers spent on a phase, over all threads of all ranks.
struct PhaseSeconds {
    double least = 0.0;
    double mean = 0.0;
    double most = 0.0;
};
using Profile = std::array<PhaseSeconds, kPhaseCount>;

}  // namespace volley
