"use strict";

// Layers on whole maps, for `RULES` in network.js: a border around each, or one number for each.

// A border of zeros: each cell of x has its place inside y.
function eachInside(layer, visit) {
  const [[top], [left]] = layer.borders;
  for (let place = 0; place < sizeOf(layer.input); place++) {
    const { row, column, channel } = cellOf(layer.input, place);
    visit(place, placeOf(layer.output, row + top, column + left, channel));
  }
}

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

// One number for each map: its mean, or its largest cell.
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
function winnersOf(layer, x) {
  const winners = Array.from({ length: layer.output[0] }, (_, c) => c);
  x.forEach((value, place) => {
    const c = place % winners.length;
    if (value > x[winners[c]]) winners[c] = place;
  });
  return winners;
}

const GlobalMaxPooling2D = {
  forward: (layer, x) => Float64Array.from(winnersOf(layer, x), (place) => x[place]),
  backward(layer, dy, x) {
    const dx = new Float64Array(sizeOf(layer.input));
    winnersOf(layer, x).forEach((place, c) => (dx[place] = dy[c]));
    return dx;
  },
};
