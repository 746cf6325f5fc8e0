#include "io/report/cell_peaks_report.hpp"

#include "core/error.hpp"
#include "io/files.hpp"
#include "io/model_file/csv.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace volley {
namespace {

const Population& population_of(const Model& model, const CellPeaks& peaks) {
    return model.populations[static_cast<std::size_t>(peaks.population)];
}

const CompartmentTree& tree_of(const Model& model, const CellPeaks& peaks) {
    return population_of(model, peaks).cell->definition().tree;
}

std::filesystem::path file_of(const std::filesystem::path& directory, const Model& model,
                              const CellPeaks& peaks) {
    return directory /
           fmt::format("peaks_{}_{}.csv", population_of(model, peaks).name, peaks.neuron);
}

std::string cell_name(const Model& model, const CellPeaks& peaks) {
    return fmt::format("{}[{}]", population_of(model, peaks).name, peaks.neuron);
}

constexpr std::string_view kFirstSpike = "first_spike";

std::string label_of(const CellPeaks& peaks, std::size_t v) {
    if (peaks.variables[v] == kFirstSpike) return "first spike (ms)";
    return fmt::format("largest {} ({})", peaks.variables[v], peaks.units[v]);
}

/// The compartments as a shape for pictures: each section a chain through their ends.
Morphology drawn_shape(const CompartmentTree& tree) {
    Morphology shape;
    for (std::size_t s = 0; s + 1 < tree.first_compartment.size(); ++s) {
        Section section;
        for (int k = tree.first_compartment[s]; k < tree.first_compartment[s + 1]; ++k) {
            const Compartment& c = tree.compartments[static_cast<std::size_t>(k)];
            for (const auto& end : {c.start_um, c.end_um}) {
                section.points.push_back({end[0], end[1], end[2], c.mean_diameter_um});
            }
        }
        shape.sections.push_back(std::move(section));
    }
    return shape;
}

struct Extent {
    double least = std::numeric_limits<double>::infinity();
    double most = -std::numeric_limits<double>::infinity();

    explicit Extent(const std::vector<double>& values) {
        for (const double value : values) {
            if (!std::isfinite(value)) continue;
            least = std::min(least, value);
            most = std::max(most, value);
        }
    }
    bool empty() const { return least > most; }
};

/// Of the first spike between a quarter and three quarters of an unbranched cell; NaN where it did
/// not pass there, or where the cell is branched.
double velocity_m_per_s(const CompartmentTree& tree, const std::vector<double>& first_spike_ms) {
    if (tree.first_compartment.size() != 2) return std::nan("");
    const auto near = static_cast<std::size_t>(compartment_at(tree, 0, 0.25));
    const auto far = static_cast<std::size_t>(compartment_at(tree, 0, 0.75));
    double length_um = 0.0;
    for (const Compartment& c : tree.compartments) length_um += c.length_um;
    const double way_um = (tree.compartments[far].x - tree.compartments[near].x) * length_um;
    return 1e-3 * way_um / std::abs(first_spike_ms[far] - first_spike_ms[near]);  // um/ms
}

}  // namespace

void write_peaks(const std::filesystem::path& directory, const Model& model,
                 std::span<const CellPeaks> peaks) {
    for (const CellPeaks& cell : peaks) {
        const CompartmentTree& tree = tree_of(model, cell);
        std::string text = "compartment,region,distance um";
        for (std::size_t v = 0; v < cell.variables.size(); ++v) {
            text += fmt::format(",{} {}", cell.variables[v], cell.units[v]);
        }
        text += '\n';
        for (std::size_t k = 0; k < tree.compartments.size(); ++k) {
            const Compartment& c = tree.compartments[k];
            text += fmt::format("{},{},{}", k, tree.regions[static_cast<std::size_t>(c.region)],
                                c.distance_um);
            for (const std::vector<double>& values : cell.values) {
                text += std::isfinite(values[k]) ? fmt::format(",{}", values[k]) : ",nan";
            }
            text += '\n';
        }
        write_file_atomically(file_of(directory, model, cell), text);
    }
}

std::vector<CellPeaks> read_peaks(const std::filesystem::path& directory, const Model& model) {
    std::vector<CellPeaks> all;
    for (const PeakRequest& request : model.peaks) {
        CellPeaks cell = empty_peaks(model, request);
        const std::filesystem::path path = file_of(directory, model, cell);
        const std::size_t compartments = tree_of(model, cell).compartments.size();
        constexpr std::size_t kColumnsBefore = 3;
        bool head = true;
        std::size_t k = 0;
        visit_csv(path, [&](const auto& cells, const CsvLine& line) {
            if (cells.size() != cell.variables.size() + kColumnsBefore ||
                (!head && k >= compartments)) {
                throw ConfigError(line.place(), "a table of another cell",
                                  "that of the run's model.json");
            }
            for (std::size_t v = 0; !head && v < cell.variables.size(); ++v) {
                cell.values[v][k] =
                    csv_number<double>(cells[v + kColumnsBefore], cell.variables[v], line.place());
            }
            if (!head) ++k;
            head = false;
        });
        all.push_back(std::move(cell));
    }
    return all;
}

std::vector<TreePicture> peak_pictures(const Model& model, std::span<const CellPeaks> peaks) {
    std::vector<TreePicture> pictures;
    for (const CellPeaks& cell : peaks) {
        const CompartmentTree& tree = tree_of(model, cell);
        const Morphology shape = drawn_shape(tree);
        for (std::size_t v = 0; v < cell.variables.size(); ++v) {
            if (Extent(cell.values[v]).empty()) continue;
            pictures.push_back(
                tree_picture(shape, tree, cell.values[v], label_of(cell, v),
                             fmt::format("cell_{}_{}_{}", population_of(model, cell).name,
                                         cell.neuron, cell.variables[v]),
                             fmt::format("{}: {}", cell_name(model, cell), label_of(cell, v))));
        }
    }
    return pictures;
}

std::vector<std::string> peak_lines(const Model& model, std::span<const CellPeaks> peaks) {
    std::vector<std::string> lines;
    for (const CellPeaks& cell : peaks) {
        std::string line = cell_name(model, cell) + ":";
        for (std::size_t v = 0; v < cell.variables.size(); ++v) {
            const Extent extent(cell.values[v]);
            if (extent.empty()) continue;
            const bool spike = cell.variables[v] == kFirstSpike;
            line += fmt::format(
                "{} {:.5g} to {:.5g} {}",
                spike ? "; the first spike passes at"
                      : fmt::format("{} largest {}", v == 0 ? "" : ";", cell.variables[v]),
                extent.least, extent.most, cell.units[v]);
            const double velocity =
                spike ? velocity_m_per_s(tree_of(model, cell), cell.values[v]) : std::nan("");
            if (std::isfinite(velocity)) line += fmt::format(", at {:.4g} m/s", velocity);
        }
        lines.push_back(line);
    }
    return lines;
}

}  // namespace volley
