"""Mistakes of the other parts, written without a look at the rules, too."""
# ruff: noqa: E501
# fmt: off

MAX = """
class MyMaxPooling2D(MaxPooling2D):
    def forward(self, x, training=False):
        _, self.edges = self._grid(x.shape[1:])
        big = pad(x, self.edges, fill=-np.inf)
        self.big_shape = big.shape
        stack = np.stack(list(window_cells(big, self.pool_size, self.strides)), axis=-1)
        self.winner = stack.argmax(axis=-1)
        return np.take_along_axis(stack, self.winner[..., None], axis=-1)[..., 0]

    def backward(self, up):
        big = np.zeros(self.big_shape, up.dtype)
        for place, cell in enumerate(window_cells(big, self.pool_size, self.strides)):
            cell += np.where(self.winner == place, up, 0)
        return crop(big, self.edges)
"""
AVERAGE = """
class MyAveragePooling2D(AveragePooling2D):
    def total(self, big):
        return sum(window_cells(big, self.pool_size, self.strides))

    def forward(self, x, training=False):
        _, self.edges = self._grid(x.shape[1:])
        self.count = self.total(pad(np.ones_like(x[:1]), self.edges))
        big = pad(x, self.edges)
        self.big_shape = big.shape
        return self.total(big) / self.count

    def backward(self, up):
        share = up / self.count
        big = np.zeros(self.big_shape, up.dtype)
        for cell in window_cells(big, self.pool_size, self.strides):
            cell += share
        return crop(big, self.edges)
"""
SUM = """
class MySumPooling2D(SumPooling2D):
    def forward(self, x, training=False):
        (rows, across), self.edges = self._grid(x.shape[1:])
        big = pad(x, self.edges)
        self.big_shape = big.shape
        (kh, kw), (sh, sw) = self.pool_size, self.strides
        table = np.cumsum(np.cumsum(big, axis=1, dtype=float), axis=2)
        table = np.pad(table, ((0, 0), (1, 0), (1, 0), (0, 0)))
        top, left = sh * np.arange(rows), sw * np.arange(across)
        below = table[:, top + kh][:, :, left + kw] - table[:, top + kh][:, :, left]
        above = table[:, top][:, :, left + kw] - table[:, top][:, :, left]
        return (below - above).astype(x.dtype)

    def backward(self, up):
        big = np.zeros(self.big_shape, up.dtype)
        for cell in window_cells(big, self.pool_size, self.strides):
            cell += up
        return crop(big, self.edges)
"""
FLATTEN = """
class MyFlatten(Flatten):
    def forward(self, x, training=False):
        self.sizes = x.shape[1:]
        return np.stack([photo.ravel() for photo in x])

    def backward(self, up):
        return np.stack([row.reshape(self.sizes) for row in up])
"""
DROPOUT = """
class MyDropout(Dropout):
    def forward(self, x, training=False):
        self.scale = np.ones_like(x)
        if training:
            dropped = np.random.random(x.shape) < self.rate
            self.scale = np.where(dropped, 0, 1 / (1 - self.rate)).astype(x.dtype)
        return self.scale * x

    def backward(self, up):
        return self.scale * up
"""
BATCH = """
class MyBatchNormalization(BatchNormalization):
    def forward(self, x, training=False):
        rows = x.reshape(-1, x.shape[-1])
        keep, state = self.momentum, self.state
        if training:
            mean = rows.mean(axis=0)
            var = np.mean(np.square(rows - mean), axis=0)
            state["moving_mean"] = keep * state["moving_mean"] + (1 - keep) * mean
            state["moving_variance"] = keep * state["moving_variance"] + (1 - keep) * var
        else:
            mean, var = state["moving_mean"], state["moving_variance"]
        self.live, self.inv = training, 1 / np.sqrt(var + self.epsilon)
        self.z = (rows - mean) * self.inv
        return (self.z * self.params["gamma"] + self.params["beta"]).reshape(x.shape)

    def backward(self, up):
        g = up.reshape(-1, up.shape[-1])
        self.grads = {"gamma": np.einsum("mc,mc->c", g, self.z), "beta": g.sum(axis=0)}
        dz = g * self.params["gamma"]
        if self.live:
            dz = dz - dz.mean(axis=0) - self.z * np.mean(dz * self.z, axis=0)
        return (dz * self.inv).reshape(up.shape)
"""
IM2COL = """
def my_im2col(big, window, strides):
    n, h, w, c = big.shape
    (kh, kw), (sh, sw) = window, strides
    rows, across = (h - kh) // sh + 1, (w - kw) // sw + 1
    big = np.ascontiguousarray(big)
    sn, sr, sc, sd = big.strides
    sizes, steps = (n, rows, across, kh, kw, c), (sn, sh * sr, sw * sc, sr, sc, sd)
    view = np.lib.stride_tricks.as_strided(big, sizes, steps)
    return view.reshape(n * rows * across, kh * kw * c)
"""
COL2IM = """
def my_col2im(cols, sizes, window, strides):
    n, h, w, c = sizes
    (kh, kw), (sh, sw) = window, strides
    rows, across = (h - kh) // sh + 1, (w - kw) // sw + 1
    r = sh * np.arange(rows)[:, None, None, None] + np.arange(kh)[:, None]
    q = sw * np.arange(across)[:, None, None] + np.arange(kw)
    big = np.zeros(sizes, cols.dtype)
    np.add.at(big, (slice(None), r, q), cols.reshape(n, rows, across, kh, kw, c))
    return big
"""
RMS = """
class MyRMSprop(RMSprop):
    def update(self, params, grads):
        self.t += 1
        for key, g in grads.items():
            old = self.v.get(key, np.zeros_like(g))
            v = old + (1 - self.rho) * (g * g - old)
            self.v[key] = v
            step = self.learning_rate * g / np.sqrt(v + self.epsilon)
            if self.momentum:
                step += self.momentum * self.b.get(key, 0)
                self.b[key] = step
            params[key] -= step
"""
ABSOLUTE = """
class MyMeanAbsoluteError(MeanAbsoluteError):
    def per_photo(self, truth, guess):
        gap = guess - truth
        k = gap.shape[1]
        return np.abs(gap).sum(axis=1) / k, np.sign(gap) / k
"""
BINARY = """
class MyBinaryCrossentropy(BinaryCrossentropy):
    def per_photo(self, truth, logits):
        loss = np.logaddexp(0, logits) - truth * logits
        p = np.exp(-np.logaddexp(0, -logits))
        return loss.mean(axis=1), (p - truth) / logits.shape[1]
"""
SIGMOID = """
class MySigmoid(Sigmoid):
    def forward(self, x, training=False):
        self.s = np.exp(-np.logaddexp(0, -x))
        return self.s

    def backward(self, up):
        return up * self.s * (1 - self.s)
"""
TANH = """
class MyTanh(Tanh):
    def forward(self, x, training=False):
        e = np.exp(-2 * np.abs(x))
        self.h = np.sign(x) * (1 - e) / (1 + e)
        return self.h

    def backward(self, up):
        return up * (1 - self.h) * (1 + self.h)
"""
LEAKY = """
class MyLeakyReLU(LeakyReLU):
    def forward(self, x, training=False):
        self.below = x < 0
        out = x.copy()
        out[self.below] *= self.negative_slope
        return out

    def backward(self, up):
        dx = up.copy()
        dx[self.below] *= self.negative_slope
        return dx
"""
ELU = """
class MyELU(ELU):
    def forward(self, x, training=False):
        self.low = np.minimum(x, 0)
        return np.maximum(x, 0) + self.alpha * np.expm1(self.low)

    def backward(self, up):
        return up * np.where(self.low < 0, self.alpha * np.exp(self.low), 1).astype(up.dtype)
"""
# As in `UNSEEN`: (part, text, [(name, what is wrong, changes)]).
REST = {
    "max_stack": ("MyMaxPooling2D", MAX, [
        ("last_of_equals", "at a tie the last cell wins", [("stack.argmax(axis=-1)", "stack.shape[-1] - 1 - stack[..., ::-1].argmax(axis=-1)")]),
        ("by_size", "the largest |x| wins", [("stack.argmax(axis=-1)", "np.where(np.isinf(stack), 0, np.abs(stack)).argmax(axis=-1)")]),
        ("first_channel", "the first channel's winner for all", [("self.winner == place", "self.winner[..., :1] == place")]),
        ("dy_used_up", "dy is set to 0 where it was given away", [("            cell += np.where(self.winner == place, up, 0)", "            cell += np.where(self.winner == place, up, 0)\n            up[self.winner == place] = 0")]),
    ]),
    "average_count": ("MyAveragePooling2D", AVERAGE, [
        ("dy_divided", "dy itself is divided in place", [("share = up / self.count", "up /= self.count\n        share = up")]),
        ("shared_twice", "divided by the count twice", [("cell += share", "cell += share / self.count")]),
        ("count_of_batch", "the count is one of all photos", [("np.ones_like(x[:1]), self.edges))", "np.ones_like(x), self.edges)).sum(axis=0)")]),
        ("whole_numbers", "// for /", [("self.total(big) / self.count", "self.total(big) // self.count")]),
    ]),
    "sum_table": ("MySumPooling2D", SUM, [
        ("corner", "the corner of the table is taken off twice", [("above = table[:, top][:, :, left + kw] - table", "above = table[:, top][:, :, left + kw] + table")]),
        ("row_short", "one of the four corners is a row too high", [("left + kw] - table[:, top + kh][:, :, left]", "left + kw] - table[:, top + kh - 1][:, :, left]")]),
        ("dx_kept", "the gradients of all calls pile up", [("        big = np.zeros(self.big_shape, up.dtype)\n", "        self.big = getattr(self, 'big', np.zeros(self.big_shape, up.dtype))\n        big = self.big if self.big.shape == self.big_shape else np.zeros(self.big_shape, up.dtype)\n")]),
    ]),
    "flatten_stack": ("MyFlatten", FLATTEN, [
        ("fortran", "columns first in forward", [("photo.ravel()", 'photo.ravel(order="F")')]),
        ("fortran_back", "columns first in backward", [("row.reshape(self.sizes)", 'row.reshape(self.sizes, order="F")')]),
    ]),
    "dropout_scale": ("MyDropout", DROPOUT, [
        ("drawn_anew", "backward draws a mask of its own", [("        return self.scale * up", "        dropped = np.random.random(up.shape) < self.rate\n        return np.where(dropped, 0, 1 / (1 - self.rate)) * up")]),
        ("one_for_all", "all photos share one mask", [("np.random.random(x.shape)", "np.random.random((1, *x.shape[1:]))"), ("1 / (1 - self.rate)).astype(x.dtype)", "1 / (1 - self.rate)).astype(x.dtype) * np.ones_like(x)")]),
        ("whole_photos", "a photo is dropped as a whole", [("np.random.random(x.shape)", "np.random.random((len(x),) + (1,) * (x.ndim - 1))")]),
        ("same_each_time", "every step drops the same numbers", [("np.random.random(x.shape)", "np.random.default_rng(7).random(x.shape)")]),
        # Not here: backward after a forward outside training. A right dropout may keep
        # its mask during training only, so diagnosis/dropout.py does not look at it.
        ("rate_kept", "the rate is the share that is kept", [("< self.rate", ">= self.rate"), ("1 / (1 - self.rate)", "1 / max(self.rate, 1e-9)")]),
        ("x_changed", "x is multiplied in place", [("        return self.scale * x", "        x *= self.scale\n        return x")]),
    ]),
    "batch_rows": ("MyBatchNormalization", BATCH, [
        ("sample_running", "1 / (M - 1) in the running variance alone", [("(1 - keep) * var", "(1 - keep) * var * len(rows) / (len(rows) - 1)")]),
        ("sample_variance", "1 / (M - 1) in the variance", [("np.mean(np.square(rows - mean), axis=0)", "np.square(rows - mean).sum(axis=0) / (len(rows) - 1)")]),
        ("torch_momentum", "momentum is the share of the new", [("keep, state = self.momentum,", "keep, state = 1 - self.momentum,")]),
        ("moves_always", "the running mean moves outside training, too", [('            mean, var = state["moving_mean"], state["moving_variance"]', '            mean, var = state["moving_mean"], state["moving_variance"]\n            state["moving_mean"] = keep * mean + (1 - keep) * rows.mean(axis=0)')]),
        ("flag_ignored", "always the batch's own mean", [("if training:", "if True:"), ("self.live, self.inv = training,", "self.live, self.inv = True,")]),
        ("always_live", "outside training the mean has a gradient, too", [("if self.live:", "if self.live is not None:")]),
        ("one_mean", "one mean for all channels", [("rows.mean(axis=0)", "rows.mean() * np.ones(rows.shape[1])")]),
        ("running_in_training", "in training the running ones normalise", [("        self.live, self.inv = training", '        mean, var = state["moving_mean"], state["moving_variance"]\n        self.live, self.inv = training')]),
        ("moved_in_backward", "backward moves the running mean once more", [("        dz = g * self", '        self.state["moving_mean"] = self.state["moving_mean"] * self.momentum\n        dz = g * self')]),
    ]),
    "im2col_strided": ("my_im2col", IM2COL, [
        ("photo_fastest", "the photo runs fastest over the rows", [("return view.reshape", "return view.transpose(1, 2, 0, 3, 4, 5).reshape")]),
        ("channel_slowest", "the channel runs slowest along a row", [("return view.reshape", "return view.transpose(0, 1, 2, 5, 3, 4).reshape")]),
        ("steps_of_one", "the strides count windows and do not move them", [("(sn, sh * sr, sw * sc,", "(sn, sr, sc,")]),
    ]),
    "col2im_add_at": ("my_col2im", COL2IM, [
        ("indexed_plus", "+= with repeated indices adds once", [("np.add.at(big, (slice(None), r, q), cols.reshape(n, rows, across, kh, kw, c))", "big[:, r, q] += cols.reshape(n, rows, across, kh, kw, c)")]),
        ("photo_fastest", "reads the photo as the fastest", [("cols.reshape(n, rows, across, kh, kw, c)", "cols.reshape(rows, across, n, kh, kw, c).transpose(2, 0, 1, 3, 4, 5)")]),
    ]),
    "rms_lerp": ("MyRMSprop", RMS, [
        ("epsilon_outside", "epsilon is added to the root", [("np.sqrt(v + self.epsilon)", "(np.sqrt(v) + self.epsilon)")]),
        ("old_mean", "divides by the mean before this step", [("np.sqrt(v + self", "np.sqrt(old + self")]),
        ("corrected", "Adam's correction of the start", [("np.sqrt(v + self", "np.sqrt(v / (1 - self.rho**self.t) + self")]),
        ("one_per_array", "one mean square for a whole array", [("(g * g - old)", "(np.mean(g * g) - old)")]),
    ]),
    "absolute_gap": ("MyMeanAbsoluteError", ABSOLUTE, [
        ("guess_changed", "y_pred becomes the difference", [("gap = guess - truth", "gap = np.subtract(guess, truth, out=guess)")]),
        ("mean_sign", "the sign of the photo's mean difference", [("np.sign(gap) / k", "np.sign(gap.mean(axis=1, keepdims=True)) * np.ones_like(gap) / k")]),
    ]),
    "binary_logaddexp": ("MyBinaryCrossentropy", BINARY, [
        ("slope_again", "the slope of the sigmoid once more", [("(p - truth) /", "(p - truth) * p * (1 - p) /")]),
        ("worst_output", "the loss of the worst output", [("loss.mean(axis=1)", "loss.max(axis=1)")]),
    ]),
    "sigmoid_logaddexp": ("MySigmoid", SIGMOID, [
        ("hard", "a hard sigmoid", [("self.s = np.exp(-np.logaddexp(0, -x))", "self.s = np.clip(0.2 * x + 0.5, 0, 1)")]),
        ("s_spoilt", "the output is changed in backward", [("        return up * self.s * (1 - self.s)", "        self.s *= 1 - self.s\n        return up * self.s")]),
    ]),
    "tanh_exp": ("MyTanh", TANH, [
        ("two_lost", "the 2 in the exponent is left out", [("-2 * np.abs(x)", "-np.abs(x)")]),
        ("one_factor", "1 - y alone", [(" * (1 + self.h)", "")]),
    ]),
    "leaky_copy": ("MyLeakyReLU", LEAKY, [
        ("divided", "divided by the slope below 0 in backward", [("dx[self.below] *= self", "dx[self.below] /= self")]),
        ("dy_changed", "dy is changed in place", [("dx = up.copy()", "dx = up")]),
    ]),
    "elu_expm1": ("MyELU", ELU, [
        ("expm1_slope", "expm1 in the slope", [("* np.exp(self.low), 1)", "* np.expm1(self.low), 1)")]),
        ("slope_without_alpha", "alpha is left out of the slope", [("self.alpha * np.exp(self.low), 1)", "np.exp(self.low), 1)")]),
    ]),
}
