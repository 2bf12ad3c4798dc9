"""Write the tables of docs/keras.md: python docs/make_keras_words.py."""

import inspect
from importlib import import_module
from pathlib import Path

from tinycnn import models
from tinycnn.keras import names, words
from tinycnn.preprocessing import image

PAGE = Path(__file__).with_name("keras.md")
START = "<!-- the tables below are written by docs/make_keras_words.py -->\n"
END = "<!-- the end of the tables -->\n"
CALLS = {
    "layers": words.LAYER_WORDS,
    "optimisers": words.OPTIMIZER_WORDS,
    "`compile`": words.COMPILE_WORDS,
    "`fit`, `fit_generator`": words.FIT_WORDS,
    "`evaluate`, `predict`": words.ANSWER_WORDS,
    "`ImageDataGenerator`": words.GENERATOR_WORDS,
    "`flow`, `flow_from_directory`, `flow_from_dataframe`": words.FLOW_WORDS,
    "`load_img`, `img_to_array`": words.PHOTO_WORDS,
    "callbacks": words.CALLBACK_WORDS,
    "constraints": words.CONSTRAINT_WORDS,
    "`L1`": words.L1_WORDS,
    "`L2`": words.L2_WORDS,
}
# A word that one of the functions has as an argument never reaches its table.
FUNCTIONS = {
    "`compile`": [models.Sequential.compile],
    "`fit`, `fit_generator`": [models.Sequential.fit],
    "`evaluate`, `predict`": [models.Sequential.evaluate, models.Sequential.predict],
    "`ImageDataGenerator`": [image.ImageDataGenerator],
    "`flow`, `flow_from_directory`, `flow_from_dataframe`": [
        image.ImageDataGenerator.flow,
        image.ImageDataGenerator.flow_from_directory,
        image.ImageDataGenerator.flow_from_dataframe,
    ],
    "`load_img`, `img_to_array`": [image.load_img, image.img_to_array],
}
# Words of `MORE`, which are refused only where they cannot be translated.
TRANSLATED = {
    ("optimisers", "decay"),
    ("`fit`, `fit_generator`", "samples_per_epoch"),
    ("`fit`, `fit_generator`", "nb_val_samples"),
}
# What needs more than one word, in `words`, and so is not in its tables.
MORE = [
    ("layers", "`input_dim=20`", "`input_shape=(20,)`"),
    ("layers", "`batch_input_shape=(None, 64, 64, 3)`", "`input_shape=(64, 64, 3)`"),
    ("layers", "`nb_row=3, nb_col=3`", "`kernel_size=(3, 3)`"),
    ("layers", "`Convolution2D(32, 3, 3)`", "`Conv2D(32, (3, 3))`"),
    ("optimisers", "`decay=1e-6`", "`learning_rate=InverseTimeDecay(...)`"),
    ("`fit`", "`samples_per_epoch=` photos", "`steps_per_epoch=` batches"),
    ("`fit`", "`nb_val_samples=` photos", "`validation_steps=` batches"),
    ("`fit`", "`steps_per_epoch=62.5`", "rounded up: 63"),
    ("`fit`", "`generator=`", "`x=`"),
]


def table(headings: list[str], rows: list[tuple[str, ...]]) -> list[str]:
    """Return a table in Markdown."""
    lines = [headings, ["---"] * len(headings), *rows]
    cells = [[cell.replace("|", r"\|") for cell in line] for line in lines]
    return [f"| {' | '.join(line)} |" for line in cells] + [""]


def is_here(module: str, name: str) -> bool:
    """Return whether a module has a name, or leads to it."""
    try:
        found = getattr(import_module(module), name)
    except (AttributeError, ImportError):
        return False
    return not isinstance(found, (names.NotHere, names.AbsentModule))


def short(module: str) -> str:
    """Return a module's name as a script writes it after keras."""
    return module.removeprefix("tinycnn.").removeprefix("keras.")


