#!/usr/bin/env python3
"""Runs the same networks with Volley and with NEST, in alternation, and prints the ratios.

  python3 -m venv build/peers && build/peers/bin/pip install nest-simulator
  python3 apps/bench/peers/against_nest.py --nest-python build/peers/bin/python

Volley's real-time factor and NEST's both count the warm-up; build times both end where the first
step begins. NEST keeps its spikes in memory, Volley writes them to a file, which its real-time
factor includes but for the assembly at the end. The rates tell whether both simulate the same.
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
import volley_runs  # noqa: E402

NETWORKS = {"microcircuit": "microcircuit.json", "brunel_alpha": "brunel_alpha.json"}


def read_options():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--volley", type=pathlib.Path, default=volley_runs.BUILT, metavar="PROGRAM",
                        help="the built program (default: build/release/apps/volley)")
    parser.add_argument("--nest-python", default=sys.executable, metavar="PYTHON",
                        help="a Python that can import nest (default: this one)")
    parser.add_argument("--networks", nargs="+", choices=NETWORKS, default=list(NETWORKS),
                        metavar="NAME", help="which of " + ", ".join(NETWORKS) + " (default: all)")
    parser.add_argument("--scale", type=float, default=0.05, help="1 is full size (default: 0.05)")
    parser.add_argument("--background", choices=["poisson", "dc"], default="poisson",
                        help="of the microcircuit (default: poisson)")
    parser.add_argument("--duration", default="1 s", metavar='"T UNIT"',
                        help="after the warm-up (default: 1 s)")
    parser.add_argument("--threads", type=int, default=2, help="of both programs (default: 2)")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each (default: 3)")
    return parser.parse_args()


def definitions(network, options):
    define = {"scale": f"{options.scale:g}"}
    if network == "microcircuit":
        define["background"] = options.background
    return define


def run_volley(network, options):
    sets = [f"define.{name}={value}" for name, value in definitions(network, options).items()]
    summary = volley_runs.run(options.volley, volley_runs.MODELS / NETWORKS[network],
                              volley_runs.Layout(ranks=1, threads=options.threads), sets=sets,
                              duration=options.duration)
    return {
        "neurons": summary["network"]["neurons"], "synapses": summary["network"]["synapses"],
        "build_s": summary["timing"]["build_s"],
        "real_time_factor": summary["timing"]["real_time_factor"], "cpu_s": summary["cpu_s"],
        "peak_bytes": summary["memory"]["peak_bytes"],
        "rates_hz": {name: population["rate_hz"]
                     for name, population in summary["populations"].items()},
    }


def run_nest(network, options):
    with tempfile.TemporaryDirectory(prefix="volley_bench_") as name:
        folder = pathlib.Path(name)
        out = folder / "figures.json"
        define = [f"{name}={value}" for name, value in definitions(network, options).items()]
        cpu_s = volley_runs.measured(
            [options.nest_python, "-B", str(HERE / "nest_network.py"),
             str(volley_runs.MODELS / NETWORKS[network]), "--define", *define,
             "--duration", options.duration, "--threads", str(options.threads),
             "--out", str(out)], folder)
        return {**json.loads(out.read_text()), "cpu_s": cpu_s}


def median(runs, name):
    return statistics.median(run[name] for run in runs)


def print_comparison(network, ours, theirs):
    first = ours[0]
    print(f"\n{network}: {first['neurons']} neurons, {first['synapses']} synapses "
          f"(NEST {theirs[0]['nest']}: {theirs[0]['neurons']}, {theirs[0]['synapses']})")
    print(f"  {'medians':<18} {'Volley':>10} {'NEST':>10} {'NEST/Volley':>12}")
    for name in ("build_s", "real_time_factor", "cpu_s", "peak_bytes"):
        mine, other = median(ours, name), median(theirs, name)
        print(f"  {name:<18} {mine:>10.4g} {other:>10.4g} {other / mine:>12.3g}")
    for population in first["rates_hz"]:
        mine, other = (statistics.mean(run["rates_hz"][population] for run in runs)
                       for runs in (ours, theirs))
        print(f"  {'rate of ' + population + ', Hz':<18} {mine:>10.4g} {other:>10.4g}")


def main():
    options = read_options()
    found = subprocess.run([options.nest_python, "-c", "import nest"], capture_output=True)
    if found.returncode != 0:
        sys.exit(f"against_nest.py: error: {options.nest_python} cannot import nest. Make a Python "
                 "environment with it:\n  python3 -m venv build/peers && build/peers/bin/pip "
                 "install nest-simulator\nand name its interpreter with --nest-python")
    runs = {network: ([], []) for network in options.networks}
    try:
        for _ in range(options.repeat):
            for network, (ours, theirs) in runs.items():
                ours.append(run_volley(network, options))
                theirs.append(run_nest(network, options))
                print(f"{network:<14} real-time factor: Volley {ours[-1]['real_time_factor']:.3f}, "
                      f"NEST {theirs[-1]['real_time_factor']:.3f}", flush=True)
    except volley_runs.RunFailed as failure:
        sys.exit(f"against_nest.py: error: {failure}")
    for network, (ours, theirs) in runs.items():
        print_comparison(network, ours, theirs)


if __name__ == "__main__":
    main()
