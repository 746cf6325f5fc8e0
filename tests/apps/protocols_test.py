"""Experiments on a single cell (fi, prc, clamp): what they print and leave, that the numbers are the
same on any number of ranks and threads, and what they say to mistakes."""

import csv
import json
import math
import unittest

from volley_program import TestCase, volley

LEAKY = ("--model", "lif_psc_exp", "--param", "tau_m=20 ms", "--param", "C_m=200 pF",
         "--param", "V_th=-50 mV", "--param", "V_reset=-65 mV")
FI = ("fi", *LEAKY, "--duration", "300 ms", "--dt", "0.05 ms", "--settle", "0 ms",
      "--precision", "0.01")
FIRES = ("--model", "lif_psc_exp", "--current", "400 pA", "--settle", "100 ms", "--dt", "1 us")
PRC = ("prc", *FIRES, "--phases", "10")
CLAMP = ("clamp", "--model", "lif_cond_exp", "--levels", "-80 mV:-60 mV:5", "--holding", "-70 mV",
         "--hold", "10 ms", "--duration", "5 ms", "--dt", "0.05 ms")

MODEL = {
    "dt": "0.1 ms",
    "duration": "10 ms",
    "populations": {
        "pc": {"model": "lif_psc_exp", "size": 3,
               "parameters": {"C_m": ["100 pF", "200 pF", "400 pF"], "t_ref": "1 ms",
                              "tau_m": {"distribution": "uniform", "low": "10 ms",
                                        "high": "20 ms"}}},
        "relay": {"model": "parrot", "size": 2},
    },
}


def table(path):
    """The rows of a CSV file as dictionaries of numbers; None where there is none."""
    lines = [line for line in path.read_text().splitlines() if not line.startswith("#")]
    return [{key: float(value) if value else None for key, value in row.items()}
            for row in csv.DictReader(lines)]


def summary_of(folder):
    return json.loads((folder / "summary.json").read_text())


def names_in(folder):
    return {path.name for path in folder.iterdir()}


class Fi(TestCase):
    def test_follows_the_closed_form(self):
        printed = self.volley(*FI, "--currents", "150 pA:1 nA:18", "--out", "out").out
        rows = table(self.folder / "out" / "fi.csv")
        self.assertEqual([row["current"] for row in rows], [150 + 50 * k for k in range(18)])
        for row in rows:
            drive = 0.1 * row["current"]  # mV, R = 0.1 mV/pA
            expected = 0.0 if drive <= 20 else 1000 / (2 + 20 * math.log((drive - 5) / (drive - 20)))
            # An interval is up to a step of 0.05 ms too long.
            self.assertLessEqual(row["rate_Hz"], expected * (1 + 1e-9))
            self.assertGreaterEqual(row["rate_Hz"], expected / (1 + 0.051e-3 * expected) - 1e-9)
            self.assertEqual(row["first_spike_ms"] is None, expected == 0)
        for part in ["one spike from", "fires on from", "Type I", "report            out/report.html"]:
            self.assertIn(part, printed)

    def test_leaves_table_report_and_summary(self):
        self.volley(*FI)
        out = self.folder / "lif_psc_exp.fi.out"
        self.assertEqual(names_in(self.folder), {out.name})
        self.assertEqual(names_in(out), {"fi.csv", "summary.json", "report.html", "figures"})
        figures = summary_of(out)["figures"]
        self.assertAlmostEqual(figures["threshold_one_spike"], 200, delta=2.1)
        self.assertEqual(figures["type"], 1)
        rows = table(out / "fi.csv")
        self.assertEqual(len(rows), 41)
        self.assertEqual(rows[0]["current"], 0)
        self.assertAlmostEqual(rows[-1]["current"], 3 * figures["threshold_repetitive"], delta=1e-6)
        for figure in ["fi_curve", "first_spike", "near_threshold"]:
            self.assertTrue((out / "figures" / f"{figure}.svg").exists(), figure)

    def test_takes_a_neuron_of_a_population_with_its_own_parameters(self):
        (self.folder / "model.json").write_text(json.dumps(MODEL))
        for neuron, capacitance_pF in enumerate([100, 200, 400]):
            out = f"out{neuron}"
            self.volley("fi", "model.json", "--population", "pc", "--neuron", neuron, "--set",
                        "populations.pc.parameters.tau_m=15 ms", "--currents", "400 pA, 500 pA",
                        "--duration", "200 ms", "--dt", "0.01 ms", "--out", out)
            for row in table(self.folder / out / "fi.csv"):
                drive = row["current"] * 15 / capacitance_pF
                expected = 0 if drive <= 15 else 1000 / (1 + 15 * math.log(drive / (drive - 15)))
                self.assertAlmostEqual(row["rate_Hz"], expected, delta=0.011e-3 * expected**2)

    def test_draws_the_parameters_of_the_run(self):
        (self.folder / "model.json").write_text(json.dumps(MODEL))
        taus = []
        for neuron in range(3):
            self.volley("fi", "model.json", "--population", "pc", "--neuron", neuron, "--currents",
                        "100 pA, 200 pA", "--duration", "50 ms", "--out", f"out{neuron}")
            parameters = summary_of(self.folder / f"out{neuron}")["parameters"]
            taus += [text for text in parameters if text.startswith("tau_m = ")]
        self.assertEqual(len(set(taus)), 3, taus)

    def test_says_that_nothing_fires(self):
        printed = self.volley(*FI, "--currents", "0 pA, 100 pA").out
        self.assertIn("not among the currents tried", printed)
        self.assertIn("the type cannot be told", printed)


