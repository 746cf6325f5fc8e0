"""volley morph: what it prints and leaves for a traced and a grown cell, and what it says to
mistakes."""

import csv
import json
import math
import unittest

from volley_program import TestCase, volley

# A soma of 10 um, a dendrite that forks, an axon; lengths of dendrite 20 + 10 + 10 um.
CELL = """# made for this test
1 1 0 0 0 5 -1
2 3 0 5 0 1 1
3 3 0 25 0 1 2
4 3 10 25 0 1 3
5 3 -10 25 0 1 3
6 2 0 -5 0 0.5 1
7 2 0 -55 0 0.5 6
"""
LEFT = {"sections.csv", "summary.json", "report.html", "figures"}


def summary_of(folder):
    return json.loads((folder / "summary.json").read_text())


def names_in(folder):
    return {path.name for path in folder.iterdir()}


def sections_in(folder):
    lines = [line for line in (folder / "sections.csv").read_text().splitlines()
             if not line.startswith("#")]
    return list(csv.DictReader(lines))


class Morph(TestCase):
    def write_cell(self, text=CELL):
        (self.folder / "cell.swc").write_text(text)

    def test_measures_a_traced_cell(self):
        self.write_cell()
        printed = self.volley("morph", "cell.swc").out
        out = self.folder / "cell.morph.out"
        self.assertEqual(names_in(out), LEFT)
        summary = summary_of(out)
        regions = summary["regions"]
        self.assertEqual(list(regions), ["soma", "dend", "axon", "all"])
        self.assertAlmostEqual(regions["dend"]["length_um"], 40, places=9)
        self.assertAlmostEqual(regions["dend"]["area_um2"], 80 * math.pi, places=9)
        self.assertAlmostEqual(regions["soma"]["area_um2"], 100 * math.pi, places=9)
        self.assertEqual([regions["dend"][key] for key in ["sections", "tips"]], [3, 2])
        # At these sizes the cell is one compartment: R_m / area.
        area_cm2 = regions["all"]["area_um2"] * 1e-8
        self.assertAlmostEqual(summary["figures"]["input_resistance_MOhm"] * area_cm2 / 2e-2, 1,
                               delta=0.01)
        self.assertRegex(printed, r"(?m)^ *dend +3 +2 +40\.0 +251\.3 ")
        self.assertIn("soma of one sample", printed)
        self.assertIn("report            cell.morph.out/report.html", printed)
        self.assertEqual(summary["problems"], [])

    def test_lists_every_section(self):
        self.write_cell()
        self.volley("morph", "cell.swc", "--out", "out", "--R-m", "10 kOhm*cm2", "--quiet")
        rows = sections_in(self.folder / "out")
        self.assertEqual([row["name"] for row in rows],
                         ["soma", "dend[0]", "dend[1]", "dend[2]", "axon[0]"])
        self.assertEqual([row["parent"] for row in rows], ["-1", "0", "1", "1", "0"])
        self.assertEqual(summary_of(self.folder / "out")["cable"]["R_m_ohm_cm2"], 10000)

    def test_draws_the_cell(self):
        self.write_cell()
        self.volley("morph", "cell.swc", "--out", "out")
        for suffix in [".svg", ".gp", ".dat"]:
            self.assertGreater((self.folder / "out/figures" / ("cell" + suffix)).stat().st_size, 0)
        html = (self.folder / "out/report.html").read_text()
        self.assertIn("<h2>Cells</h2>", html)
        self.assertIn("figures/cell.svg", html)

    def test_grows_cells(self):
        self.volley("morph", "--generator", "rall_tree", "--param",
                    "lengths=230.940108 um, 274.945927 um, 290.966303 um", "--frequency", "50 Hz")
        summary = summary_of(self.folder / "rall_tree.morph.out")
        self.assertAlmostEqual(summary["regions"]["dend"]["longest_path_um"],
                               0.5 * 230.940108 + 274.945927 + 290.966303, places=6)
        # From the middle of the trunk, which is 0.2 long, to tips at 0.9 length constants.
        self.assertAlmostEqual(summary["figures"]["mean_tip_L"], 0.8, places=7)

    def test_grows_the_same_cell_by_seed(self):
        tables = []
        for seed in ["3", "3", "4"]:
            out = f"out{len(tables)}"
            self.volley("morph", "--generator", "planar_tree", "--param", "length=500 um",
                        "--seed", seed, "--out", out, ranks=2 if len(tables) == 1 else None)
            tables.append((self.folder / out / "sections.csv").read_text())
        self.assertEqual(tables[0], tables[1], "on two ranks")
        self.assertNotEqual(tables[0], tables[2])

    def test_tells_what_is_conspicuous(self):
        # The dendrite's second tree begins 45 um off; a step from 2 to 20 um within it.
        self.write_cell(CELL + "8 3 50 0 0 1 1\n9 3 60 0 0 10 8\n10 3 60 0 0 10 9\n")
        printed = self.volley("morph", "cell.swc")
        for part in ["trees that begin more than 5 um from the soma's surface: 1;",
                     "steps in diameter by more than a factor 4: 1;",
                     "points less than 0.01 um from the one before: 1,"]:
            self.assertIn(part, printed.out + printed.err)
        self.assertEqual(len(summary_of(self.folder / "cell.morph.out")["problems"]), 3)


