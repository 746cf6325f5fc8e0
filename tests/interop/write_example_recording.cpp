// Writes a small recording whose content sonata_test.py knows: DIR/spikes.h5 and DIR/report.h5.

#include "io/recording/assembly.hpp"

#include <mpi.h>

#include <cstdio>
#include <exception>

namespace {

using namespace volley;

void write_recording(const char* directory) {
    JournalStart start;
    start.plan.dt_ms = 0.1;
    start.plan.populations = {{"pc", 100, true}, {"silent", 5, true}};
    start.plan.traces = {{0, {"v", "w"}, {"mV", "pA"}, 5},
                         {0, {"v"}, {"mV"}, 1},
                         {0, {"v"}, {"mV"}, 10, {0, 17}, {0.5, 0.25}}};
    start.trace_neurons = {{3, 7}, {42}, {8, 9}};
    {
        JournalRecorder recorder(directory, start);
        for (Step step = 1; step <= 1000; ++step) {
            // Neurons step % 100 and step % 7 fire, given in descending order.
            const std::int64_t a = step % 100;
            const std::int64_t b = step % 7;
            std::vector<SpikeRecord> spikes{{step, std::max(a, b)}, {step, std::min(a, b)}};
            if (a == b) spikes.pop_back();
            recorder.spikes(0, step - 1, step, spikes);
            recorder.spikes(1, step - 1, step, {});
            const auto t = static_cast<double>(step);
            if (step % 5 == 0)
                recorder.trace(0, step, std::vector<double>{t, -t, t + 0.5, -t - 0.5});
            recorder.trace(1, step, std::vector<double>{2.0 * t});
            // Of two cells with dendrites, two compartments each.
            if (step % 10 == 0) {
                recorder.trace(2, step, std::vector<double>{t, t + 17.0, -t, -t - 17.0});
            }
        }
        recorder.flush();
    }
    assemble_recordings(directory, MPI_COMM_WORLD);
}

}  // namespace

int main(int argc, char** argv) {
    MPI_Init(&argc, &argv);
    int failed = 0;
    try {
        write_recording(argv[1]);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        failed = 1;
    }
    MPI_Finalize();
    return failed;
}
