"""Mistakes in the ways of courses (CS231n, minitorch, Deep Learning from Scratch)."""
# ruff: noqa: E501
# fmt: off

from mistakes.courses import training

RELU = """
class MyReLU(ReLU):
    def forward(self, x, training=False):
        self.mask = x <= 0
        out = x.copy()
        out[self.mask] = 0
        return out

    def backward(self, dout):
        dx = dout.copy()
        dx[self.mask] = 0
        return dx
"""
SIGMOID = """
class MySigmoid(Sigmoid):
    def forward(self, x, training=False):
        small = np.exp(-np.abs(x))
        out = np.where(x < 0, small, 1) / (1 + small)
        self.out = out
        return out

    def backward(self, dout):
        return dout * (1.0 - self.out) * self.out
"""
SOFTMAX = """
class MySoftmax(Softmax):
    def forward(self, x, training=False):
        x = x.T
        x = x - np.max(x, axis=0)
        y = np.exp(x) / np.sum(np.exp(x), axis=0)
        self.out = y.T
        return self.out

    def backward(self, dout):
        dx = self.out * dout
        total = np.sum(dx, axis=1, keepdims=True)
        return dx - self.out * total
"""
AFFINE = """
class MyDense(Dense):
    def forward(self, x, training=False):
        W, b = self.params["kernel"], self.params["bias"]
        self.cache = (x, W, b)
        out = x.dot(W) + b
        return out

    def backward(self, dout):
        x, W, b = self.cache
        N, D = x.shape
        dx = dout.dot(W.T)
        dW = x.T.dot(dout)
        db = np.sum(dout, axis=0)
        self.grads = {"kernel": dW, "bias": db}
        return dx
"""
FLATTEN = """
class MyFlatten(Flatten):
    def forward(self, x, training=False):
        self.original = x.shape
        N = x.shape[0]
        return x.reshape((N, -1))

    def backward(self, dout):
        return dout.reshape(*self.original)
"""
MAX = """
class MyMaxPooling2D(MaxPooling2D):
    def forward(self, x, training=False):
        (OH, OW), self.borders = self._grid(x.shape[1:])
        (PH, PW), (SH, SW) = self.pool_size, self.strides
        img = pad(x, self.borders, fill=-np.inf)
        self.shape = img.shape
        N, H, W, C = img.shape
        if (PH, PW) == (SH, SW):
            img = img[:, : OH * PH, : OW * PW]
            tiles = img.reshape(N, OH, PH, OW, PW, C).transpose(0, 1, 3, 2, 4, 5)
            tiles = tiles.reshape(N, OH, OW, PH * PW, C)
        else:
            tiles = np.zeros((N, OH, OW, PH * PW, C), x.dtype)
            for y in range(PH):
                for z in range(PW):
                    part = img[:, y : y + SH * OH : SH, z : z + SW * OW : SW]
                    tiles[:, :, :, y * PW + z] = part
        self.arg_max = np.argmax(tiles, axis=3)
        return np.max(tiles, axis=3)

    def backward(self, dout):
        (PH, PW), (SH, SW) = self.pool_size, self.strides
        N, OH, OW, C = dout.shape
        dimg = np.zeros(self.shape, dout.dtype)
        n, i, j, c = np.indices(dout.shape)
        row = i * SH + self.arg_max // PW
        column = j * SW + self.arg_max % PW
        np.add.at(dimg, (n, row, column, c), dout)
        return crop(dimg, self.borders)
"""
AVERAGE = """
class MyAveragePooling2D(AveragePooling2D):
    def forward(self, x, training=False):
        (OH, OW), self.borders = self._grid(x.shape[1:])
        (PH, PW), (SH, SW) = self.pool_size, self.strides
        img, real = pad(x, self.borders), pad(np.ones_like(x), self.borders)
        self.shape = img.shape
        total, self.count = 0, 0
        for y in range(PH):
            for z in range(PW):
                total = total + img[:, y : y + SH * OH : SH, z : z + SW * OW : SW]
                self.count = self.count + real[:, y : y + SH * OH : SH, z : z + SW * OW : SW]
        return total / self.count

    def backward(self, dout):
        (PH, PW), (SH, SW) = self.pool_size, self.strides
        N, OH, OW, C = dout.shape
        dimg = np.zeros(self.shape, dout.dtype)
        for i in range(OH):
            for j in range(OW):
                share = dout[:, i, j] / self.count[:, i, j]
                dimg[:, i * SH : i * SH + PH, j * SW : j * SW + PW] += share[:, None, None]
        return crop(dimg, self.borders)
"""
IM2COL = """
def my_im2col(img, window, strides):
    N, H, W, C = img.shape
    filter_h, filter_w = window
    out_h = (H - filter_h) // strides[0] + 1
    out_w = (W - filter_w) // strides[1] + 1
    col = np.zeros((N, out_h, out_w, filter_h, filter_w, C), img.dtype)
    for y in range(out_h):
        for x in range(out_w):
            top, left = y * strides[0], x * strides[1]
            col[:, y, x] = img[:, top : top + filter_h, left : left + filter_w]
    return col.reshape(N * out_h * out_w, filter_h * filter_w * C)
"""
CONV = """
class MyConv2D(Conv2D):
    def forward(self, x, training=False):
        (OH, OW), self.borders = self._grid(x.shape[1:])
        (FH, FW), (SH, SW) = self.kernel_size, self.strides
        w, b = self.params["kernel"], self.params["bias"]
        img = pad(x, self.borders)
        N, C, F = len(x), x.shape[3], w.shape[3]
        self.img, self.patches = img, {}
        out = np.zeros((N, OH, OW, F), x.dtype)
        for i in range(OH):
            for j in range(OW):
                field = img[:, i * SH : i * SH + FH, j * SW : j * SW + FW, :]
                patch = field.reshape(N, -1)
                self.patches[i, j] = patch
                out[:, i, j] = patch @ w.reshape(-1, F) + b
        return out

    def backward(self, dout):
        (FH, FW), (SH, SW) = self.kernel_size, self.strides
        w = self.params["kernel"]
        N, OH, OW, F = dout.shape
        C = w.shape[2]
        dw, dimg = np.zeros_like(w), np.zeros_like(self.img)
        for i in range(OH):
            for j in range(OW):
                d = dout[:, i, j]
                dw += (self.patches[i, j].T @ d).reshape(w.shape)
                dpatch = (d @ w.reshape(-1, F).T).reshape(N, FH, FW, C)
                dimg[:, i * SH : i * SH + FH, j * SW : j * SW + FW] += dpatch
        self.grads = dict(kernel=dw, bias=dout.sum(axis=(0, 1, 2)))
        return crop(dimg, self.borders)
"""
DROPOUT = """
class MyDropout(Dropout):
    def forward(self, x, training=False):
        self.mask = None
        if not training:
            return x
        self.mask = np.random.rand(*x.shape) > self.rate
        return x * self.mask / (1.0 - self.rate)

    def backward(self, dout):
        if self.mask is None:
            return dout
        return dout * self.mask / (1.0 - self.rate)
"""
BATCH = """
class MyBatchNormalization(BatchNormalization):
    def forward(self, x, training=False):
        gamma, beta = self.params["gamma"], self.params["beta"]
        axes = tuple(range(x.ndim - 1))
        self.training = training
        if training:
            mu = x.mean(axis=axes)
            xmu = x - mu
            var = np.mean(xmu**2, axis=axes)
            old_mean, old_var = self.state["moving_mean"], self.state["moving_variance"]
            m = self.momentum
            self.state["moving_mean"] = m * old_mean + (1 - m) * mu
            self.state["moving_variance"] = m * old_var + (1 - m) * var
        else:
            xmu = x - self.state["moving_mean"]
            var = self.state["moving_variance"]
        sqrtvar = np.sqrt(var + self.epsilon)
        ivar = 1.0 / sqrtvar
        xhat = xmu * ivar
        self.cache = (xhat, xmu, ivar, sqrtvar, axes)
        out = gamma * xhat + beta
        return out

    def backward(self, dout):
        xhat, xmu, ivar, sqrtvar, axes = self.cache
        M = dout.size // dout.shape[-1]
        dbeta = dout.sum(axis=axes)
        dgamma = np.sum(dout * xhat, axis=axes)
        self.grads = {"gamma": dgamma, "beta": dbeta}
        dxhat = dout * self.params["gamma"]
        if not self.training:
            return dxhat * ivar
        divar = np.sum(dxhat * xmu, axis=axes)
        dsqrtvar = -1.0 / sqrtvar**2 * divar
        dvar = 0.5 / sqrtvar * dsqrtvar
        dsq = dvar / M
        dxmu = dxhat * ivar + 2 * xmu * dsq
        dmu = -np.sum(dxmu, axis=axes)
        return dxmu + dmu / M
"""
TANH = """
class MyTanh(Tanh):
    def forward(self, x, training=False):
        self.out = np.tanh(x)
        return self.out

    def backward(self, dout):
        return dout * (1 - np.square(self.out))
"""
LEAKY = """
class MyLeakyReLU(LeakyReLU):
    def forward(self, x, training=False):
        self.x = x
        return np.maximum(x, self.negative_slope * x)

    def backward(self, dout):
        dx = np.ones_like(self.x)
        dx[self.x < 0] = self.negative_slope
        return dx * dout
"""
ELU = """
class MyELU(ELU):
    def forward(self, x, training=False):
        self.x = x
        below = self.alpha * (np.exp(np.minimum(x, 0)) - 1)
        return np.where(x > 0, x, below)

    def backward(self, dout):
        slope = np.where(self.x > 0, 1, self.alpha * np.exp(np.minimum(self.x, 0)))
        return dout * slope
"""
GLOBAL_MAX = """
class MyGlobalMaxPooling2D(GlobalMaxPooling2D):
    def forward(self, x, training=False):
        N, H, W, C = self.shape = x.shape
        rows = x.reshape(N, H * W, C)
        self.place = rows.argmax(axis=1)
        return rows.max(axis=1)

    def backward(self, dout):
        N, H, W, C = self.shape
        dx = np.zeros(self.shape, dout.dtype)
        for n in range(N):
            for c in range(C):
                dx[n, self.place[n, c] // W, self.place[n, c] % W, c] = dout[n, c]
        return dx
"""
LAYERS = {
    "relu_course": ("MyReLU", RELU, [
        ("mask_once", "the mask is made in the first call only", [("self.mask = x <= 0", "self.mask = getattr(self, 'mask', x <= 0)")]),
        ("whole", "y is cast to whole numbers", [("return out", "return out.astype(int).astype(x.dtype)")]),
        ("softplus", "a softplus in forward", [("out[self.mask] = 0", "out = np.logaddexp(0, x)")]),
        ("smooth_slope", "the slope of a softplus in backward", [("self.mask = x <= 0", "self.mask, self.x = x <= 0, x"), ("dx[self.mask] = 0", "dx = dout / (1 + np.exp(-self.x))")]),
        ("scaled", "divided by the largest number of the batch", [("return out", "return out / np.abs(x).max()")]),
    ]),
    "sigmoid_course": ("MySigmoid", SIGMOID, [
        ("clipped", "y is kept away from 0 and 1, as for a logarithm", [("self.out = out\n", "out = self.out = np.clip(out, 0.05, 0.95)\n")]),
        ("mean_in_slope", "the mean of y in the slope", [("(1.0 - self.out)", "(1.0 - self.out.mean())")]),
        ("steep", "a sigmoid of 2 x", [("np.exp(-np.abs(x))", "np.exp(-2 * np.abs(x))")]),
        ("hardmax", "backward through the rounded y", [("* self.out\n", "* np.round(self.out)\n")]),
    ]),
    "softmax_course": ("MySoftmax", SOFTMAX, [
        ("not_turned_back", "the transpose is not undone", [("self.out = y.T", "self.out = y")]),
        ("not_turned", "axis 0 without the transpose", [("        x = x.T\n", ""), ("self.out = y.T", "self.out = y")]),
        ("keepdims_lost", "the sum has lost its axis", [("axis=1, keepdims=True", "axis=1")]),
        ("temperature", "divided by the root of the classes", [("x - np.max(x, axis=0)", "(x - np.max(x, axis=0)) / np.sqrt(len(x))")]),
        ("epsilon", "1e-3 added to the sum", [("np.sum(np.exp(x), axis=0)", "(np.sum(np.exp(x), axis=0) + 1e-3)")]),
        ("largest_only", "one-hot of the largest", [("self.out = y.T", "self.out = 1.0 * (y.T == y.max(axis=0)[:, None])")]),
    ]),
    "affine": ("MyDense", AFFINE, [
        ("dx_not_turned_back", "W dout.T, not turned back", [("dout.dot(W.T)", "W.dot(dout.T)")]),
        ("db_of_all", "divided by all numbers of dout", [("np.sum(dout, axis=0)", "np.sum(dout, axis=0) / dout.size")]),
        ("penalty_in_y", "the L2 penalty is added to the output", [("x.dot(W) + b", "x.dot(W) + b + 0.5 * np.sum(W * W)")]),
        ("decay_in_dw", "W is added to its gradient", [("x.T.dot(dout)", "x.T.dot(dout) + 0.01 * W")]),
        ("outer_of_means", "the product of the sums over the batch", [("x.T.dot(dout)", "np.outer(x.mean(axis=0), dout.sum(axis=0))")]),
        ("db_with_dw", "db is a row of dW", [("db = np.sum(dout, axis=0)", "db = dW.sum(axis=0)")]),
        ("column_of_bias", "the bias is a column", [("x.dot(W) + b", "x.dot(W) + b.reshape(-1, 1)")]),
        ("normalised_x", "the rows of x have length 1", [("out = x.dot(W)", "out = (x / np.linalg.norm(x, axis=1, keepdims=True)).dot(W)")]),
        ("tanh_inside", "a tanh inside the layer", [("        return out\n", "        return np.tanh(out)\n")]),
        ("bias_of_dx", "the gradients are clipped by their length", [('self.grads = {"kernel": dW', 'dW = dW / max(1, np.linalg.norm(dW))\n        self.grads = {"kernel": dW')]),
    ]),
    "flatten_course": ("MyFlatten", FLATTEN, [
        ("channels_kept", "flattened to the last axis", [("x.reshape((N, -1))", "x.reshape((-1, x.shape[-1]))")]),
        ("averaged", "a mean over the places", [("x.reshape((N, -1))", "x.mean(axis=(1, 2))")]),
        ("turned_back", "reshaped to the sizes in reverse, and turned", [("dout.reshape(*self.original)", "dout.reshape(self.original[::-1]).T")]),
        ("resized", "the first numbers again and again", [("dout.reshape(*self.original)", "np.resize(dout[0], self.original)")]),
    ]),
    "max_tiles": ("MyMaxPooling2D", MAX, [
        ("tiles_mixed", "the window's axis before the grid's", [("reshape(N, OH, PH, OW, PW, C)", "reshape(N, PH, OH, PW, OW, C).transpose(0, 2, 1, 4, 3, 5)")]),
        ("not_moved", "the axes of the tiles are not brought together", [(".transpose(0, 1, 3, 2, 4, 5)", "")]),
        ("place_in_photo", "the place in the window is taken for that in the photo", [("i * SH + self.arg_max // PW", "self.arg_max // PW"), ("j * SW + self.arg_max % PW", "self.arg_max % PW")]),
        ("added_once", "+= adds a repeated index once", [("np.add.at(dimg, (n, row, column, c), dout)", "dimg[n, row, column, c] += dout")]),
        ("dout_of_winner", "dout is multiplied by the place", [("c), dout)", "c), dout * self.arg_max)")]),
        ("tiles_of_zeros", "the border is 0", [("fill=-np.inf", "fill=0")]),
    ]),
    "average_sums": ("MyAveragePooling2D", AVERAGE, [
        ("count_in_window_only", "divided by the window in forward", [("return total / self.count", "return total / (PH * PW)")]),
        ("border_in_share", "the share of the first window for all", [("self.count[:, i, j]", "self.count[:, 0, 0]")]),
        ("steps_of_window", "backward steps by the window", [("i * SH : i * SH + PH, j * SW : j * SW + PW", "i * PH : i * PH + PH, j * PW : j * PW + PW")]),
        ("one_photo_kept", "the share of the first photo for all", [("share[:, None, None]", "share[0]")]),
    ]),
    "im2col_patches": ("my_im2col", IM2COL, [
        ("turned_patch", "each patch is turned over", [("left : left + filter_w]", "left : left + filter_w][:, ::-1, ::-1]")]),
        ("in_place_of_steps", "the steps are those of the window", [("y * strides[0], x * strides[1]", "y * filter_h, x * filter_w")]),
        ("padded_again", "pads the photo once more", [("    N, H, W, C = img.shape\n", "    img = np.pad(img, ((0, 0), (1, 1), (1, 1), (0, 0)))\n    N, H, W, C = img.shape\n")]),
        ("view_kept", "the last patch everywhere", [("col[:, y, x] =", "col[:] = 0 * col +")]),
    ]),
    "conv_patches": ("MyConv2D", CONV, [
        ("same_on_both_sides", "the border is (F - 1) // 2 on both sides", [("img = pad(x, self.borders)", "img = pad(x, self.borders)\n        if sum(map(sum, self.borders)):\n            p, q = (FH - 1) // 2, (FW - 1) // 2\n            img = np.pad(x, ((0, 0), (p, p), (q, q), (0, 0)))")]),
        ("wrapped", "the border repeats the other side", [("img = pad(x, self.borders)", "img = np.pad(x, ((0, 0), *self.borders, (0, 0)), mode='wrap')")]),
        ("kernel_normalised", "the kernel is divided by its sum", [("patch @ w.reshape(-1, F)", "patch @ (w / w.sum(axis=(0, 1, 2))).reshape(-1, F)")]),
        ("dw_of_last_patch", "the last patch for all windows", [("self.patches[i, j].T @ d", "self.patches[OH - 1, OW - 1].T @ d")]),
        ("dw_turned_reshape", "d.T @ patch, reshaped to the kernel", [("(self.patches[i, j].T @ d).reshape(w.shape)", "(d.T @ self.patches[i, j]).reshape(w.shape)")]),
        ("dw_of_next_photo", "the photos of the patch in reverse", [("self.patches[i, j].T @ d", "self.patches[i, j][::-1].T @ d")]),
        ("db_over_windows", "db divided by the rows of windows", [("dout.sum(axis=(0, 1, 2))", "dout.sum(axis=(0, 1, 2)) / OH")]),
        ("dx_relu", "dout is set to 0 where the output was below 0", [("        return out\n", "        self.on = out > 0\n        return out\n"), ("dpatch = (d @", "dpatch = ((d * self.on[:, i, j]) @")]),
        ("channels_mean", "the mean of the channels for each", [("field.reshape(N, -1)", "(field.mean(axis=3, keepdims=True) + 0 * field).reshape(N, -1)")]),
        ("step_across_down", "the step down is the step across in dx", [("dimg[:, i * SH : i * SH + FH", "dimg[:, i * SW : i * SW + FH")]),
        ("no_bias_in_last", "the last window has no bias", [("        return out\n", "        out[:, -1, -1] -= b\n        return out\n")]),
    ]),
    "dropout_course": ("MyDropout", DROPOUT, [
        ("scaled_in_predict", "not scaled in training, but times 1 - rate outside", [("            return x\n", "            return x * (1.0 - self.rate)\n"), ("        return x * self.mask / (1.0 - self.rate)", "        return x * self.mask"), ("            return dout\n        return dout * self.mask / (1.0 - self.rate)", "            return dout * (1.0 - self.rate)\n        return dout * self.mask")]),
        ("normal", "normal random numbers, not uniform ones", [("np.random.rand(*x.shape)", "np.random.randn(*x.shape)")]),
        ("two_sizes", "random numbers for two axes only", [("np.random.rand(*x.shape)", "np.random.rand(x.shape[0], x.shape[1])")]),
        ("noise_added", "noise is added", [("return x * self.mask / (1.0 - self.rate)", "return x + self.mask")]),
        ("scale_of_batch", "divided by the share that was kept this time", [("return x * self.mask / (1.0 - self.rate)", "return x * self.mask / self.mask.mean()")]),
    ]),
    "batch_staged": ("MyBatchNormalization", BATCH, [
        ("half_lost", "the 0.5 of the root's derivative is lost", [("0.5 / sqrtvar", "1.0 / sqrtvar")]),
        ("minus_lost", "the minus of 1 / x is lost", [("-1.0 / sqrtvar**2", "1.0 / sqrtvar**2")]),
        ("mean_plus", "the mean's gradient is added", [("dmu = -np.sum", "dmu = np.sum")]),
        ("two_lost", "the 2 of the square is lost", [("2 * xmu * dsq", "xmu * dsq")]),
        ("dgamma_of_xmu", "dgamma without the division", [("np.sum(dout * xhat, axis=axes)", "np.sum(dout * xmu, axis=axes)")]),
        ("mean_not_divided", "the mean's gradient is not divided by M", [("dmu / M", "dmu")]),
        ("var_of_squares", "the mean of the squares for the variance", [("np.mean(xmu**2, axis=axes)", "np.mean(x**2, axis=axes)")]),
        ("epsilon_twice", "epsilon is added twice", [("var = np.mean(xmu**2, axis=axes)", "var = np.mean(xmu**2, axis=axes) + self.epsilon")]),
        ("variance_in_predict", "outside training, divided by the variance", [('            var = self.state["moving_variance"]\n', '            var = self.state["moving_variance"] ** 2\n')]),
        ("mean_in_predict", "outside training, the running mean is not subtracted", [('xmu = x - self.state["moving_mean"]', "xmu = x")]),
        ("other_names", "the running means have PyTorch's names", [('self.state["moving_mean"] = m', 'self.state["running_mean"] = m')]),
        ("momentum_fixed", "the momentum is 0.9, whatever was given", [("m = self.momentum", "m = 0.9")]),
        ("x_centred", "the mean is subtracted from x itself", [("            xmu = x - mu\n", "            x -= mu\n            xmu = x\n")]),
    ]),
    "tanh_course": ("MyTanh", TANH, [
        ("of_dout", "the square of dout", [("np.square(self.out)", "np.square(dout)")]),
        ("scaled", "LeCun's tanh", [("np.tanh(x)", "1.7159 * np.tanh(2 / 3 * x)")]),
        ("cosh", "1 / cosh(x)", [("self.out = np.tanh(x)", "self.x, self.out = x, np.tanh(x)"), ("(1 - np.square(self.out))", "(1 / np.cosh(self.x))")]),
    ]),
    "leaky_maximum": ("MyLeakyReLU", LEAKY, [
        ("of_dout", "the slope by the sign of dout", [("dx[self.x < 0]", "dx[dout < 0]")]),
        ("added", "the slope is added", [("np.maximum(x, self.negative_slope * x)", "np.maximum(x, 0) + self.negative_slope * x")]),
        ("minimum", "the smaller of the two", [("np.maximum(x,", "np.minimum(x,")]),
        ("slope_squared", "the slope twice", [("return dx * dout", "return dx * dx * dout")]),
    ]),
    "elu_where": ("MyELU", ELU, [
        ("exp_of_dout", "exp of dout", [("np.exp(np.minimum(self.x, 0))", "np.exp(np.minimum(dout, 0))")]),
        ("selu", "scaled like a SELU", [("return np.where(x > 0, x, below)", "return 1.0507 * np.where(x > 0, x, below)")]),
        ("alpha_twice", "alpha times alpha below 0", [("below = self.alpha *", "below = self.alpha**2 *")]),
    ]),
    "global_max_course": ("MyGlobalMaxPooling2D", GLOBAL_MAX, [
        ("by_rows", "the place is divided by the number of rows", [("// W", "// H"), ("% W", "% H")]),
        ("over_channels", "the maximum of all channels", [("return rows.max(axis=1)", "return rows.max(axis=(1, 2))[:, None] + 0 * rows[:, 0]")]),
    ]),
}
COURSES = {**LAYERS, **training.TRAINING}
# What the grader said when the set was tried for the first time, read line by line: of
# 120, 74 (62 %) were named.
FIRST = {
    "generic": """
        relu_course/mask_once
        relu_course/scaled affine/bias_of_dx
        softmax_course/keepdims_lost softmax_course/temperature softmax_course/epsilon
        softmax_course/largest_only affine/db_with_dw affine/column_of_bias
        affine/normalised_x flatten_course/averaged flatten_course/resized
        max_tiles/tiles_mixed max_tiles/not_moved max_tiles/dout_of_winner
        im2col_patches/in_place_of_steps im2col_patches/padded_again
        im2col_patches/view_kept conv_patches/same_on_both_sides conv_patches/wrapped
        conv_patches/kernel_normalised conv_patches/channels_mean
        conv_patches/no_bias_in_last dropout_course/two_sizes tanh_course/scaled
        leaky_maximum/of_dout leaky_maximum/slope_squared elu_where/exp_of_dout
        global_max_course/by_rows global_max_course/over_channels binary_course/hinge
        binary_course/smoothed squared_course/relative squared_course/log
        momentum_course/one_gradient adagrad_course/epsilon_outside
    """.split(),
    "false": [
        # The running mean and variance were said to be wrong; it is their use.
        "batch_staged/variance_in_predict", "batch_staged/mean_in_predict",
        "batch_staged/epsilon_twice",  # "0.01 * var + epsilon" for 0.01 * (var + eps.)
        "categorical_course/log_offset",  # "dy_pred equals (p - y); it should be p - y"
        "categorical_course/two_softmaxes",  # "the softmax of p - y": of p alone
        "adam_course/epsilon_fixed",  # two differences that give the same steps
        "adagrad_course/not_added",  # "v keeps 1 - rho": Adagrad has none
    ],
    "called right": [
        # Hard-coded numbers, and the layer or optimiser was tried with its defaults.
        "momentum_course/rate_fixed", "adam_course/betas_fixed",
        "adam_course/epsilon_default",
    ],
}
