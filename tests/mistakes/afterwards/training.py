"""Losses and optimisers: slips of the second call, of scale, of equal shapes."""
# ruff: noqa: E501
# fmt: off

BINARY = """
class MyBinaryCrossentropy(BinaryCrossentropy):
    def per_photo(self, y, z):
        loss = np.where(z > 0, z, 0) - z * y + np.log1p(np.exp(-np.abs(z)))
        e = np.exp(-np.abs(z))
        p = np.where(z < 0, e, 1) / (1 + e)
        return loss.mean(axis=1), (p - y) / z.shape[1]
"""
CATEGORICAL = """
class MyCategoricalCrossentropy(CategoricalCrossentropy):
    def per_photo(self, y, z):
        z = z - z.max(axis=1, keepdims=True)
        e = np.exp(z)
        total = e.sum(axis=1, keepdims=True)
        loss = (y * (np.log(total) - z)).sum(axis=1)
        return loss, e / total - y
"""
SQUARED = """
class MyMeanSquaredError(MeanSquaredError):
    def per_photo(self, y, guess):
        off = guess - y
        return (off**2).mean(axis=1), 2 * off / off.shape[1]
"""
SGD = """
class MySGD(SGD):
    def update(self, params, grads):
        self.t += 1
        for name, w in params.items():
            if name not in self.v:
                self.v[name] = np.zeros_like(w)
            v = self.v[name]
            v *= self.momentum
            v -= self.learning_rate * grads[name]
            w += v
"""
ADAM = """
class MyAdam(Adam):
    def update(self, params, grads):
        self.t += 1
        b1, b2, t = self.beta_1, self.beta_2, self.t
        rate = self.learning_rate * (1 - b2**t) ** 0.5 / (1 - b1**t)
        for name, w in params.items():
            g = grads[name]
            if name not in self.m:
                self.m[name], self.v[name] = np.zeros_like(w), np.zeros_like(w)
            m, v = self.m[name], self.v[name]
            m *= b1
            m += (1 - b1) * g
            v *= b2
            v += (1 - b2) * g * g
            w -= rate * m / (np.sqrt(v) + self.epsilon)
"""
TRAINING = {
    "binary_where": ("MyBinaryCrossentropy", BINARY, [
        ("sure_ones_skipped", "photos beyond 10 in the logit count as learnt: their gradient is 0", [("(p - y) / z.shape[1]", "np.where(np.abs(z) > 10, 0, p - y) / z.shape[1]")]),
        ("hard_labels", "labels are taken for true where they are above 0.5, in both", [("        loss = np", "        y = (y > 0.5).astype(z.dtype)\n        loss = np")]),
    ]),
    "categorical_where": ("MyCategoricalCrossentropy", CATEGORICAL, [
        ("z_in_place", "the maximum is subtracted from the logits themselves", [("z = z - z.max(axis=1, keepdims=True)", "z -= z.max(axis=1, keepdims=True)")]),
        ("certain_label", "the gradient is 0 where the right class has won already", [("return loss, e / total - y", "right = (z.argmax(axis=1) == y.argmax(axis=1))[:, None]\n        return loss, np.where(right, 0, e / total - y)")]),
    ]),
    "squared_off": ("MyMeanSquaredError", SQUARED, [
        ("labels_squeezed", "np.squeeze(y): of one output, every label is taken off every guess", [("off = guess - y\n", "off = guess - np.squeeze(y)\n")]),
    ]),
    "sgd_in_place": ("MySGD", SGD, [
        ("grads_popped", "the gradients are taken out of their dict", [("grads[name]", "grads.pop(name)")]),
        ("v_is_grad", "the first velocity is the gradient's own array", [("self.v[name] = np.zeros_like(w)", "self.v[name] = grads[name]")]),
        ("rate_on_w", "the rate multiplies the velocity in the step as well", [("w += v", "w += self.learning_rate * v")]),
        ("momentum_from_second", "momentum counts from the third update", [("v *= self.momentum", "v *= self.momentum if self.t > 2 else 0")]),
        ("step_before", "w moves first, the velocity is updated afterwards", [("            v -= self.learning_rate * grads[name]\n            w += v\n", "            w += v\n            v -= self.learning_rate * grads[name]\n")]),
    ]),
    "adam_in_place": ("MyAdam", ADAM, [
        ("one_zeros", "m and v are the same array of zeros", [("self.m[name], self.v[name] = np.zeros_like(w), np.zeros_like(w)", "self.m[name] = self.v[name] = np.zeros_like(w)")]),
        ("v_by_shape", "one v for all params of a shape", [("            m, v = self.m[name], self.v[name]\n", "            m = self.m[name]\n            v = next(u for u in self.v.values() if u.shape == w.shape)\n")]),
        ("skips_small", "small gradients are not applied: nothing below 0.1", [("            g = grads[name]\n", "            g = np.where(np.abs(grads[name]) < 0.1, 0, grads[name])\n")]),
        ("t_capped", "the correction stops after two updates", [("b1, b2, t = self.beta_1, self.beta_2, self.t", "b1, b2, t = self.beta_1, self.beta_2, min(self.t, 2)")]),
        ("zero_skipped", "a param whose gradient is 0 is skipped: its moments do not fade", [("            g = grads[name]\n", "            g = grads[name]\n            if not g.any():\n                continue\n")]),
    ]),
}
