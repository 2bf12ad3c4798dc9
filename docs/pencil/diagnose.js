"use strict";

// What a student's numbers say: right, following from a slip above, or the numbers of a usual
// mistake. A mistake is named only if it gives every number that was written down.

// Reads "1/3", "0,25" and "−2", too. Returns {value, unit} or null; unit is the last digit's place,
// 0 if nothing was rounded. A percentage is taken as rounded.
/** @param {string} text @returns {Reading | null} */
function readNumber(text) {
  const tidy = text.trim().replace(/[−–]/g, "-").replace(",", ".");
  const percent = /^(.*\d)\s*%$/.exec(tidy);
  if (percent) {
    const share = readNumber(percent[1]);
    return share && { value: share.value / 100, unit: (share.unit || 1) / 100 };
  }
  const fraction = /^([+-]?\d+)\s*\/\s*(\d+)$/.exec(tidy);
  if (fraction && Number(fraction[2]) > 0) return { value: Number(fraction[1]) / Number(fraction[2]), unit: 0 };
  const parts = /^[+-]?(?:\d+(?:\.(\d*))?|\.(\d+))(?:e([+-]?\d{1,2}))?$/i.exec(tidy);
  if (!parts) return null;
  const decimals = (parts[1] ?? parts[2] ?? "").length - Number(parts[3] ?? 0);
  return { value: Number(tidy), unit: decimals > 0 ? 10 ** -decimals : 0 };
}

const EXACT = 1e-9;
const SHARE = 0.02; // of a number: what steps that were rounded before may add up to

// Whether a number written down is this exact one, rounded. A whole number was not rounded.
/** @param {Reading} reading @param {number} exact */
function agrees({ value, unit }, exact) {
  const slack = Math.min(1.5 * unit, Math.max(SHARE * Math.abs(exact), unit / 2));
  return Math.abs(value - exact) <= slack + EXACT;
}

/** @param {Box[][]} table @returns {BoxCell[]} */
const cellsOf = (table) => table.flatMap((row, i) => row.map((value, j) => ({ i, j, ...value })));

// written: rows of {text, number}. earlier: {numbers, differ}, the arrays that the step needs, as
// the student has them, and whether one of them is not right; null if one is missing.
// Returns {kind, isFull, wrong, causes}.
/** @param {Step} step @param {Box[][]} written @param {Earlier | null} earlier @returns {Diagnosis} */
function diagnose(step, written, earlier) {
  const cells = cellsOf(written).filter(({ text }) => text.trim());
  /** @type {(kind: Kind, wrong?: BoxCell[], causes?: Mistake[]) => Diagnosis} */
  const result = (kind, wrong = [], causes = []) => ({
    kind,
    isFull: cells.length === step.right.flat().length,
    wrong,
    causes,
  });
  if (!cells.length) return result("empty");
  const unread = cells.filter(({ number }) => !number);
  if (unread.length) return result("unread", unread);
  /** @param {Table} table */
  const differing = (table) => cells.filter(({ i, j, number }) => !(number && agrees(number, table[i][j])));
  const wrong = differing(step.right);
  if (!wrong.length) return result("right");
  const own = earlier?.differ ? FOLLOW[step.name](earlier.numbers) : null;
  if (own && !differing(own).length) return result("follows");
  const enough = cells.length >= Math.min(3, step.right.flat().length);
  const causes = enough ? step.mistakes.filter(({ numbers }) => !differing(numbers).length) : [];
  if (causes.length) return result("cause", wrong, causes);
  return own ? result("upstream", differing(own)) : result("unknown", wrong);
}
