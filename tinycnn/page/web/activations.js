"use strict";

// The activations, for `RULES` in network.js: each makes one number of one number, but for the
// softmax, which looks at all numbers of a place.

/** @type {Rule} */
const ReLU = {
  forward: (layer, x) => x.map((value) => Math.max(value, 0)),
  backward: (layer, dy, x) => dy.map((upstream, n) => (x[n] > 0 ? upstream : 0)),
};

/** @type {Rule<AnyLayer & { negative_slope: number }>} */
const LeakyReLU = {
  forward: (layer, x) => x.map((value) => (value > 0 ? value : layer.negative_slope * value)),
  backward: (layer, dy, x) => dy.map((upstream, n) => (x[n] > 0 ? upstream : layer.negative_slope * upstream)),
};

/** @type {Rule<AnyLayer & { alpha: number }>} */
const ELU = {
  forward: (layer, x) => x.map((value) => (value > 0 ? value : layer.alpha * Math.expm1(value))),
  backward: (layer, dy, x) =>
    dy.map((upstream, n) => (x[n] > 0 ? upstream : upstream * layer.alpha * Math.exp(x[n]))),
};

const SELU_ALPHA = 1.6732632423543772;
const SELU_SCALE = 1.0507009873554805;
/** @type {Rule} */
const SELU = {
  forward: (layer, x) => x.map((value) => SELU_SCALE * (value > 0 ? value : SELU_ALPHA * Math.expm1(value))),
  backward: (layer, dy, x) =>
    dy.map((upstream, n) => upstream * SELU_SCALE * (x[n] > 0 ? 1 : SELU_ALPHA * Math.exp(x[n]))),
};

/** @type {Rule} */
const Tanh = {
  forward: (layer, x) => x.map(Math.tanh),
  backward: (layer, dy, x, y) => dy.map((upstream, n) => upstream * (1 - y[n] * y[n])),
};

// exp(-|x|) never overflows.
/** @param {number} x */
function sigmoid(x) {
  const e = Math.exp(-Math.abs(x));
  return (x >= 0 ? 1 : e) / (1 + e);
}

/** @type {Rule} */
const Sigmoid = {
  forward: (layer, x) => x.map(sigmoid),
  backward: (layer, dy, x, y) => dy.map((upstream, n) => upstream * y[n] * (1 - y[n])),
};

/** @type {Rule} */
const Softplus = {
  forward: (layer, x) => x.map((value) => Math.max(value, 0) + Math.log1p(Math.exp(-Math.abs(value)))),
  backward: (layer, dy, x) => dy.map((upstream, n) => upstream * sigmoid(x[n])),
};

/** @type {Rule} */
const Swish = {
  forward: (layer, x) => x.map((value) => value * sigmoid(value)),
  backward: (layer, dy, x, y) =>
    dy.map((upstream, n) => upstream * (sigmoid(x[n]) + y[n] * (1 - sigmoid(x[n])))),
};

// Over the last axis. The largest logit is subtracted first, which does not change the result.
/** @param {AnyLayer} layer @param {Numbers} x @param {(start: number, end: number) => Numbers} compute */
function softmaxGroups(layer, x, compute) {
  const length = layer.output[layer.output.length - 1];
  const result = new Float64Array(x.length);
  for (let start = 0; start < x.length; start += length) {
    result.set(compute(start, start + length), start);
  }
  return result;
}

/** @type {Rule} */
const Softmax = {
  forward: (layer, x) =>
    softmaxGroups(layer, x, (start, end) => {
      const logits = x.subarray(start, end);
      const top = Math.max(...logits);
      const powers = logits.map((logit) => Math.exp(logit - top));
      const sum = sumOf(powers);
      return powers.map((power) => power / sum);
    }),
  backward: (layer, dy, x, y) =>
    softmaxGroups(layer, x, (start, end) => {
      const answers = y.subarray(start, end);
      const upstream = dy.subarray(start, end);
      const mean = sumOf(upstream.map((d, n) => d * answers[n]));
      return answers.map((answer, n) => answer * (upstream[n] - mean));
    }),
};
