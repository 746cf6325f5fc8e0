#pragma once

#include "core/drives/drive.hpp"

namespace volley {

/// Registration of the drive `white_noise`.
DriveInfo white_noise_drive();

}  // namespace volley
