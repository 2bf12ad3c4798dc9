"use strict";

// The library's layers in plain loops: `forward` computes y from x, `backward` computes dx from
// dy. One photo, no batch axis; arrays are flat, row by row, and the channel changes fastest.
// All numbers are doubles; Dropout does nothing.

/** @param {Shape} shape */
const sizeOf = (shape) => shape.reduce((product, length) => product * length, 1);
/** @param {Shape} shape */
const isMap = (shape) => shape.length === 3;
// Whether each number of y is made of the one at its place in x, as by an activation.
/** @param {Layer} layer */
const keepsPlaces = (layer) =>
  layer.window?.join() === "1,1" && !("kernel" in layer) && !("pointwise_kernel" in layer) && String(layer.input) === String(layer.output);

// The index of a cell in a flat array: also the rule of the Flatten layer.
/** @param {Shape} shape @param {number} row @param {number} column @param {number} channel */
const placeOf = (shape, row, column, channel) => (row * shape[1] + column) * shape[2] + channel;

/** @param {Shape} shape @param {number} place @returns {Cell} */
function cellOf(shape, place) {
  const channel = place % shape[2];
  const square = (place - channel) / shape[2];
  return { row: Math.floor(square / shape[1]), column: square % shape[1], channel };
}

// Calls visit(row, column) for each cell of a layer's output.
/** @param {AnyLayer} layer @param {(row: number, column: number) => void} visit */
function eachWindow(layer, visit) {
  for (let i = 0; i < layer.output[0]; i++) for (let j = 0; j < layer.output[1]; j++) visit(i, j);
}

// Calls visit(row, column, a, b) for each real cell of the input under one window; a and b are
// its position within the window. Cells of the border ("same") are skipped.
/** @param {WindowLayer} layer @param {number} i @param {number} j @param {CellVisit} visit */
function eachCell(layer, i, j, visit) {
  const [[top], [left]] = layer.borders;
  for (let a = 0; a < layer.window[0]; a++) {
    const row = i * layer.strides[0] + a - top;
    if (row < 0 || row >= layer.input[0]) continue;
    for (let b = 0; b < layer.window[1]; b++) {
      const column = j * layer.strides[1] + b - left;
      if (column >= 0 && column < layer.input[1]) visit(row, column, a, b);
    }
  }
}

// The real cells under one window of a pooling layer, for one channel.
/** @param {WindowLayer} layer @param {Numbers} x @param {number} i @param {number} j @param {number} channel */
function windowCells(layer, x, i, j, channel) {
  /** @type {WindowCell[]} */
  const cells = [];
  eachCell(layer, i, j, (row, column, a, b) => {
    cells.push({ row, column, a, b, value: x[placeOf(layer.input, row, column, channel)] });
  });
  return cells;
}

/** @param {WindowLayer} layer @param {number} a @param {number} b @param {number} channel @param {number} filter */
const kernelPlace = (layer, a, b, channel, filter) =>
  ((a * layer.window[1] + b) * layer.input[2] + channel) * layer.output[2] + filter;

/** @type {Rule<ConvolutionLayer>} */
const Conv2D = {
  // y[i, j, f] = bias[f] + sum over a, b, c of x[i * stride + a, j * stride + b, c] * kernel[a, b, c, f]
  forward(layer, x) {
    const { kernel, bias, input, output } = layer;
    const y = new Float64Array(sizeOf(output));
    eachWindow(layer, (i, j) => {
      const to = placeOf(output, i, j, 0);
      for (let f = 0; f < output[2]; f++) y[to + f] = bias[f];
      eachCell(layer, i, j, (row, column, a, b) => {
        const from = placeOf(input, row, column, 0);
        for (let c = 0; c < input[2]; c++) {
          const k = kernelPlace(layer, a, b, c, 0);
          const value = x[from + c];
          for (let f = 0; f < output[2]; f++) y[to + f] += value * kernel[k + f];
        }
      });
    });
    return y;
  },
  // Each output adds to every cell under its window: its gradient times the kernel's number.
  backward(layer, dy) {
    const { kernel, input, output } = layer;
    const dx = new Float64Array(sizeOf(input));
    eachWindow(layer, (i, j) => {
      const to = placeOf(output, i, j, 0);
      eachCell(layer, i, j, (row, column, a, b) => {
        const from = placeOf(input, row, column, 0);
        for (let c = 0; c < input[2]; c++) {
          const k = kernelPlace(layer, a, b, c, 0);
          let sum = 0;
          for (let f = 0; f < output[2]; f++) sum += dy[to + f] * kernel[k + f];
          dx[from + c] += sum;
        }
      });
    });
    return dx;
  },
};

