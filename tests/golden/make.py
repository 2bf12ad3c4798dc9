"""Make the golden files beside this script: ``python tests/golden/make.py``.

Needs NumPy and SciPy, and nothing of tinycnn: what the library computes is compared
with numbers that were made another way. All random numbers come from Python's own
generator, so that every version of NumPy makes the same files. They hold no date and
no path.
"""

import json
import math
import random
from decimal import Decimal, localcontext
from fractions import Fraction
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parent
# Digits behind the point: SciPy's own last bits differ from version to version.
DIGITS = 10


def rounded(array):
    return array.round(DIGITS).tolist()


def whole(random_numbers, shape, low, high):
    """Return whole numbers, as nested lists."""
    if not shape:
        return random_numbers.randint(low, high)
    return [whole(random_numbers, shape[1:], low, high) for _ in range(shape[0])]


# Augmentation, by scipy.ndimage.affine_transform

AUGMENTATION_NOTE = (
    "scipy.ndimage.affine_transform(order=1) of each channel, the matrix put together "
    "as Keras 2.9 and later does: centre . rotation . shift . shear . zoom . back from "
    "the centre on (column, row), then rows and columns swapped for SciPy. rotation "
    "and shear in degrees, down and across in pixels. In two things Keras is not "
    "followed: its centre takes height for width where a photo is not square, and its "
    "height shift moves columns. Here the centre is the photo's, across moves columns "
    "and down moves rows. mode is Keras's fill_mode, constant with cval 0. photo and "
    "result are [row][column][channel]; results are rounded to 10 digits."
)
SIZES = [(5, 8, 2), (9, 4, 1), (6, 6, 1), (7, 5, 2), (1, 9, 1)]
FILL_MODES = ("nearest", "reflect", "wrap", "constant")


def augmentation():
    random_numbers = random.Random(1)
    cases = []
    for size in SIZES:
        photo = whole(random_numbers, size, 0, 255)
        for strength in (0.3, 1.0):
            change = {
                "rotation": random_numbers.uniform(-60, 60) * strength,
                "down": random_numbers.uniform(-5, 5) * strength,
                "across": random_numbers.uniform(-5, 5) * strength,
                "shear": random_numbers.uniform(-40, 40) * strength,
                "zoom_across": 1 + random_numbers.uniform(-0.6, 0.9) * strength,
                "zoom_down": 1 + random_numbers.uniform(-0.6, 0.9) * strength,
            }
            change = {name: round(value, 3) for name, value in change.items()}
            results = {mode: transformed(photo, change, mode) for mode in FILL_MODES}
            cases.append({"change": change, "photo": photo, "results": results})
    return {"note": AUGMENTATION_NOTE, "cases": cases}


def transformed(photo, change, fill_mode):
    from scipy.ndimage import affine_transform

    channels = np.moveaxis(np.array(photo, np.float64), 2, 0)
    matrix = keras_matrix(channels.shape[1:], change)
    matrix = matrix[[1, 0, 2]][:, [1, 0, 2]]  # (column, row) -> (row, column)
    result = [
        affine_transform(
            channel, matrix[:2, :2], matrix[:2, 2], order=1, mode=fill_mode, cval=0.0
        )
        for channel in channels
    ]
    return rounded(np.stack(result, axis=2))


def keras_matrix(size, change):
    theta, shear = math.radians(change["rotation"]), math.radians(change["shear"])
    rotation = np.eye(3)
    rotation[:2, :2] = [
        [math.cos(theta), -math.sin(theta)],
        [math.sin(theta), math.cos(theta)],
    ]
    shift, shearing, zoom, offset, reset = (np.eye(3) for _ in range(5))
    shift[:2, 2] = change["across"], change["down"]
    shearing[0, 1], shearing[1, 1] = -math.sin(shear), math.cos(shear)
    zoom[0, 0], zoom[1, 1] = change["zoom_across"], change["zoom_down"]
    offset[:2, 2] = size[1] / 2 - 0.5, size[0] / 2 - 0.5
    reset[:2, 2] = -offset[:2, 2]
    return offset @ rotation @ shift @ shearing @ zoom @ reset


