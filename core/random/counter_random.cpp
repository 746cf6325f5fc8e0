#include "core/random/counter_random.hpp"

#include <Random123/philox.h>

namespace volley {

RandomWords philox(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key) {
    const r123::Philox4x32_R<10>::ctr_type in{{counter[0], counter[1], counter[2], counter[3]}};
    const r123::Philox4x32_R<10>::key_type with{{key[0], key[1]}};
    const auto out = r123::Philox4x32_R<10>{}(in, with);
    return {.first = out[0] | static_cast<std::uint64_t>(out[1]) << 32,
            .second = out[2] | static_cast<std::uint64_t>(out[3]) << 32};
}

double CounterRandom::normal(std::uint64_t index, std::uint64_t step, std::uint32_t draw) const {
    return normal_of_block(index, step, draw)[0];
}

}  // namespace volley
