#!/usr/bin/env python3
"""Compares two files of figures that run.py has written, of two commits or two machines.

For each network, layout and figure: both medians, their ratio (below 1: the new one is smaller),
and by how much repeated runs differ, (largest - smallest) / median, the larger of both files. A
ratio within that spread says little.

  python3 apps/bench/compare.py old.json new.json
"""

import argparse
import json
import pathlib
import sys

# Printed where --all is not given.
IMPORTANT = ["build_s", "real_time_factor", "cpu_s", "peak_bytes_per_synapse",
             "stored_bytes_per_synapse"]


def load(path):
    try:
        content = json.loads(path.read_text())
    except (OSError, ValueError) as problem:
        sys.exit(f"compare.py: error: {path}: {problem}")
    if not isinstance(content, dict) or content.get("format") != 1:
        sys.exit(f"compare.py: error: {path}: not a file that this version of run.py has written")
    return content


def key(run):
    return run["network"], run["ranks"], run["threads"]


def spread(figure):
    values = [value for value in figure["values"] if value is not None]
    if len(values) < 2 or not figure["median"]:
        return 0.0
    return (max(values) - min(values)) / figure["median"]


def remarks(old, new):
    """What makes a comparison less than fair."""
    for what in ("machine", "settings"):
        for name in old[what]:
            if old[what][name] != new[what].get(name):
                yield f"{what}, {name}: {old[what][name]} | {new[what].get(name)}"
    for name in ("compiler", "build", "flags"):
        if old["program"].get(name) != new["program"].get(name):
            yield f"{name}: {old['program'].get(name)} | {new['program'].get(name)}"
    for which, content in (("old", old), ("new", new)):
        load_before = content["load_before"]
        if load_before > 0.5:
            yield f"{which}: the machine was busy before the first run (load {load_before:.1f})"
        if content["source"]["changed_files"]:
            yield f"{which}: with changes that are not in its commit"


def number(value):
    return "-" if value is None else f"{value:.4g}"


def print_run(old, new, names):
    print(f"\n{new['network']}, {new['ranks']} x {new['threads']} (ranks x threads), "
          f"{new['neurons']} neurons, {new['synapses']} synapses")
    if old["digest"] != new["digest"]:
        print("  the spikes are not the same in both")
    for name in names:
        was, now = old["figures"].get(name), new["figures"].get(name)
        if was is None or now is None:
            continue
        ratio = (now["median"] / was["median"]
                 if was["median"] and now["median"] is not None else None)
        print(f"  {name:<26} {number(was['median']):>10} {number(now['median']):>10} "
              f"{'-' if ratio is None else format(ratio, '.3f'):>8} "
              f"{max(spread(was), spread(now)):>7.0%}")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("old", type=pathlib.Path)
    parser.add_argument("new", type=pathlib.Path)
    parser.add_argument("--all", action="store_true",
                        help="every figure, the phases of the simulation included")
    options = parser.parse_args()
    old, new = load(options.old), load(options.new)
    for name, content in (("old", old), ("new", new)):
        source = content["source"]
        print(f"{name}  {(source['commit'] or 'unknown')[:12]}  {content['date']}  "
              f"{source['subject'] or ''}")
    for remark in remarks(old, new):
        print("differs: " + remark if " | " in remark else remark)
    print(f"\n  {'figure':<26} {'old':>10} {'new':>10} {'new/old':>8} {'spread':>7}", end="")
    before = {key(run): run for run in old["runs"]}
    for run in new["runs"]:
        if key(run) not in before:
            print(f"\n{run['network']}, {run['ranks']} x {run['threads']}: only in the new file")
            continue
        print_run(before[key(run)], run, list(run["figures"]) if options.all else IMPORTANT)


if __name__ == "__main__":
    main()
