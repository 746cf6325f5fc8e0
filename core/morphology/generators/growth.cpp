#include "core/morphology/generators/growth.hpp"

#include <cstddef>
#include <limits>
#include <utility>

namespace volley {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

class Growth {
public:
    Growth(std::vector<GrownNode>& nodes, const std::vector<BranchTarget>& targets, double balance)
        : nodes_(nodes), targets_(targets), balance_(balance) {
        branches_.resize(targets.size());
        for (std::size_t b = 0; b < targets.size(); ++b) {
            branches_[b].open.push_back({targets[b].start, 1, 0.0});
        }
    }

    /// New free points. @return  false where there are none
    bool add(const std::vector<MorphologyPoint>& carriers) {
        free_.insert(free_.end(), carriers.begin(), carriers.end());
        for (Branch& branch : branches_) {
            for (std::size_t p = branch.best.size(); p < free_.size(); ++p) {
                branch.best.push_back(best_of(branch, free_[p]));
            }
        }
        return !free_.empty();
    }

    bool has_free() const { return !free_.empty(); }

    /// The branch that has the smallest part of its length; -1: all are complete.
    int next_branch() const {
        int least = -1;
        double least_part = 1.0;
        for (std::size_t b = 0; b < branches_.size(); ++b) {
            const double part = branches_[b].length_um / targets_[b].length_um;
            if (branches_[b].is_complete || !(part < least_part)) continue;
            least_part = part;
            least = static_cast<int>(b);
        }
        return least;
    }

    /// Adds the cheapest free point to a branch.
    void extend(int which) {
        const auto b = static_cast<std::size_t>(which);
        Branch& branch = branches_[b];
        std::size_t nearest = 0;
        for (std::size_t p = 1; p < free_.size(); ++p) {
            if (branch.best[p].cost < branch.best[nearest].cost) nearest = p;
        }
        const std::size_t from = branch.best[nearest].open;
        attach(b, from, free_[nearest]);
        remove_free(nearest);
        const std::size_t added = branch.open.size() - 1;
        const bool is_full = --branch.open[from].left == 0;
        for (std::size_t p = 0; p < free_.size(); ++p) {
            if (is_full && branch.best[p].open == from) {
                branch.best[p] = best_of(branch, free_[p]);
                continue;
            }
            const double cost = cost_of(branch.open[added], free_[p]);
            if (cost < branch.best[p].cost) branch.best[p] = {cost, added};
        }
    }

private:
    /// A node of a branch that may have continuations.
    struct Open {
        int node;
        int left;  ///< continuations it may still get
        double path_um;
    };
    struct Best {
        double cost = kInfinity;
        std::size_t open = 0;
    };
    struct Branch {
        std::vector<Open> open;
        std::vector<Best> best;  ///< [free point]
        double length_um = 0.0;
        bool is_complete = false;
    };

    double cost_of(const Open& open, const MorphologyPoint& point) const {
        const double edge = distance_um(nodes_[static_cast<std::size_t>(open.node)].point, point);
        return edge + balance_ * (open.path_um + edge);
    }

    Best best_of(const Branch& branch, const MorphologyPoint& point) const {
        Best best;
        for (std::size_t i = 0; i < branch.open.size(); ++i) {
            if (branch.open[i].left == 0) continue;
            const double cost = cost_of(branch.open[i], point);
            if (cost < best.cost) best = {cost, i};
        }
        return best;
    }

    void attach(std::size_t b, std::size_t from, MorphologyPoint point) {
        Branch& branch = branches_[b];
        const int parent = branch.open[from].node;
        const MorphologyPoint& start = nodes_[static_cast<std::size_t>(parent)].point;
        double edge = distance_um(start, point);
        const double missing = targets_[b].length_um - branch.length_um;
        if (edge >= missing) {
            const double u = missing / edge;
            point.x_um = start.x_um + u * (point.x_um - start.x_um);
            point.y_um = start.y_um + u * (point.y_um - start.y_um);
            point.z_um = start.z_um + u * (point.z_um - start.z_um);
            edge = missing;
            branch.is_complete = true;
        }
        const double path = branch.open[from].path_um + edge;
        branch.length_um += edge;
        branch.open.push_back({static_cast<int>(nodes_.size()), 2, path});
        nodes_.push_back({point, parent, static_cast<int>(b), path});
    }

    void remove_free(std::size_t p) {
        free_[p] = free_.back();
        free_.pop_back();
        for (Branch& branch : branches_) {
            branch.best[p] = branch.best.back();
            branch.best.pop_back();
        }
    }

    std::vector<GrownNode>& nodes_;
    const std::vector<BranchTarget>& targets_;
    double balance_;
    std::vector<MorphologyPoint> free_;
    std::vector<Branch> branches_;
};

}  // namespace

void grow_branches(std::vector<GrownNode>& nodes, const std::vector<BranchTarget>& targets,
                   const std::vector<MorphologyPoint>& carriers, double balance,
                   const std::function<std::vector<MorphologyPoint>()>& more) {
    Growth growth(nodes, targets, balance);
    growth.add(carriers);
    for (int branch = growth.next_branch(); branch >= 0; branch = growth.next_branch()) {
        if (!growth.has_free() && !growth.add(more())) return;
        growth.extend(branch);
    }
}

}  // namespace volley
