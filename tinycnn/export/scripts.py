"""The program beside an exported file: photos in, answers out, without tinycnn.

It is written to be read and changed. What comes from the model's file - class names,
sizes, numbers - stands in it as Python literals.
"""

import re
from typing import Any

from tinycnn.export.onnx_file import answers_are
from tinycnn.export.torch_network import source_of
from tinycnn.export.torch_source import lines_of
from tinycnn.models.network import Network

PHOTOS = '''\
def pixels(path):
    """Return a photo, 0..255: upright, transparency on white, resized."""
    with Image.open(path) as image:
        image.draft(None, (2 * max(SIZE),) * 2)  # a large JPEG is decoded smaller
        if image.mode.startswith(("I", "F")):
            raise SystemExit(f"{path} has more than 8 bits: save it with 8")
        image = ImageOps.exif_transpose(image)
        if "transparency" in image.info or image.mode in ("LA", "PA", "RGBA"):
            image = image.convert("RGBA")
            white = Image.new("RGBA", image.size, "white")
            image = Image.alpha_composite(white, image)
        image = image.convert(MODE)
        if image.size != SIZE[::-1]:
            image = image.resize(SIZE[::-1], Image.Resampling.INTERPOLATION)
        return np.asarray(image, np.float32).reshape(*SIZE, -1)


def photos(paths):
    """Return photos as the network takes them, (N, H, W, C)."""
    return np.stack([pixels(path) for path in paths])RESCALE
'''
ARRAYS = '''\
def photos(paths):
    """Return the arrays of .npy files as one batch, (N, H, W, C)."""
    x = np.concatenate([np.load(path, allow_pickle=False) for path in paths])
    return x.astype(np.float32)
'''
LABELS = '''\
def label(row):
    """Return (class name, its probability) for one row of answers."""
    if len(row) == 1:  # the probability of class 1
        row, number = [1 - row[0], row[0]], int(row[0] > THRESHOLD)
    else:
        number = int(np.argmax(row))
    return CLASSES[number], row[number]
'''
PROBABILITIES = {
    "sigmoid": "    return 1 / (1 + np.exp(-y))\n",
    "softmax": (
        "    e = np.exp(y - y.max(axis=-1, keepdims=True))\n"
        "    return e / e.sum(axis=-1, keepdims=True)\n"
    ),
}
KERAS = '''\
import keras


def load():
    """Return the network with its weights."""
    return keras.saving.load_model(FILE)


def answers(network, x):
    """Return what the network answers for photos (N, H, W, C), as an array."""
    y = keras.ops.convert_to_numpy(network(x, training=False))
'''
TORCH = '''\
def load(device="cpu"):
    """Return the network with its weights, on a device such as "cuda"."""
    weights = torch.load(FILE, map_location=device, weights_only=True)
    network.load_state_dict(weights)
    return network.to(device).eval()


def answers(network, x):
    """Return what the network answers for photos (N, H, W, C), as an array."""
TRANSPOSE    x = torch.from_numpy(x)
    with torch.no_grad():
        device = next(network.parameters(), x).device
        y = network(x.to(device)).cpu().numpy()BACK
'''
# A copy: on grey photos whose axes are only permuted, PyTorch 2.13 computes some
# convolutions wrongly on the CPU.
TRANSPOSE = """\
    x = x.transpose(0, 3, 1, 2).copy()  # PyTorch's photos are (N, C, H, W)
"""
MAIN = """\
if __name__ == "__main__":
    if len(sys.argv) < 2:
        raise SystemExit(__doc__.strip())
    network = load(DEVICE)
"""


def keras_script(model: Any, name: str, backend: str, has_rescale: bool) -> str:
    """Return the program for a file of Keras's.

    Parameters
    ----------
    model : Sequential
    name : str
        Of the file beside it.
    backend : str
        What Keras ran on when the file was written.
    has_rescale : bool
        Whether the network rescales photos itself.
    """
    start = (
        f'os.environ.setdefault("KERAS_BACKEND", {backend!a})'
        '  # or "tensorflow", "jax", "torch"\n'
    )
    return _script(model, name, "Keras", start + KERAS, has_rescale, "")


