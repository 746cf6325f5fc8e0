#include "core/cable/cable_group.hpp"

#include "core/cable/cell_blocks.hpp"

#include <algorithm>
#include <bit>
#include <limits>

namespace volley {

CableGroup::CableGroup(const GroupSetup& setup)
    : cell_(setup.cell),
      size_(setup.size),
      values_(setup, cell_->model().description.fields),
      tables_(std::make_unique<TableStore>()) {
    for (const auto& [name, value] : *setup.parameters) cell_->refuse_computed(name, name);
    for (std::size_t cell = 0; cell < size_;) {
        const LanePlace place = block_of_cell(cell, size_);
        const std::size_t cells = std::min(place.width, size_ - cell);
        blocks_.emplace_back(
            CellBlock::Setup{.cell = cell_,
                             .dt_ms = setup.dt_ms,
                             .seed = setup.seed,
                             .purpose = std::string(setup.population),
                             .first_cell = setup.first + static_cast<std::int64_t>(cell),
                             .first = cell,
                             .width = place.width,
                             .cells = cells,
                             .tables = tables_.get()},
            values_);
        block_of_.insert(block_of_.end(), cells, blocks_.size() - 1);
        cell += cells;
    }
    const std::vector<double> V = values_.initial(setup, cell_->model().states[0]);
    for (CellBlock& block : blocks_) {
        Lanes start;
        for (std::size_t k = 0; k < kLanes; ++k) {
            start[k] = V.size() == 1 ? V[0] : V[std::min(block.first() + k, size_ - 1)];
        }
        block.start(start);
    }
}

bool CableGroup::advance(Step step, const GroupInput& input, std::vector<std::uint32_t>& fired) {
    bool exact = true;
    for (CellBlock& block : blocks_) {
        const CellBlock::Crossings crossed = block.advance(step, input, exact);
        for (unsigned left = crossed.lanes; left != 0; left &= left - 1) {
            const auto lane = static_cast<std::size_t>(std::countr_zero(left));
            fired.push_back(static_cast<std::uint32_t>(block.first() + lane));
            if (input.crossings != nullptr) {
                input.crossings->push_back(static_cast<float>(crossed.fraction[lane]));
            }
        }
    }
    return exact;
}

void CableGroup::set_parameter(std::string_view name, const Value& value) {
    values_.set(name, value);
    for (CellBlock& block : blocks_) block.set_parameters(values_);
}

double CableGroup::state(std::size_t variable, std::size_t neuron) const {
    const std::int32_t soma = cell_->definition().soma;
    if (!cell_->has_state(variable, soma)) return std::numeric_limits<double>::quiet_NaN();
    return state_at(variable, neuron, soma);
}

double CableGroup::state_at(std::size_t variable, std::size_t neuron,
                            std::int32_t compartment) const {
    const CellBlock& block = blocks_[block_of_[neuron]];
    return block.state(variable, compartment, neuron - block.first());
}

std::size_t CableGroup::bytes() const {
    std::size_t total = values_.bytes() + tables_->bytes() + block_of_.size() * sizeof(std::size_t);
    for (const CellBlock& block : blocks_) total += block.bytes();
    return total;
}

}  // namespace volley
