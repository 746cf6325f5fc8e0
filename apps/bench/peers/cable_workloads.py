"""The three workloads of shared/reference/cable/README.md, the same for every simulator.

Lengths and diameters are in um, times in ms, potentials in mV, currents in nA, conductances in uS
(of synapses) and S/cm2 (of membranes). Nothing is drawn at run time.
"""

import argparse
import csv
import dataclasses
import json
import math
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[3]
REFERENCE = ROOT.parent / "shared" / "reference" / "cable"

INITIAL_mV = -65.0
SPIKE_mV = 0.0
SODIUM_mV, POTASSIUM_mV = 50.0, -77.0
SODIUM_S_cm2, POTASSIUM_S_cm2 = 0.12, 0.036
SQUID_LEAK_S_cm2, SQUID_LEAK_mV = 0.0003, -54.3


@dataclasses.dataclass(frozen=True)
class Cable:
    """An unbranched cylinder with squid channels everywhere and a current into its first
    compartment."""

    length_um: float
    diameter_um: float
    axial_ohm_cm: float
    leak_S_cm2: float
    leak_mV: float
    celsius: float
    current_nA: float
    onset_ms: float
    dt_ms: float
    duration_ms: float
    watched: tuple = ()
    compartments: int = 1000


CABLES = {
    "axon": Cable(length_um=100e3, diameter_um=476.0, axial_ohm_cm=35.4,
                  leak_S_cm2=SQUID_LEAK_S_cm2, leak_mV=SQUID_LEAK_mV, celsius=18.5,
                  current_nA=2000.0, onset_ms=5.0, dt_ms=0.025, duration_ms=1000.0,
                  watched=(100, 250, 500, 750, 999)),
    "rallpack3": Cable(length_um=1000.0, diameter_um=1.0, axial_ohm_cm=100.0,
                       leak_S_cm2=1 / 40000, leak_mV=-65.0, celsius=6.3, current_nA=0.1,
                       onset_ms=0.0, dt_ms=0.05, duration_ms=250.0,
                       watched=(0, 250, 500, 750, 999)),
}


class Trees:
    """Cells that are not connected: a soma with squid channels, two passive trunks that fork three
    times, and synapses whose arrivals are computed by `arrivals`."""

    cells = 64
    soma_um = 20.0
    axial_ohm_cm = 100.0
    celsius = 6.3
    leak_S_cm2, leak_mV = 1e-4, -65.0
    sections = 30
    section_um = 100.0
    section_compartments = 10
    compartments = 1 + sections * section_compartments
    synapses = 100
    synapse_ms, synapse_mV, weight_uS = 2.0, 0.0, 0.0025
    dt_ms = 0.025
    duration_ms = 1000.0
    mean_interval_ms = 100.0

    @staticmethod
    def parent(section):
        """The section from whose far end one starts; None: the soma's."""
        trunk, place = divmod(section, 15)
        return None if place == 0 else 15 * trunk + (place - 1) // 2

    @staticmethod
    def diameter_um(section):
        level = (section % 15 + 1).bit_length() - 1
        return 3.0 * 2.0 ** (-2.0 * level / 3.0)

    @classmethod
    def synapse_place(cls, synapse):
        """(section, compartment in it) of a synapse."""
        return divmod(3 * synapse, cls.section_compartments)

    @classmethod
    def arrivals(cls, cell, synapse):
        """Steps of the arrivals, from splitmix64."""
        word = (1 << 64) - 1
        state, time_ms = 100 * cell + synapse, 1.0
        while True:
            state = (state + 0x9E3779B97F4A7C15) & word
            z = state
            z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & word
            z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & word
            z ^= z >> 31
            time_ms -= cls.mean_interval_ms * math.log(1.0 - (z >> 11) / 2.0**53)
            if time_ms >= 1000.0:
                return
            yield math.ceil(time_ms / 0.025)


TREES = Trees()
WORKLOADS = (*CABLES, "trees")


def check_arrivals():
    """@throws ValueError  if the arrivals are not those of the reference."""
    lists = [list(TREES.arrivals(cell, synapse))
             for cell in range(TREES.cells) for synapse in range(TREES.synapses)]
    if sum(map(len, lists)) != 63566 or sum(map(sum, lists)) != 1272937287:
        raise ValueError("the arrivals at the trees' synapses differ from the reference's")


def crossings_ms(V_mV, dt_ms):
    """Where V goes from < 0 mV to >= 0 mV between two steps, linearly interpolated.
    @param V_mV  numpy array of V at steps 0, 1, ..."""
    above_mV = V_mV - SPIKE_mV
    before = ((above_mV[:-1] < 0.0) & (above_mV[1:] >= 0.0)).nonzero()[0]
    low, high = above_mV[before], above_mV[before + 1]
    return ((before - low / (high - low)) * dt_ms).tolist()


