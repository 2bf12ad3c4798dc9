"use strict";

// The confusion matrix: a grid of cells, and beside it the photos of the selected one.

const LONG_HEADS = 4; // with more classes, the column headings are vertical

// The label of a cell, for screen readers.
/** @param {ReportFacts} report @param {number} truth @param {number} answer @param {number} count */
function cellLabel(report, truth, answer, count) {
  const { names, noun } = report;
  return `true ${names[truth]}, predicted ${names[answer]}: ${countOf(count, noun)}`;
}

// The photos of a cell, as far as the page holds them.
/** @param {ReportFacts} report @param {ConfusionCell | undefined} cell @param {number} truth @param {number} answer */
function cellPhotos(report, cell, truth, answer) {
  const count = cell?.count ?? 0;
  const shown = cell?.photos ?? [];
  /** @param {number} label */
  const text = (label) => strong(name_(report.names[label]));
  const sentence = [`${countOf(count, report.noun)} of `, text(truth)];
  if (truth === answer) sentence.push(count === 1 ? " was recognised" : " were recognised");
  else sentence.push(count === 1 ? " was taken for " : " were taken for ", text(answer));
  const order = truth === answer ? "the least certain first" : "the most certain first";
  const rest = shown.length < count ? `; the page holds ${shown.length} of them` : "";
  if (count) sentence.push(count === 1 ? "." : `, ${order}${rest}.`);
  else sentence.push(".");
  return [
    make("p", { role: "status" }, sentence),
    photoCards(
      shown.map((n) => photoCard(report, n)),
      "small",
    ),
  ];
}

// One cell. Its colour shows its share of the true class: blue is right, orange is wrong.
/** @param {ReportFacts} report @param {FoundCells} found @param {number} truth @param {number} answer @param {number} total */
function matrixCell(report, found, truth, answer, total) {
  const count = found.get(truth * report.names.length + answer)?.count ?? 0;
  const share = total ? count / total : 0;
  const shown = report.names.length <= LONG_HEADS ? [make("small", {}, total ? percent(share) : "")] : [];
  const cell = make(
    "td",
    { role: "gridcell", class: "cell", "aria-label": cellLabel(report, truth, answer, count) },
    make("span", {}, grouped(count)),
    shown,
  );
  paintSquare(cell, truth === answer ? -share : share, 1);
  return cell;
}

/** @param {ReportFacts} report @param {Node[]} cells */
function matrixTable(report, cells) {
  const { names } = report;
  const isLong = names.length > LONG_HEADS;
  /** @param {string} kind @param {Child[]} text */
  const head = (kind, ...text) => make("th", { scope: "col", role: "columnheader", class: kind }, make("span", {}, ...text));
  const heads = names.map((name) => head(isLong ? "upright" : "", make("small", {}, "predicted "), name_(name)));
  const rows = names.map((name, truth) =>
    make(
      "tr",
      { role: "row" },
      make("th", { scope: "row", role: "rowheader" }, make("small", {}, "true "), name_(name)),
      cells.slice(truth * names.length, (truth + 1) * names.length),
      make("td", { role: "gridcell", class: "share number" }, shareRight(report, truth)),
    ),
  );
  return make(
    "div",
    { class: "scroll", role: "region", tabIndex: -1, "aria-label": "the confusion matrix" },
    make(
      "table",
      { class: isLong ? "matrix many" : "matrix", role: "grid", "aria-label": "rows: the true class; columns: the predicted class" },
      make("thead", { role: "rowgroup" }, make("tr", { role: "row" }, head("", ""), heads, head(isLong ? "upright" : "", "right"))),
      make("tbody", { role: "rowgroup" }, rows),
    ),
  );
}

/** @param {ReportFacts} report @param {number} truth */
function shareRight(report, truth) {
  const total = report.counts.test[truth];
  const cell = report.cells.find((each) => each.truth === truth && each.answer === truth);
  return total ? percent((cell?.count ?? 0) / total) : "–";
}

// The whole matrix, with one tab stop; the arrow keys move from cell to cell.
/** @param {HTMLElement} root @param {ReportFacts} report */
function drawMatrix(root, report) {
  const size = report.names.length;
  /** @type {FoundCells} */
  const found = new Map(report.cells.map((cell) => [cell.truth * size + cell.answer, cell]));
  const cells = Array.from({ length: size * size }, (_, place) => {
    const truth = Math.floor(place / size);
    return matrixCell(report, found, truth, place % size, report.counts.test[truth]);
  });
  const photos = make("div", { class: "cell-photos" });
  /** @param {number} place @param {boolean} withFocus */
  const choose = (place, withFocus) => {
    cells.forEach((cell, n) => {
      cell.tabIndex = n === place ? 0 : -1;
      cell.setAttribute("aria-selected", String(n === place));
    });
    if (withFocus) cells[place].focus();
    photos.replaceChildren(...cellPhotos(report, found.get(place), Math.floor(place / size), place % size));
  };
  cells.forEach((cell, place) => {
    cell.addEventListener("click", () => choose(place, true));
    cell.addEventListener("keydown", (event) => {
      const [row, column] = [Math.floor(place / size), place % size];
      /** @param {number} n */
      const within = (n) => Math.max(0, Math.min(size - 1, n));
      /** @type {Record<string, Pair | undefined>} */
      const keys = {
        ArrowUp: [within(row - 1), column],
        ArrowDown: [within(row + 1), column],
        ArrowLeft: [row, within(column - 1)],
        ArrowRight: [row, within(column + 1)],
        Home: [row, 0],
        End: [row, size - 1],
      };
      const to = keys[event.key];
      if (!to) return;
      event.preventDefault();
      choose(to[0] * size + to[1], true);
    });
  });
  root.append(make("div", { class: "matrix-beside" }, matrixTable(report, cells), photos));
  // report.cells begins with the most frequent mistake, if there is one.
  const [first] = report.cells;
  choose(first.truth * size + first.answer, false);
  return () =>
    cells.forEach((cell, place) => {
      const truth = Math.floor(place / size);
      const share = (found.get(place)?.count ?? 0) / (report.counts.test[truth] || 1);
      paintSquare(cell, truth === place % size ? -share : share, 1);
    });
}

// With too many classes for a matrix: the most frequent mistakes as a list.
/** @param {HTMLElement} root @param {ReportFacts} report */
function drawConfusions(root, report) {
  const photos = make("div", { class: "cell-photos" });
  /** @param {number} n */
  const choose = (n) => {
    const cell = report.cells[n];
    photos.replaceChildren(...cellPhotos(report, cell, cell.truth, cell.answer));
  };
  const items = report.cells.map(({ truth, answer, count }) =>
    button(cellLabel(report, truth, answer, count), () => {}),
  );
  root.append(note(`The matrix of ${report.names.length} classes does not fit on the page: these are its most frequent mistakes.`));
  if (items.length) {
    root.append(oneOf("the most frequent mistakes", items, 0, choose, { class: "pills" }), photos);
    choose(0);
  } else root.append(note("There are none."));
  return () => {}; // nothing is painted
}
