"use strict";

// 1 The strip: the photo, the output of each layer, and the answer.

const MOST_MAPS = 64; // of a layer, shown at once
const MOST_WRITTEN = 12; // numbers of a layer, shown as text

/** @param {string} title @param {string} shape @param {Children[]} content */
function column(title, shape, ...content) {
  return make(
    "figure",
    { class: "column" },
    make("figcaption", {}, strong(title), make("span", { class: "shape" }, shape)),
    ...content,
  );
}

/** @param {Shape} shape */
const shapeText = (shape) => shape.map(grouped).join(" × ");

// The maps of one layer as small pictures; a click opens the explanation of the map.
/** @param {Explanation} explanation @param {number} at @param {Numbers} values @param {string} describe @param {(at: number) => number} isChosen */
function mapColumn(explanation, at, values, describe, isChosen) {
  const shape = explanation.shapeAt(at);
  const layer = explanation.layers[at - 1];
  const count = Math.min(shape[2], MOST_MAPS);
  const maps = Array.from({ length: count }, (_, channel) => {
    const canvas = make("canvas", { "aria-hidden": "true" });
    paintMap(canvas, values, shape, channel, scaleOf(values, shape, channel));
    return make(
      "button",
      {
        type: "button",
        class: "thumb",
        "aria-label": `map ${channel} of ${describe}`,
        title: `map ${channel}`,
      },
      canvas,
    );
  });
  const columns = count <= 4 ? 1 : count <= 8 ? 2 : count <= 32 ? 4 : 8;
  const grid = oneOf(`maps of ${describe}`, maps, isChosen(at), (channel) => page.chooseMap(at, channel), {
    class: count <= 8 ? "thumbs few" : "thumbs",
  });
  grid.style.gridTemplateColumns = `repeat(${columns}, var(--thumb))`;
  grid.dataset.at = String(at);
  const more = shape[2] > count ? note(`and ${shape[2] - count} more`) : null;
  return column(
    layerName(layer, at - 1),
    shapeText(shape),
    grid,
    more,
    page.perMap ? null : legend(largestOf(values), true),
  );
}

/** @param {Explanation} explanation @param {number} at @param {Numbers} values */
function numbersColumn(explanation, at, values) {
  const layer = explanation.layers[at - 1];
  const scale = largestOf(values);
  const title = layerName(layer, at - 1);
  const shape = shapeText(explanation.shapeAt(at));
  if (values.length <= MOST_WRITTEN)
    return column(
      title,
      shape,
      numberGrid("", values.length, 1, (n) => values[n], scale),
    );
  const isLong = layer.kind === "Flatten" || values.length > 1024;
  const canvas = make("canvas", {
    class: isLong ? "row-bar" : "units",
    role: "img",
    "aria-label": `${values.length} numbers of ${title}, from ${short(Math.min(...values))} to ${short(Math.max(...values))}`,
  });
  if (isLong) paintRow(canvas, values, 240, scale);
  else paintUnits(canvas, values, scale);
  if (!isLong) canvas.style.width = `calc(var(--unit) * ${canvas.width})`;
  return column(title, shape, canvas, legend(scale, true));
}

// The columns of a strip, up to the logits, for arrays of the shapes of the activations: the
// activations themselves, or their gradients.
/** @param {Explanation} explanation @param {Numbers[]} numbers @param {(at: number) => number} isChosen */
function stripColumns(explanation, numbers, isChosen) {
  const columns = [];
  for (let at = 1; at < numbers.length && numbers[at]; at++) {
    const layer = explanation.layers[at - 1];
    if (layer.kind === "Dropout") continue;
    columns.push(
      isMap(layer.output)
        ? mapColumn(explanation, at, numbers[at], layerName(layer, at - 1), isChosen)
        : numbersColumn(explanation, at, numbers[at]),
    );
  }
  return columns;
}

// The most probable classes.
/** @param {Explanation} explanation */
function answerColumn(explanation) {
  const { model } = explanation;
  const shown = largest(model.names.length, 6, (label) => explanation.probabilityOf(label));
  const lines = shown.map((label) =>
    make(
      "li",
      { class: label === explanation.label ? "is-answer" : "" },
      name_(model.names[label]),
      " ",
      number(
        model.answer === "number"
          ? short(explanation.probabilityOf(label))
          : percent(explanation.probabilityOf(label)),
      ),
    ),
  );
  return column(
    "the answer",
    model.answer === "number" ? "the logit" : model.answer,
    make("ul", { class: "answers" }, lines),
  );
}

views.push({
  id: "strip",
  render(root, explanation) {
    const { photo, model } = explanation;
    const seen = make("canvas", {
      class: "seen",
      role: "img",
      "aria-label": "the photo as the network sees it",
    });
    const shape = model.inputShape;
    if (isPicture(shape)) paintPhoto(seen, explanation.activations[0], shape, photo.range);
    else paintMap(seen, explanation.activations[0], shape, 0, largestOf(explanation.activations[0]));
    const view = column("as the network sees it", shapeText(shape), seen);
    const taken = photo.preview
      ? column(
          "the photo",
          "original",
          make("img", { class: "taken", src: photo.preview, alt: "the original photo" }),
        )
      : null;
    /** @type {Node[]} */
    const columns = [make("div", { class: "photos" }, taken, view)];
    /** @param {number} at */
    const isChosen = (at) => page.chosen.get(at)?.channel ?? 0;
    const last = explanation.activations.slice(0, model.logits + 1);
    columns.push(...stripColumns(explanation, last, isChosen), answerColumn(explanation));
    root.append(make("div", { class: "strip" }, columns));
    page.onChoose((at) => {
      for (const grid of document.querySelectorAll(`[data-at="${at}"]`)) grid.pick(isChosen(at));
    });
  },
});
