#pragma once

#include "core/cable/cell_definition.hpp"
#include "core/cable/layout.hpp"
#include "core/cable/tree_solver.hpp"
#include "core/channels/channel_kind.hpp"
#include "core/neurons/neuron_model.hpp"
#include "core/receptors/receptor_kind.hpp"

#include <deque>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace volley {

struct PoolKind;

/// A cell with dendrites, checked and laid out: what all cells of a population share.
///
/// Its model() is a NeuronModel as any other. Parameters: C_m, V_init (where V begins), V_th, then
/// those of each channel, pool and receptor in the order of the definition. States: V_m, then those
/// of each of them in the same order, each followed, for channels, by the current "i_NAME", and at
/// last the concentrations "NAME_i" of ions that a pool computes. Receptors: those of the
/// definition, each with as many sites as it has compartments, in their order. Currents are in nA.
class CellType {
public:
    /// @throws ConfigError  with the place in the model file: unknown kinds, names used twice,
    ///                      two pools for one ion on a compartment, ...
    explicit CellType(CellDefinition definition);
    CellType(const CellType&) = delete;
    CellType& operator=(const CellType&) = delete;
    ~CellType();

    const CellDefinition& definition() const { return definition_; }
    const NeuronModel& model() const { return model_; }

    /// A part (channel, pool, receptor) and where its tables begin in model().
    struct Part {
        const Placement* placement = nullptr;
        const ChannelKind* channel = nullptr;  ///< one of these three
        const PoolKind* pool = nullptr;
        const ReceptorKind* receptor = nullptr;
        std::size_t first_field = 0;
        std::size_t fields = 0;
        std::size_t first_state = 0;
        std::size_t states = 0;  ///< of the part itself, without currents
        bool negative = false;   ///< of receptors: weights are at most 0 and count by their size
    };
    std::span<const Part> channels() const { return channels_; }
    std::span<const Part> pools() const { return pools_; }
    std::span<const Part> receptors() const { return receptors_; }

    /// The compartments that carry a receptor, by site.
    std::span<const std::int32_t> sites(std::size_t receptor) const {
        return receptors_[receptor].placement->compartments;
    }
    /// Refuses a channel's reversal potential that the concentrations of its ion set.
    /// @throws ConfigError  at `where`
    void refuse_computed(std::string_view parameter, std::string_view where) const;
    /// Whether a state variable of model() exists at a compartment.
    bool has_state(std::size_t variable, std::int32_t compartment) const;

    /// What a state variable of model() is.
    struct StateOrigin {
        enum class Kind { potential, channel, channel_current, pool, receptor, concentration };
        Kind kind = Kind::potential;
        std::size_t part = 0;      ///< index into channels(), pools(), receptors(); of the ion
        std::size_t variable = 0;  ///< of the part
    };
    const StateOrigin& origin(std::size_t variable) const { return origins_[variable]; }

    /// How the cells are computed at a width of 1 or 8.
    struct Plan {
        Plan(const CellType& cell, const TreeOrder& order, std::size_t width);

        CableLayout layout;
        SolverTree tree;
        std::vector<Place> channels;  ///< as channels()
        std::vector<Place> pools;
        std::vector<std::vector<std::uint32_t>> receptors;  ///< index of each site, lane 0
        std::size_t soma;                                   ///< index of lane 0
    };
    const Plan& plan(std::size_t width) const { return width == 1 ? *alone_ : *lanes_; }

private:
    using Origin = StateOrigin::Kind;
    Part& add_part(std::vector<Part>& list, const Placement& placement,
                   const Description& description, std::span<const StateVariable> states,
                   Origin origin, std::size_t layers = 1);
    void add_own();
    void add_channels();
    void add_pools();
    void add_receptors();
    void add_concentrations();
    void add_field(Field field, const Placement& placement);
    void add_state(const StateVariable& state, const StateOrigin& origin);
    std::string_view keep(std::string text);

    CellDefinition definition_;
    std::vector<Part> channels_;
    std::vector<Part> pools_;
    std::vector<Part> receptors_;
    std::deque<std::string> texts_;
    std::vector<Field> fields_;
    std::vector<StateVariable> states_;
    std::vector<StateOrigin> origins_;  ///< [state]
    std::vector<Relation> relations_;
    std::vector<Receptor> places_;
    NeuronModel model_;
    std::unique_ptr<Plan> alone_;
    std::unique_ptr<Plan> lanes_;
};

}  // namespace volley
