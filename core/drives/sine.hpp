#pragma once

#include "core/drives/drive.hpp"

namespace volley {

/// Registration of the drive `sine`.
DriveInfo sine_drive();

}  // namespace volley
