#include "core/error.hpp"
#include "io/hdf5.hpp"
#include "io/recording/assembly.hpp"
#include "io/recording/collective.hpp"
#include "io/sonata/extracellular.hpp"
#include "io/sonata/spikes.hpp"
#include "io/sonata/traces.hpp"
#include "tests/io/file_size_limit.hpp"
#include "tests/io/temporary_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <mpi.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <memory>
#include <optional>
#include <tuple>

namespace volley {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using volley::testing::FileSizeLimit;
using volley::testing::TemporaryDirectory;

std::uint64_t mix(std::uint64_t x) {  // SplitMix64: any fixed scramble will do here
    x += 0x9E3779B97F4A7C15u;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return x ^ (x >> 31);
}

/// Three populations: a busy one, one that never fires, one that is not recorded; plus traces.
RecordingPlan example_plan() {
    RecordingPlan plan;
    plan.dt_ms = 0.1;
    plan.populations = {{"pc", 1000, true}, {"silent", 5, true}, {"hidden", 7, false}};
    plan.traces = {{0, {"v", "w"}, {"mV", "pA"}, 5},
                   {1, {"v"}, {"mV"}, 1},
                   {0, {"v"}, {"mV"}, 2},
                   // Of cells with dendrites.
                   {0, {"v", "ca"}, {"mV", "mM"}, 10, {0, 17, 40}, {0.5, 0.25, 0.75}}};
    plan.weights = {{"pc_to_pc", "pc", "pc", "pA", 60},
                    {"pc_to_silent", "pc", "silent", "mV", 0},
                    {"nothing", "silent", "hidden", "pA", 40}};
    plan.extracellular = {{"probe", {"pc", "hidden"}, {{0.0, 1.5, -20.0}, {3e3, 0.1, 7.0}}, 0.3, 7},
                          {"every_step", {"pc"}, {{1.0, 2.0, 3.0}}, 0.25, 1}};
    return plan;
}
constexpr std::array<std::int64_t, 3> kSynapses{700, 11, 0};  // of each weight request
const std::vector<std::vector<std::int64_t>> kTraced{{3, 7, 500, 998, 999}, {0, 4}, {12}, {7, 999}};

/// Does neuron fire at step? Bursts: every 50th step is crowded, 100 steps in the middle are empty.
bool fires(Step step, std::int64_t neuron, Step last) {
    if (step > last / 2 && step <= last / 2 + 100) return false;
    const std::uint64_t one_in = step % 50 == 0 ? 2 : 40;
    return mix(static_cast<std::uint64_t>(step * 1000 + neuron)) % one_in == 0;
}
double traced_value(std::size_t request, Step step, std::int64_t neuron, std::size_t variable) {
    return static_cast<double>(request) * 1e6 + static_cast<double>(step) +
           static_cast<double>(neuron) * 1e-3 + static_cast<double>(variable) * 0.5;
}

/// The writer that owns a neuron: writer 0 has none where there are several, later ones ever more.
int owner_of(std::int64_t neuron, int writers) {
    if (writers == 1) return 0;
    return 1 + static_cast<int>(neuron * neuron % (writers - 1));
}

double weight(std::size_t request, Step step, std::int64_t synapse) {
    return static_cast<double>(mix(static_cast<std::uint64_t>(step * 100000 + synapse) + request));
}
SynapseRecord synapse(std::int64_t k) {
    return {.target = k / 9, .source = k % 9 * 100, .delay = k % 5 + 1};
}

/// A writer's synapses: [begin, end) of all; writer 0 has none where there are several.
struct Share {
    std::int64_t begin, end;
};
Share share_of(std::int64_t synapses, int writer, int writers) {
    if (writers == 1) return {0, synapses};
    return {synapses * std::max(0, writer - 1) / (writers - 1), synapses * writer / (writers - 1)};
}

/// Records a sample, or with step < 0 which synapses there are, as two threads would: in pieces,
/// the later first.
void record_synapses(JournalRecorder& recorder, std::size_t request, Step step, Share share) {
    const std::int64_t middle = (share.begin + share.end) / 2;
    for (const Share& piece : {Share{middle, share.end}, Share{share.begin, middle}}) {
        std::vector<double> weights;
        std::vector<SynapseRecord> synapses;
        for (std::int64_t k = piece.begin; k < piece.end; ++k) {
            weights.push_back(weight(request, step, k));
            synapses.push_back(synapse(k));
        }
        const std::int64_t first = piece.begin - share.begin;
        if (step < 0) recorder.synapses(request, first, synapses);
        if (step >= 0) recorder.weights(request, step, first, weights);
    }
}

/// Where in its step a spike of interpolated ones is; neurons share a few places.
std::int32_t place_in_step(Step step, std::int64_t neuron) {
    return static_cast<std::int32_t>(mix(static_cast<std::uint64_t>(step * 1000 + neuron)) % 8 *
                                     (kPartsOfStep / 8)) +
           1;
}

/// The potential in units, and what a writer's cells add to it: any numbers whose sum, modulo
/// 2^64, it is. Writer 0 has no cells where there are several.
std::int64_t potential(std::size_t request, Step step, std::size_t point) {
    return static_cast<std::int64_t>(
               mix(static_cast<std::uint64_t>(step) * 10 + request * 5 + point)) >>
           20;
}
std::int64_t part_of_potential(std::size_t request, Step step, std::size_t point, int writer,
                               int writers) {
    auto rest = static_cast<std::uint64_t>(potential(request, step, point));
    for (int other = 1; other < writers - 1; ++other) {
        const std::uint64_t part = mix(rest + static_cast<std::uint64_t>(other));
        if (other == writer) return static_cast<std::int64_t>(part);
        rest -= part;
    }
    return static_cast<std::int64_t>(rest);
}

/// Writes the journal of one of `writers` ranks, as a run from `begin` to `end` would.
void record(const fs::path& folder, int writer, int writers, Step begin, Step end, Step last,
            int part = 0, std::size_t buffer_bytes = 20000, bool interpolated = false) {
    RecordingPlan plan = example_plan();
    plan.interpolated = interpolated;
    JournalStart start;
    start.plan = plan;
    start.part = part;
    start.rank = writer;
    start.ranks = writers;
    start.begin = begin;
    for (const auto& traced : kTraced) {
        std::vector<std::int64_t>& here = start.trace_neurons.emplace_back();
        std::ranges::copy_if(traced, std::back_inserter(here),
                             [&](auto neuron) { return owner_of(neuron, writers) == writer; });
    }
    const auto neurons = start.trace_neurons;
    std::vector<Share> shares;
    for (const std::int64_t synapses : kSynapses) {
        shares.push_back(share_of(synapses, writer, writers));
        start.synapses.push_back(shares.back().end - shares.back().begin);
    }
    const bool has_cells = writers == 1 || writer > 0;
    start.extracellular_cells.assign(plan.extracellular.size(), has_cells ? writer + 1 : 0);
    JournalRecorder recorder(folder, start, {buffer_bytes, std::chrono::seconds(1000)});
    for (std::size_t r = 0; r < shares.size(); ++r) record_synapses(recorder, r, -1, shares[r]);
    for (Step from = begin; from < end;) {
        const Step to = std::min(end, from + 7 + writers);  // epochs depend on the layout
        std::vector<SpikeRecord> spikes;
        for (std::int64_t neuron = plan.populations[0].size - 1; neuron >= 0; --neuron) {
            if (owner_of(neuron, writers) != writer) continue;
            for (Step step = from + 1; step <= to; ++step) {
                if (!fires(step, neuron, last)) continue;
                spikes.push_back({step, neuron});
                if (interpolated) spikes.back().part = place_in_step(step, neuron);
            }
        }
        recorder.spikes(0, from, to, spikes);
        recorder.spikes(1, from, to, {});
        for (std::size_t r = 0; r < plan.traces.size(); ++r) {
            for (Step step = from + 1; step <= to; ++step) {
                if (step % plan.traces[r].interval != 0) continue;
                std::vector<double> values;
                for (const std::int64_t neuron : neurons[r]) {
                    for (std::size_t v = 0; v < plan.traces[r].values(); ++v) {
                        values.push_back(traced_value(r, step, neuron, v));
                    }
                }
                recorder.trace(r, step, values);
            }
        }
        for (std::size_t r = 0; has_cells && r < plan.extracellular.size(); ++r) {
            for (Step step = from + 1; step <= to; ++step) {
                if (step % plan.extracellular[r].interval != 0) continue;
                std::vector<std::int64_t> sums;
                for (std::size_t p = 0; p < plan.extracellular[r].points_um.size(); ++p) {
                    sums.push_back(part_of_potential(r, step, p, writer, writers));
                }
                recorder.extracellular(r, step, sums);
            }
        }
        for (std::size_t r = 0; r < shares.size(); ++r) {
            const Step interval = plan.weights[r].interval;
            for (Step step = from + 1; step <= to; ++step) {
                const bool due = interval > 0 && step % interval == 0;
                if (due || step == end) record_synapses(recorder, r, step, shares[r]);
            }
        }
        from = to;
    }
    recorder.flush();
}

std::vector<SpikeRecord> expected_spikes(Step last) {
    std::vector<SpikeRecord> spikes;
    for (Step step = 1; step <= last; ++step) {
        for (std::int64_t neuron = 0; neuron < 1000; ++neuron) {
            if (fires(step, neuron, last)) spikes.push_back({step, neuron});
        }
    }
    return spikes;
}

class Recording : public ::testing::Test {
public:
    ~Recording() override { MPI_Barrier(MPI_COMM_WORLD); }

protected:
    Recording() {
        if (rank == 0) owned_.emplace();
        folder = collective::broadcast(owned_ ? owned_->path().string() : "", MPI_COMM_WORLD);
    }