# Adam, in 50 decimal digits

ADAM_NOTE = (
    "2000 updates in 50 decimal digits by Keras's formula: m = beta_1 m + (1 - beta_1) "
    "g; v = beta_2 v + (1 - beta_2) g g; param = param - learning_rate sqrt(1 - "
    "beta_2^t) / (1 - beta_1^t) m / (sqrt(v) + epsilon), t = 1, 2, ... The gradient of "
    "number k before update t is g = pull[k] (param - goal[k]) + noise[k] ((7919 t + "
    "104729 k) mod 1009 - 504) / 512, and 0 while t <= asleep[k]. values[i] are the "
    "numbers after update steps[i]."
)
ADAM_PROBLEM = {
    # steep, gentle, only noise, gradients as small as epsilon, one that sleeps first
    "start": [1.0, -2.0, 0.5, 0.25, 3.0],
    "pull": [1000.0, 0.5, 0.0, 9.5367431640625e-07, 4.0],
    "goal": [-0.5, 1.0, 0.0, -0.75, 2.0],
    "noise": [64.0, 0.25, 1.0, 1.1920928955078125e-07, 0.5],
    "asleep": [0, 0, 0, 0, 150],
}
ADAM_ARGUMENTS = [
    {"learning_rate": 0.001, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7},
    {"learning_rate": 0.01, "beta_1": 0.5, "beta_2": 0.9, "epsilon": 1e-3},
]
ADAM_STEPS = [1, 2, 3, 10, 100, 150, 151, 200, 500, 1000, 1500, 1999, 2000]


def adam():
    runs = [
        {"arguments": arguments, "values": adam_values(arguments)}
        for arguments in ADAM_ARGUMENTS
    ]
    return {
        "note": ADAM_NOTE,
        "problem": ADAM_PROBLEM,
        "steps": ADAM_STEPS,
        "runs": runs,
    }


def adam_values(arguments):
    with localcontext() as context:
        context.prec = 50
        rate, beta_1, beta_2, epsilon = (
            Decimal(str(arguments[name]))
            for name in ("learning_rate", "beta_1", "beta_2", "epsilon")
        )
        problem = {
            name: [Decimal(value) for value in values]
            for name, values in ADAM_PROBLEM.items()
        }
        place = list(problem["start"])
        m, v = [Decimal(0)] * len(place), [Decimal(0)] * len(place)
        values = []
        for t in range(1, ADAM_STEPS[-1] + 1):
            correction = (1 - beta_2**t).sqrt() / (1 - beta_1**t)
            for k in range(len(place)):
                g = problem["pull"][k] * (place[k] - problem["goal"][k])
                wobble = (7919 * t + 104729 * k) % 1009 - 504
                g += problem["noise"][k] * wobble / 512
                if t <= problem["asleep"][k]:
                    g = Decimal(0)
                m[k] = beta_1 * m[k] + (1 - beta_1) * g
                v[k] = beta_2 * v[k] + (1 - beta_2) * g * g
                place[k] -= rate * correction * m[k] / (v[k].sqrt() + epsilon)
            if t in ADAM_STEPS:
                values.append([float(number) for number in place])
        return values


# Layers, by scipy.signal and plain loops

