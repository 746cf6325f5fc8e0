"""What the user got wrong is told once, with its place and the cure; exit code 1, nothing left."""

import concurrent.futures
import copy
import dataclasses
import json
import math
import pathlib
import tempfile
import unittest

from volley_program import Outcome, TestCase, volley

RIGHT = {
    "define": {"N": 10, "a": 1},
    "dt": "0.1 ms",
    "duration": "20 ms",
    "populations": {
        "pc": {"model": "lif_psc_exp", "size": "N", "parameters": {"tau_m": "20 ms"}},
        "relay": {"model": "parrot", "size": 5},
    },
    "projections": [
        {"source": "relay", "target": "pc", "rule": "fixed_indegree", "indegree": 3,
         "weight": "5 pA", "delay": "1.5 ms"},
        {"name": "learns", "source": "pc", "target": "pc", "rule": "all_to_all",
         "weight": "5 pA", "delay": "1.5 ms", "plasticity": {"rule": "stdp_pair", "w_max": "9 pA"}},
    ],
    "stimuli": {"input": {"target": "pc", "drive": "dc", "amplitude": "500 pA"}},
    "record": {"spikes": ["pc"], "traces": [{"target": "pc[0]", "variables": ["V_m"]}],
               "weights": [{"projection": "learns", "interval": "5 ms"}]},
    "analyses": [{"analysis": "rates", "target": "pc"}],
    "schedule": [{"at": "15 ms", "stimulus": "input", "parameter": "amplitude", "value": "0 pA"}],
}


def with_value(path, value):
    """The right model with another value at a path, as "populations/pc/size"; None removes it."""
    model = copy.deepcopy(RIGHT)
    *parents, last = [int(key) if key.isdigit() else key for key in path.split("/")]
    place = model
    for key in parents:
        place = place[key]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return json.dumps(model)


def with_text(before, after):
    """The right model as a text in which something is replaced that no JSON writer would write."""
    text = json.dumps(RIGHT)
    assert text.count(before) == 1, before
    return text.replace(before, after)


RUN = ("run", "model.json", "--out", "out", "--quiet")


@dataclasses.dataclass
class Wrong:
    what: str
    told: list  # parts of the message: the place, what was found, the cure
    model: str = json.dumps(RIGHT)
    command: tuple = RUN
    files: dict = dataclasses.field(default_factory=dict)  # beside the model
    mpi: bool = False  # on three ranks too: one or two cases for each place where things are found


def option(*arguments):
    return (*RUN, *arguments)


def edge_list(text):
    model = json.loads(with_value("projections/0", {
        "source": "relay", "target": "pc", "rule": "list", "file": "edges.csv", "weight": "5 pA",
        "delay": "1.5 ms"}))
    return {"model": json.dumps(model), "files": {} if text is None else {"edges.csv": text}}


FILES = [
    Wrong("missing model file", ["nothing.json: there is no such file"],
          command=("run", "nothing.json"), mpi=True),
    Wrong("folder as model", ["results: this is a folder, expected a file"],
          command=("run", "results"), files={"results/notes.txt": "mine"}),
    Wrong("empty model file", ["model.json: the file is empty"], model=""),
    Wrong("broken JSON", ["model.json:3:8: not valid JSON", "expected '}'"], mpi=True,
          model='{\n  "dt": "0.1 ms"\n  "seed": 1\n}'),
    Wrong("NaN", ["model.json:1:", "not valid JSON"], model=with_value("define/a", math.nan)),
    Wrong("1e400", ["model.json:1:", "1e400"], model=with_text('"a": 1', '"a": 1e400')),
    Wrong("population twice", ["model.json#/populations/pc", '"pc" stands twice'],
          model=with_text('"relay": {"model"', '"pc": {"model"')),
    Wrong("edge list missing", ["model.json#/projections/0/file", "edges.csv"], **edge_list(None)),
    Wrong("edge list malformed", ["edges.csv:3", "found"], mpi=True,
          **edge_list("source,target\n0,1\n0,one\n")),
    Wrong("edge list beyond the population", ["edges.csv:3", "5"],
          **edge_list("source,target\n0,1\n5,1\n")),
]