    /// What the assembly of the same recording gives in a single process that recorded it alone.
    fs::path alone(const std::string& name, Step last) const {
        const fs::path reference = folder / name;
        if (rank == 0) {
            record(reference, 0, 1, 0, last, last);
            assemble_recordings(reference, MPI_COMM_SELF);
        }
        MPI_Barrier(MPI_COMM_WORLD);
        return reference;
    }

    const int rank = collective::rank_of(MPI_COMM_WORLD);
    const int ranks = collective::size_of(MPI_COMM_WORLD);
    fs::path folder;

private:
    std::optional<TemporaryDirectory> owned_;
};

void expect_same_bytes(const fs::path& a, const fs::path& b) {
    EXPECT_TRUE(read_file(a) == read_file(b)) << a << " and " << b << " differ";
}

void expect_same_potentials(const fs::path& a, const fs::path& b) {
    for (const char* const file : {"extracellular/probe.h5", "extracellular/every_step.h5"}) {
        expect_same_bytes(a / file, b / file);
    }
}

TEST_F(Recording, IsByteIdenticalOnAnyNumberOfRanks) {
    const Step last = 1500;
    const fs::path reference = alone("alone", last);
    record(folder / "together", rank, ranks, 0, last, last);
    MPI_Barrier(MPI_COMM_WORLD);
    const AssemblyOutcome outcome = assemble_recordings(folder / "together", MPI_COMM_WORLD);

    expect_same_bytes(reference / "spikes.h5", folder / "together/spikes.h5");
    expect_same_bytes(reference / "report.h5", folder / "together/report.h5");
    expect_same_bytes(reference / "weights.h5", folder / "together/weights.h5");
    expect_same_potentials(reference, folder / "together");
    EXPECT_EQ(outcome.extracellular, (std::vector<std::int64_t>{214, 1500}));
    EXPECT_FALSE(fs::exists(folder / "together/extracellular/probe.h5.part"));
    EXPECT_EQ(outcome.complete_until, last);
    EXPECT_EQ(outcome.spikes[0], std::ssize(expected_spikes(last)));
    EXPECT_EQ(outcome.samples, (std::vector<std::int64_t>{300, 1500, 750, 150}));
    EXPECT_EQ(outcome.weights, (std::vector<std::int64_t>{25, 1, 38})) << "one more at the end";
    EXPECT_THAT(outcome.notes, ::testing::IsEmpty());
    EXPECT_FALSE(fs::exists(folder / "together/journal"));
    EXPECT_FALSE(fs::exists(folder / "together/spikes.h5.part"));
}

TEST_F(Recording, HoldsEverySpikeInTheOrderOfTimeAndNeuron) {
    const Step last = 1500;
    record(folder, rank, ranks, 0, last, last);
    MPI_Barrier(MPI_COMM_WORLD);
    assemble_recordings(folder, MPI_COMM_WORLD, {.most_spikes = 300});

    const std::vector<SonataSpikes> populations = read_spikes(folder / "spikes.h5");
    ASSERT_EQ(populations.size(), 2u);
    EXPECT_EQ(populations[1].info.population, "silent");
    EXPECT_TRUE(populations[1].node_ids.empty());
    const SonataSpikes& pc = populations[0];
    EXPECT_EQ(pc.info.population, "pc");
    EXPECT_EQ(pc.info.size, 1000);
    EXPECT_EQ(pc.info.dt_ms, 0.1);
    EXPECT_EQ(pc.info.end_ms, 150.0);
    const std::vector<SpikeRecord> expected = expected_spikes(last);
    ASSERT_EQ(pc.node_ids.size(), expected.size());
    for (std::size_t k = 0; k < expected.size(); ++k) {
        ASSERT_EQ(pc.node_ids[k], expected[k].neuron) << "spike " << k;
        ASSERT_EQ(pc.times_ms[k], to_ms(expected[k].step, 0.1)) << "spike " << k;
    }
}

TEST_F(Recording, HoldsInterpolatedSpikesInTheOrderOfTimeAndNeuron) {
    const Step last = 1500;
    record(folder, rank, ranks, 0, last, last, 0, 20000, true);
    if (rank == 0) {
        record(folder / "alone", 0, 1, 0, last, last, 0, 20000, true);
        assemble_recordings(folder / "alone", MPI_COMM_SELF);
    }
    MPI_Barrier(MPI_COMM_WORLD);
    assemble_recordings(folder, MPI_COMM_WORLD, {.most_spikes = 300});
    expect_same_bytes(folder / "alone/spikes.h5", folder / "spikes.h5");

    std::vector<SpikeRecord> expected = expected_spikes(last);
    for (SpikeRecord& spike : expected) spike.part = place_in_step(spike.step, spike.neuron);
    std::ranges::sort(expected, {}, [](const SpikeRecord& spike) {
        return std::tuple(spike.step, spike.part, spike.neuron);
    });
    const std::vector<SonataSpikes> populations = read_spikes(folder / "spikes.h5");
    EXPECT_TRUE(populations.at(0).info.interpolated);
    ASSERT_EQ(populations.at(0).node_ids.size(), expected.size());
    EXPECT_TRUE(std::ranges::is_sorted(populations[0].times_ms));
    const SpikeSteps found = read_spike_steps(folder / "spikes.h5", "pc", 0.1);
    for (std::size_t k = 0; k < expected.size(); ++k) {
        ASSERT_EQ(found.neurons[k], expected[k].neuron) << "spike " << k;
        ASSERT_EQ(found.steps[k], expected[k].step) << "spike " << k;
        ASSERT_EQ(found.parts[k], expected[k].part) << "spike " << k;
    }
}

TEST_F(Recording, HoldsEveryTracedValue) {
    const Step last = 700;
    record(folder, rank, ranks, 0, last, last);
    MPI_Barrier(MPI_COMM_WORLD);
    assemble_recordings(folder, MPI_COMM_WORLD, {.most_values = 60});

    const std::vector<TracesInfo> infos = list_traces(folder / "report.h5");
    ASSERT_EQ(infos.size(), 4u);
    EXPECT_EQ(infos[0].group, "pc");
    EXPECT_EQ(infos[1].group, "pc.2");
    EXPECT_EQ(infos[1].population, "pc");
    EXPECT_EQ(infos[2].group, "pc.3");
    EXPECT_EQ(infos[3].group, "silent");
    EXPECT_TRUE(infos[0].compartments.empty());
    EXPECT_EQ(infos[2].compartments, (std::vector<std::int64_t>{0, 17, 40}));
    EXPECT_EQ(infos[2].variables, (std::vector<std::string>{"v", "ca"}));
    EXPECT_EQ(infos[0].variables, (std::vector<std::string>{"v", "w"}));
    EXPECT_EQ(infos[0].units, (std::vector<std::string>{"mV", "pA"}));
    const std::array<std::size_t, 4> request_of{0, 2, 3, 1};
    for (std::size_t k = 0; k < infos.size(); ++k) {
        const std::size_t r = request_of[k];
        const Step interval = example_plan().traces[r].interval;
        EXPECT_EQ(infos[k].node_ids, kTraced[r]);
        const Traces traces = read_traces(folder / "report.h5", infos[k]);
        ASSERT_EQ(traces.info.samples, last / interval);
        for (std::size_t s = 0; s < static_cast<std::size_t>(traces.info.samples); ++s) {
            const Step step = static_cast<Step>(s + 1) * interval;
            for (std::size_t n = 0; n < kTraced[r].size(); ++n) {
                for (std::size_t v = 0; v < infos[k].elements(); ++v) {
                    ASSERT_EQ(traces.at(s, n, v),
                              static_cast<float>(traced_value(r, step, kTraced[r][n], v)))
                        << "request " << r << " step " << step << " neuron " << kTraced[r][n];
                }
            }
        }
        EXPECT_EQ(infos[k].start_ms, to_ms(interval, 0.1));
    }
}

template <class T>
std::vector<T> read_dataset(const fs::path& path, const std::string& name, hid_t type) {
    const hdf5::File file = hdf5::open_readonly(path);
    const hdf5::Dataset dataset = hdf5::open_dataset(file, name);
    std::size_t size = 1;
    for (const hsize_t length : dataset.shape) size *= length;
    std::vector<T> values(size);
    const std::vector<hsize_t> first(dataset.shape.size(), 0);
    hdf5::read_box(file, name, dataset, type, first, dataset.shape, values.data());
    return values;
}

// github.com/AllenInstitute/sonata, "Membrane potential/other variables": element_ids and
// element_pos name the compartments of each node.
TEST_F(Recording, NamesTheCompartmentsOfCellsWithDendrites) {
    record(folder, rank, ranks, 0, 100, 100);
    MPI_Barrier(MPI_COMM_WORLD);
    assemble_recordings(folder, MPI_COMM_WORLD);
    const fs::path report = folder / "report.h5";
    const std::string mapping = "/report/pc.3/mapping";
    EXPECT_EQ(read_dataset<std::uint64_t>(report, mapping + "/index_pointers", H5T_NATIVE_UINT64),
              (std::vector<std::uint64_t>{0, 6, 12}));
    EXPECT_EQ(read_dataset<int>(report, mapping + "/element_ids", H5T_NATIVE_INT),
              (std::vector<int>{0, 0, 17, 17, 40, 40, 0, 0, 17, 17, 40, 40}));
    const std::vector<double> of_one{0.5, 0.5, 0.25, 0.25, 0.75, 0.75};
    std::vector<double> positions = of_one;
    positions.insert(positions.end(), of_one.begin(), of_one.end());
    EXPECT_EQ(read_dataset<double>(report, mapping + "/element_pos", H5T_NATIVE_DOUBLE), positions);
    const hdf5::File file = hdf5::open_readonly(report);
    EXPECT_FALSE(hdf5::has_link(file, "/report/pc/mapping/element_pos"));
}

/// Checks that a group of weights.h5 holds samples of just these steps, whole.
void expect_weights(const fs::path& path, std::size_t request, const std::vector<Step>& steps) {
    const RecordingPlan::Weights plan = example_plan().weights[request];
    const std::string group = "/weights/" + plan.projection;
    const auto numbers = [&](const char* name) {
        return read_dataset<double>(path, group + "/" + name, H5T_NATIVE_DOUBLE);
    };
    const auto ids = [&](const char* name) {
        return read_dataset<std::int64_t>(path, group + "/" + name, H5T_NATIVE_INT64);
    };
    std::vector<std::int64_t> sources;
    std::vector<std::int64_t> targets;
    std::vector<double> delays;
    for (std::int64_t k = 0; k < kSynapses[request]; ++k) {
        sources.push_back(synapse(k).source);
        targets.push_back(synapse(k).target);
        delays.push_back(to_ms(synapse(k).delay, 0.1));
    }
    EXPECT_EQ(ids("source_node_id"), sources);
    EXPECT_EQ(ids("target_node_id"), targets);
    EXPECT_EQ(numbers("delay"), delays);
    std::vector<double> times;
    std::vector<double> weights;
    for (const Step step : steps) {
        times.push_back(to_ms(step, 0.1));
        for (std::int64_t k = 0; k < kSynapses[request]; ++k) {
            weights.push_back(weight(request, step, k));
        }
    }
    EXPECT_EQ(numbers("time"), times);
    EXPECT_TRUE(numbers("weight") == weights) << group;

    const hdf5::File file = hdf5::open_readonly(path);
    EXPECT_EQ(hdf5::read_text_attribute(file, group, "source_population"), plan.source);
    EXPECT_EQ(hdf5::read_text_attribute(file, group, "target_population"), plan.target);
    EXPECT_EQ(hdf5::read_text_attribute(file, group + "/weight", "units"), plan.unit);
    EXPECT_EQ(hdf5::read_text_attribute(file, group + "/delay", "units"), "ms");
    EXPECT_EQ(hdf5::read_text_attribute(file, group + "/time", "units"), "ms");
}

TEST_F(Recording, HoldsEveryWeight) {
    record(folder, rank, ranks, 0, 200, 200);
    MPI_Barrier(MPI_COMM_WORLD);
    assemble_recordings(folder, MPI_COMM_WORLD);
    expect_weights(folder / "weights.h5", 0, {60, 120, 180, 200});
    expect_weights(folder / "weights.h5", 1, {200});
    expect_weights(folder / "weights.h5", 2, {40, 80, 120, 160, 200});
}

/// Checks that a file holds the first samples of a request, in the layout of BMTK.
void expect_potential(const fs::path& folder, std::size_t request, Step last) {
    const RecordingPlan::Extracellular plan = example_plan().extracellular[request];
    const fs::path path = extracellular_path(folder, plan.name);
    const auto numbers = [&](const char* name) {
        return read_dataset<double>(path, name, H5T_NATIVE_DOUBLE);
    };
    const std::size_t points = plan.points_um.size();
    std::vector<double> data;
    for (Step step = plan.interval; step <= last; step += plan.interval) {
        for (std::size_t p = 0; p < points; ++p) {
            data.push_back(std::ldexp(static_cast<double>(potential(request, step, p)), -40));
        }
    }
    EXPECT_TRUE(numbers("/ecp/data") == data) << path;
    const Step rows = last / plan.interval;
    EXPECT_EQ(numbers("/ecp/time"), (std::vector<double>{to_ms(plan.interval, 0.1),
                                                         to_ms((rows + 1) * plan.interval, 0.1),
                                                         to_ms(plan.interval, 0.1)}));
    std::vector<double> places;
    for (const auto& point : plan.points_um)
        places.insert(places.end(), point.begin(), point.end());
    EXPECT_EQ(numbers("/ecp/channel_position"), places);
    const auto ids = read_dataset<std::int64_t>(path, "/ecp/channel_id", H5T_NATIVE_INT64);
    ASSERT_EQ(ids.size(), points);
    EXPECT_EQ(ids.back(), std::ssize(ids) - 1);
    const hdf5::File file = hdf5::open_readonly(path);
    EXPECT_EQ(hdf5::read_text_attribute(file, "/ecp/data", "units"), "mV");
    EXPECT_EQ(hdf5::read_text_attribute(file, "/ecp/time", "units"), "ms");
    EXPECT_EQ(hdf5::read_text_attribute(file, "/ecp/channel_position", "units"), "um");
    EXPECT_EQ(hdf5::read_number_attribute(file, "/ecp", "conductivity_S_per_m"),
              plan.conductivity_S_per_m);
    EXPECT_EQ(hdf5::read_texts_attribute(file, "/ecp", "populations"), plan.populations);
}

TEST_F(Recording, HoldsTheSumsOfExtracellularPotentials) {
    record(folder, rank, ranks, 0, 300, 300);
    MPI_Barrier(MPI_COMM_WORLD);
    assemble_recordings(folder, MPI_COMM_WORLD, {.most_values = 10});
    expect_potential(folder, 0, 300);
    expect_potential(folder, 1, 300);

    const ExtracellularTraces shown =
        read_extracellular_traces(extracellular_path(folder, "probe"), 1, 10.5);
    EXPECT_EQ(shown.points, 2u);
    EXPECT_EQ(shown.chosen, (std::vector<std::size_t>{0}));
    ASSERT_EQ(shown.samples, 15) << "10.5 ms of one in 0.7 ms";
    EXPECT_DOUBLE_EQ(shown.start_ms, to_ms(28 * 7, 0.1));
    EXPECT_EQ(shown.potential_mV[0][14],
              std::ldexp(static_cast<double>(potential(0, 42 * 7, 0)), -40));
}

/// Spikes per rank and window, from one at a time to all at once.
class RecordingWindows : public Recording, public ::testing::WithParamInterface<std::int64_t> {};

TEST_P(RecordingWindows, NeverChangeTheFile) {
    const Step last = 400;
    const fs::path reference = alone("alone", last);
    record(folder / "together", rank, ranks, 0, last, last, 0, 3000);
    MPI_Barrier(MPI_COMM_WORLD);
    assemble_recordings(folder / "together", MPI_COMM_WORLD,
                        {.most_spikes = GetParam(), .most_values = GetParam()});
    expect_same_bytes(reference / "spikes.h5", folder / "together/spikes.h5");
    expect_same_bytes(reference / "report.h5", folder / "together/report.h5");
    expect_same_potentials(reference, folder / "together");
}

INSTANTIATE_TEST_SUITE_P(Sizes, RecordingWindows, ::testing::Values(1, 17, 1000, 1 << 22));

TEST_F(Recording, TakesAMillionSpikesInSmallWindows) {
    RecordingPlan plan;
    plan.populations = {{"pc", 1000000, true}};
    const std::int64_t all = 1000000;
    JournalStart start{.plan = plan, .part = 0, .rank = rank, .ranks = ranks, .trace_neurons = {}};
    {
        // Spike k belongs to rank k % ranks; all ranks but the last hold a thousandth of what it
        // has.
        JournalRecorder recorder(folder, start);
        for (Step epoch = 0; epoch < 1000; ++epoch) {
            std::vector<SpikeRecord> spikes;
            for (std::int64_t k = epoch * 1000; k < (epoch + 1) * 1000; ++k) {
                const int owner = k % 1000 == 0 ? static_cast<int>(k / 1000 % ranks) : ranks - 1;
                if (owner != rank) continue;
                spikes.push_back({k / 100 + 1, static_cast<std::int64_t>(
                                                   mix(static_cast<std::uint64_t>(k)) % 1000000)});
            }
            recorder.spikes(0, epoch * 10, (epoch + 1) * 10, spikes);
        }
    }
    MPI_Barrier(MPI_COMM_WORLD);
    const AssemblyOutcome outcome =
        assemble_recordings(folder, MPI_COMM_WORLD, {.most_spikes = 5000});
    EXPECT_EQ(outcome.spikes[0], all);
    const SonataSpikes spikes = read_spikes(folder / "spikes.h5").front();
    ASSERT_EQ(std::ssize(spikes.node_ids), all);
    std::vector<std::pair<double, std::int64_t>> expected;
    for (std::int64_t k = 0; k < all; ++k) {
        expected.emplace_back(
            to_ms(k / 100 + 1, plan.dt_ms),
            static_cast<std::int64_t>(mix(static_cast<std::uint64_t>(k)) % 1000000));
    }
    std::ranges::sort(expected);
    for (std::size_t k = 0; k < expected.size(); ++k) {
        ASSERT_EQ(spikes.times_ms[k], expected[k].first) << "spike " << k;
        ASSERT_EQ(spikes.node_ids[k], expected[k].second) << "spike " << k;
    }
}

TEST_F(Recording, OfNothingIsAnEmptyFile) {
    RecordingPlan plan;
    plan.populations = {{"a", 10, true}, {"b", 1, true}};
    plan.traces = {{1, {"v"}, {"mV"}, 1}};
    plan.extracellular = {{"probe", {"a"}, {{1.0, 2.0, 3.0}}, 0.3, 1}};
    const JournalStart start{.plan = plan,
                             .part = 0,
                             .rank = rank,
                             .ranks = ranks,
                             .trace_neurons = {{}},
                             .extracellular_cells = {1}};
    {
        const JournalRecorder recorder(folder, start);
    }
    MPI_Barrier(MPI_COMM_WORLD);
    const AssemblyOutcome outcome = assemble_recordings(folder, MPI_COMM_WORLD);
    EXPECT_EQ(outcome.spikes, (std::vector<std::int64_t>{0, 0}));
    const auto spikes = read_spikes(folder / "spikes.h5");
    ASSERT_EQ(spikes.size(), 2u);
    EXPECT_TRUE(spikes[0].node_ids.empty());
    EXPECT_EQ(list_traces(folder / "report.h5").front().samples, 0);
    EXPECT_EQ(read_extracellular_traces(extracellular_path(folder, "probe"), 1, 10.0).samples, 0);
}

TEST_F(Recording, MayBeAssembledByOtherRanksThanRecordedIt) {
    const Step last = 300;
    const fs::path reference = alone("alone", last);
    if (rank == 0) {
        for (int writer = 0; writer < 7; ++writer) {
            record(folder / "seven", writer, 7, 0, last, last);
        }
    }
    MPI_Barrier(MPI_COMM_WORLD);
    assemble_recordings(folder / "seven", MPI_COMM_WORLD);
    expect_same_bytes(reference / "spikes.h5", folder / "seven/spikes.h5");
    expect_same_bytes(reference / "report.h5", folder / "seven/report.h5");
    expect_same_bytes(reference / "weights.h5", folder / "seven/weights.h5");
    expect_same_potentials(reference, folder / "seven");
}

TEST_F(Recording, ContinuesAfterARestartOnAnotherNumberOfRanks) {
    const Step last = 300;
    const fs::path reference = alone("alone", last);
    if (rank == 0) {
        // The first start went on to step 210, but its last checkpoint is of step 150.
        for (int writer = 0; writer < 3; ++writer) {
            record(folder / "two", writer, 3, 0, 210, last, 0);
        }
        for (int writer = 0; writer < 5; ++writer) {
            record(folder / "two", writer, 5, 150, last, last, 1);
        }
    }
    MPI_Barrier(MPI_COMM_WORLD);
    assemble_recordings(folder / "two", MPI_COMM_WORLD, {.most_spikes = 200, .most_values = 50});
    expect_same_bytes(reference / "spikes.h5", folder / "two/spikes.h5");
    expect_same_bytes(reference / "report.h5", folder / "two/report.h5");
    expect_same_bytes(reference / "weights.h5", folder / "two/weights.h5");
    expect_same_potentials(reference, folder / "two");
}

// Stopped at a checkpoint, a run takes samples of its end that the whole run would not have.
TEST_F(Recording, LeavesOutTheEndOfAPartAfterWhichTheRunWentOn) {
    const Step last = 300;
    const fs::path reference = alone("alone", last);
    if (rank == 0) {
        record(folder / "two", 0, 1, 0, 150, last, 0);
        for (int writer = 0; writer < 2; ++writer) {
            record(folder / "two", writer, 2, 150, last, last, 1);
        }
    }
    MPI_Barrier(MPI_COMM_WORLD);
    assemble_recordings(folder / "two", MPI_COMM_WORLD);
    expect_weights(folder / "two/weights.h5", 1, {last});
    expect_same_bytes(reference / "weights.h5", folder / "two/weights.h5");
}

TEST_F(Recording, CanBeAssembledAtACheckpointAndAgainLater) {
    const Step last = 300;
    const fs::path reference = alone("alone", last);
    record(folder / "run", rank, ranks, 0, last, last);
    MPI_Barrier(MPI_COMM_WORLD);
    assemble_recordings(folder / "run", MPI_COMM_WORLD, {.keep_journals = true});
    assemble_recordings(folder / "run", MPI_COMM_WORLD);
    expect_same_bytes(reference / "spikes.h5", folder / "run/spikes.h5");
}

/// The message of the error that all ranks get.
std::string failure(const fs::path& folder, const AssemblyOptions& options = {}) {
    try {
        assemble_recordings(folder, MPI_COMM_WORLD, options);
    } catch (const SystemError& error) {
        return error.what();
    }
    return "no error";
}

TEST_F(Recording, TornByACrashIsKeptUpToTheLastCommonStep) {
    const Step last = 600;
    record(folder, rank, ranks, 0, last, last, 0, 5000);
    MPI_Barrier(MPI_COMM_WORLD);
    if (rank == 0) {
        const fs::path journal = journal_path(folder, 0, std::min(1, ranks - 1));
        fs::resize_file(journal, fs::file_size(journal) * 2 / 3);
    }
    MPI_Barrier(MPI_COMM_WORLD);
    EXPECT_THAT(failure(folder), AllOf(HasSubstr("torn"), HasSubstr("volley recover")));
    EXPECT_FALSE(fs::exists(folder / "spikes.h5"));

    const AssemblyOutcome outcome =
        assemble_recordings(folder, MPI_COMM_WORLD, {.tolerate_damage = true});
    EXPECT_GT(outcome.complete_until, 0);
    EXPECT_LT(outcome.complete_until, last);
    EXPECT_THAT(outcome.notes, ::testing::Contains(HasSubstr("torn")));
    std::vector<SpikeRecord> expected = expected_spikes(last);
    std::erase_if(expected, [&](const auto& s) { return s.step > outcome.complete_until; });
    const SonataSpikes spikes = read_spikes(folder / "spikes.h5").front();
    ASSERT_EQ(spikes.node_ids.size(), expected.size());
    for (std::size_t k = 0; k < expected.size(); ++k) {
        ASSERT_EQ(spikes.node_ids[k], expected[k].neuron) << "spike " << k;
    }

    EXPECT_THAT(outcome.notes,
                ::testing::Contains(HasSubstr("weights of pc_to_pc")).Times(ranks > 1 ? 1 : 0))
        << "of several journals one is torn";
    ASSERT_GT(outcome.weights[0], 0);
    ASSERT_LT(outcome.weights[0], 10) << "a sample every 60 steps";
    std::vector<Step> steps;
    for (std::int64_t k = 1; k <= outcome.weights[0]; ++k) steps.push_back(k * 60);
    expect_weights(folder / "weights.h5", 0, steps);
    ASSERT_GT(outcome.extracellular[1], 0);
    ASSERT_LT(outcome.extracellular[1], last);
    expect_potential(folder, 0, outcome.extracellular[0] * 7);
    expect_potential(folder, 1, outcome.extracellular[1]);
}

TEST_F(Recording, WithOneFlippedBitIsRefused) {
    record(folder, rank, ranks, 0, 200, 200);
    MPI_Barrier(MPI_COMM_WORLD);
    if (rank == 0) {
        const fs::path journal = journal_path(folder, 0, ranks - 1);
        std::string bytes = read_file(journal);
        bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 4);
        std::ofstream(journal, std::ios::binary | std::ios::trunc) << bytes;
    }
    MPI_Barrier(MPI_COMM_WORLD);
    EXPECT_THAT(failure(folder), HasSubstr("journal"));
    EXPECT_FALSE(fs::exists(folder / "spikes.h5"));
}

