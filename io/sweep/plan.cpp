#include "io/sweep/plan.hpp"

#include "core/error.hpp"
#include "core/random/counter_random.hpp"
#include "io/files.hpp"
#include "io/model_file/model_file.hpp"
#include "io/report/gnuplot.hpp"
#include "io/sweep/columns.hpp"
#include "network/connection_plan.hpp"
#include "network/digest.hpp"
#include "network/memory_estimate.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstring>
#include <set>
#include <utility>

namespace volley {

namespace {

constexpr std::size_t kMostRuns = 100000;

/// 32 hexadecimal digits.
std::string digest_of(std::string_view bytes) {
    Digest digest;
    digest.add(bytes.size(), 0, 1);
    for (std::size_t at = 0; at < bytes.size(); at += sizeof(std::uint64_t)) {
        std::uint64_t word = 0;
        std::memcpy(&word, bytes.data() + at, std::min(sizeof word, bytes.size() - at));
        digest.add(at, word, 0);
    }
    return digest.text();
}

bool same_value(const SweepAxis& axis, std::size_t j, std::size_t k) {
    return axis.values[j] == axis.values[k] ||
           (!axis.numbers.empty() && axis.numbers[j] == axis.numbers[k]);
}

/// Refuses a point that comes twice: in a grid where a value of an axis does, together where the
/// values of all axes do.
void check_repeated(const SweepRequest& request) {
    const char* const expected = "each value once (for more runs of one value: --trials N)";
    const auto check = [&](std::span<const SweepAxis> axes, std::size_t size) {
        for (std::size_t k = 0; k < size; ++k) {
            for (std::size_t j = 0; j < k; ++j) {
                const auto same = [&](const SweepAxis& axis) { return same_value(axis, j, k); };
                if (!std::ranges::all_of(axes, same)) continue;
                throw ConfigError("--vary " + axes.front().path, axes.front().values[k] + " twice",
                                  expected);
            }
        }
    };
    if (!request.together) {
        for (const SweepAxis& axis : request.axes) check({&axis, 1}, axis.values.size());
        return;
    }
    std::size_t shortest = request.axes.empty() ? 0 : request.axes.front().values.size();
    for (const SweepAxis& axis : request.axes) shortest = std::min(shortest, axis.values.size());
    check(request.axes, shortest);
}

void check_axes(const SweepRequest& request) {
    check_repeated(request);
    std::set<std::string> paths;
    for (const SweepAxis& axis : request.axes) {
        if (!paths.insert(axis.path).second) {
            throw ConfigError("--vary " + axis.path, "the same path twice",
                              "each path in one --vary, with all its values");
        }
        if (axis.path == "seed" && (!request.seeds.empty() || request.trials > 0)) {
            throw ConfigError("--vary seed", "seeds here and in --seeds or --trials",
                              "one of them");
        }
        if (request.together && axis.values.size() != request.axes.front().values.size()) {
            throw ConfigError(
                "--together",
                fmt::format("{} values of {} and {} of {}", request.axes.front().values.size(),
                            request.axes.front().path, axis.values.size(), axis.path),
                "the same number of values in every --vary");
        }
    }
    if (request.together && request.axes.size() < 2) {
        throw ConfigError("--together", "fewer than two --vary", "two or more to go together");
    }
}

std::vector<std::vector<std::string>> points_of(const SweepRequest& request) {
    std::vector<std::vector<std::string>> points;
    if (request.together) {
        for (std::size_t k = 0; k < request.axes.front().values.size(); ++k) {
            std::vector<std::string>& point = points.emplace_back();
            for (const SweepAxis& axis : request.axes) point.push_back(axis.values[k]);
        }
        return points;
    }
    points.emplace_back();
    for (const SweepAxis& axis : request.axes) {
        std::vector<std::vector<std::string>> grown;
        for (const auto& point : points) {
            for (const std::string& value : axis.values) {
                grown.push_back(point);
                grown.back().push_back(value);
            }
            if (grown.size() > kMostRuns) {
                throw ConfigError("--vary", "a grid of too many points",
                                  fmt::format("at most {} runs", kMostRuns));
            }
        }
        points = std::move(grown);
    }
    return points;
}

/// The seeds of `trials` runs of a model.
std::vector<std::uint64_t> trial_seeds(std::uint64_t seed, std::int64_t trials) {
    constexpr int kSpareBits = 33;
    const CounterRandom random(seed, "sweep/trials");
    std::vector<std::uint64_t> seeds;
    std::set<std::uint64_t> taken;
    for (std::uint64_t k = 0; static_cast<std::int64_t>(seeds.size()) < trials; ++k) {
        const std::uint64_t drawn = (random.words(k).first >> kSpareBits) + 1;
        if (taken.insert(drawn).second) seeds.push_back(drawn);
    }
    return seeds;
}

std::string folder_name(const SweepRequest& request, const std::vector<std::string>& point,
                        std::uint64_t seed, const std::vector<std::string>& sets) {
    constexpr std::size_t kMostOfPoint = 60;
    std::string name;
    for (std::size_t k = 0; k < point.size(); ++k) {
        const std::string& path = request.axes[k].path;
        name += path.substr(path.rfind('.') + 1) + "_" + point[k] + "-";
    }
    name = gnuplot::file_name(name.substr(0, kMostOfPoint) + fmt::format("seed_{}", seed));
    const std::uint64_t hash = hash_name(fmt::format("{}", fmt::join(sets, "\n")));
    return fmt::format("{}-{:012x}", name, hash >> 16);
}

/// Makes runs one after the other, each with its model read and checked.
class Planner {
public:
    Planner(SweepPlan& plan, int ranks, int threads, const std::string& program)
        : plan_(plan), ranks_(ranks), threads_(threads), program_(program) {}

