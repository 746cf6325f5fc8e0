#include "apps/reproduce/study.hpp"

#include <array>

namespace volley {

Study purkinje_oscillators_study();

std::span<const Study> studies() {
    static const std::array all{
        purkinje_oscillators_study(),
    };
    return all;
}

}  // namespace volley
