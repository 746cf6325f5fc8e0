#include "io/summary.hpp"

#include "core/error.hpp"
#include "io/report/cell_peaks_report.hpp"
#include "io/run_report.hpp"
#include "io/version.hpp"
#include "network/memory_estimate.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace volley {

namespace {

using Json = nlohmann::ordered_json;

/// A number, or null where it is not defined: JSON has no NaN.
Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json populations_json(const AnalysisOutcome& outcome) {
    Json all = Json::object();
    for (const PopulationFigures& population : outcome.populations) {
        all[population.name] = {{"neurons", population.neurons},
                                {"spikes", population.spikes},
                                {"rate_hz", number(population.rate_hz)},
                                {"cv_isi", number(population.cv_isi)},
                                {"recorded", population.recorded}};
    }
    return all;
}

Json analyses_json(const AnalysisOutcome& outcome) {
    Json all = Json::object();
    for (const NamedResult& named : outcome.results) {
        Json entry = {{"analysis", named.analysis}, {"target", named.targets}};
        for (const Figure& figure : named.result.figures) entry[figure.name] = number(figure.value);
        all[named.name] = std::move(entry);
    }
    return all;
}

/// The extracellular potentials that the run recorded, by name.
Json extracellular_json(const Model& model, Step steps) {
    Json all = Json::object();
    for (const ExtracellularRequest& request : model.extracellular) {
        Json populations = Json::array();
        for (const std::int32_t p : request.populations) {
            populations.push_back(model.populations[static_cast<std::size_t>(p)].name);
        }
        all[request.name] = {{"file", "extracellular/" + request.name + ".h5"},
                             {"populations", std::move(populations)},
                             {"points", request.points_um.size()},
                             {"conductivity_S_per_m", request.conductivity_S_per_m},
                             {"interval_ms", to_ms(request.interval, model.dt_ms)},
                             {"samples", steps / request.interval}};
    }
    return all;
}

/// A figure with four digits, as a person reads it.
std::string shown(const Figure& figure) {
    if (!std::isfinite(figure.value)) return "-";
    const std::string unit = figure.unit == "1" ? "" : " " + figure.unit;
    return fmt::format("{:.4g}{}", figure.value, unit);
}

}  // namespace

double RunSummary::real_time_factor(const Model& model) const {
    const double biological = to_ms(run.steps, model.dt_ms) / 1000.0;
    return biological > 0.0 ? run.seconds / biological : 0.0;
}

std::string grouped(std::int64_t number) {
    std::string digits = std::to_string(number);
    for (std::ptrdiff_t at = static_cast<std::ptrdiff_t>(digits.size()) - 3;
         at > (number < 0 ? 1 : 0); at -= 3) {
        digits.insert(static_cast<std::size_t>(at), " ");
    }
    return digits;
}

std::string with_gap_junctions(std::int64_t number) {
    return number > 0 ? fmt::format(", {} gap junctions", grouped(number)) : std::string();
}

std::string summary_json(const Model& model, const RunSummary& summary) {
    const NetworkFacts& network = summary.network;
    const RunFacts& run = summary.run;
    const double synapses = static_cast<double>(network.synapses);
    Json root;
    root["volley"] = version_number();
    root["title"] = model.title;
    root["model"] = {{"dt_ms", model.dt_ms},
                     {"warm_up_ms", to_ms(model.warm_up, model.dt_ms)},
                     {"duration_ms", to_ms(model.duration, model.dt_ms)},
                     {"seed", model.seed}};
    root["simulated_ms"] = to_ms(run.steps, model.dt_ms);
    root["stopped_early"] = run.stopped;
    root["digest"] = {{"spikes", run.spikes.text()}, {"traces", run.traces.text()}};
    if (network.plastic_synapses > 0) root["digest"]["weights"] = run.weights.text();
    root["layout"] = {{"ranks", summary.ranks},
                      {"threads", summary.threads},
                      {"exchange", network.exchange},
                      {"epoch_ms", to_ms(network.epoch, model.dt_ms)},
                      {"exchange_overlapped", network.overlapped},
                      {"local_interval_ms", to_ms(network.local_interval, model.dt_ms)},
                      {"segment_stores", network.segment_stores},
                      {"ring_stores", network.ring_stores}};
    root["network"] = {
        {"neurons", network.neurons},
        {"synapses", network.synapses},
        {"plastic_synapses", network.plastic_synapses},
        {"gap_junctions", network.gap_junctions},
        {"bytes_per_synapse",
         network.synapses > 0 ? number(network.connectome_bytes / synapses) : Json(nullptr)},
        {"bytes_per_neuron", number(network.neuron_bytes / static_cast<double>(network.neurons))},
        {"segment_length", network.segment_length},
        {"weight_rounding_rms", network.rounding_rms},
        {"weight_rounding_largest", network.rounding_largest}};
    root["timing"] = {{"build_s", summary.build_seconds},
                      {"simulate_s", run.seconds},
                      {"real_time_factor", summary.real_time_factor(model)},
                      {"write_s", summary.write_seconds},
                      {"analyse_s", summary.analyse_seconds}};
    for (std::size_t phase = 0; phase < kPhaseCount; ++phase) {
        const std::string name(kPhases[phase].name);
        const PhaseSeconds& seconds = run.profile[phase];
        root["timing"][name + "_s"] = seconds.mean;
        root["profile"][name] = {
            {"least_s", seconds.least}, {"mean_s", seconds.mean}, {"most_s", seconds.most}};
    }
    root["exchange"] = {{"epochs", run.traffic.epochs},
                        {"messages_sent", run.traffic.messages_sent},
                        {"bytes_sent", run.traffic.bytes_sent},
                        {"spikes_sent", run.traffic.spikes_sent}};
    root["memory"] = {{"peak_bytes", summary.peak_bytes}};
    root["populations"] = populations_json(summary.analyses);
    root["analyses"] = analyses_json(summary.analyses);
    if (!model.extracellular.empty()) {
        root["extracellular"] = extracellular_json(model, run.steps);
    }
    root["warnings"] = summary.warnings;
    return root.dump(2) + "\n";
}

