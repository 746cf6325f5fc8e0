#include "io/model_file/cell_sections.hpp"

#include "io/model_file/keys.hpp"

namespace volley {
namespace {

constexpr std::string_view kWhereForm = "where";
constexpr std::string_view kScaleForm = "scale";

constexpr Range kTemperature{-20.0, 60.0};
constexpr Range kPotential{-200.0, 200.0};

constexpr Key kCellKeys[] = {
    {required_key("morphology", "the shape: from a file or grown by a generator"), "morphology"},
    {optional_key("discretisation", "how it is cut into compartments; d_lambda if not written"),
     "discretisation"},
    {optional_key("labels", "parts of the tree by names of their own"), "object of labels"},
    {defaulted("temperature", "degC", 6.3, kTemperature,
               "speeds channels up by their own factors")},
    {defaulted("V_init", "mV", -65.0, kPotential, "potential at the beginning, everywhere")},
    {defaulted("C_m", "uF/cm2", 1.0, kPositive, "membrane capacitance")},
    {defaulted("R_a", "Ohm*cm", 100.0, kPositive, "axial resistivity")},
    {optional_key("C_m_scale", "factor of C_m, > 0: for spines, myelin"), kScaleForm},
    {optional_key("R_a_scale", "factor of R_a, > 0"), kScaleForm},
    {optional_key("ions", "what channels and pools know of ions"), "object of ions"},
    {optional_key("channels", "channels in the membrane"), "object of channels"},
    {optional_key("pools", "concentrations that change with currents"), "object of pools"},
    {optional_key("receptors", "places of synapses"), "object of receptors"},
    {optional_key("reduce", "computes the cell with few compartments"), "reduction"},
    {optional_key("soma",
                  "one place: where spikes are noticed, currents and gap junctions act and V_m is "
                  "recorded unless told otherwise; the middle of the first section if not written"),
     "place"},
    {defaulted("threshold", "mV", 0.0, kPotential,
               "a spike is an upward crossing of it at the soma")},
    {choice("scheme", "backward_euler|crank_nicolson", "backward_euler",
            "how potentials go from step to step: order 1 or 2 in dt")},
};

constexpr Key kMorphologyKeys[] = {
    {optional_key("file", "a reconstruction in SWC or Neurolucida ASC format"), "path"},
    {optional_key("generator", "in place of a file; its fields stand beside; see: generators"),
     "name"},
    {defaulted("seed", "1", 1.0, Range{0.0, 9e15},
               "of a generator's random numbers: those of the run do not change the shape",
               Kind::integer)},
};

constexpr Key kReductionKeys[] = {
    {required_key("rule", "neuron_reduce or bush_sejnowski; its fields stand beside"), "name"},
    {optional_key("keep",
                  "places that stay as they are: they hang together and hold the soma; the soma's "
                  "compartment if not written"),
     kWhereForm},
};

constexpr Key kLabelKeys[] = {
    {optional_key("on", "within these places"), kWhereForm},
    {optional_key("sections", "within these sections"), "name or names"},
    {optional_key("subtree", "within this section and all that grows from it"), "name"},
    {optional_key("distance", "[from, to): path from the middle of the first section"),
     "two lengths"},
    {optional_key("branch_order", "one, or [first, last]; that of the first section is 0"),
     "whole number(s)"},
    {optional_key("except", "but not at these places"), kWhereForm},
};

constexpr Key kChannelKeys[] = {
    {required_key("channel", "a kind of channel; its fields stand beside"), "name"},
    {optional_key("on", "where it sits; everywhere if not written"), kWhereForm},
    {optional_key("scale", "factor of its density, >= 0"), kScaleForm},
    {flag("into_pool", true, "its current changes the concentration that a pool computes")},
    {flag("stochastic", false, "channels open and close one by one, at random")},
};

constexpr Key kIonKeys[] = {
    {optional("valence", "1", Range{-4.0, 4.0},
              "charge; known for na, k, ca, mg and cl, required for others", Kind::integer)},
    {required("inside", "mM", kPositive, "concentration at rest, where no pool computes it")},
    {required("outside", "mM", kPositive, "concentration outside")},
    {choice("reversal", "fixed|computed", "fixed",
            "computed: the ion's ohmic currents reverse where Nernst's equation says, in place of "
            "the channels' E_rev")},
};

constexpr Key kPoolKeys[] = {
    {required_key("pool", "a kind of pool; its fields stand beside"), "name"},
    {optional_key("ion",
                  "whose concentration it computes: one of the cell's ions; that of the "
                  "pool's name if not written"),
     "name"},
    {optional_key("on", "where it is; everywhere if not written"), kWhereForm},
    {optional_key("scale", "factor of the influx, >= 0"), kScaleForm},
};

constexpr Key kReceptorKeys[] = {
    {required_key("receptor", "a kind of receptor; its fields stand beside"), "name"},
    {optional_key("on", "where synapses may sit; everywhere if not written"), kWhereForm},
};

constexpr Key kContactsKeys[] = {
    {optional("count", "1", Range{1.0, 1e6},
              "contacts of each connection, each with the whole weight; 1, or as many as are "
              "listed, if not written",
              Kind::integer)},
    {optional_key("on", "where contacts may sit; wherever the receptor is if not written"),
     kWhereForm},
    {optional_key("place",
                  "how they are spread; its fields stand beside; uniform_length if not "
                  "written"),
     "name"},
    {flag("side_by_side", false,
          "of stimuli with several afferents: each has its contacts next to each other")},
};

constexpr std::string_view kCellDetails =
    "Cells with dendrites. A population names one in place of a model: {\"cell\": \"axon\", "
    "\"size\": 8}.\n"
    "\n"
    "where: \"all\", a region (\"dend\"), a label, a section (\"dend[3]\"), a place in a section\n"
    "(\"dend[3](0.5)\", 0 at its beginning and 1 at its end), or a list of such. Regions are "
    "those\n"
    "of the morphology: soma, axon, dend, apic, or as its file or generator says.\n"
    "\n"
    "scale: a number, an expression that is evaluated for each compartment, or one of these for\n"
    "each of several places, 1 elsewhere: {\"spiny\": 5.3, \"smooth\": 1.2} (which may not\n"
    "overlap). Expressions know distance_um (path from the middle of the first section),\n"
    "diameter_um, x (place in its section) and branch_order.\n"
    "\n"
    "Parameters of channels, pools and receptors are written here without the name given to them\n"
    "(\"g_max\") and hold for all cells. In a population's \"parameters\", in \"initial\", traces\n"
    "and schedules they have it (\"g_max_na\"), and there they may be drawn for each cell.\n"
    "Currents into cells are in nA, conductances of receptors and gap junctions in uS.";

constexpr std::string_view kContactsDetails =
    "Of connections onto cells with dendrites, and of stimuli that send events: each connection\n"
    "(each driven cell) has that many contacts. Their places are drawn for each connection with "
    "the\n"
    "projection's own random numbers. A connection without \"contacts\" has one, uniform per "
    "length.\n"
    "\n"
    "A stimulus with \"afferents\" draws the places of all of them on each cell; with\n"
    "\"side_by_side\" they are sorted along the tree and each afferent in turn gets the next\n"
    "\"count\", so that the contacts of one are neighbours.";

}  // namespace

const FileSection kCellSection{
    .name = "cell",
    .title = "cells: NAME: { ... }",
    .summary = "a cell with dendrites: its shape and what sits in its membrane",
    .keys = kCellKeys,
    .details = kCellDetails,
    .example = R"("cells": {"axon": {
  "morphology": {"generator": "cylinder", "length": "1 mm", "diameter": "1 um"},
  "discretisation": {"rule": "per_section", "count": 100},
  "R_a": "100 Ohm cm", "C_m": "1 uF/cm2", "V_init": "-65 mV", "temperature": "6.3 degC",
  "labels": {"far": {"distance": ["300 um", "600 um"]}},
  "channels": {
    "na": {"channel": "hh_na", "g_max": "0.12 S/cm2", "scale": {"far": 0.5}},
    "k": {"channel": "hh_k", "scale": "1 + distance_um / 1000"}},
  "receptors": {"ampa": {"receptor": "double_exp_conductance", "on": "far", "tau_decay": "3 ms"}}}})"};

