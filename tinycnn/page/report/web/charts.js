"use strict";

// The curves: two charts over the same epochs, with a common cursor line. The second curve
// is of the photos that were evaluated after each epoch, `watched`: validation or test.

const CHART_HEIGHT = 250;
const EDGES = { left: 44, right: 14, top: 12, bottom: 34 };
/** @type {{ split: string, prefix: "" | "val_" }[]} */
const CURVES = [
  { split: "training", prefix: "" },
  { split: "watched", prefix: "val_" },
];

// The SVG namespace, taken from an element: the page contains no addresses.
const SVG = document.querySelector("svg")?.namespaceURI ?? null;

/** @param {string} tag @param {Record<string, string | number>} properties @param {(Node | string)[]} children */
function draw_(tag, properties, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(properties)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

// A step of 1, 2 or 5 times a power of ten, so that about `count` steps reach `most`.
/** @param {number} most @param {number} count */
function stepFor(most, count) {
  const rough = most / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * ([1, 2, 5].find((n) => n * power >= rough * 0.999) ?? 10);
}

/** @param {number} most @param {number} count */
function ticksTo(most, count) {
  const step = stepFor(most, count);
  return Array.from({ length: Math.floor(most / step + 1e-9) + 1 }, (_, n) => n * step);
}

// One chart of the available width. Returns the element and `read(epoch)`, which moves the
// cursor line.
/** @param {Metric} name @param {Curves} history @param {number} width @param {number} top */
function chart(name, history, width, top) {
  const epochs = history[name].length;
  const [first, last] = [EDGES.left, width - EDGES.right];
  const [low, high] = [CHART_HEIGHT - EDGES.bottom, EDGES.top];
  /** @param {number} n */
  const x = (n) => (epochs > 1 ? first + (n / (epochs - 1)) * (last - first) : (first + last) / 2);
  /** @param {number} value */
  const y = (value) => low + (value / top) * (high - low);
  const svg = draw_("svg", { width, height: CHART_HEIGHT, viewBox: `0 0 ${width} ${CHART_HEIGHT}` });
  const decimals = top <= 0.1 ? 3 : top <= 1 ? 1 : top < 5 ? 1 : 0;
  for (const tick of ticksTo(top, 5)) {
    svg.append(
      draw_("line", { class: "rule", x1: first, x2: last, y1: y(tick), y2: y(tick) }),
      draw_("text", { x: first - 8, y: y(tick) + 4, "text-anchor": "end" }, tick.toFixed(decimals)),
    );
  }
  const step = Math.max(1, stepFor(epochs, Math.min(10, width / 46)));
  for (let epoch = 1; epoch <= epochs; epoch++) {
    if (epoch !== 1 && (epoch % step || epochs === 1)) continue;
    svg.append(draw_("text", { x: x(epoch - 1), y: low + 18, "text-anchor": "middle" }, String(epoch)));
  }
  svg.append(draw_("text", { x: (first + last) / 2, y: CHART_HEIGHT - 2, "text-anchor": "middle" }, "epoch"));
  const reader = draw_("line", { class: "reader", y1: high, y2: low });
  svg.append(reader);
  /** @type {[Element, number[]][]} */
  const dots = [];
  for (const { split, prefix } of CURVES) {
    const values = history[prefix + name];
    const points = values.map((value, n) => `${x(n).toFixed(2)},${y(value).toFixed(2)}`);
    svg.append(draw_("polyline", { class: `curve-line ${split}`, points: points.join(" ") }));
    const dot = draw_("circle", { class: `dot ${split}`, r: 5 });
    dots.push([dot, values]);
    svg.append(dot);
  }
  /** @param {number} n */
  const read = (n) => {
    reader.setAttribute("x1", x(n));
    reader.setAttribute("x2", x(n));
    for (const [dot, values] of dots) {
      dot.setAttribute("cx", x(n));
      dot.setAttribute("cy", y(values[n]));
    }
  };
  /** @param {number} px */
  const epochAt = (px) => Math.max(0, Math.min(epochs - 1, Math.round(((px - first) / (last - first)) * (epochs - 1) || 0)));
  return { svg, read, epochAt };
}

/** @type {{ name: Metric, title: string, write: (value: number) => string }[]} */
const KINDS = [
  { name: "accuracy", title: "Accuracy", write: percent },
  { name: "loss", title: "Loss", write: (value) => value.toFixed(4) },
];

// The values of an epoch as text: shown below the charts, and read by screen readers.
/** @param {Curves} history @param {string} watched @param {number} n */
function epochText(history, watched, n) {
  const values = KINDS.map(({ name, write }) => {
    const [training, seen] = CURVES.map(({ prefix }) => write(history[prefix + name][n]));
    return `${name} ${training} in training, ${seen} on the ${watched} photos`;
  });
  return `epoch ${n + 1}: ${values.join("; ")}`;
}

/** @param {string} split @param {string} watched */
const curveName = (split, watched) => (split === "watched" ? watched : split);

/** @param {Curves} history @param {string} watched */
function epochTable(history, watched) {
  const epochs = history.loss.map((_, n) => n);
  const rows = epochs.map((n) =>
    make(
      "tr",
      {},
      make("th", { scope: "row" }, String(n + 1)),
      KINDS.map(({ name, write }) =>
        CURVES.map(({ prefix }) => make("td", { class: "number" }, write(history[prefix + name][n]))),
      ).flat(),
    ),
  );
  const heads = ["epoch", ...KINDS.flatMap(({ name }) => CURVES.map(({ split }) => `${name}, ${curveName(split, watched)}`))];
  return table("The values of each epoch", "the values of each epoch", heads, rows);
}

/** @param {HTMLElement} root @param {Curves} history @param {string} watched */
function drawCharts(root, history, watched) {
  const epochs = history.loss.length;
  const tops = { accuracy: 1, loss: Math.max(...history.loss, ...history.val_loss) * 1.05 || 1 };
  let current = epochs - 1;
  /** @type {ReturnType<typeof chart>[]} */
  let charts = [];
  const plots = KINDS.map(() => make("div", { class: "plot" }));
  const boxes = KINDS.map(({ title }, n) => make("figure", { class: "chart" }, make("figcaption", {}, title), plots[n]));
  const slider = make(
    "div",
    { class: "charts", role: "slider", tabIndex: 0, "aria-label": "epoch", "aria-valuemin": 1, "aria-valuemax": epochs },
    boxes,
  );
  const reading = make("p", { class: "reading number" });
  /** @param {number} n */
  const read = (n) => {
    charts.forEach((each) => each.read(n));
    reading.textContent = epochText(history, watched, n);
  };
  /** @param {number} n */
  const choose = (n) => {
    current = n;
    slider.setAttribute("aria-valuenow", n + 1);
    slider.setAttribute("aria-valuetext", epochText(history, watched, n));
    read(n);
  };
  const key = CURVES.map(({ split }) => {
    const sample = draw_("svg", { width: 34, height: 10, "aria-hidden": "true" });
    sample.append(draw_("line", { class: `curve-line ${split}`, x1: 1, x2: 33, y1: 5, y2: 5 }));
    return make("span", { class: "legend" }, sample, curveName(split, watched));
  });
  root.append(
    make("p", { class: "lead" }, `After each epoch - one pass through the training photos - the network was evaluated on the ${watched} photos.`),
    make("p", {}, "Move the pointer over a curve, or use the arrow keys, to read the values of an epoch."),
    make("p", { class: "tools" }, key),
    slider,
    reading,
    note(
      "The training values are means over the epoch, computed while the network was learning, on randomly changed photos; " +
        `the ${watched} values are those of the network at the end of the epoch. The model file holds the network after the last epoch.`,
    ),
  );
  const digits = make("details", { class: "code" }, make("summary", {}, "All values as a table"));
  digits.addEventListener("toggle", () => digits.children.length === 1 && digits.append(epochTable(history, watched)));
  root.append(digits);
  const draw = () => {
    charts = KINDS.map(({ name }, n) => {
      const plot = plots[n];
      const made = chart(name, history, Math.max(240, plot.clientWidth), tops[name]);
      made.svg.setAttribute("aria-hidden", "true");
      plot.replaceChildren(made.svg);
      plot.onpointermove = (event) => read(made.epochAt(event.clientX - plot.getBoundingClientRect().left));
      plot.onpointerleave = () => read(current);
      plot.onclick = (event) => choose(made.epochAt(event.clientX - plot.getBoundingClientRect().left));
      return made;
    });
    choose(current);
  };
  slider.addEventListener("keydown", (event) => {
    const [after, before] = [current + 1, current - 1];
    /** @type {Record<string, number | undefined>} */
    const keys = {
      ArrowRight: after,
      ArrowUp: after,
      ArrowLeft: before,
      ArrowDown: before,
      PageUp: current + 10,
      PageDown: current - 10,
      Home: 0,
      End: epochs - 1,
    };
    const next = keys[event.key];
    if (next === undefined) return;
    event.preventDefault();
    choose(Math.max(0, Math.min(epochs - 1, next)));
  });
  draw();
  return draw;
}