RunSummary read_summary(const std::string& text, const std::string& place) {
    RunSummary summary;
    try {
        const Json root = Json::parse(text);
        const double dt_ms = root.at("model").at("dt_ms");
        const auto steps = [dt_ms](const Json& ms) { return to_steps(ms.get<double>(), dt_ms); };
        const auto digest = [&root](const char* key) {
            const std::string hex = root.at("digest").at(key);
            Digest result;
            result.add_halves(std::stoull(hex.substr(16), nullptr, 16),
                              std::stoull(hex.substr(0, 16), nullptr, 16));
            return result;
        };
        summary.run.steps = steps(root.at("simulated_ms"));
        summary.run.stopped = root.at("stopped_early");
        summary.run.spikes = digest("spikes");
        summary.run.traces = digest("traces");
        if (root.at("digest").contains("weights")) summary.run.weights = digest("weights");
        const Json& layout = root.at("layout");
        summary.ranks = layout.at("ranks");
        summary.threads = layout.at("threads");
        const Json& network = root.at("network");
        summary.network = {.neurons = network.at("neurons"),
                           .synapses = network.at("synapses"),
                           .plastic_synapses = network.at("plastic_synapses"),
                           .gap_junctions = network.at("gap_junctions"),
                           .rounding_rms = network.at("weight_rounding_rms"),
                           .rounding_largest = network.at("weight_rounding_largest"),
                           .exchange = layout.at("exchange"),
                           .ring_stores = layout.at("ring_stores"),
                           .segment_stores = layout.at("segment_stores"),
                           .epoch = steps(layout.at("epoch_ms")),
                           .overlapped = layout.at("exchange_overlapped"),
                           .local_interval = steps(layout.at("local_interval_ms"))};
        const auto times = [](const Json& per_one, double count) {
            return per_one.is_null() ? 0.0 : per_one.get<double>() * count;
        };
        summary.network.connectome_bytes =
            times(network.at("bytes_per_synapse"), static_cast<double>(summary.network.synapses));
        summary.network.neuron_bytes =
            times(network.at("bytes_per_neuron"), static_cast<double>(summary.network.neurons));
        const Json& timing = root.at("timing");
        summary.build_seconds = timing.at("build_s");
        summary.write_seconds = timing.at("write_s");
        summary.analyse_seconds = timing.at("analyse_s");
        summary.run.seconds = timing.at("simulate_s");
        for (std::size_t phase = 0; phase < kPhaseCount; ++phase) {
            const Json& seconds = root.at("profile").at(std::string(kPhases[phase].name));
            summary.run.profile[phase] = {.least = seconds.at("least_s"),
                                          .mean = seconds.at("mean_s"),
                                          .most = seconds.at("most_s")};
        }
        summary.peak_bytes = root.at("memory").at("peak_bytes");
        for (const auto& [name, population] : root.at("populations").items()) {
            summary.run.spikes_of.push_back(population.at("spikes"));
        }
        summary.warnings = root.at("warnings").get<std::vector<std::string>>();
    } catch (const std::exception& error) {
        throw ConfigError(place,
                          std::string("no summary that this version wrote (") + error.what() + ")",
                          "the summary.json of a finished run");
    }
    return summary;
}

