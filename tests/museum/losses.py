"""Wrong losses: each is the library's own with a bug in one method."""

import numpy as np

from tinycnn.losses import BinaryCrossentropy, CategoricalCrossentropy, MeanSquaredError


class NotDividedByBatch(BinaryCrossentropy):
    """The loss is a mean over the batch, its gradient is not: p - y for one photo."""

    def __call__(self, y_true, y_pred, weights=None):
        loss, gradient = super().__call__(y_true, y_pred, weights)
        return loss, gradient * len(y_pred)


class DividedByBatchTwice(BinaryCrossentropy):
    """Divides by N in the formula and again in the mean: typical."""

    def per_photo(self, y, y_pred):
        loss, gradient = super().per_photo(y, y_pred)
        return loss, gradient / len(y)


class Clipped(BinaryCrossentropy):
    """Computed from a clipped p: the gradient is 0 where p is clipped."""

    def per_photo(self, y, y_pred):
        loss, _ = super().per_photo(y, y_pred)
        e = np.exp(-np.abs(y_pred))
        p = np.where(y_pred >= 0, 1, e) / (1 + e)
        clipped = np.clip(p, 1e-7, 1 - 1e-7)
        dp = (clipped - y) / (clipped * (1 - clipped)) * (p == clipped)
        return loss, dp * p * (1 - p) / y.shape[-1]


class ClippedLogits(BinaryCrossentropy):
    """Clips z to 16 so that exp cannot overflow; the loss stops at 16: typical."""

    def per_photo(self, y, y_pred):
        return super().per_photo(y, np.clip(y_pred, -16, 16))


class ClippedLogarithm(BinaryCrossentropy):
    """log of a p clipped to 1e-7, as in Keras; the gradient p - y is right."""

    def per_photo(self, y, y_pred):
        _, gradient = super().per_photo(y, y_pred)
        e = np.exp(-np.abs(y_pred))
        p = np.clip(np.where(y_pred >= 0, 1, e) / (1 + e), 1e-7, 1 - 1e-7)
        loss = -y * np.log(p) - (1 - y) * np.log(1 - p)
        return loss.mean(axis=-1), gradient


class ClippedSoftmax(CategoricalCrossentropy):
    """-log(max(p, 1e-7)) to avoid log(0): the loss stops at 16."""

    def per_photo(self, y, y_pred):
        _, gradient = super().per_photo(y, y_pred)
        p = np.maximum(gradient + y, 1e-7)
        return -(y * np.log(p)).sum(axis=-1), gradient


class NaiveSigmoid(BinaryCrossentropy):
    """1 / (1 + exp(-z)) and log(p): overflows; nielsen's network.py:135."""

    def per_photo(self, y, y_pred):
        p = 1 / (1 + np.exp(-y_pred))
        loss = -y * np.log(p) - (1 - y) * np.log(1 - p)
        return loss.mean(axis=-1), (p - y) / y.shape[-1]


class NaiveSoftmax(CategoricalCrossentropy):
    """exp(z) / sum without subtracting the largest z first: typical."""

    def per_photo(self, y, y_pred):
        e = np.exp(y_pred)
        p = e / e.sum(axis=-1, keepdims=True)
        return -(y * np.log(p)).sum(axis=-1), p - y


class SlopeTwice(BinaryCrossentropy):
    """(p - y) * p * (1 - p): the slope of the sigmoid once too often."""

    def per_photo(self, y, y_pred):
        loss, gradient = super().per_photo(y, y_pred)
        p = gradient * y.shape[-1] + y
        return loss, gradient * p * (1 - p)


class WrongSign(CategoricalCrossentropy):
    """y - p instead of p - y."""

    def per_photo(self, y, y_pred):
        loss, gradient = super().per_photo(y, y_pred)
        return loss, -gradient


class WithoutTwo(MeanSquaredError):
    """The 2 of the square is missing: right for a loss with a factor 1/2."""

    def per_photo(self, y, y_pred):
        loss, gradient = super().per_photo(y, y_pred)
        return loss, gradient / 2


class BatchMaximumLoss(CategoricalCrossentropy):
    """Subtracts z.max() of the whole batch: log(0) for a photo far below another."""

    def per_photo(self, y, y_pred):
        e = np.exp(y_pred - y_pred.max())
        p = e / e.sum(axis=-1, keepdims=True)
        return -(y * np.log(p)).sum(axis=-1), p - y


class SumOverOutputs(MeanSquaredError):
    """The sum over the outputs, with a matching gradient."""

    def per_photo(self, y, y_pred):
        loss, gradient = super().per_photo(y, y_pred)
        return loss * y.shape[1], gradient * y.shape[1]


class Summed(BinaryCrossentropy):
    """A sum over the batch with a matching gradient: no gradient check detects it."""

    def __call__(self, y_true, y_pred, weights=None):
        loss, gradient = super().__call__(y_true, y_pred, weights)
        return loss * len(y_pred), gradient * len(y_pred)


YES_NO = ([[0.0], [1.0], [1.0], [0.0]], (4, 1))
CLASSES = ([2, 0, 1], (3, 4))
NUMBERS = ([[0.0, 3.0], [1.0, -1.0]], (2, 2))
# (loss, y_true, shape of y_pred, the cause that the diagnosis should name)
EXHIBITS = [
    (NotDividedByBatch(), *YES_NO, "not_divided_by_batch"),
    (DividedByBatchTwice(), *YES_NO, "divided_by_batch"),
    (Clipped(), *YES_NO, "dead_zone"),
    (ClippedLogits(), *YES_NO, "loss_capped"),
    (ClippedLogarithm(), *YES_NO, "loss_capped"),
    (ClippedSoftmax(), *CLASSES, "loss_capped"),
    (NaiveSigmoid(), *YES_NO, "loss_overflows"),
    (NaiveSoftmax(), *CLASSES, "loss_overflows"),
    (SlopeTwice(), *YES_NO, "slope_twice"),
    (WrongSign(), *CLASSES, "sign"),
    (WithoutTwo(), *NUMBERS, "constant_factor"),
    (Summed(), *YES_NO, "loss_summed"),
    (BatchMaximumLoss(), *CLASSES, "loss_batch_maximum"),
    (SumOverOutputs(), *NUMBERS, "loss_summed_over_outputs"),
]
