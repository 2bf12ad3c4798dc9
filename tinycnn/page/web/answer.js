"use strict";

// 6 The answer: from the logit to a probability and a class.

// The sigmoid curve with a dot at the logit, in the resolution of the screen.
/** @param {HTMLCanvasElement} canvas @param {number} logit @param {number} threshold @param {string[]} names */
function drawCurve(canvas, logit, threshold, names) {
  const width = Math.min(560, canvas.parentElement?.clientWidth || 560);
  const height = 250;
  const sharp = Math.max(1, devicePixelRatio);
  canvas.width = width * sharp;
  canvas.height = height * sharp;
  canvas.style.width = `${width}px`;
  const context = contextOf(canvas);
  context.scale(sharp, sharp);
  const style = getComputedStyle(document.documentElement);
  /** @param {"ink" | "muted" | "line"} name */
  const colour = (name) =>
    isPrinting
      ? { ink: "#222", muted: "#555", line: "#bbb" }[name]
      : style.getPropertyValue(`--${name}`).trim();
  const limit = Math.max(6, Math.ceil(Math.abs(logit) * 1.15));
  const [left, right, top, bottom] = [44, width - 14, 16, height - 40];
  /** @param {number} value */
  const x = (value) => left + ((value + limit) / (2 * limit)) * (right - left);
  /** @param {number} p */
  const y = (p) => bottom - p * (bottom - top);
  /** @param {number[][]} points @param {string} stroke @param {number} size @param {number[]} dashes */
  const line = (points, stroke, size, dashes = []) => {
    context.beginPath();
    context.setLineDash(dashes);
    points.forEach(([px, py], n) => (n ? context.lineTo(px, py) : context.moveTo(px, py)));
    context.strokeStyle = stroke;
    context.lineWidth = size;
    context.stroke();
    context.setLineDash([]);
  };
  /** @param {string} text @param {number} px @param {number} py @param {CanvasTextAlign} align */
  const write = (text, px, py, align, fill = colour("muted")) => {
    context.fillStyle = fill;
    context.textAlign = align;
    context.font = "12px system-ui, sans-serif";
    context.fillText(text, px, py);
  };
  for (const p of [0, 0.5, 1]) {
    line(
      [
        [left, y(p)],
        [right, y(p)],
      ],
      colour("line"),
      1,
    );
    write(p.toFixed(1), left - 8, y(p) + 4, "right");
  }
  line(
    [
      [left, y(threshold)],
      [right, y(threshold)],
    ],
    colour("ink"),
    1,
    [4, 4],
  );
  line(
    [
      [x(0), top],
      [x(0), bottom],
    ],
    colour("line"),
    1,
  );
  for (const tick of [-limit, 0, limit])
    write(withMinus(String(tick)), x(tick), bottom + 16, tick < 0 ? "left" : tick > 0 ? "right" : "center");
  write("logit", (left + right) / 2, height - 6, "center");
  const points = Array.from({ length: 121 }, (_, n) => {
    const value = -limit + (n / 120) * 2 * limit;
    return [x(value), y(sigmoid(value))];
  });
  line(points, colour("ink"), 2);
  const p = sigmoid(logit);
  const dot = css(STOPS.light[logit < 0 ? 1 : 5]);
  line(
    [
      [x(logit), bottom],
      [x(logit), y(p)],
      [left, y(p)],
    ],
    dot,
    1.5,
    [2, 3],
  );
  context.beginPath();
  context.arc(x(logit), y(p), 7, 0, 2 * Math.PI);
  context.fillStyle = dot;
  context.fill();
  context.strokeStyle = colour("ink");
  context.stroke();
  /** @param {string} name */
  const cut = (name) => (name.length > 22 ? name.slice(0, 21) + "…" : name);
  write(`↑ ${cut(names[1])}`, left + 6, y(threshold) - 6, "left", colour("ink"));
  write(`↓ ${cut(names[0])}`, left + 6, y(threshold) + 15, "left", colour("ink"));
}