VALUES = [
    Wrong("extracellular potential of points",
          ["model.json#/record/extracellular/probe/populations/0: found population pc of points",
           "cells with dendrites"], mpi=True,
          model=with_value("record/extracellular", {"probe": {
              "points": [["1 um", "2 um", "3 um"]], "populations": ["pc"]}})),
    Wrong("extracellular potential without points",
          ["model.json#/record/extracellular/probe/points: found nothing"],
          model=with_value("record/extracellular", {"probe": {}})),
    Wrong("wrong unit",
          ["model.json#/populations/pc/parameters/tau_m", '"20 mV" (a voltage)', "in ms"],
          model=with_value("populations/pc/parameters/tau_m", "20 mV"), mpi=True),
    Wrong("bare number", ["model.json#/dt: found 0.1 without a unit", 'such as "0.1 ms"'],
          model=with_value("dt", 0.1)),
    Wrong("number too large", ["model.json#/duration", "a number that a double can hold"],
          model=with_value("duration", "1e400 ms")),
    Wrong("negative size",
          ["model.json#/populations/relay/size: found -5, expected a whole number"],
          model=with_value("populations/relay/size", -5)),
    Wrong("zero neurons", ["model.json#/populations/relay/size: found 0, expected a whole number"],
          model=with_value("populations/relay/size", 0)),
    Wrong("key missing", ["model.json#/projections/0/delay: found nothing", "expected"],
          model=with_value("projections/0/delay", None)),
    Wrong("list of wrong length", ["parameters/tau_m: found a list of 2", "each of the 10 neurons"],
          model=with_value("populations/pc/parameters/tau_m", ["1 ms", "2 ms"])),
    Wrong("reset above threshold", ["model.json#/populations/pc", "expected V_reset < V_th"],
          model=with_value("populations/pc/parameters", {"V_reset": "-50 mV"})),
    Wrong("delay below dt",
          ["projections/0/delay: found a delay of 0.05 ms", "one time step (0.1 ms)"],
          model=with_value("projections/0/delay", "0.05 ms")),
    Wrong("in-degree above the source",
          ["projections/0/indegree: found 6, expected at most the 5",
           "allow multapses"],
          model=with_value("projections/0", {**RIGHT["projections"][0], "indegree": 6,
                                             "allow_multapses": False}), mpi=True),
    Wrong("contradicting keys", ["projections/0: found both", "expected one of them"],
          model=with_value("projections/0/populations", ["pc"])),
    Wrong("cyclic definition", ['model.json#/define/N: "N" is defined by itself: N -> a -> N'],
          model=with_value("define", {"N": "a", "a": "N"})),
    Wrong("initial weight above w_max",
          ["projections/1/plasticity: found initial weights of size 5", "w_max = 4"], mpi=True,
          model=with_value("projections/1/plasticity/w_max", "4 pA")),
    Wrong("negative time constant of plasticity",
          ['projections/1/plasticity/tau_plus: found "-1 ms"', "> 0 ms"],
          model=with_value("projections/1/plasticity/tau_plus", "-1 ms")),
    Wrong("16-bit weights that learn", ["projections/1/weight_precision: found 16-bit weights"],
          model=with_value("projections/1/weight_precision", "16 bit")),
    Wrong("dendritic delay without plasticity",
          ["projections/0/dendritic_delay: found a dendritic delay", '"plasticity"', '"delay"'],
          model=with_value("projections/0/dendritic_delay", "1 ms")),
    Wrong("weights recorded in no time",
          ['record/weights/0/interval: found "0 ms"', "> 0 ms"],
          model=with_value("record/weights/0/interval", "0 ms")),
    Wrong("weights that stay recorded",
          ['record/weights/0: found "relay_to_pc", whose weights stay as they are'],
          model=with_value("record/weights/0", "relay_to_pc"), mpi=True),
    Wrong("division by zero",
          ["model.json#/populations/pc/size",
           '"N / (a - 1)", column 3: found division by 0'],
          model=with_value("populations/pc/size", "N / (a - 1)")),
]

