#include "core/find.hpp"
#include "core/ions/pool_kind.hpp"

namespace volley {

std::span<const PoolKind> pool_kinds() { return {}; }

const PoolKind* find_pool_kind(std::string_view name) { return find_entry(pool_kinds(), name); }

}  // namespace volley