class Prc(TestCase):
    def test_follows_the_closed_form(self):
        printed = self.volley(*PRC, "--param", "t_ref=0 ms", "--out", "out").out
        summary = summary_of(self.folder / "out")
        drive = 400 / 25  # mV: tau / C = 0.04 mV/pA
        period = 10 * math.log(drive / (drive - 15))
        self.assertAlmostEqual(summary["figures"]["period_ms"], period, delta=0.003)
        rows = table(self.folder / "out" / "prc.csv")
        self.assertEqual(len(rows), 10)
        for row in rows:
            expected = 10 * math.exp(row["phase"] * period / 10) / drive
            # Spikes lie on a grid of 0.001 ms, the kick is 0.1 mV.
            self.assertAlmostEqual(row["Z_direct_ms_per_mV"], expected,
                                   delta=0.0011 / 0.1 + 1e-3 * expected)
            self.assertIsNone(row["Z_adjoint_ms_per_mV"])
        self.assertIn("No adjoint", printed)
        self.assertIn("Type I", printed)


class Clamp(TestCase):
    def test_of_a_leaky_membrane_is_ohms_law(self):
        self.volley(*CLAMP, "--out", "out")
        out = self.folder / "out"
        self.assertEqual(names_in(out), {"clamp.csv", "clamp_series.csv", "summary.json",
                                         "report.html", "figures"})
        rows = table(out / "clamp.csv")
        self.assertEqual([row["level_mV"] for row in rows], [-80, -75, -70, -65, -60])
        slopes = {(b["last_current"] - a["last_current"]) / (b["level_mV"] - a["level_mV"])
                  for a, b in zip(rows, rows[1:])}
        self.assertLess(max(slopes) - min(slopes), 1e-9 * max(slopes))
        self.assertGreater(min(slopes), 0, "outward is positive")
        series = table(out / "clamp_series.csv")
        self.assertEqual(len(series), 5 * 301)
        self.assertEqual({row["V_m"] for row in series if row["level_mV"] == -80}, {-80, -70})


class Layouts(TestCase):
    """Equal files, byte for byte, and equal words."""

    def check(self, files, *command):
        first = None
        for ranks, threads in [(None, 1), (None, 3), (2, 1), (3, 2)]:
            printed = self.volley(*command, "--threads", threads, "--out", "out", "--force",
                                  ranks=ranks).out
            out = self.folder / "out"
            found = [(out / name).read_bytes() for name in files] + [printed]
            first = first or found
            self.assertEqual(found, first, f"{ranks} ranks, {threads} threads")

    def test_fi(self):
        self.check(["fi.csv", "summary.json"], *FI)

    def test_prc(self):
        self.check(["prc.csv", "summary.json"], *PRC)

    def test_clamp(self):
        self.check(["clamp.csv", "clamp_series.csv", "summary.json"], *CLAMP)


