"""Keras's words that tinycnn spells differently or does not have, as tables.

Layers, optimisers, generators and models know one spelling. A call from a Keras script
goes through `spelled`, which reads four kinds of rows:

renamed
    An old word becomes today's; one line says so, once.
neutral
    A value that changes nothing is accepted in silence.
noted
    A word that has nothing to act on here is accepted; one line says why.
refused
    Everything else raises TypeError with what to do instead: an argument that was
    accepted and ignored would mislead.

A word that the called function has as an argument never reaches the tables.
"""

import inspect
import math
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache, wraps
from typing import Any, TypeVar, cast

import numpy as np

from tinycnn.keras.names import refuse_what_is_not_here
from tinycnn.text import warn

Function = TypeVar("Function", bound=Callable[..., Any])
Keywords = dict[str, Any]
ANYTHING = object()  # every value of this word is neutral


class KerasWordWarning(UserWarning):
    """An old spelling was translated; ``-W error::UserWarning`` makes it an error."""


@dataclass(frozen=True)
class Words:
    """The words of one kind of call.

    Attributes
    ----------
    renamed : dict of str to str
        Old word -> today's word.
    neutral : dict of str to tuple
        Word -> its values that change nothing.
    noted : dict of str to str
        Word -> why it has nothing to act on.
    refused : dict of str to str
        Word -> what to do instead.
    default : dict of str to tuple
        Word of today -> values that stand for its default.
    steps : tuple of str
        Words of today that count batches: a whole float is a whole number.
    """

    renamed: dict[str, str] = field(default_factory=dict)
    neutral: dict[str, tuple[object, ...]] = field(default_factory=dict)
    noted: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    default: dict[str, tuple[object, ...]] = field(default_factory=dict)
    steps: tuple[str, ...] = ()


# Older names of initialisers.
INIT_VALUES = {
    "uniform": "random_uniform",
    "normal": "random_normal",
    "zero": "zeros",
    "one": "ones",
}
# Values of today's arguments that Keras spells in several ways.
VALUES: dict[str, dict[str, str]] = {
    "padding": {"Same": "same", "SAME": "same", "Valid": "valid", "VALID": "valid"},
    "color_mode": {"gray": "grayscale", "grey": "grayscale", "greyscale": "grayscale"},
    "kernel_initializer": INIT_VALUES,
    "bias_initializer": INIT_VALUES,
}

NO_REGULARIZER = "Dropout(rate) and augmentation reduce over-fitting"
CHANNELS_LAST = "arrays are always (N, rows, columns, channels), channels last"
LAST = (None, "channels_last")
NO_CONSTRAINT = "kernel and bias of Conv2D and Dense can be constrained"

