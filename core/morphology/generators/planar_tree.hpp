#pragma once

#include "core/morphology/generators/carriers.hpp"
#include "core/morphology/generators/taper.hpp"
#include "core/morphology/morphology.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace volley {

/// What a cell grown in a plane shall be like.
struct PlanarTree {
    /// A section along -y.
    struct Straight {
        double length_um = 0.0;            ///< 0: none
        std::vector<double> diameters_um;  ///< at places of equal distance, both ends included
        double area_um2 = 0.0;             ///< diameters are scaled to it; 0: they stay
    };
    /// A branch behind the trunk.
    struct Branch {
        double length_um = 0.0;  ///< > 0
        double area_um2 = 0.0;   ///< > 0
    };
    Straight soma;
    Straight axon;
    std::string axon_region;
    CarrierSpace space;
    double balance = 0.0;
    std::int64_t points = 0;       ///< carrier points; 0: as many as the length needs
    double trunk_length_um = 0.0;  ///< 0: all branches begin at the soma
    double trunk_area_um2 = 0.0;
    std::string trunk_region;
    TaperRule trunk_taper;
    std::vector<Branch> branches;
    std::string branch_region;
    TaperRule branch_taper;
    std::string where;  ///< place in the model file, for messages
};

/// Grows it. @throws ConfigError  where the space is too small for the length
Morphology grow(const PlanarTree& plan, std::uint64_t seed);

}  // namespace volley