// The three poolings differ in their summary of a window, and in how cells share the gradient.
/** @param {(cells: WindowCell[]) => number} summary @param {(cells: WindowCell[]) => number[]} sharesOf @returns {Rule<WindowLayer>} */
function pooling(summary, sharesOf) {
  return {
    forward(layer, x) {
      const y = new Float64Array(sizeOf(layer.output));
      eachWindow(layer, (i, j) => {
        for (let c = 0; c < layer.output[2]; c++) {
          y[placeOf(layer.output, i, j, c)] = summary(windowCells(layer, x, i, j, c));
        }
      });
      return y;
    },
    backward(layer, dy, x) {
      const dx = new Float64Array(sizeOf(layer.input));
      eachWindow(layer, (i, j) => {
        for (let c = 0; c < layer.output[2]; c++) {
          const cells = windowCells(layer, x, i, j, c);
          const upstream = dy[placeOf(layer.output, i, j, c)];
          const shares = sharesOf(cells);
          cells.forEach((cell, n) => {
            dx[placeOf(layer.input, cell.row, cell.column, c)] += upstream * shares[n];
          });
        }
      });
      return dx;
    },
  };
}

// At a tie, the first cell in row order is the maximum.
/** @param {WindowCell[]} cells */
function winnerOf(cells) {
  let winner = 0;
  for (let n = 1; n < cells.length; n++) if (cells[n].value > cells[winner].value) winner = n;
  return winner;
}

/** @param {WindowCell[]} cells */
const total = (cells) => cells.reduce((sum, cell) => sum + cell.value, 0);
const MaxPooling2D = pooling(
  (cells) => cells[winnerOf(cells)].value,
  (cells) => {
    const winner = winnerOf(cells);
    return cells.map((_, n) => (n === winner ? 1 : 0));
  },
);
const SumPooling2D = pooling(total, (cells) => cells.map(() => 1));
const AveragePooling2D = pooling(
  (cells) => total(cells) / cells.length,
  (cells) => cells.map(() => 1 / cells.length),
);

/** @type {Rule<DenseLayer>} */
const Dense = {
  // y[u] = bias[u] + sum over k of x[k] * kernel[k, u]
  forward(layer, x) {
    const units = layer.output[0];
    const y = Float64Array.from(layer.bias);
    for (let k = 0; k < x.length; k++) {
      for (let u = 0; u < units; u++) y[u] += x[k] * layer.kernel[k * units + u];
    }
    return y;
  },
  backward(layer, dy) {
    const units = layer.output[0];
    const dx = new Float64Array(layer.input[0]);
    for (let k = 0; k < dx.length; k++) {
      for (let u = 0; u < units; u++) dx[k] += dy[u] * layer.kernel[k * units + u];
    }
    return dx;
  },
};

// Flatten only changes the shape; Dropout and the random layers act in training only.
/** @type {Rule} */
const unchanged = { forward: (layer, x) => x, backward: (layer, dy) => dy };

/** @type {Record<string, Rule<any>>} */
const RULES = {
  Conv2D,
  MaxPooling2D,
  AveragePooling2D,
  SumPooling2D,
  Dense,
  ReLU,
  Sigmoid,
  Softmax,
  Flatten: unchanged,
  Dropout: unchanged,
  BatchNormalization,
  ZeroPadding2D,
  GlobalAveragePooling2D,
  GlobalMaxPooling2D,
  LeakyReLU,
  ELU,
  SELU,
  Tanh,
  Softplus,
  Swish,
  Identity: unchanged,
  Reshape: unchanged,
  DepthwiseConv2D,
  SeparableConv2D,
  SpatialDropout2D: unchanged,
  Rescaling,
  Resizing,
  RandomFlip: unchanged,
  RandomRotation: unchanged,
  RandomZoom: unchanged,
  RandomTranslation: unchanged,
  RandomContrast: unchanged,
  RandomBrightness: unchanged,
};
