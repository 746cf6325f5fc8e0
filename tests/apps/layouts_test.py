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

# Every plasticity rule, weights of either sign, a projection onto a part of a population, and one
# with so few synapses that most workers have none.
PLASTIC = {
    "dt": "0.1 ms", "warm_up": "20 ms", "duration": "300.3 ms", "seed": 7,
    "populations": {
        "exc": {"model": "lif_psc_exp", "size": 211, "initial": {
            "V_m": {"distribution": "uniform", "low": "-70 mV", "high": "-55 mV"}}},
        "inh": {"model": "lif_psc_exp", "size": 53},
        "noise": {"model": "poisson_source", "size": 2, "parameters": {"rate": "100 Hz"}},
    },
    "projections": [
        {"name": "e_to_e", "source": "exc", "target": "exc", "rule": "fixed_indegree",
         "indegree": 40,
         "weight": {"distribution": "normal", "mean": "40 pA", "sd": "4 pA", "min": "10 pA",
                    "max": "70 pA"},
         "delay": {"distribution": "uniform", "low": "0.1 ms", "high": "3 ms"},
         "dendritic_delay": "0.4 ms",
         "plasticity": {"rule": "stdp_pair", "weight_dependence": "multiplicative", "lambda": 0.1,
                        "w_max": "80 pA"}},
        {"name": "i_to_e", "source": "inh", "target": "exc[0:100]", "rule": "pairwise_bernoulli",
         "probability": 0.3, "weight": "-200 pA", "delay": "1 ms",
         "plasticity": {"rule": "stdp_inhibitory", "eta": 0.005, "rho_0": "10 Hz",
                        "w_max": "400 pA"}},
        {"name": "e_to_i", "source": "exc", "target": "inh", "rule": "fixed_outdegree",
         "outdegree": 5, "weight": "40 pA", "delay": "1.5 ms",
         "plasticity": {"rule": "stdp_triplet", "w_max": "80 pA"}},
        {"name": "i_to_i", "source": "inh", "target": "inh", "rule": "fixed_total_number",
         "number": 500, "weight": "-100 pA", "delay": "0.7 ms",
         "plasticity": {"rule": "tsodyks_markram", "U": 0.3, "tau_rec": "100 ms"}},
        {"name": "e_to_i_slow", "source": "exc", "target": "inh", "rule": "fixed_indegree",
         "indegree": 5, "weight": "2 pA", "delay": "1.5 ms",
         "plasticity": {"rule": "nmda_gating"}},
        {"name": "few", "source": "noise", "target": "inh[50:52]", "rule": "one_to_one",
         "weight": "40 pA", "delay": "1.5 ms",
         "plasticity": {"rule": "stdp_triplet", "w_max": "80 pA"}},
    ],
    "stimuli": {"current": {"target": "exc", "drive": "dc", "amplitude": "390 pA"},
                "events": {"target": "inh", "drive": "poisson", "rate": "6 kHz",
                           "weight": "25 pA"}},
    "record": {"weights": ["e_to_i", "i_to_i",
                           {"projection": "e_to_e", "interval": "50 ms"},
                           {"projection": "i_to_e", "interval": "0.3 ms"},
                           {"projection": "few", "interval": "320.3 ms"}]},
}

# Cells with dendrites whose potential is recorded outside, somewhere on a line; with fewer than
# there are workers.
OUTSIDE = {
    "dt": "0.025 ms", "duration": "30 ms", "seed": 3,
    "cells": {"stick": {
        "morphology": {"generator": "ball_and_stick"},
        "discretisation": {"rule": "max_length", "length": "25 um"},
        "channels": {"na": {"channel": "hh_na", "on": "soma"}, "k": {"channel": "hh_k", "on": "soma"},
                     "leak": {"channel": "leak", "g_max": "1e-4 S/cm2", "E_rev": "-60 mV"}},
        "receptors": {"exc": {"receptor": "exp_conductance"}}}},
    "populations": {
        "many": {"cell": "stick", "size": 31, "turned_about": "y",
                 "positions": {"shape": "line", "length": "1 mm", "arrangement": "random"}},
        "few": {"cell": "stick", "size": 3}},
    "projections": [
        {"source": "many", "target": "few", "rule": "fixed_indegree", "indegree": 9,
         "weight": "1 nS", "delay": "1 ms", "contacts": {"count": 5}}],
    "stimuli": {"in": {"target": "many", "drive": "poisson", "rate": "2 kHz", "weight": "2 nS",
                       "contacts": {"count": 4}}},
    "record": {"extracellular": {
        "line": {"points": [["0 mm", "50 um", "0 um"], ["0.5 mm", "50 um", "0 um"],
                            ["1 mm", "-50 um", "20 um"]]},
        "few": {"points": [["30 um", "0 um", "0 um"]], "populations": ["few"],
                "interval": "0.5 ms"}}},
}

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
        files = {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
                 for path in sorted(folder.rglob("*.h5"))}
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
                           "traces": "3926414c7bd63d6731080ad5af83db05"})

    def test_spikes_inside_their_steps(self):
        self.check("purkinje_oscillators.json",
                   ["--duration", "0.5 s", "--set", "record.spike_times=interpolated"],
                   least_spikes=1_500, files={"spikes.h5", "report.h5"},
                   golden={"spikes": "129f5d4dea0720c9e5154fca34c77cf1"})

    def test_brunel(self):
        # A fifth of the neurons, with as many inputs each.
        self.check("brunel.json", ["--set", "define.scale=0.2", "--duration", "1500 ms"],
                   least_spikes=100_000, files={"spikes.h5"},
                   golden={"spikes": "55122b4d7e00b6f9be2e5b21dc3eb7d8"})

    def test_purkinje_network(self):
        self.check("purkinje_network.json",
                   ["--duration", "30 ms", "--set", "warm_up=0 ms", "--set", "define.N=11",
                    "--set", "analyses=[]"],
                   least_spikes=20, files={"spikes.h5", "report.h5"}, golden={})

    def test_plasticity(self):
        model = self.folder / "plastic.json"
        model.write_text(json.dumps(PLASTIC))
        self.check(model, [], least_spikes=4_000, files={"spikes.h5", "weights.h5"},
                   golden={"spikes": "37f8e3b746aa0fe9e8b004f21e1cb2d1",
                           "weights": "7e14b9f558b9f62cbc2be92471c942f0"})

    def test_extracellular_potentials(self):
        model = self.folder / "outside.json"
        model.write_text(json.dumps(OUTSIDE))
        self.check(model, [], least_spikes=10, golden={},
                   files={"spikes.h5", "extracellular/line.h5", "extracellular/few.h5"})


if __name__ == "__main__":
    unittest.main()
