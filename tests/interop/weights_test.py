"""Follows weights from the spikes of a run, one synapse after the other in numpy, and compares them
with weights.h5 as h5py reads it: of a run that came to its end, and of one that was interrupted.

Usage: weights_test.py VOLLEY
Exit code 77 (skipped) where a package is missing: pip install h5py numpy.
"""

import json
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

try:
    import h5py
    import numpy as np
except ImportError as missing:
    print(f"skipped: {missing}. Install with: pip install h5py numpy")
    sys.exit(77)

DT_MS = 0.1
DENDRITIC_MS = 0.4
TAU_PLUS_MS, TAU_MINUS_MS, RATE, ALPHA, W_MAX, W_0 = 15.0, 30.0, 0.02, 1.1, 80.0, 40.0
MODEL = {
    "dt": f"{DT_MS} ms", "warm_up": "10 ms", "duration": "400.7 ms",
    "populations": {
        "exc": {"model": "lif_psc_exp", "size": 40, "initial": {
            "V_m": {"distribution": "uniform", "low": "-70 mV", "high": "-55 mV"}}},
        "relay": {"model": "lif_psc_exp", "size": 7},
    },
    "projections": [
        {"name": "learns", "source": "exc", "target": "exc", "rule": "fixed_indegree",
         "indegree": 12, "weight": f"{W_0} pA",
         "delay": {"distribution": "uniform", "low": "0.1 ms", "high": "4 ms"},
         "dendritic_delay": f"{DENDRITIC_MS} ms",
         "plasticity": {"rule": "stdp_pair", "tau_plus": f"{TAU_PLUS_MS} ms",
                        "tau_minus": f"{TAU_MINUS_MS} ms", "lambda": RATE, "alpha": ALPHA,
                        "w_max": f"{W_MAX} pA"}},
        {"name": "depresses", "source": "exc", "target": "relay", "rule": "fixed_outdegree",
         "outdegree": 2, "weight": "60 pA", "delay": "1 ms",
         "plasticity": {"rule": "tsodyks_markram", "U": 0.5, "tau_rec": "100 ms"}},
    ],
    "stimuli": {"current": {"target": "exc", "drive": "ou_current", "mean": "420 pA",
                            "sd": "60 pA", "tau": "10 ms"}},
    "record": {"weights": [{"projection": "learns", "interval": "100 ms"}, "depresses"]},
}


def followed(source_ms, target_ms, axonal_ms, until_ms):
    """The weight after all events that were at the synapse by `until_ms`, as additive STDP has it:
    of events at one time the presynaptic comes first."""
    events = [(round(t + axonal_ms, 6), "pre") for t in source_ms]
    events += [(round(t + DENDRITIC_MS, 6), "target") for t in target_ms]
    weight, x, y, last = W_0, 0.0, 0.0, 0.0
    for now, kind in sorted(events):
        if now > until_ms + DT_MS / 2:
            break
        x *= np.exp(-(now - last) / TAU_PLUS_MS)
        y *= np.exp(-(now - last) / TAU_MINUS_MS)
        last = now
        if kind == "pre":
            weight = max(weight - ALPHA * RATE * W_MAX * y, 0.0)
            x += 1.0
        else:
            weight = min(weight + RATE * W_MAX * x, W_MAX)
            y += 1.0
    return weight


def text(attribute):
    """Our strings have a fixed length, which h5py gives as bytes or as text."""
    return attribute.decode() if isinstance(attribute, bytes) else attribute


def check(folder):
    simulated_ms = json.loads((folder / "summary.json").read_text())["simulated_ms"]
    with h5py.File(folder / "spikes.h5") as file:
        spikes = file["spikes/exc"]
        times, nodes = spikes["timestamps"][:], spikes["node_ids"][:]
    trains = [times[nodes == node] for node in range(40)]
    with h5py.File(folder / "weights.h5") as file:
        group = file["weights/learns"]
        assert {key: text(value) for key, value in group.attrs.items()} == {
            "source_population": "exc", "target_population": "exc"}
        units = {name: text(group[name].attrs["units"]) for name in ("weight", "delay", "time")}
        assert units == {"weight": "pA", "delay": "ms", "time": "ms"}, units
        assert group["weight"].dtype == np.float64
        sources, targets = (group[f"{end}_node_id"][:].astype(int)
                            for end in ("source", "target"))
        delays, samples, weights = group["delay"][:], group["time"][:], group["weight"][:]
        # Nothing changes a weight of short-term plasticity.
        still = file["weights/depresses"]
        assert list(still["time"]) == [simulated_ms]
        assert still["weight"].shape == (1, 80) and np.all(still["weight"][:] == 60.0)
    assert np.all(np.bincount(targets) == 12) and weights.shape == (len(samples), 480)
    assert np.all(np.lexsort((delays, sources, targets)) == np.arange(480)), "not in order"
    expected_ms = [k * 100.0 for k in range(1, 1 + int(simulated_ms // 100))]
    if simulated_ms % 100:
        expected_ms.append(simulated_ms)
    assert list(samples) == expected_ms, (samples, expected_ms)
    # Of a long run the last sample alone: it holds all that went before.
    followed_ones = list(zip(samples, weights))[-5 if len(samples) <= 5 else -1:]
    for sample, row in followed_ones:
        expected = [followed(trains[s], trains[t], delay - DENDRITIC_MS, sample - DENDRITIC_MS)
                    for s, t, delay in zip(sources, targets, delays)]
        # Some thousand additions of numbers below 100, each rounded at 1e-16 of them.
        np.testing.assert_allclose(row, expected, rtol=0, atol=1e-9)
    assert np.ptp(weights[-1]) > 10.0, "weights that stay tell nothing"
    print(f"{len(times)} spikes, {len(samples)} samples until {simulated_ms} ms agree")


def main():
    with tempfile.TemporaryDirectory(prefix="volley_") as name:
        folder = pathlib.Path(name)
        (folder / "model.json").write_text(json.dumps(MODEL))
        command = [sys.argv[1], "run", "model.json", "--quiet", "--threads", "2", "--out"]
        subprocess.run([*command, "whole"], cwd=folder, check=True)
        check(folder / "whole")

        # Far more than anybody waits for.
        process = subprocess.Popen([*command, "part", "--duration", "1e6 ms"], cwd=folder)
        while not list(folder.glob("part/journal/*")):
            time.sleep(0.01)
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 0
        check(folder / "part")


if __name__ == "__main__":
    main()
