#include "io/log.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace volley {

void Log::info(std::string_view message) {
    if (options_.quiet || options_.rank != 0) return;
    fmt::print(options_.out, "{}\n", message);
    std::fflush(options_.out);
}

void Log::warning(std::string_view message) {
    if (std::ranges::find(warnings_, message) != warnings_.end()) return;
    warnings_.emplace_back(message);
    const std::string rank = options_.rank == 0 ? "" : fmt::format("[rank {}] ", options_.rank);
    fmt::print(options_.out, "{}warning: {}\n", rank, message);
    std::fflush(options_.out);
}

}  // namespace volley
