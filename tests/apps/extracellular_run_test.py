"""Potentials outside of cells with dendrites, as a user gets them: files, picture, summary, plan."""

import hashlib
import json
import shutil
import unittest

from volley_program import TestCase

MODEL = {
    "dt": "0.025 ms", "duration": "20 ms",
    "cells": {"stick": {
        "morphology": {"generator": "ball_and_stick"},
        "discretisation": {"rule": "max_length", "length": "25 um"},
        "channels": {"na": {"channel": "hh_na", "on": "soma"}, "k": {"channel": "hh_k", "on": "soma"},
                     "leak": {"channel": "leak", "g_max": "1e-4 S/cm2", "E_rev": "-60 mV"}}}},
    "populations": {
        "cells": {"cell": "stick", "size": 12, "turned_about": "y",
                  "positions": {"shape": "plane", "width": "300 um", "height": "200 um"}},
        "relay": {"model": "parrot", "size": 2}},
    "stimuli": {"in": {"target": "cells", "drive": "dc", "amplitude": "0.5 nA", "at": "dend(0.2)"}},
    "record": {"extracellular": {
        "probe": {"points": {"file": "probe.csv"}, "interval": "0.1 ms"},
        "far": {"points": [["5 mm", "0 mm", "0 mm"]], "populations": ["cells"],
                "conductivity": "0.25 S/m"}}},
}
PROBE = "x,y,z\n" + "".join(f"150,{25 * k},30\n" for k in range(40))


def hashes(folder):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest()
            for path in (folder / "extracellular").iterdir()}


class Extracellular(TestCase):
    def setUp(self):
        super().setUp()
        (self.folder / "model.json").write_text(json.dumps(MODEL))
        (self.folder / "probe.csv").write_text(PROBE)

    def run_to(self, out, *arguments, ranks=None):
        printed = self.volley("run", "model.json", "--out", out, *arguments, ranks=ranks).out
        return self.folder / out, printed

    def test_leaves_files_pictures_and_a_summary(self):
        out, printed = self.run_to("out", "--threads", "2")
        self.assertEqual(set(hashes(out)), {"probe.h5", "far.h5"})
        self.assertIn("out/extracellular/probe.h5 (40 points, every 0.1 ms)", printed)
        summary = json.loads((out / "summary.json").read_text())["extracellular"]
        self.assertEqual(summary["probe"],
                         {"file": "extracellular/probe.h5", "populations": ["cells"], "points": 40,
                          "conductivity_S_per_m": 0.3, "interval_ms": 0.1, "samples": 200})
        self.assertEqual(summary["far"]["samples"], 800)
        html = (out / "report.html").read_text()
        self.assertIn("Extracellular potentials", html)
        self.assertIn("At 24 of the 40 points", html)
        self.assertIn("At one point", html)
        for name in ["extracellular_probe", "extracellular_far"]:
            for suffix in [".svg", ".gp", ".dat"]:
                self.assertGreater((out / "figures" / (name + suffix)).stat().st_size, 500, name)

        before = (out / "figures/extracellular_probe.dat").read_text()
        values = [float(line.split()[1]) for line in before.splitlines()
                  if line and not line.startswith("#")]
        self.assertEqual(len(values), 24 * 200)
        self.assertGreater(max(map(abs, values)), 1e-3, "in uV")
        shutil.rmtree(out / "figures")
        self.volley("report", "out")
        self.assertEqual((out / "figures/extracellular_probe.dat").read_text(), before)

        # The model left behind runs again, from wherever it is started.
        again = self.folder / "again"
        self.volley("run", out / "model.json", "--out", again, "--quiet", ranks=2)
        self.assertEqual(hashes(again), hashes(out))

    def test_is_left_out_of_a_run_without_it_that_replaces_one(self):
        out, _ = self.run_to("out", "--quiet")
        self.volley("run", "model.json", "--out", "out", "--quiet", "--force", "--set",
                    "record.extracellular={}")
        self.assertFalse((out / "extracellular").exists())
        self.assertNotIn("extracellular", json.loads((out / "summary.json").read_text()))
        self.assertNotIn("Extracellular potentials", (out / "report.html").read_text())

    def test_is_planned_by_check(self):
        printed = self.volley("check", "model.json").out
        self.assertRegex(printed, r"(?m)^probe +40 +12 +0\.1 ms +\d+(\.\d+)? KiB$")
        self.assertRegex(printed, r"(?m)^far +1 +12 +0\.025 ms +\d")
        self.assertRegex(self.volley("dry-run", "model.json", "--ranks", "3").out, "memory +peak")


if __name__ == "__main__":
    unittest.main()