def dotted(module: str, name: str) -> str:
    """Return `layers.MaxPool2D` for a name in a module."""
    return f"`{name}`" if module == "tinycnn" else f"`{short(module)}.{name}`"


def value(one: object) -> str:
    """Return a value as it is written."""
    return "any value" if one is words.ANYTHING else f"`{one!r}`"


def works() -> list[tuple[str, ...]]:
    """Names and old modules that lead to what is here."""
    rows = []
    for module, row in names.ALIASES.items():
        on_arrays = []  # NumPy's functions: one row for all of a module
        for name, target in row.items():
            if target.startswith("tinycnn.keras.arrays:"):
                on_arrays.append(dotted(module, name))
            elif name != "Model" and is_here(module, name):
                rows.append((dotted(module, name), f"`{target.replace(':', '.')}`"))
        if on_arrays:
            rows.append((", ".join(on_arrays), "`tinycnn.keras.arrays`: NumPy's"))
    rows += [(f"`{short(old)}`", f"`{now}`") for old, now in names.MODULES.items()]
    for room, inside in names.INSIDE.items():
        modules = ", ".join(f"`{short(room)}.{name}`" for name in inside.split())
        rows.append((modules, f"`{names.MODULES.get(room, room)}`"))
    # An old module's name may be a name of today's in the first table, too.
    return list(dict.fromkeys(rows))


def differs() -> list[tuple[str, ...]]:
    """Words that are translated, or accepted with a line or for one value."""
    rows = list(MORE)
    for call, of in CALLS.items():
        rows += [(call, f"`{old}=`", f"`{new}=`") for old, new in of.renamed.items()]
        rows += [(call, f"`{word}=`", line) for word, line in of.noted.items()]
    return rows


def neutral() -> list[tuple[str, ...]]:
    """Values that change nothing."""
    return [
        (call, f"`{word}=`", ", ".join(map(value, dict.fromkeys(map(_key, values)))))
        for call, of in CALLS.items()
        for word, values in of.neutral.items()
    ]


def _key(one: object) -> object:
    return tuple(one) if isinstance(one, list) else one


def absent() -> list[tuple[str, ...]]:
    """Names and arguments that are not here, and what to do instead."""
    ways: dict[str, list[str]] = {names.ONE_ROW: ["`Model` of branches"]}
    for module, row in names.ABSENT.items():
        for name, way in row.items():
            if not is_here(module, name):
                ways.setdefault(way, []).append(dotted(module, name))
    for module, way in names.ABSENT_MODULES.items():
        parent, _, name = module.rpartition(".")
        if not is_here(parent, name):
            ways.setdefault(way, []).append(f"`{short(module)}`")
    rows = [(", ".join(dict.fromkeys(found)), way) for way, found in ways.items()]
    for call, of in CALLS.items():
        taken = {
            word
            for function in FUNCTIONS.get(call, [])
            for word in inspect.signature(function).parameters
        }
        rows += [
            (f"{call}: `{word}=`", way)
            for word, way in of.refused.items()
            if word not in taken and (call, word) not in TRANSLATED
        ]
    return rows


def tables() -> str:
    """Return the part of the page that is written from the tables."""
    lines = ["### Works: another name for the same thing", ""]
    lines += table(["in a Keras script", "in tinycnn"], works())
    lines += ["### Works, differs: translated, and one line says so once", ""]
    lines += table(["in", "old", "today, or why"], differs())
    lines += ["### Works: values that change nothing, accepted in silence", ""]
    lines += table(["in", "word", "values"], neutral())
    lines += ["### Not here: do this", ""]
    lines += table(["not here", "instead"], absent())
    return "\n".join(lines)


def page(text: str) -> str:
    """Return the page with its tables written anew."""
    before, _, rest = text.partition(START)
    after = rest.partition(END)[2]
    return f"{before}{START}\n{tables()}\n{END}{after}"


if __name__ == "__main__":
    old = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(page(old), encoding="utf-8", newline="\n")
    print(f"wrote docs/{PAGE.name}")