std::string summary_table(const Model& model, const RunSummary& summary,
                          const std::string& directory) {
    const NetworkFacts& network = summary.network;
    std::string text;
    const auto line = [&text](const std::string& written) { text += written + "\n"; };
    line("");
    line(fmt::format("{:<16} {:>10} {:>12} {:>10} {:>8}", "population", "neurons", "spikes",
                     "rate (Hz)", "CV"));
    for (const PopulationFigures& p : summary.analyses.populations) {
        line(fmt::format("{:<16} {:>10} {:>12} {:>10.2f} {:>8}", p.name, grouped(p.neurons),
                         grouped(p.spikes), p.rate_hz,
                         std::isfinite(p.cv_isi) ? fmt::format("{:.2f}", p.cv_isi) : "-"));
    }
    for (const Population& population : model.populations) {
        const std::string remark = remark_on(population);
        if (!remark.empty()) line(fmt::format("{}: {}", population.name, remark));
    }
    for (const NamedResult& named : summary.analyses.results) {
        if (named.result.figures.empty()) continue;
        line(fmt::format("\n{} of {}", named.analysis, named.targets));
        for (const Figure& figure : named.result.figures) {
            line(fmt::format("  {:<20} {:>14}   {}", figure.name, shown(figure), figure.meaning));
        }
    }
    if (!summary.run.peaks.empty()) line("");
    for (const std::string& cell : peak_lines(model, summary.run.peaks)) line(cell);
    line(fmt::format("\n{} neurons, {} synapses ({} in all){}, {} x {} workers (ranks x threads)",
                     grouped(network.neurons), grouped(network.synapses),
                     memory_text(network.connectome_bytes),
                     with_gap_junctions(network.gap_junctions), summary.ranks, summary.threads));
    line(fmt::format(
        "built in {:.2f} s, simulated {:g} ms in {:.2f} s (real-time factor {:.3f}), "
        "peak memory {}",
        summary.build_seconds, to_ms(summary.run.steps, model.dt_ms), summary.run.seconds,
        summary.real_time_factor(model), memory_text(summary.peak_bytes)));
    line(fmt::format("digest of spikes  {}", summary.run.spikes.text()));
    if (!model.traces.empty()) {
        line(fmt::format("digest of traces  {}", summary.run.traces.text()));
    }
    if (network.plastic_synapses > 0) {
        line(fmt::format("digest of weights {}", summary.run.weights.text()));
    }
    for (const ExtracellularRequest& request : model.extracellular) {
        line(fmt::format("extracellular     {}/extracellular/{}.h5 ({} points, every {:g} ms)",
                         directory, request.name, request.points_um.size(),
                         to_ms(request.interval, model.dt_ms)));
    }
    if (summary.run.stopped) {
        line("The run was stopped before its end; what was simulated is complete.");
    }
    line(fmt::format("report            {}/report.html", directory));
    return text;
}

std::string profile_table(const RunSummary& summary) {
    const RunFacts& run = summary.run;
    std::string text = "\nseconds per thread\n";
    text += fmt::format("{:<12} {:>9} {:>9} {:>9}\n", "phase", "least", "mean", "most");
    for (std::size_t phase = 0; phase < kPhaseCount; ++phase) {
        const PhaseSeconds& seconds = run.profile[phase];
        text += fmt::format("{:<12} {:>9.3f} {:>9.3f} {:>9.3f}   {}\n", kPhases[phase].name,
                            seconds.least, seconds.mean, seconds.most, kPhases[phase].meaning);
    }
    const NetworkFacts& network = summary.network;
    text += fmt::format(
        "\ndelivery    {} source populations held back, {} spread at arrival; {:.1f} synapses a "
        "segment\n",
        network.segment_stores, network.ring_stores, network.segment_length);
    text += fmt::format("exchange    {}, {} epochs", network.exchange, grouped(run.traffic.epochs));
    if (summary.ranks > 1) {
        text += network.overlapped ? ", while neurons advance" : ", ranks wait meanwhile";
        const double spikes =
            static_cast<double>(std::max<std::int64_t>(1, run.traffic.spikes_sent));
        text += fmt::format("; {} messages, {} bytes for {} spikes ({:.1f} bytes each)",
                            grouped(run.traffic.messages_sent), grouped(run.traffic.bytes_sent),
                            grouped(run.traffic.spikes_sent),
                            static_cast<double>(run.traffic.bytes_sent) / spikes);
    }
    return text;
}

}  // namespace volley
