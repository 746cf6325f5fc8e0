#pragma once

#include "core/drives/drive.hpp"

namespace volley {

/// Registration of the drive `ramp`.
DriveInfo ramp_drive();

}  // namespace volley
