"""Losses and optimisers in a fourth way, and mistakes in them reported in public."""
# ruff: noqa: E501
# fmt: off

BINARY_LOG = """
class MyBinaryCrossentropy(BinaryCrossentropy):
    def per_photo(self, t, scores):
        log_p = -np.logaddexp(0, -scores)
        log_q = -np.logaddexp(0, scores)
        loss = -np.mean(t * log_p + (1 - t) * log_q, axis=1)
        grad = (np.exp(log_p) - t) / scores.shape[1]
        return loss, grad
"""
BINARY = [
    ("log_of_logit", "the sigmoid's slope divided away: dloss/dp", [("(np.exp(log_p) - t) /", "(np.exp(log_p) - t) / np.exp(log_p) /")]),
    ("grad_rounded_labels", "labels rounded to 0 and 1", [("grad = (np.exp(log_p) - t)", "grad = (np.exp(log_p) - np.round(t))")]),
    ("weights_two", "the positive class counts twice", [("t * log_p + (1", "2 * t * log_p + (1")]),
    ("grad_of_log", "log p - t", [("(np.exp(log_p) - t)", "(log_p - t)")]),
    ("swapped_logs", "log_q with the wrong sign of the score", [("log_q = -np.logaddexp(0, scores)", "log_q = -np.logaddexp(0, -scores)")]),
    ("first_output", "the first output only", [("-np.mean(t * log_p + (1 - t) * log_q, axis=1)", "-(t * log_p + (1 - t) * log_q)[:, 0]")]),
]
CATEGORICAL_ROWS = """
class MyCategoricalCrossentropy(CategoricalCrossentropy):
    def per_photo(self, t, scores):
        loss, grad = np.zeros(len(t), scores.dtype), np.zeros_like(scores)
        for n in range(len(t)):
            z = scores[n] - np.max(scores[n])
            p = np.exp(z) / np.sum(np.exp(z))
            loss[n] = np.sum(t[n]) * np.log(np.sum(np.exp(z))) - np.dot(t[n], z)
            grad[n] = p * np.sum(t[n]) - t[n]
        return loss, grad
"""
CATEGORICAL = [
    ("index_of_label", "p - 1 at the label, 0 elsewhere", [("grad[n] = p * np.sum(t[n]) - t[n]", "grad[n, np.argmax(t[n])] = p[np.argmax(t[n])] - 1")]),
    ("label_index_as_value", "the number of the class for its vector", [("p * np.sum(t[n]) - t[n]", "p - np.argmax(t[n])")]),
    ("last_photo", "the last photo's p for all", [("            grad[n] = p", "            grad[:] = p")]),
    ("largest_score", "the predicted class for the true one", [("- np.dot(t[n], z)", "- z.max()")]),
    ("halved", "half of the loss", [("np.sum(t[n]) * np.log(np.sum(np.exp(z))) - np.dot(t[n], z)", "(np.sum(t[n]) * np.log(np.sum(np.exp(z))) - np.dot(t[n], z)) / 2")]),
]
SQUARED_DIFF = """
class MyMeanSquaredError(MeanSquaredError):
    def per_photo(self, t, scores):
        diff = scores - t
        K = diff.shape[1]
        loss = np.einsum("nk,nk->n", diff, diff) / K
        return loss, 2.0 / K * diff
"""
SQUARED = [
    ("minus_two", "-2 (scores - t)", [("2.0 / K * diff", "-2.0 / K * diff")]),
    ("squared_twice", "the square of the squares", [('"nk,nk->n", diff, diff', '"nk,nk->n", diff**2, diff**2')]),
    ("cosine", "scores times labels", [('"nk,nk->n", diff, diff', '"nk,nk->n", scores, t')]),
    ("grad_of_absolute", "|diff| in the gradient", [("2.0 / K * diff", "2.0 / K * np.abs(diff)")]),
]
ABSOLUTE_DIFF = """
class MyMeanAbsoluteError(MeanAbsoluteError):
    def per_photo(self, t, scores):
        diff = scores - t
        return np.mean(np.abs(diff), axis=1), np.sign(diff) / diff.shape[1]
"""
ABSOLUTE = [
    ("grad_diff", "diff for its sign", [("np.sign(diff) /", "diff /")]),
    ("grad_not_divided", "not divided by K", [("np.sign(diff) / diff.shape[1]", "np.sign(diff)")]),
    ("grad_zero_one", "1 where above, 0 elsewhere", [("np.sign(diff) /", "(diff > 0) /")]),
    ("no_absolute", "the plain difference", [("np.mean(np.abs(diff), axis=1)", "np.mean(diff, axis=1)")]),
]
SGD_CONFIG = """
class MySGD(SGD):
    def update(self, params, grads):
        self.t += 1
        for p in sorted(params):
            w, dw = params[p], grads[p]
            velocity = self.v.get(p, np.zeros(w.shape, w.dtype))
            velocity = velocity * self.momentum - self.learning_rate * dw
            w += velocity
            self.v[p] = velocity
"""
SGD = [
    ("velocity_plus_gradient", "v = mu v + rate grad, added [deep learning with Python]", [("- self.learning_rate * dw", "+ self.learning_rate * dw")]),
    ("nesterov_like", "w + momentum v - rate grad [deep learning with Python]", [("w += velocity\n", "w += self.momentum * velocity - self.learning_rate * dw\n")]),
    ("momentum_times_rate", "the old step times the rate as well [Boltzmann.jl]", [("velocity * self.momentum - self", "velocity * self.momentum * self.learning_rate - self")]),
    ("product_missing", "momentum is added, not multiplied [fastbook]", [("velocity * self.momentum - self", "velocity + self.momentum - self")]),
    ("first_parameter_only", "stops after the first", [("            self.v[p] = velocity\n", "            self.v[p] = velocity\n            break\n")]),
    ("gradient_clipped", "the gradient is cut at 1", [("w, dw = params[p], grads[p]", "w, dw = params[p], np.clip(grads[p], -0.1, 0.1)")]),
    ("v_of_w", "w itself kept as v", [("self.v[p] = velocity", "self.v[p] = w.copy()")]),
    ("rate_fades", "the rate falls with each update", [("self.learning_rate * dw", "self.learning_rate * 0.99**self.t * dw")]),
]
ADAM_DICT = """
class MyAdam(Adam):
    def update(self, params, grads):
        if not self.m:
            for key, val in params.items():
                self.m[key], self.v[key] = np.zeros_like(val), np.zeros_like(val)
        self.t += 1
        c1, c2 = 1.0 - self.beta_1**self.t, 1.0 - self.beta_2**self.t
        lr_t = self.learning_rate * np.sqrt(c2) / c1
        for key in params:
            dw = grads[key]
            self.m[key] = self.beta_1 * self.m[key] + (1 - self.beta_1) * dw
            self.v[key] = self.beta_2 * self.v[key] + (1 - self.beta_2) * np.square(dw)
            params[key] -= lr_t * self.m[key] / (np.sqrt(self.v[key]) + self.epsilon)
"""
ADAM = [
    ("corrected_by_product", "m is multiplied by 1 - beta_1^t [convnetjs]", [("np.sqrt(c2) / c1", "np.sqrt(c2) * c1")]),
    ("corrected_twice", "the correction made twice [PennyLane]", [("lr_t * self.m[key] / (np.sqrt(self.v[key])", "lr_t * (self.m[key] / c1) / (np.sqrt(self.v[key] / c2)")]),
    ("power_of_the_whole", "(1 - beta)^t for 1 - beta^t [PennyLane]", [("1.0 - self.beta_1**self.t, 1.0 - self.beta_2**self.t", "(1.0 - self.beta_1) ** self.t, (1.0 - self.beta_2) ** self.t")]),
    ("m_corrected_in_place", "the corrected m is kept [holocron]", [("            params[key] -= lr_t * self.m[key]", "            self.m[key] = self.m[key] / c1\n            params[key] -= self.learning_rate * np.sqrt(c2) * self.m[key]")]),
    ("fades_with_t", "the rate divided by the root of t", [("lr_t = self.learning_rate * np.sqrt(c2) / c1", "lr_t = self.learning_rate / np.sqrt(self.t) * np.sqrt(c2) / c1")]),
    ("cube_root", "the root of the root", [("(np.sqrt(self.v[key])", "(np.sqrt(np.sqrt(self.v[key]))")]),
    ("largest_of_v", "Adamax's v: the largest so far", [("self.beta_2 * self.v[key] + (1 - self.beta_2) * np.square(dw)", "np.maximum(self.beta_2 * self.v[key], np.square(dw))")]),
    ("decay_in_step", "weight decay of 0.01 in the step", [("params[key] -= lr_t * self.m[key]", "params[key] -= self.learning_rate * 0.01 * params[key] + lr_t * self.m[key]")]),
    ("v_of_new_m", "v from the squared difference of m", [("np.square(dw)", "np.square(dw - self.m[key])")]),
]
RMS_STEP = """
class MyRMSprop(RMSprop):
    def update(self, params, grads):
        self.t += 1
        for key, w in params.items():
            dw = grads[key]
            cache = self.v.get(key, np.zeros_like(w))
            cache = self.rho * cache + (1 - self.rho) * dw**2
            step = self.learning_rate * dw / np.sqrt(cache + self.epsilon)
            if self.momentum:
                step = step + self.momentum * self.b.get(key, np.zeros_like(w))
                self.b[key] = step
            self.v[key] = cache
            w -= step
"""
RMS = [
    ("rho_swapped", "(1 - rho) old + rho new [interview questions]", [("self.rho * cache + (1 - self.rho) * dw**2", "(1 - self.rho) * cache + self.rho * dw**2")]),
    ("no_share", "the share of the new is missing: a sum", [("(1 - self.rho) * dw**2", "dw**2")]),
    ("not_squared", "|dw| for dw**2", [("* dw**2", "* np.abs(dw)")]),
    ("cache_not_kept", "the mean of squares is not kept", [("            self.v[key] = cache\n", "            self.v[key] = np.zeros_like(w)\n")]),
]
