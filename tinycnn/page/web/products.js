"use strict";

// 2 Convolution, the products of one cell: as numbers, as text and as Python.

// The products of one cell, for each input channel; null for cells of the border.
/** @param {Explanation} explanation @param {number} place @param {Cell} cell @returns {CellProducts} */
function productsOf(explanation, place, { row, column, channel: filter }) {
  const layer = explanation.convolution(place);
  const x = explanation.activations[place];
  const [height, width] = layer.window;
  /** @type {Products[]} */
  const channels = Array.from({ length: layer.input[2] }, (_, channel) => ({
    channel,
    window: new Array(height * width).fill(null),
    kernel: Array.from(
      { length: height * width },
      (_, n) => layer.kernel[kernelPlace(layer, Math.floor(n / width), n % width, channel, filter)],
    ),
    sum: 0,
  }));
  eachCell(layer, row, column, (r, c, a, b) => {
    for (const products of channels) {
      const n = a * width + b;
      products.window[n] = x[placeOf(layer.input, r, c, products.channel)];
      products.sum += products.window[n] * products.kernel[n];
    }
  });
  const result = explanation.activations[place + 1][placeOf(layer.output, row, column, filter)];
  return { channels, bias: layer.bias[filter], result };
}

/** @param {Explanation} explanation @param {number} place @param {Cell} cell */
function convolutionAsPython(explanation, place, cell) {
  const layer = explanation.convolution(place);
  const { channels, bias } = productsOf(explanation, place, cell);
  const [height, width] = layer.window;
  /** @param {"window" | "kernel"} list */
  const nested = (list) => {
    const rows = Array.from({ length: height }, (_, a) => {
      const columns = Array.from(
        { length: width },
        (_, b) => `[${channels.map((products) => full(products[list][a * width + b] ?? 0)).join(", ")}]`,
      );
      return `    [${columns.join(",\n     ")}],`;
    });
    return `np.array([\n${rows.join("\n")}\n])`;
  };
  const { activations } = explanation;
  const lines = [
    "import numpy as np",
    "",
    `# layer ${place}, Conv2D: map ${cell.channel}, row ${cell.row}, column ${cell.column}`,
    `# both arrays are (KH, KW, C) = (${height}, ${width}, ${channels.length})`,
    `window = ${nested("window")}`,
    `kernel = ${nested("kernel")}`,
    `bias = ${full(bias)}`,
    "result = np.sum(window * kernel) + bias",
    `print(result)  # on the page: ${full(activations[place + 1][placeOf(layer.output, cell.row, cell.column, cell.channel)])}`,
  ];
  if (explanation.layers[place + 1]?.kind === "ReLU") lines.push("print(max(result, 0))  # after the ReLU");
  return lines.join("\n") + "\n";
}

/** @param {Explanation} explanation @param {number} place @param {Cell} cell */
function convolutionInDigits(explanation, place, cell) {
  const { channels, bias, result } = productsOf(explanation, place, cell);
  const layer = explanation.convolution(place);
  /** @type {string[]} */
  const lines = [];
  for (const { channel, window, kernel } of channels) {
    window.forEach((value, n) => {
      if (value === null) return;
      const where = `${channelName(layer.input, place, channel)}[${Math.floor(n / layer.window[1])}, ${n % layer.window[1]}]`;
      lines.push(
        `${where.padEnd(14)} ${full(value).padStart(22)} * ${full(kernel[n]).padStart(24)} = ${full(value * kernel[n])}`,
      );
    });
  }
  return [...lines, `bias ${full(bias)}`, `sum  ${full(result)}`].join("\n");
}
