"""Mistakes in losses and optimisers in the ways of courses."""
# ruff: noqa: E501
# fmt: off

BINARY = """
class MyBinaryCrossentropy(BinaryCrossentropy):
    def per_photo(self, t, score):
        K = score.shape[1]
        softplus = np.maximum(score, 0) + np.log1p(np.exp(-np.abs(score)))
        loss = np.sum(softplus - t * score, axis=1) / K
        p = np.exp(np.minimum(score, 0)) / (1 + np.exp(-np.abs(score)))
        return loss, (p - t) / K
"""
CATEGORICAL = """
class MyCategoricalCrossentropy(CategoricalCrossentropy):
    def per_photo(self, t, score):
        shifted = score - score.max(axis=1, keepdims=True)
        log_y = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        loss = -np.sum(t * log_y, axis=1)
        dx = np.exp(log_y)
        dx -= t
        return loss, dx
"""
SQUARED = """
class MyMeanSquaredError(MeanSquaredError):
    def per_photo(self, t, y):
        diff = y - t
        loss = np.mean(diff**2, axis=1)
        return loss, 2 * diff / y.shape[1]
"""
MOMENTUM = """
class MySGD(SGD):
    def update(self, params, grads):
        self.t += 1
        if not self.v:
            for key, val in params.items():
                self.v[key] = np.zeros_like(val)
        for key in params.keys():
            self.v[key] = self.momentum * self.v[key] - self.learning_rate * grads[key]
            params[key] += self.v[key]
"""
ADAM = """
class MyAdam(Adam):
    def update(self, params, grads):
        if not self.m:
            for key, val in params.items():
                self.m[key] = np.zeros_like(val)
                self.v[key] = np.zeros_like(val)
        self.t += 1
        lr_t = self.learning_rate * np.sqrt(1.0 - self.beta_2**self.t) / (1.0 - self.beta_1**self.t)
        for key in params.keys():
            self.m[key] += (1 - self.beta_1) * (grads[key] - self.m[key])
            self.v[key] += (1 - self.beta_2) * (grads[key] ** 2 - self.v[key])
            params[key] -= lr_t * self.m[key] / (np.sqrt(self.v[key]) + self.epsilon)
"""
ADAGRAD = """
from tinycnn.optimizers import Adagrad


class MyAdagrad(Adagrad):
    def update(self, params, grads):
        self.t += 1
        for key in params.keys():
            h = self.v.get(key, np.full_like(params[key], self.initial_accumulator_value))
            h = h + grads[key] * grads[key]
            self.v[key] = h
            params[key] -= self.learning_rate * grads[key] / np.sqrt(h + self.epsilon)
"""
# The solution: (part, text, [(name, what is wrong, changes)]).
TRAINING = {
    "binary_course": ("MyBinaryCrossentropy", BINARY, [
        ("hinge", "a hinge loss for the logarithm", [("softplus = np.maximum(score, 0) + np.log1p(np.exp(-np.abs(score)))", "softplus = np.maximum(score + 1, 0)")]),
        ("smoothed", "the labels are smoothed by 0.1", [("        K = score.shape[1]\n", "        K = score.shape[1]\n        t = t * 0.9 + 0.05\n")]),
        ("focal", "the gradient is weighted by |p - t|", [("(p - t) / K", "np.abs(p - t) * (p - t) / K")]),
        ("total_both", "the sum over outputs in both", [(", axis=1) / K", ", axis=1)"), ("(p - t) / K", "p - t")]),
        ("minus_one", "labels of -1 and 1", [("        K = score.shape[1]\n", "        K = score.shape[1]\n        t = 2 * t - 1\n")]),
    ]),
    "categorical_course": ("MyCategoricalCrossentropy", CATEGORICAL, [
        ("smoothed", "label smoothing of 0.1", [("        shifted =", "        t = 0.9 * t + 0.1 / t.shape[1]\n        shifted =")]),
        ("log_offset", "1e-7 in the logarithm", [("loss = -np.sum(t * log_y, axis=1)", "loss = -np.sum(t * np.log(np.exp(log_y) + 1e-7), axis=1)")]),
        ("only_true_class", "minus 1 at the true class, and no p", [("dx = np.exp(log_y)", "dx = np.zeros_like(log_y)")]),
        ("t_changed", "the labels are overwritten", [("        dx = np.exp(log_y)\n        dx -= t", "        t -= np.exp(log_y)\n        dx = -t")]),
        ("squared_error", "the squared error of p", [("-np.sum(t * log_y, axis=1)", "np.sum((t - np.exp(log_y)) ** 2, axis=1)")]),
        ("two_softmaxes", "a softmax of the softmax", [("        log_y =", "        shifted = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)\n        log_y =")]),
    ]),
    "squared_course": ("MyMeanSquaredError", SQUARED, [
        ("half_of_sum", "half of the sum, with its own gradient", [("np.mean(diff**2, axis=1)", "0.5 * np.sum(diff**2, axis=1)"), ("2 * diff / y.shape[1]", "diff")]),
        ("huber", "the gradient is cut at 1", [("2 * diff /", "2 * np.clip(diff, -1, 1) /")]),
        ("relative", "relative to the label", [("np.mean(diff**2, axis=1)", "np.mean((diff / (np.abs(t) + 1)) ** 2, axis=1)")]),
        ("log", "of the logarithms", [("diff = y - t", "diff = np.log1p(np.abs(y)) - np.log1p(np.abs(t))")]),
    ]),
    "momentum_course": ("MySGD", MOMENTUM, [
        ("rate_fixed", "the rate is 0.01 whatever was given", [("self.learning_rate * grads", "0.01 * grads")]),
        ("momentum_fixed", "the momentum is 0.9, whatever was given", [("self.momentum * self.v", "0.9 * self.v")]),
        ("made_anew", "the velocity is made anew in each call", [("if not self.v:", "if True:")]),
        ("clipped_by_length", "the gradient is cut to length 0.1", [("self.learning_rate * grads[key]\n", "self.learning_rate * grads[key] * min(1, 0.1 / np.linalg.norm(grads[key]))\n")]),
        ("one_gradient", "the gradient of the first param for all", [("self.learning_rate * grads[key]\n", "self.learning_rate * next(iter(grads.values()))\n")]),
        ("halved_by_params", "divided by the number of params", [("self.learning_rate * grads[key]\n", "self.learning_rate * grads[key] / len(params)\n")]),
        ("velocity_of_params", "momentum on the params", [("self.momentum * self.v[key] -", "self.momentum * params[key] -")]),
        ("rate_lowered", "the rate itself is lowered in each update", [("        self.t += 1\n", "        self.t += 1\n        self.learning_rate = 0.95 * self.learning_rate\n")]),
    ]),
    "adam_course": ("MyAdam", ADAM, [
        ("betas_fixed", "0.9 and 0.999 whatever was given", [("        if not self.m:\n", "        b1, b2 = 0.9, 0.999\n        if not self.m:\n"), ("(1 - self.beta_1) * (grads", "(1 - b1) * (grads"), ("(1 - self.beta_2) * (grads", "(1 - b2) * (grads"), ("1.0 - self.beta_2**self.t", "1.0 - b2**self.t"), ("1.0 - self.beta_1**self.t", "1.0 - b1**self.t")]),
        ("epsilon_fixed", "1e-8 for epsilon", [("+ self.epsilon)", "+ 1e-8)")]),
        ("epsilon_default", "1e-7 for epsilon, whatever was given", [("+ self.epsilon)", "+ 1e-7)")]),
        ("rate_kept", "the corrected rate is kept: it shrinks", [("        lr_t = self", "        lr_t = self.learning_rate = self")]),
        ("m_towards_v", "m moves from v", [("(grads[key] - self.m[key])", "(grads[key] - self.v[key])")]),
        ("v_of_change", "the square of the difference from v", [("(grads[key] ** 2 - self.v[key])", "((grads[key] - self.v[key]) ** 2)")]),
        ("m_alone", "divided by the size of m", [("np.sqrt(self.v[key])", "np.abs(self.m[key])")]),
        ("t_from_params", "t is the number of params", [("1.0 - self.beta_1**self.t", "1.0 - self.beta_1**len(params)")]),
        ("rate_last", "the rate after the division is forgotten: sign of m", [("lr_t * self.m[key] / (np.sqrt(self.v[key]) + self.epsilon)", "lr_t * np.sign(self.m[key])")]),
    ]),
    "adagrad_course": ("MyAdagrad", ADAGRAD, [
        ("not_added", "the squares are not added up", [("h = h + grads[key]", "h = grads[key]")]),
        ("gradient_added", "the gradient, not its square", [("grads[key] * grads[key]", "np.abs(grads[key])")]),
        ("starts_at_zero", "starts at 0", [("self.initial_accumulator_value", "0")]),
        ("epsilon_outside", "epsilon outside the root", [("np.sqrt(h + self.epsilon)", "(np.sqrt(h) + self.epsilon)")]),
    ]),
}
