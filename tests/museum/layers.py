"""Wrong layers: each is the library's own with a bug in one method."""

import math

import numpy as np

from tinycnn.layers import (
    ELU,
    SELU,
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Dense,
    DepthwiseConv2D,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    GlobalMaxPooling2D,
    LeakyReLU,
    MaxPooling2D,
    ReLU,
    Reshape,
    Resizing,
    SeparableConv2D,
    Sigmoid,
    Softmax,
    SumPooling2D,
    Tanh,
    ZeroPadding2D,
)
from tinycnn.layers.windows import crop, grid_of, pad, window_cells


class DividedByBatch(Dense):
    """Divides by N in the layer, although the loss does so already: often seen."""

    def backward(self, dy):
        return super().backward(dy / len(dy))


class BiasMean(Conv2D):
    """The bias gradient is a mean over photos and cells: typical of copied code."""

    def backward(self, dy):
        dx = super().backward(dy)
        self.grads["bias"] = dy.mean(axis=(0, 1, 2))
        return dx


class BiasNotSummedOverPlaces(Conv2D):
    """Sums over the batch only, as in Dense: typical of first convolutions."""

    def backward(self, dy):
        dx = super().backward(dy)
        self.grads["bias"] = dy.sum(axis=0)
        return dx


class BiasNotSummedOverBatch(Dense):
    """Right for one photo, wrong for a batch: typical of tutorials without batches."""

    def backward(self, dy):
        dx = super().backward(dy)
        self.grads["bias"] = dy
        return dx


class LastPhotoOnly(Dense):
    """A loop over the photos with = instead of +=: typical of loops."""

    def backward(self, dy):
        (x,) = self.kept_for(dy)
        dx = super().backward(dy)
        for n in range(len(x)):
            self.grads["kernel"] = np.outer(x[n], dy[n])
        return dx


class GradAdded(Dense):
    """Adds to old gradients as PyTorch does, but without its zero_grad."""

    def backward(self, dy):
        old = self.grads
        dx = super().backward(dy)
        self.grads = {k: grad + old.get(k, 0) for k, grad in self.grads.items()}
        return dx


class UpdatesWeights(Dense):
    """backward also updates the weights: ML-From-Scratch layers.py:76-92."""

    def backward(self, dy):
        dx = super().backward(dy)
        for name, param in self.params.items():
            param -= 0.01 * self.grads[name]
        return dx


class UpdatedBeforeDx(Dense):
    """Updates the kernel first and uses the new one for dx: same source."""

    def backward(self, dy):
        (x,) = self.kept_for(dy)
        self.grads = {"kernel": x.T @ dy, "bias": dy.sum(axis=0)}
        self.params["kernel"] -= 0.01 * self.grads["kernel"]
        return dy @ self.params["kernel"].T


class NotTransposed(Dense):
    """Leaves out .T: typical, and with a square kernel no shape error shows it."""

    def backward(self, dy):
        super().backward(dy)
        return dy @ self.params["kernel"]


class KernelGradTransposed(Dense):
    """dy.T @ x, as in books whose kernel has the shape (units, inputs)."""

    def backward(self, dy):
        dx = super().backward(dy)
        self.grads["kernel"] = self.grads["kernel"].T
        return dx


class NoBiasGradient(Dense):
    """No gradient for the bias: typical of notes that leave it out "for simplicity"."""

    def backward(self, dy):
        dx = super().backward(dy)
        del self.grads["bias"]
        return dx


class StaleCache(Dense):
    """Keeps x only in the first call: typical of `if self._x is None` guards."""

    def forward(self, x, training=False):
        kept = self.kept
        y = super().forward(x, training)
        self.kept = kept or self.kept
        return y


class SharedParams(Dense):
    """Params in the class body, shared by all its layers: like a mutable default."""

    shared = {}  # noqa: RUF012 - this is the bug

    def build(self, input_shape, rng, dtype=np.float32):
        shape = super().build(input_shape, rng, dtype)
        self.params = self.shared.setdefault(np.dtype(dtype).name, self.params)
        return shape


class SneakyFloat64(Dense):
    """A float64 scalar, as from np.sqrt, turns float32 into float64: tinygrad."""

    def backward(self, dy):
        return super().backward(dy) * np.float64(1)


