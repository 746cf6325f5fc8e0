#include "network/connectome/worker_connectome.hpp"

#include "core/neurons/neuron_model.hpp"
#include "network/connectome/cache_size.hpp"
#include "network/connectome/drawn_synapses.hpp"
#include "network/connectome/edge_values.hpp"
#include "network/connectome/slice.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <numeric>
#include <optional>
#include <string>

namespace volley {

namespace {

/// Rows are cut into at most this many parts that 16 bits can count; beyond, segments would become
/// short and indices take 32 bits.
constexpr std::uint32_t kMostParts = 4;
constexpr std::uint32_t kPart = std::uint32_t{1} << 16;

/// How the synapses of one source population are stored on a worker.
class Layout {
public:
    Layout(std::span<const Slice> slices, SynapseStore& store) {
        using Form = SynapseGroup::Form;
        const auto by_row = [](const Slice& a, const Slice& b) { return a.row < b.row; };
        first_row_ = std::min_element(slices.begin(), slices.end(), by_row)->row;
        std::uint32_t last_row = 0;
        bool coarse = true;
        bool equal = true;
        for (const Slice& slice : slices) {
            last_row = std::max(last_row, slice.row_end);
            coarse = coarse && slice.plan->coarse_weights;
            equal = equal && is_constant(*slice.plan) &&
                    stored_weight(*slice.plan) == stored_weight(*slices.front().plan);
        }
        const std::uint32_t rows = last_row - first_row_;
        const std::uint32_t parts = (rows + kPart - 1) / kPart;
        fits16_ = parts <= kMostParts && (coarse || equal);
        if (parts <= kMostParts) {
            part_ = (rows + parts - 1) / parts;
        } else {
            part_ = rows;
        }
        SynapseGroup like;
        if (equal) {
            like.form = fits16_ ? Form::index16 : Form::index32;
            like.weight = stored_weight(*slices.front().plan);
        } else {
            like.form = fits16_ ? Form::weighted16 : Form::weighted32;
        }
        for (const Slice& slice : slices) {
            std::vector<std::uint32_t>& places = places_.emplace_back();
            for (std::uint32_t start = first_row_; start < last_row; start += part_) {
                like.row_start = like.form == Form::weighted32 ? 0 : start;
                if (like.form == Form::weighted16) {
                    like.shift = static_cast<std::uint8_t>(slice.plan->weight_shift);
                }
                const std::uint32_t group = store.add_group(like);
                const auto known = std::find(groups_.begin(), groups_.end(), group);
                places.push_back(static_cast<std::uint32_t>(known - groups_.begin()));
                if (known == groups_.end()) {
                    groups_.push_back(group);
                    chosen_.push_back(store.group(group));
                }
                fits16_ = fits16_ && store.group(group).form == like.form;
            }
        }
    }

    bool fits16() const { return fits16_; }
    const std::vector<std::uint32_t>& groups() const { return groups_; }
    /// By part of the rows, for synapses of one slice.
    std::span<const std::uint32_t> places(std::size_t slice) const { return places_[slice]; }
    std::uint32_t first_row() const { return first_row_; }
    std::uint32_t part() const { return part_; }
    const SynapseGroup& chosen(std::uint32_t place) const { return chosen_[place]; }

private:
    static bool is_constant(const ProjectionPlan& plan) {
        return plan.weight.lowest() == plan.weight.highest();
    }
    static std::int32_t stored_weight(const ProjectionPlan& plan) {
        const auto weight = static_cast<std::uint32_t>(plan.on_grid(plan.weight.lowest()));
        return static_cast<std::int32_t>(weight << plan.weight_shift);
    }

    std::uint32_t first_row_ = 0;
    std::uint32_t part_ = 1;
    bool fits16_ = false;
    std::vector<std::uint32_t> groups_;               ///< the store's numbers
    std::vector<SynapseGroup> chosen_;                ///< what they stand for
    std::vector<std::vector<std::uint32_t>> places_;  ///< [slice][part]: index into groups_
};

/// Draws weight and delay of every synapse and collects it.
template <class Entry>
class Filler final : public EdgeSink {
public:
    Filler(DrawnSynapses<Entry>& drawn, const Layout& layout) : drawn_(drawn), layout_(layout) {}

