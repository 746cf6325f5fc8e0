#include "network/connectome/cache_size.hpp"

#include <unistd.h>

namespace volley {

std::size_t cache_size() {
#ifdef _SC_LEVEL2_CACHE_SIZE
    const long bytes = sysconf(_SC_LEVEL2_CACHE_SIZE);
    if (bytes > 0) return static_cast<std::size_t>(bytes);
#endif
    return std::size_t{1} << 20;
}

}  // namespace volley
