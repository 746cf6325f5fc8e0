#include "network/connectome/worker_connectome.hpp"

#include "core/neurons/neuron_model.hpp"
#include "core/random/counter_random.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <string>

namespace volley {

namespace {

/// The synapses of one projection that end on a worker: a slice of its targets.
struct Slice {
    const ProjectionPlan* plan;
    std::int64_t begin;  ///< positions in the target selection
    std::int64_t end;
    std::uint32_t row;          ///< where the receptor's row starts
    std::int64_t first_neuron;  ///< of the target population on this worker
    double grid;
};

/// Numbers the sources that occur on this worker, ascending, and counts their synapses. Direct
/// where many of the population occur, else from a sorted list.
class SourceCounts final : public EdgeSink {
public:
    SourceCounts(std::int64_t population_size, double expected_synapses)
        : direct_(static_cast<double>(population_size) <= 8.0 * expected_synapses + 65536.0) {
        if (direct_) counts_.assign(static_cast<std::size_t>(population_size), 0);
    }

    void set_selection(const Selection& selection) { selection_ = &selection; }

    void take(std::span<const Edge> edges) override {
        for (const Edge& edge : edges) {
            const std::int64_t source = selection_->at(edge.source);
            if (direct_) {
                ++counts_[static_cast<std::size_t>(source)];
            } else {
                sources_.push_back(source);
            }
        }
    }

    /// Ends counting: where each source's synapses begin.
    std::vector<std::uint64_t> finish() {
        std::vector<std::uint64_t> first{0};
        if (direct_) {
            std::uint32_t row = 0;
            for (std::size_t source = 0; source < counts_.size(); ++source) {
                const std::uint32_t count = counts_[source];
                if (count == 0) continue;
                first.push_back(first.back() + count);
                present_.push_back(static_cast<std::int64_t>(source));
                counts_[source] = row++;  // from here on: the source's number
            }
        } else {
            std::sort(sources_.begin(), sources_.end());
            for (std::size_t i = 0; i < sources_.size();) {
                std::size_t next = i;
                while (next < sources_.size() && sources_[next] == sources_[i]) ++next;
                present_.push_back(sources_[i]);
                first.push_back(next);
                i = next;
            }
            sources_ = {};
        }
        return first;
    }

    std::size_t number_of(std::int64_t source) const {
        if (direct_) return counts_[static_cast<std::size_t>(source)];
        return static_cast<std::size_t>(std::lower_bound(present_.begin(), present_.end(), source) -
                                        present_.begin());
    }

    std::vector<std::int64_t> take_present() { return std::move(present_); }

private:
    bool direct_;
    const Selection* selection_ = nullptr;
    std::vector<std::uint32_t> counts_;
    std::vector<std::int64_t> sources_;
    std::vector<std::int64_t> present_;
};

/// Draws weight and delay of every synapse and puts it behind the others of its source.
class Filler final : public EdgeSink {
public:
    Filler(DrawnSynapses& drawn, const SourceCounts& counts, WorkerConnectome::Rounding& rounding)
        : drawn_(drawn),
          counts_(counts),
          rounding_(rounding),
          next_(drawn.first.begin(), drawn.first.end() - 1) {
        drawn.target.resize(drawn.first.back());
        drawn.weight.resize(drawn.first.back());
        drawn.delay.resize(drawn.first.back());
    }

    void set_slice(const Slice& slice, std::uint64_t seed, double dt_ms) {
        slice_ = &slice;
        dt_ms_ = dt_ms;
        random_.emplace(seed, "projection/" + slice.plan->projection->name + "/synapse");
        // Constants are converted once.
        fixed_delay_ = ProjectionPlan::steps_of(slice.plan->delay_ms.lowest(), dt_ms);
    }

    void take(std::span<const Edge> edges) override {
        const ProjectionPlan& plan = *slice_->plan;
        const Selection& sources = plan.projection->source;
        const Selection& targets = plan.projection->target;
        const bool draws = plan.weight.needs_random() || plan.delay_ms.needs_random();
        const bool measures = plan.weight.needs_distance() || plan.delay_ms.needs_distance();
        for (const Edge& edge : edges) {
            const std::int64_t source = sources.at(edge.source);
            const std::int64_t target = targets.at(edge.target);
            double for_weight = 0.5;
            double for_delay = 0.5;
            if (draws) {
                const RandomWords words = random_->words(static_cast<std::uint64_t>(edge.target),
                                                         static_cast<std::uint64_t>(edge.ordinal),
                                                         static_cast<std::uint32_t>(edge.copy));
                for_weight = to_uniform(words.first);
                for_delay = to_uniform(words.second);
            }
            double distance = 0.0;
            if (measures) {
                distance =
                    distance_um(plan.source_positions->at(source),
                                plan.target_positions->at(target), plan.source_positions->period());
            }
            const std::uint64_t at = next_[counts_.number_of(source)]++;
            drawn_.target[at] =
                slice_->row + static_cast<std::uint32_t>(target - slice_->first_neuron);
            drawn_.weight[at] = on_grid(plan.weight.at(edge.ordinal, for_weight, distance));
            drawn_.delay[at] = static_cast<std::uint32_t>(
                plan.shortest_delay == plan.longest_delay
                    ? fixed_delay_
                    : ProjectionPlan::steps_of(plan.delay_ms.at(edge.ordinal, for_delay, distance),
                                               dt_ms_));
        }
    }

private:
    std::int32_t on_grid(double weight) {
        const double units = std::nearbyint(weight / slice_->grid);
        if (weight != 0.0) {
            const double error = std::abs(units * slice_->grid - weight) / std::abs(weight);
            rounding_.error_squares += error * error;
            rounding_.largest = std::max(rounding_.largest, error);
            ++rounding_.weights;
        }
        return static_cast<std::int32_t>(units);
    }

