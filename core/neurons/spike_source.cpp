#include "core/neurons/spike_source.hpp"

#include "core/time.hpp"

#include <algorithm>
#include <stdexcept>

namespace volley {

namespace {

constexpr Field kParameters[] = {
    {.name = "times",
     .kind = Kind::trains,
     .unit = "ms",
     .presence = Presence::required,
     .range = kNotNegative,
     .meaning = "spike times: one list for all neurons, or a list of lists, one for each neuron"},
};
constexpr StateVariable kStates[] = {{"events", "1", "spikes sent in the last step"}};

/// Sends each neuron's given spikes, rounded to the nearest step.
class SpikeSourceGroup final : public NeuronGroup {
public:
    explicit SpikeSourceGroup(const GroupSetup& setup)
        : dt_ms_(setup.dt_ms), first_(setup.first), size_(setup.size), last_events_(setup.size) {
        const auto given = setup.parameters->find("times");
        if (given == setup.parameters->end()) {
            throw std::logic_error("spike_source without times");
        }
        SpikeSourceGroup::set_parameter("times", given->second);
    }

    std::size_t size() const override { return size_; }

    bool advance(Step step, const GroupInput& /*input*/,
                 std::vector<std::uint32_t>& fired) override {
        std::fill(last_events_.begin(), last_events_.end(), 0);
        // A spike at time t ends the step that starts at t - 1; one at 0 belongs to the first step.
        while (next_ < events_.size() && events_[next_].end <= step + 1) {
            const Event& event = events_[next_++];
            if (event.end < step + 1) continue;  // in the past of a change of the times
            fired.push_back(event.neuron);
            ++last_events_[event.neuron];
        }
        return true;
    }

    void set_parameter(std::string_view /*name*/, const Value& value) override {
        events_.clear();
        next_ = 0;
        if (const auto* const shared = std::get_if<std::vector<double>>(&value)) {
            for (std::size_t i = 0; i < size_; ++i) add_train(i, *shared);
        } else {
            const auto& trains = std::get<std::vector<std::vector<double>>>(value);
            for (std::size_t i = 0; i < size_; ++i) {
                add_train(i, trains.at(static_cast<std::size_t>(first_) + i));
            }
        }
        std::sort(events_.begin(), events_.end(), [](const Event& a, const Event& b) {
            return a.end != b.end ? a.end < b.end : a.neuron < b.neuron;
        });
    }

    double state(std::size_t /*variable*/, std::size_t neuron) const override {
        return last_events_[neuron];
    }

    std::size_t bytes() const override {
        return events_.size() * sizeof(Event) + size_ * sizeof(std::int32_t);
    }

private:
    struct Event {
        Step end;
        std::uint32_t neuron;
    };

    void add_train(std::size_t neuron, const std::vector<double>& times_ms) {
        for (const double time_ms : times_ms) {
            events_.push_back({.end = std::max<Step>(1, to_steps(time_ms, dt_ms_)),
                               .neuron = static_cast<std::uint32_t>(neuron)});
        }
    }

    double dt_ms_;
    std::int64_t first_;
    std::size_t size_;
    std::vector<Event> events_;
    std::size_t next_ = 0;
    std::vector<std::int32_t> last_events_;
};

}  // namespace

NeuronModel spike_source_model() {
    return {
        .description =
            {.name = "spike_source",
             .summary = "source of given spike times",
             .fields = kParameters,
             .details =
                 "Times are rounded to the nearest step (a time of 0 to the first one); several "
                 "spikes\nin one step are all sent.",
             .example =
                 R"("populations": {"in": {"model": "spike_source", "size": 2,
  "parameters": {"times": [["1 ms", "5.5 ms"], ["3 ms"]]}}})"},
        .states = kStates,
        .receptors = {},
        .relations = {},
        .current_unit = "",
        .largest_events = 16.0,
        .make_group = [](const GroupSetup& setup) -> std::unique_ptr<NeuronGroup> {
            return std::make_unique<SpikeSourceGroup>(setup);
        }};
}

}  // namespace volley