class Mistakes(TestCase):
    """Each is told once, with exit code 1, and leaves nothing."""

    def refused(self, parts, *command, ranks=None):
        before = names_in(self.folder)
        outcome = volley(*command, folder=self.folder, ranks=ranks)
        self.assertEqual(outcome.status, 1, outcome)
        for part in parts:
            self.assertIn(part, outcome.err, outcome)
        self.assertEqual(outcome.err.count("volley: error:"), 1, outcome)
        self.assertEqual(outcome.out, "", outcome)
        self.assertEqual(names_in(self.folder), before)

    def test_in_the_choice_of_the_cell(self):
        (self.folder / "model.json").write_text(json.dumps(MODEL))
        for command in ["fi", "prc", "clamp"]:
            self.refused(["no cell", "--model NAME"], command)
            self.refused(["--model: unknown neuron model", 'did you mean "lif_psc_exp"?'], command,
                         "--model", "lif_psc_ex")
        self.refused(["a model file and --model"], "fi", "model.json", "--model", "lif_psc_exp")
        self.refused(["--population: unknown population", 'did you mean "pc"?'], "fi",
                     "model.json", "--population", "pcs")
        self.refused(["--population: found nothing", "pc, relay"], "fi", "model.json")
        self.refused(["--neuron: found 3", "0 to 2"], "fi", "model.json", "--population", "pc",
                     "--neuron", "3")
        self.refused(["takes no current"], "fi", "model.json", "--population", "relay")
        self.refused(["#/populations/pc/size", "found -1"], "fi", "model.json", "--set",
                     "populations.pc.size=-1", ranks=2)
        self.refused(["nothing.json: there is no such file"], "prc", "nothing.json", ranks=2)

    def test_refuses_cells_with_dendrites(self):
        model = dict(MODEL, cells={"tree": {"morphology": {"generator": "ball_and_stick"}}},
                     populations={"pc": {"cell": "tree", "size": 2}})
        (self.folder / "cells.json").write_text(json.dumps(model))
        for command in ["fi", "prc", "clamp"]:
            self.refused(["--population: found pc, of cells with dendrites", "points"],
                         command, "cells.json")

    def test_in_parameters(self):
        for parts, value in [
                (["unknown parameter of lif_psc_exp", 'did you mean "tau_m"?'], "taum=1 ms"),
                (["--param tau_m", '"20 mV" (a voltage)', "in ms"], "tau_m=20 mV"),
                (["--param tau_m: found 20 without a unit"], "tau_m=20"),
                (["--param tau_m", "> 0 ms"], "tau_m=0 ms"),
                (["--param", "NAME=VALUE"], "tau_m"),
                (["--param", "expected V_reset < V_th"], "V_reset=-40 mV")]:
            self.refused(parts, "fi", "--model", "lif_psc_exp", "--param", value)

    def test_in_sweeps_and_times(self):
        for parts, options in [
                (["--currents", "without a unit"], ["--currents", "0:10:5"]),
                (["--currents", "FROM below TO"], ["--currents", "1 pA:0 pA:5"]),
                (["--currents", "a whole number between 2"], ["--currents", "0 pA:1 pA:1"]),
                (["--currents", "FROM:TO:NUMBER"], ["--currents", "0 pA:1 pA"]),
                (["--currents"], ["--currents", "nan"]),
                (["--currents", "a voltage"], ["--currents", "0 mV:1 mV:3"]),
                (["--duration"], ["--duration", "-1 s"]),
                (["--duration", "at least one step"], ["--duration", "1 us", "--dt", "1 ms"]),
                (["--dt"], ["--dt", "0 ms"]),
                (["--precision"], ["--precision", "0"]),
                (["--settle"], ["--settle", "-1 ms"])]:
            self.refused(parts, "fi", "--model", "lif_psc_exp", *options)

    def test_in_phase_responses(self):
        self.refused(["a current of 10 pA: the cell is silent"], "prc", "--model", "lif_psc_exp",
                     "--current", "10 pA", "--settle", "20 ms", ranks=2)
        for parts, options in [(["--phases: found 0"], ["--phases", "0"]),
                               (["--cycles: found 0"], ["--cycles", "0"]),
                               (["--kick"], ["--kick", "0 mV"]),
                               (["--dt"], ["--dt", "0 ms"]),
                               (["--settle"], ["--settle", "0 ms"]),
                               (["--current", "in pA"], ["--current", "1 mV"])]:
            self.refused(parts, "prc", *LEAKY, *options)
        self.refused(["no membrane potential V_m"], "prc", "--model", "phase_oscillator")

    def test_in_clamps(self):
        self.refused(["cannot be held"], "clamp", "--model", "lif_psc_exp")
        for parts, options in [(["--levels"], ["--levels", ""]),
                               (["--holding", "in mV"], ["--holding", "1 ms"]),
                               (["--duration"], ["--duration", "0 ms"]),
                               (["--interval"], ["--interval", "0 ms"]),
                               (["--series-resistance"], ["--series-resistance", "1 mV"]),
                               (["--series-resistance"], ["--series-resistance", "-1 mV/pA"])]:
            self.refused(parts, *CLAMP[:3], *options)

    def test_in_the_folder(self):
        self.volley(*CLAMP, "--out", "out")
        before = {path: path.read_bytes() for path in (self.folder / "out").glob("*.*")}
        for command in [CLAMP, PRC, FI]:
            self.refused(["out already holds results", "--force"], *command, "--out", "out")
        # A failure keeps what --force would have replaced.
        self.refused(["silent"], "prc", "--model", "lif_psc_exp", "--settle", "20 ms", "--out",
                     "out", "--force")
        self.assertEqual({path: path.read_bytes() for path in (self.folder / "out").glob("*.*")},
                         before)
        self.volley(*FI, "--out", "out", "--force", "--quiet")
        self.assertEqual(names_in(self.folder / "out"),
                         {"fi.csv", "summary.json", "report.html", "figures"})


if __name__ == "__main__":
    unittest.main()
