#pragma once

#include "core/cable/cell_block.hpp"
#include "core/channels/table_store.hpp"
#include "core/neurons/neuron_group.hpp"
#include "core/neurons/parameter_values.hpp"

#include <memory>
#include <vector>

namespace volley {

/// A worker's share of a population of cells with dendrites: blocks of cells (cell_blocks.hpp).
class CableGroup final : public NeuronGroup {
public:
    /// @pre setup.cell is a type that outlives the group
    ///      of initial values V_m counts alone
    /// @throws ConfigError  a parameter that the cell computes (CellType::refuse_computed)
    explicit CableGroup(const GroupSetup& setup);

    std::size_t size() const override { return size_; }
    bool advance(Step step, const GroupInput& input, std::vector<std::uint32_t>& fired) override;
    void set_parameter(std::string_view name, const Value& value) override;
    double state(std::size_t variable, std::size_t neuron) const override;
    double state_at(std::size_t variable, std::size_t neuron,
                    std::int32_t compartment) const override;
    std::size_t bytes() const override;

    /// The block that computes a cell, as its lane number cell - block.first().
    const CellBlock& block_of(std::size_t cell) const { return blocks_[block_of_[cell]]; }

private:
    const CellType* cell_;
    std::size_t size_;
    ParameterValues values_;
    std::unique_ptr<TableStore> tables_;  ///< where the blocks find it
    std::vector<CellBlock> blocks_;
    std::vector<std::size_t> block_of_;  ///< [cell]
};

}  // namespace volley
