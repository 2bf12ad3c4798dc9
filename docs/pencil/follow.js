"use strict";

// What follows from a student's own numbers: each step of the sheet, right, from the arrays that
// it needs. So a slip further up does not make everything below it wrong.

/** @param {number} rows @param {number} columns @returns {Table} */
const zeros = (rows, columns) => Array.from({ length: rows }, () => Array(columns).fill(0));
/** @param {Table} table @param {(value: number, i: number, j: number) => number} change */
const mapped = (table, change) => table.map((row, i) => row.map((value, j) => change(value, i, j)));
/** @param {Table} table */
const total = (table) => table.flat().reduce((sum, value) => sum + value, 0);

// The cells of the 2x2 square that gives pooled number (i, j), in row order.
/** @param {number} i @param {number} j */
const squareCells = (i, j) => [0, 1, 2, 3].map((n) => [2 * i + Math.floor(n / 2), 2 * j + (n % 2)]);

// The first of the largest cells of a square.
/** @param {Table} table @param {number} i @param {number} j */
function winnerOf(table, i, j) {
  return squareCells(i, j).reduce((best, cell) =>
    table[cell[0]][cell[1]] > table[best[0]][best[1]] ? cell : best,
  );
}

/** @type {Record<string, (numbers: Tables) => Table>} */
const FOLLOW = {
  ReLU: ({ convolution }) => mapped(convolution, (value) => Math.max(value, 0)),
  pooled: ({ ReLU }) =>
    mapped(zeros(2, 2), (_, i, j) => {
      const [row, column] = winnerOf(ReLU, i, j);
      return ReLU[row][column];
    }),
  logit: ({ pooled, weights, bias }) => {
    const products = pooled.flat().map((value, n) => value * weights[0][n]);
    return [[products.reduce((sum, value) => sum + value, bias[0][0])]];
  },
  p: ({ logit }) => [[1 / (1 + Math.exp(-logit[0][0]))]],
  loss: ({ p }) => [[-Math.log(1 - p[0][0])]],
  dlogit: ({ p }) => p,
  dweights: ({ pooled, dlogit }) => [pooled.flat().map((value) => value * dlogit[0][0])],
  "dbias of the weights": ({ dlogit }) => dlogit,
  dpooled: ({ weights, dlogit }) => mapped(weights, (value) => value * dlogit[0][0]),
  dReLU: ({ ReLU, dpooled }) => {
    const found = zeros(4, 4);
    for (const i of [0, 1]) {
      for (const j of [0, 1]) {
        const [row, column] = winnerOf(ReLU, i, j);
        found[row][column] = dpooled[0][2 * i + j];
      }
    }
    return found;
  },
  dconvolution: ({ convolution, dReLU }) =>
    mapped(dReLU, (value, i, j) => (convolution[i][j] > 0 ? value : 0)),
  dkernel: ({ dconvolution, photo }) =>
    mapped(zeros(3, 3), (_, a, b) => total(mapped(dconvolution, (value, i, j) => value * photo[i + a][j + b]))),
  "dbias of the kernel": ({ dconvolution }) => [[total(dconvolution)]],
  step: ({ m, v }) => [
    m[0].map((value, n) => {
      const correction = Math.sqrt(1 - 0.999 ** (n + 1)) / (1 - 0.9 ** (n + 1));
      return v[0][n] > 0 ? (-0.001 * correction * value) / Math.sqrt(v[0][n]) : NaN;
    }),
  ],
};