    void set_slice(const Slice& slice, std::size_t number, std::uint64_t seed, double dt_ms) {
        slice_ = &slice;
        places_ = layout_.places(number);
        values_ = EdgeValues(*slice.plan, seed, dt_ms);
        // A constant is converted once.
        const ProjectionPlan& plan = *slice.plan;
        const auto same = static_cast<std::int32_t>(plan.on_grid(plan.weight.lowest()));
        if (plan.weight.lowest() == plan.weight.highest()) weight_.fill(same);
    }

    void take(std::span<const Edge> edges) override {
        for (; edges.size() > EdgeValues::kBatch; edges = edges.subspan(EdgeValues::kBatch)) {
            take(edges.first(EdgeValues::kBatch));
        }
        values_.look_at(edges);
        find_weights(edges.size());
        if (slice_->plan->contacts) return put_contacts(edges);
        const Selection& targets = slice_->plan->projection->target;
        const std::int64_t to_row =
            std::int64_t{slice_->row} - layout_.first_row() - slice_->first_neuron;
        for (std::size_t i = 0; i < edges.size(); ++i) {
            put(edges[i], i, static_cast<std::uint32_t>(targets.at(edges[i].target) + to_row));
        }
    }

private:
    /// @param entry  in the rows, from first_row() on
    void put(const Edge& edge, std::size_t i, std::uint32_t entry) {
        std::size_t part = 0;
        for (; entry >= layout_.part(); entry -= layout_.part()) ++part;
        const std::uint32_t place = places_[part];
        const SynapseGroup& group = layout_.chosen(place);
        std::int32_t weight = weight_[i];
        if (group.form == SynapseGroup::Form::weighted32) {
            entry += layout_.first_row() + static_cast<std::uint32_t>(part) * layout_.part();
            weight = static_cast<std::int32_t>(static_cast<std::uint32_t>(weight)
                                               << slice_->plan->weight_shift);
        }
        drawn_.put(slice_->plan->projection->source.at(edge.source), place, entry, weight,
                   values_.delay(i));
    }

    void put_contacts(std::span<const Edge> edges) {
        const Selection& targets = slice_->plan->projection->target;
        sites_.look_at(*slice_->plan->contacts, edges);
        for (std::size_t i = 0; i < edges.size(); ++i) {
            const auto local =
                static_cast<std::size_t>(targets.at(edges[i].target) - slice_->first_neuron);
            for (const std::int32_t site : sites_.of(i)) {
                put(edges[i], i, slice_->row - layout_.first_row() + slice_->entry_of(local, site));
            }
        }
    }

    void find_weights(std::size_t count) {
        const ProjectionPlan& plan = *slice_->plan;
        if (plan.weight.lowest() == plan.weight.highest()) return;
        for (std::size_t i = 0; i < count; ++i) {
            weight_[i] =
                plan.weight_levels
                    ? static_cast<std::int32_t>(plan.weight_levels->at(values_.weight_bits(i)))
                    : plan.on_grid(values_.weight(i));
        }
    }

