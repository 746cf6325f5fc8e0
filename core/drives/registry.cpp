#include "core/drives/chirp.hpp"
#include "core/drives/dc.hpp"
#include "core/drives/drive.hpp"
#include "core/drives/given_current.hpp"
#include "core/drives/given_spikes.hpp"
#include "core/drives/ou_current.hpp"
#include "core/drives/poisson.hpp"
#include "core/drives/ramp.hpp"
#include "core/drives/renewal.hpp"
#include "core/drives/sine.hpp"
#include "core/drives/step.hpp"
#include "core/drives/varying_poisson.hpp"
#include "core/drives/voltage_clamp.hpp"
#include "core/drives/white_noise.hpp"
#include "core/find.hpp"

#include <array>

namespace volley {

// One line a drive, in the order in which the user sees them.
std::span<const DriveInfo> drives() {
    static const std::array registered{
        dc_drive(),
        step_drive(),
        ramp_drive(),
        sine_drive(),
        chirp_drive(),
        ou_current_drive(),
        white_noise_drive(),
        given_current_drive(),
        voltage_clamp_drive(),
        poisson_drive(),
        inhomogeneous_poisson_drive(),
        sinusoidal_poisson_drive(),
        gamma_renewal_drive(),
        lognormal_renewal_drive(),
        inverse_gaussian_renewal_drive(),
        dead_time_poisson_drive(),
        given_spikes_drive(),
    };
    return registered;
}

const DriveInfo* find_drive(std::string_view name) { return find_entry(drives(), name); }

}  // namespace volley
