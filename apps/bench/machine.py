"""What figures were measured on: the machine, the program and the commit."""

import os
import pathlib
import platform
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]


def read(path):
    try:
        return pathlib.Path(path).read_text()
    except OSError:
        return ""


def field(text, name):
    """The first value of a "name : value" line, as in /proc/cpuinfo."""
    found = re.search(rf"(?m)^{re.escape(name)}\s*:\s*(.+)$", text)
    return found.group(1).strip() if found else None


def caches():
    """Of the first core, as {"L2 Unified": "1024K, shared by cores 0"}."""
    found = {}
    for index in sorted(pathlib.Path("/sys/devices/system/cpu/cpu0/cache").glob("index*")):
        level, kind, size, shared = (read(index / name).strip()
                                     for name in ("level", "type", "size", "shared_cpu_list"))
        found[f"L{level} {kind}"] = f"{size}, shared by cores {shared}"
    return found


def machine():
    cpu = read("/proc/cpuinfo")
    memory_kB = re.match(r"\d+", field(read("/proc/meminfo"), "MemTotal") or "")
    return {
        "host": platform.node(),
        "system": platform.platform(),
        "cpu": field(cpu, "model name") or platform.machine(),
        "cores": os.cpu_count(),
        "cores_for_us": len(os.sched_getaffinity(0)),
        "caches": caches(),
        "memory_bytes": int(memory_kB.group()) * 1024 if memory_kB else None,
    }


def program(volley):
    """The lines of `volley --version` by their first words: compiler, build, flags, ..."""
    text = subprocess.run([volley, "--version"], check=True, capture_output=True, text=True).stdout
    return dict(line.split(None, 1) for line in text.splitlines() if line.strip())


def git(*arguments):
    try:
        done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True)
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def commit():
    """Of the sources beside this file: they are what was built, if they were built last."""
    return {"commit": git("rev-parse", "HEAD"), "subject": git("log", "-1", "--format=%s"),
            "changed_files": len((git("status", "--porcelain", "--untracked-files=no") or "")
                                 .splitlines())}


def load():
    """Processes that ran at the same time, in the mean of the last minute."""
    return os.getloadavg()[0]