class Overwriting(Conv2D):
    """col2im with = instead of +=: typical, and right until windows overlap."""

    def backward(self, dy):
        padded_shape, borders, _ = self.kept_for(dy)
        super().backward(dy)
        dcols = dy.reshape(-1, self.filters) @ (
            self.params["kernel"].reshape(-1, self.filters).T
        )
        dpadded = np.zeros(padded_shape, dy.dtype)
        grid = grid_of(padded_shape, self.kernel_size, self.strides)
        cells = dcols.reshape(len(dy), *grid, -1, padded_shape[3])
        views = window_cells(dpadded, self.kernel_size, self.strides)
        for place, pixels in enumerate(views):
            pixels[...] = cells[:, :, :, place]
        return crop(dpadded, borders)


class FlippedInBackward(Conv2D):
    """Flips the kernel for dx, as a "full convolution" needs and col2im does not."""

    def backward(self, dy):
        kernel = self.params["kernel"]
        self.params["kernel"] = kernel[::-1, ::-1]
        dx = super().backward(dy)
        self.params["kernel"] = kernel
        return dx


class RowsColumnsSwapped(Conv2D):
    """Swaps rows and columns of dy: missed by checks with dy = 1, as numpy-ml's."""

    def backward(self, dy):
        return super().backward(dy.transpose(0, 2, 1, 3).reshape(dy.shape))


class ChannelsFirst(Conv2D):
    """The kernel's gradient in PyTorch's order of axes (F, C, KH, KW)."""

    def backward(self, dy):
        dx = super().backward(dy)
        self.grads["kernel"] = self.grads["kernel"].transpose(3, 2, 0, 1)
        return dx


class FlippedForward(Conv2D):
    """A true convolution, with a flipped kernel; its backward is consistent."""

    def forward(self, x, training=False):
        kernel = self.params["kernel"]
        self.params["kernel"] = kernel[::-1, ::-1]
        y = super().forward(x, training)
        self.params["kernel"] = kernel
        return y

    def backward(self, dy):
        kernel = self.params["kernel"]
        self.params["kernel"] = kernel[::-1, ::-1]
        dx = super().backward(dy)
        self.params["kernel"] = kernel
        self.grads["kernel"] = self.grads["kernel"][::-1, ::-1]
        return dx


class BorderLeftOn(Conv2D):
    """Returns dx with the border of "same": typical of first attempts at padding."""

    def backward(self, dy):
        padded_shape, _, cols = self.kept_for(dy)
        self.kept = (padded_shape, ((0, 0), (0, 0)), cols)
        return super().backward(dy)


class CroppedOnWrongSide(Conv2D):
    """Crops the extra row at the top; "same" added it at the bottom."""

    def backward(self, dy):
        padded_shape, borders, cols = self.kept_for(dy)
        self.kept = (padded_shape, tuple(side[::-1] for side in borders), cols)
        return super().backward(dy)


class TiesCountedTwice(MaxPooling2D):
    """x == max is true for every tie, and after a ReLU whole windows tie: typical."""

    def forward(self, x, training=False):
        y = super().forward(x, training)
        self._x = x
        return y

    def backward(self, dy):
        padded_shape, borders, _ = self.kept_for(dy)
        assert borders == ((0, 0), (0, 0))
        dx = np.zeros(padded_shape, dy.dtype)
        y = super().forward(self._x)
        cells = window_cells(self._x, self.pool_size, self.strides)
        for cell, dcell in zip(
            cells, window_cells(dx, self.pool_size, self.strides), strict=True
        ):
            dcell += dy * (cell == y)
        return dx


class LastOfEquals(MaxPooling2D):
    """>= instead of > in the search: of equal cells the last one wins."""

    def forward(self, x, training=False):
        y = super().forward(x, training)
        padded_shape, borders, winner = self.kept
        padded = pad(x, borders, fill=-np.inf)
        cells = window_cells(padded, self.pool_size, self.strides)
        for place, cell in enumerate(cells):
            winner[cell == y] = place
        self.kept = (padded_shape, borders, winner)
        return y


class SpreadOverWindow(MaxPooling2D):
    """Gives dy to the whole window (np.repeat), as for a sum."""

    def backward(self, dy):
        padded_shape, borders, _ = self.kept_for(dy)
        dpadded = np.zeros(padded_shape, dy.dtype)
        for dcell in window_cells(dpadded, self.pool_size, self.strides):
            dcell += dy
        return crop(dpadded, borders)


class WinnerReadByRows(MaxPooling2D):
    """argmax converted to (row, column) with KH instead of KW."""

    def backward(self, dy):
        padded_shape, borders, winner = self.kept_for(dy)
        height, width = self.pool_size
        column, row = np.divmod(winner, height)
        self.kept = (padded_shape, borders, row * width + column)
        return super().backward(dy)


