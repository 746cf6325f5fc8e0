"""The same model and seed give the same bits on any number of ranks and threads, however spikes are
exchanged and delivered: digests of the summary, and the recordings byte by byte.

The digests are written down here too. They hold on every processor, so a commit that changes a
result shows it. Where that is intended, put the printed digests in their place and say why in the
changelog.
"""

import hashlib
import json
import unittest

from volley_program import MODELS, TestCase

# Ranks (None: without mpirun), threads, exchange, store, whether spikes may travel while neurons
# advance.
LAYOUTS = [
    (None, 1, "auto", "auto", True),
    (None, 3, "auto", "segments", True),
    (1, 2, "gather", "ring", True),
    (2, 1, "sparse", "segments", True),
    (2, 1, "gather", "segments", False),
    (3, 2, "gather", "auto", True),
    (4, 3, "sparse", "ring", False),
]


class Layouts(TestCase):
    def run_on(self, layout, model, arguments):
        """What must not depend on the layout, and the number of spikes."""
        ranks, threads, exchange, store, overlap = layout
        self.volley("run", MODELS / model, *arguments, "--set", "analyses=[]", "--quiet", "--force",
                    "--out", "out", "--threads", threads, "--exchange", exchange, "--store", store,
                    *([] if overlap else ["--no-overlap"]), ranks=ranks)
        folder = self.folder / "out"
        summary = json.loads((folder / "summary.json").read_text())
        self.assertEqual(summary["layout"]["ranks"], ranks or 1)
        self.assertEqual(summary["layout"]["threads"], threads)
        if ranks and ranks > 1 and exchange != "auto":
            self.assertEqual(summary["layout"]["exchange"], exchange)
        # The shortest delays of both models are longer than a step.
        self.assertEqual(summary["layout"]["exchange_overlapped"],
                         overlap and ranks is not None and ranks > 1)
        if store != "auto":
            other = {"ring": "segment_stores", "segments": "ring_stores"}[store]
            self.assertEqual(summary["layout"][other], 0)
        files = {path.name: hashlib.sha256(path.read_bytes()).hexdigest()
                 for path in sorted(folder.glob("*.h5"))}
        spikes = sum(population["spikes"] for population in summary["populations"].values())
        return {**summary["digest"], **files}, spikes

    def check(self, model, arguments, least_spikes, golden, files):
        first = None
        for layout in LAYOUTS:
            with self.subTest(model, layout=layout):
                results, spikes = self.run_on(layout, model, arguments)
                first = first or results
                self.assertEqual(results, first)
                self.assertEqual({key for key in results if key.endswith(".h5")}, files)
                self.assertGreaterEqual(spikes, least_spikes)
        self.assertEqual({key: first[key] for key in golden}, golden,
                         "every layout gives this, but it is not what it was")

    def test_purkinje_oscillators(self):
        self.check("purkinje_oscillators.json", ["--duration", "2 s", "--set", "warm_up=0.5 s"],
                   least_spikes=6_000, files={"spikes.h5", "report.h5"},
                   golden={"spikes": "700d6bd7562c4b206b79f71f1ad9b92a",
                           "traces": "5752182564d3d8f179399354917547e1"})

    def test_brunel(self):
        # A fifth of the neurons, with as many inputs each.
        self.check("brunel.json", ["--set", "define.scale=0.2", "--duration", "1500 ms"],
                   least_spikes=100_000, files={"spikes.h5"},
                   golden={"spikes": "55122b4d7e00b6f9be2e5b21dc3eb7d8"})


if __name__ == "__main__":
    unittest.main()
