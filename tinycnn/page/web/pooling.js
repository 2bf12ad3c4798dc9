"use strict";

// 3 Pooling: a window becomes one number; for a maximum, the cell it comes from.

/** @type {Record<string, [string, string]>} */
const POOLING_WORDS = {
  MaxPooling2D: ["largest", "The largest number of each window is kept"],
  AveragePooling2D: ["mean", "The mean of each window is kept"],
  SumPooling2D: ["sum", "The sum of each window is kept"],
};
const POOLINGS = Object.keys(POOLING_WORDS);

/** @param {WindowLayer} layer @param {WindowCell[]} cells @param {number} result */
function poolingSentence(layer, cells, result) {
  if (layer.kind === "MaxPooling2D") {
    const winner = cells[winnerOf(cells)];
    const ties = cells.filter((cell) => cell.value === winner.value).length;
    const tie = ties > 1 ? ` ${ties} cells are equally large: the first one counts.` : "";
    return [
      `The largest of ${cells.length} is `,
      number(plain(result)),
      `, from row ${winner.row}, column ${winner.column}.${tie}`,
    ];
  }
  const sum = cells.map((cell, n) => (n ? " " + further(cell.value) : plain(cell.value))).join("");
  if (layer.kind === "SumPooling2D") return [number(`${sum} = ${plain(result)}`)];
  return [
    number(`(${sum}) / ${cells.length} = ${plain(result)}`),
    cells.length < layer.window[0] * layer.window[1] ? " - at the border, only real cells count." : "",
  ];
}

views.push({
  id: "pooling",
  render(root, explanation) {
    const places = page.placesOf(...POOLINGS);
    if (!places.length) return root.append(note("This network has no pooling layer."));
    /** @type {number} */
    let place;
    /** @type {Cell} */
    let drawn;
    const draw = () => {
      place = page.shown.pooling ?? places[0];
      const layer = /** @type {WindowLayer} */ (explanation.layers[place]);
      const cell = (drawn = page.chosen.get(place + 1));
      const { channel } = cell;
      const x = explanation.activations[place];
      const scale = scaleOf(x, layer.input, channel);
      const details = make("div", { class: "details" });
      const windowFrame = frame("window");
      const winnerFrame = frame("winner");
      const input = picture(
        "before",
        layer.input,
        [windowFrame, winnerFrame],
        painterOf(explanation, place, () => channel),
        "the map before pooling",
      );
      let shown = cell;
      /** @param {Cell} now */
      const look = (now) => {
        shown = now;
        windowFrame.put(
          layer.input,
          now.row * layer.strides[0] - layer.borders[0][0],
          now.column * layer.strides[1] - layer.borders[1][0],
          ...layer.window,
        );
        const cells = windowCells(layer, x, now.row, now.column, channel);
        const winner = layer.kind === "MaxPooling2D" ? cells[winnerOf(cells)] : null;
        if (winner) winnerFrame.put(layer.input, winner.row, winner.column);
        /** @param {number} a @param {number} b */
        const find = (a, b) => cells.find((each) => each.a === a && each.b === b);
        const result =
          explanation.activations[place + 1][placeOf(layer.output, now.row, now.column, channel)];
        const grid = numberGrid(
          "the window",
          ...layer.window,
          (a, b) => find(a, b)?.value ?? null,
          scale,
          (a, b) => (winner && winner.a === a && winner.b === b ? "winner" : ""),
        );
        const kept = numberGrid(POOLING_WORDS[layer.kind][0], 1, 1, () => result, scale);
        details.replaceChildren(
          make("div", { class: "equation" }, grid, make("span", { class: "sign" }, "→"), kept),
          make("p", {}, poolingSentence(layer, cells, result)),
        );
        return plain(result);
      };
      const output = explorer(
        "after: choose a cell",
        layer.output,
        [],
        painterOf(explanation, place + 1, () => channel),
        `map ${channel} of ${layerName(layer, place)}`,
        cell,
        look,
        (now) => page.choose(place + 1, now),
      );
      const tools = make("div", { class: "tools" });
      if (places.length > 1) {
        tools.append(
          choice(
            "layer",
            places.map((p) => [p, layerName(explanation.layers[p], p)]),
            place,
            (p) => page.showLayer("pooling", p),
          ),
        );
      }
      tools.append(
        mapChoice(layer.output[2], channel, (n) => page.chooseMap(place + 1, n)),
        legend(scale),
      );
      const canFollow = page.placesOf("Conv2D").some((p) => p < place);
      const follow = canFollow
        ? button("Show the convolution that computed it ↑", () => page.follow(place + 1, shown, "convolution"))
        : null;
      root.append(
        tools,
        make(
          "p",
          {},
          POOLING_WORDS[layer.kind][1] + ", map by map: ",
          `${layer.window.join(" × ")} cells become one.`,
        ),
        make(
          "div",
          { class: "maps" },
          input.element,
          make("span", { class: "sign" }, "→"),
          output.element,
          details,
        ),
        follow ?? "",
      );
      output.look(cell);
      root.lookAt = output.look;
    };
    draw();
    page.onChoose((at) => {
      const now = page.chosen.get(place + 1);
      if (page.shown.pooling !== place || now.channel !== drawn.channel) redraw(root, draw);
      else if (at === place + 1) root.lookAt(now);
    });
  },
});