const FileSection kMorphologySection{
    .name = "morphology",
    .title = "cells: NAME: morphology: { ... }",
    .summary = "the shape of a cell: a tree of sections, from a file or grown",
    .keys = kMorphologyKeys,
    .details =
        "Either \"file\", beside the model file unless absolute, or \"generator\".\n"
        "`volley morph FILE` shows what a file holds, problems included.",
    .example = R"("morphology": {"generator": "cylinder", "length": "1 mm", "diameter": "1 um"})"};

const FileSection kReductionSection{
    .name = "reduction",
    .title = "cells: NAME: reduce: { ... }",
    .summary = "a cell of few compartments in place of a whole tree",
    .keys = kReductionKeys,
    .details =
        "The rest of the cell is written as for the whole tree: labels, channels, contacts and\n"
        "recordings move to where the rule puts the compartments that they name.",
    .example = R"("reduce": {"rule": "neuron_reduce", "keep": "soma"})"};

const FileSection kLabelSection{
    .name = "label",
    .title = "cells: NAME: labels: NAME: { ... }",
    .summary = "a part of the tree by a name of its own: compartments for which all keys hold",
    .keys = kLabelKeys,
    .details =
        "A distance of 300 um itself is not in [\"100 um\", \"300 um\"]. Labels may name each "
        "other.",
    .example = R"("labels": {
  "distal": {"on": "dend", "distance": ["100 um", "300 um"]},
  "oblique": {"subtree": "apic[3]", "branch_order": [2, 5], "except": "distal"}})"};

