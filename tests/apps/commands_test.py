"""What each command does for the person who calls it: what it prints, leaves and keeps."""

import json
import math
import os
import pathlib
import re
import shutil
import signal
import tempfile
import time
import unittest

from volley_program import MODELS, PATIENCE_S, TestCase, finish, start, volley

OSCILLATORS = MODELS / "purkinje_oscillators.json"
SHORT = ("--duration", "1 s", "--set", "warm_up=0.2 s")
BRIEF = (*SHORT, "--set", "analyses=[]")  # for what needs no figures

RESULTS = {"spikes.h5", "report.h5", "summary.json", "report.html", "model.json", "figures"}
# Of all experiments on a single cell.
CELL = ["MODEL", "--model", "--param", "--population", "--neuron", "--set", "--seed", "--out",
        "--force", "--quiet", "--threads"]
OPTIONS = {
    "run": ["MODEL", "--set", "--out", "--force", "--threads", "--seed", "--duration", "--quiet",
            "--exchange", "--no-overlap", "--store", "--profile"],
    "check": ["MODEL", "--set", "--seed", "--duration", "--ranks", "--threads"],
    "dry-run": ["MODEL", "--set", "--seed", "--duration", "--ranks", "--rank", "--threads",
                "--rate"],
    "models": ["NAME"],
    "analyze": ["DIR_OR_FILE", "--analysis", "--from", "--to", "--dt", "--json"],
    "report": ["DIR"],
    "sweep": ["MODEL", "--set", "--seed", "--duration", "--vary", "--together", "--seeds",
              "--trials", "--quantity", "--keep", "--plan", "--out", "--force", "--quiet",
              "--threads", "--ranks-per-run"],
    "reproduce": ["NAME", "--quick", "--out", "--force", "--quiet", "--threads",
                  "--ranks-per-run"],
    "fi": [*CELL, "--currents", "--duration", "--settle", "--dt", "--precision"],
    "prc": [*CELL, "--current", "--phases", "--kick", "--cycles", "--settle", "--dt", "--crossing"],
    "clamp": [*CELL, "--levels", "--holding", "--hold", "--duration", "--after", "--dt",
              "--interval", "--series-resistance"],
    "morph": ["FILE", "--generator", "--param", "--seed", "--R-m", "--R-a", "--C-m", "--frequency",
              "--d-lambda", "--out", "--force", "--quiet"],
}


def summary_of(folder):
    return json.loads((folder / "summary.json").read_text())


def names_in(folder):
    return {path.name for path in folder.iterdir()}


