#include "core/cable/cell_block.hpp"

#include "core/error.hpp"
#include "core/ions/nernst.hpp"
#include "core/ions/pool_kind.hpp"

#include <algorithm>
#include <cmath>

namespace volley {

namespace {

/// A clamp is a conductance to its command this large: against it every other current is below the
/// rounding of a potential, and the clamped potential is set to the command after the solution.
constexpr double kClamp_uS = 1e12;

}  // namespace

CellBlock::CellBlock(Setup setup, const ParameterValues& values)
    : setup_(std::move(setup)),
      cell_(setup_.cell),
      plan_(&cell_->plan(setup_.width)),
      V_mV_(plan_->layout.length()),
      conductance_uS_(plan_->layout.length()),
      current_nA_(plan_->layout.length()),
      ions_(cell_->definition().ions.size()) {
    make_ions();
    make_mechanisms();
    set_parameters(values);
}

void CellBlock::make_ions() {
    for (std::size_t i = 0; i < ions_.size(); ++i) {
        const Ion& ion = cell_->definition().ions[i];
        const bool computed = std::ranges::any_of(cell_->pools(), [&](const CellType::Part& pool) {
            return pool.placement->ion == ion.name;
        });
        if (computed) {
            ions_[i].inside_mM.assign(plan_->layout.length(), ion.inside_mM);
            ions_[i].current_nA.assign(plan_->layout.length(), 0.0);
        }
        if (!ion.computes_reversal) continue;
        const double rest_mV = nernst_mV(broadcast(ion.inside_mM), broadcast(ion.outside_mM),
                                         ion.valence, cell_->definition().temperature_degC)[0];
        ions_[i].reversal_mV.assign(plan_->layout.length(), rest_mV);
    }
}

IonArrays CellBlock::ion_arrays(std::string_view name, bool with_current) {
    const std::vector<Ion>& ions = cell_->definition().ions;
    const auto found = std::ranges::find(ions, name, &Ion::name);
    if (found == ions.end()) return {};
    IonState& state = ions_[static_cast<std::size_t>(found - ions.begin())];
    const auto data = [](AlignedVector<double>& numbers) {
        return numbers.empty() ? nullptr : numbers.data();
    };
    return {.inside_mM = data(state.inside_mM),
            .written_inside_mM = data(state.inside_mM),
            .current_nA = with_current ? data(state.current_nA) : nullptr,
            .reversal_mV = data(state.reversal_mV),
            .rest_inside_mM = found->inside_mM,
            .outside_mM = found->outside_mM,
            .valence = found->valence};
}

MechanismSetup CellBlock::mechanism_setup(const Place& place, const std::string& name,
                                          IonArrays ion) {
    MechanismSetup setup;
    setup.place = &place;
    setup.arrays = {.V_mV = V_mV_.data(),
                    .conductance_uS = conductance_uS_.data(),
                    .current_nA = current_nA_.data(),
                    .ion = ion,
                    .calcium = ion_arrays("ca", false)};
    setup.dt_ms = setup_.dt_ms;
    setup.temperature_degC = cell_->definition().temperature_degC;
    setup.seed = setup_.seed;
    setup.purpose = setup_.purpose + "/" + name;
    setup.first_cell = setup_.first_cell;
    setup.tables = setup_.tables;
    return setup;
}

void CellBlock::make_mechanisms() {
    for (std::size_t k = 0; k < cell_->pools().size(); ++k) {
        const CellType::Part& part = cell_->pools()[k];
        const Placement& placement = *part.placement;
        const auto& ions = cell_->definition().ions;
        const auto ion = std::ranges::find(ions, placement.ion, &Ion::name);
        pool_ions_.push_back(static_cast<std::size_t>(ion - ions.begin()));
        pools_.push_back(part.pool->make(
            mechanism_setup(plan_->pools[k], placement.name, ion_arrays(placement.ion, true)),
            placement.structure));
    }
    for (std::size_t k = 0; k < cell_->channels().size(); ++k) {
        const CellType::Part& part = cell_->channels()[k];
        const Placement& placement = *part.placement;
        const std::string_view ion =
            placement.ion.empty() ? part.channel->ion : std::string_view(placement.ion);
        const MechanismSetup setup = mechanism_setup(plan_->channels[k], placement.name,
                                                     ion_arrays(ion, placement.into_pool));
        channels_.push_back(placement.stochastic ? part.channel->make_stochastic(setup)
                                                 : part.channel->make(setup));
    }
    for (std::size_t k = 0; k < cell_->receptors().size(); ++k) {
        receptors_.push_back(cell_->receptors()[k].receptor->make_on_cable(
            {.index = plan_->receptors[k], .width = setup_.width, .dt_ms = setup_.dt_ms}));
    }
}

Lanes CellBlock::lanes_of(const ParameterValues& values, std::size_t parameter) const {
    return setup_.width == kLanes ? values.of_block(parameter, setup_.first / kLanes)
                                  : broadcast(values.of(parameter, setup_.first));
}

void CellBlock::set_parameters(const ParameterValues& values) {
    C_m_uF_per_cm2_ = lanes_of(values, 0);
    threshold_mV_ = lanes_of(values, 2);
    const auto lanes_of_part = [&](const CellType::Part& part) {
        std::vector<Lanes> lanes;
        for (std::size_t f = 0; f < part.fields; ++f) {
            lanes.push_back(lanes_of(values, part.first_field + f));
        }
        return lanes;
    };
    const auto set = [&](std::span<const CellType::Part> parts, auto& mechanisms) {
        for (std::size_t k = 0; k < parts.size(); ++k) {
            std::uint64_t differing = 0;
            for (std::size_t f = 0; f < parts[k].fields; ++f) {
                const bool differs = !values.uniform(parts[k].first_field + f);
                differing |= static_cast<std::uint64_t>(differs) << f;
            }
            const std::vector<Lanes> lanes = lanes_of_part(parts[k]);
            mechanisms[k]->set_parameters({lanes, differing});
        }
    };
    set(cell_->pools(), pools_);
    set(cell_->channels(), channels_);
    for (std::size_t k = 0; k < receptors_.size(); ++k) {
        receptors_[k]->set_parameters(lanes_of_part(cell_->receptors()[k]));
    }
    add_channel_currents();
}

void CellBlock::start(Lanes V_mV) {
    for (std::size_t i = 0; i < V_mV_.size(); ++i) {
        V_mV_[i] = V_mV[setup_.width == kLanes ? i % kLanes : 0];
    }
    for (const auto& pool : pools_) pool->settle();
    compute_reversals();
    for (const auto& channel : channels_) channel->settle();
    add_channel_currents();
}

void CellBlock::add_channel_currents() {
    std::ranges::fill(conductance_uS_, 0.0);
    std::ranges::fill(current_nA_, 0.0);
    for (IonState& ion : ions_) std::ranges::fill(ion.current_nA, 0.0);
    for (const auto& channel : channels_) channel->add_currents();
    for (const auto& receptor : receptors_) receptor->add_currents(membrane());
}

CellBlock::Crossings CellBlock::advance(Step step, const GroupInput& input, bool& exact) {
    add_electrodes(input);
    const Lanes before = soma_mV();
    solve();
    hold(input);
    const Lanes after = soma_mV();
    check_finite(step);

    for (const auto& pool : pools_) pool->advance(step);
    clear_ion_currents();
    compute_reversals();
    for (const auto& channel : channels_) channel->advance(step);
    if (!advance_receptors(input)) exact = false;

    const Mask fires = (before < threshold_mV_) & (after >= threshold_mV_);
    const unsigned used = (1U << setup_.cells) - 1U;
    return {.lanes = bits_of(fires) & used,
            .fraction = select(fires, (threshold_mV_ - before) / (after - before), broadcast(1.0))};
}

Lanes CellBlock::soma_mV() const {
    const double* const V = V_mV_.data() + plan_->soma;
    return setup_.width == kLanes ? load(V) : broadcast(*V);
}

void CellBlock::solve() {
    const bool middle = cell_->definition().scheme == CableScheme::crank_nicolson;
    const Lanes C_m_per_h = C_m_uF_per_cm2_ / (middle ? setup_.dt_ms / 2.0 : setup_.dt_ms);
    double* const V = V_mV_.data();
    double* const G = conductance_uS_.data();
    double* const I = current_nA_.data();
    if (setup_.width == kLanes) {
        if (middle) {
            solve_tree<Lanes, true>(plan_->tree, C_m_per_h, V, G, I);
        } else {
            solve_tree<Lanes, false>(plan_->tree, C_m_per_h, V, G, I);
        }
    } else if (middle) {
        solve_tree<double, true>(plan_->tree, C_m_per_h[0], V, G, I);
    } else {
        solve_tree<double, false>(plan_->tree, C_m_per_h[0], V, G, I);
    }
}

void CellBlock::add_to_lanes(double* sums, std::size_t index, const double* of_group) const {
    if (of_group == nullptr) return;
    for (std::size_t k = 0; k < setup_.width; ++k) sums[index + k] += of_group[setup_.first + k];
}

void CellBlock::clamp_to(std::size_t index, const double* held_mV) {
    if (held_mV == nullptr) return;
    for (std::size_t k = 0; k < setup_.width; ++k) {
        const double command = held_mV[setup_.first + k];
        if (std::isnan(command)) continue;
        conductance_uS_[index + k] += kClamp_uS;
        current_nA_[index + k] += kClamp_uS * command;
    }
}

void CellBlock::keep_held(std::size_t index, const double* held_mV) {
    if (held_mV == nullptr) return;
    for (std::size_t k = 0; k < setup_.width; ++k) {
        const double command = held_mV[setup_.first + k];
        if (!std::isnan(command)) V_mV_[index + k] = command;
    }
}

void CellBlock::add_electrodes(const GroupInput& input) {
    add_to_lanes(current_nA_.data(), plan_->soma, input.current);
    add_to_lanes(conductance_uS_.data(), plan_->soma, input.conductance);
    clamp_to(plan_->soma, input.held_mV);
    for (const PlacedInput& placed : input.placed) {
        const std::size_t index = plan_->layout.index_of(placed.compartment, 0);
        add_to_lanes(current_nA_.data(), index, placed.current);
        add_to_lanes(conductance_uS_.data(), index, placed.conductance);
        clamp_to(index, placed.held_mV);
    }
}

void CellBlock::hold(const GroupInput& input) {
    keep_held(plan_->soma, input.held_mV);
    for (const PlacedInput& placed : input.placed) {
        keep_held(plan_->layout.index_of(placed.compartment, 0), placed.held_mV);
    }
}

bool CellBlock::advance_receptors(const GroupInput& input) {
    bool exact = true;
    for (std::size_t r = 0; r < receptors_.size(); ++r) {
        const std::size_t first = setup_.first * plan_->receptors[r].size();
        std::int32_t* const row = input.rows[r];
        find_arriving(input, r, first);
        exact &= receptors_[r]->advance({.row = row == nullptr ? nullptr : row + first,
                                         .grid = input.grid[r],
                                         .events = arriving_,
                                         .negative = cell_->receptors()[r].negative},
                                        membrane());
    }
    return exact;
}

void CellBlock::find_arriving(const GroupInput& input, std::size_t receptor, std::size_t first) {
    arriving_.clear();
    const std::size_t last = first + plan_->receptors[receptor].size() * setup_.width;
    for (const SiteEvents& source : input.site_events) {
        if (source.receptor != receptor) continue;
        const auto before = [first](const SiteEvent& event) { return event.entry < first; };
        auto event = std::ranges::partition_point(source.events, before);
        for (; event != source.events.end() && event->entry < last; ++event) {
            arriving_.push_back({.entry = event->entry - static_cast<std::uint32_t>(first),
                                 .weight = event->weight});
        }
    }
    // In the order of the sources at each entry, whatever else there is in the block.
    std::ranges::stable_sort(arriving_, {}, &SiteEvent::entry);
}

/// Where pools take them in: what adds up elsewhere nobody reads.
void CellBlock::clear_ion_currents() {
    for (std::size_t k = 0; k < pools_.size(); ++k) {
        AlignedVector<double>& current = ions_[pool_ions_[k]].current_nA;
        for (const BlockRange& blocks : plan_->pools[k].ranges) {
            std::fill(current.begin() + static_cast<std::ptrdiff_t>(blocks.first * kLanes),
                      current.begin() + static_cast<std::ptrdiff_t>(blocks.last * kLanes), 0.0);
        }
    }
}

void CellBlock::compute_reversals() {
    const double temperature_degC = cell_->definition().temperature_degC;
    for (std::size_t k = 0; k < pools_.size(); ++k) {
        const Ion& ion = cell_->definition().ions[pool_ions_[k]];
        IonState& state = ions_[pool_ions_[k]];
        if (state.reversal_mV.empty()) continue;
        for (const BlockRange& blocks : plan_->pools[k].ranges) {
            compute_reversal(blocks, state.inside_mM.data(), ion.outside_mM, ion.valence,
                             temperature_degC, state.reversal_mV.data());
        }
    }
}

void CellBlock::check_finite(Step step) const {
    constexpr double kAbsurd_mV = 1e6;
    const Lanes V = soma_mV();
    const Mask bad = ~(absolute(V) < kAbsurd_mV);
    if (bits_of(bad) == 0) return;
    for (std::size_t k = 0; k < setup_.cells; ++k) {
        if (bad[k] == 0) continue;
        throw SystemError("the potential at the soma of cell " +
                          std::to_string(setup_.first_cell + static_cast<std::int64_t>(k)) +
                          " of " + setup_.purpose + " is " + std::to_string(V[k]) + " mV at " +
                          std::to_string(to_ms(step + 1, setup_.dt_ms)) +
                          " ms: use a smaller dt, or look for an input or a parameter out of "
                          "proportion");
    }
}

double CellBlock::state(std::size_t variable, std::int32_t compartment, std::size_t lane) const {
    using Origin = CellType::StateOrigin::Kind;
    const CellType::StateOrigin& from = cell_->origin(variable);
    const auto own = [&](const std::vector<Place>& places) {
        return static_cast<std::size_t>(places[from.part].own_index(compartment, lane));
    };
    switch (from.kind) {
        case Origin::potential:
            break;
        case Origin::channel:
            return channels_[from.part]->state(from.variable, own(plan_->channels));
        case Origin::channel_current:
            return channels_[from.part]->current_nA(own(plan_->channels));
        case Origin::pool:
            return pools_[from.part]->state(from.variable, own(plan_->pools));
        case Origin::receptor: {
            const auto sites = cell_->sites(from.part);
            const auto site = std::ranges::lower_bound(sites, compartment) - sites.begin();
            return receptors_[from.part]->state(from.variable, static_cast<std::size_t>(site),
                                                lane);
        }
        case Origin::concentration:
            return ions_[from.part].inside_mM[plan_->layout.index_of(compartment, lane)];
    }
    return V_mV_[plan_->layout.index_of(compartment, lane)];
}

std::size_t CellBlock::bytes() const {
    std::size_t numbers = V_mV_.size() + conductance_uS_.size() + current_nA_.size();
    for (const IonState& ion : ions_) {
        numbers += ion.inside_mM.size() + ion.current_nA.size() + ion.reversal_mV.size();
    }
    std::size_t total = numbers * sizeof(double);
    for (const auto& channel : channels_) total += channel->bytes();
    for (const auto& pool : pools_) total += pool->bytes();
    for (const auto& receptor : receptors_) total += receptor->bytes();
    return total;
}

}  // namespace volley
