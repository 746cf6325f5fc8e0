#pragma once

#include "core/neurons/neuron_model.hpp"
#include "core/spec.hpp"
#include "core/time.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// What is simulated, free of where and how: the model file after reading, checking and unit
/// conversion. It is the same on every rank. Names are unique within their kind.
namespace volley {

class CellType;

/// Parameters or initial state of a population: uniform, listed or drawn. Only what the user wrote;
/// the model's own defaults fill the rest.
using Parameters = std::map<std::string, Value, std::less<>>;

/// `size` neurons of one model with one set of parameters.
struct Population {
    std::string name;
    std::string where;  ///< place in the model file
    std::string model;
    std::vector<ReceptorChoice> receptors;  ///< for a model that takes any; empty = its usual ones
    std::int64_t size = 0;
    Parameters parameters;
    Parameters initial;             ///< by name of the state variable
    std::optional<Spec> positions;  ///< line, ring, plane, volume (network/positions.hpp)
    /// Of cells with dendrites: the axis (0 = x) about which each is turned by an angle of its own
    /// (network/cell_poses.hpp); -1 = none is turned.
    std::int32_t turned_about = -1;
    bool single_precision = false;  ///< state stored as float
    std::string area;               ///< groups populations on ranks; "" = spread over all
    /// Of cells with dendrites (core/cable/cell_type.hpp), shared by the populations of one
    /// definition; null for points. `model` is the cell's name then.
    std::shared_ptr<const CellType> cell = nullptr;
};

/// The neuron model of a population, with the receptors chosen for it: that of its cell, if any.
const NeuronModel& neuron_model(const Population& population);

/// Some neurons of a population, in ascending order: begin, begin + stride, ... below end, or a
/// list.
struct Selection {
    std::int32_t population = 0;
    std::int64_t begin = 0;
    std::int64_t end = 0;
    std::int64_t stride = 1;
    std::vector<std::int64_t> list;  ///< strictly ascending; empty unless chosen one by one

    std::int64_t size() const {
        return list.empty() ? (end - begin + stride - 1) / stride
                            : static_cast<std::int64_t>(list.size());
    }
    /// Index in the population of the k-th selected neuron. @pre 0 <= k < size().
    std::int64_t at(std::int64_t k) const {
        return list.empty() ? begin + k * stride : list[static_cast<std::size_t>(k)];
    }
    /// Number of selected neurons with an index below `index`: where `index` would stand.
    std::int64_t position_of(std::int64_t index) const;
    bool contains(std::int64_t index) const {
        const std::int64_t k = position_of(index);
        return k < size() && at(k) == index;
    }
};

/// Connections read from a file, sorted by (target, source); positions in the selections.
struct EdgeList {
    std::vector<std::int64_t> sources;
    std::vector<std::int64_t> targets;
    std::vector<double> weights;    ///< empty: the projection's weight holds for all
    std::vector<double> delays_ms;  ///< empty: the projection's delay holds for all
};

/// Where on each target cell with dendrites the contacts of a connection sit.
///
/// Sites are counted as in the receptor (Receptor::sites). Every contact has the connection's whole
/// weight and its delay. What is drawn is a function of (seed, name, connection, contact).
struct Contacts {
    std::int64_t count = 1;  ///< of each connection; >= 1
    enum class Choice : std::int32_t {
        drawn,      ///< each contact on its own
        clustered,  ///< all contacts of a connection on one branch, drawn by the branches' sums
        listed,     ///< contact k at sites[k % sites.size()]
    } choice = Choice::drawn;
    std::vector<std::int32_t> sites;  ///< candidates, each once; listed: in the order of contacts
    std::vector<double> cumulative;   ///< of the candidates' probabilities, last = 1; [candidate]
    std::vector<std::int32_t> branch = {};  ///< of each candidate, ascending; for clustered
    /// Of a drive's afferents: the sites of all contacts on a cell are sorted along its tree, and
    /// each afferent in turn gets the next `count` of them.
    bool side_by_side = false;

