"""Solutions written in a third way, some as notebooks, and mistakes made in them.

Written when all causes were, and measured before any of them was looked at. A line
``# %%`` begins a cell: such a solution is graded as a notebook.
"""
# ruff: noqa: E501
# fmt: off

RELU_SWITCH = """
# %%
class MyReLU(ReLU):
    def forward(self, x, training=False):
        self.on = np.where(x > 0, 1, 0).astype(x.dtype)
        return x * self.on

    def backward(self, dy):
        return np.multiply(dy, self.on)
# %%
layer = MyReLU()
print(layer.forward(np.array([[-1.0, 2.0]])))
"""
RELU = [
    ("half_at_zero", "slope 0.5 at 0", [("np.where(x > 0, 1, 0)", "np.heaviside(x, 0.5)")]),
    ("squared", "x itself as the switch", [("np.where(x > 0, 1, 0)", "np.where(x > 0, x, 0)")]),
    ("mean_of_dy", "dy averaged over the batch", [("np.multiply(dy, self.on)", "np.multiply(dy.mean(axis=0), self.on)")]),
    ("on_for_any_photo", "on where any photo is above 0", [("np.where(x > 0, 1, 0)", "(x > 0).any(axis=0)")]),
    ("on_of_last_call", "kept under another name", [("self.on = np", "self.switch = np"), ("x * self.on", "x * self.switch")]),
]
SIGMOID_TANH = """
class MySigmoid(Sigmoid):
    def forward(self, x, training=False):
        self.s = 0.5 * (np.tanh(0.5 * x) + 1.0)
        return self.s

    def backward(self, dy):
        t = 2 * self.s - 1
        return dy * 0.25 * (1 - t * t)
"""
SIGMOID = [
    ("twice_x", "tanh(2 x)", [("np.tanh(0.5 * x)", "np.tanh(2 * x)")]),
    ("plus_half", "+ 0.5 for + 1", [("+ 1.0)", "+ 0.5)")]),
    ("slope_of_tanh", "1 - t^2 without the 0.25", [("dy * 0.25 * (1 - t * t)", "dy * (1 - t * t)")]),
    ("t_is_s", "t = s", [("t = 2 * self.s - 1", "t = self.s")]),
    ("t_halved", "t = s - 0.5", [("t = 2 * self.s - 1", "t = self.s - 0.5")]),
]
DENSE_EINSUM = """
# %%
def weights_of(layer):
    return layer.params["kernel"], layer.params["bias"]
# %%
class MyDense(Dense):
    def forward(self, x, training=False):
        W, b = weights_of(self)
        self.x = x
        return np.einsum("ni,iu->nu", x, W) + b

    def backward(self, dy):
        W, b = weights_of(self)
        dW = np.einsum("ni,nu->iu", self.x, dy)
        db = np.einsum("nu->u", dy)
        self.grads = dict(kernel=dW, bias=db)
        return np.einsum("nu,iu->ni", dy, W)
"""
DENSE = [
    ("db_over_units", "db divided by the units", [("np.einsum(\"nu->u\", dy)", "np.einsum(\"nu->u\", dy) / dy.shape[1]")]),
    ("x_centred", "x minus its mean in dW", [("self.x = x\n", "self.x = x - x.mean(axis=0)\n")]),
    ("db_of_squares", "dy squared in db", [("np.einsum(\"nu->u\", dy)", "np.einsum(\"nu,nu->u\", dy, dy)")]),
    ("bias_of_first", "the first bias for all", [("np.einsum(\"ni,iu->nu\", x, W) + b", "np.einsum(\"ni,iu->nu\", x, W) + b[0]")]),
    ("dx_of_row", "one index lost", [("\"nu,iu->ni\", dy, W", "\"nu,iu->i\", dy, W")]),
    ("weights", "another name", [('layer.params["kernel"], layer', 'layer.params["weights"], layer')]),
]
MAX_VIEW = """
class MyMaxPooling2D(MaxPooling2D):
    def forward(self, x, training=False):
        _, borders = self._grid(x.shape[1:])
        padded = pad(x, borders, fill=-np.inf)
        (KH, KW), (SH, SW) = self.pool_size, self.strides
        view = np.lib.stride_tricks.sliding_window_view(padded, (KH, KW), axis=(1, 2))
        view = view[:, ::SH, ::SW]
        flat = view.reshape(*view.shape[:4], KH * KW)
        self.place, self.shape, self.borders = flat.argmax(-1), padded.shape, borders
        return flat.max(-1)

    def backward(self, dy):
        (KH, KW), (SH, SW) = self.pool_size, self.strides
        n, i, j, c = np.indices(dy.shape)
        row, column = i * SH + self.place // KW, j * SW + self.place % KW
        result = np.zeros(self.shape, dy.dtype)
        np.add.at(result, (n, row, column, c), dy)
        return crop(result, self.borders)
"""
MAX = [
    ("plain_index", "+= with an index adds once", [("np.add.at(result, (n, row, column, c), dy)", "result[n, row, column, c] += dy")]),
    ("divided_by_rows", "place // KH", [("self.place // KW", "self.place // KH")]),
    ("window_for_stride", "i * KH", [("i * SH +", "i * KH +")]),
    ("argmax_of_size", "argmax of abs", [("flat.argmax(-1)", "np.abs(flat).argmax(-1)")]),
    ("no_place", "the top left cell", [("i * SH + self.place // KW, j * SW + self.place % KW", "i * SH, j * SW")]),
]
AVERAGE_NAN = """
class MyAveragePooling2D(AveragePooling2D):
    def forward(self, x, training=False):
        _, borders = self._grid(x.shape[1:])
        padded = pad(x, borders, fill=np.nan)
        (KH, KW), (SH, SW) = self.pool_size, self.strides
        view = np.lib.stride_tricks.sliding_window_view(padded, (KH, KW), axis=(1, 2))
        view = view[:, ::SH, ::SW]
        self.count = (~np.isnan(view)).sum(axis=(-2, -1)).astype(x.dtype)
        self.shape, self.borders = padded.shape, borders
        return np.nanmean(view, axis=(-2, -1))

    def backward(self, dy):
        (KH, KW), (SH, SW) = self.pool_size, self.strides
        _, OH, OW, _ = dy.shape
        result, share = np.zeros(self.shape, dy.dtype), dy / self.count
        for a in range(KH):
            for b in range(KW):
                result[:, a : a + SH * OH : SH, b : b + SW * OW : SW] += share
        return crop(result, self.borders)
"""
AVERAGE = [
    ("median", "the median", [("np.nanmean(view", "np.nanmedian(view")]),
    ("border_is_zero", "the border counts as 0", [("np.nanmean(view, axis=(-2, -1))", "np.nan_to_num(view).mean(axis=(-2, -1))")]),
    ("times_count", "dy * count", [("dy / self.count", "dy * self.count")]),
    ("one_row_less", "range(KH - 1)", [("range(KH)", "range(KH - 1)")]),
]
IM2COL_INDEX = """
def my_im2col(padded, window, strides):
    N, H, W, C = padded.shape
    (KH, KW), (SH, SW) = window, strides
    OH, OW = (H - KH) // SH + 1, (W - KW) // SW + 1
    row = SH * np.repeat(np.arange(OH), OW)[:, None] + np.repeat(np.arange(KH), KW)
    column = SW * np.tile(np.arange(OW), OH)[:, None] + np.tile(np.arange(KW), KH)
    return padded[:, row, column].reshape(N * OH * OW, KH * KW * C)
"""
IM2COL = [
    ("tile_of_windows", "tile for repeat", [("np.repeat(np.arange(OH), OW)", "np.tile(np.arange(OH), OW)"), ("np.tile(np.arange(OW), OH)", "np.repeat(np.arange(OW), OH)")]),
    ("repeat_both", "repeat twice", [("np.tile(np.arange(KW), KH)", "np.repeat(np.arange(KW), KH)")]),
    ("stride_forgotten", "no SW", [("SW * np.tile", "np.tile")]),
    ("column_first", "column, row", [("padded[:, row, column]", "padded[:, row, column].transpose(0, 1, 3, 2)")]),
]
CONV_CELLS = """
# %%
class MyConv2D(Conv2D):
    def view(self, padded, a, b, OH, OW):
        SH, SW = self.strides
        return padded[:, a : a + SH * OH : SH, b : b + SW * OW : SW]

    def forward(self, x, training=False):
        (OH, OW), self.borders = self._grid(x.shape[1:])
        self.padded = pad(x, self.borders)
        kernel, bias = self.params["kernel"], self.params["bias"]
        KH, KW = self.kernel_size
        y = np.zeros((len(x), OH, OW, self.filters), x.dtype)
        for f in range(self.filters):
            total = np.zeros((len(x), OH, OW), x.dtype)
            for a in range(KH):
                for b in range(KW):
                    total += self.view(self.padded, a, b, OH, OW) @ kernel[a, b, :, f]
            y[..., f] = total + bias[f]
        return y

    def backward(self, dy):
        kernel = self.params["kernel"]
        KH, KW = self.kernel_size
        _, OH, OW, F = dy.shape
        dkernel, dpadded = np.zeros_like(kernel), np.zeros_like(self.padded)
        for a in range(KH):
            for b in range(KW):
                cell = self.view(self.padded, a, b, OH, OW)
                dkernel[a, b] = np.tensordot(cell, dy, axes=([0, 1, 2], [0, 1, 2]))
                cells = self.view(dpadded, a, b, OH, OW)
                cells += dy @ kernel[a, b].T
        dbias = dy.reshape(-1, F).sum(axis=0)
        self.grads = {"kernel": dkernel, "bias": dbias}
        return crop(dpadded, self.borders)
"""
CONV = [
    ("dbias_reshaped_f_first", "dy.reshape(F, -1)", [("dy.reshape(-1, F).sum(axis=0)", "dy.reshape(F, -1).sum(axis=1)")]),
    ("total_not_reset", "total lives on", [("        for f in range(self.filters):\n            total = np.zeros((len(x), OH, OW), x.dtype)\n", "        total = np.zeros((len(x), OH, OW), x.dtype)\n        for f in range(self.filters):\n")]),
    ("dx_of_first_cell", "kernel[0, 0] for all", [("dy @ kernel[a, b].T", "dy @ kernel[0, 0].T")]),
    ("cells_replaced", "a new array", [("                cells += dy @ kernel[a, b].T", "                cells = cells + dy @ kernel[a, b].T")]),
]
BINARY_HELPERS = """
# %%
def softplus(z):
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))
# %%
def sigmoid(z):
    return 0.5 * (1 + np.tanh(z / 2))
# %%
class MyBinaryCrossentropy(BinaryCrossentropy):
    def per_photo(self, y, y_pred):
        loss = softplus(y_pred) - y_pred * y
        return loss.mean(axis=1), (sigmoid(y_pred) - y) / y.shape[1]
"""
BINARY = [
    ("softplus_without_maximum", "log1p(exp(-|z|)) alone", [("np.maximum(z, 0) + np", "np")]),
    ("label_alone", "- y for - z y", [("- y_pred * y", "- y")]),
    ("mean_label", "the mean label of the batch", [("(sigmoid(y_pred) - y) /", "(sigmoid(y_pred) - y.mean(axis=0)) /")]),
    ("median", "the median over outputs", [("loss.mean(axis=1)", "np.median(loss, axis=1)")]),
]
SGD_ZIP = """
class MySGD(SGD):
    def update(self, params, grads):
        self.t += 1
        for name in grads:
            g = grads[name]
            v = self.v.setdefault(name, np.zeros_like(g))
            v *= self.momentum
            v -= self.learning_rate * g
            np.add(params[name], v, out=params[name])
"""
SGD = [
    ("normalised", "g / |g|", [("g = grads[name]", "g = grads[name] / np.linalg.norm(grads[name])")]),
    ("decayed", "weight decay", [("g = grads[name]", "g = grads[name] + 0.01 * params[name]")]),
    ("v_is_local", "v made anew", [("v *= self.momentum", "v = v * self.momentum")]),
    ("rate_on_both", "momentum of the rate", [("v *= self.momentum", "v *= self.momentum * self.learning_rate")]),
]
ADAM_LERP = """
# %%
class MyAdam(Adam):
    def update(self, params, grads):
        self.t += 1
        scale = np.sqrt(1 - self.beta_2**self.t) / (1 - self.beta_1**self.t)
        for name, g in grads.items():
            m = self.m.setdefault(name, np.zeros_like(g))
            v = self.v.setdefault(name, np.zeros_like(g))
            m += (1 - self.beta_1) * (g - m)
            v += (1 - self.beta_2) * (g * g - v)
            params[name] -= self.learning_rate * scale * m / (np.sqrt(v) + self.epsilon)
"""
ADAM = [
    ("variance", "v of g - m", [("(g * g - v)", "((g - m) ** 2 - v)")]),
    ("moves_away", "m - g", [("(g - m)", "(m - g)")]),
    ("largest_v", "v never shrinks", [("v += (1 - self.beta_2) * (g * g - v)", "v[...] = np.maximum(v, v + (1 - self.beta_2) * (g * g - v))")]),
    ("looks_ahead", "beta_1 m + (1 - beta_1) g in the step", [("scale * m /", "scale * (self.beta_1 * m + (1 - self.beta_1) * g) /")]),
    ("counts_after", "t += 1 at the end", [("        self.t += 1\n", ""), ("(np.sqrt(v) + self.epsilon)\n", "(np.sqrt(v) + self.epsilon)\n        self.t += 1\n")]),
]
# (part, solution, mistakes) by name.
LATER = {
    "relu_switch": ("MyReLU", RELU_SWITCH, RELU),
    "sigmoid_tanh": ("MySigmoid", SIGMOID_TANH, SIGMOID),
    "dense_einsum": ("MyDense", DENSE_EINSUM, DENSE),
    "max_view": ("MyMaxPooling2D", MAX_VIEW, MAX),
    "average_nan": ("MyAveragePooling2D", AVERAGE_NAN, AVERAGE),
    "im2col_index": ("my_im2col", IM2COL_INDEX, IM2COL),
    "conv_cells": ("MyConv2D", CONV_CELLS, CONV),
    "softplus_helpers": ("MyBinaryCrossentropy", BINARY_HELPERS, BINARY),
    "sgd_zip": ("MySGD", SGD_ZIP, SGD),
    "adam_lerp": ("MyAdam", ADAM_LERP, ADAM),
}
