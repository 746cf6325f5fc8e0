"""Runs the program on a model and returns the figures of the run."""

import dataclasses
import json
import os
import pathlib
import shutil
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
MODELS = ROOT / "apps" / "models"
BUILT = ROOT / "build" / "release" / "apps" / "volley"

# What mpirun needs on any machine: root may run it, more ranks than cores are allowed, and no rank
# is tied to one core. What the user has set counts more.
MPI_ENVIRONMENT = {
    "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
    "OMPI_MCA_rmaps_base_oversubscribe": "1", "OMPI_MCA_hwloc_base_binding_policy": "none",
    "OMPI_MCA_btl_base_warn_component_unused": "0",
}


class RunFailed(Exception):
    """A run that did not end well; says how it was started and what it printed."""


@dataclasses.dataclass(frozen=True)
class Layout:
    ranks: int
    threads: int

    def __str__(self):
        return f"{self.ranks} x {self.threads}"

    @property
    def workers(self):
        return self.ranks * self.threads


def layouts(ranks, threads):
    """Each number of threads on one rank, and each number of ranks with one thread."""
    return list(dict.fromkeys([*(Layout(1, t) for t in threads), *(Layout(r, 1) for r in ranks)]))


def command(volley, model, layout, out, *, sets=(), duration=None, mpirun="mpirun"):
    # One rank needs no mpirun; more are always started by it.
    words = [] if layout.ranks == 1 else [mpirun, "-np", str(layout.ranks)]
    words += [str(volley), "run", str(model), "--threads", str(layout.threads),
              "--out", str(out), "--force", "--quiet"]
    for change in sets:
        words += ["--set", change]
    if duration:
        words += ["--duration", duration]
    return words


def measured(words, folder):
    """Runs a command; returns the CPU seconds of it and of all its children, which mpirun's ranks
    are."""
    environment = {**MPI_ENVIRONMENT, **os.environ}
    log = folder / "printed.txt"
    with log.open("w") as printed:
        process = subprocess.Popen(words, env=environment, stdin=subprocess.DEVNULL,
                                   stdout=printed, stderr=subprocess.STDOUT)
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:  # also the user's Ctrl-C: leave nothing behind that computes
            process.terminate()
            process.wait()
            raise
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RunFailed(f"{' '.join(words)}\nended with {process.returncode}\n{log.read_text()}")
    return usage.ru_utime + usage.ru_stime


def run(volley, model, layout, **how):
    """One run in a folder of its own, which is removed. Returns the summary (summary.json), with
    `cpu_s`: the CPU seconds of all ranks and threads, from start to end."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="volley_bench_"))
    try:
        out = folder / "out"
        cpu_s = measured(command(volley, model, layout, out, **how), folder)
        summary = json.loads((out / "summary.json").read_text())
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return {**summary, "cpu_s": cpu_s}


def figures(summary, layout):
    """The numbers of a run that are compared, by name; the unit ends the name."""
    network = summary["network"]
    timing = {name: value for name, value in summary["timing"].items()
              if isinstance(value, (int, float))}
    synapses = network["synapses"]
    peak_bytes = summary["memory"]["peak_bytes"]
    seconds = summary["simulated_ms"] / 1000
    return {
        **timing,
        "cpu_s": summary["cpu_s"],
        # What the simulation keeps busy, waiting included, for a second of the network's time.
        "worker_s_per_s": timing["simulate_s"] * layout.workers / seconds if seconds else None,
        "synapses_built_per_s": synapses / timing["build_s"] if timing["build_s"] else None,
        "peak_bytes": peak_bytes,
        "peak_bytes_per_synapse": peak_bytes / synapses if synapses else None,
        "stored_bytes_per_synapse": network["bytes_per_synapse"],
    }
