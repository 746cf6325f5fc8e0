#pragma once

#include "core/cable/mechanism.hpp"
#include "core/channels/channel_current.hpp"
#include "core/channels/channel_kind.hpp"
#include "core/math/aligned_vector.hpp"

#include <algorithm>
#include <cstddef>
#include <span>

namespace volley {

/// What channels of all forms share: their parameters, their place, their states and the current.
///
/// A channel is a struct with
///   name, summary, details, source, example, fields          as for all parts (description.hpp)
///   struct Parameters { Lanes ...; };                        in the order of `fields`
///   using Current = OhmicCurrent or GhkCurrent;              channel_current.hpp
///   static Current current(const Parameters&);               its largest conductance or
///                                                            permeability, its reversal potential
///   static constexpr std::string_view ion;                   "k"; "" = no ion in particular
///   struct Constants { Lanes ...; };                         what is computed once
///   static Constants prepare(const Parameters&, double temperature_degC);
/// and its kinetics: gates (gated_channel.hpp) or a Markov scheme (markov_channel.hpp). All
/// equations hold for |V| < 1000 mV.
///
/// `Form`, which derives from this, gives
///   static constexpr std::size_t kVariables;                 numbers kept for each compartment
///   Lanes fraction(std::size_t own) const;                   share of open channels in a block
template <class Channel, class Form, std::size_t kVariables>
class PlacedChannel : public Mechanism {
public:
    void set_parameters(const MechanismParameters& parameters) override {
        std::ranges::copy(parameters.values, reinterpret_cast<Lanes*>(&parameters_));
        constants_ = Channel::prepare(parameters_, setup_.temperature_degC);
    }

    void add_currents() override {
        const Flow flow = this->flow();
        const MembraneArrays arrays = setup_.arrays;
        for_each_block(*setup_.place, [&](std::size_t block, std::size_t own) {
            const Lanes V_mV = load(arrays.V_mV + block * kLanes);
            flow.terms(block, V_mV, area_um2(own), form().fraction(own))
                .add_to(arrays, block, V_mV);
        });
    }

    double current_nA(std::size_t own_index) const override {
        const Flow flow = this->flow();
        double found = 0.0;
        for_each_block(*setup_.place, [&](std::size_t block, std::size_t own) {
            if (own != own_index / kLanes) return;
            const Lanes V_mV = load(setup_.arrays.V_mV + block * kLanes);
            const CurrentTerms terms = flow.terms(block, V_mV, area_um2(own), form().fraction(own));
            found = terms.outward_nA(V_mV)[own_index % kLanes];
        });
        return found;
    }

    double state(std::size_t variable, std::size_t own_index) const override {
        return values_[index_of(variable, own_index)];
    }
    void set_state(std::size_t variable, std::size_t own_index, double value) override {
        values_[index_of(variable, own_index)] = value;
    }
    std::size_t bytes() const override {
        return (values_.size() + area_um2_.size()) * sizeof(double);
    }

protected:
    using Parameters = typename Channel::Parameters;
    using Constants = typename Channel::Constants;
    using Flow = typename Channel::Current::Flow;
    static_assert(sizeof(Parameters) == std::size(Channel::fields) * sizeof(Lanes),
                  "one Lanes for each entry of `fields`");

    Flow flow() const { return Flow(Channel::current(parameters_), setup_); }
    /// Membrane area, times what the density is multiplied with there.
    Lanes area_um2(std::size_t own) const { return setup_.place->at(area_um2_, own); }

    double* values(std::size_t own) { return values_.data() + own * kVariables * kLanes; }
    const double* values(std::size_t own) const {
        return values_.data() + own * kVariables * kLanes;
    }

    MechanismSetup setup_;
    Parameters parameters_{};
    Constants constants_{};

private:
    friend Form;  // alone: no form can take another's base by mistake
    explicit PlacedChannel(const MechanismSetup& setup)
        : setup_(setup),
          values_(setup.place->blocks * kVariables * kLanes),
          area_um2_(setup.place->area_um2) {
        for (std::size_t k = 0; k < area_um2_.size(); ++k) area_um2_[k] *= setup.place->scale[k];
    }

    const Form& form() const { return static_cast<const Form&>(*this); }
    static std::size_t index_of(std::size_t variable, std::size_t own_index) {
        return (own_index / kLanes * kVariables + variable) * kLanes + own_index % kLanes;
    }

    AlignedVector<double> values_;    ///< [own block][variable][lane]
    AlignedVector<double> area_um2_;  ///< as Place::area_um2
};

/// The description of a channel, from its tables.
template <class Channel>
constexpr Description channel_description() {
    return {.name = Channel::name,
            .summary = Channel::summary,
            .fields = Channel::fields,
            .details = Channel::details,
            .source = Channel::source,
            .example = Channel::example};
}

}  // namespace volley
