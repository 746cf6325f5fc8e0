"""Reads our spikes.h5 and report.h5 with programs that are not ours: libsonata and h5py.

Usage: sonata_test.py WRITE_EXAMPLE_RECORDING
Exit code 77 (skipped) where a package is missing: pip install libsonata h5py numpy.
"""

import pathlib
import subprocess
import sys
import tempfile

try:
    import h5py
    import numpy as np
except ImportError as missing:
    print(f"skipped: {missing}. Install with: pip install libsonata h5py numpy")
    sys.exit(77)
try:
    import libsonata
except ImportError:
    libsonata = None


def expected_spikes():
    """(time in ms, node) of write_example_recording.cpp, in the order (time, node)."""
    return [(step / 10, node) for step in range(1, 1001)
            for node in sorted({step % 100, step % 7})]


def check_with_h5py(folder):
    with h5py.File(folder / "spikes.h5") as spikes:
        assert spikes.attrs["magic"] == 0x0A7A
        assert list(spikes.attrs["version"]) == [0, 1]
        pc = spikes["spikes/pc"]
        assert pc["timestamps"].attrs["units"] in (b"milliseconds", "milliseconds")
        names = h5py.check_enum_dtype(pc.attrs.get_id("sorting").dtype)
        assert names == {"none": 0, "by_id": 1, "by_time": 2}, names
        assert pc.attrs["sorting"] == 2
        assert pc["node_ids"].dtype == np.uint64
        assert list(zip(pc["timestamps"][:], pc["node_ids"][:])) == expected_spikes()
        assert pc.attrs["size"] == 100 and pc.attrs["end_ms"] == 100.0
        assert len(spikes["spikes/silent/timestamps"]) == 0
    with h5py.File(folder / "report.h5") as report:
        assert sorted(report["report"]) == ["pc", "pc.2", "pc.3"]
        group = report["report/pc"]
        data = group["data"]
        assert data.shape == (200, 4)
        t = np.arange(5, 1001, 5)
        assert (data[:] == np.stack([t, -t, t + 0.5, -t - 0.5], axis=1)).all()
        assert [v.decode() for v in data.attrs["variables"]] == ["v", "w"]
        assert [v.decode() for v in data.attrs["variable_units"]] == ["mV", "pA"]
        mapping = group["mapping"]
        assert list(mapping["node_ids"]) == [3, 7]
        assert list(mapping["index_pointers"]) == [0, 2, 4]
        assert list(mapping["element_ids"]) == [0, 1, 0, 1]
        assert list(mapping["time"]) == [0.5, 100.5, 0.5]
        assert report["report/pc.2/data"].shape == (1000, 1)
        mapping = report["report/pc.3/mapping"]
        assert list(mapping["element_ids"]) == [0, 17, 0, 17]
        assert list(mapping["element_pos"]) == [0.5, 0.25, 0.5, 0.25]


def check_with_libsonata(folder):
    reader = libsonata.SpikeReader(str(folder / "spikes.h5"))
    assert set(reader.get_population_names()) == {"pc", "silent"}
    pc = reader["pc"]
    assert pc.sorting == "by_time", pc.sorting
    assert pc.time_units == "milliseconds", pc.time_units
    assert sorted((t, n) for n, t in pc.get()) == expected_spikes()
    assert [t for n, t in pc.get(node_ids=[42])] == [t for t, n in expected_spikes() if n == 42]
    assert len(reader["silent"].get()) == 0

    report = libsonata.ElementReportReader(str(folder / "report.h5"))
    assert set(report.get_population_names()) == {"pc", "pc.2", "pc.3"}
    pc = report["pc"]
    assert pc.sorted
    assert list(pc.get_node_ids()) == [3, 7]
    assert tuple(pc.times) == (0.5, 100.5, 0.5), pc.times
    assert pc.time_units == "ms" and pc.data_units == "mV, pA", pc.data_units
    frame = pc.get(node_ids=[7], tstart=10.0, tstop=11.0)
    assert [tuple(i) for i in frame.ids] == [(7, 0), (7, 1)]
    assert np.allclose(frame.times, [10.0, 10.5, 11.0]), frame.times
    assert np.allclose(frame.data, [[100.5, -100.5], [105.5, -105.5], [110.5, -110.5]])
    second = report["pc.2"]
    assert second.data_units == "mV"
    assert np.allclose(second.get().data[:, 0], 2.0 * np.arange(1, 1001))
    compartments = report["pc.3"].get(node_ids=[9], tstart=2.0, tstop=2.0)
    assert [tuple(i) for i in compartments.ids] == [(9, 0), (9, 17)]
    assert np.allclose(compartments.data, [[-20.0, -37.0]])


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        subprocess.run([sys.argv[1], name], check=True)
        check_with_h5py(folder)
        if libsonata is None:
            print("h5py reads both files; skipped: libsonata is missing (pip install libsonata)")
            sys.exit(77)
        check_with_libsonata(folder)
    print("h5py and libsonata read both files as they were written")


if __name__ == "__main__":
    main()
