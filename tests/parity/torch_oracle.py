"""The same layers, losses and trainings in PyTorch, derivatives by its autograd.

Arrays keep tinycnn's layout (NHWC, kernels (KH, KW, C, F)) up to the leaves, so that
autograd's gradients come out in that layout too. Borders of "same" are worked out here
by Keras's rule and laid on by `pad`: PyTorch itself knows even borders only. Each
`compare_...` returns how far tinycnn is away, by name of the array; the tests and the
report both ask here.
"""

import math

import numpy as np
import parity_cases
import pytest
from parity_cases import Training, differences, training_differences

from tinycnn.layers import (
    ELU,
    SELU,
    AveragePooling2D,
    Conv2D,
    Dense,
    DepthwiseConv2D,
    Flatten,
    GlobalAveragePooling2D,
    GlobalMaxPooling2D,
    Identity,
    LeakyReLU,
    MaxPooling2D,
    ReLU,
    Reshape,
    Resizing,
    SeparableConv2D,
    Sigmoid,
    Softmax,
    Softplus,
    SumPooling2D,
    Swish,
    Tanh,
    ZeroPadding2D,
)

torch = pytest.importorskip(
    "torch", reason="PyTorch is not installed (pip install '.[test,parity]')"
)
functional = torch.nn.functional
torch.set_num_threads(1)
# PyTorch 2.13's oneDNN writes beyond its memory in the backward pass of a strided 1x1
# convolution of 4 channels to 1 (channels last, float32): the process is aborted.
torch.backends.mkldnn.set_flags(False)


def tensor(array, needs_gradient=False):
    """Return a copy of the array that autograd may watch."""
    return torch.tensor(array, requires_grad=needs_gradient)


# Layers -------------------------------------------------------------------------------


def compare_layer(case, dtype):
    """Return the differences of y, dx and every grad."""
    return differences(parity_cases.run(case, dtype), run(case, dtype))


def run(case, dtype):
    """Return {"y", "dx", "dkernel", "dbias"} as PyTorch computes them."""
    layer, x = case.built(dtype)
    leaves = {name: tensor(param, True) for name, param in layer.params.items()}
    leaves["x"] = tensor(x, True)
    state = {name: tensor(array) for name, array in layer.state.items()}
    if state:
        y = batch_normalization(layer, case.training, **leaves, **state)
    else:
        y = FORWARD[case.layer_type](layer, **leaves)
    y.backward(tensor(case.dy(y.detach().numpy())))
    found = {f"d{name}": leaf.grad.numpy() for name, leaf in leaves.items()}
    if case.training:  # PyTorch's running variance is that of a sample
        M, kept = x.size // x.shape[-1], layer.momentum * layer.state["moving_variance"]
        sample = state["moving_variance"] - tensor(kept)
        state["moving_variance"] = tensor(kept) + sample * (M - 1) / M
    found |= {name: array.numpy() for name, array in state.items()}
    return {"y": y.detach().numpy(), **found}


def batch_normalization(layer, training, x, gamma, beta, moving_mean, moving_variance):
    """Moves the two running arrays in place, as PyTorch does."""
    y = functional.batch_norm(
        x.movedim(-1, 1), moving_mean, moving_variance, gamma, beta, training,
        1 - layer.momentum, layer.epsilon,
    )  # fmt: skip
    return y.movedim(1, -1)


def conv(layer, x, kernel, bias=None):
    x = bordered(x.permute(0, 3, 1, 2), layer.kernel_size, layer)
    kernel = kernel.permute(3, 2, 0, 1).contiguous()  # F, C, KH, KW
    y = functional.conv2d(x, kernel, bias, layer.strides)
    return y.permute(0, 2, 3, 1)


def depthwise_conv(layer, x, depthwise_kernel, bias=None):
    x = bordered(x.permute(0, 3, 1, 2), layer.kernel_size, layer)
    KH, KW, C, M = depthwise_kernel.shape
    kernel = depthwise_kernel.permute(2, 3, 0, 1).reshape(C * M, 1, KH, KW)
    y = functional.conv2d(x, kernel, bias, layer.strides, groups=C)
    return y.permute(0, 2, 3, 1)


def separable_conv(layer, x, depthwise_kernel, pointwise_kernel, bias=None):
    d = depthwise_conv(layer, x, depthwise_kernel)
    return functional.linear(d, pointwise_kernel[0, 0].T, bias)


