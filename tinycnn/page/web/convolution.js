"use strict";

// 2 Convolution: one number of a map, and all the products it is the sum of.

const MOST_CARDS = 6; // input channels whose products are shown at first

/** @param {Explanation} explanation @param {number} place @param {Products} products @param {Scales} scales */
function productCard(explanation, place, products, scales) {
  const layer = explanation.convolution(place);
  const [height, width] = layer.window;
  /** @param {(number | null)[]} list @returns {(a: number, b: number) => number | null} */
  const at = (list) => (a, b) => list[a * width + b];
  const terms = products.window.map((value, n) => (value === null ? null : value * products.kernel[n]));
  const name = channelName(layer.input, place, products.channel);
  return make(
    "div",
    { class: "card" },
    make("h4", {}, name),
    make(
      "div",
      { class: "equation" },
      numberGrid("window", height, width, at(products.window), scales.window),
      signed("×", numberGrid("kernel", height, width, at(products.kernel), scales.kernel)),
      signed("=", numberGrid("products", height, width, at(terms), scales.products)),
    ),
    make("p", { class: "partial" }, "sum of the products ", number(plain(products.sum))),
  );
}

// The sum in one line: the sum of each channel, the bias, the result.
/** @param {Explanation} explanation @param {number} place @param {CellProducts} products @param {Products[]} shown */
function convolutionSum(explanation, place, { channels, bias, result }, shown) {
  const layer = explanation.convolution(place);
  const cards = shown.length <= MOST_CARDS ? shown : shown.slice(0, MOST_CARDS);
  const rest = channels.length - cards.length;
  const restSum = sumOf(channels.map((c) => c.sum)) - sumOf(cards.map((c) => c.sum));
  const terms = cards.map((c, n) =>
    make(
      "span",
      { class: "term" },
      number(n ? further(c.sum) : plain(c.sum)),
      make("small", {}, channelName(layer.input, place, c.channel)),
    ),
  );
  if (rest)
    terms.push(
      make("span", { class: "term" }, number(further(restSum)), make("small", {}, `${rest} other maps`)),
    );
  terms.push(make("span", { class: "term" }, number(further(bias)), make("small", {}, "bias")));
  terms.push(
    make("span", { class: "term result" }, number("= " + plain(result)), make("small", {}, "this cell")),
  );
  const sentence = [];
  if (explanation.layers[place + 1]?.kind === "ReLU") {
    const rectified = Math.max(result, 0);
    sentence.push(
      make(
        "p",
        {},
        "The ReLU after it ",
        result > 0 ? "does not change it: max(0, x) = " : "makes it zero: max(0, x) = ",
        number(plain(rectified)),
        ".",
      ),
    );
  }
  return [make("p", { class: "sum" }, terms), ...sentence];
}

views.push({
  id: "convolution",
  render(root, explanation) {
    const places = page.placesOf("Conv2D");
    if (!places.length) return root.append(note("This network has no convolution."));
    /** @type {number} */
    let place;
    /** @type {Cell} */
    let drawn;
    const draw = () => {
      place = page.shown.convolution ?? places[0];
      const layer = explanation.convolution(place);
      const cell = (drawn = page.chosen.get(place + 1));
      const hasReLU = explanation.layers[place + 1]?.kind === "ReLU";
      let strongest = 0;
      let isLong = false;
      let seen = cell;
      const details = make("div", { class: "details" });
      const windowFrame = frame("window");
      const reluFrame = frame("cell");
      const inputName = () =>
        layer.input[2] > 3
          ? `its input, ${channelName(layer.input, place, strongest)}`
          : place === 0
            ? "the photo"
            : "its input";
      const input = picture(
        inputName(),
        layer.input,
        [windowFrame],
        painterOf(explanation, place, () => strongest),
        "the input of the convolution",
      );
      /** @param {Cell} now */
      const look = (now) => {
        windowFrame.put(
          layer.input,
          now.row * layer.strides[0] - layer.borders[0][0],
          now.column * layer.strides[1] - layer.borders[1][0],
          ...layer.window,
        );
        if (hasReLU) reluFrame.put(layer.output, now.row, now.column);
        const products = productsOf(explanation, place, now);
        const order = largest(products.channels.length, products.channels.length, (n) =>
          Math.abs(products.channels[n].sum),
        );
        const many = products.channels.length > MOST_CARDS;
        const shown = (many ? order : order.sort((m, n) => m - n)).map((n) => products.channels[n]);
        if (!isPicture(layer.input) && strongest !== order[0]) {
          strongest = order[0];
          input.repaint();
          input.text.textContent = inputName();
        }
        const scales = {
          window: largestOf(explanation.activations[place]),
          kernel: largestOf(layer.kernel, now.channel, layer.output[2]),
          products: Math.max(
            ...shown.map((c) => Math.max(...c.window.map((v, n) => Math.abs((v ?? 0) * c.kernel[n])))),
          ),
        };
        const cards = (isLong ? shown : shown.slice(0, MOST_CARDS)).map((c) =>
          productCard(explanation, place, c, scales),
        );
        details.replaceChildren(
          ...convolutionSum(explanation, place, products, shown),
          make("div", { class: "cards" }, cards),
        );
        seen = now;
        boxes.forEach((box) => box.refresh());
        return plain(products.result);
      };
      const boxes = [
        codeBox("Every product with all digits", () => convolutionInDigits(explanation, place, seen)),
        codeBox("The same as Python", () => convolutionAsPython(explanation, place, seen)),
      ];
      const output = explorer(
        `map ${cell.channel}: choose a cell`,
        layer.output,
        [],
        painterOf(explanation, place + 1, () => cell.channel),
        `map ${cell.channel} of ${layerName(layer, place)}`,
        cell,
        look,
        (now) => page.choose(place + 1, now),
      );
      const maps = [input.element, make("span", { class: "sign" }, "→"), output.element];
      if (hasReLU) {
        const relu = picture(
          "after the ReLU",
          layer.output,
          [reluFrame],
          painterOf(explanation, place + 2, () => cell.channel),
          "the map after the ReLU",
        );
        maps.push(make("span", { class: "sign" }, "→"), relu.element);
      }
      const tools = make("div", { class: "tools" });
      if (places.length > 1) {
        tools.append(
          choice(
            "layer",
            places.map((p) => [p, layerName(explanation.layers[p], p)]),
            place,
            (p) => page.showLayer("convolution", p),
          ),
        );
      }
      tools.append(
        mapChoice(layer.output[2], cell.channel, (channel) => page.chooseMap(place + 1, channel)),
        legend(scaleOf(explanation.activations[place + 1], layer.output, cell.channel)),
      );
      const more =
        layer.input[2] > MOST_CARDS
          ? button(`All ${layer.input[2]} input maps`, () => {
              isLong = true;
              look(seen);
            })
          : null;
      root.append(
        tools,
        make("div", { class: "maps" }, maps),
        details,
        make(
          "div",
          { class: "boxes" },
          more,
          boxes.map((box) => box.element),
        ),
      );
      output.look(cell);
      root.lookAt = output.look;
    };
    draw();
    page.onChoose((at) => {
      const now = page.chosen.get(place + 1);
      if (page.shown.convolution !== place || now.channel !== drawn.channel) redraw(root, draw);
      else if (at === place + 1) root.lookAt(now);
    });
  },
});
