#include "core/trains/poisson_trains.hpp"

#include "core/math/functions.hpp"
#include "core/random/poisson.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

namespace volley {

void PoissonTrains::add(Step step, std::vector<Events>& events) {
    const std::vector<double>& mean = means(step);
    if (std::all_of(mean.begin(), mean.end(), [](double one) { return one == 0.0; })) return;
    const bool uniform = mean.size() == 1;
    Lanes means_here = broadcast(mean[0]);
    Lanes zero = exp(-means_here);
    const std::size_t count = setup_.index.size();
    for (std::size_t k = 0; k < count;) {
        const auto first = static_cast<std::uint64_t>(setup_.index[k]);
        // The neurons among the eight indices that follow, each with its lane's number.
        std::size_t lanes[kLanes];
        std::size_t here = 0;
        for (; k + here < count; ++here) {
            const std::uint64_t lane = static_cast<std::uint64_t>(setup_.index[k + here]) - first;
            if (lane >= kLanes) break;
            lanes[here] = static_cast<std::size_t>(lane);
            if (!uniform) means_here[lane] = mean[k + here];
        }
        if (!uniform) zero = exp(-means_here);
        const Lanes u =
            to_uniform(random_.words_of_block(first, static_cast<std::uint64_t>(step)).first);
        const Lanes number = poisson_number(means_here, zero, u);
        for (std::size_t j = 0; j < here; ++j) {
            const auto drawn = static_cast<std::uint32_t>(number[lanes[j]]);
            if (drawn == 0) continue;
            events.push_back({.neuron = static_cast<std::uint32_t>(k + j), .number = drawn});
        }
        k += here;
    }
}

void PoissonTrains::check_rate(std::string_view field, double rate_Hz) const {
    const double mean = rate_Hz * (setup_.dt_ms / 1000.0);
    if (mean <= kLargestPoissonMean) return;
    throw ConfigError(
        fmt::format("{}/{}", setup_.where, field),
        fmt::format("{} Hz, {} events a step", rate_Hz, mean),
        fmt::format("at most {} events a step: a lower rate or a smaller dt", kLargestPoissonMean));
}

namespace {

class InhomogeneousPoisson final : public PoissonTrains {
public:
    InhomogeneousPoisson(const TrainsSetup& setup, const Spec& spec)
        : PoissonTrains(setup),
          times_ms_(spec.numbers("times")),
          rates_Hz_(spec.numbers("rates")),
          linear_(spec.text("interpolation") == "linear") {
        if (times_ms_.size() != rates_Hz_.size() || times_ms_.empty()) {
            throw ConfigError(
                setup.where + "/rates", fmt::format("{} rates", rates_Hz_.size()),
                fmt::format("one for each of the times ({}), at least one", times_ms_.size()));
        }
        if (std::adjacent_find(times_ms_.begin(), times_ms_.end(), std::greater_equal<>()) !=
            times_ms_.end()) {
            throw ConfigError(setup.where + "/times", "times that go back or stand twice",
                              "times in ascending order");
        }
        InhomogeneousPoisson::set("scale", spec.value("scale"));
    }

    void set(std::string_view parameter, const Value& value) override {
        scale_ = setup_.values(parameter, value);
        const double highest = *std::max_element(rates_Hz_.begin(), rates_Hz_.end());
        for (const double scale : scale_) check_rate("rates", scale * highest);
    }

    std::size_t bytes() const override {
        return (times_ms_.size() + rates_Hz_.size() + scale_.size() + mean_.size() +
                setup_.index.size()) *
               sizeof(double);
    }

protected:
    const std::vector<double>& means(Step step) override {
        const double mean =
            integral(to_ms(step, setup_.dt_ms), to_ms(step + 1, setup_.dt_ms)) / 1000.0;
        mean_.resize(scale_.size());
        for (std::size_t k = 0; k < scale_.size(); ++k) mean_[k] = scale_[k] * mean;
        return mean_;
    }

private:
    /// Of the rate from one moment to another: Hz ms.
    double integral(double from_ms, double until_ms) {
        double sum = 0.0;
        // Pieces end at the moments given; the last one never.
        while (next_ < times_ms_.size() && times_ms_[next_] <= from_ms) ++next_;
        std::size_t next = next_;
        for (double begin = from_ms; begin < until_ms; ++next) {
            const double end =
                next < times_ms_.size() ? std::min(times_ms_[next], until_ms) : until_ms;
            sum += (end - begin) * rate_at(next, 0.5 * (begin + end));
            begin = end;
        }
        return sum;
    }