TEST_F(Recording, WithoutJournalsOrWithTooFewIsRefused) {
    EXPECT_THAT(failure(folder), HasSubstr("no journals"));
    if (rank == 0) {
        record(folder, 0, 3, 0, 100, 100);
        record(folder, 2, 3, 0, 100, 100);
    }
    MPI_Barrier(MPI_COMM_WORLD);
    EXPECT_THAT(failure(folder), HasSubstr("one of 3 ranks, but 2 journals"));
    EXPECT_THAT(failure(folder, {.tolerate_damage = true}), HasSubstr("one of 3 ranks"));
}

TEST_F(Recording, OnAFullDiskFailsOnAllRanksAndLeavesNoHalfFile) {
    record(folder, rank, ranks, 0, 1500, 1500);
    MPI_Barrier(MPI_COMM_WORLD);
    {
        const FileSizeLimit full(100000);
        EXPECT_THAT(failure(folder), HasSubstr("spikes.h5.part"));
    }
    EXPECT_FALSE(fs::exists(folder / "spikes.h5"));
    EXPECT_FALSE(fs::exists(folder / "spikes.h5.part"));
    EXPECT_TRUE(fs::exists(folder / "journal")) << "nothing recorded may be lost";
    // With room again the same call succeeds.
    EXPECT_EQ(assemble_recordings(folder, MPI_COMM_WORLD).complete_until, 1500);
}

