"use strict";

// 8 The check: the same logit, computed twice and independently.

// The error that float32 gradients and another order of summation can cause.
/** @param {number} logit */
const allowedError = (logit) => 1e-5 * Math.max(1, Math.abs(logit));

/** @param {Explanation} explanation */
function checksOf(explanation) {
  return explanation.known.map((n) => {
    const python = explanation.photo.logits[n];
    const browser = explanation.logits[n];
    const difference = Math.abs(browser - python);
    return { n, python, browser, difference, holds: difference <= allowedError(python) };
  });
}

views.push({
  id: "check",
  render(root, explanation) {
    const { model, photo } = explanation;
    const checks = checksOf(explanation);
    const rows = checks
      .slice(0, 20)
      .map(({ n, python, browser, difference, holds }) =>
        make(
          "tr",
          { class: holds ? "holds" : "fails" },
          make(
            "th",
            { scope: "row" },
            name_(
              explanation.logits.length === 1 && model.names.length > 1 ? model.names[1] : model.names[n],
            ),
          ),
          make("td", { class: "number" }, withMinus(browser.toFixed(12))),
          make("td", { class: "number" }, withMinus(python.toFixed(12))),
          make("td", { class: "number" }, difference.toExponential(1)),
          make("td", {}, holds ? "✓ agree" : "✗ differ"),
        ),
      );
    root.append(
      table(
        "The logit, twice",
        "the check",
        [
          "class",
          "computed by this page",
          "computed by Python (float64)",
          "difference",
          `at most ${allowedError(1)} × max(1, |logit|)`,
        ],
        rows,
      ),
    );
    for (const text of [...model.notes, ...photo.notes]) root.append(note(text));
  },
});
