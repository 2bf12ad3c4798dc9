"use strict";

// A map to explore: hovering previews a cell, a click or the arrow keys select it.

// A frame around cells, above the canvas: hovering moves the frame and repaints nothing.
/** @param {string} kind */
function frame(kind) {
  const element = make("span", { class: `frame ${kind}`, hidden: true });
  return {
    element,
    // May extend beyond the border, as windows with "same" padding do.
    /** @param {Shape} shape @param {number} row @param {number} column */
    put(shape, row, column, rows = 1, columns = 1) {
      element.hidden = false;
      element.style.left = `${(column / shape[1]) * 100}%`;
      element.style.top = `${(row / shape[0]) * 100}%`;
      element.style.width = `${(columns / shape[1]) * 100}%`;
      element.style.height = `${(rows / shape[0]) * 100}%`;
    },
    hide() {
      element.hidden = true;
    },
  };
}

// A picture with frames.
/** @param {string} caption @param {Shape} shape @param {Frame[]} frames @param {Paint} paint @param {string} label */
function picture(caption, shape, frames, paint, label) {
  const canvas = make("canvas", { role: "img", "aria-label": label });
  const stage = make(
    "div",
    { class: "stage" },
    canvas,
    frames.map((each) => each.element),
  );
  const text = make("figcaption", {}, caption);
  stage.style.aspectRatio = `${shape[1]} / ${shape[0]}`;
  paint(canvas);
  return {
    element: make("figure", { class: "map" }, stage, text),
    stage,
    canvas,
    text,
    repaint: () => paint(canvas),
  };
}

// A picture whose cells can be selected. `onLook` is called with each cell that is previewed or
// selected and returns its number as text; `onChoose` is called only with selected cells.
// Returns the picture, with `look` to move its frame.
/** @type {MakeExplorer} */
function explorer(caption, shape, frames, paint, label, chosen, onLook, onChoose) {
  const cursor = frame("cell");
  const map = picture(caption, shape, [...frames, cursor], paint, label);
  const { stage, canvas } = map;
  let selected = chosen;
  canvas.removeAttribute("role");
  canvas.setAttribute("aria-hidden", "true");
  stage.tabIndex = 0;
  stage.classList.add("explorer");
  stage.setAttribute("role", "application");
  stage.setAttribute("aria-roledescription", "map");

  /** @param {Cell} cell */
  const look = (cell) => {
    cursor.put(shape, cell.row, cell.column);
    stage.setAttribute(
      "aria-label",
      `${label}: row ${cell.row}, column ${cell.column}. Arrow keys step through the cells.`,
    );
    return onLook(cell);
  };
  // For screen readers: the number of the selected cell.
  const status = make("span", { class: "unseen", role: "status" });
  map.element.append(status);
  /** @param {Cell} cell */
  const choose = (cell) => {
    selected = cell;
    status.textContent = `row ${cell.row}, column ${cell.column}: ${look(cell)}`;
    onChoose(cell);
  };
  /** @param {MouseEvent} event */
  const cellUnder = (event) => {
    const box = canvas.getBoundingClientRect();
    /** @param {number} share @param {number} length */
    const within = (share, length) => Math.max(0, Math.min(length - 1, Math.floor(share * length)));
    return {
      ...selected,
      row: within((event.clientY - box.top) / box.height, shape[0]),
      column: within((event.clientX - box.left) / box.width, shape[1]),
    };
  };
  stage.addEventListener("pointermove", (event) => look(cellUnder(event)));
  stage.addEventListener("pointerleave", () => look(selected));
  stage.addEventListener("click", (event) => choose(cellUnder(event)));
  stage.addEventListener("keydown", (event) => {
    const size = event.shiftKey ? 10 : 1;
    /** @type {Record<string, Pair | undefined>} */
    const steps = {
      ArrowUp: [-size, 0],
      ArrowDown: [size, 0],
      ArrowLeft: [0, -size],
      ArrowRight: [0, size],
      Home: [0, -shape[1]],
      End: [0, shape[1]],
      PageUp: [-shape[0], 0],
      PageDown: [shape[0], 0],
    };
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    /** @param {number} place @param {number} length */
    const within = (place, length) => Math.max(0, Math.min(length - 1, place));
    choose({
      ...selected,
      row: within(selected.row + step[0], shape[0]),
      column: within(selected.column + step[1], shape[1]),
    });
  });
  return Object.assign(map, {
    /** @param {Cell} cell */
    look(cell) {
      selected = cell;
      look(cell);
    },
  });
}

// A function that paints activations[at]: the photo in its colours, or one map.
/** @param {Explanation} explanation @param {number} at @param {() => number} channelOf @returns {Paint} */
function painterOf(explanation, at, channelOf) {
  const shape = explanation.shapeAt(at);
  const values = explanation.activations[at];
  return (canvas) => {
    if (at === 0 && isPicture(shape)) return paintPhoto(canvas, values, shape, explanation.photo.range);
    return paintMap(canvas, values, shape, channelOf(), scaleOf(values, shape, channelOf()));
  };
}

/** @param {Shape} shape @param {number} at @param {number} channel */
function channelName(shape, at, channel) {
  if (at === 0 && shape[2] === 3) return ["red", "green", "blue"][channel];
  if (at === 0 && shape[2] === 1) return "grey";
  return `map ${channel}`;
}

// The label of a layer: its index in the model and its class.
/** @param {Layer} layer @param {number} place */
const layerName = (layer, place) => `${place} ${layer.kind}`;

// Controls to select one map of a layer: a list and two buttons.
/** @param {number} count @param {number} chosen @param {(channel: number) => void} onChoose */
function mapChoice(count, chosen, onChoose) {
  /** @type {[number, string][]} */
  const options = Array.from({ length: count }, (_, n) => [n, `map ${n}`]);
  const list = choice(`one of ${count} maps`, options, chosen, onChoose);
  /** @param {number} step */
  const go = (step) => onChoose((chosen + step + count) % count);
  return make(
    "span",
    { class: "map-choice" },
    list,
    button("‹", () => go(-1), { "aria-label": "previous map" }),
    button("›", () => go(1), { "aria-label": "next map" }),
  );
}

// The position of a number, as text.
/** @param {Shape} shape @param {number} at @param {number} k */
function placeText(shape, at, k) {
  if (!isMap(shape)) return `number ${grouped(k)}`;
  const { row, column, channel } = cellOf(shape, k);
  return `${channelName(shape, at, channel)}, row ${row}, column ${column}`;
}