class MaxOverwriting(MaxPooling2D):
    """dx[winner] = dy instead of +=: typical, and right until windows overlap."""

    def backward(self, dy):
        padded_shape, borders, winner = self.kept_for(dy)
        dpadded = np.zeros(padded_shape, dy.dtype)
        views = window_cells(dpadded, self.pool_size, self.strides)
        for place, dcell in enumerate(views):
            dcell[winner == place] = dy[winner == place]
        return crop(dpadded, borders)


class AverageNotDivided(AveragePooling2D):
    """The gradient of a sum: 1 / cells is missing."""

    def backward(self, dy):
        return SumPooling2D.backward(self, dy)


class AverageDividedByWindow(AveragePooling2D):
    """Divides by KH * KW at the border too, where forward counts only real cells."""

    def backward(self, dy):
        return SumPooling2D.backward(self, dy / math.prod(self.pool_size))


class AverageRowsColumnsSwapped(AveragePooling2D):
    """Swaps the rows and columns of dy: seen in a published from-scratch CNN."""

    def backward(self, dy):
        return super().backward(dy.transpose(0, 2, 1, 3).reshape(dy.shape))


class SumOverwriting(SumPooling2D):
    """= instead of +=: the last window overwrites the others."""

    def backward(self, dy):
        padded_shape, borders = self.kept_for(dy)
        dpadded = np.zeros(padded_shape, dy.dtype)
        for dcell in window_cells(dpadded, self.pool_size, self.strides):
            dcell[...] = dy
        return crop(dpadded, borders)


class ReLUByDy(ReLU):
    """dy[dy < 0] = 0: the sign of the wrong array (guided backprop by mistake)."""

    def backward(self, dy):
        return dy * (dy > 0)


class ReLUWrongSide(ReLU):
    """< instead of >."""

    def backward(self, dy):
        return super().backward(dy) * 0 + dy * ~self.kept[0]


class ReLUInPlaceForward(ReLU):
    """x[x < 0] = 0 saves an array and corrupts the output of the layer below."""

    def forward(self, x, training=False):
        y = super().forward(x, training)
        x[x < 0] = 0
        return y


class ReLUInPlaceBackward(ReLU):
    """dy[x <= 0] = 0 modifies the caller's array: typical of short versions."""

    def backward(self, dy):
        dy[~self.kept[0]] = 0
        return dy


class ReLUUpstreamIgnored(ReLU):
    """Returns the slope alone: the factor dy of the chain rule is missing."""

    def backward(self, dy):
        return self.kept[0].astype(dy.dtype)


class ReLUAtZero(ReLU):
    """>= instead of >: slope 1 at 0, where no gradient check looks: typical."""

    def forward(self, x, training=False):
        y = super().forward(x, training)
        self.kept = (x >= 0,)
        return y


class SigmoidFromX(Sigmoid):
    """x * (1 - x): the formula for y, applied to x: typical of `deriv` flags."""

    def forward(self, x, training=False):
        y = super().forward(x, training)
        self.kept = (x,)
        return y


class SigmoidWithoutSlope(Sigmoid):
    """Returns dy: right only if the loss already includes the slope (p - y)."""

    def backward(self, dy):
        return dy.copy()


class SigmoidSign(Sigmoid):
    """y * (y - 1) instead of y * (1 - y)."""

    def backward(self, dy):
        return -super().backward(dy)


class SoftmaxDiagonal(Softmax):
    """y * (1 - y), as if softmax were sigmoid: typical."""

    def backward(self, dy):
        (y,) = self.kept_for(dy)
        return dy * y * (1 - y)


class LeakyForwardOnly(LeakyReLU):
    """ReLU's backward, copied: below 0 the slope is lost, and the unit falls silent."""

    def backward(self, dy):
        (is_positive,) = self.kept_for(dy)
        return dy * is_positive


class ELUWithoutAlpha(ELU):
    """exp(x) for alpha * exp(x): right for alpha = 1, the only one that was tried."""

    def backward(self, dy):
        is_positive, below = self.kept_for(dy)
        return np.where(is_positive, dy, dy * np.exp(below))


class TanhFromX(Tanh):
    """1 - x**2: the formula for y, given x."""

    def forward(self, x, training=False):
        y = super().forward(x, training)
        self.kept = (x,)
        return y


class TanhWithSigmoidsSlope(Tanh):
    """y * (1 - y): the sigmoid was copied and its forward changed, its backward not."""

    def backward(self, dy):
        (y,) = self.kept_for(dy)
        return dy * y * (1 - y)


