"""Compares what `volley morph` reads from SWC and Neurolucida files with MorphIO, section by section.

Usage: morphology_test.py VOLLEY
Exit code 77 (skipped) where a package is missing: pip install morphio.

The cells are drawn here: random trees on a soma, with forks of two and three, written in both formats.
Both programs begin a tree at its own first sample and a branch at the forking one; where SWC tapers
from the forking sample, ASC gives a branch its own diameter.
"""

import csv
import math
import pathlib
import random
import subprocess
import sys
import tempfile

try:
    import morphio
except ImportError as missing:
    print(f"skipped: {missing}. Install with: pip install morphio")
    sys.exit(77)

TOLERANCE = 1e-4  # MorphIO keeps places in single precision: 1e-7 of 1000 um, in pieces of 1 um


class Branch:
    """Points of an unbranched piece, (x, y, z, diameter), and the branches at its end."""

    def __init__(self, draw, start, depth):
        self.points = []
        place = start
        for _ in range(draw.randint(2, 5)):
            place = tuple(round(x + draw.uniform(1.0, 9.0) * draw.choice([-1, 1]), 3) for x in place)
            self.points.append((*place, round(draw.uniform(0.2, 3.0), 3)))
        count = draw.choice([0, 2, 2, 3]) if depth > 0 else 0
        self.branches = [Branch(draw, place, depth - 1) for _ in range(count)]


def swc_of(trees):
    lines = ["1 1 0 0 0 6 -1"]

    def add(branch, kind, parent):
        for x, y, z, diameter in branch.points:
            lines.append(f"{len(lines) + 1} {kind} {x} {y} {z} {diameter / 2!r} {parent}")
            parent = len(lines)
        for child in branch.branches:
            add(child, kind, parent)

    for kind, tree in trees:
        add(tree, kind, 1)
    return "\n".join(lines) + "\n"


def asc_of(trees):
    def inside(branch):
        points = "\n".join(f"({x} {y} {z} {diameter})" for x, y, z, diameter in branch.points)
        if not branch.branches:
            return points + "\nNormal"
        return points + "\n(\n" + "\n|\n".join(map(inside, branch.branches)) + "\n)"

    names = {2: "Axon", 3: "Dendrite", 4: "Apical"}
    soma = '("CellBody" (CellBody) (-6 0 0 0.1) (0 6 0 0.1) (6 0 0 0.1) (0 -6 0 0.1))\n'
    return soma + "\n".join(f"((Color Red) ({names[kind]})\n{inside(tree)})" for kind, tree in trees)


def area_of(section):
    points, diameters = section.points.tolist(), section.diameters.tolist()
    area = 0.0
    for a, b, d0, d1 in zip(points, points[1:], diameters, diameters[1:]):
        area += math.pi * (d0 + d1) / 2 * math.hypot(math.dist(a, b), (d1 - d0) / 2)
    return area


def length_of(section):
    points = section.points.tolist()
    return sum(math.dist(a, b) for a, b in zip(points, points[1:]))


def rows_of(program, path, folder):
    out = folder / (path.name + ".out")
    subprocess.run([program, "morph", path, "--out", out, "--quiet"], check=True, cwd=folder)
    lines = [line for line in (out / "sections.csv").read_text().splitlines()
             if not line.startswith("#")]
    return list(csv.DictReader(lines))


def compare(program, path, folder):
    rows = rows_of(program, path, folder)
    assert rows[0]["region"] == "soma", rows[0]
    sections = list(morphio.Morphology(path).iter(morphio.IterType.depth_first))
    assert len(rows) == len(sections) + 1, (path, len(rows), len(sections))
    regions = {2: "axon", 3: "dend", 4: "apic"}
    for row, section in zip(rows[1:], sections):
        what = f"{path.name}, {row['name']}"
        assert row["region"] == regions[int(section.type)], what
        # Ours counts the soma as section 0.
        parent = 0 if section.is_root else section.parent.id + 1
        assert int(row["parent"]) == parent, what
        assert int(row["points"]) == len(section.points), what
        for key, expected in [("length_um", length_of(section)), ("area_um2", area_of(section))]:
            assert abs(float(row[key]) / expected - 1) < TOLERANCE, (what, key, row[key], expected)
    return len(sections)


def main(program):
    morphio.set_maximum_warnings(0)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        sections = 0
        for seed in range(5):
            draw = random.Random(seed)
            trees = [(kind, Branch(draw, (0.0, 6.0, 0.0), 6)) for kind in (3, 3, 4, 2)]
            for ending, text in [("swc", swc_of(trees)), ("asc", asc_of(trees))]:
                path = folder / f"cell{seed}.{ending}"
                path.write_text(text)
                sections += compare(program, path, folder)
    print(f"{sections} sections agree with MorphIO")


if __name__ == "__main__":
    main(sys.argv[1])
