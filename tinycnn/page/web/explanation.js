"use strict";

// Forward and backward for one photo: every number of every layer, computed from the pixels, and
// every gradient.
//
// A large Dense layer is not in the page: it has millions of weights, and one photo needs few.
// The page holds the layer's outputs and, for the leading outputs n, the row
// G[n] = d logit[n] / d cell and the share of the biases: logit[n] = sum(cell * G[n]) + share.

/** @param {any} model as JSON @returns {Model} */
function unpackModel(model) {
  for (const layer of model.layers) {
    for (const name of layer.arrays) layer[name] = numbersOf(layer[name]);
    if (layer.use_bias === false) layer.bias = new Float64Array(layer.output.at(-1));
  }
  return model;
}

class Explanation {
  /** @param {Model} model @param {Photo} photo */
  constructor(model, photo) {
    this.model = model;
    this.photo = photo;
    this.layers = model.layers;
    /** @type {Map<number, LargeDense>} */
    this.large = new Map();
    for (const [place, dense] of Object.entries(photo.large)) {
      this.large.set(Number(place), {
        outputs: numbersOf(dense.outputs),
        gradients: new Map(photo.leading.map((n, row) => [n, numbersOf(dense.gradients[row])])),
        mean: dense.mean && numbersOf(dense.mean),
        shares: new Map(photo.leading.map((n, row) => [n, dense.shares[row]])),
        terms: dense.terms,
      });
    }
    // activations[0] is the photo, activations[p + 1] the output of layer p for activations[p].
    this.activations = [numbersOf(photo.input)];
    this.layers.forEach((layer, place) => this.activations.push(this.forward(place)));
    if (this.large.size) this.sumLogits();
    this.logits = this.activations[model.logits];
    this.answers = this.activations[this.activations.length - 1];
    /** @type {Map<string, Numbers[]>} */
    this.cache = new Map();
  }

  /** @param {number} place @returns {Numbers} */
  forward(place) {
    const large = this.large.get(place);
    if (large) return large.outputs;
    return RULES[this.layers[place].kind].forward(this.layers[place], this.activations[place]);
  }

  /** @param {number} place */
  convolution(place) {
    return /** @type {ConvolutionLayer} */ (this.layers[place]);
  }

  // Sums the leading logits from the cells, so that they too are computed from the pixels.
  sumLogits() {
    const [[place, dense]] = this.large;
    const cells = this.activations[place];
    const logits = Float64Array.from(this.activations[this.model.logits]);
    for (const [n, gradient] of dense.gradients) {
      logits[n] = Number(dense.shares.get(n)) + sumOf(cells.map((cell, k) => cell * gradient[k]));
    }
    this.activations[this.model.logits] = logits;
    for (let above = this.model.logits; above < this.layers.length; above++) {
      this.activations[above + 1] = this.forward(above);
    }
  }

  // The outputs whose gradients are known exactly: all, or the leading ones of a large model.
  get known() {
    return this.large.size ? this.photo.leading : Array.from(this.logits.keys());
  }

  // The class that is the answer, by the rule of `predict`.
  get label() {
    if (this.model.names.length === 1) return 0;
    if (this.answers.length === 1) return this.answers[0] > this.model.threshold ? 1 : 0;
    return largest(this.answers.length, 1, (n) => this.answers[n])[0];
  }

  // The output of a class: a single output stands for both classes, by its sign.
  /** @param {number} label */
  outputOf(label) {
    return this.logits.length === 1 ? 0 : label;
  }

  /** @param {number} label */
  probabilityOf(label) {
    if (this.model.answer === "number") return this.answers[this.outputOf(label)];
    return this.answers.length > 1 ? this.answers[label] : label ? this.answers[0] : 1 - this.answers[0];
  }

  // d loss / d logit if `label` is the true class: p - y for cross-entropy, 1 for a bare logit.
  /** @param {number} label @returns {Seed} */
  seedFor(label) {
    if (this.model.answer === "number") return { outputs: { [this.outputOf(label)]: 1 } };
    if (this.logits.length === 1) return { outputs: { 0: this.answers[0] - label } };
    return { withAnswers: true, outputs: { [label]: -1 } };
  }

  // Returns gradients in the order of `activations`, from the logits back to the photo.
  /** @param {Seed} seed @returns {Numbers[]} */
  gradients(seed) {
    const key = JSON.stringify(seed);
    let found = this.cache.get(key);
    if (!found) this.cache.set(key, (found = this.backward(seed)));
    return found;
  }

  /** @param {Seed} seed */
  backward({ withAnswers = false, outputs }) {
    const start = new Float64Array(this.logits.length);
    if (withAnswers) this.addAnswers(start, Number(Object.keys(outputs)[0]));
    for (const [n, factor] of Object.entries(outputs)) start[Number(n)] += factor;
    /** @type {Numbers[]} */
    const gradients = [];
    gradients[this.model.logits] = start;
    for (let place = this.model.logits - 1; place >= 0; place--) {
      const layer = this.layers[place];
      const [x, y, dy] = [this.activations[place], this.activations[place + 1], gradients[place + 1]];
      const large = this.large.get(place);
      gradients[place] = large
        ? this.throughLarge(large, withAnswers, outputs)
        : RULES[layer.kind].backward(layer, dy, x, y);
    }
    return gradients;
  }