class DepthwiseFlipped(DepthwiseConv2D):
    """Turns the kernel over for dx, as a true convolution would."""

    def backward(self, dy):
        dx = super().backward(dy)
        kept, kernel = self.grads, self.params["depthwise_kernel"]
        self.params["depthwise_kernel"] = kernel[::-1, ::-1].copy()
        dx = super().backward(dy)
        self.params["depthwise_kernel"], self.grads = kernel, kept
        return dx


class DepthwiseChannelsMixed(DepthwiseConv2D):
    """Sums over the channels, too: the kernels of a Conv2D do, and none here."""

    def backward(self, dy):
        dx = super().backward(dy)
        return np.broadcast_to(dx.sum(axis=3, keepdims=True), dx.shape)


class SeparableOnlyPointwise(SeparableConv2D):
    """Goes back through the mixture and forgets the kernel below it."""

    def backward(self, dy):
        dx = super().backward(dy)
        self.grads["depthwise_kernel"] = np.zeros_like(self.grads["depthwise_kernel"])
        return dx


class ReshapeFortran(Reshape):
    """Reshapes dy in the other order: typical after a transpose."""

    def backward(self, dy):
        (shape,) = self.kept_for(dy)
        return dy.reshape(len(dy), -1).reshape(shape, order="F")


class ResizedBack(Resizing):
    """Resizes dy to the size of x, which is not the transpose: its sums differ."""

    def backward(self, dy):
        (x_shape,) = self.kept_for(dy)
        back = Resizing(*x_shape[1:3])
        return back(dy)


class SELUWithoutScale(SELU):
    """ELU's backward, copied: the scale is only in the forward."""

    def backward(self, dy):
        return super().backward(dy) / self.scale


class BorderKept(ZeroPadding2D):
    """Returns dy as it came: its border has no cells of x under it."""

    def backward(self, dy):
        return dy.copy()


class BorderCutOnWrongSide(ZeroPadding2D):
    """dy[:, bottom:, right:]: top for bottom, unseen while all sides are equal."""

    def backward(self, dy):
        self.kept_for(dy)
        return crop(dy, tuple(sides[::-1] for sides in self.padding))


class GlobalMeanNotDivided(GlobalAveragePooling2D):
    """Hands the whole of dy to every cell, as a sum would."""

    def backward(self, dy):
        ((N, H, W, C),) = self.kept_for(dy)
        return np.tile(dy.reshape(N, 1, 1, C), (1, H, W, 1))


class GlobalMaxSpread(GlobalMaxPooling2D):
    """Global average pooling's backward, copied."""

    def backward(self, dy):
        (N, H, W, C), _ = self.kept_for(dy)
        return np.tile(dy.reshape(N, 1, 1, C) / (H * W), (1, H, W, 1))


class GlobalTiesCountedTwice(GlobalMaxPooling2D):
    """x == max once more: after a ReLU a whole map may be 0."""

    def forward(self, x, training=False):
        y = super().forward(x, training)
        self._is_largest = x == y[:, np.newaxis, np.newaxis]
        return y

    def backward(self, dy):
        return self._is_largest * dy[:, np.newaxis, np.newaxis]


class FlattenFortran(Flatten):
    """Reshapes dy in another order than forward: typical after a transpose."""

    def backward(self, dy):
        n, h, w, c = self.kept_for(dy)[0]
        return dy.reshape(n, w, h, c).transpose(0, 2, 1, 3)


class DropoutNotScaled(Dropout):
    """Sets numbers to 0 and leaves the others: the sum shrinks during training."""

    def forward(self, x, training=False):
        y = super().forward(x, training)
        return y * (1 - self.rate) if training else y


class DropoutKeepsRate(Dropout):
    """Takes rate for the share that is kept, as old TensorFlow's keep_prob."""

    def forward(self, x, training=False):
        rate, self.rate = self.rate, 1 - self.rate
        y = super().forward(x, training)
        self.rate = rate
        return y


class DropoutAlways(Dropout):
    """Forgets `training`: a photo's answer is different each time."""

    def forward(self, x, training=False):
        return super().forward(x, training=True)


class DropoutOnePhotosMask(Dropout):
    """Draws a mask in the shape of one photo: all photos lose the same numbers."""

    def forward(self, x, training=False):
        if not training:
            return super().forward(x)
        super().forward(x, training)
        self.kept = (np.repeat(self.kept[0][:1], len(x), axis=0),)
        return x * self.kept[0]


