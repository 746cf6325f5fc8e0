#include "network/connectome/plastic_projection.hpp"

#include "core/cable/cell_type.hpp"
#include "network/connectome/edge_values.hpp"

#include <algorithm>
#include <bit>
#include <numeric>

namespace volley {

namespace {

/// Numbers the sources that occur on this worker, ascending, and counts their synapses. Direct
/// where many of the population occur, else from a sorted list.
class SourceCounts final : public EdgeSink {
public:
    SourceCounts(const Selection& sources, std::int64_t population_size, double expected_synapses)
        : selection_(sources),
          direct_(static_cast<double>(population_size) <= 8.0 * expected_synapses + 65536.0) {
        if (direct_) counts_.assign(static_cast<std::size_t>(population_size), 0);
    }

    void take(std::span<const Edge> edges) override {
        for (const Edge& edge : edges) {
            const std::int64_t source = selection_.at(edge.source);
            if (direct_) {
                ++counts_[static_cast<std::size_t>(source)];
            } else {
                listed_.push_back(source);
            }
        }
    }

    /// Ends counting: where each source's synapses begin.
    /// @param contacts  synapses of each edge
    std::vector<std::uint64_t> finish(std::size_t contacts) {
        std::vector<std::uint64_t> first = begins();
        for (std::uint64_t& begin : first) begin *= contacts;
        return first;
    }

    std::size_t number_of(std::int64_t source) const {
        if (direct_) return counts_[static_cast<std::size_t>(source)];
        return static_cast<std::size_t>(std::lower_bound(present_.begin(), present_.end(), source) -
                                        present_.begin());
    }
    const std::vector<std::int64_t>& present() const { return present_; }

private:
    /// Where each source's edges begin.
    std::vector<std::uint64_t> begins() {
        std::vector<std::uint64_t> first{0};
        if (direct_) {
            for (std::size_t source = 0; source < counts_.size(); ++source) {
                const std::uint32_t count = counts_[source];
                if (count == 0) continue;
                counts_[source] = static_cast<std::uint32_t>(present_.size());  // its number now
                present_.push_back(static_cast<std::int64_t>(source));
                first.push_back(first.back() + count);
            }
            return first;
        }
        std::sort(listed_.begin(), listed_.end());
        for (std::size_t i = 0; i < listed_.size(); ++i) {
            const bool last = i + 1 == listed_.size() || listed_[i + 1] != listed_[i];
            if (!last) continue;
            present_.push_back(listed_[i]);
            first.push_back(i + 1);
        }
        listed_ = {};
        return first;
    }

    const Selection& selection_;
    bool direct_;
    std::vector<std::uint32_t> counts_;
    std::vector<std::int64_t> listed_;
    std::vector<std::int64_t> present_;
};

/// Draws weight and delay of every synapse and puts it behind the others of its source.
class PlasticFiller final : public EdgeSink {
public:
    PlasticFiller(DrawnPlasticSynapses& drawn, const SourceCounts& counts, const Site& site,
                  const Slice& slice)
        : drawn_(drawn),
          counts_(counts),
          slice_(slice),
          values_(*slice.plan, site.model.seed, site.model.dt_ms),
          next_(drawn.first.begin(), drawn.first.end() - 1) {
        drawn.target.resize(drawn.first.back());
        if (slice.plan->contacts) drawn.entry.resize(drawn.first.back());
        drawn.weight.reserve(drawn.first.back() + PlasticStore::kRoom);
        drawn.weight.resize(drawn.first.back());
        drawn.same_delay = static_cast<std::uint32_t>(slice.plan->shortest_delay);
        if (slice.plan->shortest_delay != slice.plan->longest_delay) {
            drawn.delay.resize(drawn.first.back());
        }
    }

    void take(std::span<const Edge> edges) override {
        for (; edges.size() > EdgeValues::kBatch; edges = edges.subspan(EdgeValues::kBatch)) {
            take(edges.first(EdgeValues::kBatch));
        }
        values_.look_at(edges);
        const Projection& projection = *slice_.plan->projection;
        if (slice_.plan->contacts) sites_.look_at(*slice_.plan->contacts, edges);
        for (std::size_t i = 0; i < edges.size(); ++i) {
            const std::int64_t source = projection.source.at(edges[i].source);
            const std::int64_t target = projection.target.at(edges[i].target);
            put(i, next_[counts_.number_of(source)],
                static_cast<std::uint32_t>(target - slice_.first_neuron));
        }
    }

private:
    /// @param[in,out] next  where the source's next synapse goes
    void put(std::size_t i, std::uint64_t& next, std::uint32_t local) {
        const std::uint64_t first = next;
        next += slice_.plan->contacts_each();
        if (slice_.plan->contacts) {
            std::uint64_t at = first;
            for (const std::int32_t site : sites_.of(i)) {
                drawn_.entry[at++] = slice_.entry_of(local, site);
            }
        }
        for (std::uint64_t at = first; at < next; ++at) {
            drawn_.target[at] = local;
            drawn_.weight[at] = values_.weight(i);
            if (!drawn_.delay.empty()) {
                drawn_.delay[at] = static_cast<std::uint32_t>(values_.delay(i));
            }
        }
    }