    /// The model of a point, with the seed that the file and the values give it.
    Model read(std::size_t point, const std::vector<std::string>& sets) {
        try {
            ModelFile file = read_model_text(plan_.request.model_text, plan_.request.model_name,
                                             sets, plan_.request.model_folder);
            for (std::string& warning : file.warnings) {
                if (std::ranges::find(plan_.warnings, warning) == plan_.warnings.end()) {
                    plan_.warnings.push_back(std::move(warning));
                }
            }
            return std::move(file.model);
        } catch (const ConfigError& error) {
            const std::string values = plan_.describe_point(static_cast<std::int64_t>(point));
            if (values.empty()) throw;
            throw ConfigError(fmt::format("in the run with {}", values), error.what());
        }
    }

    void add(std::size_t point, const std::vector<std::string>& sets, const Model& model) {
        if (plan_.runs.size() == kMostRuns) {
            throw ConfigError("--vary, --trials", "too many runs",
                              fmt::format("at most {}", kMostRuns));
        }
        PlannedRun run{.point = static_cast<std::int64_t>(point), .seed = model.seed, .sets = sets};
        run.name = folder_name(plan_.request, plan_.points[point], model.seed, sets);
        run.key = digest_of(program_ + serialise(model));
        plan_.runs.push_back(std::move(run));
        plan_.title = model.title;
        const MemoryEstimate need = estimate_memory(model, ConnectionPlan(model), ranks_, threads_);
        plan_.most_bytes = std::max(plan_.most_bytes, need.total());
        for (SweepColumn& column : columns_of(model)) {
            if (std::ranges::find(plan_.columns, column.name, &SweepColumn::name) ==
                plan_.columns.end()) {
                plan_.columns.push_back(std::move(column));
            }
        }
    }

private:
    SweepPlan& plan_;
    int ranks_;
    int threads_;
    const std::string& program_;
};

std::string identity_of(const SweepRequest& request) {
    std::string text = request.model_text;
    for (const std::string& set : request.sets) text += "\nset " + set;
    for (const SweepAxis& axis : request.axes) text += "\nvary " + axis.path;
    return digest_of(text);
}

}  // namespace

std::string SweepPlan::describe_point(std::int64_t point) const {
    std::string text;
    const std::vector<std::string>& values = points[static_cast<std::size_t>(point)];
    for (std::size_t k = 0; k < values.size(); ++k) {
        text += fmt::format("{}{}={}", k == 0 ? "" : ", ", request.axes[k].path, values[k]);
    }
    return text;
}

std::string SweepPlan::describe(const PlannedRun& run) const {
    const std::string values = describe_point(run.point);
    return fmt::format("{}{}seed {}", values, values.empty() ? "" : ", ", run.seed);
}

SweepPlan plan_sweep(SweepRequest request, int ranks, int threads, const std::string& program) {
    check_axes(request);
    SweepPlan plan;
    plan.request = std::move(request);
    plan.identity = identity_of(plan.request);
    plan.points = points_of(plan.request);
    Planner planner(plan, ranks, threads, program);
    for (std::size_t point = 0; point < plan.points.size(); ++point) {
        std::vector<std::string> sets = plan.request.sets;
        for (std::size_t k = 0; k < plan.request.axes.size(); ++k) {
            sets.push_back(plan.request.axes[k].path + "=" + plan.points[point][k]);
        }
        const Model model = planner.read(point, sets);
        std::vector<std::uint64_t> seeds = plan.request.seeds;
        if (plan.request.trials > 0) seeds = trial_seeds(model.seed, plan.request.trials);
        if (seeds.empty()) planner.add(point, sets, model);
        for (const std::uint64_t seed : seeds) {
            std::vector<std::string> seeded = sets;
            seeded.push_back(fmt::format("seed={}", seed));
            planner.add(point, seeded, planner.read(point, seeded));
        }
    }
    return plan;
}

std::string program_digest() { return digest_of(read_file("/proc/self/exe")); }

}  // namespace volley
