#include "core/cable/cell_type.hpp"
#include "core/error.hpp"
#include "core/random/counter_random.hpp"
#include "network/model.hpp"

#include <boost/archive/archive_exception.hpp>
#include <boost/archive/binary_iarchive.hpp>
#include <boost/archive/binary_oarchive.hpp>
#include <boost/serialization/array.hpp>
#include <boost/serialization/map.hpp>
#include <boost/serialization/optional.hpp>
#include <boost/serialization/split_free.hpp>
#include <boost/serialization/string.hpp>
#include <boost/serialization/vector.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <sstream>

namespace volley {
using Numbers = decltype(Placement::parameters);
}

BOOST_SERIALIZATION_SPLIT_FREE(volley::Value)
BOOST_SERIALIZATION_SPLIT_FREE(volley::Parameters)
BOOST_SERIALIZATION_SPLIT_FREE(volley::Numbers)
BOOST_SERIALIZATION_SPLIT_FREE(std::optional<volley::Spec>)
BOOST_SERIALIZATION_SPLIT_FREE(std::vector<volley::Population>)

/// How the parts of a Model go into an archive and out of it: member by member, in the order of
/// their declaration.
namespace boost::serialization {

// Maps with a transparent comparison are not known to Boost: a count, then pairs.
template <class Archive, class Held>
void save_map(Archive& archive, const std::map<std::string, Held, std::less<>>& map) {
    const std::uint64_t count = map.size();
    archive << count;
    for (const auto& [key, value] : map) archive << key << value;
}

template <class Archive, class Held>
void load_map(Archive& archive, std::map<std::string, Held, std::less<>>& map) {
    std::uint64_t count = 0;
    archive >> count;
    map.clear();
    for (std::uint64_t k = 0; k < count; ++k) {
        std::string key;
        Held value{};
        archive >> key >> value;
        map.emplace(std::move(key), std::move(value));
    }
}

template <class Archive>
void save(Archive& archive, const volley::Parameters& map, unsigned /*version*/) {
    save_map(archive, map);
}
template <class Archive>
void load(Archive& archive, volley::Parameters& map, unsigned /*version*/) {
    load_map(archive, map);
}

template <class Archive>
void save(Archive& archive, const volley::Numbers& map, unsigned /*version*/) {
    save_map(archive, map);
}
template <class Archive>
void load(Archive& archive, volley::Numbers& map, unsigned /*version*/) {
    load_map(archive, map);
}

template <class Archive>
void serialize(Archive& archive, volley::ReceptorChoice& choice, unsigned /*version*/) {
    archive & choice.name & choice.kind;
}

template <class Archive>
void serialize(Archive& archive, volley::Spec& spec, unsigned /*version*/) {
    archive & spec.name & spec.where & spec.values;
}

template <class Archive>
void save(Archive& archive, const volley::Value& value, unsigned /*version*/) {
    const std::uint64_t alternative = value.index();
    archive << alternative;
    std::visit(
        [&archive](const auto& held) {
            using Held = std::decay_t<decltype(held)>;
            if constexpr (std::is_same_v<Held, std::shared_ptr<const volley::Spec>>) {
                archive << *held;
            } else {
                archive << held;
            }
        },
        value);
}

template <class Held, class Archive>
Held loaded(Archive& archive) {
    Held held{};
    archive >> held;
    return held;
}

template <class Archive>
void load(Archive& archive, volley::Value& value, unsigned /*version*/) {
    const auto alternative = loaded<std::uint64_t>(archive);
    switch (alternative) {
        case 0:
            value = loaded<double>(archive);
            return;
        case 1:
            value = loaded<std::int64_t>(archive);
            return;
        case 2:
            value = loaded<bool>(archive);
            return;
        case 3:
            value = loaded<std::string>(archive);
            return;
        case 4:
            value = loaded<std::vector<double>>(archive);
            return;
        case 5:
            value = loaded<std::vector<std::vector<double>>>(archive);
            return;
        case 6:
            value = std::make_shared<const volley::Spec>(loaded<volley::Spec>(archive));
            return;
        default:
            throw archive::archive_exception(archive::archive_exception::input_stream_error);
    }
}
static_assert(std::variant_size_v<volley::Value> == 7, "load() above has a case for each");

template <class Archive>
void save(Archive& archive, const std::optional<volley::Spec>& spec, unsigned /*version*/) {
    const bool present = spec.has_value();
    archive << present;
    if (present) archive << *spec;
}
template <class Archive>
void load(Archive& archive, std::optional<volley::Spec>& spec, unsigned /*version*/) {
    if (loaded<bool>(archive)) {
        spec = loaded<volley::Spec>(archive);
    } else {
        spec.reset();
    }
}

template <class Archive>
void serialize(Archive& archive, volley::Compartment& c, unsigned /*version*/) {
    archive & c.section & c.x & c.length_um & c.area_um2 & c.diameter_um & c.mean_diameter_um &
        c.region & c.distance_um & c.branch_order & c.start_um & c.end_um;
}

template <class Archive>
void serialize(Archive& archive, volley::TreeNode& n, unsigned /*version*/) {
    archive & n.parent & n.self_per_um & n.parent_per_um;
}

template <class Archive>
void serialize(Archive& archive, volley::CompartmentTree& t, unsigned /*version*/) {
    archive & t.compartments & t.regions & t.nodes & t.first_compartment;
}

template <class Archive>
void serialize(Archive& archive, volley::Ion& i, unsigned /*version*/) {
    archive & i.name & i.valence & i.inside_mM & i.outside_mM & i.computes_reversal;
}

template <class Archive>
void serialize(Archive& archive, volley::Placement& p, unsigned /*version*/) {
    archive & p.name & p.kind & p.where & p.compartments & p.scale & p.parameters & p.structure &
        p.ion & p.into_pool & p.stochastic;
}

template <class Archive>
void serialize(Archive& archive, volley::CellDefinition& c, unsigned /*version*/) {
    archive & c.name & c.tree & c.C_m_uF_per_cm2 & c.R_a_ohm_cm & c.C_m_scale & c.R_a_scale &
        c.temperature_degC & c.V_initial_mV & c.scheme & c.ions & c.channels & c.pools &
        c.receptors & c.soma & c.threshold_mV;
}

template <class Archive>
void serialize(Archive& archive, volley::Population& p, unsigned /*version*/) {
    archive & p.name & p.where & p.model & p.receptors & p.size & p.parameters & p.initial &
        p.positions & p.turned_about & p.single_precision & p.area;
}

/// The populations, then each of their cells once, then which of them each population has.
template <class Archive>
void save(Archive& archive, const std::vector<volley::Population>& populations,
          unsigned /*version*/) {
    std::vector<const volley::CellType*> cells;
    std::vector<std::int64_t> cell_of;
    for (const volley::Population& population : populations) {
        if (!population.cell) {
            cell_of.push_back(-1);
            continue;
        }
        const auto known = std::ranges::find(cells, population.cell.get());
        cell_of.push_back(known - cells.begin());
        if (known == cells.end()) cells.push_back(population.cell.get());
    }
    const std::uint64_t count = populations.size();
    archive << count;
    for (const volley::Population& population : populations) archive << population;
    const std::uint64_t definitions = cells.size();
    archive << definitions;
    for (const volley::CellType* const cell : cells) archive << cell->definition();
    archive << cell_of;
}

template <class Archive>
void load(Archive& archive, std::vector<volley::Population>& populations, unsigned /*version*/) {
    populations.assign(loaded<std::uint64_t>(archive), {});
    for (volley::Population& population : populations) archive >> population;
    std::vector<std::shared_ptr<const volley::CellType>> cells(loaded<std::uint64_t>(archive));
    for (auto& cell : cells) {
        cell = std::make_shared<const volley::CellType>(loaded<volley::CellDefinition>(archive));
    }
    const auto cell_of = loaded<std::vector<std::int64_t>>(archive);
    for (std::size_t p = 0; p < populations.size(); ++p) {
        if (cell_of[p] >= 0) populations[p].cell = cells[static_cast<std::size_t>(cell_of[p])];
    }
}

template <class Archive>
void serialize(Archive& archive, volley::Selection& s, unsigned /*version*/) {
    archive & s.population & s.begin & s.end & s.stride & s.list;
}

template <class Archive>
void serialize(Archive& archive, volley::EdgeList& edges, unsigned /*version*/) {
    archive & edges.sources & edges.targets & edges.weights & edges.delays_ms;
}

template <class Archive>
void serialize(Archive& archive, volley::Contacts& c, unsigned /*version*/) {
    archive & c.count & c.choice & c.sites & c.cumulative & c.branch & c.side_by_side;
}

template <class Archive>
void serialize(Archive& archive, volley::Projection& p, unsigned /*version*/) {
    archive & p.name & p.where & p.source & p.target & p.rule & p.weight & p.delay & p.receptor &
        p.allow_autapses & p.allow_multapses & p.coarse_weights & p.plasticity & p.dendritic_delay &
        p.edges & p.contacts;
}

template <class Archive>
void serialize(Archive& archive, volley::GapJunctions& g, unsigned /*version*/) {
    archive & g.name & g.pairs & g.each_pair_once;
}

template <class Archive>
void serialize(Archive& archive, volley::Stimulus& s, unsigned /*version*/) {
    archive & s.name & s.where & s.target & s.drive & s.receptor & s.compartment & s.contacts;
}

template <class Archive>
void serialize(Archive& archive, volley::TraceRequest& t, unsigned /*version*/) {
    archive & t.where & t.target & t.variables & t.interval & t.compartments;
}

template <class Archive>
void serialize(Archive& archive, volley::WeightRequest& w, unsigned /*version*/) {
    archive & w.where & w.projection & w.interval;
}

template <class Archive>
void serialize(Archive& archive, volley::ScheduledChange& c, unsigned /*version*/) {
    archive & c.where & c.at & c.kind & c.index & c.parameter & c.value;
}

template <class Archive>
void serialize(Archive& archive, volley::AnalysisRequest& a, unsigned /*version*/) {
    archive & a.name & a.targets & a.spec;
}

template <class Archive>
void serialize(Archive& archive, volley::PeakRequest& p, unsigned /*version*/) {
    archive & p.where & p.population & p.neuron;
}

template <class Archive>
void serialize(Archive& archive, volley::ExtracellularRequest& e, unsigned /*version*/) {
    archive & e.name & e.where & e.populations & e.points_um & e.conductivity_S_per_m & e.interval;
}

template <class Archive>
void serialize(Archive& archive, volley::Model& m, unsigned /*version*/) {
    archive & m.title & m.dt_ms & m.warm_up & m.duration & m.seed & m.populations & m.projections &
        m.gap_junctions & m.stimuli & m.recorded_spikes & m.interpolated_spikes & m.traces &
        m.recorded_weights & m.peaks & m.extracellular & m.schedule & m.analyses & m.effective;
}

}  // namespace boost::serialization

