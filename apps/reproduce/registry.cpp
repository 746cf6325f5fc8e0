#include "apps/reproduce/study.hpp"

#include <array>

namespace volley {

Study purkinje_determinants_study();
Study purkinje_oscillation_study();
Study purkinje_oscillators_study();
Study purkinje_prc_study();
Study purkinje_transients_study();

std::span<const Study> studies() {
    static const std::array all{
        purkinje_prc_study(),        purkinje_oscillation_study(), purkinje_determinants_study(),
        purkinje_transients_study(), purkinje_oscillators_study(),
    };
    return all;
}

}  // namespace volley
