#pragma once

#include "core/drives/drive.hpp"

namespace volley {

/// Registration of the drive `given_current`.
DriveInfo given_current_drive();

}  // namespace volley