LAYER_WORDS = Words(
    renamed={
        "alpha": "negative_slope",
        "W_constraint": "kernel_constraint",
        "W_regularizer": "kernel_regularizer",
        "b_constraint": "bias_constraint",
        "b_regularizer": "bias_regularizer",
        "bias": "use_bias",
        "border_mode": "padding",
        "init": "kernel_initializer",
        "nb_filter": "filters",
        "output_dim": "units",
        "p": "rate",
        "subsample": "strides",
    },
    neutral={
        "activity_regularizer": (None,),
        "axis": (-1, 3),
        "batch_size": (None,),
        "beta_constraint": (None,),
        "beta_initializer": ("zeros", None),
        "beta_regularizer": (None,),
        "bias_constraint": (None,),
        "center": (True,),
        "data_format": LAST,
        "dilation_rate": (1, (1, 1)),
        "dim_ordering": (None, "default", "tf"),
        "dtype": (None, "float32", np.float32, np.dtype("float32")),
        "fused": (None, True, False),
        "gamma_constraint": (None,),
        "gamma_initializer": ("ones", None),
        "gamma_regularizer": (None,),
        "groups": (1,),
        "kernel_constraint": (None,),
        "mode": (0,),
        "moving_mean_initializer": ("zeros", None),
        "moving_variance_initializer": ("ones", None),
        "name": (None,),
        "noise_shape": (None,),
        "renorm": (False,),
        "scale": (True,),
        "seed": (None,),
        "sparse": (False,),
        "weights": (None,),
    },
    noted={
        "seed": "what it drops follows from the model's seed: Sequential(seed=...)",
    },
    refused={
        "activity_regularizer": f"outputs are not in the loss; {NO_REGULARIZER}",
        "axis": "it is the last axis, that of the channels or classes",
        "keepdims": "the result is (N, C)",
        "max_value": "nothing is cut off above; Sigmoid() and Tanh() have limits",
        "threshold": "the kink is at 0",
        "bias_constraint": NO_CONSTRAINT,
        "center": "beta is always added",
        "data_format": CHANNELS_LAST,
        "dilation_rate": "windows have no gaps; two convolutions in a row see further",
        "dim_ordering": f"{CHANNELS_LAST}; np.moveaxis(x, 1, -1) turns them",
        "dtype": "networks are float32; gradient checks build theirs in float64",
        "groups": "every kernel sees every channel",
        "kernel_constraint": NO_CONSTRAINT,
        "mode": "the mean and the variance are those of each channel",
        "noise_shape": "each number is dropped by itself",
        "scale": "gamma is always multiplied",
        "weights": "set_weights takes arrays after the layer is built",
    },
)
CONSTRAINT_WORDS = Words(renamed={"m": "max_value"})
L1_WORDS, L2_WORDS = Words(renamed={"l": "l1"}), Words(renamed={"l": "l2"})
SPEED = (ANYTHING,)  # of how batches are made, never of what is in them
FIT_WORDS = Words(
    renamed={
        "class_weights": "class_weight",
        "nb_epoch": "epochs",
        "nb_worker": "workers",
    },
    neutral={
        "max_q_size": SPEED,
        "max_queue_size": SPEED,
        "pickle_safe": SPEED,
        "sample_weight": (None,),
        "show_accuracy": (False,),
        "use_multiprocessing": SPEED,
        "validation_freq": (1,),
        "workers": SPEED,
    },
    noted={
        "show_accuracy": "compile(metrics=['accuracy']) decides what is shown",
    },
    refused={
        "nb_val_samples": "its name is validation_steps, and it counts batches",
        "sample_weight": "class_weight weights whole classes",
        "samples_per_epoch": "its name is steps_per_epoch, and it counts batches",
        "validation_freq": "validation follows every epoch",
    },
    default={"batch_size": (None,), "epochs": (None,), "verbose": ("auto", None)},
    steps=("steps_per_epoch", "validation_steps"),
)
# The order of fit_generator's arguments, which was not that of fit.
FIT_GENERATOR = (
    "generator steps_per_epoch epochs verbose callbacks validation_data "
    "validation_steps validation_freq class_weight max_queue_size workers "
    "use_multiprocessing shuffle initial_epoch"
).split()
ANSWER_WORDS = Words(  # of evaluate and predict
    renamed={},
    neutral={
        "max_q_size": SPEED,
        "max_queue_size": SPEED,
        "pickle_safe": SPEED,
        "sample_weight": (None,),
        "use_multiprocessing": SPEED,
        "workers": SPEED,
    },
    refused={
        "sample_weight": "every photo counts the same",
    },
    default={"batch_size": (None,), "verbose": ("auto", None)},
    steps=("steps",),
)
COMPILE_WORDS = Words(
    neutral={
        "auto_scale_loss": SPEED,
        "jit_compile": SPEED,
        "loss_weights": (None, 1, 1.0, [1], [1.0]),
        "run_eagerly": SPEED,
        "sample_weight_mode": (None,),
        "steps_per_execution": SPEED,
        "target_tensors": (None,),
        "weighted_metrics": (None, []),
    },
    refused={
        "loss_weights": "a Sequential has one output and so one loss",
        "sample_weight_mode": "class_weight in fit weights whole classes",
        "target_tensors": "fit takes the right answers as arrays",
        "weighted_metrics": "metrics are not weighted",
    },
)
OPTIMIZER_WORDS = Words(
    renamed={"lr": "learning_rate"},
    neutral={
        "amsgrad": (False,),
        "decay": (0, None),
        "ema_momentum": (ANYTHING,),  # without use_ema it has nothing to act on
        "ema_overwrite_frequency": (None,),
        "gradient_accumulation_steps": (None, 1),
        "jit_compile": SPEED,
        "loss_scale_factor": (None,),
        "name": (ANYTHING,),
        "nesterov": (False,),
        "schedule_decay": (0.004,),
        "use_ema": (False,),
    },
    refused={
        "amsgrad": "Adam has no AMSGrad variant",
        "decay": "the learning rate is constant",
        "gradient_accumulation_steps": "raise batch_size instead",
        "nesterov": "SGD(momentum=0.9, nesterov=True) and Nadam() have it",
        "use_ema": "the weights are those of the last step",
    },
    default={"epsilon": (None,), "momentum": (None,)},
)
GENERATOR_WORDS = Words(
    neutral={
        "brightness_range": (None,),
        "channel_shift_range": (0,),
        "cval": (0,),
        "data_format": LAST,
        "dim_ordering": (None, "default", "tf"),
        "dtype": (None, "float32", np.float32, np.dtype("float32")),
        "featurewise_center": (False,),
        "featurewise_std_normalization": (False,),
        "interpolation_order": (1,),
        "preprocessing_function": (None,),
        "samplewise_center": (False,),
        "samplewise_std_normalization": (False,),
        "zca_epsilon": (ANYTHING,),  # without zca_whitening it has nothing to act on
        "zca_whitening": (False,),
    },
    refused={
        "brightness_range": "the brightness of a photo is not changed",
        "channel_shift_range": "the colours of a photo are not changed",
        "cval": "fill_mode is 'nearest', 'reflect', 'wrap' or 'constant' with zeros",
        "data_format": CHANNELS_LAST,
        "dim_ordering": CHANNELS_LAST,
        "dtype": "photos are float32",
        "featurewise_center": "use rescale",
        "featurewise_std_normalization": "use rescale",
        "interpolation_order": "photos are changed with bilinear interpolation",
        "preprocessing_function": "use rescale: the model file records how photos are "
        "prepared, and cannot record a function",
        "samplewise_center": "use rescale",
        "samplewise_std_normalization": "use rescale",
        "zca_whitening": "use rescale",
    },
)
FLOW_WORDS = Words(
    renamed={"X": "x", "path": "directory"},
    neutral={
        "classes": (None,),
        "drop_duplicates": (False,),
        "follow_links": SPEED,  # links are followed, never in circles
        "has_ext": (True,),
        "ignore_class_split": (False,),
        "keep_aspect_ratio": (False,),
        "sample_weight": (None,),
        "save_format": (ANYTHING,),  # without save_to_dir there is no file
        "save_prefix": (ANYTHING,),
        "save_to_dir": (None,),
        "sort": (ANYTHING,),  # rows keep their order, as in Keras today
        "subset": (None,),
        "weight_col": (None,),
    },
    refused={
        "classes": "the folders' names are the classes, in sorted order",
        "keep_aspect_ratio": "photos are stretched to target_size, as in the tutorial",
        "drop_duplicates": "rows are used as they are: table.drop_duplicates() first",
        "has_ext": "names should be those of files: table['id'] + '.jpg'",
        "sample_weight": "class_weight in fit weights whole classes",
        "save_to_dir": "figures.augmentation_preview shows what augmentation does",
        "subset": "split the arrays first: x[:n], x[n:]",
        "weight_col": "class_weight in fit weights whole classes",
    },
)
PHOTO_WORDS = Words(  # of load_img, img_to_array and array_to_img
    neutral={
        "data_format": LAST,
        "dim_ordering": (None, "default", "tf"),
        "keep_aspect_ratio": (False,),
    },
    refused={
        "data_format": CHANNELS_LAST,
        "dim_ordering": CHANNELS_LAST,
        "keep_aspect_ratio": "photos are stretched to target_size, as in the tutorial",
    },
)
CALLBACK_WORDS = Words(
    renamed={"epsilon": "min_delta"},
    neutral={
        "baseline": (None,),
        "initial_value_threshold": (None,),
        "options": (None,),
        "start_from_epoch": (0,),
    },
    refused={
        "baseline": "the first epoch sets the value to improve on",
        "initial_value_threshold": "the first epoch sets the value to improve on",
        "options": "the file is always written as a whole",
        "start_from_epoch": "raise patience instead",
    },
)
METHOD_WORDS = {
    "build_from_config": "build(input_shape) makes the arrays",
    "to_yaml": "to_json writes the layers, and models.model_from_json reads them",
}

