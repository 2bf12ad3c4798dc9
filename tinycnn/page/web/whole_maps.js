"use strict";

// Layers on whole maps, for `RULES` in network.js: a border around each, or one number for each.

// A border of zeros: each cell of x has its place inside y.
/** @param {WindowLayer} layer @param {(inside: number, place: number) => void} visit */
function eachInside(layer, visit) {
  const [[top], [left]] = layer.borders;
  for (let place = 0; place < sizeOf(layer.input); place++) {
    const { row, column, channel } = cellOf(layer.input, place);
    visit(place, placeOf(layer.output, row + top, column + left, channel));
  }
}

/** @type {Rule<WindowLayer>} */
const ZeroPadding2D = {
  forward(layer, x) {
    const y = new Float64Array(sizeOf(layer.output));
    eachInside(layer, (inside, place) => (y[place] = x[inside]));
    return y;
  },
  backward(layer, dy) {
    const dx = new Float64Array(sizeOf(layer.input));
    eachInside(layer, (inside, place) => (dx[inside] = dy[place]));
    return dx;
  },
};

// The two rows (or columns) of x that a new one is made of, and their shares.
/** @param {number} old @param {number} place @param {number} count @param {boolean} isNearest */
function rowsOf(old, place, count, isNearest) {
  const at = ((place + 0.5) * old) / count - 0.5;
  const exact = isNearest ? Math.floor(at + 0.5) : at;
  const first = Math.floor(exact);
  /** @param {number} row */
  const inside = (row) => Math.min(Math.max(row, 0), old - 1);
  return [
    { row: inside(first), share: 1 - (exact - first) },
    { row: inside(first + 1), share: exact - first },
  ];
}

// Calls visit(from, to, share) for each number of x that a number of y is made of.
/** @param {ResizingLayer} layer @param {(from: number, to: number, share: number) => void} visit */
function eachShare(layer, visit) {
  const isNearest = layer.interpolation === "nearest";
  eachWindow(layer, (i, j) => {
    for (const down of rowsOf(layer.input[0], i, layer.output[0], isNearest)) {
      for (const across of rowsOf(layer.input[1], j, layer.output[1], isNearest)) {
        for (let c = 0; c < layer.input[2]; c++) {
          visit(placeOf(layer.input, down.row, across.row, c), placeOf(layer.output, i, j, c), down.share * across.share);
        }
      }
    }
  });
}

/** @type {Rule<ResizingLayer>} */
const Resizing = {
  forward(layer, x) {
    const y = new Float64Array(sizeOf(layer.output));
    eachShare(layer, (from, to, share) => (y[to] += x[from] * share));
    return y;
  },
  backward(layer, dy) {
    const dx = new Float64Array(sizeOf(layer.input));
    eachShare(layer, (from, to, share) => (dx[from] += dy[to] * share));
    return dx;
  },
};

// One number for each map: its mean, or its largest cell.
/** @type {Rule} */
const GlobalAveragePooling2D = {
  forward(layer, x) {
    const [rows, columns, channels] = layer.input;
    const y = new Float64Array(channels);
    x.forEach((value, place) => (y[place % channels] += value / (rows * columns)));
    return y;
  },
  backward(layer, dy) {
    const [rows, columns, channels] = layer.input;
    return Float64Array.from({ length: sizeOf(layer.input) }, (_, place) => dy[place % channels] / (rows * columns));
  },
};

// At a tie the first cell in row order wins.
/** @param {AnyLayer} layer @param {Numbers} x */
function winnersOf(layer, x) {
  const winners = Array.from({ length: layer.output[0] }, (_, c) => c);
  x.forEach((value, place) => {
    const c = place % winners.length;
    if (value > x[winners[c]]) winners[c] = place;
  });
  return winners;
}

/** @type {Rule} */
const GlobalMaxPooling2D = {
  forward: (layer, x) => Float64Array.from(winnersOf(layer, x), (place) => x[place]),
  backward(layer, dy, x) {
    const dx = new Float64Array(sizeOf(layer.input));
    winnersOf(layer, x).forEach((place, c) => (dx[place] = dy[c]));
    return dx;
  },
};
