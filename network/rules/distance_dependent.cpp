#include "core/random/word_stream.hpp"
#include "network/positions.hpp"
#include "network/rules/autapses.hpp"
#include "network/rules/edge_batch.hpp"
#include "network/rules/indegree_bound.hpp"
#include "network/rules/rules.hpp"
#include "network/rules/source_bins.hpp"

#include <fmt/format.h>

#include <optional>

namespace volley {

namespace {

/// The space that holds both populations.
struct Space {
    Place extent{};
    Place period{};

    Space(const Positions& a, const Positions& b) : period(a.period()) {
        for (std::size_t axis = 0; axis < 3; ++axis) {
            extent[axis] = std::max(a.extent()[axis], b.extent()[axis]);
        }
    }
};

/// What a target costs in ns with these bins, about: visiting bins, and rejecting candidates.
double cost_per_target(const BinLattice& lattice, const DistanceKernel& kernel, double sources) {
    constexpr double kVisit = 3.0;
    constexpr double kCandidate = 25.0;
    const BinBounds bounds(lattice, kernel);
    const double in_bin = sources / static_cast<double>(lattice.size());
    double cost = 0.0;
    const auto add = [&](std::int64_t, const BinBounds::Bound& bound) {
        cost += kVisit + kCandidate * in_bin * bound.probability;
    };
    const BinLattice::Bin& bins = lattice.bins();
    visit_bins(lattice, bounds, {bins[0] / 2, bins[1] / 2, bins[2] / 2}, add);
    return cost;
}

/// The widths that lattices are tried with: the cutoff, a half of it, a quarter, ...
constexpr int kWidths = 7;

BinLattice lattice_at(int halvings, const Space& space, const DistanceKernel& kernel) {
    // A cutoff of 0 still connects places that coincide; any width serves.
    const double cutoff = kernel.cutoff_um() > 0.0 ? kernel.cutoff_um() : 1.0;
    return {space.extent, space.period, cutoff * std::ldexp(1.0, -halvings)};
}

/// The lattice with which drawing is cheapest.
BinLattice cheapest_lattice(std::size_t sources, const Space& space, const DistanceKernel& kernel) {
    const double count = static_cast<double>(sources);
    BinLattice best = lattice_at(0, space, kernel);
    // Many cutoffs may fit into the space: never far more bins than sources.
    for (int doublings = 1; static_cast<double>(best.size()) > 4.0 * count + 64.0; ++doublings) {
        best = lattice_at(-doublings, space, kernel);
    }
    double least = cost_per_target(best, kernel, count);
    for (int halvings = 1; halvings < kWidths; ++halvings) {
        const BinLattice finer = lattice_at(halvings, space, kernel);
        if (static_cast<double>(finer.size()) > 4.0 * count + 64.0) break;
        if (BinBounds::work(finer, kernel) > 1e5) break;
        const double cost = cost_per_target(finer, kernel, count);
        if (cost < least) {
            least = cost;
            best = finer;
        }
    }
    return best;
}

/// A bound on the expected in-degree of a target anywhere: for each bin that the target might be
/// in, sources nearby times the bound of their probability. The finer the bins, the nearer the
/// truth.
double largest_mean(const std::vector<Place>& sources, const Space& space,
                    const DistanceKernel& kernel) {
    const double most_work = std::min(1e5 + 200.0 * static_cast<double>(sources.size()), 2e7);
    std::optional<BinLattice> chosen;
    for (int halvings = kWidths - 2; !chosen; --halvings) {
        const BinLattice lattice = lattice_at(halvings, space, kernel);
        const double bins = static_cast<double>(lattice.size());
        if (bins <= 1e6 && bins * BinBounds::work(lattice, kernel) <= most_work) chosen = lattice;
        if (bins <= 1.0) chosen = lattice;
    }
    const SourceBins binned(*chosen, sources);
    const BinBounds bounds(*chosen, kernel);
    double largest = 0.0;
    const BinLattice::Bin& bins = chosen->bins();
    for (std::int64_t z = 0; z < bins[2]; ++z) {
        for (std::int64_t y = 0; y < bins[1]; ++y) {
            for (std::int64_t x = 0; x < bins[0]; ++x) {
                double mean = 0.0;
                visit_bins(*chosen, bounds, {x, y, z},
                           [&](std::int64_t bin, const BinBounds::Bound& bound) {
                               mean += bound.probability *
                                       static_cast<double>(binned.in_bin(bin).size());
                           });
                largest = std::max(largest, mean);
            }
        }
    }
    return largest;
}

class DistanceDependent final : public ConnectionRule {
public:
    DistanceDependent(const RuleContext& context, const DistanceKernel& kernel,
                      const std::vector<Place>& sources)
        : autapses_(context),
          skip_random_(draws_of(context, "skips")),
          accept_random_(draws_of(context, "accept")),
          target_(context.projection->target),
          target_positions_(*context.target_positions),
          space_(*context.source_positions, *context.target_positions),
          targets_(context.targets),
          kernel_(kernel),
          lattice_(cheapest_lattice(sources.size(), space_, kernel)),
          bounds_(lattice_, kernel),
          bins_(lattice_, sources),
          expected_(estimate_synapses()),
          largest_mean_(largest_mean(sources, space_, kernel)) {}

