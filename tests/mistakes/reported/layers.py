"""Solutions in a fourth way, and mistakes in them that were reported in public.

Some follow a report on a published program or on the notes of a course; the project is
named in brackets. They were written before any rule was written for them. Only the fact
is taken: the code is our own.
"""
# ruff: noqa: E501
# fmt: off

RELU_CACHE = """
class MyReLU(ReLU):
    def forward(self, x, training=False):
        out = np.where(x > 0, x, 0)
        self.cache = x
        return out

    def backward(self, dout):
        x = self.cache
        dx = np.array(dout, copy=True)
        dx[x <= 0] = 0
        return dx
"""
RELU = [
    ("kept_dout_sign", "zeroes where the gradient and x differ in sign", [("dx[x <= 0] = 0", "dx[x * dout <= 0] = 0")]),
    ("whole_photo_off", "one negative number silences the whole photo", [("dx[x <= 0] = 0", "dx[(x <= 0).any(axis=tuple(range(1, x.ndim)))] = 0")]),
    ("mean_as_threshold", "above the mean, not above 0", [("np.where(x > 0, x, 0)", "np.where(x > x.mean(), x, 0)")]),
    ("minus_kept", "-x below 0 in forward: the sign only is lost", [("np.where(x > 0, x, 0)", "np.where(x > 0, x, -x)")]),
    ("x_shifted", "max(x, 0) of x - 1", [("np.where(x > 0, x, 0)", "np.where(x > 1, x - 1, 0)")]),
]
LEAKY_SLOPES = """
class MyLeakyReLU(LeakyReLU):
    def forward(self, x, training=False):
        self.slope = np.where(x > 0, 1.0, self.negative_slope).astype(x.dtype)
        return x * self.slope

    def backward(self, dout):
        return dout * self.slope
"""
LEAKY = [
    ("relu_first", "a ReLU is applied first: what is below 0 is lost [tflearn]", [("        return x * self.slope", "        return np.maximum(x, 0) * self.slope")]),
    ("slope_above", "the slope on the positive side [brain.js]", [("np.where(x > 0, 1.0, self.negative_slope)", "np.where(x > 0, self.negative_slope, 0.0)")]),
    ("relu_slope", "ReLU's slope in backward [FKB]", [("return dout * self.slope", "return dout * (self.slope == 1)")]),
    ("slope_fixed", "0.01 for the layer's own slope", [("1.0, self.negative_slope)", "1.0, 0.01)")]),
    ("slope_minus", "minus the slope below 0", [("1.0, self.negative_slope)", "1.0, -self.negative_slope)")]),
]
ELU_Y = """
class MyELU(ELU):
    def forward(self, x, training=False):
        below = self.alpha * (np.exp(np.minimum(x, 0)) - 1)
        self.y = np.where(x > 0, x, below)
        return self.y

    def backward(self, dout):
        slope = np.where(self.y > 0, 1.0, self.y + self.alpha)
        return (dout * slope).astype(dout.dtype)
"""
ELU = [
    ("slope_of_y", "y for y + alpha in the slope [ML-From-Scratch]", [("self.y + self.alpha", "self.y")]),
    ("slope_plus_one", "y + 1: alpha left out", [("self.y + self.alpha", "self.y + 1")]),
    ("without_minus_one", "alpha exp(x), the - 1 left out", [("(np.exp(np.minimum(x, 0)) - 1)", "np.exp(np.minimum(x, 0))")]),
    ("alpha_outside", "alpha exp(x) - 1", [("self.alpha * (np.exp(np.minimum(x, 0)) - 1)", "self.alpha * np.exp(np.minimum(x, 0)) - 1")]),
]
SIGMOID_STABLE = """
class MySigmoid(Sigmoid):
    def forward(self, x, training=False):
        t = np.exp(-np.abs(x))
        top = np.where(x < 0, t, np.ones_like(x))
        self.a = top / (1 + t)
        return self.a

    def backward(self, dout):
        da = self.a - self.a**2
        return dout * da
"""
SIGMOID = [
    ("sum_of_two", "a + (1 - a) written as a sum with a square", [("self.a - self.a**2", "self.a + (1 - self.a**2)")]),
    ("tanh_slope", "(1 - a**2) / 2: tanh's slope, halved", [("self.a - self.a**2", "(1 - self.a**2) / 2")]),
    ("top_swapped", "the branches of the numerator swapped", [("np.where(x < 0, t, np.ones_like(x))", "np.where(x < 0, np.ones_like(x), t)")]),
    ("without_one", "t below the bar without the 1 +", [("top / (1 + t)", "top / (top + top * t + t)")]),
    ("root_of_slope", "the root of the slope", [("self.a - self.a**2", "np.sqrt(self.a - self.a**2)")]),
]
SOFTMAX_JACOBIAN = """
class MySoftmax(Softmax):
    def forward(self, x, training=False):
        p = np.exp(x - np.max(x, axis=-1, keepdims=True))
        self.p = p / np.sum(p, axis=-1, keepdims=True)
        return self.p

    def backward(self, dout):
        dx = np.zeros_like(dout)
        rows, dout_rows = self.p.reshape(-1, self.p.shape[-1]), dout.reshape(-1, dout.shape[-1])
        for n, (p, g) in enumerate(zip(rows, dout_rows)):
            jacobian = np.diag(p) - np.outer(p, p)
            dx.reshape(rows.shape)[n] = jacobian @ g
        return dx
"""
SOFTMAX = [
    ("factor_two", "off by a factor of two [fromscratchtoml]", [("= jacobian @ g", "= 2 * jacobian @ g")]),
    ("plus_outer", "diag(p) + outer(p, p)", [("np.diag(p) - np.outer(p, p)", "np.diag(p) + np.outer(p, p)")]),
    ("identity_diagonal", "the identity for diag(p)", [("np.diag(p) - np.outer(p, p)", "np.eye(len(p)) - np.outer(p, p)")]),
    ("log_softmax_slope", "the slope of log softmax [mlpack]", [("jacobian @ g", "g - p * g.sum()")]),
    ("of_p_minus_one", "p (p - 1) [ML-From-Scratch]", [("jacobian @ g", "g * p * (p - 1)")]),
    ("minimum", "the minimum is subtracted: exp overflows", [("np.max(x, axis=-1", "np.min(x, axis=-1")]),
]
FLATTEN_CACHE = """
class MyFlatten(Flatten):
    def forward(self, x, training=False):
        self.cache = x.shape
        N = x.shape[0]
        return x.reshape(N, np.prod(x.shape[1:]))

    def backward(self, dout):
        return dout.reshape(self.cache)
"""
FLATTEN = [
    ("channels_apart", "channels first, put back as channels last", [("return x.reshape(N, np.prod(x.shape[1:]))", "return np.moveaxis(x, -1, 1).reshape(N, -1)")]),
    ("rows_turned", "the rows from the last to the first", [("return x.reshape", "return x[:, ::-1].reshape")]),
    ("photos_turned", "backward: the photos in the other order", [("return dout.reshape(self.cache)", "return dout[::-1].reshape(self.cache)")]),
    ("scaled", "divided by 255 here", [("return x.reshape(N, np.prod(x.shape[1:]))", "return x.reshape(N, np.prod(x.shape[1:])) / 255")]),
]
DENSE_DOT = """
class MyDense(Dense):
    def forward(self, x, training=False):
        self.cache = x
        out = x.dot(self.params["kernel"])
        out += self.params["bias"]
        return out

    def backward(self, dout):
        x, w = self.cache, self.params["kernel"]
        N, D = x.shape
        dw = np.dot(x.T, dout)
        db = np.sum(dout, axis=0)
        dx = np.dot(dout, w.T)
        self.grads = {"kernel": dw, "bias": db}
        return dx
"""
DENSE = [
    ("dw_over_n_only", "dw / N, db not [DeepLearningZeroToAll]", [("np.dot(x.T, dout)", "np.dot(x.T, dout) / N")]),
    ("regularised", "0.5 reg w**2 added to the gradient [CS231n]", [("dw = np.dot(x.T, dout)", "dw = np.dot(x.T, dout) + 0.1 * w")]),
    ("db_over_inputs", "db divided by the number of inputs", [("np.sum(dout, axis=0)", "np.sum(dout, axis=0) / D")]),
    ("dw_centred_dout", "dout minus its mean", [("np.dot(x.T, dout)", "np.dot(x.T, dout - dout.mean(axis=0))")]),
    ("dx_plus_x", "dx += x", [("dx = np.dot(dout, w.T)", "dx = np.dot(dout, w.T) + x")]),
    ("dx_sign_of_w", "the sign of w", [("np.dot(dout, w.T)", "np.dot(dout, np.sign(w).T)")]),
    ("bias_per_photo", "the bias is halved for the second half of the units", [('out += self.params["bias"]', 'out[:, 1:] += self.params["bias"][1:]')]),
    ("dw_clipped", "clips the gradient in the layer", [("np.dot(x.T, dout)", "np.clip(np.dot(x.T, dout), -1, 1)")]),
]
MAX_MASK = """
class MyMaxPooling2D(MaxPooling2D):
    def forward(self, x, training=False):
        (OH, OW), self.borders = self._grid(x.shape[1:])
        self.x_pad = pad(x, self.borders, fill=-np.inf)
        N, _, _, C = x.shape
        HH, WW = self.pool_size
        s1, s2 = self.strides
        out = np.empty((N, OH, OW, C), dtype=x.dtype)
        for r in range(OH):
            for q in range(OW):
                field = self.x_pad[:, r * s1 : r * s1 + HH, q * s2 : q * s2 + WW, :]
                out[:, r, q, :] = np.max(field, axis=(1, 2))
        return out

    def backward(self, dout):
        N, OH, OW, C = dout.shape
        HH, WW = self.pool_size
        s1, s2 = self.strides
        dx = np.zeros(self.x_pad.shape, dout.dtype)
        for r in range(OH):
            for q in range(OW):
                field = self.x_pad[:, r * s1 : r * s1 + HH, q * s2 : q * s2 + WW, :]
                flat = field.reshape(N, HH * WW, C)
                first = flat.argmax(axis=1)
                mask = np.arange(HH * WW)[None, :, None] == first[:, None, :]
                share = mask.reshape(N, HH, WW, C) * dout[:, r, q, :][:, None, None, :]
                dx[:, r * s1 : r * s1 + HH, q * s2 : q * s2 + WW, :] += share
        return crop(dx, self.borders)
"""
MAX = [
    ("close_to_maximum", "everything within 0.3 of the maximum [mni-ml]", [("mask = np.arange(HH * WW)[None, :, None] == first[:, None, :]", "mask = flat > flat.max(axis=1, keepdims=True) - 0.3")]),
    ("dx_kept_between_calls", "dx is made once and never zeroed [executorch]", [("dx = np.zeros(self.x_pad.shape, dout.dtype)", "self.dx = dx = getattr(self, 'dx', np.zeros(self.x_pad.shape, dout.dtype))")]),
    ("winner_of_all_photos", "one winner for all photos", [("first = flat.argmax(axis=1)", "first = flat.sum(axis=0).argmax(axis=0)[None].repeat(N, axis=0)")]),
    ("not_padded_backward", "the border forgotten in backward only", [("        return crop(dx, self.borders)", "        return dx[:, : self.input_shape[0], : self.input_shape[1]]")]),
    ("mask_times_field", "dx times the value of the maximum, twice dout", [("* dout[:, r, q, :][:, None, None, :]", "* field")]),
    ("half_to_average", "half of dout to the winner, half to all", [("share = mask.reshape(N, HH, WW, C) *", "share = (mask.reshape(N, HH, WW, C) / 2 + 1 / (2 * HH * WW)) *")]),
    ("border_of_minus_one", "the border is filled with -1", [("fill=-np.inf", "fill=-1.0")]),
]
AVERAGE_CLIPPED = """
class MyAveragePooling2D(AveragePooling2D):
    def _box(self, r, q, H, W):
        (top, _), (left, _) = self.borders
        r0, q0 = r * self.strides[0] - top, q * self.strides[1] - left
        r1, q1 = r0 + self.pool_size[0], q0 + self.pool_size[1]
        return max(r0, 0), min(r1, H), max(q0, 0), min(q1, W)

    def forward(self, x, training=False):
        (OH, OW), self.borders = self._grid(x.shape[1:])
        self.x_shape = N, H, W, C = x.shape
        out = np.zeros((N, OH, OW, C), x.dtype)
        for r in range(OH):
            for q in range(OW):
                r0, r1, q0, q1 = self._box(r, q, H, W)
                out[:, r, q] = np.mean(x[:, r0:r1, q0:q1], axis=(1, 2))
        return out

    def backward(self, dout):
        _, H, W, _ = self.x_shape
        dx = np.zeros(self.x_shape, dout.dtype)
        for r in range(dout.shape[1]):
            for q in range(dout.shape[2]):
                r0, r1, q0, q1 = self._box(r, q, H, W)
                cells = (r1 - r0) * (q1 - q0)
                dx[:, r0:r1, q0:q1] += dout[:, r : r + 1, q : q + 1] / cells
        return dx
"""
AVERAGE = [
    ("full_window_backward", "divides by the whole window in backward only [torch inductor]", [("cells = (r1 - r0) * (q1 - q0)", "cells = self.pool_size[0] * self.pool_size[1]")]),
    ("off_by_one_cells", "counts one row too many", [("cells = (r1 - r0) * (q1 - q0)", "cells = (r1 - r0 + 1) * (q1 - q0 + 1)")]),
    ("borders_as_one", "the top border for the left one", [("(top, _), (left, _) = self.borders\n        r0, q0 = r * self.strides[0] - top, q * self.strides[1] - left", "(top, _), (left, _) = self.borders\n        r0, q0 = r * self.strides[0] - left, q * self.strides[1] - top")]),
    ("midpoint", "the mean of the largest and the smallest", [("np.mean(x[:, r0:r1, q0:q1], axis=(1, 2))", "(x[:, r0:r1, q0:q1].max(axis=(1, 2)) + x[:, r0:r1, q0:q1].min(axis=(1, 2))) / 2")]),
    ("mean_of_dout", "the mean of dout over the photos", [("dout[:, r : r + 1, q : q + 1] / cells", "dout[:, r : r + 1, q : q + 1].mean(axis=0) / cells")]),
]
SUM_VIEW = """
class MySumPooling2D(SumPooling2D):
    def forward(self, x, training=False):
        _, self.borders = self._grid(x.shape[1:])
        padded = pad(x, self.borders)
        self.shape = padded.shape
        view = np.lib.stride_tricks.sliding_window_view(padded, self.pool_size, axis=(1, 2))
        return view[:, :: self.strides[0], :: self.strides[1]].sum(axis=(-1, -2))

    def backward(self, dout):
        dx = np.zeros(self.shape, dout.dtype)
        _, OH, OW, _ = dout.shape
        for a in range(self.pool_size[0]):
            for b in range(self.pool_size[1]):
                dx[:, a : a + OH * self.strides[0] : self.strides[0], b : b + OW * self.strides[1] : self.strides[1]] += dout
        return crop(dx, self.borders)
"""
SUM = [
    ("one_stride", "the stride down used across, too [SamePadding of autogluon]", [(":: self.strides[0], :: self.strides[1]].sum", ":: self.strides[1], :: self.strides[0]].sum")]),
    ("root_of_squares", "the root of the sum of squares", [("return view[:, :: self.strides[0], :: self.strides[1]].sum(axis=(-1, -2))", "return np.sqrt((view[:, :: self.strides[0], :: self.strides[1]] ** 2).sum(axis=(-1, -2)))")]),
    ("first_column_only", "the inner loop is one step long", [("range(self.pool_size[1])", "range(1)")]),
    ("dout_doubled", "2 dout", [("+= dout\n", "+= 2 * dout\n")]),
]
GLOBAL_MEAN = """
class MyGlobalAveragePooling2D(GlobalAveragePooling2D):
    def forward(self, x, training=False):
        self.shape = x.shape
        return np.mean(x, axis=(1, 2))

    def backward(self, dout):
        N, H, W, C = self.shape
        return np.ones(self.shape, dout.dtype) * dout[:, None, None, :] / (H * W)
"""
GLOBAL = [
    ("over_channels", "divided by H W C", [("/ (H * W)", "/ (H * W * C)")]),
    ("over_rows", "divided by H alone", [("/ (H * W)", "/ H")]),
    ("to_the_corner", "the whole gradient to the first cell", [("        return np.ones(self.shape, dout.dtype) * dout[:, None, None, :] / (H * W)", "        dx = np.zeros(self.shape, dout.dtype)\n        dx[:, 0, 0] = dout\n        return dx")]),
    ("maximum", "the maximum in forward", [("np.mean(x, axis=(1, 2))", "np.max(x, axis=(1, 2))")]),
]
IM2COL_IMAGES = """
def my_im2col(padded, window, strides):
    N, H, W, C = padded.shape
    fh, fw = window
    oh = (H - fh) // strides[0] + 1
    ow = (W - fw) // strides[1] + 1
    col = np.zeros((N, fh, fw, oh, ow, C), padded.dtype)
    for y in range(fh):
        y_max = y + strides[0] * oh
        for x in range(fw):
            x_max = x + strides[1] * ow
            col[:, y, x] = padded[:, y : y_max : strides[0], x : x_max : strides[1]]
    return col.transpose(0, 3, 4, 1, 2, 5).reshape(N * oh * ow, -1)
"""
IM2COL = [
    ("without_transpose", "reshaped without the transpose", [("col.transpose(0, 3, 4, 1, 2, 5).reshape", "col.reshape")]),
    ("grid_and_window", "the window's axes first in each row of windows [PyDeepFlow]", [("transpose(0, 3, 4, 1, 2, 5)", "transpose(0, 1, 2, 3, 4, 5)")]),
    ("one_stride", "the stride down for both", [("x : x_max : strides[1]]", "x : x + strides[0] * ow : strides[0]][:, :, :ow]")]),
    ("photos_inside", "the photos between the windows", [("transpose(0, 3, 4, 1, 2, 5)", "transpose(3, 4, 0, 1, 2, 5)")]),
    ("shifted_by_centre", "windows that begin one cell before", [("padded[:, y : y_max : strides[0], x", "np.roll(padded, 1, axis=1)[:, y : y_max : strides[0], x")]),
]
COL2IM_IMAGES = """
def my_col2im(cols, padded_shape, window, strides):
    N, H, W, C = padded_shape
    fh, fw = window
    oh = (H - fh) // strides[0] + 1
    ow = (W - fw) // strides[1] + 1
    col = cols.reshape(N, oh, ow, fh, fw, C).transpose(0, 3, 4, 1, 2, 5)
    img = np.zeros((N, H, W, C), cols.dtype)
    for y in range(fh):
        y_max = y + strides[0] * oh
        for x in range(fw):
            x_max = x + strides[1] * ow
            img[:, y : y_max : strides[0], x : x_max : strides[1]] += col[:, y, x]
    return img
"""
COL2IM = [
    ("set_not_added", "= for += [darknet]", [("strides[1]] += col", "strides[1]] = col")]),
    ("first_window_column", "x = 0 for all", [("+= col[:, y, x]", "+= col[:, y, 0]")]),
    ("channels_reversed", "BGR for RGB", [("+= col[:, y, x]", "+= col[:, y, x, :, :, ::-1]")]),
    ("turned_window", "the columns of the window mirrored", [("+= col[:, y, x]", "+= col[:, y, fw - 1 - x]")]),
    ("mean_of_two", "the mean of the old and the new", [("img[:, y : y_max : strides[0], x : x_max : strides[1]] += col[:, y, x]", "part = img[:, y : y_max : strides[0], x : x_max : strides[1]]\n            part[...] = (part + col[:, y, x]) / 2")]),
]
CONV_NAIVE = """
class MyConv2D(Conv2D):
    def forward(self, x, training=False):
        (OH, OW), ((top, bottom), (left, right)) = self._grid(x.shape[1:])
        self.corner = top, left
        self.x_pad = np.pad(x, ((0, 0), (top, bottom), (left, right), (0, 0)), mode="constant")
        w, b = self.params["kernel"], self.params["bias"]
        HH, WW, _, F = w.shape
        sr, sc = self.strides
        out = np.zeros((x.shape[0], OH, OW, F), dtype=x.dtype)
        for n in range(x.shape[0]):
            for f in range(F):
                for i in range(OH):
                    for j in range(OW):
                        field = self.x_pad[n, i * sr : i * sr + HH, j * sc : j * sc + WW, :]
                        out[n, i, j, f] = np.sum(field * w[:, :, :, f]) + b[f]
        self.x_shape = x.shape
        return out

    def backward(self, dout):
        w = self.params["kernel"]
        HH, WW, _, F = w.shape
        sr, sc = self.strides
        _, H, W, _ = self.x_shape
        dx_pad, dw = np.zeros_like(self.x_pad), np.zeros_like(w)
        db = dout.sum(axis=(0, 1, 2))
        for n in range(dout.shape[0]):
            for f in range(F):
                for i in range(dout.shape[1]):
                    for j in range(dout.shape[2]):
                        r, c = i * sr, j * sc
                        g = dout[n, i, j, f]
                        dw[:, :, :, f] += self.x_pad[n, r : r + HH, c : c + WW, :] * g
                        dx_pad[n, r : r + HH, c : c + WW, :] += w[:, :, :, f] * g
        top, left = self.corner
        dx = dx_pad[:, top : top + H, left : left + W, :]
        self.grads = {"kernel": dw, "bias": db}
        return dx
"""
CONV = [
    ("reflected_border", "the border repeats the edge", [('mode="constant")', 'mode="edge")')]),
    ("stride_missing_backward", "the stride missing in backward [deep-learning-coursera]", [("r, c = i * sr, j * sc", "r, c = i, j")]),
    ("not_the_padded_photo", "the photo without its border [UT-Arlington-Research]", [("field = self.x_pad[n, i * sr : i * sr + HH, j * sc : j * sc + WW, :]\n                        out[n, i, j, f] = np.sum(field * w[:, :, :, f]) + b[f]", "field = x[n, i * sr : i * sr + HH, j * sc : j * sc + WW, :]\n                        out[n, i, j, f] = np.sum(field * w[: field.shape[0], : field.shape[1], :, f]) + b[f]")]),
    ("filter_for_channel", "the channel's index runs over the filters [neon]", [("dx_pad[n, r : r + HH, c : c + WW, :] += w[:, :, :, f] * g", "dx_pad[n, r : r + HH, c : c + WW, f % w.shape[2]] += w[:, :, f % w.shape[2], f] * g")]),
    ("bias_in_the_sum", "the bias added to each product", [("np.sum(field * w[:, :, :, f]) + b[f]", "np.sum(field * w[:, :, :, f] + b[f])")]),
    ("w_transposed", "rows and columns of the kernel swapped", [("np.sum(field * w[:, :, :, f])", "np.sum(field * w.transpose(1, 0, 2, 3).reshape(w.shape)[:, :, :, f])")]),
    ("db_of_first_photo", "b of the last photo only", [("db = dout.sum(axis=(0, 1, 2))", "db = dout[-1].sum(axis=(0, 1))")]),
    ("crop_from_zero", "dx cropped from the top left", [("dx_pad[:, top : top + H, left : left + W, :]", "dx_pad[:, :H, :W, :]")]),
    ("dw_of_dx", "dw from the gradient of x", [("dw[:, :, :, f] += self.x_pad[n, r", "dw[:, :, :, f] += dx_pad[n, r")]),
    ("width_of_rows", "the height used for the width [np-conv2d]", [("for j in range(dout.shape[2])", "for j in range(min(dout.shape[1], dout.shape[2]))")]),
]
DROPOUT_MASK = """
class MyDropout(Dropout):
    def forward(self, x, training=False):
        if not training:
            self.mask = None
            return x
        keep = 1 - self.rate
        self.mask = ((np.random.rand(*x.shape) < keep) / keep).astype(x.dtype)
        return x * self.mask

    def backward(self, dout):
        if self.mask is None:
            return dout
        return dout * self.mask
"""
DROPOUT = [
    ("backward_without_mask", "backward hands dout on [numpy-ml]", [("return dout * self.mask", "return dout")]),
    ("backward_scale_only", "backward scales and drops nothing [numpy-ml]", [("return dout * self.mask", "return dout / (1 - self.rate)")]),
    ("backward_drop_only", "backward drops and does not scale", [("return dout * self.mask", "return dout * (self.mask > 0)")]),
    ("scaled_when_not_training", "scales outside training, too", [("            self.mask = None\n            return x", "            self.mask = None\n            return x * (1 - self.rate)")]),
    ("divided_by_rate", "divided by the rate", [("< keep) / keep)", "< keep) / max(self.rate, 1e-9))")]),
    ("exactly_half", "always drops half", [("np.random.rand(*x.shape) < keep", "np.random.rand(*x.shape) < 0.5")]),
    ("noise", "a random number for the mask", [("(np.random.rand(*x.shape) < keep) / keep", "np.random.rand(*x.shape) / 0.5")]),
]
BATCH_STEPS = """
class MyBatchNormalization(BatchNormalization):
    def forward(self, x, training=False):
        axes = tuple(range(x.ndim - 1))
        gamma, beta, eps = self.params["gamma"], self.params["beta"], self.epsilon
        if training:
            mu, var = x.mean(axis=axes), x.var(axis=axes)
            for key, now in (("moving_mean", mu), ("moving_variance", var)):
                self.state[key] = self.momentum * self.state[key] + (1 - self.momentum) * now
        else:
            mu, var = self.state["moving_mean"], self.state["moving_variance"]
        self.std = np.sqrt(var + eps)
        self.xhat = (x - mu) / self.std
        self.axes, self.training = axes, training
        return gamma * self.xhat + beta

    def backward(self, dout):
        axes, xhat = self.axes, self.xhat
        M = dout.size // dout.shape[-1]
        dbeta = dout.sum(axis=axes)
        dgamma = (dout * xhat).sum(axis=axes)
        self.grads = {"gamma": dgamma, "beta": dbeta}
        dxhat = dout * self.params["gamma"]
        if not self.training:
            return dxhat / self.std
        total = M * dxhat - dxhat.sum(axis=axes) - xhat * (dxhat * xhat).sum(axis=axes)
        return total / (M * self.std)
"""
BATCH = [
    ("dgamma_mean", "dgamma divided by the batch [CS231n]", [("(dout * xhat).sum(axis=axes)\n", "(dout * xhat).sum(axis=axes) / len(dout)\n")]),
    ("dbeta_mean", "dbeta divided by the batch [CS231n]", [("dbeta = dout.sum(axis=axes)", "dbeta = dout.sum(axis=axes) / len(dout)")]),
    ("gamma_left_out", "dy for dy * gamma in dx [Knet]", [('dout * self.params["gamma"]', "dout * 1")]),
    ("mean_term_missing", "the mean's term left out of dx", [("M * dxhat - dxhat.sum(axis=axes) - xhat", "M * dxhat - xhat")]),
    ("variance_term_missing", "the variance's term left out of dx", [(" - xhat * (dxhat * xhat).sum(axis=axes)", "")]),
    ("photos_only", "the mean over the photos only, not over the cells [xDeepLearning]", [("axes = tuple(range(x.ndim - 1))", "axes = (0,)"), ("M = dout.size // dout.shape[-1]", "M = len(dout)")]),
    ("running_of_std", "the running mean of the deviation, not of the variance", [('("moving_variance", var))', '("moving_variance", np.sqrt(var)))')]),
    ("dgamma_of_x", "dout * y for dout * xhat", [("dgamma = (dout * xhat)", "dgamma = (dout * (xhat * self.params['gamma'] + self.params['beta']))")]),
    ("epsilon_outside", "the epsilon outside the root", [("np.sqrt(var + eps)", "np.sqrt(var) + eps")]),
    ("beta_scaled", "gamma (xhat + beta)", [("gamma * self.xhat + beta", "gamma * (self.xhat + beta)")]),
]
