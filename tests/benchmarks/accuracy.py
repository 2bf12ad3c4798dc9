"""How good the networks are, and what each idea of the deep one adds.

python tests/benchmarks/accuracy.py FOLDER ... --seeds 0 1 2
python tests/benchmarks/accuracy.py FOLDER ... --seeds 0 1 2 --without all

The first trains each network as `python -m tinycnn.train` does, from scratch, and
evaluates it once on the test part. The second leaves out one idea of the deep network
at a time and evaluates on a fifth of the training photos: the test part chooses
nothing. Each training run is a line of the results file; those that are there are not
repeated.
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
from tinycnn.networks import RECIPES, TUTORIAL, deep, deep_network, tutorial_network
from tinycnn.networks.deep import blocks

HELD_OUT = 0.2
NOTHING = "nothing"


def glorot(*arguments, **words):
    """Return a convolution whose kernels begin as in the tutorial."""
    return Conv2D(*arguments, **{**words, "kernel_initializer": "glorot_uniform"})


def valid(*arguments, **words):
    """Return a convolution without a border."""
    return Conv2D(*arguments, **{**words, "padding": "valid"})


# What is left out: the name in tinycnn/networks/deep.py, and what stands for it.
IDEAS = {
    NOTHING: None,
    "batch normalisation": ("BatchNormalization", lambda **_: Dropout(0.0)),
    "dropout": ("DROPPED", 0.0),
    "He initialisation": ("Conv2D", glorot),
    '"same" padding': ("Conv2D", valid),
    "the falling rate": ("CosineDecay", lambda rate, _: rate),
    "global average pooling": ("GlobalAveragePooling2D", Flatten),
    "flattening": ("Flatten", GlobalAveragePooling2D),
    "wider augmentation": None,
    "the third block and on": ("blocks", lambda side: blocks(side)[:2]),
}
# Two-sided 95 % of Student's t, by degrees of freedom.
STUDENT = {1: 12.71, 2: 4.30, 3: 3.18, 4: 2.78, 5: 2.57, 6: 2.45, 7: 2.36, 8: 2.31}


def train(folder, network, seed, epochs=None, without=None):
    """Train and evaluate once; return the line of the results file."""
    recipe = RECIPES[network]
    if without is not None:
        recipe = replace(recipe, validation_share=HELD_OUT)
    if without == "wider augmentation":
        recipe = replace(recipe, augmentation=TUTORIAL.augmentation)
    begin = time.perf_counter()
    data = open_dataset(folder, batch_size=recipe.batch_size, seed=seed, recipe=recipe)
    epochs = epochs or recipe.epochs_for(data.train.samples)
    shape, classes = data.train.preprocessing.shape, len(data.class_names)
    if network == "deep":
        steps = epochs * len(data.train)
        change = IDEAS[without or NOTHING]
        with patch.object(deep, *(change or ("blocks", blocks))):
            model = deep_network(shape, classes, recipe.learning_rate, steps, seed)
    else:
        model = tutorial_network(shape, classes, seed=seed)
    model.fit(
        data.train,
        epochs=epochs,
        validation_data=data.validation or data.test,
        verbose=0,
    )
    part = data.test if without is None else data.validation
    result = evaluate_answers(data.train, part, model.predict(part), model.threshold)
    return {
        "photos": Path(folder).name,
        "network": network,
        "without": without,
        "seed": seed,
        "right": int(result.right),
        "total": int(result.total),
        "epochs": epochs,
        "parameters": model.count_params(),
        "minutes": (time.perf_counter() - begin) / 60,
    }


def key(line):
    """Return what makes a training run another one."""
    return tuple(line[name] for name in ("photos", "network", "without", "seed"))


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
    """A row for each set of photos and each idea that was left out."""
    rows = []
    for photos in dict.fromkeys(n["photos"] for n in lines):
        found = {
            (n["without"], n["seed"]): share(n) for n in lines if n["photos"] == photos
        }
        for idea in IDEAS:
            pairs = [
                (found[idea, seed], found[NOTHING, seed])
                for name, seed in found
                if name == idea and (NOTHING, seed) in found
            ]
            if pairs:
                change = interval([one - whole for one, whole in pairs])
                rows.append(
                    [
                        photos,
                        idea,
                        f"{mean(one for one, _ in pairs):.1%}",
                        "" if idea == NOTHING else change,
                        len(pairs),
                    ]
                )
    head = "photos, left out, accuracy, change in percentage points, seeds"
    return table(head.split(", "), rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    parser.add_argument("--networks", nargs="+", default=list(RECIPES), choices=RECIPES)
    parser.add_argument("--without", nargs="+", default=[], choices=["all", *IDEAS])
    parser.add_argument("--epochs", type=int, help="instead of the recipe's")
    parser.add_argument("--results", type=Path, default=Path("runs/accuracy.jsonl"))
    options = parser.parse_args()
    options.results.parent.mkdir(parents=True, exist_ok=True)
    options.results.touch()
    text = options.results.read_text(encoding="utf-8")
    lines = [json.loads(line) for line in text.splitlines()]
    ideas = list(IDEAS) if "all" in options.without else options.without
    if ideas and NOTHING not in ideas:
        ideas = [NOTHING, *ideas]
    kinds = [("deep", i) for i in ideas] or [(n, None) for n in options.networks]
    for folder in options.folders:
        for seed in options.seeds:
            for network, without in kinds:
                if (folder.name, network, without, seed) in map(key, lines):
                    continue
                line = train(folder, network, seed, options.epochs, without)
                lines.append(line)
                with options.results.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(line) + "\n")
                print(line, flush=True)
    whole = [line for line in lines if line["without"] is None]
    if whole:
        print(accuracies(whole))
    if parts := [line for line in lines if line["without"] is not None]:
        print(ladder(parts))


if __name__ == "__main__":
    main()
