#include "network/synapse_value.hpp"

#include <algorithm>
#include <stdexcept>

namespace volley {

SynapseValue::SynapseValue(const Value& value, std::span<const double> listed, double longest_um)
    : listed_(listed), longest_um_(longest_um) {
    if (!listed.empty()) {
        const auto [low, high] = std::minmax_element(listed.begin(), listed.end());
        lowest_ = *low;
        highest_ = *high;
    } else if (const auto* const number = std::get_if<double>(&value)) {
        constant_ = lowest_ = highest_ = *number;
    } else if (const Spec* const spec = spec_of(value)) {
        if (find_distribution(spec->name) != nullptr) {
            distribution_ = make_distribution(*spec);
            lowest_ = distribution_->lowest();
            highest_ = distribution_->highest();
        } else if (const auto* const info = find_distance_function(spec->name)) {
            function_ = info->make(*spec);
            lowest_ = function_->lowest(longest_um);
            highest_ = function_->highest(longest_um);
        } else {
            throw std::logic_error("no distribution or function of distance named " + spec->name);
        }
    } else {
        throw std::logic_error(
            "a weight or delay is a number, distribution or function of distance");
    }
}

std::vector<double> SynapseValue::sample() const {
    constexpr int kValues = 1000;
    if (!listed_.empty()) return {listed_.begin(), listed_.end()};
    std::vector<double> values;
    for (int k = 0; k < kValues; ++k) {
        const double middle = (k + 0.5) / kValues;
        values.push_back(at(0, middle, middle * longest_um_));
        if (!distribution_ && !function_) break;
    }
    return values;
}

}  // namespace volley
