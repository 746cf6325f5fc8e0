// Values in files of their own: spike times and samples of a current; and the units they come in.
#include "core/error.hpp"
#include "io/hdf5.hpp"
#include "io/model_file/fields.hpp"
#include "io/model_file/model_file.hpp"
#include "io/units.hpp"
#include "tests/io/temporary_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <fstream>

namespace volley {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Trains = std::vector<std::vector<double>>;

class ValueFile : public ::testing::Test {
protected:
    void write(const std::string& name, const std::string& text) const {
        std::ofstream(folder / name) << text;
    }
    /// A SONATA spikes file with two populations; times in another unit where one is given.
    void write_spikes(const std::string& name, const std::vector<std::int64_t>& ids,
                      const std::vector<double>& times_ms, const char* units = "milliseconds",
                      const std::vector<const char*>& populations = {"pc", "other"}) const {
        hdf5::File file = hdf5::create(folder / name);
        hdf5::create_group(file, "/spikes");
        const hsize_t shape[] = {ids.size()};
        for (const std::string population : populations) {
            const std::string group = "/spikes/" + population;
            hdf5::create_group(file, group);
            const auto put = [&](const std::string& path, hid_t type, hid_t memory,
                                 const void* values) {
                const hdf5::Handle set = hdf5::create_dataset(file, path, type, shape);
                hdf5::write_all(file, path, set, memory, values);
                if (type == H5T_IEEE_F64LE) {
                    hdf5::write_attribute(file, set, "units", std::string(units));
                }
            };
            put(group + "/timestamps", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, times_ms.data());
            put(group + "/node_ids", H5T_STD_I64LE, H5T_NATIVE_INT64, ids.data());
        }
        file.close();
    }
    void write_samples(const std::string& name, const std::string& dataset,
                       const std::vector<double>& values, const char* units) const {
        hdf5::File file = hdf5::create(folder / name);
        const hsize_t shape[] = {values.size()};
        const hdf5::Handle set = hdf5::create_dataset(file, dataset, H5T_IEEE_F64LE, shape);
        hdf5::write_all(file, dataset, set, H5T_NATIVE_DOUBLE, values.data());
        if (*units != '\0') hdf5::write_attribute(file, set, "units", std::string(units));
        file.close();
    }

