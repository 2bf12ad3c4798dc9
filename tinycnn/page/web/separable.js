"use strict";

// Convolutions in two parts, for `RULES` in network.js: each channel under kernels of its own,
// then, for SeparableConv2D, a mixture of the channels at each place.

// Calls visit(from, to, k) for each product: x[from] * depthwise_kernel[k] is added to d[to].
/** @param {DepthwiseLayer} layer @param {(from: number, to: number, k: number) => void} visit */
function eachDepthwiseProduct(layer, visit) {
  const channels = layer.input[2];
  const kernels = layer.depth_multiplier;
  const depth = [layer.output[0], layer.output[1], channels * kernels];
  eachWindow(layer, (i, j) => {
    eachCell(layer, i, j, (row, column, a, b) => {
      for (let c = 0; c < channels; c++) {
        const from = placeOf(layer.input, row, column, c);
        for (let m = 0; m < kernels; m++) {
          const k = ((a * layer.window[1] + b) * channels + c) * kernels + m;
          visit(from, placeOf(depth, i, j, c * kernels + m), k);
        }
      }
    });
  });
}

/** @param {DepthwiseLayer} layer @param {Numbers} x */
function depthwise(layer, x) {
  const d = new Float64Array(layer.output[0] * layer.output[1] * layer.input[2] * layer.depth_multiplier);
  eachDepthwiseProduct(layer, (from, to, k) => (d[to] += x[from] * layer.depthwise_kernel[k]));
  return d;
}

/** @param {DepthwiseLayer} layer @param {Numbers} dd */
function depthwiseBackward(layer, dd) {
  const dx = new Float64Array(sizeOf(layer.input));
  eachDepthwiseProduct(layer, (from, to, k) => (dx[from] += dd[to] * layer.depthwise_kernel[k]));
  return dx;
}

/** @param {DepthwiseLayer} layer @param {Numbers} y */
const withBias = ({ bias }, y) => (bias ? y.map((value, n) => value + bias[n % bias.length]) : y);

/** @type {Rule<DepthwiseLayer>} */
const DepthwiseConv2D = {
  forward: (layer, x) => withBias(layer, depthwise(layer, x)),
  backward: (layer, dy) => depthwiseBackward(layer, dy),
};

// Calls visit(c, f, k) for each product of channel c at a place, added to filter f.
/** @param {SeparableLayer} layer @param {(c: number, f: number, k: number) => void} visit */
function eachMixture(layer, visit) {
  const channels = layer.input[2] * layer.depth_multiplier;
  const filters = layer.output[2];
  for (let place = 0; place < layer.output[0] * layer.output[1]; place++) {
    for (let c = 0; c < channels; c++) {
      for (let f = 0; f < filters; f++) visit(place * channels + c, place * filters + f, c * filters + f);
    }
  }
}

/** @type {Rule<SeparableLayer>} */
const SeparableConv2D = {
  forward(layer, x) {
    const d = depthwise(layer, x);
    const y = new Float64Array(sizeOf(layer.output));
    eachMixture(layer, (c, f, k) => (y[f] += d[c] * layer.pointwise_kernel[k]));
    return withBias(layer, y);
  },
  backward(layer, dy) {
    const dd = new Float64Array(layer.output[0] * layer.output[1] * layer.input[2] * layer.depth_multiplier);
    eachMixture(layer, (c, f, k) => (dd[c] += dy[f] * layer.pointwise_kernel[k]));
    return depthwiseBackward(layer, dd);
  },
};
