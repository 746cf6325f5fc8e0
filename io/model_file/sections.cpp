#include "io/model_file/sections.hpp"

#include "io/model_file/cell_sections.hpp"
#include "io/model_file/extracellular.hpp"
#include "io/model_file/keys.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace volley {
namespace {

constexpr Field text_key(std::string_view name, std::string_view value, std::string_view meaning) {
    return {.name = name,
            .kind = Kind::text,
            .presence = Presence::defaulted,
            .default_text = value,
            .meaning = meaning};
}

constexpr std::string_view kSelectionForm = "selection";
constexpr std::string_view kValueForm = "value or function";

constexpr Key kModelKeys[] = {
    {text_key("title", "", "what the model is; heads the report")},
    {optional_key("define", "constants for expressions"), "object of constants"},
    {defaulted("dt", "ms", 0.1, kPositive, "time step")},
    {required("duration", "ms", kPositive, "simulated time after the warm-up; whole steps")},
    {defaulted("warm_up", "ms", 0.0, kNotNegative, "time before it, left out of all analyses")},
    {optional_key("seed", "of all random numbers, below 2^64; 1 if not written"), "whole number"},
    {optional_key("cells", "cells with dendrites, for populations"), "object of cells"},
    {required_key("populations", "the neurons"), "object of populations"},
    {optional_key("projections", "the connections"), "list of projections"},
    {optional_key("gap_junctions", "electrical coupling"), "list of gap junctions"},
    {optional_key("stimuli", "what drives neurons from outside"), "object of stimuli"},
    {optional_key("record", "what is written to files"), "record"},
    {optional_key("analyses", "what is computed from the spikes at the end"), "list of analyses"},
    {optional_key("schedule", "changes during the run"), "list of changes"},
};

constexpr Key kPopulationKeys[] = {
    {optional_key("model", "a neuron model"), "name"},
    {optional_key("cell", "in place of a model: one of \"cells\""), "name"},
    {required("size", "1", Range{1.0, 1e12}, "number of neurons", Kind::integer)},
    {optional_key("receptors", "for a model that takes any: {NAME: KIND, ...}; see: receptors"),
     "object of kinds"},
    {optional_key("parameters", "of the model; those not written have their defaults"),
     "object of values"},
    {optional_key("initial", "state at the beginning"), "object of values"},
    {optional_key("positions", "where the neurons are; needed by rules with distance"),
     "positions"},
    {choice("turned_about", "none|x|y|z", "none",
            "of cells with dendrites: each is turned about this axis by an angle of its own, drawn "
            "evenly; for extracellular potentials")},
    {choice("precision", "double|single", "double", "how the state is stored")},
    {text_key("area", "", "populations of one area stay together on a group of ranks")},
};

constexpr Key kProjectionKeys[] = {
    {optional_key("name", "names its random numbers; SOURCE_to_TARGET if not written"), "text"},
    {optional_key("source", "where the connections begin; required but in a table"),
     kSelectionForm},
    {optional_key("target", "where they end; required but in a table"), kSelectionForm},
    {optional_key("populations", "for a table: sources and targets in one"), "list of selections"},
    {optional_key("sources", "for a table: its columns"), "list of selections"},
    {optional_key("targets", "for a table: its rows"), "list of selections"},
    {required_key("rule", "a connection rule; its fields stand beside"), "name"},
    {optional_key("weight", "in the unit of the receptor; required but for a list with weights"),
     kValueForm},
    {optional_key("delay", "at least one step; required but for a list with delays"), kValueForm},
    {optional_key("receptor",
                  "of the target's model; if not written its first, or exc or inh by the sign of "
                  "the weight"),
     "name"},
    {optional_key("contacts", "where on cells with dendrites; see: contacts"), "contacts"},
    {optional_key("file", "of the rule \"list\": the connections"), "path"},
    {flag("allow_autapses", true, "a neuron may connect to itself")},
    {flag("allow_multapses", true, "a neuron may connect to another more than once")},
    {choice("weight_precision", "32 bit|16 bit", "32 bit",
            "16 bit: half the memory, weights rounded to 1/16,000 of the largest or finer")},
    {optional_key("plasticity", "how weights change with spikes: {\"rule\": NAME, ...}"),
     "plasticity rule"},
    {defaulted("dendritic_delay", "ms", 0.0, kNotNegative,
               "from a plastic synapse to its target; whole steps")},
};

constexpr Key kGapJunctionKeys[] = {
    {optional_key("name", "names its random numbers; SOURCE_to_TARGET if not written"), "text"},
    {required_key("source", "neurons on one side"), kSelectionForm},
    {required_key("target", "neurons on the other side"), kSelectionForm},
    {required_key("rule", "a connection rule; its fields stand beside"), "name"},
    {optional_key("conductance",
                  "of each junction, >= 0; in nS for currents in pA, mS/cm2 for uA/cm2; required "
                  "but for a list with weights"),
     kValueForm},
    {optional_key("file", "of the rule \"list\": the pairs"), "path"},
    {flag("allow_multapses", true, "the rule may make a pair more than once")},
    {flag("each_pair_once", false,
          "within one population: of (i, j) and (j, i) only the one with the smaller source")},
};

constexpr Key kStimulusKeys[] = {
    {required_key("target", "the driven neurons"), kSelectionForm},
    {required_key("drive", "a drive; its fields stand beside"), "name"},
    {optional_key("receptor", "for drives that send events; chosen as in a projection"), "name"},
    {optional_key("at", "for currents into cells with dendrites; the soma if not written"),
     "place"},
    {optional_key("contacts", "for drives that send events to cells with dendrites"), "contacts"},
};

constexpr Key kRecordKeys[] = {
    {optional_key("spikes", "whose spikes; \"all\", or not written: all"), "list of selections"},
    {choice("spike_times", "grid|interpolated", "grid",
            "recorded at the ends of steps, or where they were inside them")},
    {optional_key("traces", "state variables over time"), "list of traces"},
    {optional_key("weights", "weights of plastic projections"), "list of names or weights"},
    {optional_key("peaks",
                  "cells with dendrites whose largest values are kept for each compartment"),
     "list of selections"},
    {optional_key("extracellular", "potentials outside of cells with dendrites"),
     "object of points"},
};

constexpr Key kTraceKeys[] = {
    {required_key("target", "the recorded neurons"), kSelectionForm},
    {required_key("variables", "state variables of their model"), "list of names"},
    {optional_key("at", "where on cells with dendrites; the soma if not written"), "where"},
    {optional("interval", "ms", kPositive, "time between samples; one step if not written")},
};

constexpr Key kWeightKeys[] = {
    {required_key("projection", "a projection with plasticity"), "name"},
    {optional("interval", "ms", kPositive,
              "time between samples; if not written at the end alone")},
};

constexpr Key kAnalysisKeys[] = {
    {required_key("analysis", "an analysis; its fields stand beside"), "name"},
    {required_key("target", "the analysed neurons, two selections for an analysis of pairs"),
     "selection(s)"},
    {optional_key("name", "heads its results; ANALYSIS_TARGET if not written"), "text"},
};

constexpr Key kScheduleKeys[] = {
    {required("at", "ms", kNotNegative, "when, from the run's start (the warm-up counts)")},
    {optional_key("population", "whose parameter changes"), "name"},
    {optional_key("stimulus", "whose field changes; one of the two"), "name"},
    {required_key("parameter", "what changes"), "name"},
    {required_key("value", "its value from then on"), "value"},
};

constexpr std::string_view kSelectionDetails =
    "A population or a part of it: \"pc\", \"pc[0:50]\" (0 to 49), \"pc[0:50:10]\"\n"
    "(every tenth), \"pc[7]\"; in stimuli, record and analyses also \"pc[1,5,9]\". Its numbers may "
    "be\n"
    "expressions: \"pc[0:N/2]\".";

constexpr std::string_view kRecordDetails =
    "spike_times \"interpolated\": a spike is recorded at the time at which the straight line\n"
    "between the values at the two ends of the step crosses the threshold, or, for models that\n"
    "integrate a step in adaptive parts, at the time that the integration found. What a spike "
    "does\n"
    "stays on the grid: it is delivered, and a neuron without adaptive steps reset, at the end of\n"
    "the step. Models that cannot tell (`volley models NAME` says which can), sources and relays,\n"
    "and spikes that an arriving event lifts over the threshold, have the end of the step. Times\n"
    "have a resolution of 2^-20 of a step; the digest of spikes holds them. The analysis isi uses\n"
    "them, and all others the ends of the steps, as if recorded on the grid.\n"
    "\n"
    "peaks: the largest V_m and concentrations after the warm-up at every compartment of the "
    "chosen\n"
    "cells, in peaks_POPULATION_NEURON.csv and as pictures of their trees in the report. They are\n"
    "looked at in every step, which costs up to half of the cell's own time.";

constexpr std::string_view kProjectionDetails =
    "Names source_size and target_size stand for the sizes of the selections in its expressions.\n"
    "\n"
    "weight and delay are a quantity, a distribution or a function of distance:\n"
    "  \"1.5 ms\"\n"
    "  {\"distribution\": \"normal\", \"mean\": \"87.8 pA\", \"sd\": \"8.8 pA\", \"min\": \"0 "
    "pA\"}\n"
    "  {\"of_distance\": \"conduction\", \"velocity\": \"0.3 m/s\", \"offset\": \"0.5 ms\"}\n"
    "A constant delay is rounded to whole steps, with a warning where that changes it; one below "
    "a\n"
    "step is refused. Drawn delays are rounded, at least one step.\n"
    "\n"
    "With \"plasticity\" the weights are those at the beginning, all of one sign, and "
    "\"delay\"\n"
    "is the way from the source to the synapse: \"dendritic_delay\" comes on top, and is also "
    "the\n"
    "time after which a spike of the target is noticed at the synapse.\n"
    "\n"
    "A table makes one projection for each pair: \"populations\" (or \"sources\" and \"targets\")\n"
    "instead of \"source\" and \"target\". Any key may then be a matrix, a row for each target, in "
    "it\n"
    "a column for each source; null, or 0 for an amount of the rule (probability, number, ...),\n"
    "makes no projection there.\n"
    "\n"
    "The rule \"list\" reads \"file\", beside the model file unless absolute: CSV with a first "
    "line\n"
    "source,target[,weight][,delay], or HDF5 (.h5, .hdf5) with datasets of these names. source "
    "and\n"
    "target count within the selections, from 0. weight has the receptor's unit and delay is in "
    "ms,\n"
    "or as the first line says, \"delay s\"; in HDF5 an attribute \"units\". weight and delay of "
    "the\n"
    "projection are for files without them.";

constexpr std::string_view kGapJunctionDetails =
    "The rule makes pairs of neurons (i, j), never of a neuron with itself; each gets a junction\n"
    "that drives the current conductance * (V_j - V_i) into i and the opposite into j. Both sides\n"
    "have a potential V_m and take currents of the same unit; their models may differ.\n"
    "\n"
    "Pairs that are made more than once add up, (i, j) and (j, i) too: within one population\n"
    "all_to_all makes two junctions of each pair, and pairwise_bernoulli draws each pair twice.\n"
    "With \"each_pair_once\": true it is drawn once, so that a probability is that of a pair;\n"
    "rules with a number or a degree then make half of their pairs.\n"
    "\n"
    "A conductance is a quantity, a distribution or a function of distance, as the weight of a\n"
    "projection; in the file of the rule \"list\" it is the column weight (no column delay).\n"
    "\n"
    "Ranks meet every time step, whatever the delays. Potentials of partners are extrapolated to\n"
    "the middle of the step from the last two, but in the step after their spike: second order in\n"
    "dt, stable where dt is well below C_m / (sum of conductances of a neuron). In models whose\n"
    "potential jumps with each arrival (lif_psc_delta) the order is the first.";

constexpr std::string_view kScheduleDetails =
    "Either \"population\" with a parameter of its model, or \"stimulus\" with a field of its "
    "drive\n"
    "that has a value per neuron.\n"
    "A change takes effect in the step that starts at that time; of several at one time the last\n"
    "written counts.";

constexpr std::string_view kModelDetails =
    "JSON, with // and /* */ comments. Quantities are text with a unit (\"1.5 ms\") or "
    "expressions\n"
    "(\"2 * drive\"): see units, expressions. A long list may name its unit once:\n"
    "{\"values\": [1.5, 2.5], \"unit\": \"ms\"}. `--set populations.pc.size=400` changes a value "
    "for one\n"
    "run; elements of lists by number from 0 or by their \"name\": projections.0.weight.";

}  // namespace