NAMES = [
    Wrong("unknown key", ['model.json#/populations/pc: unknown key "sise"; did you mean "size"?'],
          model=with_value("populations/pc/sise", 1)),
    Wrong("unknown neuron model", ['populations/pc/model: unknown neuron model "lif_psc"',
                                   'did you mean "lif_psc_exp"?'],
          model=with_value("populations/pc/model", "lif_psc"), mpi=True),
    Wrong("unknown rule", ['unknown rule "fixed_indegre"; did you mean "fixed_indegree"?'],
          model=with_value("projections/0/rule", "fixed_indegre")),
    Wrong("unknown plasticity rule",
          ['plasticity/rule: unknown plasticity rule "stdp_par"; did you mean "stdp_pair"?'],
          model=with_value("projections/1/plasticity/rule", "stdp_par")),
    Wrong("unknown plastic projection",
          ['record/weights/0: unknown plastic projection "lerns"; did you mean "learns"?'],
          model=with_value("record/weights/0", "lerns")),
    Wrong("unknown population",
          ['projections/0/source: unknown population "relais"; did you mean "relay"?'],
          model=with_value("projections/0/source", "relais")),
    Wrong("unknown drive", ['stimuli/input/drive: unknown drive "cd"; did you mean "dc"?'],
          model=with_value("stimuli/input/drive", "cd")),
    Wrong("unknown analysis",
          ['analyses/0/analysis: unknown analysis "rate"; did you mean "rates"?'],
          model=with_value("analyses/0/analysis", "rate")),
    Wrong("unknown distribution", ['weight/distribution: unknown distribution "normale"',
                                   'did you mean "normal"?'],
          model=with_value("projections/0/weight", {"distribution": "normale"})),
    Wrong("unknown recorded variable",
          ['traces/0/variables/0: unknown state variable of lif_psc_exp "V"',
           "V_m"],
          model=with_value("record/traces/0/variables", ["V"])),
    Wrong("schedule of an unknown parameter", ['schedule/0/parameter: unknown', '"amplitud"',
                                               'did you mean "amplitude"?'],
          model=with_value("schedule/0/parameter", "amplitud")),
]

COMMAND_LINE = [
    Wrong("--set of an unknown path",
          ['--set populations.pd.size=4: unknown key "pd"; did you mean "pc"?'],
          command=option("--set", "populations.pd.size=4"), mpi=True),
    Wrong("--set without =", ["--set seed: found no value, expected PATH=VALUE"],
          command=option("--set", "seed")),
    Wrong("--seed -1",
          ["seed", "-1, expected a whole number >= 0"], command=option("--seed", "-1")),
    Wrong("--duration in pA", ["duration", '"1 pA" (a current), expected a quantity in ms'],
          command=option("--duration", "1 pA")),
    Wrong("--threads 0", ["--threads: found 0, expected a number of threads from 1 to"],
          command=option("--threads", "0"), mpi=True),
    Wrong("--threads x", ["--threads", "x"], command=option("--threads", "x")),
    Wrong("--exchange unknown", ["--exchange", "pigeon", "gather", "sparse"],
          command=option("--exchange", "pigeon")),
    Wrong("unknown option", ["--thread", "volley COMMAND --help"], command=option("--thread", "2"),
          mpi=True),
    Wrong("unknown subcommand", ["simulate", "volley --help"], command=("simulate", "model.json")),
    Wrong("no model file named", ["MODEL", "volley COMMAND --help"], command=("run",)),
    Wrong("traced cell with a line too short", ["cell.swc:2: found 3 values, expected seven"],
          command=("morph", "cell.swc"), files={"cell.swc": "1 1 0 0 0 5 -1\n2 3 0\n"}, mpi=True),
    Wrong("unknown generator", ['--generator: unknown generator "rall"', '"rall_tree"'],
          command=("morph", "--generator", "rall")),
    Wrong("check on 0 ranks", ["--ranks: found 0, expected a number of ranks >= 1"],
          command=("check", "model.json", "--ranks", "0")),
]

FOLDERS_AND_MACHINE = [
    Wrong("folder with results", ["--out: out already holds results (summary.json)", "--force"],
          files={"out/summary.json": "{}", "out/notes.txt": "mine"}, mpi=True),
    Wrong("folder below a file", ["--out: the directory file/out cannot be used", "--out DIR"],
          command=("run", "model.json", "--out", "file/out"), files={"file": ""}, mpi=True),
    Wrong("a file as folder", ["--out: the directory out cannot be used", "--out DIR"],
          files={"out": ""}),
    # 10^15 synapses, more than any machine holds, of neurons that fit any.
    Wrong("more synapses than memory",
          ["memory: found a need of about", "PiB", "it has free", "--set"],
          model=with_value("projections/0/rule", "all_to_all").replace('"indegree": 3, ', ""),
          command=option("--set", "populations.relay.size=1e8", "--set", "define.N=1e7"), mpi=True),
    Wrong("more neurons than memory", ["memory: found a need of about", "it has free", "--set"],
          command=option("--set", "populations.pc.size=1e12")),
]