LAYERS_NOTE = (
    "Conv2D: y by scipy.signal.correlate2d, channel by channel, every stride-th value "
    "kept; dx and the kernel's gradient by convolve2d and correlate2d with dy spread "
    "out by the strides. Pooling: plain loops; at a tie the first maximum in row order "
    "gets all. 'same' as in Keras: a border of max(0, (ceil(n / stride) - 1) stride + "
    "window - n), the odd cell at the bottom and on the right. Activations by math.exp "
    "and the matrix of their derivatives. All arrays are [photo][row][column][channel] "
    "or [photo][number], rounded to 10 digits."
)
CONVOLUTIONS = [  # size of the photos, kernel size, filters, strides, padding
    ((1, 5, 5, 1), (3, 3), 1, (1, 1), "valid"),
    ((2, 5, 6, 2), (2, 3), 2, (1, 1), "valid"),
    ((1, 7, 6, 2), (3, 2), 2, (2, 1), "valid"),
    ((2, 6, 8, 1), (2, 2), 1, (3, 3), "valid"),
    ((1, 5, 6, 2), (2, 3), 2, (1, 1), "same"),
    ((1, 7, 5, 1), (4, 3), 2, (2, 1), "same"),
    ((1, 6, 5, 2), (3, 2), 1, (2, 3), "same"),
]
POOLINGS = [  # size of the photos, pool size, strides, padding
    ((1, 5, 6, 2), (2, 2), (2, 2), "valid"),
    ((1, 6, 7, 1), (2, 3), (1, 2), "valid"),
    ((1, 5, 6, 1), (2, 2), (2, 2), "same"),
    ((1, 5, 4, 2), (3, 2), (2, 1), "same"),
    ((1, 4, 5, 1), (1, 2), (3, 3), "same"),
]


def layers():
    random_numbers = random.Random(2)
    cases = [convolution_case(random_numbers, *arguments) for arguments in CONVOLUTIONS]
    for arguments in POOLINGS:
        cases += pooling_cases(random_numbers, *arguments)
    cases.append(flatten_case(random_numbers, (2, 2, 3, 2)))
    cases.append(dense_case(random_numbers, (3, 5), 4))
    cases += activation_cases(random_numbers, (3, 4))
    return {"note": LAYERS_NOTE, "cases": cases}


def border(length, window, stride, padding):
    """Return the cells before and after, by Keras's rule."""
    if padding == "valid":
        return 0, 0
    total = max(0, (math.ceil(length / stride) - 1) * stride + window - length)
    return total // 2, total - total // 2


def hundredths(random_numbers, shape):
    return np.array(whole(random_numbers, shape, -200, 200)) / 100


def convolution_case(random_numbers, size, window, filters, strides, padding):
    from scipy.signal import convolve2d, correlate2d

    count, height, width, channels = size
    x = hundredths(random_numbers, size)
    kernel = hundredths(random_numbers, (*window, channels, filters))
    bias = hundredths(random_numbers, (filters,))
    (top, bottom), (left, right) = (
        border(n, k, s, padding)
        for n, k, s in zip((height, width), window, strides, strict=True)
    )
    padded = np.pad(x, ((0, 0), (top, bottom), (left, right), (0, 0)))
    every = slice(None, None, strides[0]), slice(None, None, strides[1])
    full = np.zeros(  # the output at strides of 1
        (
            count,
            padded.shape[1] - window[0] + 1,
            padded.shape[2] - window[1] + 1,
            filters,
        )
    )
    for n, c, f in np.ndindex(count, channels, filters):
        full[n, :, :, f] += correlate2d(padded[n, :, :, c], kernel[:, :, c, f], "valid")
    y = full[:, every[0], every[1]] + bias
    dy = hundredths(random_numbers, y.shape)
    spread = np.zeros_like(full)
    spread[:, every[0], every[1]] = dy
    dpadded, dkernel = np.zeros_like(padded), np.zeros_like(kernel)
    for n, c, f in np.ndindex(count, channels, filters):
        back = convolve2d(spread[n, :, :, f], kernel[:, :, c, f], "full")
        dpadded[n, :, :, c] += back
        dkernel[:, :, c, f] += correlate2d(
            padded[n, :, :, c], spread[n, :, :, f], "valid"
        )
    dx = dpadded[:, top : top + height, left : left + width]
    arguments = {"filters": filters, "kernel_size": window}
    arguments |= {"strides": strides, "padding": padding}
    params, grads = {"kernel": kernel, "bias": bias}, {"kernel": dkernel}
    grads["bias"] = dy.sum(axis=(0, 1, 2))
    return case("Conv2D", arguments, x, y, dy, dx, params, grads)