const FileSection kModelSection{
    .name = "model",
    .title = "the model file",
    .summary = "what is simulated, for how long, and what is recorded and analysed",
    .keys = kModelKeys,
    .details = kModelDetails,
    .example = R"json({
  "dt": "0.1 ms", "duration": "1 s",
  "define": {"N": 100, "K": "round(0.1 * N)"},
  "populations": {"pc": {"model": "phase_oscillator", "size": "N"}},
  "projections": [{"source": "pc", "target": "pc", "rule": "fixed_indegree", "indegree": "K",
                   "weight": -0.01, "delay": "1.5 ms"}]
})json"};

const FileSection kPopulationSection{
    .name = "population",
    .title = "populations: NAME: { ... }",
    .summary = "neurons of one model with one set of parameters",
    .keys = kPopulationKeys,
    .details =
        "Names of populations have letters, digits, _ - and +. A parameter or initial state is\n"
        "one for all (\"250 pF\"), listed ([\"250 pF\", \"240 pF\", ...], one for each neuron) or\n"
        "drawn ({\"distribution\": \"uniform\", ...}).",
    .example = R"("populations": {"pc": {"model": "phase_oscillator", "size": 100,
  "parameters": {"rate": {"distribution": "normal", "mean": "116 Hz", "sd": "5 Hz", "min": "1 Hz"}},
  "initial": {"phase": {"distribution": "uniform", "low": 0, "high": 1}},
  "positions": {"shape": "ring", "length": "2 mm"}}})"};

