#pragma once

#include "core/drives/drive.hpp"

namespace volley {

/// Registration of the drive `chirp`.
DriveInfo chirp_drive();

}  // namespace volley
