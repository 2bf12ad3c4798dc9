"""The same solutions written in other ways, for the mistakes of fresh.py."""
# ruff: noqa: E501
# fmt: off

RELU_COPY = """
class MyReLU(ReLU):
    def forward(self, x, training=False):
        y = x.copy()
        y[y < 0] = 0
        self.y = y
        return y

    def backward(self, dy):
        dx = dy.copy()
        dx[self.y <= 0] = 0
        return dx
"""
SIGMOID_BRANCHES = """
class MySigmoid(Sigmoid):
    def forward(self, x, training=False):
        out = np.zeros_like(x)
        high = x >= 0
        out[high] = 1 / (1 + np.exp(-x[high]))
        low = np.exp(x[~high])
        out[~high] = low / (1 + low)
        self.out = out
        return out

    def backward(self, dy):
        return dy * self.out * (1 - self.out)
"""
DENSE_LOOPS = """
class MyDense(Dense):
    def forward(self, x, training=False):
        self.x = x
        W, b = self.params["kernel"], self.params["bias"]
        y = np.zeros((len(x), self.units), x.dtype)
        for n in range(len(x)):
            for u in range(self.units):
                y[n, u] = np.dot(x[n], W[:, u]) + b[u]
        return y

    def backward(self, dy):
        W = self.params["kernel"]
        dW, db = np.zeros_like(W), np.zeros(self.units, dy.dtype)
        dx = np.zeros_like(self.x)
        for n in range(len(dy)):
            for u in range(self.units):
                dW[:, u] += self.x[n] * dy[n, u]
                db[u] += dy[n, u]
                dx[n] += W[:, u] * dy[n, u]
        self.grads = {"kernel": dW, "bias": db}
        return dx
"""
MAX_CELLS = """
class MyMaxPooling2D(MaxPooling2D):
    def forward(self, x, training=False):
        (OH, OW), borders = self._grid(x.shape[1:])
        padded = pad(x, borders, fill=-np.inf)
        cells = list(window_cells(padded, self.pool_size, self.strides))
        stack = np.stack(cells)
        winner = stack.argmax(axis=0)
        y = stack.max(axis=0)
        self.kept = (padded.shape, borders, winner)
        return y

    def backward(self, dy):
        shape, borders, winner = self.kept
        dpadded = np.zeros(shape, dy.dtype)
        cells = window_cells(dpadded, self.pool_size, self.strides)
        for place, cell in enumerate(cells):
            cell += dy * (winner == place)
        return crop(dpadded, borders)
"""
IM2COL_LOOPS = """
def my_im2col(padded, window, strides):
    N, H, W, C = padded.shape
    OH = 1 + (H - window[0]) // strides[0]
    OW = 1 + (W - window[1]) // strides[1]
    rows = []
    for n in range(N):
        for i in range(OH):
            for j in range(OW):
                top, left = i * strides[0], j * strides[1]
                part = padded[n, top : top + window[0], left : left + window[1], :]
                rows.append(part.reshape(-1))
    return np.array(rows)
"""
COL2IM_LOOPS = """
def my_col2im(cols, padded_shape, window, strides):
    N, H, W, C = padded_shape
    OH = 1 + (H - window[0]) // strides[0]
    OW = 1 + (W - window[1]) // strides[1]
    padded = np.zeros(padded_shape, cols.dtype)
    row = 0
    for n in range(N):
        for i in range(OH):
            for j in range(OW):
                top, left = i * strides[0], j * strides[1]
                part = cols[row].reshape(window[0], window[1], C)
                padded[n, top : top + window[0], left : left + window[1]] += part
                row += 1
    return padded
"""
CONV_TENSORDOT = """
class MyConv2D(Conv2D):
    def forward(self, x, training=False):
        (OH, OW), borders = self._grid(x.shape[1:])
        padded = pad(x, borders)
        W, b = self.params["kernel"], self.params["bias"]
        (KH, KW), (SH, SW) = self.kernel_size, self.strides
        y = np.zeros((len(x), OH, OW, self.filters), x.dtype)
        for i in range(OH):
            for j in range(OW):
                part = padded[:, i * SH : i * SH + KH, j * SW : j * SW + KW]
                y[:, i, j] = np.tensordot(part, W, axes=([1, 2, 3], [0, 1, 2])) + b
        self.padded, self.borders = padded, borders
        return y

    def backward(self, dy):
        W = self.params["kernel"]
        (KH, KW), (SH, SW) = self.kernel_size, self.strides
        dW, dpadded = np.zeros_like(W), np.zeros_like(self.padded)
        _, OH, OW, _ = dy.shape
        for i in range(OH):
            for j in range(OW):
                rows = slice(i * SH, i * SH + KH)
                columns = slice(j * SW, j * SW + KW)
                part = self.padded[:, rows, columns]
                dW += np.tensordot(part, dy[:, i, j], axes=([0], [0]))
                dpadded[:, rows, columns] += np.tensordot(dy[:, i, j], W, axes=([1], [3]))
        self.grads = {"kernel": dW, "bias": dy.sum(axis=(0, 1, 2))}
        return crop(dpadded, self.borders)
"""
BINARY_SOFTPLUS = """
class MyBinaryCrossentropy(BinaryCrossentropy):
    def per_photo(self, y, y_pred):
        z = y_pred
        loss = y * np.logaddexp(0, -z) + (1 - y) * np.logaddexp(0, z)
        p = np.exp(-np.logaddexp(0, -z))
        return loss.mean(axis=1), (p - y) / y.shape[1]
"""
SGD_SHORT = """
class MySGD(SGD):
    def update(self, params, grads):
        self.t += 1
        for key in params:
            old = self.v.get(key, 0.0)
            self.v[key] = self.momentum * old - self.learning_rate * grads[key]
            params[key] += self.v[key]
"""
ADAM_SHORT = """
class MyAdam(Adam):
    def update(self, params, grads):
        self.t += 1
        m_scale = 1 - self.beta_1**self.t
        v_scale = np.sqrt(1 - self.beta_2**self.t)
        for key in params:
            g = grads[key]
            self.m[key] = self.beta_1 * self.m.get(key, 0) + (1 - self.beta_1) * g
            self.v[key] = self.beta_2 * self.v.get(key, 0) + (1 - self.beta_2) * g * g
            step = self.m[key] / (np.sqrt(self.v[key]) + self.epsilon)
            params[key] -= self.learning_rate * v_scale / m_scale * step
"""