const FileSection kProjectionSection{
    .name = "projection",
    .title = "projections: [{ ... }]",
    .summary = "connections from some neurons to some others, made by a rule",
    .keys = kProjectionKeys,
    .details = kProjectionDetails,
    .example = R"("projections": [
  {"source": "pc", "target": "pc[0:50]", "rule": "pairwise_bernoulli", "probability": 0.75,
   "weight": -0.01, "delay": "1.5 ms", "allow_autapses": false},
  {"populations": ["E", "I"], "rule": "pairwise_bernoulli",
   "probability": [[0.1, 0.2], [0.1, 0]],
   "weight": [["20 pA", "-80 pA"], ["20 pA", null]], "delay": "1.5 ms"}])"};

const FileSection kGapJunctionSection{
    .name = "gap_junction",
    .title = "gap_junctions: [{ ... }]",
    .summary = "electrical coupling of some neurons with some others, in both directions",
    .keys = kGapJunctionKeys,
    .details = kGapJunctionDetails,
    .example = R"("gap_junctions": [
  {"source": "in", "target": "in", "rule": "pairwise_bernoulli", "probability": 0.1,
   "each_pair_once": true, "conductance": "0.5 nS"},
  {"source": "in", "target": "pc", "rule": "fixed_indegree", "indegree": 2,
   "conductance": {"distribution": "lognormal", "median": "0.2 nS", "sigma": 0.3}}])"};

