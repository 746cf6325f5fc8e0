#include "core/drives/poisson.hpp"

#include "core/drives/per_neuron.hpp"
#include "core/random/poisson.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace volley {

namespace {

constexpr Field kFields[] = {
    {.name = "rate",
     .kind = Kind::drawn,
     .unit = "Hz",
     .range = kNotNegative,
     .meaning = "events per second of each afferent of each neuron"},
    {.name = "weight", .kind = Kind::drawn, .unit = "@", .meaning = "weight of each event"},
    optional("afferents", "1", Range{1.0, 1e6},
             "trains onto each neuron, on cells with dendrites each with contacts of its own; 1 if "
             "not written",
             Kind::integer),
    kStartField,
    kStopField,
};

class PoissonDrive final : public Drive {
public:
    PoissonDrive(const Spec& spec, const DriveSetup& setup)
        : setup_(setup),
          where_(spec.where),
          window_(spec, setup.dt_ms),
          random_(setup.seed, stimulus_purpose(setup.stimulus, "events")),
          choice_(setup.seed, stimulus_purpose(setup.stimulus, "afferents")),
          afferents_(spec.has("afferents") ? static_cast<std::uint32_t>(spec.integer("afferents"))
                                           : 1) {
        PoissonDrive::set("weight", spec.value("weight"));
        PoissonDrive::set("rate", spec.value("rate"));
    }

    void add(Step step, std::span<double> sum) override {
        if (!silent_ && window_.contains(step)) draw(step, weight_, sum);
    }

    void write(Step step, std::span<double> sum) override {
        // Nothing is left to be zeroed where a number is written for every neuron.
        const bool all = setup_.local.size() == setup_.neurons;
        if (blocks_ && all && !silent_ && window_.contains(step)) {
            add_blocks<Sum::write>(static_cast<std::uint64_t>(step), weight_, sum);
        } else {
            Drive::write(step, sum);
        }
    }

    void set(std::string_view parameter, const Value& value) override {
        if (parameter == "weight") {
            weight_ = PerNeuron(setup_, parameter, value);
            return;
        }
        const PerNeuron rate_Hz(setup_, parameter, value);
        const std::size_t count = rate_Hz.uniform() ? 1 : setup_.local.size();
        blocks_.reset();
        mean_.resize(count);
        zero_.resize(count);
        for (std::size_t k = 0; k < count; ++k) {
            mean_[k] = rate_Hz[k] * afferents_ * (setup_.dt_ms / 1000.0);
            if (!(mean_[k] <= kLargestPoissonMean)) {
                throw ConfigError(where_ + "/rate",
                                  fmt::format("{} Hz of {} afferents, {} events a step", rate_Hz[k],
                                              afferents_, mean_[k]),
                                  fmt::format("at most {} events a step: lower the rate or dt, or "
                                              "use ou_current for so dense an input",
                                              kLargestPoissonMean));
            }
            zero_[k] = exact_exp(-mean_[k]);
        }
        silent_ = std::all_of(mean_.begin(), mean_.end(), [](double mean) { return mean == 0.0; });
        if (rate_Hz.uniform() && PoissonBlocks::suits(mean_[0])) blocks_.emplace(mean_[0]);
    }

    std::uint32_t afferents() const override { return afferents_; }

    /// The sum of the trains is a Poisson train too, each of whose events is of any of them alike.
    void list_events(Step step, std::vector<AfferentEvent>& events) override {
        if (silent_ || !window_.contains(step)) return;
        numbers_.assign(setup_.neurons, 0.0);
        draw(step, one_, numbers_);
        for (std::size_t k = 0; k < setup_.local.size(); ++k) {
            const double number = numbers_[setup_.local[k]];
            for (std::uint32_t n = 0; n < number; ++n) {
                const RandomWords words = choice_.words(static_cast<std::uint64_t>(setup_.index[k]),
                                                        static_cast<std::uint64_t>(step), n);
                events.push_back(
                    {.neuron = static_cast<std::uint32_t>(k),
                     .afferent = static_cast<std::uint32_t>(to_index(words.first, afferents_)),
                     .weight = weight_[k]});
            }
        }
    }

    std::size_t bytes() const override {
        return (mean_.size() + zero_.size() + numbers_.size()) * sizeof(double) + weight_.bytes();
    }

private:
    enum class Sum { add, write };

    void draw(Step step, const PerNeuron& weight, std::span<double> sum) const {
        if (blocks_) {
            add_blocks<Sum::add>(static_cast<std::uint64_t>(step), weight, sum);
        } else {
            add_one_by_one(static_cast<std::uint64_t>(step), weight, sum);
        }
    }

