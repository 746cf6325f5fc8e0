#include "core/neurons/train_source.hpp"

#include "core/spec_defaults.hpp"

#include <numeric>

namespace volley {

namespace {

class TrainSource final : public NeuronGroup {
public:
    TrainSource(const GroupSetup& setup, std::span<const Field> fields, MakeTrains make)
        : last_events_(setup.size) {
        const std::string owner = "population/" + std::string(setup.population);
        const std::string where = "population " + std::string(setup.population);
        Spec spec{.name = where, .where = where, .values = {}};
        for (const Field& field : fields) {
            const auto given = setup.parameters->find(field.name);
            if (given != setup.parameters->end()) {
                spec.values.emplace(field.name, given->second);
            } else if (field.presence == Presence::defaulted) {
                spec.values.emplace(field.name, default_value(field));
            }
        }
        std::vector<std::int64_t> index(setup.size);
        std::iota(index.begin(), index.end(), setup.first);
        trains_ = make({.dt_ms = setup.dt_ms,
                        .seed = setup.seed,
                        .owner = owner,
                        .where = where,
                        .index = std::move(index)},
                       spec);
    }

    std::size_t size() const override { return last_events_.size(); }

    bool advance(Step step, const GroupInput& /*input*/,
                 std::vector<std::uint32_t>& fired) override {
        for (const Events& events : events_) last_events_[events.neuron] = 0;
        events_.clear();
        trains_->add(step, events_);
        for (const Events& events : events_) {
            fired.insert(fired.end(), events.number, events.neuron);
            last_events_[events.neuron] = events.number;
        }
        return true;
    }

    void set_parameter(std::string_view name, const Value& value) override {
        trains_->set(name, value);
    }

    double state(std::size_t /*variable*/, std::size_t neuron) const override {
        return last_events_[neuron];
    }

    std::size_t bytes() const override {
        return trains_->bytes() + last_events_.size() * sizeof(std::uint32_t);
    }

private:
    std::unique_ptr<EventTrains> trains_;
    std::vector<Events> events_;  ///< of the last step
    std::vector<std::uint32_t> last_events_;
};

}  // namespace

std::unique_ptr<NeuronGroup> make_train_source(const GroupSetup& setup,
                                               std::span<const Field> fields, MakeTrains make) {
    return std::make_unique<TrainSource>(setup, fields, make);
}

}  // namespace volley