    DrawnSynapses& drawn_;
    const SourceCounts& counts_;
    WorkerConnectome::Rounding& rounding_;
    std::vector<std::uint64_t> next_;
    const Slice* slice_ = nullptr;
    double dt_ms_ = 0.1;
    Step fixed_delay_ = 1;
    std::optional<CounterRandom> random_;
};

/// The slices of all projections from one population onto a worker.
std::vector<Slice> slices_of(const ConnectionPlan& plan, const Partition& partition, int worker,
                             std::int32_t source, const WorkerConnectome& connectome) {
    std::vector<Slice> slices;
    for (const ProjectionPlan& projection : plan.projections()) {
        const Selection& targets = projection.projection->target;
        if (projection.projection->source.population != source) continue;
        const Block block = partition.of_worker(targets.population, worker);
        const std::int64_t begin = targets.position_of(block.begin);
        const std::int64_t end = targets.position_of(block.end);
        if (begin >= end) continue;
        const auto receptor = static_cast<std::size_t>(projection.projection->receptor);
        slices.push_back(
            {.plan = &projection,
             .begin = begin,
             .end = end,
             .row = static_cast<std::uint32_t>(
                 connectome.row_start[static_cast<std::size_t>(targets.population)][receptor]),
             .first_neuron = block.begin,
             .grid = plan.grid(targets.population, receptor)});
    }
    return slices;
}

/// Share of a projection's synapses that a slice is expected to hold.
double expected(const Slice& slice) {
    const double targets = static_cast<double>(slice.plan->projection->target.size());
    return slice.plan->rule->expected_synapses() * static_cast<double>(slice.end - slice.begin) /
           targets;
}

}  // namespace

WorkerConnectome build_worker(const Model& model, const ConnectionPlan& plan,
                              const Partition& partition, int worker, Delivery delivery,
                              std::vector<PresentSources>& present) {
    WorkerConnectome connectome;
    const auto populations = static_cast<std::int32_t>(model.populations.size());
    for (std::int32_t p = 0; p < populations; ++p) {
        const auto neurons = static_cast<std::size_t>(partition.of_worker(p, worker).size());
        const auto& name = model.populations[static_cast<std::size_t>(p)].model;
        std::vector<std::size_t>& starts = connectome.row_start.emplace_back();
        for (std::size_t r = 0; r < find_neuron_model(name)->receptors.size(); ++r) {
            starts.push_back(connectome.rows.add(neurons));
        }
    }

    present.assign(static_cast<std::size_t>(populations), {});
    Step longest_in_ring = 0;
    for (std::int32_t source = 0; source < populations; ++source) {
        const std::vector<Slice> slices = slices_of(plan, partition, worker, source, connectome);
        double synapses = 0.0;
        for (const Slice& slice : slices) synapses += expected(slice);

        SourceCounts counts(
            slices.empty() ? 0 : model.populations[static_cast<std::size_t>(source)].size,
            synapses);
        for (const Slice& slice : slices) {
            counts.set_selection(slice.plan->projection->source);
            slice.plan->rule->generate(slice.begin, slice.end, counts);
        }
        DrawnSynapses drawn;
        drawn.first = counts.finish();
        if (drawn.first.back() == 0) {
            connectome.stores.push_back(nullptr);
            continue;
        }
        Filler filler(drawn, counts, connectome.rounding);
        for (const Slice& slice : slices) {
            filler.set_slice(slice, model.seed, model.dt_ms);
            slice.plan->rule->generate(slice.begin, slice.end, filler);
        }
        PresentSources& sources = present[static_cast<std::size_t>(source)];
        connectome.stores.push_back(
            make_synapse_store(drawn, connectome.rows.length(), delivery, sources.run));
        sources.source = counts.take_present();
        const SynapseStore::Facts facts = connectome.stores.back()->facts();
        if (facts.ring) longest_in_ring = std::max(longest_in_ring, facts.longest_delay);
    }
    // A ring holds what arrives at the next `longest` steps; without one a single row does.
    connectome.rows.allocate(static_cast<std::size_t>(longest_in_ring) + 1);
    return connectome;
}

}  // namespace volley
