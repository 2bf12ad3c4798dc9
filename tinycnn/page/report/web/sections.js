"use strict";

// The report's other sections, each into the place that waits for it.

// A bar for an accuracy; an interval is a line through its end.
function accuracyRow(label, share, interval = null) {
  const fill = make("span", { class: interval ? "fill" : "fill plain" });
  fill.style.width = `${share * 100}%`;
  const track = make("span", { class: "track", "aria-hidden": "true" }, fill);
  if (interval) {
    const whisker = make("span", { class: "whisker" });
    whisker.style.left = `${interval[0] * 100}%`;
    whisker.style.width = `${(interval[1] - interval[0]) * 100}%`;
    track.append(whisker);
  }
  return make("tr", {}, make("th", { scope: "row" }, label), make("td", { class: "wide" }, track), make("td", { class: "number" }, percent(share)));
}

function drawResult(root, report) {
  const { right, total, low, high, majority, meanColour } = report.result;
  document
    .getElementById("headline")
    .replaceChildren(
      strong(percent(right / total)),
      ` of the test ${report.noun}s got the right answer: ${grouped(right)} of ${grouped(total)}. `,
      `As many other ${report.noun}s might have given between ${percent(low)} and ${percent(high)}.`,
    );
  root.append(
    table(
      "Share of right answers on the test part",
      "shares of right answers",
      ["", "", "accuracy"],
      [
        accuracyRow("this network", right / total, [low, high]),
        accuracyRow("the nearest mean colour", meanColour),
        accuracyRow("always the most frequent class", majority),
      ],
      2,
    ),
    note(
      `The line on the first bar is the 95 % interval (Wilson’s), ${percent(low)} to ${percent(high)}. The two other bars need no network: ` +
        "one asks only which class’s mean colour is nearest, one always answers the class that was most frequent in training.",
    ),
  );
}

function drawWorst(root, report) {
  const { title, pictures } = report.worst;
  document.getElementById("worst-lead").textContent = `${title}.`;
  root.append(photoCards(pictures.map(({ photo, picture }) => photoCard(report, photo, picture))));
}

// A filter of red, green and blue as a colour picture around grey, one of a single channel
// in the colours of numbers.
function paintFilter(canvas, kernel, shape, filter, limit) {
  const [rows, columns, channels, count] = shape;
  const at = (row, column, channel) => kernel[((row * columns + column) * channels + channel) * count + filter];
  if (channels !== 3) return paintNumbers(canvas, rows, columns, (n) => kernel[n * channels * count + filter], limit);
  return paintPixels(canvas, rows, columns, (row, column) =>
    [0, 1, 2].map((channel) => Math.round((0.5 + at(row, column, channel) / (2 * limit)) * 255)),
  );
}

function drawFilters(root, report) {
  const { shape } = report.filters;
  const [rows, columns, channels, count] = shape;
  const kernel = numbersOf(report.filters.kernel);
  const limit = largestOf(kernel) || 1;
  const canvases = Array.from({ length: count }, () => make("canvas", { "aria-hidden": "true" }));
  const paint = () => canvases.forEach((canvas, filter) => paintFilter(canvas, kernel, shape, filter, limit));
  const hand = make("div", { class: "card" });
  let current = 0;
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
    hand.replaceChildren(make("h4", {}, `Filter ${filter}`), make("div", { class: "equation" }, grids), legend(limit));
  };
  const items = canvases.map((canvas, n) =>
    make("button", { type: "button", class: "thumb", "aria-label": `filter ${n}`, title: `filter ${n}` }, canvas),
  );
  const more = report.filterCount > count ? ` The first ${count} of ${report.filterCount} are shown.` : "";
  const colours =
    channels === 3
      ? "Mid-grey is weight 0 on red, green and blue alike; a reddish cell has a larger weight on red than on the others."
      : "Orange weights are above zero, blue ones below.";
  root.append(
    note(`${grouped(count)} filters of ${rows} × ${columns}. ${colours}${more} Choose one to see its numbers.`),
    make("div", { class: "beside" }, oneOf("filters", items, 0, show, { class: "filter-list" }), hand),
  );
  paint();
  show(0);
  return () => {
    paint();
    show(current);
  };
}

function drawWhy(root, report, explanations) {
  const lead = document.getElementById("why-lead");
  if (!report.explained.length) {
    lead.textContent = `There are no explanations in this report: ${report.missing ?? "no photo could be read again"}.`;
    return;
  }
  lead.textContent = `Choose one of these answers to follow it back to the ${report.noun}’s pixels, number by number.`;
  root.append(
    photoCards(
      report.explained.map(({ photo, why }, n) =>
        photoCard(report, photo, explanations[n].preview, make("span", { class: "because" }, why)),
      ),
      "explained",
    ),
    note("For a photo of your own: python -m tinycnn.explain model.safetensors PHOTO.jpg"),
  );
}

// A table of words and figures; the first of each row names it.
function figureTable(caption, heads, rows) {
  return table(
    caption,
    caption.toLowerCase(),
    heads,
    rows.map(([name, ...values]) =>
      make("tr", {}, make("th", { scope: "row" }, name), values.map((value) => make("td", { class: "figure" }, value))),
    ),
  );
}

function drawRun(root, report) {
  const classes = report.names.map((name, n) => [name_(name), ...report.counts.map((part) => grouped(part[n]))]);
  root.append(
    make(
      "div",
      { class: "facts" },
      make("div", { class: "wide" }, figureTable("The network", report.headings, report.layers), note(report.totals)),
      figureTable("Photos", ["class", "to learn from", "to test with"], classes),
      figureTable("Training", ["option", "value"], report.options),
      figureTable("Versions", ["of", "version"], report.versions),
    ),
    make("h3", {}, "What was left out"),
    report.notes.length ? make("ul", { class: "notes" }, report.notes.map((text) => make("li", {}, name_(text)))) : note("Nothing."),
  );
}
