"use strict";

// The other sections of the report, each drawn into its element.

// A bar for an accuracy; its interval is a line across the end of the bar.
/** @param {string} label @param {number} share @param {Pair | null} interval */
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

/** @param {HTMLElement} root @param {ReportFacts} report */
function drawResult(root, report) {
  const { right, total, low, high, majority, meanColour } = report.result;
  document
    .getElementById("headline")
    .replaceChildren(
      strong(percent(right / total)),
      ` of the test ${report.noun}s are classified correctly: ${grouped(right)} of ${grouped(total)}. `,
      `With other ${report.noun}s, the accuracy could be between ${percent(low)} and ${percent(high)}.`,
    );
  root.append(
    table(
      "Accuracy on the test photos",
      "accuracies",
      ["", "", "accuracy"],
      [
        accuracyRow("this network", right / total, [low, high]),
        accuracyRow("the nearest mean colour", meanColour),
        accuracyRow("always the most frequent class", majority),
      ],
      2,
    ),
    note(
      `The line on the first bar is the 95% interval (Wilson’s), ${percent(low)} to ${percent(high)}. The two other bars are ` +
        "baselines without a network: the class with the nearest mean colour, and the class that was most frequent in training.",
    ),
  );
}

/** @param {HTMLElement} root @param {ReportFacts} report */
function drawWorst(root, report) {
  const { title, pictures } = report.worst;
  document.getElementById("worst-lead").textContent = `${title}.`;
  root.append(photoCards(pictures.map(({ photo, picture }) => photoCard(report, photo, picture))));
}

/** @param {HTMLElement} root @param {ReportFacts} report @param {Photo[]} explanations */
function drawWhy(root, report, explanations) {
  const lead = document.getElementById("why-lead");
  if (!report.explained.length) {
    lead.textContent = `There are no explanations in this report: ${report.missing ?? "no photo could be read again"}.`;
    return;
  }
  lead.textContent = `Choose one of these predictions to trace it back to the pixels of the ${report.noun}, number by number.`;
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

// A table whose rows have a heading and values.
/** @param {string} caption @param {string[]} heads @param {Child[][]} rows */
function valueTable(caption, heads, rows) {
  return table(
    caption,
    caption.toLowerCase(),
    heads,
    rows.map(([name, ...values]) =>
      make("tr", {}, make("th", { scope: "row" }, name), values.map((value) => make("td", { class: "value" }, value))),
    ),
  );
}

/** @param {HTMLElement} root @param {ReportFacts} report */
function drawRun(root, report) {
  const classes = report.names.map((name, n) => [name_(name), ...Object.values(report.counts).map((counts) => grouped(counts[n]))]);
  root.append(
    make(
      "div",
      { class: "facts" },
      make("div", { class: "wide" }, valueTable("The network", report.headings, report.layers), note(report.totals)),
      valueTable("Photos", ["class", ...Object.keys(report.counts)], classes),
      valueTable("Training", ["option", "value"], report.options),
      valueTable("Versions", ["package", "version"], report.versions),
    ),
    make("h3", {}, "Notes on the photos"),
    report.notes.length ? make("ul", { class: "notes" }, report.notes.map((text) => make("li", {}, name_(text)))) : note("None."),
  );
}
