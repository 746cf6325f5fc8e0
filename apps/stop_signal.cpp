#include "apps/stop_signal.hpp"

#include <csignal>

namespace volley {

namespace {

// A signal handler can reach nothing else. Set once, read by the simulation.
std::atomic<bool> stop_requested{false};

extern "C" void request_stop(int /*signal*/) { stop_requested = true; }

}  // namespace

const std::atomic<bool>& stop_on_signals() {
    struct sigaction action = {};
    action.sa_handler = request_stop;
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
    return stop_requested;
}

}  // namespace volley