    void generate(std::int64_t begin, std::int64_t end, EdgeSink& sink) const override {
        EdgeBatch batch(sink);
        constexpr std::int64_t kTargetsAtOnce = 1024;
        for (std::int64_t first = begin; first < end; first += kTargetsAtOnce) {
            const std::int64_t last = std::min(first + kTargetsAtOnce, end);
            const std::vector<Place> places = places_of(target_, target_positions_, first, last);
            for (std::int64_t t = first; t < last; ++t) {
                connect(t, places[static_cast<std::size_t>(t - first)], batch);
            }
        }
        batch.flush();
    }

    double expected_synapses() const override { return expected_; }
    double largest_indegree() const override {
        const double most = static_cast<double>(autapses_.most_sources());
        if (largest_mean_ == 0.0) return 0.0;
        // A sum of independent draws has a variance below its mean.
        return indegree_bound(largest_mean_, largest_mean_, targets_, most);
    }

private:
    double estimate_synapses() const {
        // Some targets, and of each bin some sources, stand for all.
        constexpr std::int64_t kTargets = 128;
        constexpr std::size_t kSources = 4;
        const std::int64_t looked_at = std::min(kTargets, targets_);
        double sum = 0.0;
        for (std::int64_t k = 0; k < looked_at; ++k) {
            const std::int64_t t = (2 * k + 1) * targets_ / (2 * looked_at);
            const Place at = target_positions_.at(target_.at(t));
            const auto add = [&](std::int64_t number, const BinBounds::Bound&) {
                const auto sources = bins_.in_bin(number);
                const std::size_t used = std::min(kSources, sources.size());
                double some = 0.0;
                for (std::size_t j = 0; j < used; ++j) {
                    const auto& source = sources[(2 * j + 1) * sources.size() / (2 * used)];
                    if (autapses_.is_one(source.position, t)) continue;
                    some += kernel_(distance_um(source.place, at, space_.period));
                }
                if (used > 0) {
                    sum += some * static_cast<double>(sources.size()) / static_cast<double>(used);
                }
            };
            visit_bins(lattice_, bounds_, lattice_.bin_of(at), add);
        }
        return looked_at > 0 ? sum * static_cast<double>(targets_) / static_cast<double>(looked_at)
                             : 0.0;
    }

    /// Draws the sources of one target.
    ///
    /// Sources of a bin are candidates with the probability of the bin's bound, independently, and
    /// each candidate is accepted so that the product is the kernel's value. From candidate to
    /// candidate goes one exponential number, used up by the hazards of the sources passed: where
    /// a bin has no candidate nothing is drawn.
    void connect(std::int64_t t, const Place& at, EdgeBatch& batch) const {
        ExponentialStream exponentials(skip_random_, static_cast<std::uint64_t>(t));
        WordStream accept(accept_random_, static_cast<std::uint64_t>(t));
        double left = exponentials.next();
        std::int64_t ordinal = 0;
        Candidates candidates;
        const auto draw = [&](std::int64_t number, const BinBounds::Bound& bound) {
            const auto sources = bins_.in_bin(number);
            const auto count = static_cast<std::int64_t>(sources.size());
            for (std::int64_t k = 0; k < count; ++k) {
                const double ahead = static_cast<double>(count - k) * bound.hazard;
                if (left >= ahead) {
                    left -= ahead;
                    return;
                }
                const auto skipped = static_cast<std::int64_t>(left / bound.hazard);
                k = std::min(k + skipped, count - 1);
                left = exponentials.next();
                const SourceBins::Source& source = sources[static_cast<std::size_t>(k)];
                candidates.add(source.position,
                               squared_distance_um2(source.place, at, space_.period),
                               accept.uniform() * bound.probability);
                if (candidates.used == kLanes) ordinal = judge(candidates, t, ordinal, batch);
            }
        };
        visit_bins(lattice_, bounds_, lattice_.bin_of(at), draw);
        judge(candidates, t, ordinal, batch);
    }

