#include "io/sweep/plan.hpp"

#include <nlohmann/json.hpp>

namespace volley {

namespace {

using Json = nlohmann::ordered_json;

Json axis_json(const SweepAxis& axis) {
    return {{"path", axis.path},
            {"values", axis.values},
            {"numbers", axis.numbers},
            {"unit", axis.unit}};
}

SweepAxis axis_of(const Json& json) {
    return {.path = json.at("path"),
            .values = json.at("values"),
            .numbers = json.at("numbers"),
            .unit = json.at("unit")};
}

Json request_json(const SweepRequest& request) {
    Json json = {{"model_name", request.model_name},
                 {"model_text", request.model_text},
                 {"model_folder", request.model_folder.string()},
                 {"sets", request.sets},
                 {"axes", Json::array()},
                 {"together", request.together},
                 {"seeds", request.seeds},
                 {"trials", request.trials},
                 {"keep", request.keep}};
    for (const SweepAxis& axis : request.axes) json["axes"].push_back(axis_json(axis));
    return json;
}

SweepRequest request_of(const Json& json) {
    SweepRequest request{.model_name = json.at("model_name"),
                         .model_text = json.at("model_text"),
                         .model_folder = json.at("model_folder").get<std::string>(),
                         .sets = json.at("sets"),
                         .axes = {},
                         .together = json.at("together"),
                         .seeds = json.at("seeds"),
                         .trials = json.at("trials"),
                         .keep = json.at("keep")};
    for (const Json& axis : json.at("axes")) request.axes.push_back(axis_of(axis));
    return request;
}

}  // namespace

std::string serialise(const SweepPlan& plan) {
    Json json = {{"request", request_json(plan.request)},
                 {"points", plan.points},
                 {"runs", Json::array()},
                 {"columns", Json::array()},
                 {"warnings", plan.warnings},
                 {"title", plan.title},
                 {"identity", plan.identity},
                 {"most_bytes", plan.most_bytes}};
    for (const PlannedRun& run : plan.runs) {
        json["runs"].push_back({{"point", run.point},
                                {"seed", run.seed},
                                {"sets", run.sets},
                                {"name", run.name},
                                {"key", run.key}});
    }
    for (const SweepColumn& column : plan.columns) {
        json["columns"].push_back({{"name", column.name},
                                   {"unit", column.unit},
                                   {"meaning", column.meaning},
                                   {"kind", column.kind},
                                   {"figure", column.figure}});
    }
    // Texts of files may hold bytes that are no UTF-8: binary JSON takes them as they are.
    const std::vector<std::uint8_t> bytes = Json::to_cbor(json);
    return {bytes.begin(), bytes.end()};
}

SweepPlan deserialise_plan(const std::string& bytes) {
    const Json json = Json::from_cbor(bytes.begin(), bytes.end());
    SweepPlan plan{.request = request_of(json.at("request")),
                   .points = json.at("points"),
                   .runs = {},
                   .columns = {},
                   .warnings = json.at("warnings"),
                   .title = json.at("title"),
                   .identity = json.at("identity"),
                   .most_bytes = json.at("most_bytes")};
    for (const Json& run : json.at("runs")) {
        plan.runs.push_back({.point = run.at("point"),
                             .seed = run.at("seed"),
                             .sets = run.at("sets"),
                             .name = run.at("name"),
                             .key = run.at("key")});
    }
    for (const Json& column : json.at("columns")) {
        plan.columns.push_back({.name = column.at("name"),
                                .unit = column.at("unit"),
                                .meaning = column.at("meaning"),
                                .kind = column.at("kind"),
                                .figure = column.at("figure")});
    }
    return plan;
}

}  // namespace volley
