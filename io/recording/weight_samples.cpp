#include "io/recording/weight_samples.hpp"

#include "core/error.hpp"
#include "io/recording/collective.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace volley {
namespace {

void sort_once(std::vector<Step>& steps) {
    std::ranges::sort(steps);
    const auto doubled = std::ranges::unique(steps);
    steps.erase(doubled.begin(), doubled.end());
}

Step step_of(const JournalReader::Block& block) { return block.head.begin; }

WeightTrack open_track(const JournalReader& journal, std::size_t request) {
    WeightTrack track{.journal = &journal, .synapses = journal.start().synapses.at(request)};
    for (const JournalReader::Block& block : journal.blocks()) {
        if (!std::cmp_equal(block.head.id, request)) continue;
        if (block.head.kind == BlockKind::synapses) track.lists.push_back(block);
        if (block.head.kind == BlockKind::weights) track.samples.push_back(block);
    }
    // Threads write theirs in any order.
    std::ranges::stable_sort(track.samples, {}, step_of);
    return track;
}

/// Ranks hold ascending blocks of targets, so that the synapses of lower ranks come first.
/// @return the synapses of all ranks
std::int64_t number_synapses(WeightPart& part, MPI_Comm comm) {
    std::vector<std::int64_t> mine;
    for (const WeightTrack& track : part.here) {
        mine.push_back(track.journal->start().rank);
        mine.push_back(track.synapses);
    }
    std::vector<std::int64_t> counts;
    const std::vector<std::int64_t> all = collective::gather_all(mine, counts, comm);
    std::int64_t total = 0;
    for (std::size_t k = 0; k < all.size(); k += 2) {
        total += all[k + 1];
        for (WeightTrack& track : part.here) {
            if (all[k] < track.journal->start().rank) track.first += all[k + 1];
        }
    }
    return total;
}

/// Steps at which this rank's journals hold anything, of those that count in the part.
std::vector<Step> steps_here(const WeightPart& part, const JournalPart& journals, Step interval) {
    std::vector<Step> steps;
    for (const WeightTrack& track : part.here) {
        for (const JournalReader::Block& block : track.samples) {
            const Step step = block.head.begin;
            const bool regular = interval > 0 && step % interval == 0;
            const bool counts = journals.last || (regular && step <= journals.end);
            if (step > journals.begin && counts) steps.push_back(step);
        }
    }
    sort_once(steps);
    return steps;
}

std::vector<Step> incomplete_here(const WeightPart& part, const std::vector<Step>& steps) {
    std::vector<Step> missing;
    for (const WeightTrack& track : part.here) {
        std::ranges::copy_if(steps, std::back_inserter(missing),
                             [&](Step step) { return !track.complete(track.samples, step); });
    }
    return missing;
}

}  // namespace

bool WeightTrack::complete(const std::vector<JournalReader::Block>& blocks, Step step) const {
    const auto same = std::ranges::equal_range(blocks, step, {}, step_of);
    std::int64_t held = 0;
    for (const JournalReader::Block& block : same) {
        held += static_cast<std::int64_t>(block.head.count);
    }
    return held == synapses && (synapses == 0 || !same.empty());
}

std::vector<Step> WeightSamples::steps() const {
    std::vector<Step> all;
    for (const WeightPart& part : parts) {
        all.insert(all.end(), part.steps.begin(), part.steps.end());
    }
    return all;
}

WeightSamples agree_on_weights(const JournalSet& journals, std::size_t request,
                               bool tolerate_damage, std::vector<std::string>& notes,
                               MPI_Comm comm) {
    const RecordingPlan::Weights& plan = journals.plan.weights.at(request);
    const std::string place = fmt::format("weights of {}", plan.projection);
    const auto cut = [&](std::string reason) {
        if (!tolerate_damage) throw SystemError(reason);
        notes.push_back(std::move(reason));
    };
    WeightSamples agreed;
    for (const JournalPart& journal_part : journals.parts) {
        WeightPart part;
        for (const JournalReader& journal : journal_part.here) {
            part.here.push_back(open_track(journal, request));
        }
        const std::int64_t synapses = number_synapses(part, comm);
        if (agreed.parts.empty()) agreed.synapses = synapses;
        if (synapses != agreed.synapses) {
            throw SystemError(place + ": a restart recorded those of other synapses");
        }
        std::vector<std::int64_t> counts;
        part.steps =
            collective::gather_all(steps_here(part, journal_part, plan.interval), counts, comm);
        sort_once(part.steps);
        std::vector<Step> missing =
            collective::gather_all(incomplete_here(part, part.steps), counts, comm);
        sort_once(missing);
        if (!missing.empty()) {
            cut(fmt::format("{}: not all ranks recorded those of step {}", place, missing.front()));
            std::vector<Step> whole;
            std::ranges::set_difference(part.steps, missing, std::back_inserter(whole));
            part.steps = std::move(whole);
        }
        agreed.parts.push_back(std::move(part));
    }
    // A track's lists are of the step at which its part began.
    const auto listed = [&](const WeightTrack& track) {
        return track.complete(track.lists, journals.parts.front().begin);
    };
    const bool all_listed = std::ranges::all_of(agreed.parts.front().here, listed);
    if (collective::least(all_listed ? 1 : 0, comm) == 0) {
        cut(place + ": not all ranks recorded which synapses there are");
        agreed.synapses = 0;
        for (WeightPart& part : agreed.parts) part.steps.clear();
    }
    return agreed;
}

}  // namespace volley
