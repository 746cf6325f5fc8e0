"""Starts the program for the tests beside this file, alone or on several ranks.

A test is called as `NAME_test.py VOLLEY MPIEXEC [unittest options]`; CTest does so, with the
environment that MPI needs (cmake/VolleyTesting.cmake).
"""

import dataclasses
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

PROGRAM, MPIEXEC = sys.argv[1:3]
del sys.argv[1:3]  # the rest is for unittest

MODELS = pathlib.Path(__file__).resolve().parents[2] / "apps" / "models"
PATIENCE_S = 60  # of a single start; far above what any takes, also on a busy machine


@dataclasses.dataclass
class Outcome:
    command: list
    status: int
    out: str
    err: str

    def __str__(self):
        return f"{' '.join(self.command)}\nended with {self.status}\n{self.out}{self.err}"


def start(*arguments, folder, ranks=None, environment=None, wrapper=()):
    """The running program. `wrapper` is a command that each rank starts it through."""
    launcher = [] if ranks is None else [MPIEXEC, "-n", str(ranks)]
    command = [*launcher, *wrapper, PROGRAM, *map(str, arguments)]
    return subprocess.Popen(command, cwd=folder, env={**os.environ, **(environment or {})},
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True, errors="replace",
                            start_new_session=True)


def finish(process, patience_s=PATIENCE_S):
    """Waits for the end. A program that hangs is killed, and counts as ended by SIGKILL."""
    try:
        out, err = process.communicate(timeout=patience_s)
    except subprocess.TimeoutExpired:
        process.terminate()  # lets mpirun end its ranks, which are no children of ours
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            pass
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        out, err = process.communicate()
        err += f"\nkilled after {patience_s} s without an end"
        return Outcome(process.args, -signal.SIGKILL, out, err)
    return Outcome(process.args, process.returncode, out, err)


def volley(*arguments, **how):
    return finish(start(*arguments, **how))


class TestCase(unittest.TestCase):
    """A test with a folder of its own, in which the program is started."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="volley_"))
        self.addCleanup(shutil.rmtree, self.folder)

    def volley(self, *arguments, **how):
        """Starts the program, which must succeed."""
        outcome = volley(*arguments, folder=self.folder, **how)
        self.assertEqual(outcome.status, 0, outcome)
        return outcome
