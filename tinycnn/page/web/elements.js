"use strict";

// Creating elements. All strings, such as class and file names from untrusted files, become text
// nodes, never markup: nothing on this page is built from strings of HTML.

/** @type {View[]} */
const views = []; // each view adds itself: {id, render(root, explanation)}

/** @type {Make} */
function make(tag, properties = {}, ...children) {
  /** @type {any} */
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else if (name in element && name !== "role") element[name] = value;
    else if (value !== null && value !== false) element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

// A name from a file, isolated: right-to-left text in it does not affect the text around it.
/** @param {string} text */
const name_ = (text) => make("bdi", {}, text);
/** @param {Child[]} children */
const strong = (...children) => make("strong", {}, ...children);
/** @param {string} text */
const number = (text) => make("span", { class: "number" }, text);
/** @param {Child[]} children */
const note = (...children) => make("p", { class: "note" }, ...children);

/** @param {string} label @param {[number, string][]} options @param {number} chosen @param {(value: number) => void} onChoose */
function choice(label, options, chosen, onChoose) {
  const list = make("select", { onchange: () => onChoose(Number(list.value)) });
  for (const [value, text] of options)
    list.append(make("option", { value, selected: value === chosen }, text));
  return make("label", { class: "control" }, label + " ", list);
}

/** @param {string} label @param {() => void} onClick @param {Record<string, any>} properties */
function button(label, onClick, properties = {}) {
  return make("button", { type: "button", onclick: onClick, ...properties }, label);
}

// A radio group with one tab stop; the arrow keys move within it.
/** @param {string} label @param {HTMLElement[]} items @param {number} chosen @param {(n: number) => void} onChoose */
function oneOf(label, items, chosen, onChoose, properties = {}) {
  const group = make("div", { role: "radiogroup", "aria-label": label, ...properties }, items);
  /** @param {number} n @param {boolean} withFocus */
  const pick = (n, withFocus) => {
    const stop = n < items.length ? n : 0; // the selected item may not be shown
    items.forEach((item, m) => {
      item.setAttribute("aria-checked", String(m === n));
      item.tabIndex = m === stop ? 0 : -1;
    });
    if (withFocus) items[n].focus();
  };
  items.forEach((item, n) => {
    item.setAttribute("role", "radio");
    item.addEventListener("click", () => {
      pick(n, true);
      onChoose(n);
    });
    item.addEventListener("keydown", (event) => {
      const [before, after] = [(n - 1 + items.length) % items.length, (n + 1) % items.length];
      /** @type {Record<string, number | undefined>} */
      const keys = { ArrowRight: after, ArrowDown: after, ArrowLeft: before, ArrowUp: before, Home: 0, End: items.length - 1 };
      const next = keys[event.key];
      if (next === undefined) return;
      event.preventDefault();
      pick(next, true);
      onChoose(next);
    });
  });
  pick(Math.max(0, chosen), false);
  return Object.assign(group, {
    /** @param {number} n */
    pick: (n) => pick(n, false),
  });
}

// A small grid of numbers on their colours: a window, a kernel, their products.
const MOST_LARGE = 6; // columns that fit a narrow screen in large type

/** @type {NumberGrid} */
function numberGrid(caption, rows, columns, valueAt, scale, markAt = () => "") {
  const grid = make("div", { class: columns > MOST_LARGE ? "grid of-many" : "grid" });
  grid.style.gridTemplateColumns = `repeat(${columns}, minmax(0, 1fr))`;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const value = valueAt(row, column);
      const mark = markAt(row, column);
      const square = make("span", { class: "square " + mark }, value === null ? "" : short(value));
      if (value !== null) paintSquare(square, value, scale);
      else square.classList.add("outside");
      grid.append(square);
    }
  }
  return make("figure", { class: "numbers" }, grid, make("figcaption", {}, caption));
}

// Elements after an operator; no line break separates them from it.
/** @param {string} operator @param {Child[]} elements */
const signed = (operator, ...elements) =>
  make("span", { class: "signed" }, make("span", { class: "sign" }, operator), elements);

// The legend of a colour scale.
/** @param {number} scale */
function legend(scale, isNarrow = false) {
  const key = make("canvas", { class: "legend-bar", "aria-hidden": "true" });
  paintNumbers(key, 1, 65, (n) => n - 32, 32);
  if (isNarrow) return make("span", { class: "legend" }, key, number("±" + short(scale)));
  return make("span", { class: "legend" }, number(scale ? short(-scale) : "0"), key, number(short(scale)));
}

// Text with a copy button. It is also selectable, since a page may not be allowed to copy.
/** @param {string} label @param {() => string} textOf */
function codeBox(label, textOf) {
  const code = make("code", {});
  const status = make("span", { class: "copy-status", role: "status" });
  const copy = button("Copy", async () => {
    try {
      await navigator.clipboard.writeText(code.textContent);
      status.textContent = "copied";
    } catch {
      getSelection()?.selectAllChildren(code);
      status.textContent = "selected: press Ctrl+C";
    }
  });
  const box = make(
    "details",
    { class: "code" },
    make("summary", {}, label),
    make("div", { class: "code-tools" }, copy, status),
    make("pre", { tabIndex: 0, "aria-label": label }, code),
  );
  const refresh = () => {
    if (!box.open) return;
    code.textContent = textOf();
    status.textContent = "";
  };
  box.addEventListener("toggle", refresh);
  return { element: box, refresh };
}

// A bar whose length is a number; with a line in the middle if both signs occur.
/** @param {number} value @param {number} scale */
function bar(value, scale, isTwoSided = false) {
  const fill = make("span", { class: value < 0 ? "fill against" : "fill" });
  fill.style.width = `${scale ? (Math.abs(value) / scale) * (isTwoSided ? 50 : 100) : 0}%`;
  return make("span", { class: isTwoSided ? "bar two-sided" : "bar", "aria-hidden": "true" }, fill);
}

// A table that scrolls if the page is too narrow. The first `texts` columns hold text, the
// others numbers; a column without a heading shows the numbers of the last one as bars.
/** @param {Children} caption @param {string} label @param {string[]} heads @param {Node[]} rows */
function table(caption, label, heads, rows, texts = 1) {
  /** @param {string} text @param {number} n */
  const head = (text, n) =>
    make(
      "th",
      { scope: "col", class: n < texts ? "" : "number-head" },
      text || make("span", { class: "unseen" }, "as a bar"),
    );
  return make(
    "div",
    { class: "scroll", tabIndex: 0, role: "region", "aria-label": label },
    make(
      "table",
      {},
      make("caption", {}, caption),
      make("thead", {}, make("tr", {}, heads.map(head))),
      make("tbody", {}, rows),
    ),
  );
}

// Redraws an element; the focus and open boxes are restored.
/** @param {HTMLElement} root @param {() => void} draw */
function redraw(root, draw) {
  const stops = () => [...root.querySelectorAll("button, select, input, summary, [tabindex]")];
  const focused = stops().findIndex((stop) => stop === document.activeElement);
  const open = [...root.querySelectorAll("details")].map((box) => box.open);
  root.replaceChildren();
  draw();
  root.querySelectorAll("details").forEach((box, n) => (box.open = Boolean(open[n])));
  if (focused >= 0) stops()[Math.min(focused, stops().length - 1)]?.focus({ preventScroll: true });
}
