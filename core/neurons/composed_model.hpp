#pragma once

#include "core/neurons/neuron_model.hpp"
#include "core/receptors/receptor_kind.hpp"

#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace volley {

/// What a receptor that a membrane brings by itself has for a parameter in place of its kind's
/// default.
struct ReceptorDefault {
    std::string_view field;  ///< "E_rev_inh"
    double value = 0.0;
};

/// A receptor that a membrane has where the user chooses none.
struct UsualReceptor {
    std::string_view name;
    std::string_view kind;
};

/// The tables of a membrane and of the receptors on it, as one neuron model: parameters and states
/// of the membrane first, then those of each receptor in turn.
class ComposedTables {
public:
    struct Receptor {
        const ReceptorKind* kind;
        std::size_t first_field;  ///< in fields()
        std::size_t first_state;  ///< in states()
        bool negative;            ///< weights are at most 0 and count by their size
    };

    /// @param membrane       as described by its header; `fields` and states without receptors
    /// @param only_currents  the membrane's equations take currents but no conductances
    /// @throws ConfigError  naming the receptor: kinds that do not exist or do not fit
    ComposedTables(const NeuronModel& membrane, std::span<const ReceptorChoice> receptors,
                   std::span<const ReceptorDefault> defaults, bool only_currents);
    ComposedTables(const ComposedTables&) = delete;
    ComposedTables& operator=(const ComposedTables&) = delete;

    const NeuronModel& model() const { return model_; }
    std::span<const Field> fields() const { return fields_; }
    std::span<const StateVariable> states() const { return states_; }
    std::span<const Receptor> receptors() const { return receptors_; }

private:
    void add(const ReceptorChoice& choice, std::span<const ReceptorDefault> defaults);
    /// `pattern` with the receptor's name for "*" and the current's unit for "@"; kept alive.
    std::string_view keep(std::string_view pattern, std::string_view receptor);

    NeuronModel model_;
    std::deque<std::string> texts_;
    std::vector<Field> fields_;
    std::vector<StateVariable> states_;
    std::vector<Relation> relations_;
    std::vector<volley::Receptor> places_;
    std::vector<Receptor> receptors_;
};

/// The tables for a choice of receptors, made at its first use and kept to the end of the program.
/// Safe from several threads.
class ComposedCache {
public:
    ComposedCache(const NeuronModel& membrane, std::span<const UsualReceptor> usual,
                  std::span<const ReceptorDefault> defaults, bool only_currents);
    /// @param receptors  empty = the usual ones
    const ComposedTables& with(std::span<const ReceptorChoice> receptors);

private:
    struct Entries;
    NeuronModel membrane_;
    std::vector<ReceptorChoice> usual_;
    std::span<const ReceptorDefault> defaults_;
    bool only_currents_;
    std::shared_ptr<Entries> entries_;
};

}  // namespace volley
