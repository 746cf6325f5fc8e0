"""Compares the figures of `volley analyze` with Elephant's on the same spike trains.

Usage: elephant_test.py VOLLEY
Exit code 77 (skipped) where a package is missing: pip install elephant h5py.

Both programs see spikes on a grid of 0.1 ms. A spike of Volley stands at the end of its step and so
belongs to the bin that ends there; Elephant gets the middle of the step, in the same bin.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

try:
    import elephant.conversion
    import elephant.spectral
    import elephant.spike_train_correlation
    import elephant.statistics
    import h5py
    import neo
    import numpy as np
    import quantities as pq
except ImportError as missing:
    print(f"skipped: {missing}. Install with: pip install elephant h5py")
    sys.exit(77)

DT_MS = 0.1
DURATION_MS = 8000.0
STEPS = round(DURATION_MS / DT_MS)


def poisson_steps(random, rate_hz, depth=0.0, f_hz=0.0):
    """Steps of a Poisson train whose rate is modulated sinusoidally."""
    t_s = (np.arange(STEPS) + 0.5) * DT_MS * 1e-3
    chance = rate_hz * DT_MS * 1e-3 * (1.0 + depth * np.cos(2.0 * np.pi * f_hz * t_s))
    return np.flatnonzero(random.random(STEPS) < chance) + 1


def gamma_steps(random, order, rate_hz):
    """Steps of a gamma renewal train."""
    intervals = random.gamma(order, 1e3 / (rate_hz * order), size=int(DURATION_MS * rate_hz / 250))
    steps = np.floor(np.cumsum(intervals) / DT_MS).astype(int) + 1
    return np.unique(steps[steps <= STEPS])


def make_populations():
    random = np.random.default_rng(2)
    return {
        "poisson": [poisson_steps(random, 5.0 + 2.0 * k) for k in range(12)],
        "gamma": [gamma_steps(random, 4.0, 30.0) for _ in range(12)],
        "rhythm": [poisson_steps(random, 40.0, 0.6, 163.0) for _ in range(25)],
    }


def write_sonata(path, populations):
    with h5py.File(path, "w") as file:
        for name, trains in populations.items():
            nodes = np.concatenate([np.full(len(t), k) for k, t in enumerate(trains)])
            steps = np.concatenate(trains)
            order = np.lexsort((nodes, steps))
            group = file.create_group(f"spikes/{name}")
            group["node_ids"] = nodes[order].astype(np.uint64)
            group["timestamps"] = steps[order] * DT_MS
            group["timestamps"].attrs["units"] = "ms"


class Volley:
    def __init__(self, program, file):
        self.command = [program, "analyze", str(file), "--json", "--to", f"{DURATION_MS} ms"]

    def __call__(self, analysis, population, **fields):
        wanted = ",".join([analysis, f"target={population}",
                           *(f"{key}={value}" for key, value in fields.items())])
        printed = subprocess.run([*self.command, "--analysis", wanted], check=True,
                                 capture_output=True, text=True).stdout
        (entry,) = json.loads(printed)["analyses"].values()
        return entry

    @staticmethod
    def curve(entry):
        (plot,) = entry["curves"].values()
        first = plot.get("population") or plot["mean over pairs"]
        return np.array(first["x"]), np.array(first["y"])


def neo_trains(trains):
    return [neo.SpikeTrain((steps - 0.5) * DT_MS, units=pq.ms, t_stop=DURATION_MS * pq.ms)
            for steps in trains]


def binned(trains, bin_ms):
    return elephant.conversion.BinnedSpikeTrain(
        neo_trains(trains), bin_size=bin_ms * pq.ms, t_start=0 * pq.ms, t_stop=DURATION_MS * pq.ms)


def expect_close(what, ours, theirs, relative, absolute=0.0):
    ours, theirs = np.asarray(ours, float), np.asarray(theirs, float)
    assert ours.shape == theirs.shape, (what, ours.shape, theirs.shape)
    worst = np.max(np.abs(ours - theirs) - relative * np.abs(theirs))
    assert worst <= absolute, f"{what}: {ours} differs from Elephant's {theirs}"
    print(f"{what}: {ours.size} value(s) agree")


def check_rates_and_intervals(volley, name, trains):
    spikes = neo_trains(trains)
    rates = [elephant.statistics.mean_firing_rate(s).rescale("Hz").item() for s in spikes]
    expect_close(f"{name} rate", volley("rates", name)["rate_hz"], np.mean(rates), 1e-12)
    ours = volley("isi", name)
    intervals = [elephant.statistics.isi(s) for s in spikes]
    # Elephant sees times of 0.1 ms in floating point, we see whole steps.
    expect_close(f"{name} CV", ours["cv_isi"],
                 np.mean([elephant.statistics.cv(i) for i in intervals]), 1e-9)
    expect_close(f"{name} LV", ours["lv"],
                 np.mean([elephant.statistics.lv(i) for i in intervals]), 1e-9)


def rate_per_neuron(trains):
    counts = np.asarray(binned(trains, 1.0).to_array()).sum(axis=0)
    return counts / len(trains) * 1e3


def check_welch(volley, name, trains):
    for window, theirs in (("hann", "hann"), ("hamming", "hamming")):
        f, power = elephant.spectral.welch_psd(rate_per_neuron(trains), len_segment=128, fs=1000.0,
                                               window=theirs)
        entry = volley("power_spectrum", name, method="welch", window=window, segment="128 ms",
                       frequencies='["0 Hz","490 Hz"]')
        x, y = volley.curve(entry)
        inside = f <= 490.0
        expect_close(f"{name} frequencies", x, f[inside], 1e-12)
        # Elephant does not double the zero frequency, which holds no power here.
        expect_close(f"{name} Welch {window}", y[1:], power[inside][1:], 1e-9)
        expect_close(f"{name} peak power", entry["peak_power"],
                     power[(f >= 100.0) & (f <= 250.0)].max(), 1e-9)


def check_multitaper(volley, name, trains):
    rate = rate_per_neuron(trains)
    f, power = elephant.spectral.multitaper_psd(rate - rate.mean(), fs=1000.0, nw=4, num_tapers=7)
    power = power.flatten()
    entry = volley("power_spectrum", name, smoothing=1)
    x, y = volley.curve(entry)
    chosen = np.searchsorted(f, x - 1e-6)
    expect_close(f"{name} frequencies", x, f[chosen], 1e-12)
    # Elephant's tapers are "periodic": those of one point more, the last cut off. That moves them
    # by half a point of 8000, and single frequencies by up to 2e-3 of the mean power.
    expect_close(f"{name} multitaper", y, power[chosen], 2e-3, 2e-3 * power[chosen].mean())


def check_correlograms(volley, name, trains):
    most = 20
    one_by_one = [binned([train], 1.0) for train in trains]
    bins = one_by_one[0].n_bins
    lags = np.arange(-most, most + 1)
    overlap = bins - np.abs(lags)
    means = [len(train) / bins for train in trains]
    total = np.zeros(2 * most + 1)
    pairs = 0
    for i, a in enumerate(one_by_one):
        for j, b in enumerate(one_by_one):
            if i == j:
                continue
            histogram, _ = elephant.spike_train_correlation.cross_correlation_histogram(
                a, b, window=[-most, most])
            counts = histogram.magnitude.flatten()
            total += counts / (overlap * np.sqrt(means[i] * means[j]))
            pairs += 1
    entry = volley("correlogram", name, max_lag=f"{most} ms", predictor="none")
    x, y = volley.curve(entry)
    expect_close(f"{name} lags", x, lags, 1e-12)
    expect_close(f"{name} correlogram", y, total / pairs, 1e-9)
    assert entry["pairs"] == pairs


def check_correlation(volley, name, trains):
    matrix = elephant.spike_train_correlation.correlation_coefficient(binned(trains, 2.0))
    upper = matrix[np.triu_indices(len(trains), 1)]
    ours = volley("correlation", name)
    expect_close(f"{name} correlation", ours["correlation"], upper.mean(), 1e-7, 1e-10)
    expect_close(f"{name} its spread", ours["correlation_sd"], upper.std(), 1e-7)


def main():
    populations = make_populations()
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "spikes.h5"
        write_sonata(file, populations)
        volley = Volley(sys.argv[1], file)
        for name, trains in populations.items():
            check_rates_and_intervals(volley, name, trains)
            check_welch(volley, name, trains)
            check_multitaper(volley, name, trains)
            check_correlograms(volley, name, trains)
            check_correlation(volley, name, trains)
        peak = volley("power_spectrum", "rhythm", smoothing=1)
        assert abs(peak["peak_hz"] - 163.0) < 0.5, "half a frequency step"
        assert volley("power_spectrum", "poisson")["peak_hz"] is None
    print("volley analyze and Elephant agree")


if __name__ == "__main__":
    main()