class DropoutNewMask(Dropout):
    """Draws once more in backward: typical where the mask is not kept."""

    def backward(self, dy):
        self.step += 1
        dx = super().forward(dy, training=self.kept[0] is not None)
        self.step -= 1
        return dx


class DropoutSameMask(Dropout):
    """Draws the mask once: typical of a seed set inside forward."""

    def forward(self, x, training=False):
        step, self.step = self.step, 0
        y = super().forward(x, training)
        self.step = step
        return y


class SampleVariance(BatchNormalization):
    """Divides by M - 1, as for a sample; its running variance, too."""

    def forward(self, x, training=False):
        if not training:
            return super().forward(x)
        axes = tuple(range(x.ndim - 1))
        mean, var = x.mean(axis=axes), x.var(axis=axes, ddof=1)
        self._move("moving_mean", mean)
        self._move("moving_variance", var)
        inv_std = 1 / np.sqrt(var + self.epsilon)
        self.kept = (x, mean, inv_std, training)
        return self.params["gamma"] * (x - mean) * inv_std + self.params["beta"]


class BatchStatisticsAlways(BatchNormalization):
    """Takes the batch's mean and variance in predict as well."""

    def forward(self, x, training=False):
        return super().forward(x, training=True)


class RunningNeverMove(BatchNormalization):
    """The running mean and variance stay 0 and 1: learns well, predicts nonsense."""

    def _move(self, name, of_batch):
        pass


class OtherMomentum(BatchNormalization):
    """PyTorch's momentum: the share of the new, not of the old."""

    def _move(self, name, of_batch):
        moving = self.state[name]
        self.state[name] = (1 - self.momentum) * moving + self.momentum * of_batch


class StatisticsConstant(BatchNormalization):
    """dx = dy * gamma / deviation: mean and variance taken for constants."""

    def backward(self, dy):
        x, mean, inv_std, _ = self.kept_for(dy)
        x_hat = (x - mean) * inv_std
        axes = tuple(range(dy.ndim - 1))
        dgamma, dbeta = (dy * x_hat).sum(axis=axes), dy.sum(axis=axes)
        self.grads = {"gamma": dgamma, "beta": dbeta}
        return dy * self.params["gamma"] * inv_std


class BatchMaximum(Softmax):
    """Subtracts x.max(): 0 / 0 for a photo whose logits are far below another's."""

    def forward(self, x, training=False):
        e = np.exp(x - x.max())
        y = e / e.sum(axis=-1, keepdims=True)
        self.kept = (y,)
        return y


class SigmoidOfSize(Sigmoid):
    """1 / (1 + exp(-|x|)): never overflows, and is wrong for every x below 0."""

    def forward(self, x, training=False):
        return super().forward(abs(x), training)


class SqueezedOutput(Dense):
    """np.squeeze: right for many photos, another shape for one."""

    def forward(self, x, training=False):
        return np.squeeze(super().forward(x, training))


class SearchFromZero(MaxPooling2D):
    """The search for the maximum starts at 0: unseen after a ReLU."""

    def forward(self, x, training=False):
        return np.maximum(super().forward(x, training), 0)