namespace volley {
namespace {

/// Stands before the archive: Boost reads many damaged archives without complaint.
struct Envelope {
    std::array<char, 8> magic{'V', 'o', 'l', 'l', 'e', 'y', 'M', '2'};
    std::uint64_t length = 0;    ///< of the archive, in bytes
    std::uint64_t checksum = 0;  ///< FNV-1a of the archive
};

constexpr unsigned kArchiveFlags = boost::archive::no_header;

}  // namespace

std::string serialise(const Model& model) {
    std::ostringstream stream(std::ios::binary);
    {
        boost::archive::binary_oarchive archive(stream, kArchiveFlags);
        archive << model;
    }
    const std::string content = stream.str();
    Envelope envelope;
    envelope.length = content.size();
    envelope.checksum = hash_name(content);
    std::string bytes(sizeof envelope, '\0');
    std::memcpy(bytes.data(), &envelope, sizeof envelope);
    return bytes + content;
}

Model deserialise_model(const std::string& bytes) {
    Envelope envelope;
    if (bytes.size() < sizeof envelope) {
        throw SystemError("a model of " + std::to_string(bytes.size()) + " bytes is cut short");
    }
    std::memcpy(&envelope, bytes.data(), sizeof envelope);
    if (envelope.magic != Envelope{}.magic) throw SystemError("these bytes are no model");
    const std::string content = bytes.substr(sizeof envelope);
    if (content.size() != envelope.length) {
        throw SystemError("a model of " + std::to_string(content.size()) + " bytes should have " +
                          std::to_string(envelope.length) + ": it is cut short");
    }
    if (hash_name(content) != envelope.checksum) {
        throw SystemError("the checksum of a model does not fit: its bytes were changed");
    }
    Model model;
    try {
        std::istringstream stream(content, std::ios::binary);
        boost::archive::binary_iarchive archive(stream, kArchiveFlags);
        archive >> model;
    } catch (const boost::archive::archive_exception& error) {
        throw SystemError(std::string("a model cannot be read: ") + error.what());
    }
    return model;
}

}  // namespace volley