const FileSection kChannelSection{
    .name = "channel",
    .title = "cells: NAME: channels: NAME: { ... }",
    .summary = "channels of one kind on some compartments of a cell",
    .keys = kChannelKeys,
    .details =
        "The name given is part of the names of parameters (g_max_NAME), gates and the\n"
        "current i_NAME (nA, outward positive). A kind may be placed more than once.",
    .example = R"json("channels": {
  "na": {"channel": "hh_na", "on": "soma", "g_max": "0.12 S/cm2"},
  "k": {"channel": "hh_k", "on": ["soma", "dend"], "scale": {"dend": "exp(-distance_um / 200)"}}})json"};

const FileSection kIonSection{
    .name = "ion",
    .title = "cells: NAME: ions: NAME: { ... }",
    .summary = "an ion whose concentrations matter",
    .keys = kIonKeys,
    .details =
        "Needed for ions of Goldman currents, of channels that calcium gates, of pools and "
        "of\ncomputed reversal potentials.",
    .example = R"("ions": {"ca": {"inside": "45 nM", "outside": "2 mM"}})"};

const FileSection kPoolSection{
    .name = "pool",
    .title = "cells: NAME: pools: NAME: { ... }",
    .summary = "a concentration that follows the currents of an ion on some compartments",
    .keys = kPoolKeys,
    .details =
        "See pools for the kinds. It is recorded as ION_i (mM), the layer below the "
        "membrane."};

const FileSection kReceptorSection{
    .name = "receptor",
    .title = "cells: NAME: receptors: NAME: { ... }",
    .summary = "where synapses of one kind may sit on a cell",
    .keys = kReceptorKeys,
    .details =
        "See receptors for the kinds; \"contacts\" of projections and stimuli say where each\n"
        "connection goes. Synapses with one receptor on one compartment share its state.",
    .example = R"("receptors": {
  "pf": {"receptor": "double_exp_conductance", "on": "dend", "tau_rise": "0.3 ms",
         "tau_decay": "3 ms"},
  "gaba": {"receptor": "exp_conductance", "on": "soma", "E_rev": "-85 mV", "tau_syn": "8 ms"}})"};

const FileSection kContactsSection{
    .name = "contacts",
    .title = "projections, stimuli: contacts: { ... }",
    .summary = "where on each target cell a connection's contacts sit",
    .keys = kContactsKeys,
    .details = kContactsDetails,
    .example = R"("projections": [{"source": "pf", "target": "pc", "rule": "fixed_indegree",
  "indegree": 20, "receptor": "ampa", "weight": "0.5 nS", "delay": "1 ms",
  "contacts": {"count": 2, "on": "dend", "place": "uniform_length"}}])"};

}  // namespace volley