class Run(TestCase):
    """One run of the oscillators, looked at from all sides."""

    @classmethod
    def setUpClass(cls):
        cls.shared = pathlib.Path(tempfile.mkdtemp(prefix="volley_"))
        cls.addClassCleanup(shutil.rmtree, cls.shared)
        cls.printed = volley("run", OSCILLATORS, *SHORT, "--seed", "7", "--out", "out",
                             folder=cls.shared, environment={"OMP_NUM_THREADS": "2"})
        if cls.printed.status != 0:
            raise AssertionError(cls.printed)
        cls.out = cls.shared / "out"
        cls.summary = summary_of(cls.out)

    def test_leaves_its_results_and_nothing_else(self):
        self.assertEqual(names_in(self.out), RESULTS)
        self.assertEqual(names_in(self.shared), {"out"})

    def test_without_traces_leaves_no_report_of_them(self):
        self.volley("run", OSCILLATORS, *BRIEF, "--set", "record.traces=[]", "--out", "out")
        self.assertEqual(names_in(self.folder / "out"), RESULTS - {"report.h5"})

    def test_prints_a_table_with_the_digests_of_the_summary(self):
        lines = self.printed.out.splitlines()
        self.assertIn(f"digest of spikes  {self.summary['digest']['spikes']}", lines)
        self.assertIn(f"digest of traces  {self.summary['digest']['traces']}", lines)
        self.assertIn("report            out/report.html", lines)
        self.assertRegex(self.printed.out, r"(?m)^pc +100 +\d")

    def test_summary_has_what_a_program_needs(self):
        for path in ["network/neurons", "network/synapses", "network/bytes_per_synapse",
                     "timing/build_s", "timing/simulate_s", "timing/real_time_factor",
                     "timing/update_s", "timing/deliver_s", "timing/exchange_s", "timing/wait_s",
                     "timing/record_s", "memory/peak_bytes", "populations/pc/rate_hz",
                     "populations/pc/cv_isi", "populations/pc/spikes",
                     "analyses/power_spectrum_pc/peak_hz",
                     "analyses/power_spectrum_pc/peak_over_floor"]:
            value = self.summary
            for key in path.split("/"):
                value = value[key]
            self.assertTrue(math.isfinite(value) and value >= 0, f"{path}: {value}")
        for digest in self.summary["digest"].values():
            self.assertRegex(digest, "^[0-9a-f]{32}$")
        self.assertEqual(self.summary["network"]["neurons"], 100)
        self.assertEqual(self.summary["model"]["seed"], 7)
        self.assertEqual(self.summary["simulated_ms"], 1200)
        self.assertIs(self.summary["stopped_early"], False)

    def test_model_left_behind_runs_again_with_the_same_bits(self):
        self.volley("run", self.out / "model.json", "--out", "again", "--threads", "1")
        again = summary_of(self.folder / "again")
        self.assertEqual(again["digest"], self.summary["digest"])
        self.assertEqual(again["analyses"], self.summary["analyses"])
        self.assertEqual((self.folder / "again" / "model.json").read_text(),
                         (self.out / "model.json").read_text())

    def test_profile_tells_phases_and_what_was_sent(self):
        for ranks in (None, 2):
            printed = self.volley("run", OSCILLATORS, *BRIEF, "--set", "analyses=[]", "--profile",
                                  "--threads", "1", "--out", f"profile{ranks}", ranks=ranks).out
            summary = summary_of(self.folder / f"profile{ranks}")
            for phase, seconds in summary["profile"].items():
                self.assertRegex(printed, rf"(?m)^{phase} +[\d.]+ +[\d.]+ +[\d.]+   \w")
                self.assertLessEqual(0, seconds["least_s"])
                self.assertLessEqual(seconds["least_s"], seconds["mean_s"])
                self.assertLessEqual(seconds["mean_s"], seconds["most_s"])
                self.assertLess(seconds["most_s"], 1.1 * summary["timing"]["simulate_s"])
            self.assertRegex(printed, r"(?m)^exchange +\w+, [\d ]+ epochs")
            self.assertEqual(" bytes each" in printed, ranks == 2)
            self.assertEqual(summary["exchange"]["bytes_sent"] > 0, ranks == 2)

    def test_seed_changes_the_spikes(self):
        self.volley("run", self.out / "model.json", "--out", "other", "--seed", "8",
                    "--set", "analyses=[]")
        self.assertNotEqual(summary_of(self.folder / "other")["digest"], self.summary["digest"])

    def test_number_of_threads_is_that_asked_for(self):
        self.assertEqual(self.summary["layout"]["threads"], 2, "OMP_NUM_THREADS")
        self.volley("run", OSCILLATORS, *BRIEF, "--threads", "3", "--out", "out",
                    environment={"OMP_NUM_THREADS": "2"})
        self.assertEqual(summary_of(self.folder / "out")["layout"]["threads"], 3, "--threads")

    def test_report_needs_no_network_and_shows_every_figure(self):
        html = (self.out / "report.html").read_text()
        self.assertNotRegex(html, r"""(?i)(src|href)\s*=\s*["']?\s*(https?:)?//""")
        self.assertNotRegex(html, r"""(?i)@import|url\(\s*["']?http""")
        figures = [path.stem for path in (self.out / "figures").glob("*.svg")]
        for figure in ["raster", "population_rate_pc", "power_spectrum_pc", "correlogram_pc",
                       "rates_pc", "trace_pc_phase"]:
            self.assertIn(figure, figures)
        for figure in figures:
            for suffix in [".svg", ".gp", ".dat"]:
                self.assertGreater((self.out / "figures" / (figure + suffix)).stat().st_size, 0)
        self.assertGreaterEqual(html.count("<svg") + html.count("<img"), len(figures))

    def test_report_can_be_made_again(self):
        copy = shutil.copytree(self.out, self.folder / "copy")
        (copy / "report.html").unlink()
        shutil.rmtree(copy / "figures")
        self.assertEqual(self.volley("report", "copy").out, "copy/report.html\n")
        self.assertEqual(names_in(copy), names_in(self.out))
        self.assertEqual(names_in(copy / "figures"), names_in(self.out / "figures"))
        for name in names_in(copy / "figures"):
            if name.endswith(".dat"):
                self.assertEqual((copy / "figures" / name).read_text(),
                                 (self.out / "figures" / name).read_text(), name)
        self.assertEqual(summary_of(copy), self.summary)

    def test_analyze_gives_the_figures_of_the_run(self):
        results = json.loads(self.volley("analyze", self.out, "--json").out)
        self.assertEqual(set(results["analyses"]), set(self.summary["analyses"]))
        for name, figures in self.summary["analyses"].items():
            for figure, value in figures.items():
                self.assertEqual(results["analyses"][name][figure], value, f"{name} {figure}")

    def test_analyze_computes_what_is_asked_for_from_a_bare_file(self):
        results = json.loads(self.volley(
            "analyze", self.out / "spikes.h5", "--analysis", "power_spectrum,method=welch",
            "--from", "200 ms", "--json").out)
        self.assertEqual(list(results["analyses"]), ["power_spectrum_pc"])
        self.assertEqual(results["populations"]["pc"]["spikes"],
                         self.summary["populations"]["pc"]["spikes"])
        spectrum = results["analyses"]["power_spectrum_pc"]
        curve = spectrum["curves"]["power_spectrum_pc"]["population"]
        self.assertEqual(len(curve["x"]), len(curve["y"]))
        # The cells fire at 33 Hz, the rhythm is near 160 Hz; a second of it gives it roughly.
        self.assertAlmostEqual(spectrum["peak_hz"], 160, delta=40)

    def test_analyze_prints_a_table(self):
        printed = self.volley("analyze", self.out).out
        self.assertRegex(printed, r"(?m)^power_spectrum of pc$")
        self.assertRegex(printed, r"(?m)^  peak_hz +\d+(\.\d+)? Hz ")

    def test_force_replaces_the_results_and_nothing_else(self):
        copy = shutil.copytree(self.out, self.folder / "copy")
        (copy / "notes.txt").write_text("mine")
        self.volley("run", OSCILLATORS, *BRIEF, "--seed", "8", "--out", "copy", "--force")
        self.assertEqual(names_in(copy), names_in(self.out) | {"notes.txt"})
        self.assertNotEqual(summary_of(copy)["digest"], self.summary["digest"])


