"""A model as a PyTorch network, and a network as a model."""

import copy
from collections.abc import Iterator
from typing import Any

import numpy as np

from tinycnn.export.proof import (
    Answer,
    ExportError,
    built,
    describe,
    framework,
    prove,
)
from tinycnn.export.torch_reader import Reader
from tinycnn.export.torch_source import HELPERS, Line, lines_of
from tinycnn.models import Sequential
from tinycnn.models.network import Network
from tinycnn.preprocessing.photos import Preprocessing
from tinycnn.shapes import Array, Shape, whole_number
from tinycnn.text import say


def to_torch(
    model: Any, include_rescale: bool = False, photos: Array | None = None
) -> Any:
    """Return a model as a PyTorch network of the same layers and weights.

    It answers random photos first, and a line gives the largest difference.

    Parameters
    ----------
    model : Sequential
    include_rescale : bool, default False
        Whether the rescaling of photos, such as 1/255, becomes its first module.
    photos : ndarray of shape (N, H, W, C), optional
        Photos to compare the answers for, besides the random ones.

    Returns
    -------
    torch.nn.Sequential
        On the CPU, in evaluation mode. It takes photos as PyTorch does, (N, C, H, W):
        ``torch.from_numpy(x.transpose(0, 3, 1, 2).copy())``. If its answers are maps,
        they are NCHW, too.

    Raises
    ------
    ExportError
        If PyTorch is not installed or has no counterpart of a layer.
    NotEqualError
        If the answers differ.
    """
    network = built(model, include_rescale)
    torch = framework("torch", "PyTorch", "torch")
    module = _module(torch, network)

    def convert(part: Network) -> Answer:
        other = module if part is network else _module(torch, part)
        return answer_of(torch, other)

    say(str(prove(network, convert, "PyTorch", photos)))
    return module


def source_of(lines: list[Line], network: Network) -> str:
    """Return the program that makes `network`: modules that PyTorch lacks, and it."""
    used = [text for name, text in HELPERS.items() if _uses(lines, name)]
    width = max(len(line.source) for line in lines)
    kinds = [type(layer).__name__ for layer in network.layers]
    rows = [
        f"    {f'{line.source},':{width + 1}}  # {line.place} {kinds[line.place]}"
        for line in lines
    ]
    return "\n\n".join([*used, "\n".join(["network = nn.Sequential(", *rows, ")\n"])])


def _uses(lines: list[Line], name: str) -> bool:
    return any(line.source.startswith(f"{name}(") for line in lines)


def state_of(lines: list[Line]) -> dict[str, Array]:
    """Return the arrays under the names of PyTorch's state dict: "0.weight"."""
    return {
        f"{place}.{name}": array
        for place, line in enumerate(lines)
        for name, array in line.arrays.items()
    }


def _module(torch: Any, network: Network) -> Any:
    lines = lines_of(network.layers)
    # What is compared is the text that the program beside the weights holds; of the
    # model it has nothing but numbers.
    names: dict[str, Any] = {"torch": torch, "nn": torch.nn, "__name__": __name__}
    exec(source_of(lines, network), names)
    module = names["network"]
    dtype = next((array.dtype for array in network.weights), np.dtype(np.float32))
    module.to(getattr(torch, dtype.name))
    state = {
        name: torch.from_numpy(np.array(array, order="C"))
        for name, array in state_of(lines).items()
    }
    module.load_state_dict(state)
    for line, part in zip(lines, module, strict=True):
        part.requires_grad_(network.layers[line.place].trainable)
    return module.eval()


def answer_of(torch: Any, module: Any) -> Answer:
    """Return the function that a PyTorch network makes of photos NHWC."""

    def answer(x: Array) -> Array:
        photos = np.moveaxis(x, -1, 1) if x.ndim == 4 else x
        with torch.no_grad():
            answers = module(torch.from_numpy(np.array(photos, order="C"))).numpy()
        return np.moveaxis(answers, 1, -1) if answers.ndim == 4 else answers

    return answer


# -- a network of the user's, and back ----------------------------------------------


