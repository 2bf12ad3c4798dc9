"use strict";

// 7 Backward: the gradients of the loss for a chosen true class, in the same pictures.

/** @param {Explanation} explanation @param {number} label */
const lossOf = (explanation, label) =>
  -Math.log(Math.max(explanation.probabilityOf(label), Number.MIN_VALUE));

/** @param {Explanation} explanation @param {number} label */
function startOfBackward(explanation, label) {
  const { model, logits, answers } = explanation;
  /** @param {string} text @param {string} caption */
  const term = (text, caption) => make("span", { class: "term" }, number(text), make("small", {}, caption));
  if (model.answer === "number") {
    return make(
      "p",
      {},
      "Without a sigmoid or softmax there is no probability and no loss; backward starts with ",
      number("1"),
      " at ",
      name_(model.names[label]),
      ": which changes would increase it?",
    );
  }
  const p = answers[explanation.outputOf(label)];
  const y = logits.length === 1 ? label : 1;
  return make(
    "p",
    { class: "sum" },
    term(plain(lossOf(explanation, label)), "loss = −log of the true class’s probability"),
    term(
      `p ${MINUS} y = ${plain(p)} ${MINUS} ${y}`,
      logits.length === 1 ? "d loss / d logit" : "d loss / d its logit (y = 0 for the others)",
    ),
    make(
      "span",
      { class: "term result" },
      number("= " + plain(p - y)),
      make("small", {}, "where backward starts"),
    ),
  );
}

// d loss / d kernel of one map: for each number of the kernel, the sum over all windows of the
// input under it times the gradient of the output.
/** @param {Explanation} explanation @param {number} place @param {number} filter @param {Numbers} dy */
function kernelGradient(explanation, place, filter, dy) {
  const layer = explanation.convolution(place);
  const x = explanation.activations[place];
  const dkernel = new Float64Array(layer.window[0] * layer.window[1] * layer.input[2]);
  eachWindow(layer, (i, j) => {
    const upstream = dy[placeOf(layer.output, i, j, filter)];
    eachCell(layer, i, j, (row, column, a, b) => {
      for (let c = 0; c < layer.input[2]; c++) {
        dkernel[(a * layer.window[1] + b) * layer.input[2] + c] +=
          upstream * x[placeOf(layer.input, row, column, c)];
      }
    });
  });
  return dkernel;
}

/** @param {Explanation} explanation @param {Numbers[]} gradients @param {number} place */
function kernelCard(explanation, gradients, place) {
  const layer = explanation.convolution(place);
  const { channel: filter } = page.chosen.get(place + 1);
  const dkernel = kernelGradient(explanation, place, filter, gradients[place + 1]);
  const channels = largest(layer.input[2], Math.min(layer.input[2], MOST_CARDS), (c) =>
    largestOf(dkernel, c, layer.input[2]),
  ).sort((m, n) => m - n);
  const grids = channels.map((c) =>
    numberGrid(
      channelName(layer.input, place, c),
      ...layer.window,
      (a, b) => dkernel[(a * layer.window[1] + b) * layer.input[2] + c],
      largestOf(dkernel),
    ),
  );
  return make(
    "div",
    { class: "card" },
    make("h4", {}, `d loss / d kernel ${filter} of ${layerName(layer, place)}`),
    make("div", { class: "equation" }, grids),
    note(
      "The gradient of the selected kernel for this photo alone: gradient descent takes a small step against these numbers.",
    ),
  );
}

// The selected cells, from the last maps down to the photo: number and gradient of each.
/** @param {Explanation} explanation @param {Numbers[]} gradients */
function selectedCells(explanation, gradients) {
  const rows = [];
  for (let at = explanation.model.logits - 1; at >= 0; at--) {
    const shape = explanation.shapeAt(at);
    if (!isMap(shape) || explanation.layers[at - 1]?.kind === "Dropout") continue;
    const cell = page.chosen.get(at);
    const k = placeOf(shape, cell.row, cell.column, cell.channel);
    rows.push(
      make(
        "tr",
        {},
        make("th", { scope: "row" }, at ? layerName(explanation.layers[at - 1], at - 1) : "the photo"),
        make("td", {}, placeText(shape, at, k)),
        make("td", { class: "number" }, plain(explanation.activations[at][k])),
        make("td", { class: "number" }, plain(gradients[at][k])),
      ),
    );
  }
  return table(
    "The selected cells, from the last maps to the photo",
    "the selected cells",
    ["after", "selected cell", "its number", "d loss / d number"],
    rows,
    2,
  );
}

views.push({
  id: "backward",
  render(root, explanation) {
    const { model, photo, logits } = explanation;
    const labels = logits.length === 1 && model.names.length > 1 ? [0, 1] : explanation.known;
    let label = [photo.truth, explanation.label].find((n) => n !== undefined && labels.includes(n)) ?? labels[0];
    const details = make("div", { class: "beside" });
    const update = () => {
      const gradients = explanation.gradients(explanation.seedFor(label));
      const place = page.shown.convolution;
      details.replaceChildren(
        make("div", { class: "tables" }, selectedCells(explanation, gradients)),
        place === undefined ? "" : kernelCard(explanation, gradients, place),
      );
    };
    const draw = () => {
      const gradients = explanation.gradients(explanation.seedFor(label));
      const shape = model.inputShape;
      const options = labels.map((n) => button(model.names[n], () => {}, { class: "pill" }));
      const group = oneOf(
        model.answer === "number" ? "output" : "the true class",
        options,
        labels.indexOf(label),
        (n) => {
          label = labels[n];
          redraw(root, draw);
        },
        { class: "pills" },
      );
      const channels = Array.from({ length: Math.min(shape[2], 3) }, (_, channel) => {
        const canvas = make("canvas", {
          class: "small-seen",
          role: "img",
          "aria-label": `gradient at the photo, ${channelName(shape, 0, channel)}`,
        });
        paintMap(canvas, gradients[0], shape, channel, scaleOf(gradients[0], shape, channel));
        return make("figure", {}, canvas, make("figcaption", {}, channelName(shape, 0, channel)));
      });
      const columns = [
        column(
          "the photo",
          shapeText(shape),
          make("div", { class: "photo-channels" }, channels),
          legend(largestOf(gradients[0]), true),
        ),
        ...stripColumns(explanation, gradients, (at) => page.chosen.get(at)?.channel ?? 0),
      ];
      root.append(
        make(
          "div",
          { class: "tools" },
          make("span", {}, model.answer === "number" ? "Output" : "The true class is"),
          group,
        ),
        startOfBackward(explanation, label),
        make("div", { class: "strip" }, columns),
        details,
      );
      update();
      if (explanation.known.length < logits.length) {
        root.append(
          note(
            `Only the ${photo.leading.length} most probable classes can be chosen: with the gradients of all, the page would be too large.`,
          ),
        );
      }
    };
    draw();
    page.onChoose(update);
  },
});