/** @param {ViewRoot} root @param {Explanation} explanation */
function sigmoidAnswer(root, explanation) {
  const { model } = explanation;
  const logit = explanation.logits[0];
  const p = explanation.answers[0];
  const canvas = make("canvas", {
    class: "curve",
    role: "img",
    "aria-label": `the sigmoid curve with a dot at logit ${plain(logit)}, probability ${plain(p)}`,
  });
  const words = make(
    "div",
    { class: "details" },
    make(
      "p",
      { class: "sum" },
      make(
        "span",
        { class: "term" },
        number(`1 / (1 + exp(${MINUS}logit))`),
        make("small", {}, "the sigmoid"),
      ),
      make(
        "span",
        { class: "term" },
        number(`= 1 / (1 + exp(${plain(-logit)}))`),
        make("small", {}, `of the logit ${plain(logit)}`),
      ),
      make(
        "span",
        { class: "term result" },
        number("= " + plain(p)),
        make("small", {}, "probability of ", name_(model.names[1])),
      ),
    ),
    make(
      "p",
      {},
      "Above the threshold ",
      number(String(model.threshold)),
      " the answer is ",
      name_(model.names[1]),
      ", otherwise ",
      name_(model.names[0]),
      ": so the answer is ",
      strong(name_(model.names[explanation.label])),
      ", with probability ",
      number(percent(explanation.probabilityOf(explanation.label))),
      ".",
    ),
  );
  root.append(make("div", { class: "beside" }, make("div", { class: "curve-box" }, canvas), words));
  const draw = () => drawCurve(canvas, logit, model.threshold, model.names);
  draw();
  page.onResize(draw);
}

// One bar for each class; for a softmax, also the term of each logit in the sum.
/** @param {ViewRoot} root @param {Explanation} explanation */
function barsAnswer(root, explanation) {
  const { model } = explanation;
  const count = Math.min(model.names.length, 20);
  const order = largest(model.names.length, count, (n) => explanation.answers[n]);
  const isSoftmax = model.answer === "softmax";
  const top = Math.max(...explanation.logits);
  const scale = largestOf(explanation.answers);
  const rows = order.map((n) => {
    return make(
      "tr",
      { class: n === explanation.label ? "is-answer" : "" },
      make("th", { scope: "row" }, name_(model.names[n])),
      make("td", { class: "number" }, plain(explanation.logits[n])),
      isSoftmax ? make("td", { class: "number" }, plain(Math.exp(explanation.logits[n] - top))) : null,
      model.answer === "number" ? null : make("td", { class: "number" }, percent(explanation.answers[n])),
      make("td", { class: "wide" }, bar(explanation.answers[n], model.answer === "number" ? scale : 1)),
    );
  });
  const heads = [
    "class",
    "logit",
    isSoftmax ? "exp(logit − largest)" : null,
    model.answer === "number" ? null : "probability",
    "",
  ];
  const caption = {
    softmax: "Softmax: exp(logit) divided by the sum over all classes",
    sigmoid: "A sigmoid for each class: 1 / (1 + exp(−logit))",
    number: "The network has no final sigmoid or softmax: the logits are the answer",
  }[model.answer];
  root.append(
    table(
      caption,
      "classes and their probabilities",
      heads.filter((head) => head !== null),
      rows,
    ),
  );
  if (count < model.names.length)
    root.append(note(`${model.names.length - count} other classes are less probable.`));
  root.append(
    make("p", {}, "The class with the largest value is the answer: ", strong(name_(model.names[explanation.label])), "."),
  );
}

views.push({
  id: "answer",
  render(root, explanation) {
    if (explanation.model.answer === "sigmoid" && explanation.logits.length === 1)
      sigmoidAnswer(root, explanation);
    else barsAnswer(root, explanation);
  },
});
