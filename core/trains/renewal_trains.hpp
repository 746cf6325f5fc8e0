#pragma once

#include "core/description.hpp"
#include "core/random/renewal.hpp"
#include "core/trains/event_trains.hpp"

namespace volley {

// The parameters of each process, with the defaults of a source.
inline constexpr Field kTrainRate =
    parameter("rate", "Hz", 10.0, kNotNegative, "mean events per second of each train");
inline constexpr Field kGammaShape =
    parameter("shape", "1", 2.0, {RenewalLaw::kSmallestShape, RenewalLaw::kLargestShape},
              "of the gamma distribution; 1 = Poisson");
inline constexpr Field kIntervalCv =
    parameter("cv", "1", 0.5, {0.0, RenewalLaw::kLargestCv, true, false},
              "coefficient of variation of the intervals");
inline constexpr Field kDeadTime =
    parameter("dead_time", "ms", 2.0, kNotNegative, "least interval; rate x dead_time < 1");

/// What the user must know of these processes.
inline constexpr std::string_view kRenewalDetails =
    "A renewal process: its intervals are independent of each other. They have a gamma "
    "distribution\n"
    "(CV = 1 / sqrt(shape)), a log-normal one, an inverse-Gaussian one (a random walk with drift "
    "to\n"
    "a threshold), or are the dead time and an exponential rest (CV = 1 - rate dead_time); their\n"
    "mean is 1 / rate. The process begins in equilibrium, as if it had been going on for ever: "
    "its\n"
    "rate is right from the first moment on. Several events in one step are possible. A change of\n"
    "the rate by the schedule stretches what is left of the present interval.";

// The sources of method and use.
inline constexpr std::string_view kGammaSource =
    "Deger et al. (2012), J. Comput. Neurosci. 32:443, doi:10.1007/s10827-011-0362-8; "
    "Marsaglia &\nTsang (2000), ACM Trans. Math. Softw. 26:363, doi:10.1145/358407.358414";
inline constexpr std::string_view kLognormalSource =
    "Cox (1962), Renewal Theory, Methuen, chapter 5 (the first interval)";
inline constexpr std::string_view kInverseGaussianSource =
    "Gerstein & Mandelbrot (1964), Biophys. J. 4:41, doi:10.1016/S0006-3495(64)86768-0; Michael,\n"
    "Schucany & Haas (1976), Am. Stat. 30:88, doi:10.1080/00031305.1976.10479147";
inline constexpr std::string_view kDeadTimeSource =
    "Deger et al. (2012), J. Comput. Neurosci. 32:443, doi:10.1007/s10827-011-0362-8";

/// Independent renewal processes, which begin in equilibrium.
///
/// Time is counted in mean intervals, of which rate x dt pass in a step. So a change of the rate
/// stretches what is left of the present interval, and any number of events may fall into a step.
class RenewalTrains final : public EventTrains {
public:
    /// @param spec  has "rate" and the parameter of the law: "shape", "cv" or "dead_time"
    RenewalTrains(const TrainsSetup& setup, const Spec& spec, RenewalLaw::Kind kind);

    void add(Step step, std::vector<Events>& events) override;
    void set(std::string_view parameter, const Value& value) override;
    std::size_t bytes() const override;

private:
    void set_rate(const Value& value);
    void make_laws();

    TrainsSetup setup_;
    RenewalLaw::Kind kind_;
    CounterRandom random_;
    std::vector<double> rate_Hz_;    ///< one, or one per neuron; so are the next three
    std::vector<double> parameter_;  ///< of the law, as the user gives it
    std::vector<double> per_step_;   ///< mean intervals that pass in a step
    std::vector<RenewalLaw> laws_;
    std::vector<double> left_;            ///< mean intervals to the next event
    std::vector<std::uint64_t> ordinal_;  ///< of the next event
};

/// As MakeTrains.
template <RenewalLaw::Kind kKind>
std::unique_ptr<EventTrains> make_renewal_trains(const TrainsSetup& setup, const Spec& spec) {
    return std::make_unique<RenewalTrains>(setup, spec, kKind);
}

}  // namespace volley
