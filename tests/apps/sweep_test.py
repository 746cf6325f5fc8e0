"""volley sweep: what it computes, keeps, resumes and refuses."""

import csv
import json
import os
import pathlib
import re
import shutil
import signal
import statistics
import tempfile
import time
import unittest

from volley_program import MODELS, TestCase, finish, start, volley

OSCILLATORS = MODELS / "purkinje_oscillators.json"
SHORT = ("--duration", "0.3 s", "--set", "warm_up=0.1 s", "--set", "record.traces=[]",
         "--set", 'analyses=[{"analysis":"rates","target":"pc"},'
                  '{"analysis":"power_spectrum","target":"pc"}]')
RATES = ("--vary", "define.intrinsic_rate=70 Hz:116 Hz:2")
SEEDS = ("--seeds", "1,2")
TABLES = ("runs.csv", "points.csv", "sweep.json")


def rows_of(file):
    with open(file, newline="") as text:
        return list(csv.DictReader(text))


def tables_of(folder):
    return {name: (folder / name).read_bytes() for name in TABLES}


def made_at(folder):
    """When each finished run was made."""
    return {file.parent.name: file.stat().st_mtime_ns
            for file in (folder / "runs").glob("*/run.json")}


class Grid(TestCase):
    """Two values of two things, two seeds: looked at from all sides."""

    @classmethod
    def setUpClass(cls):
        cls.shared = pathlib.Path(tempfile.mkdtemp(prefix="volley_"))
        cls.addClassCleanup(shutil.rmtree, cls.shared)
        cls.printed = volley("sweep", OSCILLATORS, *SHORT, *RATES, "--vary", "define.p=0.5,0.75",
                             *SEEDS, "--threads", "1", "--out", "out", folder=cls.shared)
        if cls.printed.status != 0:
            raise AssertionError(cls.printed)
        cls.out = cls.shared / "out"
        cls.runs = rows_of(cls.out / "runs.csv")
        cls.points = rows_of(cls.out / "points.csv")

    def test_has_a_row_for_each_run_and_each_point(self):
        values = [(row["define.intrinsic_rate [Hz]"], row["define.p"], row["seed"])
                  for row in self.runs]
        self.assertEqual(values, [(rate, p, seed) for rate in ("70", "116")
                                  for p in ("0.5", "0.75") for seed in ("1", "2")])
        self.assertEqual({row["state"] for row in self.runs}, {"done"})
        self.assertEqual(len(self.points), 4)
        self.assertEqual({row["runs"] for row in self.points}, {"2"})

    def test_means_and_errors_are_those_of_the_runs(self):
        for k, point in enumerate(self.points):
            pair = self.runs[2 * k: 2 * k + 2]
            for name in ("pc.rate_hz", "power_spectrum_pc.peak_over_floor"):
                values = [float(row[name]) for row in pair]
                # Sums of two numbers differ by a rounding at most.
                self.assertAlmostEqual(float(point[name]), statistics.mean(values), delta=1e-12)
                self.assertAlmostEqual(float(point[name + ".se"]),
                                       statistics.stdev(values) / 2 ** 0.5, delta=1e-12)
                self.assertEqual(point[name + ".n"], "2")

    def test_a_run_has_the_bits_of_volley_run(self):
        self.volley("run", OSCILLATORS, *SHORT, "--set", "define.intrinsic_rate=116 Hz", "--set",
                    "define.p=0.75", "--seed", "2", "--out", "alone")
        alone = json.loads((self.folder / "alone" / "summary.json").read_text())
        row = self.runs[-1]
        self.assertEqual(row["spikes_digest"], alone["digest"]["spikes"])
        self.assertEqual(float(row["pc.rate_hz"]), alone["populations"]["pc"]["rate_hz"])
        spectrum = alone["analyses"]["power_spectrum_pc"]
        self.assertEqual(float(row["power_spectrum_pc.peak_power"]), spectrum["peak_power"])

    def test_each_run_leaves_a_model_that_runs_again_and_no_recordings(self):
        sweep = json.loads((self.out / "sweep.json").read_text())
        self.assertEqual(sweep["state"], "complete")
        folder = self.out / sweep["runs"][0]["folder"]
        self.assertEqual({file.name for file in folder.iterdir()},
                         {"model.json", "summary.json", "curves.json", "run.json"})
        self.volley("run", folder / "model.json", "--out", "again")
        again = json.loads((self.folder / "again" / "summary.json").read_text())
        self.assertEqual(again["digest"]["spikes"], sweep["runs"][0]["spikes_digest"])

    def test_sweep_json_has_the_numbers_of_the_tables(self):
        sweep = json.loads((self.out / "sweep.json").read_text())
        for row, run in zip(self.runs, sweep["runs"], strict=True):
            self.assertEqual(str(run["seed"]), row["seed"])
            self.assertEqual(run["figures"]["pc.rate_hz"], float(row["pc.rate_hz"]))
        self.assertEqual(sweep["vary"][1], {"path": "define.p", "values": ["0.5", "0.75"]})

    def test_prints_the_points_and_draws_them(self):
        self.assertRegex(self.printed.out, r"(?m)^ *70 Hz +0.5 +2 +\d.* \+- ")
        self.assertIn("out/report.html", self.printed.out)
        page = (self.out / "report.html").read_text()
        self.assertIn("pc.rate_hz", page)
        if shutil.which("gnuplot"):
            drawn = {file.name for file in (self.out / "figures").glob("*.svg")}
            self.assertLessEqual({"pc.rate_hz.svg", "pc.rate_hz_map.svg",
                                  "power_spectrum_pc.svg"}, drawn)

    def test_other_ranks_give_the_same_bytes(self):
        for ranks, extra in ((2, ()), (3, ()), (2, ("--ranks-per-run", "2"))):
            name = f"out{ranks}{len(extra)}"
            self.volley("sweep", OSCILLATORS, *SHORT, *RATES, "--vary", "define.p=0.5,0.75",
                        *SEEDS, "--threads", "1", "--out", name, *extra, ranks=ranks)
            self.assertEqual(tables_of(self.folder / name), tables_of(self.out), name)


