#pragma once

#include "core/drives/drive.hpp"

namespace volley {

/// Registration of the drive `ou_current`.
DriveInfo ou_current_drive();

}  // namespace volley
