#include "apps/cell_source.hpp"
#include "apps/commands.hpp"
#include "apps/protocol_output.hpp"
#include "core/error.hpp"
#include "core/morphology/compartments.hpp"
#include "core/morphology/electrotonic.hpp"
#include "core/morphology/measures.hpp"
#include "io/files.hpp"
#include "io/json_source.hpp"
#include "io/log.hpp"
#include "io/report/report.hpp"
#include "io/version.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <complex>
#include <filesystem>
#include <memory>
#include <sstream>

namespace volley {

namespace {

struct MorphOptions {
    CellSourceOptions source;
    std::string membrane = "20000 Ohm*cm2";
    std::string axial = "150 Ohm*cm";
    std::string capacitance = "1 uF/cm2";
    std::string frequency = "100 Hz";
    std::string fraction = "0.1";
    std::string out;
    bool force = false;
    bool quiet = false;
};

/// All that is told about a cell.
struct Findings {
    LoadedShape shape;
    CableProperties cable;
    double frequency_hz = 0.0;
    std::vector<RegionMeasures> regions;
    std::vector<Figure> figures;
    std::vector<double> tip_L;  ///< [section] electrotonic distance of its end from the root
    std::vector<std::string> problems;
};

double positive(const std::string& text, const std::string& option, const std::string& unit) {
    const double value = read_quantity(text, option, unit);
    if (!(value > 0.0)) throw ConfigError(option, text, "a value > 0");
    return value;
}

std::size_t index(int node) { return static_cast<std::size_t>(node); }

/// How far electrically the tips lie from the middle of the root.
void add_electrotonic(Findings& found) {
    const Morphology& cell = found.shape.morphology;
    const CableTree tree(cell, found.cable);
    const int root = tree.node_at({0, 0.5});
    const auto resting = tree.impedances_MOhm(root);
    const auto driven = tree.impedances_MOhm(root, found.frequency_hz);
    const std::vector<double> distances = tree.electrotonic_distances(root);
    const double input = resting[index(root)].real();
    const double impedance = std::abs(driven[index(root)]);

    std::vector<bool> continues(cell.sections.size(), false);
    for (const Attachment& place : attachments(cell)) {
        if (place.section >= 0 && place.x == 1.0) continues[index(place.section)] = true;
    }
    int tips = 0;
    double mean_L = 0.0;
    double largest_L = 0.0;
    double steady = 0.0;
    double alternating = 0.0;
    for (std::size_t s = 0; s < cell.sections.size(); ++s) {
        const std::size_t end = index(tree.node_at({static_cast<int>(s), 1.0}));
        found.tip_L.push_back(distances[end]);
        if (s == 0 || continues[s]) continue;
        ++tips;
        mean_L += distances[end];
        largest_L = std::max(largest_L, distances[end]);
        steady += resting[end].real() / input;
        alternating += std::abs(driven[end]) / impedance;
    }
    const double per_tip = tips > 0 ? 1.0 / tips : std::nan("");
    if (tips == 0) largest_L = std::nan("");
    found.figures = {
        {"input_resistance_MOhm", input, "MOhm", "input resistance in the middle of the root"},
        {"impedance_MOhm", impedance, "MOhm",
         fmt::format("its input impedance at {:g} Hz", found.frequency_hz)},
        {"tau_membrane_ms", 1e-3 * found.cable.R_m_ohm_cm2 * found.cable.C_m_uF_per_cm2, "ms",
         "membrane time constant R_m C_m"},
        {"mean_tip_L", mean_L * per_tip, "1", "mean electrotonic distance of the tips from there"},
        {"largest_tip_L", largest_L, "1", "that of the electrically farthest tip"},
        {"mean_attenuation", steady * per_tip, "1",
         "steady potential at a tip over that at the root, mean over tips"},
        {"mean_attenuation_ac", alternating * per_tip, "1",
         fmt::format("the same at {:g} Hz", found.frequency_hz)}};
}

void add_compartments(Findings& found, double fraction) {
    Discretisation how;
    how.rule = DiscretisationRule::d_lambda;
    how.fraction = fraction;
    how.frequency_hz = found.frequency_hz;
    how.cable = found.cable;
    double count = 0.0;
    for (const int n : compartment_counts(found.shape.morphology, how)) count += n;
    found.figures.push_back(
        {"compartments", count, "1",
         fmt::format("compartments no longer than {:g} of the length constant at {:g} Hz", fraction,
                     found.frequency_hz)});
}

Findings study(const MorphOptions& options) {
    Findings found;
    found.cable = {.R_a_ohm_cm = positive(options.axial, "--R-a", "Ohm*cm"),
                   .C_m_uF_per_cm2 = positive(options.capacitance, "--C-m", "uF/cm2"),
                   .R_m_ohm_cm2 = positive(options.membrane, "--R-m", "Ohm*cm2")};
    found.frequency_hz = positive(options.frequency, "--frequency", "Hz");
    const double fraction = positive(options.fraction, "--d-lambda", "1");
    found.shape = load_shape(options.source);
    found.regions = measures(found.shape.morphology);
    found.problems = problems(found.shape.morphology);
    add_electrotonic(found);
    add_compartments(found, fraction);
    return found;
}

std::vector<std::string> region_table(const Findings& found) {
    std::vector<std::vector<std::string>> rows{{"region", "sections", "tips", "length (um)",
                                                "area (um2)", "volume (um3)", "diameter (um)",
                                                "order", "path (um)"}};
    for (const RegionMeasures& m : found.regions) {
        rows.push_back({m.region, fmt::format("{}", m.sections), fmt::format("{}", m.tips),
                        fmt::format("{:.1f}", m.length_um), fmt::format("{:.1f}", m.area_um2),
                        fmt::format("{:.1f}", m.volume_um3),
                        fmt::format("{:.2f} to {:.2f}, mean {:.2f}", m.least_diameter_um,
                                    m.largest_diameter_um, m.mean_diameter_um),
                        fmt::format("{}", m.largest_order),
                        fmt::format("{:.1f}", m.longest_path_um)});
    }
    return number_table(rows);
}

std::string cable_text(const Findings& found) {
    return fmt::format("R_m {:g} Ohm cm2, R_a {:g} Ohm cm, C_m {:g} uF/cm2",
                       found.cable.R_m_ohm_cm2, found.cable.R_a_ohm_cm, found.cable.C_m_uF_per_cm2);
}

std::vector<std::string> figure_lines(const Findings& found) {
    std::vector<std::string> lines{cable_text(found)};
    for (const Figure& figure : found.figures) {
        lines.push_back(fmt::format("  {:<22} {:>10} {:<5} {}", figure.name,
                                    cell_text(figure.value), figure.unit == "1" ? "" : figure.unit,
                                    figure.meaning));
    }
    return lines;
}

/// One row for each section. Names are quoted: those of users may have commas.
std::string sections_csv(const Findings& found) {
    const Morphology& cell = found.shape.morphology;
    const std::vector<int> orders = branch_orders(cell);
    const std::vector<double> starts = start_distances_um(cell);
    std::string text = fmt::format(
        "# sections of {}; L: electrotonic distance of the section's end from the middle of the "
        "root\n# {}\nsection,name,region,parent,parent_x,points,length_um,area_um2,"
        "mean_diameter_um,branch_order,start_um,L\n",
        found.shape.name, cable_text(found));
    for (std::size_t s = 0; s < cell.sections.size(); ++s) {
        const Section& section = cell.sections[s];
        const RegionMeasures m = measures(Morphology{{{.name = section.name,
                                                       .region = section.region,
                                                       .parent = -1,
                                                       .parent_x = 1.0,
                                                       .points = section.points}}})
                                     .back();
        text += fmt::format("{},\"{}\",\"{}\",{},{},{},{},{},{},{},{},{}\n", s, section.name,
                            section.region, section.parent, section.parent_x, section.points.size(),
                            m.length_um, m.area_um2, m.mean_diameter_um, orders[s], starts[s],
                            found.tip_L[s]);
    }
    return text;
}

std::string summary_of(const Findings& found) {
    Json summary;
    summary["command"] = "morph";
    summary["cell"] = found.shape.name;
    summary["notes"] = found.shape.notes;
    summary["problems"] = found.problems;
    for (const RegionMeasures& m : found.regions) {
        summary["regions"][m.region] = {{"sections", m.sections},
                                        {"tips", m.tips},
                                        {"length_um", m.length_um},
                                        {"area_um2", m.area_um2},
                                        {"volume_um3", m.volume_um3},
                                        {"least_diameter_um", m.least_diameter_um},
                                        {"mean_diameter_um", m.mean_diameter_um},
                                        {"largest_diameter_um", m.largest_diameter_um},
                                        {"largest_branch_order", m.largest_order},
                                        {"longest_path_um", m.longest_path_um}};
    }
    summary["cable"] = {{"R_m_ohm_cm2", found.cable.R_m_ohm_cm2},
                        {"R_a_ohm_cm", found.cable.R_a_ohm_cm},
                        {"C_m_uF_per_cm2", found.cable.C_m_uF_per_cm2},
                        {"frequency_hz", found.frequency_hz}};
    for (const Figure& figure : found.figures) {
        summary["figures"][figure.name] = std::isfinite(figure.value) ? Json(figure.value) : Json();
    }
    return to_text(summary) + "\n";
}

ReportData report_of(const Findings& found, const std::vector<std::string>& warnings) {
    ReportData report;
    report.title = "The shape of " + found.shape.name;
    report.subtitle = cable_text(found);
    const RegionMeasures& all = found.regions.back();
    report.key_figures = {
        {format_value(all.length_um) + " um", "total length"},
        {format_value(all.area_um2) + " um2", "membrane"},
        {fmt::format("{}", all.tips), "tips"},
        {format_value(found.figures.front().value) + " MOhm", found.figures.front().meaning}};
    report.warnings = warnings;
    report.cells.push_back(tree_picture(found.shape.morphology, "cell", found.shape.name));
    report.cells.back().caption =
        "Seen along its shortest axis, thickness to scale where the screen can show it; colours "
        "are regions.";
    report.analyses.push_back({"Electrotonic measures",
                               "electrotonic",
                               cable_text(found),
                               {.figures = found.figures, .plots = {}}});
    for (const RegionMeasures& m : found.regions) {
        report.analyses.push_back(
            {fmt::format("Region {}", m.region),
             "region",
             fmt::format("{} sections, {} tips", m.sections, m.tips),
             {.figures = {{"length_um", m.length_um, "um", "total length"},
                          {"area_um2", m.area_um2, "um2", "membrane without caps"},
                          {"volume_um3", m.volume_um3, "um3", "volume"},
                          {"mean_diameter_um", m.mean_diameter_um, "um", "mean over the length"},
                          {"largest_branch_order", static_cast<double>(m.largest_order), "1",
                           "branchings between the root and its farthest section"},
                          {"longest_path_um", m.longest_path_um, "um",
                           "from the middle of the root to the farthest end"}},
              .plots = {}}});
    }
    std::istringstream version(version_text());
    for (std::string line; std::getline(version, line);) report.program.push_back({"", line, ""});
    return report;
}

void morph(const Session& session, const MorphOptions& options) {
    together(session.ranks, [&] {
        if (!session.prints()) return;
        const Findings found = study(options);
        const std::filesystem::path folder =
            options.out.empty() ? found.shape.stem + ".morph.out" : options.out;
        prepare_output_directory(folder, options.force);
        Log log({.out = stdout, .rank = 0, .quiet = options.quiet});
        log.info("The shape of " + found.shape.name);
        for (const std::string& note : found.shape.notes) log.info("  " + note);
        log.info("");
        for (const std::string& line : region_table(found)) log.info(line);
        log.info("");
        for (const std::string& line : figure_lines(found)) log.info(line);
        log.info("");
        for (const std::string& problem : found.problems) log.warning(problem);
        write_file_atomically(folder / "sections.csv", sections_csv(found));
        write_file_atomically(folder / "summary.json", summary_of(found));
        for (const std::string& problem : write_report(folder, report_of(found, log.warnings()))) {
            log.warning(problem);
        }
        log.info(fmt::format("report            {}", (folder / "report.html").string()));
    });
}

}  // namespace

void add_morph_command(CLI::App& program, const Session& session) {
    auto options = std::make_shared<MorphOptions>();
    CLI::App* const command = program.add_subcommand(
        "morph", "the shape of a cell: lengths, areas, electrotonic measures, problems, a picture");
    options->source.add_to(*command);
    command->add_option("--R-m", options->membrane, "membrane resistance of all regions")
        ->type_name("R")
        ->capture_default_str();
    command->add_option("--R-a", options->axial, "axial resistivity")
        ->type_name("R")
        ->capture_default_str();
    command->add_option("--C-m", options->capacitance, "membrane capacitance")
        ->type_name("C")
        ->capture_default_str();
    command->add_option("--frequency", options->frequency, "of the impedance and of --d-lambda")
        ->type_name("F")
        ->capture_default_str();
    command
        ->add_option("--d-lambda", options->fraction,
                     "longest compartment, as a fraction of the length constant at --frequency")
        ->type_name("X")
        ->capture_default_str();
    command
        ->add_option("--out", options->out,
                     "folder for the results (default: the cell's name with .morph.out)")
        ->type_name("DIR");
    command->add_flag("--force", options->force, "replace the results that DIR holds");
    command->add_flag("--quiet", options->quiet, "print warnings and errors only");
    command->callback([options, &session] { morph(session, *options); });
}

}  // namespace volley
