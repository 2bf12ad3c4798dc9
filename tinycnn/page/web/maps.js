"use strict";

// A map that can be explored: hovering previews a cell, a click or the arrow keys choose it.

// A frame around cells, over the canvas; hovering moves frames and repaints nothing.
function frame(kind) {
  const element = make("span", { class: `frame ${kind}`, hidden: true });
  return {
    element,
    // May hang over the border, as windows with "same" padding do.
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

// A picture with frames on it.
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

// A picture whose cells can be chosen. `onLook` is called with each cell that is previewed or
// chosen and returns its number as text, `onChoose` is called with chosen ones only. Returns
// the picture, with `look` to move its frame.
function explorer(caption, shape, frames, paint, label, chosen, onLook, onChoose) {
  const cursor = frame("cell");
  const map = picture(caption, shape, [...frames, cursor], paint, label);
  const { stage, canvas } = map;
  let held = chosen;
  canvas.removeAttribute("role");
  canvas.setAttribute("aria-hidden", "true");
  stage.tabIndex = 0;
  stage.classList.add("explorer");
  stage.setAttribute("role", "application");
  stage.setAttribute("aria-roledescription", "map");

  const look = (cell) => {
    cursor.put(shape, cell.row, cell.column);
    stage.setAttribute(
      "aria-label",
      `${label}: row ${cell.row}, column ${cell.column}. Arrow keys step through the cells.`,
    );
    return onLook(cell);
  };
  // Spoken for those who do not see it: the number of the cell that was chosen.
  const said = make("span", { class: "unseen", role: "status" });
  map.element.append(said);
  const choose = (cell) => {
    held = cell;
    said.textContent = `row ${cell.row}, column ${cell.column}: ${look(cell)}`;
    onChoose(cell);
  };
  const under = (event) => {
    const box = canvas.getBoundingClientRect();
    const within = (share, length) => Math.max(0, Math.min(length - 1, Math.floor(share * length)));
    return {
      ...held,
      row: within((event.clientY - box.top) / box.height, shape[0]),
      column: within((event.clientX - box.left) / box.width, shape[1]),
    };
  };
  stage.addEventListener("pointermove", (event) => look(under(event)));
  stage.addEventListener("pointerleave", () => look(held));
  stage.addEventListener("click", (event) => choose(under(event)));
  stage.addEventListener("keydown", (event) => {
    const far = event.shiftKey ? 10 : 1;
    const step = {
      ArrowUp: [-far, 0],
      ArrowDown: [far, 0],
      ArrowLeft: [0, -far],
      ArrowRight: [0, far],
      Home: [0, -shape[1]],
      End: [0, shape[1]],
      PageUp: [-shape[0], 0],
      PageDown: [shape[0], 0],
    }[event.key];
    if (!step) return;
    event.preventDefault();
    const within = (place, length) => Math.max(0, Math.min(length - 1, place));
    choose({
      ...held,
      row: within(held.row + step[0], shape[0]),
      column: within(held.column + step[1], shape[1]),
    });
  });
  map.look = (cell) => {
    held = cell;
    look(cell);
  };
  return map;
}

// The painter of what stands at activations[at]: the photo in its colours, or one map.
function painterOf(explanation, at, channelOf) {
  const shape = explanation.shapeAt(at);
  const values = explanation.activations[at];
  return (canvas) => {
    if (at === 0 && isPicture(shape)) return paintPhoto(canvas, values, shape, explanation.photo.range);
    return paintMap(canvas, values, shape, channelOf(), scaleOf(values, shape, channelOf()));
  };
}

function channelName(shape, at, channel) {
  if (at === 0 && shape[2] === 3) return ["red", "green", "blue"][channel];
  if (at === 0 && shape[2] === 1) return "grey";
  return `map ${channel}`;
}

// How a layer is called on the page: its place in the model, then its name.
const layerName = (layer, place) => `${place} ${layer.kind}`;

// Chooses one map of a layer: by list, and by two buttons.
function mapChoice(count, chosen, onChoose) {
  const options = Array.from({ length: count }, (_, n) => [n, `map ${n}`]);
  const list = choice(`one of ${count} maps`, options, chosen, onChoose);
  const go = (step) => onChoose((chosen + step + count) % count);
  return make(
    "span",
    { class: "map-choice" },
    list,
    button("‹", () => go(-1), { "aria-label": "previous map" }),
    button("›", () => go(1), { "aria-label": "next map" }),
  );
}

// Where a number stands, in words.
function placeText(shape, at, k) {
  if (!isMap(shape)) return `number ${grouped(k)}`;
  const { row, column, channel } = cellOf(shape, k);
  return `${channelName(shape, at, channel)}, row ${row}, column ${column}`;
}