def resizing(layer, x):
    size = layer.height, layer.width
    return functional.interpolate(
        x.permute(0, 3, 1, 2), size, mode="bilinear", align_corners=False
    ).permute(0, 2, 3, 1)


def max_pooling(layer, x):
    x = bordered(x.permute(0, 3, 1, 2), layer.pool_size, layer, -math.inf)
    y = functional.max_pool2d(x, layer.pool_size, layer.strides)
    return y.permute(0, 2, 3, 1)


def sum_pooling(layer, x):
    x = bordered(x.permute(0, 3, 1, 2), layer.pool_size, layer)
    y = functional.avg_pool2d(x, layer.pool_size, layer.strides, divisor_override=1)
    return y.permute(0, 2, 3, 1)


def average_pooling(layer, x):
    """Divide by the real cells of each window, counted by sum pooling of ones."""
    return sum_pooling(layer, x) / sum_pooling(layer, torch.ones_like(x))


def bordered(x, window, layer, fill=0.0):
    """Return x (N, C, H, W) with the border that Keras's "same" asks for."""
    if layer.padding == "valid":
        return x
    top_bottom, left_right = (
        same_border(length, cells, stride)
        for length, cells, stride in zip(
            x.shape[2:], window, layer.strides, strict=True
        )
    )
    return functional.pad(x, (*left_right, *top_bottom), value=fill)


def same_border(length, cells, stride):
    """Return the cells (before, after) that make ceil(length / stride) windows."""
    windows = math.ceil(length / stride)
    border = max(0, (windows - 1) * stride + cells - length)
    return math.floor(border / 2), math.ceil(border / 2)


def dense(layer, x, kernel, bias=None):
    return functional.linear(x, kernel.T, bias)


def zero_padding(layer, x):
    (top, bottom), (left, right) = layer.padding
    return functional.pad(x, (0, 0, left, right, top, bottom))


def global_max_pooling(layer, x):
    return functional.max_pool2d(x.permute(0, 3, 1, 2), x.shape[1:3])[:, :, 0, 0]


FORWARD = {
    Conv2D: conv,
    MaxPooling2D: max_pooling,
    SumPooling2D: sum_pooling,
    AveragePooling2D: average_pooling,
    DepthwiseConv2D: depthwise_conv,
    SeparableConv2D: separable_conv,
    Resizing: resizing,
    Reshape: lambda layer, x: torch.reshape(x, (len(x), *layer.output_shape)),
    SELU: lambda layer, x: functional.selu(x),
    Dense: dense,
    Flatten: lambda layer, x: torch.flatten(x, 1),
    ReLU: lambda layer, x: functional.relu(x),
    Sigmoid: lambda layer, x: torch.sigmoid(x),
    Softmax: lambda layer, x: functional.softmax(x, -1),
    LeakyReLU: lambda layer, x: functional.leaky_relu(x, layer.negative_slope),
    ELU: lambda layer, x: functional.elu(x, layer.alpha),
    Tanh: lambda layer, x: torch.tanh(x),
    Softplus: lambda layer, x: functional.softplus(x, threshold=1000),
    Swish: lambda layer, x: functional.silu(x),
    Identity: lambda layer, x: torch.clone(x),
    ZeroPadding2D: zero_padding,
    GlobalAveragePooling2D: lambda layer, x: torch.mean(x, (1, 2)),
    GlobalMaxPooling2D: global_max_pooling,
}


# Losses -------------------------------------------------------------------------------


def compare_loss(case, dtype):
    """Return the differences of the loss and of its gradient."""
    return differences(parity_cases.loss(case, dtype), loss(case, dtype))


def loss(case, dtype):
    """Return {"loss", "gradient"} of a `LossCase`."""
    y_pred = tensor(case.y_pred.astype(dtype), True)
    is_integer = case.y_true.dtype.kind == "i"
    y_true = tensor(case.y_true if is_integer else case.y_true.astype(dtype))
    function = {
        "binary": functional.binary_cross_entropy_with_logits,
        "squares": functional.mse_loss,
        "absolute values": functional.l1_loss,
    }.get(case.name, functional.cross_entropy)
    if case.weights is None:
        mean = function(y_pred, y_true)
    else:
        each = function(y_pred, y_true, reduction="none")
        each = each.reshape(len(each), -1).mean(1)  # of each photo
        mean = (each * tensor(case.weights.astype(dtype))).mean()
    mean.backward()
    return {"loss": mean.item(), "gradient": y_pred.grad.numpy()}


