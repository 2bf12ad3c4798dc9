"""Where does the time of a training step go? python tests/benchmarks/where.py

Prints, for each of the four networks, what every layer takes forward and backward and
what the optimiser takes, beside what the products alone would take at the speed of one
large product. With one thread, so that the parts add up.
"""

import argparse
import os
import sys
from collections import Counter
from pathlib import Path
from time import perf_counter

os.environ["OPENBLAS_NUM_THREADS"] = os.environ["TINYCNN_NUM_THREADS"] = "1"
sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parent / "peers"))

import numpy as np
from networks import photos_of
from tables import table
from tinycnn_peer import model_of

from tinycnn import layers, optimizers

BATCHES = {"tutorial": 32, "mnist": 128, "cifar": 32, "deep": 32}
STEPS = 20


def products_per_second():
    """Multiply-adds per second of one large product."""
    a = np.random.default_rng(0).random((2000, 2000), np.float32)
    a @ a
    start = perf_counter()
    for _ in range(3):
        a @ a
    return 3 * 2000**3 / (perf_counter() - start)


def timed(times, thing, method, name):
    """Let a method add its seconds to `times`, under a name or the layer's own."""
    plain = getattr(thing, method)

    def watched(self, *arguments, **keywords):
        start = perf_counter()
        try:
            return plain(self, *arguments, **keywords)
        finally:
            times[name or (type(self).__name__, method)] += perf_counter() - start

    setattr(thing, method, watched)


def main():
    argparse.ArgumentParser(description=__doc__).parse_args()
    times = Counter()
    kinds = [layers.Conv2D, layers.MaxPooling2D, layers.ReLU, layers.Dense]
    for kind in [*kinds, layers.Dropout, layers.BatchNormalization]:
        timed(times, kind, "forward", None)
        timed(times, kind, "backward", None)
    timed(times, optimizers.Adam, "update", "Adam")
    speed = products_per_second()
    for network, batch in BATCHES.items():
        model = model_of(network)
        x, y = photos_of(network, batch * STEPS)
        model.fit(x, y, batch_size=batch, verbose=0)
        times.clear()
        start = perf_counter()
        model.fit(x, y, batch_size=batch, verbose=0)
        whole = perf_counter() - start
        say(network, model, batch, times, whole, speed)


def in_ms(seconds):
    """Return it as text; nothing for what took no time at all."""
    return f"{seconds * 1e3:.1f}" if seconds else ""


def say(network, model, batch, times, whole, speed):
    """Print one network's table, in ms per step."""
    seen = [kind for kind in layers.__dict__ if (kind, "forward") in times]
    rows = []
    for kind in sorted(seen):
        floor = 0.0
        for place, layer in enumerate(model.layers):
            if type(layer).__name__ == kind:
                # Forward, the kernel's gradient, and dx, which photos do not get.
                floor += layer.multiply_adds() * batch / speed * (3 if place else 2)
        forward, backward = (times[kind, way] for way in ("forward", "backward"))
        rows.append([kind, *map(in_ms, (forward / STEPS, backward / STEPS, floor))])
    rest = whole - sum(times.values())
    for name, seconds in ("Adam", times["Adam"]), ("all else", rest), ("a step", whole):
        rows.append([name, in_ms(seconds / STEPS), "", ""])
    sys.stdout.write(f"\n{network}, batch {batch}, ms per step, one thread\n")
    head = ["", "forward (or whole)", "backward", "its products alone"]
    sys.stdout.write(table(head, rows) + "\n")


if __name__ == "__main__":
    main()
