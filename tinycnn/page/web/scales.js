"use strict";

// Layers that scale and shift each number by itself, for `RULES` in network.js.

// Outside training each channel is scaled by gamma / sqrt(variance + epsilon), and shifted.
/** @param {BatchNormalizationLayer} layer @param {number} c */
const channelScale = (layer, c) => layer.gamma[c] / Math.sqrt(layer.moving_variance[c] + layer.epsilon);
/** @type {Rule<BatchNormalizationLayer>} */
const BatchNormalization = {
  forward: (layer, x) =>
    x.map((value, n) => {
      const c = n % layer.gamma.length;
      return (value - layer.moving_mean[c]) * channelScale(layer, c) + layer.beta[c];
    }),
  backward: (layer, dy) => dy.map((upstream, n) => upstream * channelScale(layer, n % layer.gamma.length)),
};

/** @type {Rule<AnyLayer & { scale: number, offset: number }>} */
const Rescaling = {
  forward: (layer, x) => x.map((value) => value * layer.scale + layer.offset),
  backward: (layer, dy) => dy.map((upstream) => upstream * layer.scale),
};
