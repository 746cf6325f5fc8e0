#include "io/recording/journal_set.hpp"

#include "core/error.hpp"
#include "io/journal_start.hpp"
#include "io/recording/collective.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <limits>
#include <map>

namespace volley {
namespace fs = std::filesystem;
namespace {

constexpr Step kNever = std::numeric_limits<Step>::max();

/// Names of the journals by part, as rank 0 sees them: a shared file system may show others later.
std::map<int, std::vector<std::string>> list_journals(const fs::path& directory, MPI_Comm comm) {
    std::string names;
    collective::together(comm, [&] {
        if (collective::rank_of(comm) != 0) return;
        std::error_code error;
        std::vector<std::string> found;
        for (const auto& entry : fs::directory_iterator(directory / "journal", error)) {
            found.push_back(entry.path().filename().string());
        }
        std::ranges::sort(found);
        for (const std::string& name : found) names += name + "\n";
    });
    names = collective::broadcast(std::move(names), comm);
    std::map<int, std::vector<std::string>> parts;
    for (std::size_t begin = 0; begin < names.size();) {
        const std::size_t end = names.find('\n', begin);
        std::string name = names.substr(begin, end - begin);
        int part = 0;
        int rank = 0;
        int length = 0;
        if (std::sscanf(name.c_str(), "part-%d-rank-%d.journal%n", &part, &rank, &length) == 2 &&
            length == static_cast<int>(name.size())) {
            parts[part].push_back(std::move(name));
        }
        begin = end + 1;
    }
    if (parts.empty()) {
        throw SystemError(fmt::format("{} holds no recording: there are no journals in it",
                                      (directory / "journal").string()));
    }
    return parts;
}

/// The step up to which a journal has the spikes of all recorded populations without a gap.
Step spikes_until(const JournalReader& reader) {
    const JournalStart& start = reader.start();
    std::vector<Step> until(start.plan.populations.size(), start.begin);
    for (const JournalReader::Block& block : reader.blocks()) {
        if (block.head.kind != BlockKind::spikes) continue;
        Step& reached = until.at(static_cast<std::size_t>(block.head.id));
        if (block.head.begin == reached) reached = block.head.end;
    }
    Step all = kNever;
    for (std::size_t p = 0; p < until.size(); ++p) {
        if (start.plan.populations[p].spikes) all = std::min(all, until[p]);
    }
    return all == kNever ? start.begin : all;
}

/// One part's journals, opened on the ranks that read them, and what all ranks know of them.
struct OpenPart {
    JournalPart part;
    RecordingPlan plan;
    std::string trouble;  ///< why nothing of it can be used; the same on all ranks
    std::string damage;   ///< of the first damaged journal; the same on all ranks
    Step least_end = 0;
    Step most_end = 0;
};

/// The lowest rank's text that is not empty.
std::string first_text(const std::string& mine, MPI_Comm comm) {
    std::exception_ptr carrier;
    if (!mine.empty()) carrier = std::make_exception_ptr(SystemError(mine));
    try {
        collective::agree(carrier, comm);
    } catch (const SystemError& error) {
        return error.what();
    }
    return {};
}

/// What speaks against a journal as one of its part; "" where nothing does.
std::string mismatch(const JournalReader& reader, const JournalStart& first, std::size_t journals) {
    if (!reader.readable()) return fmt::format("{}: {}", reader.path().string(), reader.damage());
    const JournalStart& start = reader.start();
    if (static_cast<std::size_t>(start.ranks) != journals) {
        return fmt::format("{}: was written by one of {} ranks, but {} journals are here",
                           reader.path().string(), start.ranks, journals);
    }
    if (start.part != first.part || start.begin != first.begin || start.plan != first.plan) {
        return reader.path().string() + ": belongs to another recording";
    }
    return {};
}

OpenPart open_part(const fs::path& folder, const std::vector<std::string>& names, MPI_Comm comm) {
    OpenPart opened;
    const auto ranks = static_cast<std::size_t>(collective::size_of(comm));
    const auto rank = static_cast<std::size_t>(collective::rank_of(comm));
    collective::together(comm, [&] {
        for (std::size_t k = rank; k < names.size(); k += ranks) {
            opened.part.here.emplace_back(folder / names[k]);
        }
    });
    // Rank 0 has the first journal of every part; its plan is compared with all others.
    std::string bytes;
    if (rank == 0 && opened.part.here.front().readable()) {
        const auto encoded = encode_start(opened.part.here.front().start());
        bytes.assign(reinterpret_cast<const char*>(encoded.data()), encoded.size());
    }
    bytes = collective::broadcast(std::move(bytes), comm);
    JournalStart first;
    const bool known = decode_start(std::as_bytes(std::span<const char>(bytes)), first);
    opened.plan = first.plan;
    opened.part.begin = first.begin;

    std::string trouble;
    std::string damage;
    Step least_end = kNever;
    Step most_end = first.begin;
    for (const JournalReader& reader : opened.part.here) {
        if (trouble.empty()) {
            trouble = known || !reader.readable() ? mismatch(reader, first, names.size()) : "";
        }
        if (damage.empty() && !reader.damage().empty()) {
            damage = fmt::format("{}: {}", reader.path().string(), reader.damage());
        }
        if (!trouble.empty()) continue;
        const Step until = spikes_until(reader);
        least_end = std::min(least_end, until);
        most_end = std::max(most_end, until);
    }
    opened.trouble = first_text(trouble, comm);
    opened.damage = first_text(damage, comm);
    opened.least_end = collective::least(least_end, comm);
    opened.most_end = collective::most(most_end, comm);
    return opened;
}

constexpr const char* kCure = "; `volley recover` keeps what is intact";

}  // namespace

JournalSet open_journals(const fs::path& directory, bool tolerate_damage, MPI_Comm comm) {
    JournalSet set;
    std::vector<OpenPart> parts;
    for (const auto& [number, names] : list_journals(directory, comm)) {
        OpenPart opened = open_part(directory / "journal", names, comm);
        std::string trouble = opened.trouble;
        if (trouble.empty() && !parts.empty() && opened.plan != parts.front().plan) {
            trouble = fmt::format("part {} belongs to another recording", number);
        }
        if (!trouble.empty()) {
            // A start of the program that came to nothing takes nothing from the parts before it.
            if (!tolerate_damage || parts.empty()) throw SystemError(trouble);
            set.notes.push_back(fmt::format("part {} was left out: {}", number, trouble));
            break;
        }
        parts.push_back(std::move(opened));
    }
    for (std::size_t p = 0; p < parts.size(); ++p) {
        OpenPart& opened = parts[p];
        const bool last = p + 1 == parts.size();
        // A restart goes back to its checkpoint: what the earlier part holds beyond it is void.
        opened.part.last = last;
        opened.part.end = last ? opened.least_end : parts[p + 1].part.begin;
        const bool spikes = std::ranges::any_of(opened.plan.populations,
                                                [](const auto& each) { return each.spikes; });
        const bool falls_short = spikes && opened.least_end < opened.part.end;
        const bool uneven = last && (!opened.damage.empty() || opened.least_end != opened.most_end);
        if (falls_short || uneven) {
            const std::string reason =
                !opened.damage.empty()
                    ? opened.damage
                    : fmt::format("the journals in {} end at different steps ({} to {})",
                                  (directory / "journal").string(), opened.least_end,
                                  opened.most_end);
            if (!tolerate_damage) throw SystemError(reason + kCure);
            set.notes.push_back(reason);
            opened.part.end = opened.least_end;
        }
        set.plan = opened.plan;
        set.parts.push_back(std::move(opened.part));
        if (falls_short) {
            set.parts.back().last = true;
            break;
        }
    }
    return set;
}

}  // namespace volley
