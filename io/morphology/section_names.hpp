#pragma once

#include "core/morphology/morphology.hpp"

namespace volley {

/// Names sections by their regions: "soma" where there is only one of these, else "dend[0]",
/// "dend[1]", ... in their order.
void name_by_region(Morphology& morphology);

}  // namespace volley
