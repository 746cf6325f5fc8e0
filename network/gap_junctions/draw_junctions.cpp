#include "core/math/flush_to_zero.hpp"
#include "network/connectome/edge_values.hpp"
#include "network/gap_junctions/junction_end.hpp"

#include <algorithm>
#include <bit>
#include <exception>

namespace volley {

namespace {

/// A junction between ranks: {set and copy, source, target, ordinal, conductance}; source and
/// target are positions in the selections.
using Message = Communicator::Words;
constexpr std::size_t kWords = 5;

/// One that was drawn.
struct Junction {
    std::uint32_t set;
    Edge edge;
    double conductance;
};

/// Draws the conductance of every pair and collects it.
class JunctionSink final : public EdgeSink {
public:
    JunctionSink(const ProjectionPlan& plan, std::uint32_t set, const Model& model,
                 std::vector<Junction>& drawn)
        : plan_(plan), set_(set), values_(plan, model.seed, model.dt_ms), drawn_(drawn) {}

    void take(std::span<const Edge> edges) override {
        for (; edges.size() > EdgeValues::kBatch; edges = edges.subspan(EdgeValues::kBatch)) {
            take(edges.first(EdgeValues::kBatch));
        }
        values_.look_at(edges);
        for (std::size_t i = 0; i < edges.size(); ++i) {
            const Projection& pairs = *plan_.projection;
            if (plan_.each_pair_once &&
                pairs.source.at(edges[i].source) > pairs.target.at(edges[i].target)) {
                continue;
            }
            drawn_.push_back({.set = set_, .edge = edges[i], .conductance = values_.weight(i)});
        }
    }

private:
    const ProjectionPlan& plan_;
    std::uint32_t set_;
    EdgeValues values_;
    std::vector<Junction>& drawn_;
};

/// Draws what ends on one worker.
std::vector<Junction> draw(const Model& model, const ConnectionPlan& plan,
                           const Partition& partition, int worker) {
    std::vector<Junction> drawn;
    for (std::size_t set = 0; set < plan.junctions().size(); ++set) {
        const ProjectionPlan& junctions = plan.junctions()[set];
        const Selection& targets = junctions.projection->target;
        const Block block = partition.of_worker(targets.population, worker);
        const std::int64_t begin = targets.position_of(block.begin);
        const std::int64_t end = targets.position_of(block.end);
        if (begin >= end) continue;
        JunctionSink sink(junctions, static_cast<std::uint32_t>(set), model, drawn);
        junctions.rule->generate(begin, end, sink);
    }
    return drawn;
}

/// The same for all threads of a rank, side by side.
std::vector<std::vector<Junction>> draw_all(const Model& model, const ConnectionPlan& plan,
                                            const Partition& partition, int rank) {
    std::vector<std::vector<Junction>> drawn(static_cast<std::size_t>(partition.threads()));
    std::vector<std::exception_ptr> failures(drawn.size());
#pragma omp parallel for num_threads(partition.threads()) schedule(static, 1)
    for (int thread = 0; thread < partition.threads(); ++thread) {
        const FlushToZero flush;
        const auto t = static_cast<std::size_t>(thread);
        try {
            drawn[t] = draw(model, plan, partition, rank * partition.threads() + thread);
        } catch (...) {
            failures[t] = std::current_exception();
        }
    }
    for (const std::exception_ptr& failure : failures) {
        if (failure) std::rethrow_exception(failure);
    }
    return drawn;
}

/// Puts junctions where their ends are.
class Sorter {
public:
    Sorter(const ConnectionPlan& plan, const Partition& partition, int rank)
        : plan_(plan), partition_(partition), rank_(rank) {
        ends_.of_worker.resize(static_cast<std::size_t>(partition.threads()));
        to_each_.resize(static_cast<std::size_t>(partition.ranks()));
    }

    /// One that was drawn here.
    void add_own(const Junction& junction) {
        ++ends_.drawn;
        add(junction);
        const int other = partition_.rank_of(source(junction).population, source(junction).index);
        if (other == rank_) return;
        Message& words = to_each_[static_cast<std::size_t>(other)];
        const auto copy = static_cast<std::uint32_t>(junction.edge.copy);
        words.insert(words.end(), {std::uint64_t{junction.set} << 32 | copy,
                                   static_cast<std::uint64_t>(junction.edge.source),
                                   static_cast<std::uint64_t>(junction.edge.target),
                                   static_cast<std::uint64_t>(junction.edge.ordinal),
                                   std::bit_cast<std::uint64_t>(junction.conductance)});
    }

    /// Those that another rank drew.
    void add_received(const Message& words) {
        for (std::size_t at = 0; at + kWords <= words.size(); at += kWords) {
            add({.set = static_cast<std::uint32_t>(words[at] >> 32),
                 .edge = {.source = static_cast<std::int64_t>(words[at + 1]),
                          .target = static_cast<std::int64_t>(words[at + 2]),
                          .ordinal = static_cast<std::int64_t>(words[at + 3]),
                          .copy = static_cast<std::int32_t>(words[at] & 0xffffffffU)},
                 .conductance = std::bit_cast<double>(words[at + 4])});
        }
    }

    const std::vector<Message>& to_each() const { return to_each_; }

    JunctionEnds finished() {
#pragma omp parallel for num_threads(partition_.threads()) schedule(static, 1)
        for (int thread = 0; thread < partition_.threads(); ++thread) {
            EndsOfWorker& ends = ends_.of_worker[static_cast<std::size_t>(thread)];
            std::sort(ends.begin(), ends.end());
        }
        return std::move(ends_);
    }

private:
    NeuronName source(const Junction& junction) const {
        const Selection& sources = plan_.junctions()[junction.set].projection->source;
        return {sources.population, sources.at(junction.edge.source)};
    }
    NeuronName target(const Junction& junction) const {
        const Selection& targets = plan_.junctions()[junction.set].projection->target;
        return {targets.population, targets.at(junction.edge.target)};
    }

    /// Adds the ends that are on this rank.
    void add(const Junction& junction) {
        add_end(junction, target(junction), source(junction));
        add_end(junction, source(junction), target(junction));
    }
    void add_end(const Junction& junction, const NeuronName& neuron, const NeuronName& partner) {
        const int worker = partition_.worker_of(neuron.population, neuron.index);
        if (worker / partition_.threads() != rank_) return;
        ends_.of_worker[static_cast<std::size_t>(worker % partition_.threads())].push_back(
            {.neuron = neuron,
             .partner = partner,
             .set = junction.set,
             .target = junction.edge.target,
             .ordinal = junction.edge.ordinal,
             .copy = junction.edge.copy,
             .conductance = junction.conductance});
    }

    const ConnectionPlan& plan_;
    const Partition& partition_;
    int rank_;
    JunctionEnds ends_;
    std::vector<Message> to_each_;
};

}  // namespace

JunctionEnds draw_junctions(const Model& model, const ConnectionPlan& plan,
                            const Partition& partition, Communicator& ranks) {
    Sorter sorter(plan, partition, ranks.rank());
    together(ranks, [&] {
        for (const auto& drawn : draw_all(model, plan, partition, ranks.rank())) {
            for (const Junction& junction : drawn) sorter.add_own(junction);
        }
    });
    const std::vector<Message> received = ranks.mirrored(sorter.to_each());
    JunctionEnds ends;
    together(ranks, [&] {
        for (const Message& words : received) sorter.add_received(words);
        ends = sorter.finished();
    });
    return ends;
}

}  // namespace volley
