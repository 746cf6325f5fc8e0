#include "io/journal_start.hpp"

#include <cstring>
#include <type_traits>

namespace volley {
namespace {

constexpr std::uint32_t kFormatVersion = 2;

class Writer {
public:
    template <class T>
        requires std::is_arithmetic_v<T>
    void put(T value) {
        const auto* const first = reinterpret_cast<const std::byte*>(&value);
        bytes.insert(bytes.end(), first, first + sizeof value);
    }
    void put(const std::string& text) {
        put<std::uint64_t>(text.size());
        for (const char c : text) bytes.push_back(static_cast<std::byte>(c));
    }
    template <class T>
    void put(const std::vector<T>& values) {
        put<std::uint64_t>(values.size());
        for (const T& value : values) put(value);
    }
    std::vector<std::byte> bytes;
};

/// Reads what Writer wrote. After a read that does not fit, `good` is false and values are empty.
class Reader {
public:
    explicit Reader(std::span<const std::byte> bytes) : rest_(bytes) {}

    template <class T>
        requires std::is_arithmetic_v<T>
    void get(T& value) {
        value = T{};
        good = good && rest_.size() >= sizeof value;
        if (!good) return;
        std::memcpy(&value, rest_.data(), sizeof value);
        rest_ = rest_.subspan(sizeof value);
    }
    void get(std::string& text) {
        text.clear();
        for (std::uint64_t left = length(); left > 0 && good; --left) {
            char c = 0;
            get(c);
            text.push_back(c);
        }
    }
    template <class T>
    void get(std::vector<T>& values) {
        values.clear();
        for (std::uint64_t left = length(); left > 0 && good; --left) get(values.emplace_back());
    }
    /// A number of things that follow; each takes a byte at least.
    std::uint64_t length() {
        std::uint64_t count = 0;
        get(count);
        good = good && count <= rest_.size();
        return good ? count : 0;
    }
    bool at_end() const { return good && rest_.empty(); }
    bool good = true;

private:
    std::span<const std::byte> rest_;
};

void put_extracellular(Writer& out, const JournalStart& start) {
    out.put<std::uint64_t>(start.plan.extracellular.size());
    for (const RecordingPlan::Extracellular& request : start.plan.extracellular) {
        out.put(request.name);
        out.put(request.populations);
        out.put<std::uint64_t>(request.points_um.size());
        for (const auto& point : request.points_um) {
            for (const double coordinate : point) out.put(coordinate);
        }
        out.put(request.conductivity_S_per_m);
        out.put(request.interval);
    }
    out.put(start.extracellular_cells);
}

void get_extracellular(Reader& in, JournalStart& start) {
    start.plan.extracellular.resize(in.length());
    for (RecordingPlan::Extracellular& request : start.plan.extracellular) {
        in.get(request.name);
        in.get(request.populations);
        request.points_um.resize(in.length());
        for (auto& point : request.points_um) {
            for (double& coordinate : point) in.get(coordinate);
        }
        in.get(request.conductivity_S_per_m);
        in.get(request.interval);
    }
    in.get(start.extracellular_cells);
}

}  // namespace

std::vector<std::byte> encode_start(const JournalStart& start) {
    Writer out;
    out.put(kFormatVersion);
    out.put(start.part);
    out.put(start.rank);
    out.put(start.ranks);
    out.put(start.begin);
    out.put(start.plan.dt_ms);
    out.put<std::uint64_t>(start.plan.populations.size());
    for (const RecordingPlan::Population& population : start.plan.populations) {
        out.put(population.name);
        out.put(population.size);
        out.put(population.spikes);
    }
    out.put<std::uint64_t>(start.plan.traces.size());
    for (const RecordingPlan::Trace& trace : start.plan.traces) {
        out.put(trace.population);
        out.put(trace.variables);
        out.put(trace.units);
        out.put(trace.interval);
    }
    out.put<std::uint64_t>(start.plan.weights.size());
    for (const RecordingPlan::Weights& weights : start.plan.weights) {
        out.put(weights.projection);
        out.put(weights.source);
        out.put(weights.target);
        out.put(weights.unit);
        out.put(weights.interval);
    }
    out.put(start.trace_neurons);
    out.put(start.synapses);
    // Only where it is so: journals of points with spikes on the grid stay those of version 2.
    const bool outside = !start.plan.extracellular.empty();
    const bool at_compartments =
        outside || std::ranges::any_of(start.plan.traces, [](const auto& trace) {
            return !trace.compartments.empty();
        });
    if (start.plan.interpolated || at_compartments) out.put(start.plan.interpolated);
    for (const RecordingPlan::Trace& trace : start.plan.traces) {
        if (!at_compartments) break;
        out.put(trace.compartments);
        out.put(trace.positions);
    }
    if (outside) put_extracellular(out, start);
    return std::move(out.bytes);
}

bool decode_start(std::span<const std::byte> bytes, JournalStart& start) {
    Reader in(bytes);
    std::uint32_t version = 0;
    in.get(version);
    if (version != kFormatVersion) return false;
    in.get(start.part);
    in.get(start.rank);
    in.get(start.ranks);
    in.get(start.begin);
    in.get(start.plan.dt_ms);
    start.plan.populations.resize(in.length());
    for (RecordingPlan::Population& population : start.plan.populations) {
        in.get(population.name);
        in.get(population.size);
        in.get(population.spikes);
    }
    start.plan.traces.resize(in.length());
    for (RecordingPlan::Trace& trace : start.plan.traces) {
        in.get(trace.population);
        in.get(trace.variables);
        in.get(trace.units);
        in.get(trace.interval);
    }
    start.plan.weights.resize(in.length());
    for (RecordingPlan::Weights& weights : start.plan.weights) {
        in.get(weights.projection);
        in.get(weights.source);
        in.get(weights.target);
        in.get(weights.unit);
        in.get(weights.interval);
    }
    in.get(start.trace_neurons);
    in.get(start.synapses);
    start.plan.interpolated = false;
    if (!in.at_end()) in.get(start.plan.interpolated);
    const bool at_compartments = !in.at_end();
    for (RecordingPlan::Trace& trace : start.plan.traces) {
        trace.compartments.clear();
        trace.positions.clear();
        if (!at_compartments) continue;
        in.get(trace.compartments);
        in.get(trace.positions);
    }
    start.plan.extracellular.clear();
    start.extracellular_cells.clear();
    if (!in.at_end()) get_extracellular(in, start);
    return in.at_end();
}

}  // namespace volley
