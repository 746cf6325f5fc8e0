#pragma once

#include "io/journal.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace volley {

/// The payload of a journal's first block.
std::vector<std::byte> encode_start(const JournalStart& start);

/// False where the bytes are those of another version or do not fit.
bool decode_start(std::span<const std::byte> bytes, JournalStart& start);

}  // namespace volley
