#!/usr/bin/env python3
"""Runs a network of ours in NEST (pip install nest-simulator) and writes its figures.

Takes microcircuit.json, brunel_alpha.json and brunel.json of apps/models: integrate-and-fire
neurons with exact integration, whose names and parameters both programs share, Poisson background
or constant currents. Drawn weights and delays are redrawn outside their limits, which gives the
distribution that ours are drawn from.

  python nest_network.py ../../models/microcircuit.json --define scale=0.05 --out nest.json
"""

import argparse
import json
import pathlib
import resource
import time

import nest

import model_file

MODELS = {"lif_psc_exp": "iaf_psc_exp", "lif_psc_alpha": "iaf_psc_alpha",
          "lif_psc_delta": "iaf_psc_delta"}
PARAMETERS = {"tau_syn_exc": "tau_syn_ex", "tau_syn_inh": "tau_syn_in"}


def drawn(value):
    """A number, or NEST's normal distribution, redrawn outside its limits."""
    if not isinstance(value, dict):
        return value
    if value["distribution"] != "normal":
        raise ValueError(f"a distribution {value['distribution']}, expected normal")
    normal = nest.random.normal(value["mean"], value["sd"])
    if "min" not in value and "max" not in value:
        return normal
    return nest.math.redraw(normal, value.get("min", float("-inf")), value.get("max", float("inf")))


def create_populations(model, warm_up_ms):
    """Neurons by population, and a recorder of the spikes after the warm-up for each."""
    neurons, recorders = {}, {}
    for name, kind, size, parameters, initial in model.populations():
        renamed = {PARAMETERS.get(key, key): value for key, value in parameters.items()}
        neurons[name] = nest.Create(MODELS[kind], size, renamed)
        neurons[name].V_m = drawn(initial["V_m"]) if "V_m" in initial else parameters["E_L"]
        recorders[name] = nest.Create("spike_recorder", {"start": warm_up_ms})
    return neurons, recorders


def connect(model, neurons):
    """All connections between neurons. Returns their number."""
    synapses = 0
    for projection in model.projections():
        source, target = neurons[projection["source"]], neurons[projection["target"]]
        if projection["rule"] == "fixed_total_number":
            rule = {"rule": "fixed_total_number", "N": projection["number"]}
            synapses += projection["number"]
        elif projection["rule"] == "fixed_indegree":
            rule = {"rule": "fixed_indegree", "indegree": projection["indegree"]}
            synapses += projection["indegree"] * len(target)
        else:
            raise ValueError(f"a rule {projection['rule']}, expected fixed_total_number or "
                             "fixed_indegree")
        nest.Connect(source, target, rule,
                     {"synapse_model": "static_synapse", "weight": drawn(projection["weight"]),
                      "delay": drawn(projection["delay"])})
    return synapses


def connect_devices(model, neurons, recorders):
    for target, rate_Hz, weight in model.poisson_drives():
        generator = nest.Create("poisson_generator", {"rate": rate_Hz})
        # Any delay will do; 1.5 ms is that of the published microcircuit.
        nest.Connect(generator, neurons[target], "all_to_all", {"weight": weight, "delay": 1.5})
    for name, recorder in recorders.items():
        nest.Connect(neurons[name], recorder)


def run(model, options):
    warm_up_ms = model.time_ms("warm_up")
    duration_ms = model.value(options.duration) if options.duration else model.time_ms("duration")
    nest.set_verbosity("M_ERROR")
    nest.resolution = model.time_ms("dt")
    nest.local_num_threads = options.threads
    nest.rng_seed = options.seed
    nest.overwrite_files = True

    begin = time.perf_counter()
    neurons, recorders = create_populations(model, warm_up_ms)
    synapses = connect(model, neurons)
    connect_devices(model, neurons, recorders)
    nest.Prepare()  # sorts the connections: part of construction
    built = time.perf_counter()
    nest.Run(warm_up_ms + duration_ms)
    simulated = time.perf_counter()
    nest.Cleanup()

    seconds = (warm_up_ms + duration_ms) / 1000
    rate_hz = {name: recorders[name].n_events / len(population) / (duration_ms / 1000)
               for name, population in neurons.items()}
    return {
        "nest": nest.__version__, "threads": options.threads,
        "neurons": sum(map(len, neurons.values())), "synapses": synapses,
        "build_s": built - begin, "simulate_s": simulated - built,
        "real_time_factor": (simulated - built) / seconds,
        # With the interpreter and NEST's libraries.
        "peak_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "rates_hz": rate_hz,
    }


def definition(text):
    name, _, value = text.partition("=")
    return name, value


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=pathlib.Path, help="model file")
    parser.add_argument("--define", type=definition, nargs="*", default=[], metavar="NAME=VALUE",
                        help="constants of the model file with other values")
    parser.add_argument("--duration", metavar='"T UNIT"', help="after the warm-up")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=pathlib.Path, required=True, help="file of figures (JSON)")
    options = parser.parse_args()
    model = model_file.ModelFile(options.model, dict(options.define))
    options.out.write_text(json.dumps(run(model, options), indent=2) + "\n")


if __name__ == "__main__":
    main()
