#include "core/trains/given_trains.hpp"

#include <algorithm>
#include <tuple>

namespace volley {

namespace {

class GivenTrains final : public EventTrains {
public:
    GivenTrains(const TrainsSetup& setup, const Spec& spec) : setup_(setup) {
        GivenTrains::set("times", spec.value("times"));
    }

    void add(Step step, std::vector<Events>& events) override {
        // An event at time t ends the step that starts at t - 1.
        while (next_ < events_.size() && events_[next_].end <= step + 1) {
            const Event& event = events_[next_++];
            if (event.end < step + 1) continue;  // before the drive acts, or before a change
            if (!events.empty() && events.back().neuron == event.neuron) {
                ++events.back().number;
            } else {
                events.push_back({.neuron = event.neuron, .number = 1});
            }
        }
    }

    void set(std::string_view /*parameter*/, const Value& value) override {
        events_.clear();
        next_ = 0;
        const auto* const shared = std::get_if<std::vector<double>>(&value);
        const auto* const each = std::get_if<std::vector<std::vector<double>>>(&value);
        for (std::size_t k = 0; k < setup_.index.size(); ++k) {
            const auto index = static_cast<std::size_t>(setup_.index[k]);
            for (const double time_ms : shared != nullptr ? *shared : each->at(index)) {
                // One at 0 belongs to the first step.
                events_.push_back({.end = std::max<Step>(1, to_steps(time_ms, setup_.dt_ms)),
                                   .neuron = static_cast<std::uint32_t>(k)});
            }
        }
        std::sort(events_.begin(), events_.end(), [](const Event& a, const Event& b) {
            return std::tie(a.end, a.neuron) < std::tie(b.end, b.neuron);
        });
    }

    std::size_t bytes() const override {
        return events_.size() * sizeof(Event) + setup_.index.size() * sizeof(std::int64_t);
    }

private:
    struct Event {
        Step end;
        std::uint32_t neuron;
    };

    TrainsSetup setup_;
    std::vector<Event> events_;
    std::size_t next_ = 0;
};

}  // namespace

std::unique_ptr<EventTrains> make_given_trains(const TrainsSetup& setup, const Spec& spec) {
    return std::make_unique<GivenTrains>(setup, spec);
}

}  // namespace volley
