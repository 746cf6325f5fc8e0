#include "network/contact_sites.hpp"

#include "core/error.hpp"
#include "network/rules/indegree_bound.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace volley {

namespace {

void check_probabilities(const Contacts& contacts, std::string_view where) {
    const std::vector<double>& cumulative = contacts.cumulative;
    if (cumulative.size() != contacts.sites.size()) {
        throw ConfigError(
            where,
            fmt::format("{} probabilities of {} sites", cumulative.size(), contacts.sites.size()),
            "one for each");
    }
    if (!(cumulative.front() >= 0.0) || cumulative.back() != 1.0 ||
        !std::ranges::is_sorted(cumulative)) {
        throw ConfigError(where, "probabilities of sites that do not add up",
                          "ascending sums that end at 1");
    }
    if (contacts.choice != Contacts::Choice::clustered) return;
    if (contacts.branch.size() != contacts.sites.size() ||
        !std::ranges::is_sorted(contacts.branch)) {
        throw ConfigError(where,
                          "contacts on one branch, but sites without or out of the order of "
                          "their branches",
                          "a branch for each site, ascending");
    }
}

}  // namespace

void check_contacts(const Contacts& contacts, std::size_t sites, std::string_view where) {
    if (contacts.count < 1) {
        throw ConfigError(where, fmt::format("{} contacts", contacts.count), "at least 1");
    }
    if (contacts.sites.empty()) {
        throw ConfigError(where, "no place for contacts",
                          "at least one compartment that carries the receptor");
    }
    for (const std::int32_t site : contacts.sites) {
        if (site >= 0 && static_cast<std::size_t>(site) < sites) continue;
        throw ConfigError(where, fmt::format("a contact at site {}", site),
                          fmt::format("0 to {}", sites - 1));
    }
    if (contacts.choice != Contacts::Choice::listed) check_probabilities(contacts, where);
}

ContactSites::ContactSites(const Contacts& contacts, std::uint64_t seed, std::string_view purpose)
    : contacts_(contacts) {
    const std::uint64_t name = hash_name(purpose);
    for (std::int64_t k = 0; k < contacts.count; ++k) {
        random_.emplace_back(seed, name ^ scramble(static_cast<std::uint64_t>(k)));
    }
    const std::vector<double>& cumulative = contacts.cumulative;
    std::uint32_t candidate = 0;
    for (std::size_t k = 0; k < cumulative.size(); ++k) {
        const double low = static_cast<double>(k) / static_cast<double>(cumulative.size());
        while (cumulative[candidate] <= low) ++candidate;
        guide_.push_back(candidate);
    }
}

std::size_t ContactSites::pick(double uniform) const {
    const std::vector<double>& cumulative = contacts_.cumulative;
    const auto size = static_cast<double>(cumulative.size());
    // Rounded up to the next cell the number could be below where the search begins.
    const auto cell = std::min(static_cast<std::size_t>(uniform * size), cumulative.size() - 1);
    std::size_t candidate = guide_[cell];
    while (candidate > 0 && uniform < cumulative[candidate - 1]) --candidate;
    while (cumulative[candidate] <= uniform) ++candidate;
    return candidate;
}

ContactSites::Candidates ContactSites::on_branch(double uniform) const {
    const auto here = std::ranges::equal_range(contacts_.branch, contacts_.branch[pick(uniform)]);
    const auto first = static_cast<std::size_t>(here.begin() - contacts_.branch.begin());
    const std::size_t last = first + here.size();
    const double low = first == 0 ? 0.0 : contacts_.cumulative[first - 1];
    return {.last = last, .low = low, .high = contacts_.cumulative[last - 1]};
}

std::int32_t ContactSites::site_among(const Candidates& candidates, double uniform) const {
    // The largest uniform numbers may round up to the end.
    const double within = candidates.low + uniform * (candidates.high - candidates.low);
    return contacts_.sites[within < candidates.high ? pick(within) : candidates.last - 1];
}

void ContactSites::find(std::uint64_t index, std::uint64_t ordinal, std::uint32_t copy,
                        std::span<std::int32_t> sites) const {
    std::vector<std::int32_t> of_lanes(kLanes * count());
    find_lanes(Words{} + index, Words{} + ordinal, Words{} + std::uint64_t{copy}, of_lanes);
    std::copy_n(of_lanes.begin(), count(), sites.begin());
}

void ContactSites::find_lanes(Words index, Words ordinal, Words copy,
                              std::span<std::int32_t> sites) const {
    const std::size_t contacts = count();
    if (contacts_.choice == Contacts::Choice::listed) {
        for (std::size_t place = 0; place < sites.size(); ++place) {
            sites[place] = contacts_.sites[place % contacts % contacts_.sites.size()];
        }
        return;
    }
    std::array<Candidates, kLanes> among;
    among.fill(all());
    for (std::size_t k = 0; k < contacts; ++k) {
        const RandomLanes words = random_[k].words_of_lanes(index, ordinal, copy);
        if (k == 0 && contacts_.choice == Contacts::Choice::clustered) {
            const Lanes uniform = to_uniform(words.second);
            for (std::size_t lane = 0; lane < kLanes; ++lane) {
                among[lane] = on_branch(uniform[lane]);
            }
        }
        const Lanes uniform = to_uniform(words.first);
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            sites[lane * contacts + k] = site_among(among[lane], uniform[lane]);
        }
    }
}

double ContactSites::most_at_one_site(double indegree, std::int64_t targets) const {
    const auto contacts = static_cast<double>(contacts_.count);
    if (contacts_.choice == Contacts::Choice::listed) {
        std::vector<std::int32_t> sites(count());
        find(0, 0, 0, sites);
        std::int64_t most = 0;
        for (const std::int32_t site : sites)
            most = std::max(most, std::ranges::count(sites, site));
        return indegree * static_cast<double>(most);
    }
    double largest = contacts_.cumulative.front();
    for (std::size_t k = 1; k < contacts_.cumulative.size(); ++k) {
        largest = std::max(largest, contacts_.cumulative[k] - contacts_.cumulative[k - 1]);
    }
    const std::int64_t trials = targets * static_cast<std::int64_t>(contacts_.sites.size());
    if (contacts_.choice == Contacts::Choice::drawn) {
        const double drawn = indegree * contacts;
        return indegree_bound(drawn * largest, drawn * largest, trials, drawn);
    }
    // Of a connection all contacts may fall on one site: its share of them is a number in [0, 1]
    // whose mean is the site's probability and whose variance is at most that.
    return contacts * indegree_bound(indegree * largest, indegree * largest, trials, indegree);
}

std::size_t ContactSites::bytes() const {
    return random_.size() * sizeof(CounterRandom) + guide_.size() * sizeof(std::uint32_t);
}

}  // namespace volley