    std::string text(const std::string& times, const std::string& stimulus) const {
        return R"({"duration": "1 s", "populations": {
            "in": {"model": "spike_source", "size": 3, "parameters": {"times": )" +
               times + R"(}}, "exc": {"model": "lif_psc_exp", "size": 5}},
            "stimuli": {"s": {"target": )" +
               stimulus + "}}}";
    }
    Model read(const std::string& content) const {
        return read_model_text(content, "m.json", {}, folder.path()).model;
    }
    Model with_times(const std::string& times) const {
        return read(text(times, R"("exc", "drive": "dc", "amplitude": "1 pA")"));
    }
    Trains trains(const std::string& times) const {
        return std::get<Trains>(with_times(times).populations[0].parameters.at("times"));
    }
    Spec drive(const std::string& stimulus) const {
        return read(text("[]", stimulus)).stimuli.at(0).drive;
    }
    std::string message(
        const std::string& times,
        const std::string& stimulus = R"("exc", "drive": "dc", "amplitude": "1 pA")") const {
        try {
            read(text(times, stimulus));
        } catch (const ConfigError& error) {
            return error.what();
        }
        return "no error";
    }
    std::string current_message(const std::string& samples) const {
        return message(
            "[]", R"("exc", "drive": "given_current", "interval": "1 ms", "samples": )" + samples);
    }

    testing::TemporaryDirectory folder;
};

TEST_F(ValueFile, GivesTheTimesOfASonataFile) {
    write_spikes("s.h5", {2, 0, 2}, {7.5, 1.0, 0.5});
    EXPECT_THAT(trains(R"({"file": "s.h5", "population": "pc"})"),
                ElementsAre(ElementsAre(1.0), IsEmpty(), ElementsAre(0.5, 7.5)));
    write_spikes("one.h5", {1}, {3.0}, "milliseconds", {"pc"});
    EXPECT_THAT(trains(R"({"file": "one.h5"})"),
                ElementsAre(IsEmpty(), ElementsAre(3.0), IsEmpty()));
}

TEST_F(ValueFile, GivesTheTimesOfACsvFile) {
    write("s.csv", "# recorded\nneuron, time s\n2,0.0075\n\n0,0.001\n2,0.0005\n");
    EXPECT_THAT(trains(R"({"file": "s.csv"})"),
                ElementsAre(ElementsAre(1.0), IsEmpty(), ElementsAre(0.5, 7.5)));
    write("ms.csv", "time,neuron\n1.5,1\n");
    EXPECT_THAT(trains(R"({"file": "ms.csv"})")[1], ElementsAre(1.5));
}

// The file of the effective model is found from elsewhere.
TEST_F(ValueFile, HasAnAbsolutePathInTheEffectiveModel) {
    write("s.csv", "time,neuron\n1.5,1\n");
    write("c.csv", "I\n4\n");
    const Model model = read(text(
        R"({"file": "s.csv"})",
        R"("exc", "drive": "given_current", "interval": "1 ms", "samples": {"file": "c.csv"})"));
    const Model again = read_model_text(model.effective, "elsewhere.json").model;
    EXPECT_EQ(again.populations[0].parameters, model.populations[0].parameters);
    EXPECT_EQ(again.stimuli[0].drive.numbers("samples"), std::vector<double>{4.0});
}

// Train k of the file belongs to the k-th driven neuron.
TEST_F(ValueFile, GivesTrainsToTheDrivenNeuronsOfAStimulus) {
    write("s.csv", "time,neuron\n1.5,1\n2.5,0\n");
    const Spec spec = drive(
        R"("exc[1,4]", "drive": "given_spikes", "weight": "1 pA", "times": {"file": "s.csv"})");
    EXPECT_THAT(std::get<Trains>(spec.value("times")),
                ElementsAre(IsEmpty(), ElementsAre(2.5), IsEmpty(), IsEmpty(), ElementsAre(1.5)));
}

TEST_F(ValueFile, GivesSamplesInTheUnitOfTheCurrent) {
    write("c.csv", "time,soma nA\n0,0.5\n1,-0.25\n");
    const std::string drive_text =
        R"("exc", "drive": "given_current", "interval": "1 ms", "samples": )";
    EXPECT_THAT(drive(drive_text + R"({"file": "c.csv", "column": "soma"})").numbers("samples"),
                ElementsAre(500.0, -250.0));  // pA
    write_samples("c.h5", "/soma", {1.0, 2.0}, "nA");
    EXPECT_THAT(drive(drive_text + R"({"file": "c.h5", "dataset": "/soma"})").numbers("samples"),
                ElementsAre(1000.0, 2000.0));
    write_samples("plain.h5", "/soma", {1.0, 2.0}, "");
    EXPECT_THAT(
        drive(drive_text + R"({"file": "plain.h5", "dataset": "/soma"})").numbers("samples"),
        ElementsAre(1.0, 2.0));
}

TEST_F(ValueFile, IsRefusedWithPlaceAndCure) {
    EXPECT_THAT(message(R"({"file": "none.h5"})"),
                HasSubstr("m.json#/populations/in/parameters/times/file: found the file"));
    write_spikes("s.h5", {0, 3}, {1.0, 2.0});
    EXPECT_THAT(message(R"({"file": "s.h5"})"), HasSubstr("found a file with 2 populations"));
    EXPECT_THAT(message(R"({"file": "s.h5", "population": "pcc"})"),
                HasSubstr("did you mean \"pc\"?"));
    EXPECT_THAT(message(R"({"file": "s.h5", "population": "pc"})"),
                HasSubstr("found neuron 3, expected an index from 0 to 2: population in has 3"));
    write_spikes("s.h5", {0}, {-1.0});
    EXPECT_THAT(message(R"({"file": "s.h5", "population": "pc"})"), HasSubstr(">= 0"));
    write_spikes("s.h5", {0}, {1.0}, "seconds");
    EXPECT_THAT(message(R"({"file": "s.h5", "population": "pc"})"), HasSubstr("seconds"));
    write("s.csv", "time,neuron\n1,0\n-2,1\n");
    EXPECT_THAT(message(R"({"file": "s.csv"})"),
                HasSubstr("s.csv:3: found the time -2 ms, expected a time >= 0 ms"));
    EXPECT_THAT(message(R"({"file": "s.csv", "population": "pc"})"), HasSubstr("CSV file"));
    write("s.csv", "time,neuron\n1,0.5\n");
    EXPECT_THAT(message(R"({"file": "s.csv"})"), HasSubstr("expected a whole number"));
    write("s.csv", "t,neuron\n1,0\n");
    EXPECT_THAT(message(R"({"file": "s.csv"})"), HasSubstr("unknown column \"time\""));
    write("s.csv", "time mV,neuron\n1,0\n");
    EXPECT_THAT(message(R"({"file": "s.csv"})"), HasSubstr("can be converted to ms"));
    write("s.csv", "time,neuron\n1\n");
    EXPECT_THAT(message(R"({"file": "s.csv"})"), HasSubstr("found 1 values, expected 2"));
    EXPECT_THAT(message(R"({"file": "s.csv", "populations": "pc"})"),
                HasSubstr("did you mean \"population\"?"));
}

TEST_F(ValueFile, OfSamplesIsRefusedWithPlaceAndCure) {
    write("c.csv", "a pA,b mV\n1,2\n");
    EXPECT_THAT(current_message(R"({"file": "c.csv"})"),
                HasSubstr("found 2 columns, expected \"column\""));
    EXPECT_THAT(current_message(R"({"file": "c.csv", "column": "b"})"),
                HasSubstr("can be converted to pA"));
    EXPECT_THAT(current_message(R"({"file": "c.csv", "column": "c"})"),
                HasSubstr("unknown column \"c\""));
    write("n.csv", "a\nnan\n");
    EXPECT_THAT(current_message(R"({"file": "n.csv"})"), HasSubstr("n.csv:2"));
    write("e.csv", "a\n");
    EXPECT_THAT(current_message(R"({"file": "e.csv"})"), HasSubstr("found no sample"));
    write_samples("c.h5", "/soma", {1.0}, "mV");
    EXPECT_THAT(current_message(R"({"file": "c.h5"})"),
                HasSubstr("/samples/dataset: found nothing"));
    EXPECT_THAT(current_message(R"({"file": "c.h5", "dataset": "/x"})"),
                HasSubstr("c.h5:/x: found nothing"));
    EXPECT_THAT(current_message(R"({"file": "c.h5", "dataset": "/soma"})"),
                HasSubstr("can be converted to pA"));
}

// Lists of moments are not lists for the driven neurons, even where there are as many.
TEST_F(ValueFile, LeavesListsOfMomentsAsTheyAre) {
    const Spec spec = drive(
        R"("exc[0:2]", "drive": "step", "times": ["0 ms", "5 ms"], "amplitudes": ["1 pA", "2 pA"])");
    EXPECT_THAT(spec.numbers("times"), ElementsAre(0.0, 5.0));
    EXPECT_THAT(spec.numbers("amplitudes"), ElementsAre(1.0, 2.0));
}

TEST_F(ValueFile, TellsContradictionsOfASourceBeforeTheRun) {
    const auto population = [&](const std::string& keys) {
        try {
            read(R"({"duration": "1 s", "populations": {"in": {"size": 2, )" + keys + "}}}");
        } catch (const ConfigError& error) {
            return std::string(error.what());
        }
        return std::string("no error");
    };
    EXPECT_THAT(population(R"("model": "inhomogeneous_poisson_source",
                              "parameters": {"times": ["0 ms", "1 ms"], "rates": ["5 Hz"]})"),
                HasSubstr("m.json#/populations/in/parameters: population in/rates: found 1 rates"));
    EXPECT_THAT(population(R"("model": "dead_time_source",
                              "parameters": {"rate": "500 Hz", "dead_time": "2 ms"})"),
                HasSubstr("rate x dead_time < 1"));
    EXPECT_THAT(population(R"("model": "inhomogeneous_poisson_source", "parameters": {})"),
                HasSubstr("parameters/times: found nothing"));
}

TEST_F(ValueFile, IsRefusedForAClampOfAModelThatCannotBeClamped) {
    EXPECT_THAT(message("[]", R"("exc", "drive": "voltage_clamp", "times": ["0 ms"],
                                 "levels": ["-60 mV"])"),
                HasSubstr("found voltage_clamp onto lif_psc_exp"));
}

TEST_F(ValueFile, ScheduleChangesOnlyWhatCanChange) {
    const auto changed = [&](const std::string& parameter) {
        try {
            read(R"({"duration": "1 s", "populations": {"exc": {"model": "lif_psc_exp", "size": 5}},
                     "stimuli": {"s": {"target": "exc", "drive": "white_noise", "sd": "1 pA"}},
                     "schedule": [{"at": "5 ms", "stimulus": "s", "parameter": ")" +
                 parameter + R"(", "value": "2 pA"}]})");
        } catch (const ConfigError& error) {
            return std::string(error.what());
        }
        return std::string("no error");
    };
    EXPECT_EQ(changed("sd"), "no error");
    EXPECT_THAT(changed("start"), HasSubstr("expected one that can change during a run: mean, sd"));
    EXPECT_THAT(changed("interval"), HasSubstr("expected one that can change"));
}

TEST(UnitOfAField, MayDivideByTheOwnersUnit) {
    const Field resistance = required("series_resistance", "mV/@", kPositive, "");
    EXPECT_EQ(unit_of(resistance, "pA"), "mV/pA");
    EXPECT_EQ(unit_of(resistance, "uA/cm2"), "mV/uA*cm2");
    EXPECT_DOUBLE_EQ(convert(20.0, parse_unit("MOhm"), parse_unit(unit_of(resistance, "pA"))),
                     0.02);
    EXPECT_DOUBLE_EQ(
        convert(3.0, parse_unit("kOhm*cm2"), parse_unit(unit_of(resistance, "uA/cm2"))), 3.0);
    // What a message tells a user to write can be written.
    const Quantity written = evaluate("1.5 mV/uA*cm2", FixedNames{}, "test");
    EXPECT_DOUBLE_EQ(written.in(parse_unit("kOhm*cm2")), 1.5);
}

}  // namespace
}  // namespace volley
