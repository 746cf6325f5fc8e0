#include "network/digest.hpp"

#include <fmt/format.h>

namespace volley {

std::string Digest::text() const { return fmt::format("{:016x}{:016x}", high_, low_); }

}  // namespace volley
