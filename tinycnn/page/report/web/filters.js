"use strict";

// The filters of the first layer, as pictures and as numbers.

// A filter with red, green and blue as a colour picture around grey, one with a single channel
// in the colours of numbers.
/** @param {HTMLCanvasElement} canvas @param {Numbers} kernel @param {Shape} shape @param {number} filter @param {number} limit */
function paintFilter(canvas, kernel, shape, filter, limit) {
  const [rows, columns, channels, count] = shape;
  /** @param {number} row @param {number} column @param {number} channel */
  const at = (row, column, channel) => kernel[((row * columns + column) * channels + channel) * count + filter];
  if (channels !== 3) return paintNumbers(canvas, rows, columns, (n) => kernel[n * channels * count + filter], limit);
  return paintPixels(canvas, rows, columns, (row, column) =>
    [0, 1, 2].map((channel) => Math.round((0.5 + at(row, column, channel) / (2 * limit)) * 255)),
  );
}

/** @param {HTMLElement} root @param {ReportFacts} report */
function drawFilters(root, report) {
  const { shape } = report.filters;
  const [rows, columns, channels, count] = shape;
  const kernel = numbersOf(report.filters.kernel);
  const limit = largestOf(kernel) || 1;
  const canvases = Array.from({ length: count }, () => make("canvas", { "aria-hidden": "true" }));
  const paint = () => canvases.forEach((canvas, filter) => paintFilter(canvas, kernel, shape, filter, limit));
  const details = make("div", { class: "card" });
  let current = 0;
  /** @param {number} filter */
  const show = (filter) => {
    current = filter;
    const grids = Array.from({ length: channels }, (_, channel) =>
      numberGrid(
        channelName([0, 0, channels], 0, channel),
        rows,
        columns,
        (row, column) => kernel[((row * columns + column) * channels + channel) * count + filter],
        limit,
      ),
    );
    details.replaceChildren(make("h4", {}, `Filter ${filter}`), make("div", { class: "equation" }, grids), legend(limit));
  };
  const items = canvases.map((canvas, n) =>
    make("button", { type: "button", class: "thumb", "aria-label": `filter ${n}`, title: `filter ${n}` }, canvas),
  );
  const more = report.filterCount > count ? ` The first ${count} of ${report.filterCount} are shown.` : "";
  const colours =
    channels === 3
      ? "Mid-grey is weight 0 for red, green and blue; a reddish cell has a larger weight for red than for the others."
      : "Orange weights are above zero, blue weights below.";
  root.append(
    note(`${grouped(count)} filters of ${rows} × ${columns}. ${colours}${more} Choose one to see its numbers.`),
    make("div", { class: "beside" }, oneOf("filters", items, 0, show, { class: "filter-list" }), details),
  );
  paint();
  show(0);
  return () => {
    paint();
    show(current);
  };
}