TEST_F(Recording, OfWeightsOnAFullDiskLeavesNoHalfFile) {
    RecordingPlan plan;
    plan.populations = {{"pc", 1000, true}};
    plan.weights = {{"pc_to_pc", "pc", "pc", "pA", 0}};
    const std::int64_t synapses = 100000;
    const JournalStart start{
        .plan = plan, .rank = rank, .ranks = ranks, .trace_neurons = {}, .synapses = {synapses}};
    {
        JournalRecorder recorder(folder, start);
        recorder.synapses(0, 0, std::vector<SynapseRecord>(synapses));
        recorder.weights(0, 1, 0, std::vector<double>(synapses));
        recorder.spikes(0, 0, 1, {});
        recorder.flush();
    }
    MPI_Barrier(MPI_COMM_WORLD);
    {
        const FileSizeLimit full(2000000);  // room for spikes.h5, but not for 32 bytes a synapse
        EXPECT_THAT(failure(folder), HasSubstr("weights.h5.part"));
    }
    EXPECT_FALSE(fs::exists(folder / "weights.h5"));
    EXPECT_FALSE(fs::exists(folder / "weights.h5.part"));
    EXPECT_TRUE(fs::exists(folder / "journal")) << "nothing recorded may be lost";
    EXPECT_EQ(assemble_recordings(folder, MPI_COMM_WORLD).weights, (std::vector<std::int64_t>{1}));
}

TEST(ReportGroups, NeverCollide) {
    RecordingPlan plan;
    plan.populations = {{"pc", 1, true}, {"pc.2", 1, true}};
    plan.traces = {{0, {"v"}, {"mV"}, 1}, {0, {"w"}, {"pA"}, 1}, {1, {"v"}, {"mV"}, 1}};
    EXPECT_EQ(report_groups(plan), (std::vector<std::string>{"pc", "pc.3", "pc.2"}));
}

}  // namespace
}  // namespace volley
