#pragma once

#include "core/drives/drive.hpp"

namespace volley {

/// Registration of the drives `gamma_renewal`, `lognormal_renewal`, `inverse_gaussian_renewal` and
/// `dead_time_poisson`.
DriveInfo gamma_renewal_drive();
DriveInfo lognormal_renewal_drive();
DriveInfo inverse_gaussian_renewal_drive();
DriveInfo dead_time_poisson_drive();

}  // namespace volley
