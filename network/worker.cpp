#include "network/worker.hpp"

#include "core/cable/cell_type.hpp"
#include "core/neurons/neuron_model.hpp"
#include "core/ticks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <string>

namespace volley {

namespace {

const double* data_or_null(const AlignedVector<double>& sums) {
    return sums.empty() ? nullptr : sums.data();
}

std::int32_t part_of_step(float fraction) {
    const double nearest = std::floor(double{fraction} * kPartsOfStep + 0.5);
    return std::clamp(static_cast<std::int32_t>(nearest), 1, kPartsOfStep);
}

}  // namespace

Worker::Worker(const Context& context)
    : model_(context.model),
      plan_(context.plan),
      partition_(context.partition),
      connectome_(context.connectome),
      synapses_(context.connectome.workers[static_cast<std::size_t>(context.thread)]),
      gap_junctions_(context.gap_junctions),
      rank_(context.rank),
      thread_(context.thread) {
    const auto populations = static_cast<std::int32_t>(model_.populations.size());
    std::int64_t place = 0;
    for (std::int32_t p = 0; p < populations; ++p) {
        Share& share = shares_.emplace_back(make_share(p));
        share.first_place = place;
        share.first_of_rank = partition_.of_rank(p, rank_).begin;
        place += partition_.of_rank(p, rank_).size();
    }
    for (const Selection& selection : model_.recorded_spikes) {
        Share& share = shares_[static_cast<std::size_t>(selection.population)];
        const Population& population =
            model_.populations[static_cast<std::size_t>(selection.population)];
        share.recorded.push_back(&selection);
        if (selection.size() == population.size) share.records_all = true;
        share.interpolates = model_.interpolated_spikes;
    }
    add_traces();
    add_peak_watches();
    add_extracellular();
    for (auto& mail : mail_) mail.resize(static_cast<std::size_t>(partition_.threads()));
    for (Recordings& recordings : recordings_) {
        recordings.spikes.resize(shares_.size());
        recordings.traces.resize(traces_.size());
    }
}

Worker::Share Worker::make_share(std::int32_t p) {
    const Population& population = model_.populations[static_cast<std::size_t>(p)];
    const NeuronModel& neuron = neuron_model(population);
    Share share;
    share.block = partition_.of_worker(p, rank_ * partition_.threads() + thread_);
    share.name_hash = hash_name(population.name);
    share.row_start = synapses_.row_start[static_cast<std::size_t>(p)];
    const std::size_t receptors = neuron.receptors.size();
    share.rows.resize(receptors);
    for (std::size_t r = 0; r < receptors; ++r) share.grid.push_back(plan_.grid(p, r));
    if (share.block.size() == 0) return share;
    share.group = neuron.make_group({.population = population.name,
                                     .dt_ms = model_.dt_ms,
                                     .seed = model_.seed,
                                     .first = share.block.begin,
                                     .size = static_cast<std::size_t>(share.block.size()),
                                     .single_precision = population.single_precision,
                                     .parameters = &population.parameters,
                                     .initial = &population.initial,
                                     .receptors = population.receptors,
                                     .cell = population.cell.get()});
    share.drives = GroupDrives(model_, p, share.block);
    for (const std::size_t k : synapses_.plastic_onto[static_cast<std::size_t>(p)]) {
        PlasticProjection& plastic = synapses_.plastic[k];
        plastic.set_targets(plan_.projections()[plastic.projection()], population.cell.get(),
                            *share.group);
    }
    if (gap_junctions_ != nullptr && gap_junctions_->couples(p)) {
        share.gap_junctions = true;
        share.drives.make_room_at_soma(neuron.takes_conductance);
    }
    return share;
}

void Worker::add_traces() {
    for (const TraceRequest& request : model_.traces) {
        const auto p = static_cast<std::size_t>(request.target.population);
        const Population& population = model_.populations[p];
        const NeuronModel& neuron = neuron_model(population);
        Trace trace{.request = &request,
                    .local = {},
                    .variables = {},
                    .cell = population.cell.get(),
                    .target_hash = hash_name(population.name)};
        const Block block = shares_[p].block;
        const std::int64_t end = request.target.position_of(block.end);
        for (std::int64_t k = request.target.position_of(block.begin); k < end; ++k) {
            trace.local.push_back(static_cast<std::size_t>(request.target.at(k) - block.begin));
        }
        for (const std::string& variable : request.variables) {
            trace.variables.push_back(static_cast<std::size_t>(neuron.state_index(variable)));
        }
        traces_.push_back(std::move(trace));
    }
}

void Worker::add_peak_watches() {
    for (std::size_t r = 0; r < model_.peaks.size(); ++r) {
        const PeakRequest& request = model_.peaks[r];
        const auto p = static_cast<std::size_t>(request.population);
        const Block block = shares_[p].block;
        if (request.neuron < block.begin || request.neuron >= block.end) continue;
        peaks_.push_back({.request = r,
                          .population = p,
                          .watch = PeakWatch(*model_.populations[p].cell,
                                             static_cast<std::size_t>(request.neuron - block.begin),
                                             model_.dt_ms)});
    }
}

void Worker::add_extracellular() {
    if (model_.extracellular.empty()) return;
    std::vector<Block> blocks;
    for (const Share& share : shares_) blocks.push_back(share.block);
    extracellular_ = ExtracellularRecording(model_, blocks);
}

void Worker::add_peaks(std::span<std::vector<std::int64_t>> bits) const {
    for (const Peaks& peaks : peaks_) {
        std::vector<std::int64_t>& sum = bits[peaks.request];
        const std::vector<double>& values = peaks.watch.values();
        for (std::size_t k = 0; k < values.size(); ++k) {
            sum[k] = std::bit_cast<std::int64_t>(values[k]);
        }
    }
}

void Worker::advance(Step now, Step epoch_begin, int parity, SpikeExchange& exchange,
                     std::span<const std::vector<double>> mean_fields) {
    const Step time = now + 1;
    const std::uint64_t start = ticks();
    apply_schedule(now);
    deliver(time);
    spent(Phase::deliver, ticks() - start);

    const bool samples_outside = extracellular_.begin_sample(time, parity);
    std::int32_t* const row = synapses_.rows.at(time);
    for (std::size_t p = 0; p < shares_.size(); ++p) {
        Share& share = shares_[p];
        if (!share.group) continue;
        const std::uint64_t begun = ticks();
        share.drives.run(now);
        if (share.gap_junctions) add_gap_junctions(now, static_cast<std::int32_t>(p), share);
        const std::uint64_t driven = ticks();
        for (std::size_t r = 0; r < share.rows.size(); ++r) {
            const std::size_t first = share.row_start[r];
            share.rows[r] = first == WorkerConnectome::kNoRow ? nullptr : row + first;
        }
        const GroupDrives::Electrodes& at_soma = share.drives.at_soma();
        fired_.clear();
        crossings_.clear();
        const GroupInput input{.rows = share.rows,
                               .grid = share.grid,
                               .current = data_or_null(at_soma.current),
                               .conductance = data_or_null(at_soma.conductance),
                               .held_mV = data_or_null(at_soma.held_mV),
                               .events = share.drives.events(),
                               .site_events = share.drives.site_events(),
                               .placed = share.drives.placed(),
                               .mean_field = mean_fields[p],
                               .crossings = share.interpolates ? &crossings_ : nullptr};
        if (!share.group->advance(now, input, fired_)) {
            throw SystemError(fmt::format(
                "the summed input of a neuron of {} left the range of 32-bit integers at {} ms: "
                "far more spikes arrive in one step than the model's in-degrees and weights allow "
                "for; look for sources that send many spikes a step",
                model_.populations[p].name, to_ms(time, model_.dt_ms)));
        }
        const std::uint64_t advanced = ticks();
        for (std::size_t k = 0; k < fired_.size(); ++k) {
            const std::int32_t part =
                k < crossings_.size() ? part_of_step(crossings_[k]) : kPartsOfStep;
            emit(share, static_cast<std::int32_t>(p),
                 {.local = fired_[k], .time = {.step = time, .part = part}}, epoch_begin, parity,
                 exchange);
        }
        if (share.gap_junctions) {
            gap_junctions_->publish(thread_, static_cast<std::int32_t>(p), *share.group, fired_,
                                    time);
        }
        spent(Phase::background, driven - begun);
        spent(Phase::update, advanced - driven);
        const std::uint64_t packed = ticks();
        spent(Phase::pack, packed - advanced);
        if (samples_outside) {
            extracellular_.add(p, *share.group, input, parity);
            spent(Phase::record, ticks() - packed);
        }
    }
    if (!traces_.empty() || !peaks_.empty()) {
        const std::uint64_t updated = ticks();
        sample_traces(time, parity);
        if (time > model_.warm_up) {
            for (Peaks& peaks : peaks_) peaks.watch.sample(*shares_[peaks.population].group, time);
        }
        spent(Phase::record, ticks() - updated);
    }
}

void Worker::start_gap_junctions() {
    for (std::size_t p = 0; p < shares_.size(); ++p) {
        if (!shares_[p].gap_junctions) continue;
        gap_junctions_->publish(thread_, static_cast<std::int32_t>(p), *shares_[p].group, {}, 0);
    }
}

void Worker::deliver(Step time) {
    synapses_.synapses.deliver(time, synapses_.rows);
    for (PlasticProjection& plastic : synapses_.plastic) {
        if (plastic.deliver(time, synapses_.rows.at(time))) continue;
        const ProjectionPlan& plan = plan_.projections()[plastic.projection()];
        throw SystemError(fmt::format(
            "a weight of the plastic projection {} grew beyond {} at {} ms, more than sums of "
            "input were laid out for: give its \"plasticity\" an upper limit w_max",
            plan.projection->name, plan.plastic->largest_weight, to_ms(time, model_.dt_ms)));
    }
}

void Worker::finish() {
    for (PlasticProjection& plastic : synapses_.plastic) {
        plastic.store().catch_up();
        const std::string& name = plan_.projections()[plastic.projection()].projection->name;
        plastic.add_to(weight_digest_, hash_name(name));
    }
}

void Worker::apply_schedule(Step now) {
    for (; next_change_ < model_.schedule.size() && model_.schedule[next_change_].at <= now;
         ++next_change_) {
        const ScheduledChange& change = model_.schedule[next_change_];
        const auto index = static_cast<std::size_t>(change.index);
        if (change.kind == ScheduledChange::Kind::population) {
            if (shares_[index].group)
                shares_[index].group->set_parameter(change.parameter, change.value);
            continue;
        }
        shares_[static_cast<std::size_t>(model_.stimuli[index].target.population)].drives.set(
            index, change.parameter, change.value);
    }
}

void Worker::add_gap_junctions(Step now, std::int32_t population, Share& share) {
    GroupDrives::Electrodes& at_soma = share.drives.at_soma();
    gap_junctions_->add(thread_, population, now, at_soma.current, at_soma.conductance);
}

void Worker::emit(Share& share, std::int32_t population, Fired fired, Step epoch_begin, int parity,
                  SpikeExchange& exchange) {
    const auto [time, part] = fired.time;
    const std::int64_t neuron = share.block.begin + fired.local;
    ++share.spikes;
    const Step instant = share.interpolates ? (time - 1) * kPartsOfStep + part : time;
    spike_digest_.add(share.name_hash, static_cast<std::uint64_t>(neuron),
                      static_cast<std::uint64_t>(instant));
    const auto recorded_by = [&](const Selection* selection) {
        return selection->contains(neuron);
    };
    if (share.records_all ||
        std::any_of(share.recorded.begin(), share.recorded.end(), recorded_by)) {
        recorded_spikes(static_cast<std::size_t>(population), parity)
            .push_back({.step = time, .neuron = neuron, .part = part});
    }
    for (const std::size_t k : synapses_.plastic_onto[static_cast<std::size_t>(population)]) {
        synapses_.plastic[k].post_spike(fired.local, time);
    }
    forward(population, neuron, time, parity);
    exchange.post(thread_, share.first_place + neuron - share.first_of_rank,
                  time - epoch_begin - 1);
}

void Worker::forward(std::int32_t population, std::int64_t neuron, Step time, int parity) {
    auto& mail = mail_[static_cast<std::size_t>(parity)];
    for (const Route& route : connectome_.routes[static_cast<std::size_t>(population)].of(neuron)) {
        mail[route.thread()].push_back({.route = route, .time = time});
    }
}

void Worker::take_mail(std::span<const std::unique_ptr<Worker>> senders, int parity) {
    const std::uint64_t start = ticks();
    for (const auto& sender : senders) {
        auto& mail =
            sender->mail_[static_cast<std::size_t>(parity)][static_cast<std::size_t>(thread_)];
        synapses_.spikes_arrive(mail);
        mail.clear();
    }
    spent(Phase::deliver, ticks() - start);
}

void Worker::sample_traces(Step time, int parity) {
    for (std::size_t t = 0; t < traces_.size(); ++t) {
        const Trace& trace = traces_[t];
        if (time % trace.request->interval != 0 || trace.local.empty()) continue;
        std::vector<double>& values = recorded_trace(t, parity);
        for (const std::size_t neuron : trace.local) sample(trace, neuron, time, values);
    }
}

void Worker::sample(const Trace& trace, std::size_t neuron, Step time,
                    std::vector<double>& values) {
    const Share& share = shares_[static_cast<std::size_t>(trace.request->target.population)];
    const std::vector<std::int32_t>& compartments = trace.request->compartments;
    const std::uint64_t when = scramble(static_cast<std::uint64_t>(share.block.begin) + neuron) ^
                               static_cast<std::uint64_t>(time);
    const auto keep = [&](std::size_t v, std::uint64_t place, double value) {
        values.push_back(value);
        trace_digest_.add(trace.target_hash ^ hash_name(trace.request->variables[v]) ^ place, when,
                          std::bit_cast<std::uint64_t>(value));
    };
    for (std::size_t v = 0; compartments.empty() && v < trace.variables.size(); ++v) {
        keep(v, 0, share.group->state(trace.variables[v], neuron));
    }
    for (const std::int32_t compartment : compartments) {
        const std::uint64_t place = scramble(static_cast<std::uint64_t>(compartment));
        for (std::size_t v = 0; v < trace.variables.size(); ++v) {
            const std::size_t variable = trace.variables[v];
            const bool there =
                trace.cell == nullptr || trace.cell->has_state(variable, compartment);
            keep(v, place,
                 there ? share.group->state_at(variable, neuron, compartment)
                       : std::numeric_limits<double>::quiet_NaN());
        }
    }
}

void Worker::add_mean_fields(std::span<std::vector<std::int64_t>> sums) const {
    for (std::size_t p = 0; p < shares_.size(); ++p) {
        if (shares_[p].group && !sums[p].empty()) shares_[p].group->add_mean_fields(sums[p]);
    }
}

std::size_t Worker::bytes() const {
    std::size_t total = 0;
    for (const Share& share : shares_) {
        if (share.group) total += share.group->bytes();
        total += share.drives.bytes();
    }
    return total + extracellular_.bytes();
}

}  // namespace volley