const FileSection kStimulusSection{
    .name = "stimulus",
    .title = "stimuli: NAME: { ... }",
    .summary = "a drive onto chosen neurons",
    .keys = kStimulusKeys,
    .details = "A value per neuron is one for all, listed (one for each driven neuron) or drawn.",
    .example =
        R"("stimuli": {"pulse": {"target": "pc[0:50]", "drive": "dc", "amplitude": "300 pA"}})"};

const FileSection kRecordSection{
    .name = "record",
    .title = "record: { ... }",
    .summary = "what is written to spikes.h5, report.h5, weights.h5 and extracellular/",
    .keys = kRecordKeys,
    .details = kRecordDetails,
    .example = R"("record": {"spikes": ["pc", "in[0:100]"],
  "traces": [{"target": "pc[0:3]", "variables": ["V_m"], "interval": "0.1 ms"}]})"};

const FileSection kSelectionSection{.name = "selection",
                                    .title = "selections",
                                    .summary = "a population or a part of it, as text",
                                    .keys = {},
                                    .details = kSelectionDetails};

const FileSection kTraceSection{
    .name = "trace",
    .title = "record: traces: [{ ... }]",
    .summary = "state variables of chosen neurons over time, in report.h5",
    .keys = kTraceKeys};

const FileSection kWeightSection{
    .name = "weights",
    .title = "record: weights: [NAME or { ... }]",
    .summary = "weights of plastic projections at the end and in between, in weights.h5",
    .keys = kWeightKeys,
    .details =
        "A name alone is a projection whose weights are written at the end of the run. weights.h5\n"
        "has a group /weights/NAME with\n"
        "  source_node_id, target_node_id [synapse]   in the order (target, source, delay)\n"
        "  delay [synapse]                            in ms, axonal + dendritic\n"
        "  time [sample]                              in ms\n"
        "  weight [sample, synapse]                   in the unit of the receptor\n"
        "A weight is that at the synapse one dendritic delay earlier: all events that had reached\n"
        "it by then have acted. Samples take 8 bytes a synapse.",
    .example = R"("record": {"weights": ["e_to_e", {"projection": "e_to_i", "interval": "1 s"}]})"};