    /// All neurons have one rate: 64 of them at a time.
    template <Sum kSum>
    void add_blocks(std::uint64_t step, const PerNeuron& weight, std::span<double> sum) const {
        constexpr std::size_t kBlock = PoissonBlocks::kBlock;
        const std::size_t count = setup_.local.size();
        // Copies that no store below can alias: they stay in registers.
        const CounterRandom random = random_;
        // Indices ascend, so as many of them as lie between two ends are all that lie there.
        const auto all_from = [&](std::size_t k, std::size_t length) {
            return weight.uniform() && k + length <= count &&
                   setup_.index[k + length - 1] - setup_.index[k] ==
                       static_cast<std::int64_t>(length) - 1;
        };
        alignas(64) std::array<PoissonBlocks::Counts, 2> pair;
        PoissonBlocks::Counts& events = pair[0];
        for (std::size_t k = 0; k < count;) {
            const auto first = static_cast<std::uint64_t>(setup_.index[k]);
            const std::uint64_t block = first / kBlock;
            if (first % kBlock == 0 && all_from(k, 2 * kBlock)) {
                blocks_->draw_two(random, block, step, pair);
                put_weighted<kSum>(pair[0], weight[0], sum.data() + setup_.local[k]);
                put_weighted<kSum>(pair[1], weight[0], sum.data() + setup_.local[k] + kBlock);
                k += 2 * kBlock;
                continue;
            }
            blocks_->draw(random, block, step, events);
            if (first % kBlock == 0 && all_from(k, kBlock)) {
                put_weighted<kSum>(events, weight[0], sum.data() + setup_.local[k]);
                k += kBlock;
                continue;
            }
            for (; k < count; ++k) {
                const auto index = static_cast<std::uint64_t>(setup_.index[k]);
                if (index / kBlock != block) break;
                double& entry = sum[setup_.local[k]];
                const double arriving = weight[k] * events[index % kBlock];
                entry = kSum == Sum::add ? entry + arriving : arriving;
            }
        }
    }

    template <Sum kSum>
    static void put_weighted(const PoissonBlocks::Counts& events, double weight, double* sum) {
        for (std::size_t k = 0; k < PoissonBlocks::kBlock; ++k) {
            const double arriving = weight * static_cast<double>(events[k]);
            sum[k] = kSum == Sum::add ? sum[k] + arriving : arriving;
        }
    }

    void add_one_by_one(std::uint64_t step, const PerNeuron& weight, std::span<double> sum) const {
        const std::size_t count = setup_.local.size();
        for (std::size_t k = 0; k < count;) {
            const auto first = static_cast<std::uint64_t>(setup_.index[k]);
            const Lanes u = to_uniform(random_.words_of_block(first, step).first);
            // The driven neurons among the eight that follow, each with its lane's number.
            std::size_t last = k;
            Lanes mean{};
            Lanes zero = broadcast(1.0);
            for (; last < count; ++last) {
                const std::uint64_t lane = static_cast<std::uint64_t>(setup_.index[last]) - first;
                if (lane >= kLanes) break;
                mean[lane] = mean_of(last);
                zero[lane] = zero_of(last);
            }
            const Lanes events = poisson_number(mean, zero, u);
            for (; k < last; ++k) {
                const std::uint64_t lane = static_cast<std::uint64_t>(setup_.index[k]) - first;
                sum[setup_.local[k]] += weight[k] * events[lane];
            }
        }
    }

    double mean_of(std::size_t k) const { return mean_.size() == 1 ? mean_[0] : mean_[k]; }
    double zero_of(std::size_t k) const { return zero_.size() == 1 ? zero_[0] : zero_[k]; }

    DriveSetup setup_;
    std::string where_;
    Window window_;
    CounterRandom random_;
    CounterRandom choice_;  ///< of the afferent that an event is of
    std::uint32_t afferents_;
    PerNeuron weight_;
    PerNeuron one_{1.0};
    bool silent_ = false;                  ///< all rates are 0: nothing to draw
    std::optional<PoissonBlocks> blocks_;  ///< where all neurons have one rate
    std::vector<double> mean_, zero_;      ///< events per step, and the probability of none
    std::vector<double> numbers_;          ///< of events in a step, by neuron of the group
};

}  // namespace

DriveInfo poisson_drive() {
    return {
        .description =
            {.name = "poisson",
             .summary = "independent Poisson events for each neuron, without source neurons",
             .fields = kFields,
             .details = "Every driven neuron has a train of its own; the number of events of a "
                        "step is Poisson\n(several in one step are possible), each adds `weight` "
                        "at the step's end.\n`afferents` independent trains of `rate` are drawn as "
                        "one, each event of which is of any of\nthem alike: exact, and it costs no "
                        "more than one train of the summed rate.",
             .example = R"("stimuli": {"background": {"target": "exc", "drive": "poisson",
  "receptor": "exc", "rate": "8 kHz", "weight": "87.8 pA"}})"},
        .target = DriveInfo::Target::receptor,
        .make = [](const Spec& spec, const DriveSetup& setup) -> std::unique_ptr<Drive> {
            return std::make_unique<PoissonDrive>(spec, setup);
        }};
}

}  // namespace volley