    DrawnSynapses<Entry>& drawn_;
    const Layout& layout_;
    const Slice* slice_ = nullptr;
    std::span<const std::uint32_t> places_;
    EdgeValues values_;
    EdgeSites sites_;
    std::array<std::int32_t, EdgeValues::kBatch> weight_{};
};

/// The part of a projection that ends on a worker; nothing where none of its targets is there.
std::optional<Slice> slice_of(const Site& site, const ProjectionPlan& projection,
                              const WorkerConnectome& connectome) {
    const Selection& targets = projection.projection->target;
    const Block block = site.partition.of_worker(targets.population, site.worker);
    const std::int64_t begin = targets.position_of(block.begin);
    const std::int64_t end = targets.position_of(block.end);
    if (begin >= end) return std::nullopt;
    const auto receptor = static_cast<std::size_t>(projection.projection->receptor);
    const auto row = static_cast<std::uint32_t>(
        connectome.row_start[static_cast<std::size_t>(targets.population)][receptor]);
    const auto neurons = static_cast<std::size_t>(block.size());
    const std::size_t sites =
        projection.contacts
            ? neuron_model(site.model.populations[static_cast<std::size_t>(targets.population)])
                  .receptors[receptor]
                  .sites
            : 0;
    return Slice{.plan = &projection,
                 .begin = begin,
                 .end = end,
                 .row = row,
                 .row_end = row + static_cast<std::uint32_t>(
                                      sites == 0 ? neurons : row_entries(neurons, sites)),
                 .first_neuron = block.begin,
                 .neurons = neurons,
                 .sites = sites};
}

/// The slices of all static projections from one population onto a worker.
std::vector<Slice> slices_of(const Site& site, std::int32_t source,
                             const WorkerConnectome& connectome) {
    std::vector<Slice> slices;
    for (const ProjectionPlan& projection : site.plan.projections()) {
        if (projection.plastic || projection.projection->source.population != source) continue;
        if (const auto slice = slice_of(site, projection, connectome)) slices.push_back(*slice);
    }
    return slices;
}

/// Draws the plastic projections, each into a store of its own.
void build_plastic(const Site& site, WorkerConnectome& connectome,
                   std::vector<std::vector<PresentSources>>& present) {
    connectome.plastic_onto.resize(site.model.populations.size());
    const std::vector<ProjectionPlan>& projections = site.plan.projections();
    for (std::size_t p = 0; p < projections.size(); ++p) {
        if (!projections[p].plastic) continue;
        const auto slice = slice_of(site, projections[p], connectome);
        if (!slice) continue;
        if (connectome.plastic.size() + 1 >= std::size_t{1} << Route::kStoreBits) {
            throw ConfigError(projections[p].projection->where, "one plastic projection too many",
                              fmt::format("at most {} in a network", (1 << Route::kStoreBits) - 1));
        }
        PresentSources sources;
        connectome.plastic.emplace_back(site, *slice, p, sources);
        sources.store = static_cast<std::uint32_t>(connectome.plastic.size());
        const Projection& projection = *projections[p].projection;
        const auto target = static_cast<std::size_t>(projection.target.population);
        connectome.plastic_onto[target].push_back(connectome.plastic.size() - 1);
        present[static_cast<std::size_t>(projection.source.population)].push_back(
            std::move(sources));
    }
}

template <class Entry>
PresentSources draw(const Site& site, std::span<const Slice> slices, const DrawnRange& range,
                    const Layout& layout, ChunkPool& pool, SynapseStore& store) {
    DrawnSynapses<Entry> drawn(pool, range, layout.groups());
    Filler<Entry> filler(drawn, layout);
    for (std::size_t s = 0; s < slices.size(); ++s) {
        filler.set_slice(slices[s], s, site.model.seed, site.model.dt_ms);
        slices[s].plan->rule->generate(slices[s].begin, slices[s].end, filler);
    }
    return drawn.move_to(store);
}

/// Draws all synapses of one source population.
PresentSources build_population(const Site& site, std::int32_t source,
                                std::span<const Slice> slices, ChunkPool& pool,
                                SynapseStore& store) {
    const Layout layout(slices, store);
    DrawnRange range;
    range.sources = site.model.populations[static_cast<std::size_t>(source)].size;
    range.groups = static_cast<std::uint32_t>(layout.groups().size());
    range.shortest_delay = slices.front().plan->shortest_delay;
    range.fits16 = layout.fits16();
    for (const Slice& slice : slices) {
        range.expected += slice.expected();
        range.shortest_delay = std::min(range.shortest_delay, slice.plan->shortest_delay);
        range.longest_delay = std::max(range.longest_delay, slice.plan->longest_delay);
    }
    return range.narrow() ? draw<NarrowSynapse>(site, slices, range, layout, pool, store)
                          : draw<WideSynapse>(site, slices, range, layout, pool, store);
}

/// Ring buffers win where they stay in the L2 cache, or where segments are nearly empty.
bool spreads(const SynapseStore::Facts& facts, Delivery delivery, std::size_t rows_length) {
    if (delivery != Delivery::automatic) return delivery == Delivery::ring;
    const std::size_t ring_bytes =
        rows_length * std::bit_ceil(static_cast<std::size_t>(facts.longest_delay) + 1) *
        sizeof(std::int32_t);
    if (ring_bytes <= cache_size() / 2) return true;
    // A segment of less than a cache line costs as much as the misses it saves; but a ring beyond
    // memory's reach (a few very long delays) costs more.
    const bool nearly_empty = facts.synapses < 2 * facts.segments;
    return nearly_empty && ring_bytes <= (std::size_t{64} << 20);
}

}  // namespace

WorkerConnectome build_worker(const Model& model, const ConnectionPlan& plan,
                              const Partition& partition, int worker, Delivery delivery,
                              std::vector<std::vector<PresentSources>>& present) {
    const Site site{.model = model, .plan = plan, .partition = partition, .worker = worker};
    WorkerConnectome connectome;
    connectome.lay_out_rows(model, partition, worker);

    // The largest first: what they need beside the result is then taken while the result is small.
    const std::size_t populations = model.populations.size();
    std::vector<std::vector<Slice>> slices;
    std::vector<double> synapses;
    for (std::size_t p = 0; p < populations; ++p) {
        slices.push_back(slices_of(site, static_cast<std::int32_t>(p), connectome));
        double sum = 0.0;
        for (const Slice& slice : slices.back()) sum += slice.expected();
        synapses.push_back(sum);
    }
    std::vector<std::size_t> order(populations);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return synapses[a] > synapses[b]; });

    connectome.synapses.reserve(std::accumulate(synapses.begin(), synapses.end(), 0.0));
    present.assign(populations, {});
    ChunkPool pool;
    Step longest_in_ring = 0;
    for (const std::size_t source : order) {
        if (slices[source].empty()) continue;
        pool.reset(synapses[source] * sizeof(NarrowSynapse));
        PresentSources sources = build_population(site, static_cast<std::int32_t>(source),
                                                  slices[source], pool, connectome.synapses);
        if (sources.source.empty()) continue;
        const SynapseStore::Facts facts = connectome.synapses.recent();
        sources.spreads = spreads(facts, delivery, connectome.rows.length());
        ++(sources.spreads ? connectome.spread : connectome.held_back);
        if (sources.spreads) longest_in_ring = std::max(longest_in_ring, facts.longest_delay);
        present[source].push_back(std::move(sources));
    }
    connectome.synapses.finish();
    pool.reset(0.0);
    build_plastic(site, connectome, present);
    // A ring holds what arrives at the next `longest` steps; without one a single row does.
    connectome.rows.allocate(static_cast<std::size_t>(longest_in_ring) + 1);
    return connectome;
}

