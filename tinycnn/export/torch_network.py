"""A model as a PyTorch network."""

from typing import Any

import numpy as np

from tinycnn.export.proof import Answer, built, framework, prove
from tinycnn.export.torch_source import HELPERS, Line, lines_of
from tinycnn.models.network import Network
from tinycnn.shapes import Array
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
        ``torch.from_numpy(x).permute(0, 3, 1, 2)``. If its answers are maps, they are
        NCHW, too.

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