class Resume(TestCase):
    def sweep(self, *more, **how):
        return volley("sweep", OSCILLATORS, *SHORT, *RATES, *SEEDS, "--threads", "1", "--out",
                      "out", *more, folder=self.folder, **how)

    def test_finished_runs_are_not_computed_again(self):
        self.assertEqual(self.sweep().status, 0)
        before = made_at(self.folder / "out")
        tables = tables_of(self.folder / "out")
        self.assertEqual(len(before), 4)
        again = self.sweep(ranks=2)
        self.assertEqual(again.status, 0, again)
        self.assertEqual(made_at(self.folder / "out"), before)
        self.assertEqual(tables_of(self.folder / "out"), tables)

    def test_what_is_half_there_is_made_again_and_only_that(self):
        self.assertEqual(self.sweep().status, 0)
        tables = tables_of(self.folder / "out")
        before = made_at(self.folder / "out")
        names = sorted(before)
        (self.folder / "out" / "runs" / names[0] / "run.json").unlink()
        (self.folder / "out" / "runs" / names[1] / "summary.json").unlink()
        self.assertEqual(self.sweep().status, 0)
        after = made_at(self.folder / "out")
        self.assertEqual({name for name in names if after[name] != before[name]}, set(names[:2]))
        self.assertEqual(tables_of(self.folder / "out"), tables)

    def test_more_seeds_and_values_go_into_the_same_folder(self):
        self.assertEqual(self.sweep().status, 0)
        before = made_at(self.folder / "out")
        self.volley("sweep", OSCILLATORS, *SHORT, "--vary",
                    "define.intrinsic_rate=40 Hz,70 Hz,116 Hz", "--seeds", "1,2,3", "--threads",
                    "1", "--out", "out")
        after = made_at(self.folder / "out")
        self.assertEqual(len(after), 9)
        self.assertEqual({name: after[name] for name in before}, before)

    def test_another_model_value_is_another_run(self):
        self.assertEqual(self.sweep().status, 0)
        refused = self.sweep("--set", "define.p=0.5")
        self.assertEqual(refused.status, 1)
        self.assertIn("holds another sweep", refused.err)
        forced = self.sweep("--set", "define.p=0.5", "--force")
        self.assertEqual(forced.status, 0, forced)
        self.assertEqual(len(made_at(self.folder / "out")), 4)

    def test_goes_on_after_a_kill(self):
        more = ("--set", "duration=3 s", "--seeds", "1,2,3")
        arguments = ("sweep", OSCILLATORS, *SHORT[2:], *more, *RATES, "--threads", "1")
        self.volley(*arguments, "--out", "whole")
        for kill, ranks in ((signal.SIGKILL, None), (signal.SIGTERM, None), (signal.SIGKILL, 2)):
            out = self.folder / f"out{int(kill)}{ranks}"
            process = start(*arguments, "--out", out.name, folder=self.folder, ranks=ranks)
            while not made_at(out) and process.poll() is None:
                time.sleep(0.01)
            os.killpg(process.pid, kill)
            outcome = finish(process)
            self.assertNotEqual(outcome.status, 0)
            if kill == signal.SIGTERM:
                self.assertEqual(outcome.status, 1, outcome)
                self.assertIn("the same command goes on", outcome.err)
            before = made_at(out)
            self.assertTrue(0 < len(before) < 6, before)
            self.volley(*arguments, "--out", out.name)
            after = made_at(out)
            self.assertEqual({name: after[name] for name in before}, before)
            self.assertEqual(tables_of(out), tables_of(self.folder / "whole"))

    def test_a_run_that_fails_is_told_and_the_others_are_done(self):
        plan = self.sweep("--plan").out
        name = re.search(r"runs/(\S+)", plan)[1]
        self.volley("sweep", OSCILLATORS, *SHORT, *RATES, "--seeds", "2", "--threads", "1",
                    "--out", "out")
        (self.folder / "out" / "runs" / name).write_text("in the way")
        for ranks in (None, 2):
            outcome = self.sweep(ranks=ranks)
            self.assertEqual(outcome.status, 1, outcome)
            self.assertEqual(outcome.err.count("volley: error:"), 1, outcome)
            self.assertRegex(outcome.err, r"1 of 4 runs failed")
            self.assertRegex(outcome.err, r"define.intrinsic_rate=70 Hz, seed 1: ")
            states = [row["state"] for row in rows_of(self.folder / "out" / "runs.csv")]
            self.assertEqual(states, ["missing", "done", "done", "done"])
        (self.folder / "out" / "runs" / name).unlink()
        self.assertEqual(self.sweep().status, 0)


