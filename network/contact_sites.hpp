#pragma once

#include "core/math/lanes.hpp"
#include "core/random/counter_random.hpp"
#include "network/model.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace volley {

/// @throws ConfigError  at `where`: contacts that do not fit a receptor with `sites` sites
void check_contacts(const Contacts& contacts, std::size_t sites, std::string_view where);

/// The sites of contacts, each a function of (seed, purpose, the connection's three numbers, the
/// contact): the same on any layout.
class ContactSites {
public:
    /// @param contacts  checked; must outlive it
    /// @param purpose   of the draws: names the projection or stimulus
    ContactSites(const Contacts& contacts, std::uint64_t seed, std::string_view purpose);

    /// Contacts of each connection.
    std::size_t count() const { return random_.size(); }

    /// The site of each contact of a connection. Three numbers name it, with the ranges of
    /// CounterRandom: target, ordinal and copy of an Edge.
    /// @param[out] sites  shape [count()]
    void find(std::uint64_t index, std::uint64_t ordinal, std::uint32_t copy,
              std::span<std::int32_t> sites) const;
    /// The same for eight connections at once.
    /// @param[out] sites  shape [8][count()]
    void find_lanes(Words index, Words ordinal, Words copy, std::span<std::int32_t> sites) const;

    /// Contacts that a single site can get from `indegree` connections: exact where they are
    /// listed, else exceeded at any site of `targets` cells with a probability below 1e-15.
    double most_at_one_site(double indegree, std::int64_t targets) const;

    std::size_t bytes() const;

private:
    /// Candidates among which a contact is drawn, and their probability.
    struct Candidates {
        std::size_t last;  ///< one behind them
        double low;        ///< sum of all before them
        double high;       ///< and of them too
    };
    Candidates all() const { return {contacts_.sites.size(), 0.0, 1.0}; }
    /// Those of the branch that a number in (0, 1) stands for.
    Candidates on_branch(double uniform) const;
    std::int32_t site_among(const Candidates& candidates, double uniform) const;
    /// The first candidate with uniform < cumulative. @param uniform in (0, 1)
    std::size_t pick(double uniform) const;

    const Contacts& contacts_;
    std::vector<CounterRandom> random_;  ///< by contact
    /// Where to begin to look for a number in [k, k + 1) / size: about one step from there.
    std::vector<std::uint32_t> guide_;
};

}  // namespace volley
