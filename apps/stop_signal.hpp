#pragma once

#include <atomic>

namespace volley {

/// From now on SIGINT and SIGTERM set the flag that is returned; a second one of a kind kills.
const std::atomic<bool>& stop_on_signals();

}  // namespace volley
