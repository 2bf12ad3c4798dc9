"""How good the networks are, and what each idea of the deep one is worth.

python tests/benchmarks/accuracy.py FOLDER ... --seeds 0 1 2
python tests/benchmarks/accuracy.py FOLDER ... --seeds 0 1 2 --changes all

The first trains each network as `python -m tinycnn.train` does, from scratch, and
evaluates it once on the test part. The second changes one thing of the deep network at
a time and evaluates on a fifth of the training photos: the test part chooses nothing.
Each training run is a line of the results file; those that are there are not repeated.
"""

import argparse
import json
import math
import time
from dataclasses import replace
from pathlib import Path
from statistics import mean, stdev
from unittest.mock import patch

from tables import table

from tinycnn.datasets.dataset import open_dataset
from tinycnn.layers import Conv2D, Dropout, Flatten, GlobalAveragePooling2D
from tinycnn.metrics import evaluate_answers
from tinycnn.models import Sequential
from tinycnn.networks import RECIPES, TUTORIAL, deep, deep_network, tutorial_network
from tinycnn.networks.deep import blocks

HELD_OUT = 0.2
NOTHING = "nothing"
DROPPED = 0.3


def with_words(**words):
    """Return a convolution that is given these words, too."""
    return lambda *arguments: Conv2D(*arguments, **words)


def half(some):
    return some[: len(some) // 2]


# Each change: the name in tinycnn/networks/deep.py, and what stands for it. The ideas
# of the network are left out; those that gained nothing are put in.
CHANGES = {
    NOTHING: None,
    "without half of the blocks": ("blocks", lambda side: half(blocks(side))),
    "without the falling rate": ("CosineDecay", lambda rate, _: rate),
    "without batch normalisation": ("BatchNormalization", lambda **_: Dropout(0.0)),
    "without wider augmentation": None,
    "with dropout": ("Flatten", lambda: Sequential([Flatten(), Dropout(DROPPED)])),
    "with He initialisation": ("Conv2D", with_words(kernel_initializer="he_normal")),
    'with "same" padding': ("Conv2D", with_words(padding="same")),
    "with averaged maps": ("Flatten", GlobalAveragePooling2D),
}
# Two-sided 95 % of Student's t, by degrees of freedom.
STUDENT = {1: 12.71, 2: 4.30, 3: 3.18, 4: 2.78, 5: 2.57, 6: 2.45, 7: 2.36, 8: 2.31}


def train(folder, network, seed, epochs=None, change=None):
    """Train and evaluate once; return the line of the results file."""
    recipe = RECIPES[network]
    if change is not None:
        recipe = replace(recipe, validation_share=HELD_OUT)
    if change == "without wider augmentation":
        recipe = replace(recipe, augmentation=TUTORIAL.augmentation)
    begin = time.perf_counter()
    data = open_dataset(folder, batch_size=recipe.batch_size, seed=seed, recipe=recipe)
    epochs = epochs or recipe.epochs_for(data.train.samples)
    shape, classes = data.train.preprocessing.shape, len(data.class_names)
    if network == "deep":
        steps = epochs * len(data.train)
        patched = CHANGES[change or NOTHING] or ("blocks", blocks)
        with patch.object(deep, *patched):
            model = deep_network(shape, classes, recipe.learning_rate, steps, seed)
    else:
        model = tutorial_network(shape, classes, seed=seed)
    model.fit(
        data.train,
        epochs=epochs,
        validation_data=data.validation or data.test,
        verbose=0,
    )
    part = data.test if change is None else data.validation
    result = evaluate_answers(data.train, part, model.predict(part), model.threshold)
    return {
        "photos": Path(folder).name,
        "network": network,
        "change": change,
        "seed": seed,
        "right": int(result.right),
        "total": int(result.total),
        "epochs": epochs,
        "parameters": model.count_params(),
        "minutes": (time.perf_counter() - begin) / 60,
    }


def key(line):
    """Return what makes a training run another one."""
    return tuple(line[name] for name in ("photos", "network", "change", "seed"))


def share(line):
    return line["right"] / line["total"]


def interval(differences):
    """Return "mean +- half of the 95 % interval", in percentage points."""
    middle = mean(differences)
    if len(differences) < 2:
        return f"{100 * middle:+.1f}"
    half = STUDENT[len(differences) - 1] * stdev(differences)
    return f"{100 * middle:+.1f} ± {100 * half / math.sqrt(len(differences)):.1f}"


def accuracies(lines):
    """A row for each set of photos and network."""
    rows = []
    for photos, network in dict.fromkeys((n["photos"], n["network"]) for n in lines):
        these = sorted(
            (n for n in lines if (n["photos"], n["network"]) == (photos, network)),
            key=lambda n: n["seed"],
        )
        rows.append(
            [
                photos,
                network,
                f"{these[0]['parameters']:,}",
                these[0]["epochs"],
                " ".join(f"{share(n):.2%}".rstrip("%") for n in these) + " %",
                f"{mean(map(share, these)):.2%}",
                f"{max(n['minutes'] for n in these):.1f}",
            ]
        )
    head = (
        "photos, network, parameters, epochs, accuracy by seed, mean, minutes at most"
    )
    return table(head.split(", "), rows)


def ladder(lines):
    """A row for each set of photos and each change."""
    rows = []
    for photos in dict.fromkeys(n["photos"] for n in lines):
        found = {
            (n["change"], n["seed"]): share(n) for n in lines if n["photos"] == photos
        }
        for change in CHANGES:
            pairs = [
                (found[change, seed], found[NOTHING, seed])
                for name, seed in found
                if name == change and (NOTHING, seed) in found
            ]
            if pairs:
                gain = interval([one - whole for one, whole in pairs])
                rows.append(
                    [
                        photos,
                        change,
                        f"{mean(one for one, _ in pairs):.1%}",
                        "" if change == NOTHING else gain,
                        len(pairs),
                    ]
                )
    head = "photos, change, accuracy, gain in percentage points, seeds"
    return table(head.split(", "), rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    parser.add_argument("--networks", nargs="+", default=list(RECIPES), choices=RECIPES)
    parser.add_argument("--changes", nargs="+", default=[], choices=["all", *CHANGES])
    parser.add_argument("--epochs", type=int, help="instead of the recipe's")
    parser.add_argument("--results", type=Path, default=Path("runs/accuracy.jsonl"))
    options = parser.parse_args()
    options.results.parent.mkdir(parents=True, exist_ok=True)
    options.results.touch()
    text = options.results.read_text(encoding="utf-8")
    lines = [json.loads(line) for line in text.splitlines()]
    changes = list(CHANGES) if "all" in options.changes else options.changes
    if changes and NOTHING not in changes:
        changes = [NOTHING, *changes]
    kinds = [("deep", change) for change in changes] or [
        (n, None) for n in options.networks
    ]
    for folder in options.folders:
        for seed in options.seeds:
            for network, change in kinds:
                if (folder.name, network, change, seed) in map(key, lines):
                    continue
                line = train(folder, network, seed, options.epochs, change)
                lines.append(line)
                with options.results.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(line) + "\n")
                print(line, flush=True)
    whole = [line for line in lines if line["change"] is None]
    if whole:
        print(accuracies(whole))
    if parts := [line for line in lines if line["change"] is not None]:
        print(ladder(parts))


if __name__ == "__main__":
    main()
