#include "core/neurons/spike_source.hpp"

#include "core/neurons/train_source.hpp"
#include "core/trains/given_trains.hpp"

namespace volley {

namespace {

constexpr Field kParameters[] = {kGivenTimes};

}  // namespace

NeuronModel spike_source_model() {
    return train_source<&make_given_trains, kParameters>(
        "spike_source", "source of given spike times, from a list or a file", kGivenTimesDetails,
        "", R"("populations": {"in": {"model": "spike_source", "size": 2,
  "parameters": {"times": [["1 ms", "5.5 ms"], ["3 ms"]]}}})");
}

}  // namespace volley