Step WorkerConnectome::shortest_delay(const Route& route) const {
    if (route.store() == 0) return synapses.shortest_delay(route.run());
    return plastic[route.store() - 1].store().shortest_delay(route.run());
}

std::int64_t WorkerConnectome::number_of_synapses() const {
    std::int64_t sum = synapses.facts().synapses;
    for (const PlasticProjection& each : plastic) {
        sum += static_cast<std::int64_t>(each.store().synapses());
    }
    return sum;
}

std::size_t WorkerConnectome::bytes() const {
    std::size_t sum = rows.bytes() + synapses.facts().bytes;
    for (const PlasticProjection& each : plastic) sum += each.bytes();
    return sum;
}

void WorkerConnectome::lay_out_rows(const Model& model, const Partition& partition, int worker) {
    // Receptor by receptor: the targets of a source mostly share one, and lie close together then.
    row_start.resize(model.populations.size());
    for (std::size_t receptor = 0, found = 1; found > 0; ++receptor) {
        found = 0;
        for (std::size_t p = 0; p < model.populations.size(); ++p) {
            const NeuronModel& neuron = neuron_model(model.populations[p]);
            if (receptor >= neuron.receptors.size()) continue;
            ++found;
            const auto neurons = static_cast<std::size_t>(
                partition.of_worker(static_cast<std::int32_t>(p), worker).size());
            const std::size_t sites = neuron.receptors[receptor].sites;
            // Cells with dendrites have many places, and often receptors for stimuli alone.
            if (sites > 0 && !is_projected_onto(model, static_cast<std::int32_t>(p),
                                                static_cast<std::int32_t>(receptor))) {
                row_start[p].push_back(kNoRow);
                continue;
            }
            row_start[p].push_back(rows.add(sites == 0 ? neurons : row_entries(neurons, sites)));
        }
    }
    // A synapse holds an index into the rows.
    if (rows.length() > std::numeric_limits<std::uint32_t>::max()) {
        throw ConfigError(
            "populations",
            fmt::format("{} places of input on one thread of one rank", rows.length()),
            "fewer than 2^32: use more ranks or threads, or receptors on fewer compartments");
    }
}

}  // namespace volley
