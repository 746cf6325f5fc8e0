#include "core/drives/dc.hpp"
#include "core/drives/drive.hpp"
#include "core/drives/ou_current.hpp"
#include "core/drives/poisson.hpp"
#include "core/drives/sine.hpp"
#include "core/drives/step.hpp"
#include "core/find.hpp"

#include <array>

namespace volley {

// One line a drive, in the order in which the user sees them.
std::span<const DriveInfo> drives() {
    static const std::array registered{
        dc_drive(), step_drive(), sine_drive(), ou_current_drive(), poisson_drive(),
    };
    return registered;
}

const DriveInfo* find_drive(std::string_view name) { return find_entry(drives(), name); }

}  // namespace volley
