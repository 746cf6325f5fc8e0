// The store of static synapses by itself: nanoseconds per synaptic event for each form of synapse,
// held back until due or spread at arrival, with long segments (dense: 55 targets each, as in the
// microcircuit on one worker) and with few targets a source (sparse: many workers), from the cache
// and from main memory.
#include "apps/bench/bench.hpp"
#include "apps/bench/shuffle.hpp"
#include "network/connectome/synapse_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace volley::bench {

namespace {

using Form = SynapseGroup::Form;

/// Half of the microcircuit: what one of two workers holds.
constexpr std::uint32_t kRow = 38'592;

struct Shape {
    Form form;
    bool spread;
    bool dense;  ///< `targets` at each of kDelays delays; else each at a delay of its own
    std::int64_t targets;
    std::size_t bytes;  ///< of synapses, about
};

constexpr std::uint32_t kDelays = 15;

struct Synapse {
    std::uint32_t index;
    std::int32_t units;
    std::uint32_t target() const { return index; }
    std::int32_t weight() const { return units; }
};

/// A filled store, and spikes of random sources that reach it.
class FilledStore {
public:
    explicit FilledStore(const Shape& shape) : shape_(shape) {
        group_ = store_.add_group({.form = shape.form, .shift = 2, .weight = 3});
        std::vector<std::uint64_t> runs;
        while (store_.next_run() * sizeof(std::uint32_t) < shape.bytes) runs.push_back(add_run());
        store_.finish();
        rows_.add(kRow);
        const Step longest = store_.facts().longest_delay;
        rows_.allocate(shape.spread ? static_cast<std::size_t>(longest) + 1 : 1);
        for (std::uint64_t& run : spikes_) run = runs[shuffle_.below(runs.size())];
        // From now on as many segments are delivered in a step as are left behind by its spikes.
        for (Step k = 0; k <= longest; ++k) step();
    }

    /// Takes in the spikes of one step and delivers what is due.
    void step() {
        ++now_;
        const std::size_t count = spikes_a_step();
        const std::uint64_t* const runs = spikes_.data() + next_;
        next_ = (next_ + count) % spikes_.size();
        // As WorkerConnectome::spikes_arrive does.
        constexpr std::size_t kHeads = 24;
        constexpr std::size_t kRows = 8;
        for (std::size_t k = 0; k < std::min(kHeads, count); ++k)
            store_.prefetch(runs[k], shape_.spread);
        for (std::size_t k = 0; k < std::min(kRows, count) && shape_.spread; ++k) {
            store_.prefetch_rows(runs[k], now_, rows_);
        }
        for (std::size_t k = 0; k < count; ++k) {
            if (k + kHeads < count) store_.prefetch(runs[k + kHeads], shape_.spread);
            if (shape_.spread) {
                if (k + kRows < count) store_.prefetch_rows(runs[k + kRows], now_, rows_);
                store_.spread(runs[k], now_, rows_);
            } else {
                store_.arrive(runs[k], now_);
            }
        }
        store_.deliver(now_ + 1, rows_);
    }

    double events_a_step() const {
        const std::int64_t targets = shape_.dense ? shape_.targets * kDelays : shape_.targets;
        return static_cast<double>(spikes_a_step()) * static_cast<double>(targets);
    }
    double bytes_per_synapse() const {
        const SynapseStore::Facts facts = store_.facts();
        return static_cast<double>(facts.bytes) / static_cast<double>(facts.synapses);
    }

private:
    std::size_t spikes_a_step() const { return shape_.dense ? 32 : 512; }

    std::uint64_t add_run() {
        const std::uint64_t run = store_.next_run();
        if (shape_.dense) {
            for (std::uint32_t delay = 1; delay <= kDelays; ++delay) {
                add_segment(delay, static_cast<std::size_t>(shape_.targets));
            }
        } else {
            std::vector<std::uint32_t> delays(static_cast<std::size_t>(shape_.targets));
            for (std::uint32_t& delay : delays) {
                delay = 1 + static_cast<std::uint32_t>(shuffle_.below(std::uint64_t{2} * kDelays));
            }
            std::sort(delays.begin(), delays.end());
            for (auto at = delays.begin(); at != delays.end();) {
                const auto end = std::upper_bound(at, delays.end(), *at);
                add_segment(*at, static_cast<std::size_t>(end - at));
                at = end;
            }
        }
        store_.end_run();
        return run;
    }

    void add_segment(std::uint32_t delay, std::size_t count) {
        std::vector<Synapse>& synapses = scratch_;
        synapses.resize(count);
        for (Synapse& synapse : synapses) {
            synapse.index = static_cast<std::uint32_t>(shuffle_.below(kRow));
            synapse.units = static_cast<std::int32_t>(shuffle_.below(2001)) - 1000;
        }
        // Construction leaves the targets of a segment in ascending order.
        std::sort(synapses.begin(), synapses.end(),
                  [](const Synapse& a, const Synapse& b) { return a.index < b.index; });
        std::uint32_t* const payload = store_.append_segment(delay, group_, count);
        store_.group(group_).write(payload, synapses.data(), count);
    }

    Shape shape_;
    Shuffle shuffle_;
    SynapseStore store_;
    std::uint32_t group_ = 0;
    InputRows rows_;
    std::vector<Synapse> scratch_;
    std::vector<std::uint64_t> spikes_ = std::vector<std::uint64_t>(1 << 16);
    std::size_t next_ = 0;
    Step now_ = 0;
};

void deliver(benchmark::State& state, FilledStore& filled) {
    for (auto _ : state) filled.step();
    state.counters["per_event"] =
        time_per_one_of(filled.events_a_step() * static_cast<double>(state.iterations()));
    state.counters["bytes_per_synapse"] = filled.bytes_per_synapse();
}

const char* name_of(Form form) {
    switch (form) {
        case Form::index16:
            return "index16";
        case Form::index32:
            return "index32";
        case Form::weighted16:
            return "weighted16";
        case Form::weighted32:
            break;
    }
    return "weighted32";
}

}  // namespace

void add_store_benchmarks(double scale) {
    // Far beyond the last cache of any processor's core; within the second one of each.
    const auto memory = static_cast<std::size_t>(scaled(scale, std::int64_t{1} << 28, 1 << 20));
    constexpr std::size_t kCache = std::size_t{1} << 18;
    auto latest = std::make_shared<Latest<FilledStore>>();
    const auto add = [&](const Shape& shape) {
        const std::string name = fmt::format(
            "store/{}/{}/{}:{}/{}", name_of(shape.form), shape.spread ? "spread" : "held_back",
            shape.dense ? "targets_a_segment" : "targets_a_source", shape.targets,
            shape.bytes == kCache ? "cache" : "memory");
        benchmark::RegisterBenchmark(name.c_str(), [=](benchmark::State& state) {
            deliver(state, latest->get(name, [&] { return std::make_unique<FilledStore>(shape); }));
        });
    };
    for (const Form form : {Form::index16, Form::index32, Form::weighted16, Form::weighted32}) {
        for (const bool spread : {false, true}) {
            for (const std::size_t bytes : {kCache, memory}) {
                add({form, spread, true, 55, bytes});
                // Forms differ little where a source has few targets: one stands for all.
                if (form != Form::weighted16) continue;
                for (const std::int64_t targets : {1, 2, 3, 5, 10}) {
                    add({form, spread, false, targets, bytes});
                }
            }
        }
    }
}

}  // namespace volley::bench