LATER = [
    Wrong("analyse a missing file", ["nothing.h5: found no file, expected"],
          command=("analyze", "nothing.h5"), mpi=True),
    Wrong("analyse a file of another kind", ["notes.txt", "HDF5"], command=("analyze", "notes.txt"),
          files={"notes.txt": "mine"}, mpi=True),
    Wrong("analyse a folder without spikes",
          ["notes: found a folder without spikes.h5", "expected"],
          command=("analyze", "notes"), files={"notes/notes.txt": "mine"}),
    Wrong("analyse beside a broken model", ["run/model.json:1:2: not valid JSON", "end of input"],
          command=("analyze", "run"), files={"run/spikes.h5": "", "run/model.json": "{"}),
    Wrong("report on a folder without results", ["notes: found no summary.json", "a finished run"],
          command=("report", "notes"), files={"notes/notes.txt": "mine"}, mpi=True),
    Wrong("report on a broken summary", ["notes/summary.json: found no summary", "finished run"],
          command=("report", "notes"), files={"notes/summary.json": "{}"}),
    Wrong("unknown reference", ['"lif_psc_ex"', 'did you mean "lif_psc_exp"?'],
          command=("models", "lif_psc_ex"), mpi=True),
]

TABLE = FILES + VALUES + NAMES + COMMAND_LINE + FOLDERS_AND_MACHINE + LATER


def content(folder):
    return {str(path.relative_to(folder)): path.read_text() if path.is_file() else None
            for path in folder.rglob("*")}


def attempt(wrong, ranks):
    """How the program ended, and the files before and after."""
    with tempfile.TemporaryDirectory(prefix="volley_") as name:
        folder = pathlib.Path(name)
        for path, text in {"model.json": wrong.model, **wrong.files}.items():
            (folder / path).parent.mkdir(exist_ok=True)
            (folder / path).write_text(text)
        before = content(folder)
        outcome = volley(*wrong.command, folder=folder, ranks=ranks)
        return outcome, before, content(folder)


def messages(outcome: Outcome):
    """What the program says of errors; mpirun adds that a rank ended with 1."""
    return [line for line in outcome.err.splitlines() if "error" in line and "volley" in line]


class WrongInputs(unittest.TestCase):
    def check(self, cases, ranks):
        # Most of the time is MPI's start, in which little is computed.
        with concurrent.futures.ThreadPoolExecutor(2 if ranks else 4) as pool:
            attempts = list(pool.map(lambda wrong: attempt(wrong, ranks), cases))
        for wrong, (outcome, before, after) in zip(cases, attempts):
            with self.subTest(wrong.what, ranks=ranks):
                self.assertEqual(outcome.status, 1, outcome)
                told = messages(outcome)
                self.assertEqual(len(told), 1, outcome)
                self.assertTrue(told[0].startswith("volley: error: "), outcome)
                for part in wrong.told:
                    self.assertIn(part, outcome.err, outcome)
                if ranks is None:
                    self.assertLessEqual(len(outcome.err.splitlines()), 2, outcome)
                self.assertEqual(outcome.out, "", outcome)
                self.assertEqual(after, before, f"files were left\n{outcome}")
                print(f"{wrong.what}: {told[0]}")

    def test_alone(self):
        self.assertGreaterEqual(len(TABLE), 30)
        self.check(TABLE, ranks=None)

    def test_on_three_ranks(self):
        self.check([wrong for wrong in TABLE if wrong.mpi], ranks=3)


class RightInput(TestCase):
    def test_is_what_the_table_changes(self):
        (self.folder / "model.json").write_text(json.dumps(RIGHT))
        self.assertEqual(self.volley(*RUN).out, "")


class FullDisk(TestCase):
    """Files that cannot grow, on one rank, in mid-run: the others must not wait for it for ever."""

    # 8 KiB (blocks of 512 bytes), without the signal that would kill. OpenMPI's shared memory is a
    # file too, so ranks talk by TCP, and a single process starts no daemon.
    LIMITED = ("sh", "-c", 'trap "" XFSZ; [ "${OMPI_COMM_WORLD_RANK:-1}" != 1 ] || ulimit -f 16; '
                           'exec "$0" "$@"')
    ENVIRONMENT = {"OMPI_MCA_btl": "self,tcp", "OMPI_MCA_ess_singleton_isolated": "1"}

    def check(self, ranks):
        (self.folder / "model.json").write_text(json.dumps(RIGHT))
        outcome = volley(*RUN, "--duration", "2 s", "--set", "populations.pc.size=100",
                         "--set", "schedule=[]", "--threads", "1", folder=self.folder, ranks=ranks,
                         wrapper=self.LIMITED, environment=self.ENVIRONMENT)
        self.assertEqual(outcome.status, 1, outcome)
        told = messages(outcome)
        self.assertEqual(len(told), 1, outcome)
        self.assertIn("File too large", told[0])
        self.assertIn("out/", told[0])
        self.assertFalse((self.folder / "out" / "summary.json").exists(), "looks finished")

    def test_alone(self):
        self.check(ranks=None)

    def test_on_one_of_three_ranks(self):
        self.check(ranks=3)


if __name__ == "__main__":
    unittest.main()
