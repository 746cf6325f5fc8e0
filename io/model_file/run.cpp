#include "io/model_file/reading.hpp"
#include "io/model_file/sections.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace volley {
namespace {

constexpr Step kMostSteps = Step{1} << 47;  // counters of random numbers have 48 bits for the step

/// Unlike all other whole numbers a seed may use all 64 bits.
std::uint64_t read_seed(const Reading& reading, const Object& object) {
    const Json* const value = object.find("seed");
    if (value == nullptr) return 1;
    if (value->is_number_unsigned()) return value->get<std::uint64_t>();
    const Field seed = required("seed", "1", kNotNegative, "", Kind::integer);
    return static_cast<std::uint64_t>(
        read_integer(*value, seed, {.names = reading.names}, object.place("seed")));
}

}  // namespace

void read_run(Reading& reading) {
    const Object object = Object::of(reading.document, reading.root);
    object.refuse_unknown(known_keys(kModelSection));
    const Spec run =
        read_spec(object, "model", plain_fields(kModelSection), {.names = reading.names});
    Model& model = reading.model;
    model.title = run.text("title");
    model.seed = read_seed(reading, object);
    model.dt_ms = run.number("dt");
    model.duration =
        read_steps(reading, run.number("duration"), 1, object.place("duration").text());
    model.warm_up = read_steps(reading, run.number("warm_up"), 0, object.place("warm_up").text());
}

Step read_steps(const Reading& reading, double ms, Step least, const std::string& where) {
    const double dt_ms = reading.model.dt_ms;
    const std::string found = fmt::format("{} ms", ms);
    if (!(ms / dt_ms < static_cast<double>(kMostSteps))) {
        throw ConfigError(where, found, fmt::format("less than 2^47 steps of {} ms", dt_ms));
    }
    const Step steps = to_steps(ms, dt_ms);
    if (steps < least) {
        throw ConfigError(
            where, found,
            fmt::format("at least {} of {} ms", least == 1 ? "one step" : "steps", dt_ms));
    }
    if (!is_multiple(ms, dt_ms)) {
        throw ConfigError(where, found,
                          fmt::format("a whole number of steps of {} ms, such as {} ms", dt_ms,
                                      to_ms(std::max<Step>(steps, 1), dt_ms)));
    }
    return steps;
}

}  // namespace volley
