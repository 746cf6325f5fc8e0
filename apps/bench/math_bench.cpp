// Functions of core/math/functions.hpp: nanoseconds per number of an array in the first cache,
// where the processor overlaps vectors that do not wait for each other, as those of a kernel do.
#include "apps/bench/bench.hpp"
#include "core/math/aligned_vector.hpp"
#include "core/math/functions.hpp"

#include <fmt/format.h>

#include <cstddef>

namespace volley::bench {

namespace {

constexpr std::size_t kNumbers = 1024;  // with the results 16 KiB

struct Interval {
    double low, high;
};

/// @param of  where the arguments lie, evenly
template <class Function>
void add(const char* name, Interval of, Function function) {
    const auto run = [of, function](benchmark::State& state) {
        AlignedVector<double> from(kNumbers);
        AlignedVector<double> to(kNumbers);
        for (std::size_t k = 0; k < kNumbers; ++k) {
            from[k] = of.low + (of.high - of.low) * static_cast<double>(k) / double{kNumbers};
        }
        for (auto _ : state) {
            for (std::size_t k = 0; k < kNumbers; k += kLanes) {
                store(&to[k], function(load(&from[k])));
            }
            benchmark::DoNotOptimize(to.data());
            benchmark::ClobberMemory();
        }
        state.counters["per_number"] =
            time_per_one_of(double{kNumbers} * static_cast<double>(state.iterations()));
    };
    benchmark::RegisterBenchmark(fmt::format("math/{}", name).c_str(), run);
}

}  // namespace

void add_math_benchmarks() {
    add("copy", {-20.0, 20.0}, [](Lanes x) { return x; });
    add("divide", {-20.0, 20.0}, [](Lanes x) { return 1.0 / x; });
    add("square_root", {0.0, 20.0}, [](Lanes x) { return square_root(x); });
    add("exp", {-20.0, 20.0}, [](Lanes x) { return exp(x); });
    add("expm1", {-20.0, 20.0}, [](Lanes x) { return expm1(x); });
    add("linoid", {-20.0, 20.0}, [](Lanes x) { return linoid(x); });
    add("log", {0.01, 20.0}, [](Lanes x) { return log(x); });
    add("pow", {0.01, 20.0}, [](Lanes x) { return pow(x, broadcast(0.4)); });
    add("sine_and_cosine", {-2.0, 2.0}, [](Lanes turns) {
        const SineCosine both = sine_cosine_of_turns(turns);
        return both.sine + both.cosine;
    });
}

}  // namespace volley::bench
