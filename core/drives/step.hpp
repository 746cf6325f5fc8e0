#pragma once

#include "core/drives/drive.hpp"

namespace volley {

/// Registration of the drive `step`.
DriveInfo step_drive();

}  // namespace volley