class Printed(TestCase):
    def test_nothing_by_a_quiet_run(self):
        outcome = self.volley("run", OSCILLATORS, *BRIEF, "--quiet", "--threads", "1")
        self.assertEqual((outcome.out, outcome.err), ("", ""))
        self.assertEqual(names_in(self.folder), {"purkinje_oscillators.out"}, "without --out")

    def test_the_plan_by_check_which_runs_nothing(self):
        printed = self.volley("check", OSCILLATORS, "--set", "populations.pc.size=400",
                              "--ranks", "4", "--threads", "2").out
        for line in [r"pc +400  phase_oscillator",
                     r"collaterals +119 700 +pairwise_bernoulli +1\.5 ms",  # 400 * 399 * 0.75
                     r"400 neurons, about 119 700 synapses",
                     r"epochs: ranks meet at least every 0\.75 ms",
                     r"exchange: ",
                     r"memory per rank \(4 x 2 workers\): about \d"]:
            self.assertRegex(printed, "(?m)^" + line)
        self.assertEqual(names_in(self.folder), set())

    def test_the_reference_by_models(self):
        listed = self.volley("models").out
        names = re.findall(r"(?m)^  (\w+)  ", listed) + re.findall(r"(?m)^(\w+): ", listed)
        for name in ["lif_psc_exp", "phase_oscillator", "fixed_indegree", "poisson",
                     "power_spectrum", "model", "rules", "units"]:
            self.assertIn(name, names)
        for name in ["lif_psc_exp", "rules", "model", "distributions", "analyses"]:
            self.assertGreater(len(self.volley("models", name).out.splitlines()), 10, name)
        self.assertRegex(self.volley("models", "lif_psc_exp").out,
                         r"tau_m +value per neuron +ms +10 ")

    def test_every_option_by_help(self):
        overview = self.volley("--help").out
        for command, options in OPTIONS.items():
            self.assertRegex(overview, rf"(?m)^  {command} ")
            printed = self.volley(command, "--help").out
            shown = re.findall(r"(?m)^  (?:-h,)?(--[\w-]+|[A-Z_]+)(?![\w-])", printed)
            self.assertEqual(sorted(shown), sorted([*options, "--help"]), command)

    def test_version_once_on_several_ranks(self):
        printed = self.volley("--version").out
        for line in [r"volley \d+\.\d+\.\d+", r"compiler +\S", r"flags +\S", r"MPI +\S",
                     r"HDF5 +\d", r"SIMD +\d+ bits"]:
            self.assertRegex(printed, "(?m)^" + line)
        self.assertEqual(self.volley("--version", ranks=2).out, printed)