class Mistakes(TestCase):
    def check(self, parts, *arguments):
        outcome = volley("morph", *arguments, folder=self.folder)
        self.assertEqual(outcome.status, 1, outcome)
        self.assertEqual(outcome.err.count("volley: error:"), 1, outcome)
        for part in parts:
            self.assertIn(part, outcome.err)

    def test_are_told_with_their_place(self):
        (self.folder / "cell.swc").write_text(CELL)
        (self.folder / "wrong.swc").write_text(CELL + "8 3 0 0 0 1 99\n")
        (self.folder / "wrong.asc").write_text("((Dendrite)\n (0 0 0 1)\n")
        grow = ("--generator", "rall_tree")
        self.check(["no cell", "--generator NAME"])
        self.check(["a file and --generator"], "cell.swc", *grow)
        self.check(["nothing.swc", "there is no such file"], "nothing.swc")
        self.check(["wrong.swc:9: found parent 99"], "wrong.swc")
        self.check(["wrong.asc:3: found the end of the file"], "wrong.asc")
        self.check(['unknown generator "rall"', 'did you mean "rall_tree"'], "--generator", "rall")
        self.check(['unknown parameter of rall_tree "diam"'], *grow, "--param", "diam=3 um")
        self.check(["--param diameter", "in um"], *grow, "--param", "diameter=3 ms")
        self.check(["--param levels", "whole number"], *grow, "--param", "levels=2.5")
        self.check(["NAME=VALUE"], *grow, "--param", "diameter")
        self.check(["no length", "--param \"length=VALUE\""], "--generator", "cylinder")
        self.check(["2 trunks without a soma"], *grow, "--param", "trunks=2")
        self.check(["--param", "with --generator only"], "cell.swc", "--param", "length=3 um")
        self.check(["--seed", "with --generator only"], "cell.swc", "--seed", "3")
        self.check(["--seed"], *grow, "--seed", "-1")
        self.check(["--R-m: found 0 Ohm*cm2"], "cell.swc", "--R-m", "0 Ohm*cm2")
        self.check(["--R-a", "Ohm*cm"], "cell.swc", "--R-a", "150 Ohm")
        self.check(["--d-lambda"], "cell.swc", "--d-lambda", "-1")

    def test_results_are_not_overwritten(self):
        (self.folder / "cell.swc").write_text(CELL)
        self.volley("morph", "cell.swc", "--out", "out", "--quiet")
        self.check(["out already holds results", "--force"], "cell.swc", "--out", "out")
        self.volley("morph", "cell.swc", "--out", "out", "--force")
        self.assertEqual(names_in(self.folder / "out"), LEFT)


if __name__ == "__main__":
    unittest.main()
