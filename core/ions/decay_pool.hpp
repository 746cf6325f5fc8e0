#pragma once

#include "core/ions/pool_kind.hpp"

namespace volley {

/// A well-mixed layer below the membrane that empties with one time constant.
extern const PoolKind kDecayPool;

}  // namespace volley