class Signals(TestCase):
    """A run that is asked to end early keeps what it has: that of a shorter run."""

    ARGUMENTS = ("run", OSCILLATORS, "--set", "warm_up=0 s", "--set", "analyses=[]",
                 "--threads", "1")

    def start_long(self, **how):
        """A run of hours, when its simulation is under way."""
        process = start(*self.ARGUMENTS, "--duration", "100000 s", "--out", "out",
                        folder=self.folder, **how)
        self.addCleanup(process.kill)
        begin = time.monotonic()
        while sum(path.stat().st_size for path in self.folder.glob("out/journal/*")) < 100_000:
            self.assertIsNone(process.poll(), "ended by itself")
            self.assertLess(time.monotonic() - begin, PATIENCE_S, "writes no journal")
            time.sleep(0.02)
        return process

    def check(self, outcome):
        self.assertEqual(outcome.status, 0, outcome)
        self.assertIn("stopped before its end", outcome.out)
        stopped = summary_of(self.folder / "out")
        self.assertIs(stopped["stopped_early"], True)
        self.assertLess(stopped["simulated_ms"], 1e8)
        self.assertEqual(names_in(self.folder / "out"), RESULTS)

        self.volley(*self.ARGUMENTS, "--duration", f"{stopped['simulated_ms']} ms",
                    "--out", "shorter")
        shorter = summary_of(self.folder / "shorter")
        self.assertIs(shorter["stopped_early"], False)
        for key in ["digest", "populations"]:
            self.assertEqual(stopped[key], shorter[key])

    def test_interrupt(self):
        process = self.start_long()
        process.send_signal(signal.SIGINT)
        self.check(finish(process))

    def test_terminate_of_one_rank_of_two(self):
        process = self.start_long(ranks=2, wrapper=(
            "sh", "-c", 'echo $$ > "pid$OMPI_COMM_WORLD_RANK"; exec "$0" "$@"'))
        os.kill(int((self.folder / "pid1").read_text()), signal.SIGTERM)
        self.check(finish(process))


if __name__ == "__main__":
    unittest.main()
