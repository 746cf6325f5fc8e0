#include "io/peak_memory.hpp"

#include <sys/resource.h>

namespace volley {

double peak_memory_of_all(Communicator& ranks) {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    double bytes = static_cast<double>(usage.ru_maxrss) * 1024.0;  // Linux counts in KiB
    ranks.sum(std::span<double>(&bytes, 1));
    return bytes;
}

}  // namespace volley