_said: set[str] = set()


def say_once(line: str) -> None:
    """Warn with a `KerasWordWarning`, the first time in a process.

    The warning is placed at the line of the caller outside the library.
    """
    if line in _said:
        return
    warn(line, KerasWordWarning)
    _said.add(line)  # not if the warning was raised: it should be raised again


def spelled(words: Words) -> Callable[[Function], Function]:
    """Return a decorator: the function's callers may use these Keras words.

    Its signature stays the one to read; positional arguments become keywords, so that
    the function is given today's words only.
    """

    def decorate(function: Function) -> Function:
        @wraps(function)
        def call(*args: Any, **keywords: Any) -> Any:
            names = _positional(function)
            first = 1 if names[:1] == ["self"] else 0
            where = _where(function, args) if first else function
            if len(args) > len(names):
                return function(*args, **keywords)  # Python's own message
            if names[1:2] == ["input_shape"] and len(args) > 1:
                if type(args[0]).__init__ is call:
                    raise TypeError(
                        f"{where.__name__}({args[1]!r}): input_shape= is written by "
                        "name, and what Keras has in this place is not here"
                    )
            given = dict(zip(names[first:], args[first:], strict=False))
            for name in given:
                if name in keywords:
                    return function(*args, **keywords)
            _look_at_strides(where, args[first:])
            known = known_words(where, function)
            today = translate(where, {**given, **keywords}, words, known)
            return function(*args[:first], **today)

        return cast(Function, call)

    return decorate


