#pragma once

#include "core/drives/drive.hpp"

namespace volley {

/// Registration of the drive `voltage_clamp`.
DriveInfo voltage_clamp_drive();

}  // namespace volley
