"""The benchmark scripts run, and what they write can be compared. No time is looked at."""

import json
import pathlib
import subprocess
import sys
import unittest

from volley_program import MODELS, MPIEXEC, PATIENCE_S, PROGRAM, TestCase

BENCH = pathlib.Path(__file__).resolve().parents[2] / "apps" / "bench"
sys.path.insert(0, str(BENCH / "peers"))
import model_file  # noqa: E402

TINY = ("--scale", "0.005", "--duration", "10 ms", "--repeat", "1")


class Scripts(TestCase):
    def script(self, name, *arguments, status=0):
        done = subprocess.run([sys.executable, "-B", str(BENCH / name), *map(str, arguments)],
                              cwd=self.folder, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=2 * PATIENCE_S)  # several runs
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done

    def measure(self, out, *arguments):
        """The figures that run.py writes."""
        self.script("run.py", "--volley", PROGRAM, "--mpirun", MPIEXEC, "--out", out, *TINY,
                    *arguments)
        return json.loads((self.folder / out).read_text())

    def test_figures_of_every_network(self):
        figures = self.measure("figures.json", "--threads", "1", "--ranks", "1")
        found = {run["network"]: run for run in figures["runs"]}
        self.assertLessEqual({"microcircuit", "brunel_alpha", "oscillators"}, set(found))
        for run in found.values():
            for name in ("build_s", "real_time_factor", "cpu_s", "peak_bytes"):
                self.assertGreater(run["figures"][name]["median"], 0, name)
        self.assertTrue(figures["machine"]["cpu"])
        self.assertIn("-O", figures["program"]["flags"])
        for name in ("microcircuit", "brunel_alpha"):
            self.check_second_reading(name, found[name])

    def check_second_reading(self, name, run):
        """The peers' reader of model files finds the network that the program built."""
        model = model_file.ModelFile(MODELS / f"{name}.json", {"scale": "0.005"})
        sizes = {population: size for population, _, size, _, _ in model.populations()}
        self.assertEqual(sum(sizes.values()), run["neurons"])
        synapses = sum(projection["number"] if "number" in projection
                       else projection["indegree"] * sizes[projection["target"]]
                       for projection in model.projections())
        self.assertEqual(synapses, run["synapses"])

    def test_layouts_alternate_and_give_the_same_spikes(self):
        figures = self.measure("figures.json", "--networks", "brunel_alpha", "--repeat", "2")
        self.assertEqual([(run["ranks"], run["threads"]) for run in figures["runs"]],
                         [(1, 1), (1, 2), (2, 1)])
        self.assertEqual(len({json.dumps(run["digest"]) for run in figures["runs"]}), 1)
        for run in figures["runs"]:
            self.assertEqual(len(run["figures"]["build_s"]["values"]), 2)

    def test_comparison_tells_ratios_and_what_differs(self):
        old = self.measure("old.json", "--networks", "brunel_alpha", "--threads", "1",
                           "--ranks", "1")
        new = json.loads(json.dumps(old))
        new["settings"]["scale"] = 7
        new["runs"][0]["digest"]["spikes"] = "0"
        new["runs"][0]["figures"]["build_s"] = {
            "median": 3 * old["runs"][0]["figures"]["build_s"]["median"], "values": []}
        (self.folder / "new.json").write_text(json.dumps(new))
        printed = self.script("compare.py", "old.json", "new.json").stdout
        self.assertRegex(printed, r"build_s .* 3\.000 ")
        self.assertRegex(printed, r"real_time_factor .* 1\.000 ")
        self.assertIn("settings, scale: 0.005 | 7", printed)
        self.assertIn("spikes are not the same", printed)

    def test_mistakes_are_told(self):
        missing = self.script("run.py", "--volley", "nowhere", status=1)
        self.assertIn("there is no program nowhere", missing.stderr)
        nowhere = self.script("run.py", "--volley", PROGRAM, "--out", "nowhere/figures.json",
                              status=1)
        self.assertIn("there is no folder nowhere", nowhere.stderr)
        (self.folder / "old.json").write_text("[]")
        wrong = self.script("compare.py", "old.json", "old.json", status=1)
        self.assertIn("not a file that this version of run.py has written", wrong.stderr)
        failed = self.script("run.py", "--volley", PROGRAM, "--networks", "oscillators",
                             "--duration", "1 parsec", status=1)
        self.assertIn("parsec", failed.stderr)


if __name__ == "__main__":
    unittest.main()
