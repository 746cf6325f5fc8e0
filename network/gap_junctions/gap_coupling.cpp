#include "network/gap_junctions/gap_coupling.hpp"

#include "core/error.hpp"
#include "core/neurons/neuron_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace volley {

namespace {

constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();

std::size_t at(std::int32_t population) { return static_cast<std::size_t>(population); }
std::size_t parity(Step now) { return static_cast<std::size_t>(now & 1); }

template <class T>
std::size_t bytes_of(const std::vector<T>& values) {
    return values.size() * sizeof(T);
}

template <class T>
void sort_unique(std::vector<T>& values) {
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
}

}  // namespace

GapCoupling::GapCoupling(const Model& model, const ConnectionPlan& plan, const Partition& partition,
                         Communicator& ranks)
    : partition_(partition), rank_(ranks.rank()), couples_(model.populations.size(), false) {
    for (const GapJunctions& junctions : model.gap_junctions) {
        couples_[at(junctions.pairs.source.population)] = true;
        couples_[at(junctions.pairs.target.population)] = true;
    }
    const JunctionEnds ends = draw_junctions(model, plan, partition, ranks);
    junctions_ = ends.drawn;
    together(ranks, [&] {
        find_partners(ends.of_worker);
        lay_out_parts(model, ends.of_worker);
        lay_out_exchange(ranks.size(), ends.of_worker);
    });
    exchange_ = ranks.number_exchange(to_each_, from_each_);
}

void GapCoupling::find_partners(std::span<const EndsOfWorker> ends) {
    for (const EndsOfWorker& of_worker : ends) {
        for (const JunctionEnd& end : of_worker) {
            const int home = partition_.rank_of(end.partner.population, end.partner.index);
            if (home != rank_) partners_.push_back({home, end.partner});
        }
    }
    sort_unique(partners_);
}

/// First the neurons, which gives each a slot; then their ends, which refer to slots.
void GapCoupling::lay_out_parts(const Model& model, std::span<const EndsOfWorker> ends) {
    const std::size_t populations = model.populations.size();
    parts_.assign(ends.size(), Parts(populations));
    for (std::size_t t = 0; t < ends.size(); ++t) {
        const int worker = rank_ * partition_.threads() + static_cast<int>(t);
        const NeuronName* last = nullptr;
        for (const JunctionEnd& end : ends[t]) {
            if (last != nullptr && *last == end.neuron) continue;
            last = &end.neuron;
            const Block block = partition_.of_worker(end.neuron.population, worker);
            parts_[t][at(end.neuron.population)].local.push_back(
                static_cast<std::uint32_t>(end.neuron.index - block.begin));
        }
        for (std::size_t p = 0; p < populations; ++p) {
            Part& part = parts_[t][p];
            if (part.local.empty()) continue;
            part.voltage =
                static_cast<std::size_t>(neuron_model(model.populations[p]).state_index("V_m"));
            part.first_slot = slots_here_;
            part.previous_mV.assign(part.local.size(), kNothing);
            slots_here_ += part.local.size();
        }
    }
    if (slots_here_ + partners_.size() > std::numeric_limits<std::uint32_t>::max()) {
        throw ConfigError("gap_junctions",
                          fmt::format("{} coupled neurons on one rank and around it",
                                      slots_here_ + partners_.size()),
                          "less than 2^32: use more ranks");
    }
    for (auto& potentials : potentials_) potentials.assign(slots_here_ + partners_.size(), 0.0);
    for (std::size_t t = 0; t < ends.size(); ++t) {
        for (const JunctionEnd& end : ends[t]) {
            Part& part = parts_[t][at(end.neuron.population)];
            const std::size_t slot = slot_of(end.neuron) - part.first_slot;
            while (part.begin.size() <= slot) part.begin.push_back(part.partner.size());
            part.partner.push_back(slot_of(end.partner));
            part.conductance.push_back(end.conductance);
        }
        for (Part& part : parts_[t]) finish(part);
    }
}

void GapCoupling::finish(Part& part) {
    part.begin.push_back(part.partner.size());
    for (std::size_t k = 0; k < part.local.size(); ++k) {
        double sum = 0.0;
        for (std::size_t e = part.begin[k]; e < part.begin[k + 1]; ++e) sum += part.conductance[e];
        part.conductance_sum.push_back(sum);
    }
    part.partner.shrink_to_fit();
    part.conductance.shrink_to_fit();
}

