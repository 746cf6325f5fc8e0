#pragma once

#include "core/analysis/analysis.hpp"
#include "core/analysis/spike_trains.hpp"
#include "core/spec_defaults.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numbers>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

/// Spike trains whose statistics are known in closed form, for the tests of the analyses.
namespace volley::test {

using TimesMs = std::vector<double>;
using Generator = std::mt19937_64;

/// Trains from times in ms; a time falls at the end of the step that holds it.
inline SpikeTrains trains_of(const std::vector<TimesMs>& times_ms, double duration_ms,
                             double dt_ms = 0.1) {
    std::vector<Step> steps;
    std::vector<std::int64_t> sources, neurons;
    for (std::size_t k = 0; k < times_ms.size(); ++k) {
        neurons.push_back(static_cast<std::int64_t>(k));
        for (const double t : times_ms[k]) {
            steps.push_back(static_cast<Step>(std::floor(t / dt_ms)) + 1);
            sources.push_back(static_cast<std::int64_t>(k));
        }
    }
    return make_spike_trains("pc", dt_ms, 0, to_steps(duration_ms, dt_ms), neurons, steps, sources);
}

/// A Poisson train.
inline TimesMs poisson(double rate_hz, double duration_ms, Generator& random) {
    std::exponential_distribution<double> interval(1e-3 * rate_hz);
    TimesMs times;
    for (double t = interval(random); t < duration_ms; t += interval(random)) times.push_back(t);
    return times;
}

/// A renewal train with gamma intervals of order k, past its start.
inline TimesMs gamma_train(double order, double rate_hz, double duration_ms, Generator& random) {
    std::gamma_distribution<double> interval(order, 1e3 / (rate_hz * order));
    TimesMs times;
    double t = -20e3 / rate_hz;
    for (; t < duration_ms; t += interval(random)) {
        if (t >= 0.0) times.push_back(t);
    }
    return times;
}

/// A Poisson train whose rate is rate * (1 + depth * cos(2 pi f t)), by thinning.
inline TimesMs modulated(double rate_hz, double depth, double f_hz, double duration_ms,
                         Generator& random) {
    std::uniform_real_distribution<double> uniform(0.0, 1.0);
    TimesMs times;
    for (const double t : poisson(rate_hz * (1.0 + depth), duration_ms, random)) {
        const double now = 1.0 + depth * std::cos(2e-3 * std::numbers::pi * f_hz * t);
        if (uniform(random) * (1.0 + depth) < now) times.push_back(t);
    }
    return times;
}

/// A clock with independent Gaussian jitter of each tick; sd 0 gives a perfect one.
inline TimesMs clock_train(double period_ms, double phase, double jitter_ms, double duration_ms,
                           Generator& random) {
    std::normal_distribution<double> normal(0.0, 1.0);
    TimesMs times;
    for (double tick = (phase - 5.0) * period_ms; tick < duration_ms + 5.0 * period_ms;
         tick += period_ms) {
        const double t = jitter_ms > 0.0 ? tick + jitter_ms * normal(random) : tick;
        if (t >= 0.0 && t < duration_ms) times.push_back(t);
    }
    std::ranges::sort(times);
    return times;
}

/// N independent trains.
template <class Make>
std::vector<TimesMs> several(std::size_t neurons, Make&& make) {
    std::vector<TimesMs> result;
    for (std::size_t k = 0; k < neurons; ++k) result.push_back(make());
    return result;
}

/// Poisson trains that copy each spike of one mother process with probability c, and so correlate
/// with coefficient c in any bin.
inline std::vector<TimesMs> of_one_mother(std::size_t neurons, double rate_hz, double c,
                                          double duration_ms, Generator& random) {
    std::bernoulli_distribution copies(c);
    std::vector<TimesMs> result(neurons);
    for (const double t : poisson(rate_hz / c, duration_ms, random)) {
        for (TimesMs& train : result) {
            if (copies(random)) train.push_back(t);
        }
    }
    return result;
}

/// An analysis' Spec with defaults, and what a user adds.
inline Spec spec_of(const std::string& analysis,
                    const std::vector<std::pair<std::string, Value>>& written = {}) {
    const AnalysisInfo* const info = find_analysis(analysis);
    if (info == nullptr) throw std::logic_error("no analysis " + analysis);
    Spec spec = default_spec(info->description, "model.json#/analyses/it");
    for (const auto& [key, value] : written) spec.values.insert_or_assign(key, value);
    return spec;
}

inline AnalysisResult run(const std::string& analysis, const std::vector<SpikeTrains>& targets,
                          const std::vector<std::pair<std::string, Value>>& written = {}) {
    return find_analysis(analysis)->run(spec_of(analysis, written), targets);
}
inline AnalysisResult run(const std::string& analysis, const SpikeTrains& trains,
                          const std::vector<std::pair<std::string, Value>>& written = {}) {
    return run(analysis, std::vector<SpikeTrains>{trains}, written);
}

/// @throws std::out_of_range where there is no such figure
inline double figure(const AnalysisResult& result, const std::string& name) {
    for (const Figure& figure : result.figures) {
        if (figure.name == name) return figure.value;
    }
    throw std::out_of_range("no figure " + name);
}

inline Value list(std::vector<double> numbers) { return numbers; }
inline Value whole(std::int64_t number) { return number; }
inline Value name(const char* text) { return std::string(text); }

}  // namespace volley::test
