#pragma once

#include "core/drives/drive.hpp"

namespace volley {

/// Registration of the drive `poisson`.
DriveInfo poisson_drive();

}  // namespace volley