    /// The rate at a moment before times_ms[next] and not before the one in front of it.
    double rate_at(std::size_t next, double time_ms) const {
        if (next == 0) return 0.0;
        const double before = rates_Hz_[next - 1];
        if (!linear_ || next == times_ms_.size()) return before;
        const double part =
            (time_ms - times_ms_[next - 1]) / (times_ms_[next] - times_ms_[next - 1]);
        return before + part * (rates_Hz_[next] - before);
    }

    std::vector<double> times_ms_, rates_Hz_;
    bool linear_;
    std::size_t next_ = 0;  ///< the first moment that is still to come
    std::vector<double> scale_, mean_;
};

class SinusoidalPoisson final : public PoissonTrains {
public:
    SinusoidalPoisson(const TrainsSetup& setup, const Spec& spec) : PoissonTrains(setup) {
        for (const std::string_view name : {"rate", "amplitude", "frequency", "phase"}) {
            assign(name, spec.value(name));
        }
        prepare();
    }

    void set(std::string_view parameter, const Value& value) override {
        assign(parameter, value);
        prepare();
    }

    std::size_t bytes() const override {
        return (rate_Hz_.size() + amplitude_Hz_.size() + frequency_Hz_.size() + phase_.size() +
                smoothed_Hz_.size() + mean_.size() + setup_.index.size()) *
               sizeof(double);
    }

protected:
    const std::vector<double>& means(Step step) override {
        const double middle_s = (to_ms(step, setup_.dt_ms) + 0.5 * setup_.dt_ms) / 1000.0;
        for (std::size_t k = 0; k < mean_.size(); ++k) {
            const double turns = of_neuron(frequency_Hz_, k) * middle_s + of_neuron(phase_, k);
            const double sine = sine_cosine_of_turns(broadcast(turns)).sine[0];
            const double rate_Hz = of_neuron(rate_Hz_, k) + smoothed_Hz_[k] * sine;
            mean_[k] = std::max(0.0, rate_Hz) * (setup_.dt_ms / 1000.0);
        }
        return mean_;
    }

private:
    void assign(std::string_view parameter, const Value& value) {
        std::vector<double>& values = parameter == "rate"        ? rate_Hz_
                                      : parameter == "amplitude" ? amplitude_Hz_
                                      : parameter == "frequency" ? frequency_Hz_
                                                                 : phase_;
        values = setup_.values(parameter, value);
    }

    /// A sine's mean over a step is its value in the middle times sin(x) / x, x = pi f dt.
    void prepare() {
        const bool uniform = rate_Hz_.size() == 1 && amplitude_Hz_.size() == 1 &&
                             frequency_Hz_.size() == 1 && phase_.size() == 1;
        const std::size_t count = uniform ? 1 : setup_.index.size();
        mean_.resize(count);
        smoothed_Hz_.resize(count);
        constexpr double kTwoPi = 6.283185307179586477;
        for (std::size_t k = 0; k < count; ++k) {
            check_rate("rate", of_neuron(rate_Hz_, k) + of_neuron(amplitude_Hz_, k));
            const double half = 0.5 * of_neuron(frequency_Hz_, k) * setup_.dt_ms / 1000.0;
            const double sinc =
                half == 0.0 ? 1.0 : sine_cosine_of_turns(broadcast(half)).sine[0] / (kTwoPi * half);
            smoothed_Hz_[k] = of_neuron(amplitude_Hz_, k) * sinc;
        }
    }

    std::vector<double> rate_Hz_, amplitude_Hz_, frequency_Hz_, phase_;
    std::vector<double> smoothed_Hz_;  ///< amplitude of the means over steps
    std::vector<double> mean_;
};

}  // namespace

std::unique_ptr<EventTrains> make_inhomogeneous_poisson(const TrainsSetup& setup,
                                                        const Spec& spec) {
    return std::make_unique<InhomogeneousPoisson>(setup, spec);
}

std::unique_ptr<EventTrains> make_sinusoidal_poisson(const TrainsSetup& setup, const Spec& spec) {
    return std::make_unique<SinusoidalPoisson>(setup, spec);
}

}  // namespace volley