/// Both sides of two ranks' junctions know the same pairs: what one needs, in the order of its
/// partners, is what the other sends.
void GapCoupling::lay_out_exchange(int ranks, std::span<const EndsOfWorker> ends) {
    from_each_.assign(static_cast<std::size_t>(ranks), 0);
    to_each_.assign(static_cast<std::size_t>(ranks), 0);
    std::vector<Remote> needed;
    for (const EndsOfWorker& of_worker : ends) {
        for (const JunctionEnd& end : of_worker) {
            const int home = partition_.rank_of(end.partner.population, end.partner.index);
            if (home != rank_) needed.push_back({home, end.neuron});
        }
    }
    sort_unique(needed);
    for (const Remote& own : needed) {
        ++to_each_[static_cast<std::size_t>(own.rank)];
        sent_slots_.push_back(slot_of(own.neuron));
    }
    for (const Remote& partner : partners_) ++from_each_[static_cast<std::size_t>(partner.rank)];
    sent_.resize(sent_slots_.size());
}

std::uint32_t GapCoupling::slot_of(const NeuronName& neuron) const {
    const int worker = partition_.worker_of(neuron.population, neuron.index);
    const int home = worker / partition_.threads();
    if (home != rank_) {
        const auto found = std::ranges::lower_bound(partners_, Remote{home, neuron});
        return static_cast<std::uint32_t>(slots_here_ +
                                          static_cast<std::size_t>(found - partners_.begin()));
    }
    const Part& part =
        parts_[static_cast<std::size_t>(worker % partition_.threads())][at(neuron.population)];
    const Block block = partition_.of_worker(neuron.population, worker);
    const auto local = static_cast<std::uint32_t>(neuron.index - block.begin);
    const auto found = std::ranges::lower_bound(part.local, local);
    return static_cast<std::uint32_t>(part.first_slot +
                                      static_cast<std::size_t>(found - part.local.begin()));
}

void GapCoupling::publish(int thread, std::int32_t population, const NeuronGroup& group,
                          std::span<const std::uint32_t> fired, Step now) {
    Part& part = parts_[static_cast<std::size_t>(thread)][at(population)];
    if (part.local.empty()) return;
    for (const std::uint32_t neuron : fired) {
        const auto found = std::ranges::lower_bound(part.local, neuron);
        if (found == part.local.end() || *found != neuron) continue;
        part.previous_mV[static_cast<std::size_t>(found - part.local.begin())] = kNothing;
    }
    double* const potentials = potentials_[parity(now)].data() + part.first_slot;
    for (std::size_t k = 0; k < part.local.size(); ++k) {
        const double V_mV = group.state(part.voltage, part.local[k]);
        const double before_mV = part.previous_mV[k];
        potentials[k] = std::isnan(before_mV) ? V_mV : V_mV + 0.5 * (V_mV - before_mV);
        part.previous_mV[k] = V_mV;
    }
}

void GapCoupling::exchange(Step now) {
    std::vector<double>& potentials = potentials_[parity(now)];
    for (std::size_t k = 0; k < sent_.size(); ++k) sent_[k] = potentials[sent_slots_[k]];
    exchange_->exchange(sent_, std::span(potentials).subspan(slots_here_));
}

void GapCoupling::add(int thread, std::int32_t population, Step now, std::span<double> current,
                      std::span<double> conductance) const {
    const Part& part = parts_[static_cast<std::size_t>(thread)][at(population)];
    const double* const potentials = potentials_[parity(now)].data();
    const bool implicit = !conductance.empty();
    for (std::size_t k = 0; k < part.local.size(); ++k) {
        const double own_mV = implicit ? 0.0 : potentials[part.first_slot + k];
        double sum = 0.0;
        for (std::size_t e = part.begin[k]; e < part.begin[k + 1]; ++e) {
            sum += part.conductance[e] * (potentials[part.partner[e]] - own_mV);
        }
        current[part.local[k]] += sum;
        if (implicit) conductance[part.local[k]] += part.conductance_sum[k];
    }
}

std::size_t GapCoupling::bytes() const {
    std::size_t sum = bytes_of(potentials_[0]) + bytes_of(potentials_[1]) + bytes_of(partners_) +
                      bytes_of(sent_slots_) + bytes_of(sent_);
    for (const Parts& parts : parts_) {
        for (const Part& part : parts) {
            sum += bytes_of(part.local) + bytes_of(part.begin) + bytes_of(part.partner) +
                   bytes_of(part.conductance) + bytes_of(part.conductance_sum) +
                   bytes_of(part.previous_mV);
        }
    }
    return sum;
}

}  // namespace volley
