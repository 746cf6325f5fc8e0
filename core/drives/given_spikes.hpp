#pragma once

#include "core/drives/drive.hpp"

namespace volley {

/// Registration of the drive `given_spikes`.
DriveInfo given_spikes_drive();

}  // namespace volley
