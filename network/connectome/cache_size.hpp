#pragma once

#include <cstddef>

namespace volley {

/// Bytes of this processor's L2 cache; 1 MiB where the system does not tell.
std::size_t cache_size();

}  // namespace volley