def reference_spikes(workload, simulated_ms, folder):
    """Times in ms by (cell, compartment); None where the reference is not there."""
    name = {"trees": "tree"}.get(workload, workload)
    path = folder / f"{name}_spikes.csv"
    if not path.is_file():
        return None
    spikes = {}
    with path.open() as lines:
        for row in csv.DictReader(lines):
            if float(row["time_ms"]) <= simulated_ms:
                place = int(row["cell"]), int(row["compartment"])
                spikes.setdefault(place, []).append(float(row["time_ms"]))
    return spikes


def velocity_m_s(workload, spikes):
    """Of the first spike between compartments 250 and 750; None before it has passed."""
    cable = CABLES.get(workload)
    at = [spikes.get((0, place), []) for place in (250, 750)]
    if cable is None or not all(at):
        return None
    return 500 * cable.length_um / cable.compartments / (at[1][0] - at[0][0]) / 1000


def compared(workload, spikes, simulated_ms, folder):
    """Spikes beside the reference's, of the first `simulated_ms`.

    All copies of a cable count as cell 0. @param spikes  times in ms by (cell, compartment)
    """
    reference = reference_spikes(workload, simulated_ms, folder)
    figures = {"velocity_m_s": velocity_m_s(workload, spikes)}
    if reference is None:
        return {**figures, "reference": None}
    result = {"velocity_m_s": velocity_m_s(workload, reference), "spikes": 0, "missing_or_more": 0,
              "first_spikes_missing": 0, "first_spikes_off_by_ms": 0.0, "all_spikes_off_by_ms": 0.0}
    for cell, place in sorted(spikes.keys() | reference.keys()):
        known = reference.get((0 if workload in CABLES else cell, place), [])
        found = spikes.get((cell, place), [])
        off = [abs(mine - other) for mine, other in zip(found, known)]
        result["spikes"] += len(known)
        result["missing_or_more"] += abs(len(known) - len(found))
        result["first_spikes_missing"] += bool(known) != bool(found)
        for name, part in (("first", off[:1]), ("all", off)):
            name += "_spikes_off_by_ms"
            result[name] = max([result[name], *part])
    return {**figures, "reference": result}


def described(workload):
    """What has dt_ms, duration_ms and compartments (of a cell)."""
    return TREES if workload == "trees" else CABLES[workload]


def duration_ms(workload):
    """That of the reference."""
    return described(workload).duration_ms


def steps(workload, simulated_ms):
    return round(simulated_ms / described(workload).dt_ms)


def cells(workload, copies):
    return TREES.cells if workload == "trees" else copies


def figures(workload, cell_number, step_number, wall_s, cpu_s):
    """What is printed for a run of any simulator."""
    compartments = cell_number * described(workload).compartments
    return {"workload": workload, "cells": cell_number, "compartments": compartments,
            "steps": step_number, "wall_s": wall_s, "cpu_s": cpu_s,
            "ns_per_compartment_step": 1e9 * cpu_s / (compartments * step_number)}


def parser(description):
    """The options that the drivers share."""
    options = argparse.ArgumentParser(description=description,
                                      formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("workload", choices=WORKLOADS)
    options.add_argument("--copies", type=int, default=1,
                         help="of the cable, each alike (default: 1; the trees are 64 anyway)")
    options.add_argument("--duration", type=float, metavar="MS",
                         help="ms to simulate (default: all of the reference: 1000, Rallpack 250)")
    options.add_argument("--threads", type=int, default=1)
    options.add_argument("--reference", type=pathlib.Path, default=REFERENCE, metavar="DIR",
                         help="spikes to compare with (default: shared/reference/cable beside the "
                              "project)")
    options.add_argument("--out", type=pathlib.Path, metavar="FILE",
                         help="for the figures (default: print them)")
    return options


def write(options, found):
    text = json.dumps(found, indent=2) + "\n"
    if options.out is None:
        print(text, end="")
    else:
        options.out.write_text(text)


def read(options):
    """Checks the options. Returns (what is read, the number of cells, the number of steps)."""
    found = options.parse_args()
    workload, longest_ms = found.workload, duration_ms(found.workload)
    if workload == "trees" and found.copies != 1:
        options.error("--copies is for the cables: the trees are 64 cells")
    if found.copies < 1 or found.threads < 1:
        options.error("--copies and --threads are at least 1")
    if found.duration is None:
        found.duration = longest_ms
    if not described(workload).dt_ms <= found.duration <= longest_ms:
        options.error(f"--duration is one step to {longest_ms:g} ms, which the reference covers")
    return found, cells(workload, found.copies), steps(workload, found.duration)
