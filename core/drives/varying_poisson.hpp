#pragma once

#include "core/drives/drive.hpp"

namespace volley {

/// Registration of the drives `inhomogeneous_poisson` and `sinusoidal_poisson`.
DriveInfo inhomogeneous_poisson_drive();
DriveInfo sinusoidal_poisson_drive();

}  // namespace volley