def torch_script(model: Any, network: Network, name: str, has_rescale: bool) -> str:
    """Return the program for a file of weights of PyTorch's.

    Parameters
    ----------
    model : Sequential
    network : Network
        The layers that the program makes: the model's, or those after a rescaling.
    name : str
        Of the file beside it.
    has_rescale : bool
        Whether the network rescales photos itself.
    """
    source = source_of(lines_of(network.layers), network)
    frozen = [
        place
        for place, line in enumerate(lines_of(network.layers))
        if line.arrays and not network.layers[line.place].trainable
    ]
    if frozen:
        source += f"for place in {frozen}:\n    network[place].requires_grad_(False)\n"
    device = '"cuda" if torch.cuda.is_available() else "cpu"'
    transpose = TRANSPOSE if len(model.input_shape) == 3 else ""
    back = ".transpose(0, 2, 3, 1)" if len(model.output_shape) == 3 else ""
    text = TORCH.replace("TRANSPOSE", transpose).replace("BACK", back)
    return _script(model, name, "PyTorch", f"{source}\n\n{text}", has_rescale, device)


def takes_photos(model: Any) -> bool:
    """Return whether a model's program takes files of photos, and not arrays."""
    return model.preprocessing is not None and len(model.output_shape) == 1


def arguments_of(model: Any) -> str:
    """Return what a model's program is given on the command line."""
    return "PHOTO ..." if takes_photos(model) else "PHOTOS.npy ..."


def _script(
    model: Any, name: str, framework: str, middle: str, has_rescale: bool, device: str
) -> str:
    """Return the whole program."""
    preprocessing, shape = model.preprocessing, model.output_shape
    has_photos = takes_photos(model)
    is_torch = framework == "PyTorch"
    start = [
        f'"""A network in {framework}, made by tinycnn.export: answers for photos.\n',
        f"    python {_stem(name)}.py {arguments_of(model)}",
    ]
    if not has_photos:
        start.append(
            "\nThe model's file does not say how photos are prepared, so this takes "
            "arrays\nas for training, of shape "
            f"(N, {', '.join(map(str, model.input_shape))})."
        )
    start.append('"""\n')
    start += [*([] if is_torch else ["import os"]), "import sys"]
    start += ["from pathlib import Path\n", "import numpy as np"]
    start += ["import torch"] if is_torch else []
    start += ["from PIL import Image, ImageOps"] if has_photos else []
    start += ["from torch import nn"] if is_torch else []
    start += ["", f"FILE = Path(__file__).with_name({name!a})"]
    pieces = []
    if has_photos:
        classes = model.classes or [str(n) for n in range(max(2, shape[0]))]
        mode = "RGB" if preprocessing.color_mode == "rgb" else "L"
        start += [
            f"CLASSES = {classes!a}",
            f"THRESHOLD = {model.threshold!a}",
            f"SIZE, MODE = {preprocessing.target_size!a}, {mode!a}",
        ]
        factor = None if has_rescale else preprocessing.rescale
        times = "" if factor is None else f" * np.float32({factor!a})"
        interpolation = preprocessing.interpolation.upper()
        text = PHOTOS.replace("INTERPOLATION", interpolation)
        pieces += [text.replace("RESCALE", times), LABELS]
    else:
        pieces.append(ARRAYS)
    is_logits = answers_are(model) == "logits"
    last = PROBABILITIES[model.loss.last_activation] if is_logits else "    return y\n"
    main = MAIN.replace("DEVICE", device)
    if has_photos:
        main += (
            "    for path in sys.argv[1:]:\n"
            "        try:\n"
            "            x = photos([path])\n"
            "        except OSError as error:\n"
            '            raise SystemExit(f"{path}: {error}") from None\n'
            "        name, probability = label(answers(network, x)[0])\n"
            '        print(f"{path}: {name} {probability:.1%}")\n'
        )
    else:
        main += (
            "    try:\n"
            "        x = photos(sys.argv[1:])\n"
            "    except (OSError, ValueError) as error:\n"
            "        raise SystemExit(str(error)) from None\n"
            "    print(answers(network, x))\n"
        )
    body = [middle + last, *pieces, main]
    return "\n".join(start) + "\n\n" + "\n\n".join(body)


def _stem(name: str) -> str:
    """Return the program's name without ending, if it can stand in a docstring."""
    stem, _, ending = name.rpartition(".")
    stem = stem if re.fullmatch(r"[\w .-]+", stem) else "NAME"
    return f"{stem}_{'keras' if ending == 'keras' else 'torch'}"
