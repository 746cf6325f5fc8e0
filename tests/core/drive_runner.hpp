#pragma once

// Runs a drive without a network: what it adds, step by step.

#include "core/distributions/distribution.hpp"
#include "core/drives/drive.hpp"
#include "core/math/lanes.hpp"
#include "core/spec_defaults.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

namespace volley {

using DriveValues = std::map<std::string, Value, std::less<>>;

/// The fields of a drive as the reader would give them, defaults filled in.
inline Spec drive_spec(const std::string& name, const DriveValues& values) {
    Spec spec = default_spec(find_drive(name)->description, "test");
    for (const auto& [key, value] : values) spec.values[key] = value;
    return spec;
}

inline Value drawn_uniform(double low, double high) {
    Spec spec = default_spec(find_distribution("uniform")->description, "test");
    spec.values["low"] = low;
    spec.values["high"] = high;
    return std::make_shared<const Spec>(std::move(spec));
}

/// The indices first, first + stride, ... below end.
inline std::vector<std::int64_t> indices(std::int64_t first, std::int64_t end,
                                         std::int64_t stride = 1) {
    std::vector<std::int64_t> list;
    for (std::int64_t i = first; i < end; i += stride) list.push_back(i);
    return list;
}

class DriveRunner {
public:
    /// @param index  of the driven neurons; the group holds the neurons from the first of them to
    ///               the last
    DriveRunner(const std::string& name, const DriveValues& values, std::vector<std::int64_t> index,
                double dt_ms = 0.1)
        : spec_(drive_spec(name, values)) {
        const std::int64_t first = index.empty() ? 0 : index.front();
        DriveSetup setup;
        setup.dt_ms = dt_ms;
        setup.seed = 11;
        setup.stimulus = "test";
        setup.neurons = index.empty() ? 0 : static_cast<std::size_t>(index.back() - first + 1);
        for (const std::int64_t i : index) {
            setup.local.push_back(static_cast<std::uint32_t>(i - first));
        }
        local_ = setup.local;
        setup.index = std::move(index);
        sum_.resize(padded(setup.neurons));
        drive_ = find_drive(name)->make(spec_, setup);
    }

    Drive& drive() { return *drive_; }

    /// What the driven neurons get in the next step.
    std::vector<double> step() {
        drive_->write(now_++, sum_);
        std::vector<double> driven;
        for (const std::uint32_t local : local_) driven.push_back(sum_[local]);
        return driven;
    }

    /// The same of one neuron over `steps` steps.
    std::vector<double> trace(std::size_t steps, std::size_t neuron = 0) {
        std::vector<double> values;
        for (std::size_t n = 0; n < steps; ++n) values.push_back(step()[neuron]);
        return values;
    }

    /// The moment at which each event of a weight of 1 arrives, in steps, by neuron.
    std::vector<std::vector<Step>> events(std::size_t steps) {
        std::vector<std::vector<Step>> times(local_.size());
        for (std::size_t n = 0; n < steps; ++n) {
            const std::vector<double> now = step();
            for (std::size_t k = 0; k < now.size(); ++k) {
                times[k].insert(times[k].end(), static_cast<std::size_t>(now[k]), now_);
            }
        }
        return times;
    }

private:
    Spec spec_;
    std::vector<std::uint32_t> local_;
    std::vector<double> sum_;
    std::unique_ptr<Drive> drive_;
    Step now_ = 0;
};

}  // namespace volley
