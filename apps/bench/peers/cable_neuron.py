#!/usr/bin/env python3
"""Runs a cable workload in NEURON (pip install neuron numpy) and prints its figures as JSON.

NEURON's own `hh` without its rate table, fixed steps, backward Euler: the scheme with which the
reference was made. --coreneuron runs the same in CoreNEURON, which copies the model at the start of
a run: a run of one step before, whose seconds are `transfer_s`, is taken from the figures. V is
kept at every step where spikes are taken, for their times between steps.

  python cable_neuron.py axon --copies 8 --duration 100 --coreneuron
"""

import os
import sys
import time

os.environ.setdefault("NEURON_MODULE_OPTIONS", "-nogui")
import neuron  # noqa: E402
from neuron import coreneuron, h  # noqa: E402

import cable_workloads as workloads  # noqa: E402
from cable_workloads import CABLES, TREES  # noqa: E402

# Same scheme and exact exponentials: what shared/reference/cable/README.md calls fair.
TOLERANCE_MS = 1e-5


def squid(section, leak_S_cm2, leak_mV):
    section.insert("hh")
    section.ena, section.ek = workloads.SODIUM_mV, workloads.POTASSIUM_mV
    for segment in section:
        segment.hh.gnabar, segment.hh.gkbar = workloads.SODIUM_S_cm2, workloads.POTASSIUM_S_cm2
        segment.hh.gl, segment.hh.el = leak_S_cm2, leak_mV


def cylinder(name, length_um, diameter_um, compartments, axial_ohm_cm):
    section = h.Section(name=name)
    section.nseg = compartments
    section.L, section.diam, section.Ra, section.cm = length_um, diameter_um, axial_ohm_cm, 1.0
    return section


def build_cables(name, copies):
    """Returns what must be kept alive, and the watched segments by (cell, compartment)."""
    cable, kept, watched = CABLES[name], [], {}
    for cell in range(copies):
        section = cylinder(f"cable{cell}", cable.length_um, cable.diameter_um, cable.compartments,
                           cable.axial_ohm_cm)
        squid(section, cable.leak_S_cm2, cable.leak_mV)
        clamp = h.IClamp(section(0.5 / cable.compartments))
        clamp.delay, clamp.dur, clamp.amp = cable.onset_ms, 1e9, cable.current_nA
        kept += [section, clamp]
        for place in cable.watched:
            watched[cell, place] = section((place + 0.5) / cable.compartments)
    return kept, watched


def build_tree(cell):
    """Sections of a tree: the soma, and the dendrite's in the order of their numbers."""
    soma = cylinder(f"soma{cell}", TREES.soma_um, TREES.soma_um, 1, TREES.axial_ohm_cm)
    squid(soma, workloads.SQUID_LEAK_S_cm2, workloads.SQUID_LEAK_mV)
    dendrite = []
    for number in range(TREES.sections):
        section = cylinder(f"dendrite{cell}_{number}", TREES.section_um, TREES.diameter_um(number),
                           TREES.section_compartments, TREES.axial_ohm_cm)
        section.insert("pas")
        for segment in section:
            segment.pas.g, segment.pas.e = TREES.leak_S_cm2, TREES.leak_mV
        parent = TREES.parent(number)
        section.connect(soma(1) if parent is None else dendrite[parent](1), 0)
        dendrite.append(section)
    return soma, dendrite


def build_trees(duration_ms):
    """As build_cables. Arrivals are put into the queue when a run is initialised."""
    kept, watched, inputs = [], {}, []
    for cell in range(TREES.cells):
        soma, dendrite = build_tree(cell)
        kept += [soma, dendrite]
        watched[cell, 0] = soma(0.5)
        for number in range(TREES.synapses):
            section, place = TREES.synapse_place(number)
            synapse = h.ExpSyn(dendrite[section]((place + 0.5) / TREES.section_compartments))
            synapse.tau, synapse.e = TREES.synapse_ms, TREES.synapse_mV
            connection = h.NetCon(None, synapse)
            connection.weight[0] = TREES.weight_uS
            times_ms = [step * TREES.dt_ms for step in TREES.arrivals(cell, number)]
            inputs.append((connection, [t for t in times_ms if t < duration_ms]))
            kept.append(synapse)

    def queue_arrivals():
        for connection, times_ms in inputs:
            for time_ms in times_ms:
                connection.event(time_ms)

    kept.append(h.FInitializeHandler(queue_arrivals))
    return [*kept, inputs], watched


def build(options):
    if options.workload == "trees":
        workloads.check_arrivals()
        h.celsius, h.dt = TREES.celsius, TREES.dt_ms
        return build_trees(options.duration)
    h.celsius, h.dt = CABLES[options.workload].celsius, CABLES[options.workload].dt_ms
    return build_cables(options.workload, options.copies)


def seconds_to(context, end_ms):
    """Wall and CPU seconds (of all threads) from now to a time of the model."""
    wall, cpu = time.perf_counter(), time.process_time()
    context.psolve(end_ms)
    return time.perf_counter() - wall, time.process_time() - cpu


def run(options, steps):
    """Returns wall and CPU seconds, those of the transfer to CoreNEURON, and spikes."""
    context = h.ParallelContext()
    context.nthread(options.threads)
    context.set_maxstep(10)
    kept, watched = build(options)
    h.usetable_hh = 0
    coreneuron.enable, coreneuron.verbose = options.coreneuron, 0
    traces = {place: h.Vector().record(segment._ref_v) for place, segment in watched.items()}
    h.finitialize(workloads.INITIAL_mV)
    transfer_s = [0.0, 0.0]
    if options.coreneuron:
        transfer_s = seconds_to(context, h.dt)
        h.finitialize(workloads.INITIAL_mV)
    wall_s, cpu_s = seconds_to(context, steps * h.dt)
    spikes = {place: workloads.crossings_ms(V.as_numpy(), h.dt) for place, V in traces.items()}
    return wall_s - transfer_s[0], cpu_s - transfer_s[1], transfer_s[1], spikes


def main():
    parser = workloads.parser(__doc__)
    parser.add_argument("--coreneuron", action="store_true", help="simulate in CoreNEURON")
    options, cells, steps = workloads.read(parser)
    wall_s, cpu_s, transfer_s, spikes = run(options, steps)
    check = workloads.compared(options.workload, spikes, options.duration, options.reference)
    workloads.write(options, {
        "simulator": "CoreNEURON" if options.coreneuron else "NEURON",
        "version": neuron.__version__, "threads": options.threads,
        **workloads.figures(options.workload, cells, steps, wall_s, cpu_s),
        "transfer_s": transfer_s, "spikes": sum(map(len, spikes.values())), **check})
    found = check["reference"]
    if found and (found["missing_or_more"] or found["all_spikes_off_by_ms"] > TOLERANCE_MS):
        sys.exit("cable_neuron.py: error: spikes are not those of the reference")


if __name__ == "__main__":
    main()