def spell(cls: type, words: Words) -> None:
    """Let the callers of a class use these Keras words.

    A class of the user's own is given whatever its caller wrote; only an old word for
    one of its arguments is translated.
    """
    if "__init__" in vars(cls):
        is_own = not cls.__module__.startswith("tinycnn.")
        decorate = _renamed(words) if is_own else spelled(words)
        cls.__init__ = decorate(cls.__init__)  # type: ignore[misc]


def _renamed(words: Words) -> Callable[[Function], Function]:
    def decorate(function: Function) -> Function:
        @wraps(function)
        def call(self: Any, *args: Any, **keywords: Any) -> Any:
            names = _positional(function)
            for old in [word for word in keywords if word not in names]:
                new = words.renamed.get(old)
                if new in names and new not in keywords:
                    say_once(f"{type(self).__name__}: {old}= is {new}= today")
                    keywords[new] = keywords.pop(old)
            return function(self, *args, **keywords)

        return cast(Function, call)

    return decorate


def _where(function: Callable[..., Any], args: tuple[Any, ...]) -> Callable[..., Any]:
    """Return the class that is made, or the method that is called."""
    return type(args[0]) if function.__name__ == "__init__" and args else function


@cache  # at the first call: signatures would be a tenth of the package's import
def _positional(function: Callable[..., Any]) -> list[str]:
    return [
        name
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.kind is parameter.POSITIONAL_OR_KEYWORD
    ]


