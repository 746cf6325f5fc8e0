#!/usr/bin/env python3
"""Runs the cable workloads with Volley, NEURON, CoreNEURON and Arbor, in alternation, and prints
medians and ratios.

  python3 -m venv build/peers && build/peers/bin/pip install neuron arbor numpy
  python3 apps/bench/peers/cables.py --peers-python build/peers/bin/python \\
      --axon apps/models/squid_axon.json --rallpack3 apps/models/rallpack3.json --trees MODEL.json

A workload without a model file is run by the others alone. All run on one thread and count no
construction: Volley's seconds are `timing.simulate_s` of its summary, real time; the others' are
real time (`run_s`) and CPU time, from which "ns" comes, ns per compartment and step. So measure on
a machine that does nothing else. The peers compare their spikes with the reference's and fail where
these differ; `spikes` are theirs at all places where the reference has them, and Volley's wherever
the model records them.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import cable_workloads as workloads  # noqa: E402
import volley_runs  # noqa: E402

PEERS = {"NEURON": ["cable_neuron.py"], "CoreNEURON": ["cable_neuron.py", "--coreneuron"],
         "Arbor": ["cable_arbor.py"]}
MANY = 8
# By the name printed: (workload, copies of the cell).
RUNS = {"axon": ("axon", 1), f"axon x {MANY}": ("axon", MANY), "trees": ("trees", 1),
        "rallpack3": ("rallpack3", 1)}


def read_options():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--volley", type=pathlib.Path, default=volley_runs.BUILT, metavar="PROGRAM",
                        help="the built program (default: build/release/apps/volley)")
    for name in workloads.WORKLOADS:
        parser.add_argument(f"--{name}", type=pathlib.Path, metavar="MODEL",
                            help="the model file of this workload")
    parser.add_argument("--copies-name", default="define.cells", metavar="PATH",
                        help="of the number of cells in the axon's model file "
                             "(default: define.cells)")
    parser.add_argument("--peers-python", default=sys.executable, metavar="PYTHON",
                        help="a Python that can import neuron and arbor (default: this one)")
    parser.add_argument("--peers", nargs="*", choices=PEERS, default=list(PEERS), metavar="NAME",
                        help="which of " + ", ".join(PEERS) + " (default: all)")
    parser.add_argument("--runs", nargs="+", choices=RUNS, default=list(RUNS), metavar="NAME",
                        help="which of " + ", ".join(RUNS) + " (default: all)")
    parser.add_argument("--fraction", type=float, default=1.0,
                        help="of the reference's duration (default: 1)")
    parser.add_argument("--repeat", type=int, default=5, help="runs of each (default: 5)")
    options = parser.parse_args()
    if not 0 < options.fraction <= 1:
        parser.error("--fraction is more than 0 and at most 1")
    if options.repeat < 1:
        parser.error("--repeat is at least 1")
    return options


def models(options):
    """The model files that are given, by workload. Ends the program where one is not there."""
    given = {name: getattr(options, name) for name in workloads.WORKLOADS if getattr(options, name)}
    for path in (*given.values(), *([options.volley] if given else [])):
        if not path.is_file():
            sys.exit(f"cables.py: error: there is no {path}")
    return given


def find_peers(options):
    for module in {"neuron" if name != "Arbor" else "arbor" for name in options.peers}:
        found = subprocess.run([options.peers_python, "-c", f"import numpy, {module}"],
                               capture_output=True)
        if found.returncode != 0:
            sys.exit(f"cables.py: error: {options.peers_python} cannot import {module}. Make a "
                     "Python environment with it:\n  python3 -m venv build/peers && "
                     "build/peers/bin/pip install neuron arbor numpy\nand name its interpreter "
                     "with --peers-python")


def run_volley(options, name, model):
    workload, copies = RUNS[name]
    duration_ms = options.fraction * workloads.duration_ms(workload)
    summary = volley_runs.run(
        options.volley, model, volley_runs.Layout(ranks=1, threads=1),
        sets=[f"{options.copies_name}={copies}"] if copies > 1 else [],
        duration=f"{duration_ms:g} ms")
    run_s = summary["timing"]["simulate_s"]
    cells = workloads.cells(workload, copies)
    spikes = sum(population["spikes"] for population in summary["populations"].values())
    return {"run_s": run_s, "spikes": spikes,
            "ns": workloads.figures(workload, cells, workloads.steps(workload, duration_ms), run_s,
                                    run_s)["ns_per_compartment_step"]}


def run_peer(options, name, peer):
    workload, copies = RUNS[name]
    script, *switches = PEERS[peer]
    with tempfile.TemporaryDirectory(prefix="volley_bench_") as folder:
        out = pathlib.Path(folder) / "figures.json"
        volley_runs.measured(
            [options.peers_python, "-B", str(HERE / script), workload, *switches,
             "--copies", str(copies), "--out", str(out),
             "--duration", repr(options.fraction * workloads.duration_ms(workload))],
            pathlib.Path(folder))
        found = json.loads(out.read_text())
    return {"run_s": found["wall_s"], "spikes": found["spikes"],
            "ns": found["ns_per_compartment_step"], "version": found["version"]}


def run_all(options, given):
    """Figures of all runs, by name of the run and of the simulator."""
    found = {name: {} for name in options.runs}
    for _ in range(options.repeat):
        for name in options.runs:
            model = given.get(RUNS[name][0])
            if model:
                found[name].setdefault("Volley", []).append(run_volley(options, name, model))
            for peer in options.peers:
                found[name].setdefault(peer, []).append(run_peer(options, name, peer))
            print(f"{name:<10} " + ", ".join(
                f"{simulator} {runs[-1]['ns']:.1f} ns" for simulator, runs in found[name].items()),
                flush=True)
    return found


def print_table(found):
    print(f"\n{'medians':<11} {'simulator':<18} {'run_s':>9} {'ns':>8} {'lowest':>8} "
          f"{'highest':>8} {'spikes':>7} {'run_s/Volley':>13}")
    for name, by_simulator in found.items():
        seconds = {simulator: statistics.median(run["run_s"] for run in runs)
                   for simulator, runs in by_simulator.items()}
        for simulator, runs in by_simulator.items():
            ns = [run["ns"] for run in runs]
            title = f"{simulator} {runs[0].get('version', '')}"
            ratio = f"{seconds[simulator] / seconds['Volley']:.3g}" if "Volley" in seconds else "-"
            print(f"{name:<11} {title:<18} {seconds[simulator]:>9.4g} "
                  f"{statistics.median(ns):>8.4g} {min(ns):>8.4g} {max(ns):>8.4g} "
                  f"{runs[0]['spikes']:>7} {ratio:>13}")


def main():
    options = read_options()
    given = models(options)
    find_peers(options)
    try:
        found = run_all(options, given)
    except volley_runs.RunFailed as failure:
        sys.exit(f"cables.py: error: {failure}")
    print_table(found)


if __name__ == "__main__":
    main()