class Options(TestCase):
    def sweep(self, *more):
        return self.volley("sweep", OSCILLATORS, *SHORT, "--threads", "1", "--out", "out", *more)

    def test_together_pairs_the_values(self):
        self.sweep(*RATES, "--vary", "define.p=0.5,0.75", "--together")
        rows = rows_of(self.folder / "out" / "points.csv")
        self.assertEqual([(row["define.intrinsic_rate [Hz]"], row["define.p"]) for row in rows],
                         [("70", "0.5"), ("116", "0.75")])

    def test_trials_draw_their_seeds_from_that_of_the_model(self):
        def seeds(*more):
            self.sweep(*more, "--force")
            return [row["seed"] for row in rows_of(self.folder / "out" / "runs.csv")]

        three = seeds("--trials", "3")
        self.assertEqual(len(set(three)), 3)
        self.assertEqual(seeds("--trials", "2"), three[:2])
        self.assertEqual(set(seeds("--trials", "3", "--seed", "2")) & set(three), set())

    def test_keep_leaves_what_volley_report_draws(self):
        self.sweep(*SEEDS)
        runs = self.folder / "out" / "runs"
        self.assertEqual(list(runs.glob("*/spikes.h5")), [])
        self.sweep(*SEEDS, "--keep")
        kept = list(runs.glob("*/spikes.h5"))
        self.assertEqual(len(kept), 2)
        self.volley("report", kept[0].parent)

    def test_plan_lists_runs_memory_and_time_and_writes_nothing(self):
        printed = self.sweep(*RATES, *SEEDS, "--plan").out
        self.assertEqual(len(re.findall(r"(?m)^[12] +to do  define.\S+ Hz +runs/\S+$", printed)), 4)
        self.assertRegex(printed, r"4 runs, 4 to do, 1 at a time")
        self.assertRegex(printed, r"memory per rank: about [\d.]+ MiB")
        self.assertRegex(printed, r"expected time: about [\d.]+ m?s")
        self.assertFalse((self.folder / "out").exists())

    def test_quantities_choose_what_is_printed(self):
        printed = self.sweep(*RATES, "--quantity", "floor", "--quantity", "pc.spikes").out
        self.assertIn("power_spectrum_pc.floor", printed)
        self.assertIn("pc.spikes", printed)
        self.assertNotIn("pc.rate_hz", printed)

    def test_values_may_be_texts_and_lists(self):
        printed = self.sweep("--vary", "populations.pc.initial.phase=[0.1],0.3", "--plan",
                             "--set", "define.N=1").out
        self.assertIn("populations.pc.initial.phase=[0.1]", printed)


