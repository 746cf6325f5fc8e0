#pragma once

#include "core/drives/drive.hpp"

namespace volley {

/// Registration of the drive `dc`.
DriveInfo dc_drive();

}  // namespace volley
