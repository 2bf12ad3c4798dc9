"""What a program may set and a model file says: checked before it is written.

Otherwise `load_model` would refuse the file.
"""

from collections.abc import Callable
from typing import Any

from tinycnn.shapes import Shape
from tinycnn.text import is_name, warn


def checked_classes(classes: Any, output_shape: Shape) -> list[str] | None:
    """Return class names as a list; None stays None.

    Raises
    ------
    ValueError
        If they are not as many different names as the outputs speak of.
    """
    if classes is None:
        return None
    count = 2 if output_shape == (1,) else output_shape[-1]
    is_list = isinstance(classes, (list, tuple))
    names = [str(name) for name in classes if isinstance(name, str)] if is_list else []
    if not len(names) == len(set(names)) == count == len(classes):
        raise ValueError(
            f"classes should be a list of {count} different names, the first for label "
            f"0, got {classes!r:.200}"
        )
    for name in names:
        if not is_name(name):
            raise ValueError(f"a class should have a name of one line, got {name!r}")
    return names


def checked_preprocessing(preprocessing: Any, input_shape: Shape | None) -> Any:
    """Return a preprocessing whose photos fit the model; None stays None.

    Raises
    ------
    ValueError
        If they have other rows, columns or channels.
    """
    if preprocessing is None:
        return None
    if not all(hasattr(preprocessing, word) for word in ("shape", "config")):
        raise ValueError(
            "preprocessing should be a tinycnn.preprocessing.photos.Preprocessing, got "
            f"{preprocessing!r:.200}"
        )
    if preprocessing.shape != input_shape:
        raise ValueError(
            f"preprocessing should make photos of the model's shape (H, W, C), "
            f"{input_shape}, got {preprocessing.shape}"
        )
    return preprocessing


def kept_settings(model: Any) -> dict[str, Any]:
    """Return what a model file says besides layers and weights, as plain JSON.

    What `load_model` would refuse is left out with a warning: the weights are worth
    more than a wrong name.
    """

    def kept(check: Callable[[], Any], default: Any = None) -> Any:
        try:
            return check()
        except (TypeError, ValueError) as error:
            instead = "without it" if default is None else f"with {default}"
            warn(f"{error}; the file is written {instead}")
            return default

    prepared = kept(
        lambda: checked_preprocessing(model.preprocessing, model.input_shape)
    )
    return {
        "classes": kept(lambda: checked_classes(model.classes, model.output_shape)),
        "threshold": kept(lambda: _share(model.threshold), 0.5),
        "preprocessing": prepared and prepared.config(),
        "input_range": model.input_range and [*map(float, model.input_range)],
    }


def _share(threshold: Any) -> float:
    if not 0 < threshold < 1:
        raise ValueError(f"threshold should be between 0 and 1, got {threshold!r}")
    return float(threshold)