    bool operator==(const Contacts&) const = default;
};

/// Connections from some neurons to some others, made by a rule.
///
/// weight: in the unit of the receptor; delay: in ms. Each is a number, a distribution (a Spec with
/// a name of core/distributions) or a function of distance (a Spec with a name of
/// network/distance_functions).
struct Projection {
    std::string name;
    std::string where;
    Selection source;
    Selection target;
    Spec rule;
    Value weight = 0.0;
    Value delay = 0.0;
    std::int32_t receptor = 0;  ///< index into the receptors of the target's model
    bool allow_autapses = true;
    bool allow_multapses = true;
    bool coarse_weights = false;     ///< weights in 16 bits, on a grid of their own
    std::optional<Spec> plasticity;  ///< a rule of core/plasticity; without one weights stay
    /// Steps from a plastic synapse to the target; `delay` is then the way to the synapse.
    Step dendritic_delay = 0;
    EdgeList edges;     ///< of the rule "list"; empty for all others
    Contacts contacts;  ///< on receptors with sites; unused for points
};

/// Electrical coupling of some neurons with some others: a junction for each pair that a rule
/// makes, which acts on both sides alike. Pairs that are made more than once, or as (i, j) and as
/// (j, i), add up.
struct GapJunctions {
    std::string name;
    /// The pairs: source, target, rule, edges and allow_multapses as in a projection, without
    /// autapses. `weight` is the conductance, >= 0, in the unit of both sides' current over mV. Its
    /// name is "gap_junctions/" + `name`: no projection draws the same numbers.
    Projection pairs;
    /// Of (i, j) and (j, i) within one population only the one with the smaller source is made.
    bool each_pair_once = false;
};

/// A drive onto chosen neurons (core/drives).
struct Stimulus {
    std::string name;
    std::string where;
    Selection target;
    Spec drive;
    std::int32_t receptor = 0;  ///< for drives that send events; else unused
    /// Where currents and clamps act on cells with dendrites; -1 = the soma, or the point itself.
    std::int32_t compartment = -1;
    /// Of drives that send events onto a receptor with sites: every event that a cell's drive sends
    /// reaches all of its contacts, which are drawn once for each cell.
    Contacts contacts = {};
};

/// Traces of some state variables of chosen neurons, every `interval` steps.
struct TraceRequest {
    std::string where;
    Selection target;
    std::vector<std::string> variables;
    Step interval = 1;
    /// Of cells with dendrites, where each variable is recorded (NaN where it does not exist);
    /// empty = the soma, or the point.
    std::vector<std::int32_t> compartments = {};
};

/// The largest potentials and concentrations at each compartment of a cell with dendrites.
struct PeakRequest {
    std::string where;
    std::int32_t population = 0;
    std::int64_t neuron = 0;
};

/// The potential at points outside of cells with dendrites, every `interval` steps.
struct ExtracellularRequest {
    std::string name;
    std::string where;
    std::vector<std::int32_t> populations;         ///< of such cells, ascending, each once
    std::vector<std::array<double, 3>> points_um;  ///< x, y, z where the positions of cells are
    double conductivity_S_per_m = 0.3;             ///< of the medium; > 0
    Step interval = 1;
};

/// The weights of a plastic projection.
struct WeightRequest {
    std::string where;
    std::int32_t projection = 0;
    Step interval = 0;  ///< steps between samples; 0 = at the end alone
};

/// Changes one parameter of a population, stimulus or projection's weight at a time.
struct ScheduledChange {
    std::string where;
    Step at = 0;  ///< takes effect in the step that starts here; counted from the run's start
    enum class Kind : std::int32_t { population, stimulus } kind = Kind::population;
    std::int32_t index = 0;  ///< which population or stimulus
    std::string parameter;
    Value value =
        0.0;  ///< number, list or distribution; for a stimulus a number, list or distribution
};

/// An analysis of the spikes, run at the end (core/analysis).
struct AnalysisRequest {
    std::string name;
    std::vector<Selection> targets;
    Spec spec;
};

struct Model {
    std::string title;
    double dt_ms = 0.1;
    Step warm_up = 0;   ///< steps before the analysed part
    Step duration = 0;  ///< steps after the warm-up
    std::uint64_t seed = 1;
    std::vector<Population> populations;
    std::vector<Projection> projections;
    std::vector<GapJunctions> gap_junctions;
    std::vector<Stimulus> stimuli;
    std::vector<Selection> recorded_spikes;
    bool interpolated_spikes = false;  ///< recorded where they were inside their steps
    std::vector<TraceRequest> traces;
    std::vector<WeightRequest> recorded_weights;
    std::vector<PeakRequest> peaks;
    std::vector<ExtracellularRequest> extracellular;
    std::vector<ScheduledChange> schedule;  ///< sorted by time
    std::vector<AnalysisRequest> analyses;
    std::string effective;  ///< the model file after --set, as text; runnable again

    Step last_step() const { return warm_up + duration; }
    std::int64_t neurons() const;
    /// Index of a population. @throws std::logic_error where there is none of that name.
    std::int32_t population(std::string_view name) const;
};

/// The Model as bytes (Boost.Serialization) and back, to carry it from one rank to the others. A
/// cell travels as its definition; populations that shared one share one again.
std::string serialise(const Model& model);
Model deserialise_model(const std::string& bytes);

/// Whether a projection ends on a receptor of a population.
bool is_projected_onto(const Model& model, std::int32_t population, std::int32_t receptor);

}  // namespace volley
