"""volley reproduce: the list of studies, and a study from its start to its verdicts."""

import json
import shutil
import unittest

from volley_program import TestCase, finish, start, volley

PATIENCE_S = 280  # of a quick study, on a busy machine


class Reproduce(TestCase):
    def test_without_a_name_lists_the_studies(self):
        printed = self.volley("reproduce").out
        self.assertRegex(printed, r"(?m)^  purkinje-oscillators$")
        self.assertRegex(printed, r"doi:10\.\d+")
        self.assertRegex(printed, r"about .*; with --quick ")

    def test_an_unknown_study_is_told_with_the_nearest(self):
        outcome = volley("reproduce", "purkinje-oscilators", folder=self.folder)
        self.assertEqual(outcome.status, 1)
        self.assertIn('did you mean "purkinje-oscillators"', outcome.err)

    def test_a_folder_with_something_else_is_refused(self):
        (self.folder / "out").mkdir()
        (self.folder / "out" / "spikes.h5").write_text("a run")
        outcome = volley("reproduce", "purkinje-oscillators", "--quick", "--out", "out",
                         folder=self.folder)
        self.assertEqual(outcome.status, 1)
        self.assertIn("--out", outcome.err)

    def test_quick_oscillators_agree_with_the_publication(self):
        arguments = ("reproduce", "purkinje-oscillators", "--quick", "--threads", "1", "--out",
                     "out")
        printed = finish(start(*arguments, folder=self.folder, ranks=2), PATIENCE_S)
        self.assertEqual(printed.status, 0, printed)
        self.assertLess(printed.out.find("expected time"), printed.out.find("published"))
        out = self.folder / "out"
        verdicts = json.loads((out / "verdict.json").read_text())
        self.assertEqual(verdicts["differ"], 0, verdicts)
        self.assertGreater(verdicts["agree"], 20)
        for verdict in verdicts["verdicts"]:
            self.assertIn(verdict["quantity"], printed.out)
            self.assertTrue(verdict["source"])
        if shutil.which("gnuplot"):
            drawn = {file.stem for file in (out / "figures").glob("*.svg")}
            self.assertLessEqual({"spectra", "spectra_frozen_70", "spectra_frozen_30",
                                  "peak_power", "kuramoto", "common_input_correlation",
                                  "contrast_correlograms", "contrast_spectra"}, drawn)
        runs = {file: file.stat().st_mtime_ns for file in out.glob("*/runs/*/run.json")}
        before = (out / "verdict.json").read_bytes()
        again = finish(start(*arguments, folder=self.folder), PATIENCE_S)
        self.assertEqual(again.status, 0, again)
        self.assertEqual({file: file.stat().st_mtime_ns for file in runs}, runs)
        self.assertEqual((out / "verdict.json").read_bytes(), before)


if __name__ == "__main__":
    unittest.main()