const FileSection kAnalysisSection{
    .name = "analysis",
    .title = "analyses: [{ ... }]",
    .summary = "computed from the recorded spikes after the warm-up",
    .keys = kAnalysisKeys,
    .example = R"("analyses": [{"analysis": "power_spectrum", "target": "pc"}])"};

const FileSection kScheduleSection{.name = "schedule",
                                   .title = "schedule: [{ ... }]",
                                   .summary = "changes of parameters and drives during the run",
                                   .keys = kScheduleKeys,
                                   .details = kScheduleDetails,
                                   .example = R"("schedule": [
  {"at": "500 ms", "population": "pc", "parameter": "rate", "value": "50 Hz"},
  {"at": "800 ms", "stimulus": "pulse", "parameter": "amplitude", "value": "0 pA"}])"};

std::span<const FileSection> sections() {
    static const FileSection all[] = {
        kModelSection,       kPopulationSection,    kCellSection,       kMorphologySection,
        kReductionSection,   kLabelSection,         kChannelSection,    kIonSection,
        kPoolSection,        kReceptorSection,      kProjectionSection, kContactsSection,
        kGapJunctionSection, kStimulusSection,      kRecordSection,     kTraceSection,
        kWeightSection,      kExtracellularSection, kAnalysisSection,   kScheduleSection,
        kSelectionSection};
    return all;
}

std::vector<Field> plain_fields(const FileSection& section) {
    std::vector<Field> fields;
    for (const Key& key : section.keys) {
        if (key.form.empty()) fields.push_back(key.field);
    }
    return fields;
}

std::vector<std::string_view> known_keys(const FileSection& section,
                                         std::span<const Field> fields) {
    std::vector<std::string_view> names;
    for (const Key& key : section.keys) names.push_back(key.field.name);
    for (const Field& field : fields) names.push_back(field.name);
    return names;
}

const Key& key_of(const FileSection& section, std::string_view name) {
    const auto found = std::ranges::find_if(
        section.keys, [name](const Key& key) { return key.field.name == name; });
    if (found == section.keys.end()) {
        throw std::logic_error("no key " + std::string(name) + " in " + std::string(section.name));
    }
    return *found;
}

}  // namespace volley
