#!/usr/bin/env python3
"""Measures the program as a user runs it, and writes one JSON file of figures.

Runs the microcircuit, the random network with alpha-shaped currents, the plastic network and the
oscillators on several layouts, each as often as asked for, in alternation: what disturbs the
machine for a while then disturbs all alike. Asserts no time; but fails where layouts or
repetitions do not give the same spikes.

  python3 apps/bench/run.py                                      a quick look, scale 0.1
  python3 apps/bench/run.py --scale 1 --duration "2 s" --repeat 7 --out new.json
  python3 apps/bench/compare.py old.json new.json
"""

import argparse
import datetime
import json
import pathlib
import statistics
import sys

import machine
import volley_runs

# Networks by their short name: the model file, and what --scale changes in it.
NETWORKS = {
    "microcircuit": ("microcircuit.json", "define.scale"),
    "brunel_alpha": ("brunel_alpha.json", "define.scale"),
    "brunel_stdp": ("brunel_stdp.json", "define.scale"),
    "ignore_and_fire_stdp": ("ignore_and_fire_stdp.json", "define.scale"),
    "oscillators": ("purkinje_oscillators.json", None),  # 100 cells, at every scale
}


def positive(kind):
    def check(text):
        number = kind(text)
        if not number > 0:
            raise argparse.ArgumentTypeError(f"found {text}, expected a number > 0")
        return number
    return check


def read_options():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--volley", type=pathlib.Path, default=volley_runs.BUILT, metavar="PROGRAM",
                        help="the built program (default: build/release/apps/volley)")
    parser.add_argument("--networks", nargs="+", choices=NETWORKS, default=list(NETWORKS),
                        metavar="NAME", help="which of " + ", ".join(NETWORKS) + " (default: all)")
    parser.add_argument("--scale", type=positive(float), default=0.1,
                        help="of the networks that have one; 1 is full size (default: 0.1)")
    parser.add_argument("--duration", metavar='"T UNIT"',
                        help="simulated time after the warm-up (default: the models' own)")
    parser.add_argument("--repeat", type=positive(int), default=3, metavar="N",
                        help="runs of each network and layout (default: 3)")
    parser.add_argument("--threads", type=positive(int), nargs="+", default=[1, 2], metavar="N",
                        help="numbers of threads, on one rank (default: 1 2)")
    parser.add_argument("--ranks", type=positive(int), nargs="+", default=[1, 2], metavar="N",
                        help="numbers of ranks, of one thread each (default: 1 2)")
    parser.add_argument("--mpirun", default="mpirun", metavar="PROGRAM",
                        help="starts several ranks (default: mpirun)")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("figures.json"),
                        metavar="FILE", help="the file of figures (default: figures.json)")
    return parser.parse_args()


def chosen_networks(options):
    """Names with model file and changes; a network that is not in this version is skipped."""
    chosen = []
    for name in options.networks:
        file, scaled = NETWORKS[name]
        if not (volley_runs.MODELS / file).exists():
            print(f"{name}: skipped, there is no apps/models/{file}")
            continue
        sets = [f"{scaled}={options.scale:g}"] if scaled else []
        chosen.append((name, volley_runs.MODELS / file, sets))
    return chosen


class Measurement:
    """All runs of one network on one layout."""

    def __init__(self, network, model, sets, layout):
        self.network, self.model, self.sets, self.layout = network, model, sets, layout
        self.summaries = []

    def once_more(self, options):
        summary = volley_runs.run(options.volley, self.model, self.layout, sets=self.sets,
                                  duration=options.duration, mpirun=options.mpirun)
        self.summaries.append(summary)
        timing = summary["timing"]
        print(f"{self.network:<14} {str(self.layout):>5}  build {timing['build_s']:8.2f} s  "
              f"real-time factor {timing['real_time_factor']:8.3f}  CPU {summary['cpu_s']:8.2f} s  "
              f"{summary['memory']['peak_bytes'] / 1e6:8.0f} MB", flush=True)

    def report(self):
        runs = [volley_runs.figures(summary, self.layout) for summary in self.summaries]
        first = self.summaries[0]
        return {
            "network": self.network, "ranks": self.layout.ranks, "threads": self.layout.threads,
            "neurons": first["network"]["neurons"], "synapses": first["network"]["synapses"],
            "simulated_ms": first["simulated_ms"], "layout": first["layout"],
            "digest": first["digest"],
            "rates_hz": {name: population["rate_hz"]
                         for name, population in first["populations"].items()},
            "figures": {name: summarised([run[name] for run in runs]) for name in runs[0]},
        }


def summarised(values):
    known = [value for value in values if value is not None]
    return {"median": statistics.median(known) if known else None, "values": values}


def disagreements(measurements):
    """Networks of which not all runs gave the same spikes."""
    digests = {}
    for measurement in measurements:
        for summary in measurement.summaries:
            digests.setdefault(measurement.network, set()).add(json.dumps(summary["digest"]))
    return [network for network, found in digests.items() if len(found) > 1]


def write_figures(about, measurements, path):
    """Leaves a whole file at any time: whoever ends a long measurement keeps what it has."""
    content = {**about, "load_after": machine.load(),
               "runs": [measurement.report() for measurement in measurements]}
    unfinished = path.with_name(path.name + ".unfinished")
    unfinished.write_text(json.dumps(content, indent=2) + "\n")
    unfinished.replace(path)


def main():
    options = read_options()
    if not options.volley.exists():
        sys.exit(f"run.py: error: there is no program {options.volley}; build it (cmake --preset "
                 "release && cmake --build --preset release), or name it with --volley")
    if not options.out.parent.is_dir():
        sys.exit(f"run.py: error: there is no folder {options.out.parent} for the file of figures")
    layouts = volley_runs.layouts(options.ranks, options.threads)
    about = {
        "format": 1,
        "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "machine": machine.machine(),
        "program": machine.program(options.volley),
        "source": machine.commit(),
        "settings": {"scale": options.scale, "duration": options.duration,
                     "repeat": options.repeat},
        "load_before": machine.load(),
    }
    measurements = [Measurement(*network, layout)
                    for network in chosen_networks(options) for layout in layouts]
    try:
        for _ in range(options.repeat):
            for measurement in measurements:
                measurement.once_more(options)
            write_figures(about, measurements, options.out)
    except volley_runs.RunFailed as failure:
        sys.exit(f"run.py: error: {failure}")
    print(f"figures: {options.out}")
    differing = disagreements(measurements)
    if differing:
        sys.exit("run.py: error: not all runs gave the same spikes: " + ", ".join(differing))


if __name__ == "__main__":
    main()
