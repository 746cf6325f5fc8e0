#include "core/trains/renewal_trains.hpp"

#include "core/random/poisson.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace volley {

namespace {

std::string_view parameter_of(RenewalLaw::Kind kind) {
    switch (kind) {
        case RenewalLaw::Kind::gamma:
            return "shape";
        case RenewalLaw::Kind::dead_time_poisson:
            return "dead_time";
        default:
            return "cv";
    }
}

}  // namespace

RenewalTrains::RenewalTrains(const TrainsSetup& setup, const Spec& spec, RenewalLaw::Kind kind)
    : setup_(setup), kind_(kind), random_(setup.random("intervals")) {
    const std::string_view name = parameter_of(kind);
    parameter_ = setup_.values(name, spec.value(name));
    set_rate(spec.value("rate"));
    make_laws();
    left_.resize(setup_.index.size());
    ordinal_.assign(setup_.index.size(), 1);
    for (std::size_t k = 0; k < left_.size(); ++k) {
        const RenewalLaw& law = laws_[laws_.size() == 1 ? 0 : k];
        left_[k] = law.first(random_, static_cast<std::uint64_t>(setup_.index[k]));
    }
}

void RenewalTrains::add(Step /*step*/, std::vector<Events>& events) {
    for (std::size_t k = 0; k < left_.size(); ++k) {
        const double passing = of_neuron(per_step_, k);
        double left = left_[k];
        if (left < passing) {
            const RenewalLaw& law = laws_[laws_.size() == 1 ? 0 : k];
            const auto index = static_cast<std::uint64_t>(setup_.index[k]);
            std::uint32_t number = 0;
            while (left < passing) {
                ++number;
                left += law.interval(random_, index, ordinal_[k]++);
            }
            events.push_back({.neuron = static_cast<std::uint32_t>(k), .number = number});
        }
        left_[k] = left - passing;
    }
}

void RenewalTrains::set(std::string_view parameter, const Value& value) {
    if (parameter == "rate") {
        set_rate(value);
        // A dead time is a larger part of shorter intervals.
        if (kind_ == RenewalLaw::Kind::dead_time_poisson) make_laws();
    } else {
        parameter_ = setup_.values(parameter, value);
        make_laws();
    }
}

void RenewalTrains::set_rate(const Value& value) {
    rate_Hz_ = setup_.values("rate", value);
    per_step_.clear();
    for (const double rate_Hz : rate_Hz_) {
        per_step_.push_back(rate_Hz * (setup_.dt_ms / 1000.0));
        if (per_step_.back() <= kLargestPoissonMean) continue;
        throw ConfigError(setup_.where + "/rate",
                          fmt::format("{} Hz, {} events a step", rate_Hz, per_step_.back()),
                          fmt::format("at most {} events a step: a lower rate or a smaller dt",
                                      kLargestPoissonMean));
    }
}

void RenewalTrains::make_laws() {
    laws_.clear();
    if (kind_ != RenewalLaw::Kind::dead_time_poisson) {
        for (const double parameter : parameter_) laws_.emplace_back(kind_, parameter);
        return;
    }
    // One law where both parameters are uniform; none where no neuron is here to have a list's.
    const bool uniform = rate_Hz_.size() == 1 && parameter_.size() == 1;
    const std::size_t count = uniform ? 1 : setup_.index.size();
    for (std::size_t k = 0; k < count; ++k) {
        const double rate_Hz = of_neuron(rate_Hz_, k);
        const double dead_ms = of_neuron(parameter_, k);
        const double part = rate_Hz * dead_ms / 1000.0;
        if (!(part < 1.0)) {
            throw ConfigError(setup_.where + "/dead_time",
                              fmt::format("{} ms at {} Hz", dead_ms, rate_Hz),
                              "a dead time shorter than the mean interval (rate x dead_time < 1)");
        }
        laws_.emplace_back(kind_, part);
    }
}

std::size_t RenewalTrains::bytes() const {
    return (rate_Hz_.size() + parameter_.size() + per_step_.size() + left_.size() +
            ordinal_.size() + setup_.index.size()) *
               sizeof(double) +
           laws_.size() * sizeof(RenewalLaw);
}

}  // namespace volley