def known_words(
    where: Callable[..., Any], function: Callable[..., Any] | None = None
) -> list[str]:
    """Return the arguments that a function, or a class and its bases, has.

    With the ``__init__`` of one of the bases, only those from there on.
    """
    functions: Iterable[Any] = [where]
    if isinstance(where, type):
        classes = [c for c in where.__mro__[:-1] if "__init__" in vars(c)]
        functions = [inspect.unwrap(vars(c)["__init__"]) for c in classes]
        if function in functions:
            functions = functions[functions.index(function) :]
    found = dict.fromkeys(getattr(where, "option_words", ()))
    for function in functions:
        for name, parameter in inspect.signature(function).parameters.items():
            if name != "self" and parameter.kind not in (
                parameter.VAR_KEYWORD,
                parameter.VAR_POSITIONAL,
            ):
                found[name] = None
    return list(found)


def translate(
    where: Callable[..., Any],
    keywords: Keywords,
    words: Words,
    known: list[str] | None = None,
) -> Keywords:
    """Return the keywords in today's words.

    Parameters
    ----------
    where : callable
        The class or function that got the keywords.
    keywords : dict
        What the caller wrote; not changed.
    words : Words
        The tables.
    known : list of str, optional
        Today's arguments; by default those of `where`.

    Raises
    ------
    TypeError
        For a word that asks for something that is not there, with what to do instead,
        and for an old word beside its new one.
    """
    known = known_words(where) if known is None else known
    today: Keywords = {}
    for word, value in _converted(where, keywords, known).items():
        refuse_what_is_not_here(value)
        old = word
        if word not in known and word in words.renamed:
            word = words.renamed[word]
            if old == "init" and isinstance(value, str):
                value = INIT_VALUES.get(value, value)
            if word in known:
                say_once(f"{where.__name__}: {old}= is {word}= today")
            if word in keywords:
                raise TypeError(f"{where.__name__} was given {old!r} and {word!r}")
        value = getattr(value, "spelling", value)
        if isinstance(value, str):
            value = VALUES.get(word, {}).get(value, value)
        if word in known:
            if _is_one_of(value, words.default.get(word, ())):
                continue
            if word in words.steps:
                value = _steps(word, value)
                if value is None:
                    continue
            today[word] = value
        elif _is_one_of(value, words.neutral.get(word, ())):
            continue
        elif word in words.noted:
            say_once(f"{where.__name__}({word}={value!r}): {words.noted[word]}")
        else:
            _refuse(where, old, word, words)
    return today


def _refuse(where: Callable[..., Any], old: str, word: str, words: Words) -> None:
    close = get_close_matches(word, {*known_words(where)} - {old, word}, 1)
    hint = words.refused.get(word) or words.refused.get(old)
    if hint is None and close:
        hint = f"did you mean {close[0]!r}?"
    elif hint is None:
        hint = f"help({where.__qualname__}) lists its arguments"
    raise TypeError(f"{where.__name__} has no argument {old!r}: {hint}")


def refuse(where: Callable[..., Any], keywords: Keywords, words: Words) -> None:
    """Raise TypeError for the first keyword that asks for something, by name.

    For calls that take no word but their own; see `translate`.
    """
    translate(where, keywords, words, [])


def _is_one_of(value: object, values: tuple[object, ...]) -> bool:
    """Return whether a value is one of the neutral ones; an array never is."""
    if ANYTHING in values:
        return True
    if isinstance(value, list):
        value = tuple(value)
    listed = [tuple(v) if isinstance(v, list) else v for v in values]
    if isinstance(value, np.ndarray):
        return False
    return any(value is v or (value == v and not isinstance(v, type)) for v in listed)


