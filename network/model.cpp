#include "network/model.hpp"

#include "core/cable/cell_type.hpp"

#include <algorithm>
#include <stdexcept>

namespace volley {

std::int64_t Selection::position_of(std::int64_t index) const {
    if (!list.empty()) return std::ranges::lower_bound(list, index) - list.begin();
    if (index <= begin) return 0;
    return std::min((index - begin + stride - 1) / stride, size());
}

const NeuronModel& neuron_model(const Population& population) {
    if (population.cell) return population.cell->model();
    const NeuronModel* const model = find_neuron_model(population.model);
    if (model == nullptr) throw std::logic_error("no neuron model \"" + population.model + "\"");
    return population.receptors.empty() ? *model : model->with_receptors(population.receptors);
}

std::int64_t Model::neurons() const {
    std::int64_t sum = 0;
    for (const Population& population : populations) sum += population.size;
    return sum;
}

std::int32_t Model::population(std::string_view name) const {
    const auto found = std::ranges::find(populations, name, &Population::name);
    if (found == populations.end()) {
        throw std::logic_error("no population \"" + std::string(name) + "\"");
    }
    return static_cast<std::int32_t>(found - populations.begin());
}

bool is_projected_onto(const Model& model, std::int32_t population, std::int32_t receptor) {
    return std::ranges::any_of(model.projections, [&](const Projection& projection) {
        return projection.target.population == population && projection.receptor == receptor;
    });
}

}  // namespace volley
