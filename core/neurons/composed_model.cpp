#include "core/neurons/composed_model.hpp"

#include "core/error.hpp"

#include <algorithm>
#include <mutex>

namespace volley {

namespace {

std::string known_kinds(bool only_currents) {
    std::string names;
    for (const ReceptorKind& kind : receptor_kinds()) {
        if (only_currents && kind.is_conductance) continue;
        names += (names.empty() ? "" : ", ") + std::string(kind.description.name);
    }
    return names;
}

const ReceptorKind& kind_of(const ReceptorChoice& choice, const NeuronModel& membrane,
                            bool only_currents) {
    const ReceptorKind* const kind = find_receptor_kind(choice.kind);
    if (kind == nullptr) {
        throw ConfigError(choice.name, "\"" + choice.kind + "\"",
                          "a kind of receptor: " + known_kinds(only_currents));
    }
    if (only_currents && kind->is_conductance) {
        throw ConfigError(choice.name, "\"" + choice.kind + "\"",
                          "a current, since the equations of " +
                              std::string(membrane.description.name) +
                              " take no conductances: " + known_kinds(true));
    }
    return *kind;
}

}  // namespace

ComposedTables::ComposedTables(const NeuronModel& membrane,
                               std::span<const ReceptorChoice> receptors,
                               std::span<const ReceptorDefault> defaults, bool only_currents)
    : model_(membrane),
      fields_(membrane.description.fields.begin(), membrane.description.fields.end()),
      states_(membrane.states.begin(), membrane.states.end()),
      relations_(membrane.relations.begin(), membrane.relations.end()) {
    int blocked = 0;
    for (const ReceptorChoice& choice : receptors) {
        const ReceptorKind& kind = kind_of(choice, membrane, only_currents);
        if (kind.is_blocked && ++blocked > SynapticInput::kMostBlocked) {
            throw ConfigError(choice.name, "another receptor of kind nmda",
                              "at most " + std::to_string(SynapticInput::kMostBlocked));
        }
        add(choice, defaults);
    }
    model_.description.fields = fields_;
    model_.states = states_;
    model_.receptors = places_;
    model_.relations = relations_;
}

void ComposedTables::add(const ReceptorChoice& choice, std::span<const ReceptorDefault> defaults) {
    const ReceptorKind& kind = *find_receptor_kind(choice.kind);
    const bool negative = kind.is_conductance && choice.name == "inh";
    receptors_.push_back({.kind = &kind,
                          .first_field = fields_.size(),
                          .first_state = states_.size(),
                          .negative = negative});
    const auto text = [&](std::string_view pattern) { return keep(pattern, choice.name); };
    for (Field field : kind.description.fields) {
        field.name = text(field.name);
        field.unit = text(field.unit);
        field.meaning = text(field.meaning);
        for (const ReceptorDefault& own : defaults) {
            if (own.field == field.name) field.default_number = own.value;
        }
        if (std::ranges::find(fields_, field.name, &Field::name) != fields_.end()) {
            throw ConfigError(choice.name, "a receptor of this name",
                              "another name: " + std::string(field.name) +
                                  " is a parameter of the model already");
        }
        fields_.push_back(field);
    }
    for (StateVariable state : kind.states) {
        state.name = text(state.name);
        state.unit = text(state.unit);
        state.meaning = text(state.meaning);
        if (std::ranges::find(states_, state.name, &StateVariable::name) != states_.end()) {
            throw ConfigError(
                choice.name, "a receptor of this name",
                "another name: " + std::string(state.name) + " is a state of the model already");
        }
        states_.push_back(state);
    }
    for (const Relation& relation : kind.relations) {
        relations_.push_back({.smaller = text(relation.smaller), .larger = text(relation.larger)});
    }
    const std::string sign = !kind.is_conductance ? ""
                             : negative           ? " (weights are not positive)"
                                                  : " (weights are not negative)";
    places_.push_back({.name = text("*"),
                       .unit = text(kind.weight_unit),
                       .meaning = text(std::string(kind.description.name) + ": " +
                                       std::string(kind.weight_meaning) + sign),
                       .sign = !kind.is_conductance ? 0 : (negative ? -1 : 1)});
}

std::string_view ComposedTables::keep(std::string_view pattern, std::string_view receptor) {
    return texts_.emplace_back(receptor_text(pattern, receptor, model_.current_unit));
}

struct ComposedCache::Entries {
    struct Entry {
        std::vector<ReceptorChoice> choice;
        std::unique_ptr<ComposedTables> tables;
    };
    std::mutex lock;
    std::vector<Entry> all;
};

ComposedCache::ComposedCache(const NeuronModel& membrane, std::span<const UsualReceptor> usual,
                             std::span<const ReceptorDefault> defaults, bool only_currents)
    : membrane_(membrane),
      defaults_(defaults),
      only_currents_(only_currents),
      entries_(std::make_shared<Entries>()) {
    for (const UsualReceptor& receptor : usual) {
        usual_.push_back({.name = std::string(receptor.name), .kind = std::string(receptor.kind)});
    }
}

const ComposedTables& ComposedCache::with(std::span<const ReceptorChoice> receptors) {
    const std::span<const ReceptorChoice> wanted =
        receptors.empty() ? std::span<const ReceptorChoice>(usual_) : receptors;
    const std::scoped_lock lock(entries_->lock);
    for (const Entries::Entry& entry : entries_->all) {
        if (std::ranges::equal(entry.choice, wanted)) return *entry.tables;
    }
    auto tables = std::make_unique<ComposedTables>(membrane_, wanted, defaults_, only_currents_);
    entries_->all.push_back(
        {.choice = {wanted.begin(), wanted.end()}, .tables = std::move(tables)});
    return *entries_->all.back().tables;
}

}  // namespace volley