class WrongInput(TestCase):
    """Told once, before anything is computed or written."""

    CASES = [
        (("--vary", "define.p"), "no values"),
        (("--vary", "define.p="), "no values"),
        (("--vary", "=1,2"), "no path"),
        (("--vary", "define.p=0.1:0.2:0"), "from 1 to"),
        (("--vary", "define.p=0.1:0.2:-3"), "from 1 to"),
        (("--vary", "define.p=0.1:0.2:x"), "from 1 to"),
        (("--vary", "define.p=0.1:0.2"), "2 parts"),
        (("--vary", "define.p=0.1:0.2:1"), "one value"),
        (("--vary", "define.p=0.2:0.2:3"), "two different ends"),
        (("--vary", "define.p=nan:0.2:3"), "a number with its unit"),
        (("--vary", "define.p=inf:0.2:3"), "a number with its unit"),
        (("--vary", "define.p=nan"), "define"),
        (("--vary", "define.p=0.5,,0.7"), "an empty value"),
        (("--vary", "define.p=0.5,0.5"), "twice"),
        (("--vary", "define.p=0.5,0.50"), "twice"),
        (("--vary", "define.p=0.5,0.7,0.5", "--vary", "define.N=10,10,10", "--together"), "twice"),
        (("--vary", "define.p=0.5", "--vary", "define.p=0.7"), "the same path twice"),
        (("--vary", "define.p=0.5,1.5"), "in the run with define.p=1.5"),
        (("--vary", "define.intrinsic_rte=1 Hz,2 Hz"), 'did you mean "intrinsic_rate"'),
        (("--vary", "define.intrinsic_rate=70:116:3"), "expected a quantity in Hz"),
        (("--vary", "define.intrinsic_rate=70 Hz:116:3"), "a unit at both ends"),
        (("--vary", "define.intrinsic_rate=70 Hz:116 mV:3"), "the same kind of unit"),
        (("--seeds", "1,1"), "1 twice"),
        (("--seeds", "1,x"), "whole numbers"),
        (("--seeds", "-1"), "whole numbers"),
        (("--seeds", "1.5"), "whole numbers"),
        (("--seeds", ","), "whole numbers"),
        (("--trials", "0"), "from 1 to"),
        (("--trials", "2", "--seeds", "1"), "one of them"),
        (("--seed", "3", "--seeds", "1"), "one of them"),
        (("--vary", "seed=1,2", "--trials", "2"), "one of them"),
        (("--together", "--vary", "define.p=0.5,0.7"), "two or more"),
        (("--together", "--vary", "define.p=0.5,0.7", "--vary", "define.N=10"),
         "the same number of values"),
        (("--quantity", "pc.rate"), 'did you mean "pc.rate_hz"'),
        (("--ranks-per-run", "0"), "a divisor"),
        (("--ranks-per-run", "7"), "a divisor"),
        (("--threads", "0"), "--threads"),
    ]

    def test_is_told_before_anything_is_written(self):
        for options, message in self.CASES:
            with self.subTest(options=options):
                outcome = volley("sweep", OSCILLATORS, *SHORT, *options, "--out", "out",
                                 folder=self.folder)
                self.assertEqual(outcome.status, 1, outcome)
                self.assertEqual(outcome.err.count("volley: error:"), 1, outcome)
                self.assertIn(message, outcome.err)
                self.assertFalse((self.folder / "out").exists(), outcome)

    def test_is_told_by_one_rank_of_several(self):
        outcome = volley("sweep", OSCILLATORS, "--vary", "define.p=0.5,1.5", "--out", "out",
                         folder=self.folder, ranks=2)
        self.assertEqual(outcome.status, 1, outcome)
        self.assertEqual(outcome.err.count("volley: error:"), 1, outcome)

    def test_a_folder_with_other_results_is_refused(self):
        self.volley("run", OSCILLATORS, *SHORT, "--out", "out")
        outcome = volley("sweep", OSCILLATORS, *SHORT, *SEEDS, "--out", "out", folder=self.folder)
        self.assertEqual(outcome.status, 1, outcome)
        self.assertIn("--force", outcome.err)
        self.assertTrue((self.folder / "out" / "spikes.h5").exists())


if __name__ == "__main__":
    unittest.main()