def pooling_cases(random_numbers, size, window, strides, padding):
    count, height, width, channels = size
    x = np.array(whole(random_numbers, size, -4, 4)) / 2  # ties are many
    walks = []
    for n, k, s in zip((height, width), window, strides, strict=True):
        before, after = border(n, k, s, padding)
        starts = range(-before, n + after - k + 1, s)
        walks.append([range(max(0, i), min(n, i + k)) for i in starts])
    output = (count, len(walks[0]), len(walks[1]), channels)
    dy = np.array(whole(random_numbers, output, -9, 9), float)
    arguments = {"pool_size": window, "strides": strides, "padding": padding}
    found = {}
    for name in ("MaxPooling2D", "AveragePooling2D", "SumPooling2D"):
        y, dx = np.zeros(output), np.zeros(size)
        for n, i, j, c in np.ndindex(*output):
            cells = [(n, a, b, c) for a in walks[0][i] for b in walks[1][j]]
            if name == "MaxPooling2D":
                winner = cells[0]
                for cell in cells:
                    if x[cell] > x[winner]:
                        winner = cell
                y[n, i, j, c] = x[winner]
                dx[winner] += dy[n, i, j, c]
                continue
            weight = 1 / len(cells) if name == "AveragePooling2D" else 1
            y[n, i, j, c] = sum(x[cell] for cell in cells) * weight
            for cell in cells:
                dx[cell] += dy[n, i, j, c] * weight
        found[name] = case(name, arguments, x, y, dy, dx)
    return list(found.values())


def flatten_case(random_numbers, size):
    x = hundredths(random_numbers, size)
    _, height, width, channels = size
    cells = [
        (i, j, c)
        for i in range(height)
        for j in range(width)
        for c in range(channels)  # the channel runs fastest
    ]
    y = np.array([[photo[cell] for cell in cells] for photo in x])
    dy, dx = hundredths(random_numbers, y.shape), np.zeros(size)
    for n, place in np.ndindex(dy.shape):
        dx[n, *cells[place]] = dy[n, place]
    return case("Flatten", {}, x, y, dy, dx)


def dense_case(random_numbers, size, units):
    x, kernel = (hundredths(random_numbers, s) for s in (size, (size[1], units)))
    bias, dy = (hundredths(random_numbers, s) for s in ((units,), (size[0], units)))
    y = np.einsum("nk,ku->nu", x, kernel) + bias
    dx = np.einsum("nu,ku->nk", dy, kernel)
    grads = {"kernel": np.einsum("nk,nu->ku", x, dy), "bias": np.einsum("nu->u", dy)}
    params = {"kernel": kernel, "bias": bias}
    return case("Dense", {"units": units}, x, y, dy, dx, params, grads)


def activation_cases(random_numbers, size):
    x, dy = (hundredths(random_numbers, size) for _ in range(2))
    x[0, 0] = 0.0  # the kink of ReLU: slope 0
    functions = {
        "ReLU": lambda row: [max(z, 0.0) for z in row],
        "Sigmoid": lambda row: [1 / (1 + math.exp(-z)) for z in row],
        "Softmax": lambda row: [
            math.exp(z) / sum(math.exp(other) for other in row) for z in row
        ],
    }
    found = []
    for name, function in functions.items():
        y = np.array([function(row) for row in x.tolist()])
        if name == "Softmax":
            slopes = [np.diag(row) - np.outer(row, row) for row in y]
        elif name == "Sigmoid":
            slopes = [np.diag([p * (1 - p) for p in row]) for row in y]
        else:
            slopes = [np.diag([float(z > 0) for z in row]) for row in x]
        dx = np.stack([d @ slope for d, slope in zip(dy, slopes, strict=True)])
        found.append(case(name, {}, x, y, dy, dx))
    return found


def case(name, arguments, x, y, dy, dx, params=None, grads=None):
    arrays = {"x": x, "y": y, "dy": dy, "dx": dx}
    return {
        "layer": name,
        "arguments": arguments,
        **{key: rounded(array) for key, array in arrays.items()},
        "params": {key: rounded(array) for key, array in (params or {}).items()},
        "grads": {key: rounded(array) for key, array in (grads or {}).items()},
    }