def _steps(word: str, value: object) -> object:
    """Return a count of batches as a whole number; None stands for all."""
    if word == "validation_steps" and value == 0 and not isinstance(value, bool):
        say_once("validation_steps=0: all batches are used, as without it")
        return None
    if isinstance(value, (float, np.floating)) and math.isfinite(value):
        whole = math.ceil(value)
        if whole != value:
            say_once(f"{word}={float(value):g} is rounded up to {whole}")
        return whole
    return value


def _converted(
    where: Callable[..., Any], keywords: Keywords, known: list[str]
) -> Keywords:
    """Return the keywords after those changes that need more than one of them."""
    found = dict(keywords)
    name = where.__name__
    if "generator" in found and "x" in known and "x" not in found:
        found["x"] = found.pop("generator")  # the name says what it is: no line
    if "input_shape" in known and "input_dim" in found:
        found["input_shape"] = (found.pop("input_dim"),)
    if "input_shape" in known and "batch_input_shape" in found:
        found["input_shape"] = tuple(found.pop("batch_input_shape"))[1:]
    if "fill_mode" in known and found.get("fill_mode", "nearest") != "constant":
        found.pop("cval", None)  # the colour of a border that is not there
    if "kernel_size" in known and "nb_row" in found and "nb_col" in found:
        found["kernel_size"] = found.pop("nb_row"), found.pop("nb_col")
        say_once(f"{name}: nb_row= and nb_col= are kernel_size=(rows, columns) today")
    for old, new, of in (
        ("samples_per_epoch", "steps_per_epoch", ("x", "generator")),
        ("nb_val_samples", "validation_steps", ("validation_data",)),
        ("val_samples", "steps", ("x", "generator")),
    ):
        if old in found and new in known:
            source = next((found[word] for word in of if word in found), None)
            size = getattr(source, "batch_size", None)
            if isinstance(size, (int, np.integer)) and size > 0:
                found[new] = math.ceil(found.pop(old) / size)
                say_once(
                    f"{name}: {old}= counts photos; today's {new}= counts batches, "
                    f"here {found[new]} of {size}"
                )
            elif isinstance(source, (tuple, list, np.ndarray)):
                del found[old]  # arrays are used whole, as in Keras 1
            else:
                raise TypeError(
                    f"{name} has no argument {old!r}: write {new}=photos // photos in "
                    "a batch; it counts batches"
                )
    if found.get("decay") and "decay" not in known and "learning_rate" in known:
        _decayed(where, found)
    return found


def _decayed(where: Callable[..., Any], found: Keywords) -> None:
    """Put the schedule in place of decay=, where there are schedules."""
    schedules = sys.modules.get("tinycnn.optimizers.schedules")
    if schedules is not None and hasattr(schedules, "InverseTimeDecay"):
        default = inspect.signature(where).parameters["learning_rate"].default
        word = "lr" if "lr" in found else "learning_rate"
        rate, decay = found.get(word, default), found.pop("decay")
        found[word] = schedules.InverseTimeDecay(rate, 1, decay)
        say_once(
            f"{where.__name__}: decay={decay:g} is learning_rate="
            f"InverseTimeDecay({rate:g}, 1, {decay:g}) today"
        )


def in_fit_generators_order(args: tuple[Any, ...]) -> Keywords:
    """Return the arguments of `fit_generator` under their names."""
    return dict(zip(FIT_GENERATOR, args, strict=False))


def _look_at_strides(where: Callable[..., Any], args: tuple[Any, ...]) -> None:
    """Say that the third number of Conv2D(32, 3, 3) is the stride."""
    if where.__name__ == "Conv2D" and len(args) >= 3:
        size, strides = args[1:3]
        if isinstance(size, int) and isinstance(strides, int) and strides > 1:
            say_once(
                f"Conv2D({args[0]}, {size}, {strides}) has strides={strides}; for a "
                f"{size}x{strides} kernel write Conv2D({args[0]}, ({size}, {strides}))"
            )
