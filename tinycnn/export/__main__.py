"""The same network elsewhere: python -m tinycnn.export MODEL --to keras|torch|onnx."""

import io
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from tinycnn.commands.arguments import (
    DONE,
    PARTLY,
    CommandError,
    Parser,
    complain,
    photo_paths,
)
from tinycnn.commands.process import Signals, run
from tinycnn.export.keras_model import to_keras
from tinycnn.export.onnx_file import to_onnx
from tinycnn.export.proof import (
    ExportError,
    NotEqualError,
    built,
    framework,
)
from tinycnn.export.scripts import arguments_of, keras_script, torch_script
from tinycnn.export.torch_network import to_torch
from tinycnn.files import sealed
from tinycnn.layers import Dropout, Identity, Layer
from tinycnn.models import Sequential, load_model
from tinycnn.models.inputs import readable_blocks
from tinycnn.shapes import Array
from tinycnn.text import display_name, quoted, say, size_of

SUFFIXES = {"keras": ".keras", "torch": ".pt", "onnx": ".onnx"}
MOST_PHOTOS = 64

DESCRIPTION = """\
Write a trained model for another framework. Both networks answer random photos first:
if the answers differ by more than 1e-5 of their size, nothing is written.
"""
EPILOG = f"""\
keras  writes NAME.keras and NAME_keras.py, a program that answers for photos
torch  writes NAME.pt, the weights, and NAME_torch.py, the network in plain PyTorch and
       the same program; it runs on a GPU as it is
onnx   writes NAME.onnx, with the classes and the preprocessing in its metadata; photos
       are laid out as in tinycnn, (N, H, W, C)

A layer that the framework cannot have is named before anything is written. A file that
is there is only replaced if it is as tinycnn.export wrote it.

Exit status: 0 written, 1 the answers differ, or some photo of --photos could not be
read, 2 could not start (a model file that is missing, a framework that is not
installed, a file that would be replaced).

Examples:
  python -m tinycnn.export runs/drawings/model.safetensors --to onnx
  python -m tinycnn.export model.safetensors --to torch --output heroes.pt

With --photos it compares the answers for up to {MOST_PHOTOS} photos of a folder, too.
"""


def main(arguments: list[str], signals: Signals) -> int:
    """Write the files; return the exit status."""
    parser = Parser("python -m tinycnn.export", DESCRIPTION, EPILOG)
    parser.add_argument("model", metavar="MODEL", help="a file that train wrote")
    parser.add_argument("--to", choices=SUFFIXES, required=True,
        help="the framework")  # fmt: skip
    parser.add_argument("--output", type=Path, metavar="FILE",
        help="the file to write (default: MODEL with another ending)")  # fmt: skip
    parser.add_argument("--photos", metavar="FOLDER",
        help="compare the answers for these photos, too")  # fmt: skip
    parser.add_argument("--include-rescale", action="store_true",
        help="let the network rescale photos itself: it takes 0..255")  # fmt: skip
    options = parser.parse_args(arguments)
    try:
        return _export(options)
    except NotEqualError as error:
        raise CommandError(str(error), PARTLY) from error
    except (ExportError, sealed.PlaceError) as error:
        raise CommandError(str(error)) from error


def _export(options: Any) -> int:
    """Load, compare, write."""
    model = load_model(options.model)
    suffix = SUFFIXES[options.to]
    model_path = Path(options.model)
    output = options.output or model_path.with_suffix(suffix)
    if output == model_path:  # tinycnn's own format under another name
        output = model_path.with_name(f"{model_path.stem}_{options.to}{suffix}")
    if output.suffix != suffix:
        raise CommandError(
            f"--output should be a name that ends in {suffix}, got "
            f"{display_name(output.name)}"
        )
    program = output.with_name(f"{output.stem}_{options.to}.py")
    for path in [output] if options.to == "onnx" else [output, program]:
        sealed.check_place(path)
    photos, failed = _photos(model, options.photos, options.include_rescale)
    left_out = [type(layer).__name__ for layer in model.layers if is_augmenting(layer)]
    if left_out and options.to != "keras":
        say(f"{', '.join(left_out)}: for training only, so not in the exported network")
    if options.to == "onnx":
        content = to_onnx(model, output, options.include_rescale, photos)
        say(f"wrote {display_name(output)} ({size_of(len(content))})")
        return PARTLY if failed else DONE
    if options.to == "keras":
        theirs = to_keras(model, options.include_rescale, photos)
        content, text = _keras(model, theirs, output, options.include_rescale)
    else:
        theirs = to_torch(model, options.include_rescale, photos)
        content, text = _torch(model, theirs, output, options.include_rescale)
    sealed.write(output, sealed.sealed_zip(content))
    sealed.write(program, sealed.sealed_text(text))
    say(f"wrote {display_name(output)} ({size_of(len(content))})")
    arguments = arguments_of(model)
    say(f"wrote {display_name(program)}: python {quoted(program)} {arguments}")
    return PARTLY if failed else DONE


def is_augmenting(layer: Layer) -> bool:
    """Return whether a layer changes photos while learning, and then only."""
    return layer.is_identity and not isinstance(layer, (Dropout, Identity))


def _photos(
    model: Sequential, folder: str | None, has_rescale: bool
) -> tuple[Array | None, int]:
    """Return (photos as the exported network takes them, how many were unreadable)."""
    if folder is None:
        return None, 0
    preprocessing = model.preprocessing
    if preprocessing is None:
        raise CommandError(
            "the model has no preprocessing, so it does not say how photos are "
            "prepared: set model.preprocessing, or leave out --photos"
        )
    if has_rescale:
        preprocessing = replace(preprocessing, rescale=None)
    paths, failed = photo_paths([folder])
    if not paths:
        return None, failed
    (_, x, errors), *_ = readable_blocks(
        paths[:MOST_PHOTOS], MOST_PHOTOS, preprocessing
    )
    for error in errors:
        complain(f"error: {error}")
    return np.asarray(x, np.float32), failed + len(errors)


def _keras(
    model: Sequential, theirs: Any, output: Path, has_rescale: bool
) -> tuple[bytes, str]:
    """Return the content of the file and of the program."""
    backend = framework("keras", "Keras", "keras").backend.backend()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        theirs.save(path)
        content = path.read_bytes()
    return content, keras_script(model, output.name, backend, has_rescale)


def _torch(
    model: Sequential, theirs: Any, output: Path, has_rescale: bool
) -> tuple[bytes, str]:
    """Return the content of the file and of the program."""
    file = io.BytesIO()
    framework("torch", "PyTorch", "torch").save(theirs.state_dict(), file)
    network = built(model, has_rescale)
    return file.getvalue(), torch_script(model, network, output.name, has_rescale)


if __name__ == "__main__":
    run(main)