# Losses, in 50 decimal digits

LOSSES_NOTE = (
    "Mean over the photos (and, but for the softmax, over the outputs) and d loss / d "
    "y_pred. The cross-entropies in 50 decimal digits by their definitions, -y log(p) "
    "- (1 - y) log(1 - p) and -sum y log(p); y_pred are logits there. With logits of "
    "-1000 a float holds no p, and yet the loss is a number. The mean squared error in "
    "fractions."
)
LOGITS = [0.0, 0.5, -1.25, 3.0, -17.0, 40.0, -80.0, 1000.0, -1000.0]


def losses():
    cases = []
    for labels in (0, 1):
        cases += [binary([[z]], [[labels]]) for z in LOGITS]
    cases.append(binary([[z] for z in LOGITS], [[i % 2] for i in range(len(LOGITS))]))
    cases.append(binary([[0.5, -2.0], [1.5, 4.0]], [[1, 0], [0.25, 1]]))
    rows = [[0.0, 0.0, 0.0], [1.0, -2.0, 0.5], [1000.0, 0.0, -1000.0], [40.0, 41.0, 0]]
    for label in range(3):
        cases += [categorical([row], [label]) for row in rows]
    cases.append(categorical(rows, [2, 0, 1, 1]))
    cases.append(
        squared([[0.5, -1.0, 2.0], [0.0, 3.5, 1.0]], [[0, 1, 2], [0.25, 0, 1]])
    )
    cases.append(squared([[0.1], [0.7], [-0.4]], [[0], [1], [1]]))
    return {"note": LOSSES_NOTE, "cases": cases}


def binary(logits, labels):
    with localcontext() as context:
        context.prec = 1000  # 1 - p of a logit of 1000 has 434 zeros behind the point
        total, size = Decimal(0), len(logits) * len(logits[0])
        gradient = []
        for row, truth in zip(logits, labels, strict=True):
            gradient.append([])
            for z, y in zip(map(Decimal, row), map(Decimal, truth), strict=True):
                p = 1 / (1 + (-z).exp())
                total += -y * p.ln() - (1 - y) * (1 - p).ln()
                gradient[-1].append(float((p - y) / size))
        loss = float(total / size)
    return loss_case("binary_crossentropy", logits, labels, loss, gradient)


def categorical(logits, labels):
    with localcontext() as context:
        context.prec = 1000
        total, gradient = Decimal(0), []
        for row, label in zip(logits, labels, strict=True):
            powers = [Decimal(z).exp() for z in row]
            p = [power / sum(powers) for power in powers]
            total -= p[label].ln()
            gradient.append(
                [float((p[k] - (k == label)) / len(logits)) for k in range(len(p))]
            )
        loss = float(total / len(logits))
    return loss_case("categorical_crossentropy", logits, labels, loss, gradient)


def squared(outputs, labels):
    size = len(outputs) * len(outputs[0])
    differences = [
        [Fraction(p) - Fraction(y) for p, y in zip(row, truth, strict=True)]
        for row, truth in zip(outputs, labels, strict=True)
    ]
    loss = float(sum(d * d for row in differences for d in row) / size)
    gradient = [[float(2 * d / size) for d in row] for row in differences]
    return loss_case("mean_squared_error", outputs, labels, loss, gradient)


def loss_case(name, y_pred, y_true, loss, gradient):
    return {
        "name": name,
        "y_true": y_true,
        "y_pred": y_pred,
        "loss": loss,
        "gradient": gradient,
    }


def main():
    for make in (augmentation, adam, layers, losses):
        content = make()
        # One case a line, so that a change shows where it is.
        pieces = []
        for key, value in content.items():
            if isinstance(value, list):
                lines = ",\n".join(json.dumps(item) for item in value)
                pieces.append(f"{json.dumps(key)}: [\n{lines}\n]")
            else:
                pieces.append(f"{json.dumps(key)}: {json.dumps(value)}")
        text = "{\n" + ",\n".join(pieces) + "\n}\n"
        path = FOLDER / f"{make.__name__}.json"
        path.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
