#!/usr/bin/env python3
"""Checks of the source text, for developers and CI (packages: bash cmake/bootstrap.sh tools).

  /usr/bin/python3 cmake/lint.py format    every source is formatted as .clang-format says
  /usr/bin/python3 cmake/lint.py layers    includes go one way only: core <- network <- io <- apps
  /usr/bin/python3 cmake/lint.py tidy      clang-tidy finds nothing in the files changed last

tidy reads the compile_commands.json of a build folder. It remembers the files it found clean, by what the
compiler sees of them, in ~/.cache/volley-tidy; delete that folder to check them again.
"""

import argparse
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
REMEMBERED = pathlib.Path.home() / ".cache" / "volley-tidy"

# For each folder, what its files may include: folders of ours, and libraries they must do without.
MAY_INCLUDE = {
    "core": ({"core"}, r"(mpi|hdf5|H5\w*)\.h|boost/|nlohmann/|CLI/"),
    "network": ({"core", "network"}, r"(hdf5|H5\w*)\.h|nlohmann/|CLI/"),
    "io": ({"core", "network", "io"}, r"CLI/"),
    "apps": ({"core", "network", "io", "apps"}, r"(?!)"),
}


def git(*arguments):
    done = subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True)
    return done.stdout.split("\n")[:-1]


def sources(*suffixes):
    # Files not yet added count too, so that a developer sees what CI will see.
    listed = git("ls-files", "--cached", "--others", "--exclude-standard",
                 *(f"*{suffix}" for suffix in suffixes))
    return sorted(path for path in set(listed) if (ROOT / path).exists())


def check_format():
    command = ["clang-format-19", "--dry-run", "-Werror", *sources(".cpp", ".hpp")]
    return subprocess.run(command, cwd=ROOT).returncode == 0


def check_layers():
    clean = True
    for path in sources(".cpp", ".hpp"):
        folder = path.split("/")[0]
        if folder not in MAY_INCLUDE:
            continue
        ours, forbidden = MAY_INCLUDE[folder]
        for number, line in enumerate((ROOT / path).read_text().splitlines(), 1):
            include = re.match(r'#include (?:"([^"/]+)/|<([^>]+)>)', line)
            if include is None:
                continue
            own, library = include.groups()
            if (own and own not in ours) or (library and re.match(forbidden, library)):
                print(f"{path}:{number}: {folder} must not know this: {line}")
                clean = False
    return clean


def changed_units(units, since):
    """The translation units to check: changed sources, and one unit for each changed header."""
    if since is None:
        # A day of work: what is older was checked when it was new.
        newest = int(git("log", "-1", "--format=%ct")[0])
        older = git("rev-list", "-1", f"--before={newest - 24 * 3600}", "HEAD")
        since = older[0] if older else None
    if since is None:
        return units
    changed = set(git("diff", "--name-only", since)) | set(
        git("ls-files", "--others", "--exclude-standard"))
    chosen = [unit for unit in units if unit in changed]
    text = {unit: (ROOT / unit).read_text() for unit in units}
    for header in sorted(path for path in changed if path.endswith(".hpp")):
        including = [unit for unit in units if f'"{header}"' in text[unit]]
        if including and not set(including) & set(chosen):
            chosen.append(including[0])
    return chosen


def seen_by_compiler(entry):
    """A digest of the preprocessed unit, its flags and the checks."""
    command = [word for word in shlex.split(entry["command"]) if word != "ccache"]
    output = command.index("-o")
    del command[output:output + 2]
    text = subprocess.run([*command, "-E", "-C"], cwd=entry["directory"], check=True,
                          capture_output=True).stdout
    version = subprocess.run(["clang-tidy-19", "--version"], capture_output=True).stdout
    parts = [text, version, (ROOT / ".clang-tidy").read_bytes()]
    # Neither where the clone lies nor where its build lies matters.
    joined = b"\0".join(parts).replace(os.fsencode(ROOT), b"")
    return hashlib.sha256(joined).hexdigest()


def tidy_one(entry, build, deadline):
    """'clean', 'skipped' (no time left) or what clang-tidy found."""
    if time.monotonic() > deadline:
        return "skipped"
    mark = REMEMBERED / seen_by_compiler(entry)
    if mark.exists():
        return "clean"
    # The build has options of g++ alone.
    done = subprocess.run(["clang-tidy-19", "--quiet", "-p", build,
                           "--extra-arg=-Wno-ignored-optimization-argument", entry["file"]],
                          cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        return done.stdout or done.stderr
    mark.touch()
    return "clean"


def check_tidy(build, since, seconds):
    database = pathlib.Path(build) / "compile_commands.json"
    if not database.exists():
        sys.exit(f"{database} is missing; run first: cmake --preset release")
    entries = {}
    for entry in json.loads(database.read_text()):
        path = pathlib.Path(entry["file"])
        if path.is_relative_to(ROOT) and not path.is_relative_to(ROOT / "build"):
            entries[str(path.relative_to(ROOT))] = entry
    units = changed_units(sorted(entries), since)
    units.sort(key=lambda unit: unit.startswith("tests/"))  # the product first, if time is short
    REMEMBERED.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + seconds
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        outcomes = list(pool.map(lambda unit: tidy_one(entries[unit], build, deadline), units))
    found = [outcome for outcome in outcomes if outcome not in ("clean", "skipped")]
    print("\n".join(dict.fromkeys(found)))  # a header's mistake is found by many units: once is enough
    print(f"clang-tidy: {len(units)} files, {outcomes.count('clean')} clean, {len(found)} with "
          f"mistakes, {outcomes.count('skipped')} not reached in {seconds} s")
    return not found


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("check", nargs="+", choices=["format", "layers", "tidy"])
    parser.add_argument("--build", default=str(ROOT / "build" / "release"), metavar="FOLDER",
                        help="tidy: a configured build folder (default: build/release)")
    parser.add_argument("--since", metavar="COMMIT",
                        help="tidy: what changed after this commit (default: in the last day)")
    parser.add_argument("--seconds", type=int, default=600,
                        help="tidy: start no further file after this time (default: 600)")
    options = parser.parse_args()
    checks = {"format": check_format, "layers": check_layers,
              "tidy": lambda: check_tidy(options.build, options.since, options.seconds)}
    outcomes = [checks[name]() for name in options.check]
    sys.exit(0 if all(outcomes) else 1)


if __name__ == "__main__":
    main()
