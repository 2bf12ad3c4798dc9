"use strict";

// Arrays from base64, and numbers as text.

const MINUS = "\u2212"; // as wide as a plus

/** @param {string} base64 */
function bufferOf(base64) {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let n = 0; n < text.length; n++) bytes[n] = text.charCodeAt(n);
  return bytes.buffer;
}

// Returns doubles: all later computations are in double precision.
/** @param {Packed} packed @returns {Numbers} */
function numbersOf(packed) {
  if ("float64" in packed) return new Float64Array(bufferOf(packed.float64));
  if ("float32" in packed) return Float64Array.from(new Float32Array(bufferOf(packed.float32)));
  if ("int32" in packed) return Float64Array.from(new Int32Array(bufferOf(packed.int32)));
  return Float64Array.from(new Int16Array(bufferOf(packed.int16)), (n) => n * packed.scale);
}

/** @param {string} text */
const withMinus = (text) => text.replace("-", MINUS);

// For the squares of a grid: about three digits.
/** @param {number} value */
function short(value) {
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (size >= 100000 || size < 0.0005) {
    const [head, tail] = value.toExponential(0).split("e");
    return withMinus(head) + "e" + withMinus(tail.replace("+", ""));
  }
  return withMinus(size >= 1000 ? value.toFixed(0) : size >= 10 ? value.toFixed(1) : value.toFixed(3));
}

// For sums in the text: six decimals, so that they can be checked by hand.
/** @param {number} value */
function plain(value) {
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (size >= 1e7 || size < 1e-5) {
    const [head, tail] = value.toExponential(3).split("e");
    return withMinus(head) + "e" + withMinus(tail.replace("+", ""));
  }
  return withMinus(value.toFixed(6));
}

// All digits, in Python's notation for the same number.
/** @param {number} value */
const full = (value) =>
  Object.is(value, -0) ? "-0.0" : Number.isInteger(value) ? value.toFixed(1) : String(value);

// "+ 0.12" or "− 0.12": the second or a later term of a sum.
/** @param {number} value */
const further = (value) => (value < 0 ? MINUS + " " : "+ ") + plain(Math.abs(value));

/** @param {number} share */
function percent(share) {
  const hundredths = share * 100;
  if (hundredths > 99.9 && share < 1) return "> 99.9%";
  if (hundredths < 0.1 && share > 0) return "< 0.1%";
  return hundredths.toFixed(1) + "%";
}

/** @param {number} count */
const grouped = (count) => String(count).replace(/\B(?=(\d{3})+$)/g, ",");

/** @param {Iterable<number>} values */
function sumOf(values) {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

// The indices of the `count` largest by `key`, largest first; at a tie, the lower index first.
/** @param {number} length @param {number} count @param {(n: number) => number} key */
function largest(length, count, key) {
  /** @type {{ n: number, size: number }[]} */
  const top = [];
  for (let n = 0; n < length; n++) {
    const size = key(n);
    if (top.length === count && !(size > top[count - 1].size)) continue;
    let place = top.length;
    while (place > 0 && size > top[place - 1].size) place--;
    top.splice(place, 0, { n, size });
    top.length = Math.min(top.length, count);
  }
  return top.map(({ n }) => n);
}
