#include "apps/reproduce/purkinje_cells.hpp"

namespace volley {

std::string reduced_cells() {
    return R"(cells.purkinje.reduce={"rule": "bush_sejnowski", "keep": ["soma", "AIS"], "join": true})";
}

std::vector<std::string> noise_driven() {
    return {"define.parallel_fibre_rate=0 Hz", "define.interneuron_rate=0 Hz"};
}

std::vector<std::string> lasting(const std::string& duration) {
    return {"record.traces=[]", "duration=" + duration};
}

std::vector<Curve> labelled_curve(const SweepTable& table, std::size_t point, const char* analysis,
                                  const std::string& label) {
    RunCurve mean = table.mean_curve(point, analysis);
    if (mean.plot.curves.empty() || mean.plot.curves.front().x.empty()) return {};
    Curve curve = std::move(mean.plot.curves.front());
    curve.label = label;
    curve.error.clear();
    return {std::move(curve)};
}

}  // namespace volley
