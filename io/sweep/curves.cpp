#include "io/sweep/curves.hpp"

#include "core/error.hpp"
#include "io/files.hpp"
#include "io/report/figures.hpp"

#include <nlohmann/json.hpp>

#include <cmath>
#include <limits>

namespace volley {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMostPoints = 4000;
constexpr const char* kFile = "curves.json";

/// JSON has no NaN: null stands for it.
Json numbers_json(const std::vector<double>& numbers) {
    Json list = Json::array();
    for (const double number : numbers) {
        list.push_back(std::isfinite(number) ? Json(number) : Json(nullptr));
    }
    return list;
}

std::vector<double> numbers_of(const Json& list) {
    std::vector<double> numbers;
    for (const Json& number : list) {
        numbers.push_back(number.is_null() ? std::numeric_limits<double>::quiet_NaN()
                                           : number.get<double>());
    }
    return numbers;
}

Json curve_json(const Curve& curve) {
    return {{"label", curve.label}, {"x", numbers_json(curve.x)}, {"y", numbers_json(curve.y)}};
}

Plot plot_of(const Json& json) {
    Plot plot{.name = json.at("plot"),
              .title = json.at("title"),
              .x_label = json.at("x_label"),
              .y_label = json.at("y_label"),
              .style = static_cast<Plot::Style>(json.at("style").get<int>()),
              .log_y = json.at("log_y"),
              .curves = {},
              .marks = {},
              .log_x = json.at("log_x")};
    for (const Json& curve : json.at("curves")) {
        plot.curves.push_back({.label = curve.at("label"),
                               .x = numbers_of(curve.at("x")),
                               .y = numbers_of(curve.at("y"))});
    }
    return plot;
}

}  // namespace

void write_curves(const std::filesystem::path& directory, const AnalysisOutcome& outcome) {
    Json all = Json::array();
    for (const NamedResult& named : outcome.results) {
        for (const Plot& plot : named.result.plots) {
            Json json = {{"analysis", named.analysis},
                         {"name", named.name},
                         {"plot", plot.name},
                         {"title", plot.title},
                         {"x_label", plot.x_label},
                         {"y_label", plot.y_label},
                         {"style", static_cast<int>(plot.style)},
                         {"log_x", plot.log_x},
                         {"log_y", plot.log_y},
                         {"curves", Json::array()}};
            for (const Curve& curve : plot.curves) {
                json["curves"].push_back(curve_json(thinned(curve, kMostPoints)));
            }
            all.push_back(std::move(json));
        }
    }
    write_file_atomically(directory / kFile, all.dump() + "\n");
}

std::vector<RunCurve> read_curves(const std::filesystem::path& directory) {
    const std::filesystem::path file = directory / kFile;
    std::vector<RunCurve> curves;
    try {
        for (const Json& json : Json::parse(read_file(file))) {
            curves.push_back(
                {.analysis = json.at("analysis"), .name = json.at("name"), .plot = plot_of(json)});
        }
    } catch (const Json::exception& error) {
        throw ConfigError(file.string(),
                          std::string("not as a run wrote it (") + error.what() + ")",
                          "the curves.json of a finished run; remove its folder to run it again");
    }
    return curves;
}

}  // namespace volley