def from_torch(
    torch_model: Any,
    input_shape: Shape,
    classes: list[str] | None = None,
    preprocessing: Preprocessing | None = None,
) -> Sequential:
    """Return a PyTorch network as a model.

    It answers random photos first, and a line gives the largest difference.

    Parameters
    ----------
    torch_model : torch.nn.Sequential
        Modules in a row, such as `to_torch` returns; it may have been trained since. It
        is only read.
    input_shape : tuple of int
        (H, W, C) of a photo, in tinycnn's order.
    classes : list of str, optional
        Class names by label.
    preprocessing : Preprocessing, optional
        How photos become arrays, so that the model takes paths.

    Returns
    -------
    Sequential
        Not compiled.

    Raises
    ------
    ExportError
        If it is not such a row, or a module has no counterpart, or the classes or the
        preprocessing do not fit it; the message names what.
    NotEqualError
        If the answers differ.
    """
    torch = framework("torch", "PyTorch", "torch")
    if not _is_row(torch, torch_model):
        raise ExportError(_why_no_row(torch, torch_model))
    copied = _copied(torch, torch_model)
    modules = list(_flat(torch, copied))
    reader = Reader(_checked(input_shape))
    try:
        for place, module in enumerate(modules):
            reader.read(place, module, modules[place + 1 :])
    except ExportError as error:
        raise ExportError(f"{error}{_order_hint(modules, reader)}") from None
    model = reader.finished()
    describe(model, classes, preprocessing)

    def convert(part: Network) -> Answer:
        if part is model:
            return answer_of(torch, copied)
        return answer_of(torch, torch.nn.Sequential(*modules[:-1]))

    say(str(prove(model, convert, "PyTorch", takes_any=False)))
    return model


def _checked(input_shape: Any) -> Shape:
    """Return the shape of one photo as a tuple."""
    try:
        shape = tuple(whole_number(length, "") for length in input_shape)
    except (TypeError, ValueError):
        shape = ()
    if not shape:
        raise ExportError(
            "input_shape should be (H, W, C) of a photo, such as (64, 64, 3), got "
            f"{input_shape!r:.100}"
        )
    return shape


def _order_hint(modules: list[Any], reader: Reader) -> str:
    """Return the shape that was meant if the channels came first; "" otherwise."""
    shape = reader.input_shape
    words = ("in_channels", "num_features")
    sizes = (getattr(module, word, None) for module in modules for word in words)
    channels = next(filter(None, sizes), None)
    if len(shape) != 3 or channels != shape[0] or channels == shape[2]:
        return ""
    return (
        "; input_shape is (H, W, C), as everywhere in tinycnn: did you mean "
        f"{(*shape[1:], channels)}?"
    )


def _is_row(torch: Any, module: Any) -> bool:
    """Return whether a module does nothing but run its own modules in a row."""
    row = torch.nn.Sequential
    return isinstance(module, row) and type(module).forward is row.forward


def _flat(torch: Any, row: Any) -> Iterator[Any]:
    """Yield the modules, those of nested rows too."""
    for module in row:
        if _is_row(torch, module):
            yield from _flat(torch, module)
        else:
            yield module


def _why_no_row(torch: Any, given: Any) -> str:
    """Return why something is not a row of modules, and how it becomes one."""
    start = (
        "from_torch takes a torch.nn.Sequential of modules in a row, got "
        f"{type(given).__name__}: "
    )
    if not isinstance(given, torch.nn.Module):
        return f"{start}load the weights into the network, and give that"
    for name in ("module", "_orig_mod"):  # of DataParallel, of torch.compile
        if isinstance(getattr(given, name, None), torch.nn.Module):
            return f"{start}give its .{name}"
    return (
        f"{start}put its modules into a torch.nn.Sequential in the order of its "
        "forward, where they keep their weights (F.relu becomes torch.nn.ReLU(), "
        "x.view(len(x), -1) becomes torch.nn.Flatten())"
    )


def _copied(torch: Any, network: Any) -> Any:
    """Return a copy of a network that computes in float32 on the CPU."""
    for name, tensor in (*network.named_parameters(), *network.named_buffers()):
        if torch.nn.parameter.is_lazy(tensor):
            raise ExportError(
                f"{name} has no shape yet: let the network answer one batch first"
            )
        if tensor.is_meta:
            raise ExportError(
                f'{name} has no numbers (its device is "meta"): load the weights first'
            )
    try:
        return copy.deepcopy(network).cpu().float().eval()
    except (RuntimeError, TypeError, ValueError) as error:
        reason = str(error).split("\n")[0].split(". ")[0]
        raise ExportError(
            f"the network cannot be copied ({reason:.200}); if it has weight norm or "
            "was pruned, make that permanent first: torch.nn.utils.remove_weight_norm, "
            "torch.nn.utils.prune.remove"
        ) from None
