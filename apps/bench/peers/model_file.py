"""Reads our model files with Python alone, as far as the networks here need it.

Numbers come out in ms, kHz, mV, pA and pF, in which the equations of the neurons need no factors.
It is a second reading of the files, independent of the program's: mistakes are not explained.
"""

import json
import math
import re

UNITS = {"ms": 1.0, "s": 1000.0, "Hz": 1e-3, "kHz": 1.0, "mV": 1.0, "pA": 1.0, "nA": 1000.0,
         "pF": 1.0, "%": 0.01}
QUANTITY = re.compile(r"(\d[\d.]*(?:[eE][-+]?\d+)?)\s*(kHz|Hz|ms|mV|pA|nA|pF|s|%)(?!\w)")
STRINGS_AND_COMMENTS = re.compile(r'"(?:\\.|[^"\\])*"|//[^\n]*|/\*.*?\*/', re.DOTALL)


def without_comments(text):
    return STRINGS_AND_COMMENTS.sub(
        lambda found: found.group() if found.group().startswith('"') else " ", text)


def half_away_from_zero(number):
    return int(math.copysign(math.floor(abs(number) + 0.5), number))


FUNCTIONS = {"round": half_away_from_zero, "floor": math.floor, "ceil": math.ceil,
             "sqrt": math.sqrt, "exp": math.exp, "log": math.log, "abs": abs, "min": min,
             "max": max, "choose": lambda condition, yes, no: yes if condition else no,
             "pi": math.pi}


class Names(dict):
    """The constants of "define", each evaluated where it is used."""

    def __init__(self, define):
        super().__init__(FUNCTIONS)
        self.define = define

    def __missing__(self, name):
        self[name] = self.value(self.define[name])
        return self[name]

    def value(self, written):
        """A number, or the value of an expression."""
        if not isinstance(written, str):
            return written
        text = QUANTITY.sub(lambda found: f"({found[1]}*{UNITS[found[2]]!r})", written)
        text = re.sub(r"\bif\(", "choose(", text).replace("^", "**")
        return eval(text, {"__builtins__": {}}, self)  # our own files: nothing foreign is run


class ModelFile:
    """A model file with some constants of its "define" replaced."""

    def __init__(self, path, changed):
        self.content = json.loads(without_comments(path.read_text()))
        unknown = set(changed) - set(self.content["define"])
        if unknown:
            raise ValueError(f"{path} defines no {', '.join(sorted(unknown))}")
        self.names = Names({**self.content["define"], **changed})

    def value(self, written):
        """A number; or what a distribution is made of, as {"distribution": name, "mean": ...}."""
        if isinstance(written, dict):
            return {key: text if key == "distribution" else self.value(text)
                    for key, text in written.items()}
        return self.names.value(written)

    def values(self, written):
        return {name: self.value(text) for name, text in written.items()}

    def time_ms(self, name):
        return self.value(self.content[name])

    def populations(self):
        """(name, model, size, parameters, initial state) of each."""
        for name, population in self.content["populations"].items():
            yield (name, population["model"], self.value(population["size"]),
                   self.values(population.get("parameters", {})),
                   self.values(population.get("initial", {})))

    def projections(self):
        """One source and one target each: tables are taken apart, entries without synapses left
        out."""
        for table in self.content["projections"]:
            sources = table.get("sources") or [table["source"]]
            targets = table.get("targets") or [table["target"]]
            for t, target in enumerate(targets):
                for s, source in enumerate(sources):
                    cell = {key: self.value(entry(value, t, s)) for key, value in table.items()
                            if key in ("number", "indegree", "weight", "delay")}
                    cell |= {"source": source, "target": target, "rule": table["rule"]}
                    if cell.get("number", cell.get("indegree")) > 0:
                        yield cell

    def poisson_drives(self):
        """(target, rate in Hz, weight) of each that is switched on."""
        for stimulus in self.content["stimuli"].values():
            if stimulus["drive"] != "poisson":
                raise ValueError(f"a drive {stimulus['drive']}, expected poisson")
            rate_kHz = self.value(stimulus["rate"])
            if rate_kHz > 0:
                yield stimulus["target"], 1000 * rate_kHz, self.value(stimulus["weight"])


def entry(value, target, source):
    """Of a table with a row for each target, or the one value for all."""
    return value[target][source] if isinstance(value, list) else value