  // Adds the probabilities of the group of `label`: of one softmax, or of all its sigmoids.
  /** @param {Numbers} start @param {number} label */
  addAnswers(start, label) {
    const length = this.model.outputShape[this.model.outputShape.length - 1];
    const first = label - (label % length);
    for (let n = first; n < first + length; n++) start[n] += this.answers[n];
  }

  /** @param {LargeDense} dense @param {boolean} withAnswers @param {Record<string, number>} outputs */
  throughLarge(dense, withAnswers, outputs) {
    const [first] = dense.gradients.values();
    const dx = new Float64Array(first.length);
    /** @param {number} factor @param {Numbers} gradient */
    const add = (factor, gradient) => gradient.forEach((g, k) => (dx[k] += factor * g));
    for (const [n, factor] of Object.entries(outputs)) add(factor, /** @type {Numbers} */ (dense.gradients.get(Number(n))));
    if (withAnswers && dense.mean) add(1, dense.mean);
    else if (withAnswers) dense.gradients.forEach((gradient, n) => add(this.answers[n], gradient));
    return dx;
  }

  // The votes of activations[at] for one logit: number * d logit / d number.
  /** @param {number} output @param {number} at */
  votes(output, at) {
    const gradient = this.gradients({ outputs: { [output]: 1 } })[at];
    const votes = this.activations[at].map((value, k) => value * gradient[k]);
    const inFavour = sumOf(votes.map((vote) => Math.max(vote, 0)));
    const against = sumOf(votes.map((vote) => Math.min(vote, 0)));
    const logit = this.logits[output];
    return { votes, gradient, inFavour, against, logit, remainder: logit - sumOf(votes) };
  }

  /** @param {number} at */
  shapeAt(at) {
    return at === 0 ? this.model.inputShape : this.layers[at - 1].output;
  }

  // Where votes are counted by default: in the last maps, or else in the photo.
  get ballot() {
    let at = this.model.logits - 1;
    while (at > 0 && !isMap(this.shapeAt(at))) at--;
    return at;
  }

  // The cell one layer below that contributes most to a cell of activations[at].
  /** @param {number} at @param {Cell} cell @returns {Cell | null} */
  below(at, cell) {
    const layer = this.layers[at - 1];
    const x = this.activations[at - 1];
    if (layer.kind === "Flatten" || !isMap(layer.input)) return null;
    if (keepsPlaces(layer)) return cell;
    if (!layer.window || "depthwise_kernel" in layer) return this.belowByGradient(at, cell);
    const kernel = layer.kind === "Conv2D" ? /** @type {ConvolutionLayer} */ (layer).kernel : null;
    /** @type {(Cell & { size: number })[]} */
    const cells = [];
    eachCell(layer, cell.row, cell.column, (row, column, a, b) => {
      const channels = kernel ? Array.from({ length: layer.input[2] }, (_, n) => n) : [cell.channel];
      for (const channel of channels) {
        const value = x[placeOf(layer.input, row, column, channel)];
        const factor = kernel ? kernel[kernelPlace(layer, a, b, channel, cell.channel)] : 1;
        cells.push({ row, column, channel, size: kernel ? Math.abs(value * factor) : value });
      }
    });
    return cells[largest(cells.length, 1, (n) => cells[n].size)[0]] ?? null;
  }

  // The same for a layer of any kind: a share is x * d number / d x, and all others are 0.
  /** @param {number} at @param {Cell} cell */
  belowByGradient(at, cell) {
    const layer = this.layers[at - 1];
    const x = this.activations[at - 1];
    const dy = new Float64Array(sizeOf(layer.output));
    dy[placeOf(layer.output, cell.row, cell.column, cell.channel)] = 1;
    const dx = RULES[layer.kind].backward(layer, dy, x, this.activations[at]);
    // A cell of 0 is still one of those that the number is computed from.
    /** @param {number} k */
    const share = (k) => dx[k] && Math.abs(x[k] * dx[k]) + Number.MIN_VALUE;
    return cellOf(layer.input, largest(x.length, 1, share)[0]);
  }
}

// The receptive field of a cell of activations[at]: where it starts, its size, and the step to
// its neighbour's - in pixels, down and across.
/** @param {Layer[]} layers @param {number} at */
function receptiveField(layers, at) {
  const field = { start: [0, 0], size: [1, 1], jump: [1, 1] };
  for (const layer of layers.slice(0, at)) {
    for (const axis of [0, 1]) {
      if (layer.kind === "Resizing") {
        // The middle of the first new cell, then the way from one to the next.
        const zoom = layer.input[axis] / layer.output[axis];
        field.start[axis] += ((zoom - 1) / 2) * field.jump[axis];
        field.jump[axis] *= zoom;
      }
      if (!layer.window) continue;
      field.start[axis] -= layer.borders[axis][0] * field.jump[axis];
      field.size[axis] += (layer.window[axis] - 1) * field.jump[axis];
      field.jump[axis] *= layer.strides[axis];
    }
  }
  return field;
}
