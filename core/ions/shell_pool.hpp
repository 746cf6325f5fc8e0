#pragma once

#include "core/ions/pool_kind.hpp"

namespace volley {

/// Radial shells with mobile and immobile buffers, and pumps.
extern const PoolKind kShellPool;

}  // namespace volley
