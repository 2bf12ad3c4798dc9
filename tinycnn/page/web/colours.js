"use strict";

// Colours of numbers: blue below zero, orange above, paper at zero. Blue and orange can be
// distinguished by colour-blind readers; the lightness shows the distance from zero. In the dark
// scheme, zero is dark.

const STOPS = {
  light: [
    [16, 62, 120],
    [67, 129, 189],
    [164, 199, 227],
    [250, 249, 246],
    [246, 195, 135],
    [214, 119, 35],
    [128, 54, 4],
  ],
  dark: [
    [176, 214, 255],
    [88, 154, 219],
    [36, 78, 124],
    [24, 26, 31],
    [122, 66, 15],
    [222, 132, 46],
    [255, 211, 160],
  ],
};
const darkness = matchMedia("(prefers-color-scheme: dark)");
let isPrinting = false;
const theme = () => (darkness.matches && !isPrinting ? "dark" : "light");

// The colour of a share from -1 to 1, as [red, green, blue]. Small shares are raised, or one
// strong map would leave all others pale. The bar of the legend uses the same rule.
/** @param {number} share @returns {Colour} */
function colourOf(share) {
  const stops = STOPS[theme()];
  const raised = Math.sign(share) * Math.min(1, Math.abs(share)) ** 0.65 || 0;
  const place = ((raised + 1) / 2) * (stops.length - 1);
  const low = Math.min(Math.floor(place), stops.length - 2);
  return stops[low].map((value, n) => Math.round(value + (stops[low + 1][n] - value) * (place - low)));
}

// The same colours as a lookup table, since the page paints half a million pixels.
const STEPS = 2048;
/** @type {Record<string, Uint8Array>} */
const tables = {};
function colourTable() {
  return (tables[theme()] ??= Uint8Array.from(
    Array.from({ length: STEPS + 1 }, (_, n) => colourOf((n / STEPS) * 2 - 1)).flat(),
  ));
}

/** @param {Colour} colour */
const css = ([red, green, blue]) => `rgb(${red}, ${green}, ${blue})`;

// Black or white, whichever is readable on this colour (relative luminance, WCAG).
/** @param {Colour} colour */
function inkOn(colour) {
  const [red, green, blue] = colour.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? "#000" : "#fff";
}

/** @param {HTMLElement} element @param {number} value @param {number} scale */
function paintSquare(element, value, scale) {
  const colour = colourOf(scale ? value / scale : 0);
  element.style.background = css(colour);
  element.style.color = inkOn(colour);
}

/** @param {ArrayLike<number>} values */
function largestOf(values, first = 0, step = 1) {
  let most = 0;
  for (let n = first; n < values.length; n += step) most = Math.max(most, Math.abs(values[n]));
  return most;
}

// The number that gets the full colour: one for all maps of a layer, or one for each map.
/** @param {Numbers} values @param {Shape} shape @param {number} channel */
function scaleOf(values, shape, channel) {
  if (!page.perMap || !isMap(shape)) return largestOf(values);
  return largestOf(values, channel, shape[2]);
}

// Hundreds of small pictures, each painted once: transfers to and from the graphics card would
// take longer than painting on the CPU.
const ON_CPU = { willReadFrequently: true };

/** @param {HTMLCanvasElement} canvas @param {CanvasRenderingContext2DSettings} [options] */
const contextOf = (canvas, options) => /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", options));

/** @param {HTMLCanvasElement} canvas @param {number} rows @param {number} columns @param {(row: number, column: number) => Colour} colourAt */
function paintPixels(canvas, rows, columns, colourAt) {
  canvas.width = columns;
  canvas.height = rows;
  const context = contextOf(canvas, ON_CPU);
  const picture = context.createImageData(columns, rows);
  for (let row = 0, to = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, to += 4) {
      picture.data.set(colourAt(row, column), to);
      picture.data[to + 3] = 255;
    }
  }
  context.putImageData(picture, 0, 0);
}

// Numbers as pixels in the colours of the scale; valueAt(n) counts row by row.
/** @param {HTMLCanvasElement} canvas @param {number} rows @param {number} columns @param {(n: number) => number} valueAt @param {number} scale */
function paintNumbers(canvas, rows, columns, valueAt, scale) {
  canvas.width = columns;
  canvas.height = rows;
  const context = contextOf(canvas, ON_CPU);
  const picture = context.createImageData(columns, rows);
  const table = colourTable();
  for (let n = 0; n < rows * columns; n++) {
    const share = scale ? Math.max(-1, Math.min(1, valueAt(n) / scale)) : 0;
    const from = Math.round(((share + 1) / 2) * STEPS) * 3;
    for (let c = 0; c < 3; c++) picture.data[4 * n + c] = table[from + c];
    picture.data[4 * n + 3] = 255;
  }
  context.putImageData(picture, 0, 0);
}

// A channel of a map, one pixel for each cell.
/** @param {HTMLCanvasElement} canvas @param {Numbers} values @param {Shape} shape @param {number} channel @param {number} scale */
function paintMap(canvas, values, shape, channel, scale) {
  paintNumbers(canvas, shape[0], shape[1], (n) => values[n * shape[2] + channel], scale);
}

// The photo in its own colours; `range` holds the numbers for black and white.
/** @param {HTMLCanvasElement} canvas @param {Numbers} values @param {Shape} shape @param {Pair} range */
function paintPhoto(canvas, values, shape, range, isGrey = false) {
  /** @param {number} row @param {number} column @param {number} channel */
  const light = (row, column, channel) => {
    const value = values[placeOf(shape, row, column, Math.min(channel, shape[2] - 1))];
    return Math.max(0, Math.min(255, ((value - range[0]) / (range[1] - range[0])) * 255));
  };
  paintPixels(canvas, shape[0], shape[1], (row, column) => {
    const [red, green, blue] = [0, 1, 2].map((channel) => light(row, column, channel));
    const grey = 0.299 * red + 0.587 * green + 0.114 * blue;
    return isGrey ? [grey, grey, grey] : [red, green, blue];
  });
}

/** @param {Shape} shape */
const isPicture = (shape) => isMap(shape) && (shape[2] === 1 || shape[2] === 3);

// The grid for numbers without rows and columns.
/** @param {number} count */
function rowsFor(count) {
  const columns = count <= 16 ? 1 : Math.max(8, Math.ceil(Math.sqrt(count / 2)));
  return { rows: Math.ceil(count / columns), columns };
}

/** @param {HTMLCanvasElement} canvas @param {Numbers} values @param {number} scale */
function paintUnits(canvas, values, scale) {
  const { rows, columns } = rowsFor(values.length);
  paintNumbers(canvas, rows, columns, (n) => values[n] ?? 0, scale);
}

// A long row of numbers as a bar from top to bottom: each line shows the number furthest from
// zero among those it stands for.
/** @param {HTMLCanvasElement} canvas @param {Numbers} values @param {number} lines @param {number} scale */
function paintRow(canvas, values, lines, scale, isAcross = false) {
  const count = Math.min(lines, values.length);
  const shown = Array.from({ length: count }, (_, line) => {
    const range = values.subarray(
      Math.floor((line * values.length) / count),
      Math.floor(((line + 1) * values.length) / count),
    );
    return range.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
  });
  const [rows, columns] = isAcross ? [1, count] : [count, 1];
  paintNumbers(canvas, rows, columns, (n) => shown[n], scale);
}