PHOTO = (5, 6, 2)
SAME = {"padding": "same"}
# (layer, input shape, the cause that the diagnosis should name)
EXHIBITS = [
    (DividedByBatch(3), (4,), "divided_by_batch"),
    (BiasMean(3, (2, 3)), PHOTO, "mean_instead_of_sum"),
    (BiasNotSummedOverPlaces(3, (2, 3)), PHOTO, "not_summed"),
    (BiasNotSummedOverBatch(3), (4,), "not_summed"),
    (LastPhotoOnly(3), (4,), "one_photo_only"),
    (GradAdded(3), (4,), "accumulated"),
    (UpdatesWeights(3), (4,), "params_changed"),
    (UpdatedBeforeDx(3), (4,), "params_changed"),
    (NotTransposed(4), (4,), "kernel_rearranged"),
    (KernelGradTransposed(3), (4,), "axes_swapped"),
    (NoBiasGradient(3), (4,), "missing_gradient"),
    (StaleCache(3), (4,), "stale"),
    (SharedParams(3), (4,), "shared_state"),
    (SneakyFloat64(3), (4,), "wrong_dtype"),
    (Overwriting(3, (2, 3)), PHOTO, "overwritten"),
    (FlippedInBackward(3, (2, 3)), PHOTO, "kernel_rearranged"),
    (RowsColumnsSwapped(3, (2, 3)), PHOTO, "axes_swapped"),
    (ChannelsFirst(3, (2, 3)), PHOTO, "axes_swapped"),
    (FlippedForward(3, (2, 3)), PHOTO, "kernel_flipped"),
    (BorderLeftOn(3, (2, 3), **SAME), PHOTO, "border_not_cropped"),
    (CroppedOnWrongSide(3, (2, 2), **SAME), PHOTO, "border_cropped_on_wrong_side"),
    (TiesCountedTwice((2, 3)), PHOTO, "ties_counted_twice"),
    (LastOfEquals((2, 3)), PHOTO, "not_the_first_of_equals"),
    (SpreadOverWindow((2, 3)), PHOTO, "spread_over_window"),
    (WinnerReadByRows((2, 3)), PHOTO, "wrong_winner"),
    (MaxOverwriting((2, 3), strides=1), PHOTO, "overwritten"),
    (AverageNotDivided((2, 3), **SAME), PHOTO, "not_divided_by_window"),
    (AverageDividedByWindow((2, 3), **SAME), PHOTO, "window_divided_wrongly"),
    (AverageRowsColumnsSwapped((2, 3), strides=1), PHOTO, "axes_swapped"),
    (SumOverwriting((2, 3), strides=1), PHOTO, "overwritten"),
    (ReLUByDy(), PHOTO, "slope_from_dy"),
    (ReLUWrongSide(), PHOTO, "slope_on_wrong_side"),
    (ReLUAtZero(), PHOTO, "slope_at_zero"),
    (ReLUInPlaceForward(), PHOTO, "x_written"),
    (ReLUInPlaceBackward(), PHOTO, "dy_written"),
    (ReLUUpstreamIgnored(), PHOTO, "upstream_ignored"),
    (SigmoidFromX(), (7,), "slope_from_x"),
    (SigmoidWithoutSlope(), (7,), "slope_left_out"),
    (SigmoidSign(), (7,), "sign"),
    (SoftmaxDiagonal(), (7,), "diagonal_only"),
    (FlattenFortran(), PHOTO, "axes_swapped"),
    (LeakyForwardOnly(), PHOTO, "slope_below_zero_lost"),
    (ELUWithoutAlpha(0.4), PHOTO, "alpha_left_out"),
    (TanhFromX(), (7,), "slope_from_x_of_tanh"),
    (TanhWithSigmoidsSlope(), (7,), "slope_of_sigmoid"),
    (DepthwiseFlipped((2, 3), depth_multiplier=2), PHOTO, "unknown"),
    (DepthwiseChannelsMixed(2), PHOTO, "gradient_equals"),
    (SeparableOnlyPointwise(3, 2), PHOTO, "zero"),
    (ReshapeFortran((3, -1)), PHOTO, "axes_swapped"),
    (ResizedBack(7, 4), PHOTO, "unknown"),
    (SELUWithoutScale(), (7,), "constant_factor"),
    (BorderKept(1), PHOTO, "border_not_cropped"),
    (BorderCutOnWrongSide(((1, 2), (0, 1))), PHOTO, "border_cropped_on_wrong_side"),
    (GlobalMeanNotDivided(), PHOTO, "not_divided_by_window"),
    (GlobalMaxSpread(), PHOTO, "spread_over_window"),
    (GlobalTiesCountedTwice(), PHOTO, "ties_counted_twice"),
    (DropoutNotScaled(0.3), PHOTO, "not_scaled"),
    (DropoutKeepsRate(0.3), PHOTO, "rate_is_kept"),
    (DropoutAlways(0.3), PHOTO, "drops_outside_training"),
    (DropoutOnePhotosMask(0.3), PHOTO, "mask_shared_by_photos"),
    (DropoutNewMask(0.3), PHOTO, "new_mask"),
    (DropoutSameMask(0.3), PHOTO, "mask_never_changes"),
    (SampleVariance(), PHOTO, "variance_of_a_sample"),
    (BatchStatisticsAlways(), PHOTO, "batch_statistics_outside"),
    (RunningNeverMove(), PHOTO, "running_never_move"),
    (OtherMomentum(), PHOTO, "momentum_swapped"),
    (StatisticsConstant(), PHOTO, "statistics_constant"),
    (BatchMaximum(), (7,), "batch_maximum"),
    (SigmoidOfSize(), PHOTO, "size_of_x"),
    (SqueezedOutput(3), (4,), "one_photo_shape"),
    (SearchFromZero((2, 3)), PHOTO, "starts_at_zero"),
]
