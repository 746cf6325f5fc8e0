#include "network/contact_sites.hpp"

#include "core/error.hpp"
#include "network/rules/indegree_bound.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

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

void ContactSites::find(std::uint64_t index, std::uint64_t ordinal, std::uint32_t copy,
                        std::span<std::int32_t> sites) const {
    const std::vector<std::int32_t>& candidates = contacts_.sites;
    if (contacts_.choice == Contacts::Choice::listed) {
        for (std::size_t k = 0; k < sites.size(); ++k) {
            sites[k] = candidates[k % candidates.size()];
        }
        return;
    }
    std::size_t first = 0;
    std::size_t last = candidates.size();
    if (contacts_.choice == Contacts::Choice::clustered) {
        const double uniform = to_uniform(random_.front().words(index, ordinal, copy).second);
        const std::int32_t branch = contacts_.branch[pick(uniform)];
        const auto on_branch = std::ranges::equal_range(contacts_.branch, branch);
        first = static_cast<std::size_t>(on_branch.begin() - contacts_.branch.begin());
        last = first + on_branch.size();
    }
    const double low = first == 0 ? 0.0 : contacts_.cumulative[first - 1];
    const double width = contacts_.cumulative[last - 1] - low;
    for (std::size_t k = 0; k < sites.size(); ++k) {
        const double uniform = to_uniform(random_[k].words(index, ordinal, copy).first);
        // The largest uniform number may round up to the end of the branch.
        const double within = low + uniform * width;
        const bool inside = within < contacts_.cumulative[last - 1];
        sites[k] = candidates[inside ? pick(within) : last - 1];
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
