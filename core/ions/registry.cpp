#include "core/find.hpp"
#include "core/ions/decay_pool.hpp"
#include "core/ions/shell_pool.hpp"

#include <array>

namespace volley {

// One line a kind, in the order in which the user sees them.
std::span<const PoolKind> pool_kinds() {
    static const std::array kinds{
        kDecayPool,
        kShellPool,
    };
    return kinds;
}

const PoolKind* find_pool_kind(std::string_view name) { return find_entry(pool_kinds(), name); }

}  // namespace volley