# Trainings ----------------------------------------------------------------------------


def compare_training(case):
    """Return the differences of the loss curves and of the last weights."""
    model, batches = case.network(), case.batches()
    theirs = train(model, batches, case.optimizer)
    return training_differences(parity_cases.train(model, batches), theirs)


def compare_optimizer(name, dtype):
    """Return the differences of the params after the same random gradients."""
    gradients = parity_cases.random_gradients(dtype)
    ours, theirs = parity_cases.optimize(name, gradients), optimize(name, gradients)
    return differences(ours, theirs)


class KerasAdam(torch.optim.Adam):
    """PyTorch's Adam with epsilon where Keras has it.

    PyTorch steps by rate * m_hat / (sqrt(v_hat) + epsilon), corrected moments both.
    Keras's sqrt(v) + epsilon is that with an epsilon divided, as v is, by the
    correction sqrt(1 - beta_2**t): so epsilon is set anew before each step.
    """

    def __init__(self, params, lr=0.001, epsilon=1e-7):
        super().__init__(params, lr=lr, betas=(0.9, 0.999))
        self.epsilon, self.t = epsilon, 0

    def step(self):
        self.t += 1
        for group in self.param_groups:
            group["eps"] = self.epsilon / math.sqrt(1 - 0.999**self.t)
        return torch.optim.Adam.step(self)


class KerasAdamW(torch.optim.AdamW):
    """PyTorch's AdamW with Keras's default decay, and epsilon where Keras has it."""

    def __init__(self, params):
        super().__init__(params, lr=0.001, weight_decay=0.004)
        self.epsilon, self.t = 1e-7, 0

    step = KerasAdam.step


OPTIMIZERS = {
    "adam": KerasAdam,
    "sgd": lambda params: torch.optim.SGD(params, lr=0.01),
    "momentum": lambda params: torch.optim.SGD(params, lr=0.01, momentum=0.9),
    "Nesterov": lambda params: torch.optim.SGD(
        params, lr=0.01, momentum=0.9, nesterov=True
    ),
    "adamw": KerasAdamW,
    "nadam": lambda params: torch.optim.NAdam(
        params, lr=0.001, eps=1e-7, momentum_decay=1.0
    ),
    "adadelta": lambda params: torch.optim.Adadelta(params, lr=1.0, rho=0.95, eps=1e-7),
    "rmsprop": lambda params: torch.optim.RMSprop(
        params, lr=0.001, alpha=0.9, eps=parity_cases.NOTHING
    ),
    "rmsprop, momentum": lambda params: torch.optim.RMSprop(
        params, lr=0.001, alpha=0.9, momentum=0.5, eps=parity_cases.NOTHING
    ),
    "adagrad": lambda params: torch.optim.Adagrad(
        params, lr=0.1, initial_accumulator_value=0.1, eps=parity_cases.NOTHING
    ),
    "adamax": lambda params: torch.optim.Adamax(
        params, lr=0.001, eps=parity_cases.NOTHING
    ),
}


def train(model, batches, optimizer):
    """Train a copy of the tutorial's network; the model itself stays as it is."""
    params = {name: tensor(param, True) for name, param in model.params.items()}
    optimizer = OPTIMIZERS[optimizer](list(params.values()))
    losses = []
    for x, y in batches:
        logits = tensor(x)
        for place, layer in enumerate(model.layers[:-1]):
            own = {name: params[f"{place}.{name}"] for name in layer.params}
            logits = FORWARD[type(layer)](layer, x=logits, **own)
        y = tensor(y.reshape(-1, 1).astype(x.dtype))
        loss = functional.binary_cross_entropy_with_logits(logits, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return Training(losses, _arrays(params))


def optimize(name, gradients):
    """Return the params after PyTorch's optimiser saw these gradients."""
    params = {
        key: tensor(np.zeros_like(grad), True) for key, grad in gradients[0].items()
    }
    optimizer = OPTIMIZERS[name](list(params.values()))
    for grads in gradients:
        for key, param in params.items():
            param.grad = tensor(grads[key])
        optimizer.step()
    return _arrays(params)


def _arrays(params):
    return {name: param.detach().numpy() for name, param in params.items()}