    /// Candidates wait until there are eight: the kernel then costs little more than for one.
    struct Candidates {
        std::size_t used = 0;
        std::array<std::int64_t, kLanes> source;
        Lanes squared_distance_um2{};
        Lanes threshold{};  ///< accepted where the kernel is above it

        void add(std::int64_t position, double squared_distance, double limit) {
            source[used] = position;
            squared_distance_um2[used] = squared_distance;
            threshold[used] = limit;
            ++used;
        }
    };

    /// Makes synapses of the accepted candidates; returns the next ordinal.
    std::int64_t judge(Candidates& candidates, std::int64_t t, std::int64_t ordinal,
                       EdgeBatch& batch) const {
        const Lanes p = kernel_(square_root(candidates.squared_distance_um2));
        for (std::size_t k = 0; k < candidates.used; ++k) {
            if (candidates.threshold[k] >= p[k]) continue;
            const std::int64_t source = candidates.source[k];
            if (autapses_.is_one(source, t)) continue;
            batch.add({.source = source, .target = t, .ordinal = ordinal++});
        }
        candidates.used = 0;
        return ordinal;
    }

    Autapses autapses_;
    CounterRandom skip_random_;
    CounterRandom accept_random_;
    const Selection& target_;
    const Positions& target_positions_;
    Space space_;
    std::int64_t targets_;
    DistanceKernel kernel_;
    BinLattice lattice_;
    BinBounds bounds_;
    SourceBins bins_;
    double expected_;
    double largest_mean_;
};

constexpr Field kFields[] = {
    choice("kernel", "gaussian|exponential|linear|constant", "gaussian",
           "how the probability falls with distance"),
    required("peak", "1", kProbability, "probability at distance 0"),
    optional("sigma", "um", kPositive, "scale of the gaussian kernel"),
    optional("length", "um", kPositive, "scale of the exponential or linear kernel"),
    optional("cutoff", "um", kNotNegative,
             "no connections beyond; else 5 sigma (gaussian), 10 length (exponential), length "
             "(linear); required for constant"),
};

std::unique_ptr<ConnectionRule> make(const RuleContext& context) {
    const Projection& projection = *context.projection;
    const Positions* const source = context.source_positions;
    const Positions* const target = context.target_positions;
    if (source == nullptr || target == nullptr) {
        throw ConfigError(projection.where + "/rule",
                          fmt::format("distance_dependent, but the {} has no positions",
                                      source == nullptr ? "source" : "target"),
                          "\"positions\" in both populations");
    }
    if (!same_space(*source, *target)) {
        throw ConfigError(projection.where + "/rule",
                          "distance_dependent between populations in different spaces",
                          "positions of the same dimensions and the same periods in both");
    }
    const DistanceKernel kernel = DistanceKernel::from(projection);
    const std::vector<Place> sources = places_of(projection.source, *source, 0, context.sources);
    return std::make_unique<DistanceDependent>(context, kernel, sources);
}

}  // namespace

RuleInfo distance_dependent_rule() {
    return {.description =
                {.name = "distance_dependent",
                 .summary = "each pair is connected with a probability that falls with distance",
                 .fields = kFields,
                 .details =
                     "gaussian: peak exp(-d^2 / (2 sigma^2)); exponential: peak exp(-d / length);\n"
                     "linear: peak (1 - d / length); constant: peak. 0 beyond the cutoff.\n"
                     "Distances go the shorter way where positions are periodic. There are no\n"
                     "multapses. Sources are sorted into boxes, and only near ones are looked at.",
                 .example = R"({"source": "pc", "target": "pc", "rule": "distance_dependent",
 "kernel": "gaussian", "peak": 0.3, "sigma": "150 um", "weight": "1 nS", "delay": "1 ms"})"},
            .needs_positions = true,
            .make = &make};
}

}  // namespace volley