    DrawnPlasticSynapses& drawn_;
    const SourceCounts& counts_;
    const Slice& slice_;
    EdgeValues values_;
    EdgeSites sites_;
    std::vector<std::uint64_t> next_;
};

PlasticStore build_store(const Site& site, const Slice& slice, PresentSources& present) {
    const Projection& projection = *slice.plan->projection;
    const Population& sources =
        site.model.populations[static_cast<std::size_t>(projection.source.population)];
    SourceCounts counts(projection.source, sources.size, slice.expected());
    slice.plan->rule->generate(slice.begin, slice.end, counts);
    DrawnPlasticSynapses drawn;
    drawn.first = counts.finish(slice.plan->contacts_each());
    PlasticFiller filler(drawn, counts, site, slice);
    slice.plan->rule->generate(slice.begin, slice.end, filler);

    present.source = counts.present();
    present.run.resize(present.source.size());
    std::iota(present.run.begin(), present.run.end(), std::uint64_t{0});
    const PlasticPlan& plastic = *slice.plan->plastic;
    return {drawn,
            {.rule = plastic.info->make(*projection.plasticity,
                                        {.dt_ms = site.model.dt_ms, .initial = plastic.initial}),
             .dendritic_delay = projection.dendritic_delay,
             .target_neurons = slice.neurons,
             .grid = slice.plan->weight_grid,
             .negative = plastic.negative,
             .dt_ms = site.model.dt_ms}};
}

}  // namespace

PlasticProjection::PlasticProjection(const Site& site, const Slice& slice, std::size_t projection,
                                     PresentSources& present)
    : projection_(projection),
      target_population_(slice.plan->projection->target.population),
      first_neuron_(slice.first_neuron),
      target_neurons_(slice.neurons),
      row_(slice.row),
      store_(build_store(site, slice, present)) {
    sources_ = present.source;
}

namespace {

class StateOfGroup final : public LocalState {
public:
    /// @param compartments  by site; empty for points
    StateOfGroup(const NeuronGroup& group, int variable, std::span<const std::int32_t> compartments)
        : group_(group),
          variable_(static_cast<std::size_t>(variable)),
          compartments_(compartments) {}

    double at(std::uint32_t target, std::uint32_t entry) const override {
        if (compartments_.empty()) return group_.state(variable_, target);
        const std::size_t site = site_of_entry(entry, target, group_.size(), compartments_.size());
        return group_.state_at(variable_, target, compartments_[site]);
    }

private:
    const NeuronGroup& group_;
    std::size_t variable_;
    std::span<const std::int32_t> compartments_;
};

}  // namespace

void PlasticProjection::set_targets(const ProjectionPlan& plan, const CellType* cell,
                                    const NeuronGroup& group) {
    const int variable = plan.plastic->local_state;
    if (variable < 0) return;
    std::span<const std::int32_t> compartments;
    if (plan.contacts) {
        compartments = cell->sites(static_cast<std::size_t>(plan.projection->receptor));
    }
    store_.read_local(std::make_unique<StateOfGroup>(group, variable, compartments));
}

// The store's order is by source and delay: counting by target is all that is left to sort.
std::vector<std::uint64_t> PlasticProjection::starts() const {
    std::vector<std::uint64_t> starts(target_neurons_ + 1, 0);
    store_.for_each([&](std::size_t, std::uint32_t target, Step, double) { ++starts[target + 1]; });
    std::partial_sum(starts.begin(), starts.end(), starts.begin());
    return starts;
}

void PlasticProjection::add_to(Digest& digest, std::uint64_t name_hash) const {
    store_.for_each([&](std::size_t run, std::uint32_t target, Step delay, double weight) {
        const std::uint64_t source = scramble(static_cast<std::uint64_t>(sources_[run]));
        digest.add(name_hash ^ static_cast<std::uint64_t>(delay),
                   source ^ static_cast<std::uint64_t>(first_neuron_ + target),
                   std::bit_cast<std::uint64_t>(weight));
    });
}

}  // namespace volley
