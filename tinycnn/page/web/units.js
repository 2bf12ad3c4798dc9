"use strict";

// 5 The votes, continued: the units of a dense layer, each a weighted sum.

const MOST_TERMS = 8;

// The largest terms of one unit, the sum of the others, and the bias.
/** @param {Explanation} explanation @param {number} place @param {number} unit */
function termsOf(explanation, place, unit) {
  const layer = /** @type {DenseLayer} */ (explanation.layers[place]);
  const x = explanation.activations[place];
  const value = explanation.activations[place + 1][unit];
  /** @param {number} k @param {number} weight @returns {Term} */
  const term = (k, weight) => ({ k, value: x[k], weight, product: x[k] * weight });
  const large = explanation.large.get(place);
  const bias = layer.bias[unit];
  /** @type {Term[] | null} */
  let terms = null;
  if (large) {
    const kept = large.terms[unit];
    if (kept) {
      const weights = numbersOf(kept.weights);
      terms = Array.from(numbersOf(kept.places), (k, n) => term(k, weights[n]));
    }
  } else {
    /** @param {number} k */
    const weight = (k) => layer.kernel[k * layer.output[0] + unit];
    terms = largest(x.length, MOST_TERMS, (k) => Math.abs(x[k] * weight(k))).map((k) => term(k, weight(k)));
  }
  const shown = terms ?? [];
  const rest = value - bias - sumOf(shown.map((each) => each.product));
  return { terms, rest, otherCount: x.length - shown.length, bias, value };
}

// Where a term's number comes from: a cell of a map, a unit of an earlier layer, or the photo.
/** @param {Explanation} explanation @param {number} place @param {number} k @param {(place: number, unit: number) => void} chooseUnit */
function termSource(explanation, place, k, chooseUnit) {
  let at = place;
  while (
    at > 0 &&
    !explanation.layers[at - 1].window &&
    !["Dense", "Flatten"].includes(explanation.layers[at - 1].kind)
  )
    at--;
  if (at > 0 && explanation.layers[at - 1].kind === "Flatten" && isMap(explanation.shapeAt(at - 1))) {
    const shape = explanation.shapeAt(at - 1);
    return button(placeText(shape, at - 1, k), () => page.follow(at - 1, cellOf(shape, k)), {
      class: "link",
    });
  }
  if (at > 0 && explanation.layers[at - 1].kind === "Dense") {
    return button(
      `unit ${k} of ${layerName(explanation.layers[at - 1], at - 1)}`,
      () => chooseUnit(at - 1, k),
      { class: "link" },
    );
  }
  return `number ${grouped(k)}`;
}

views.push({
  id: "units",
  render(root, explanation) {
    const places = page.placesOf("Dense");
    if (!places.length) return root.append(note("This network has no dense layer."));
    let place = places[0];
    /** @type {number | null} */
    let unit = null;
    /** @param {number} p @param {number | null} k */
    const chooseUnit = (p, k) => {
      [place, unit] = [p, k];
      redraw(root, draw);
    };
    const draw = () => {
      const layer = explanation.layers[place];
      const values = explanation.activations[place + 1];
      const next = explanation.layers[place + 1]?.kind;
      const gradient = explanation.gradients({ outputs: { [explanation.known[0]]: 1 } })[place + 1];
      if (unit === null)
        unit = largest(values.length, 1, (n) => Math.abs(values[n] * (gradient?.[n] ?? 1)))[0];
      const { rows, columns } = rowsFor(values.length);
      const shape = [rows, columns, 1];
      const details = make("div", { class: "details" });
      /** @param {Place} cell */
      const look = ({ row, column }) => {
        const here = Math.min(values.length - 1, row * columns + column);
        const { terms, rest, otherCount, bias, value } = termsOf(explanation, place, here);
        const scale = Math.max(...(terms ?? []).map((each) => Math.abs(each.product)), 0);
        const lines = (terms ?? []).map((each) =>
          make(
            "tr",
            {},
            make("td", {}, termSource(explanation, place, each.k, chooseUnit)),
            make("td", { class: "number" }, plain(each.value)),
            make("td", { class: "number" }, "× " + plain(each.weight)),
            make("td", { class: "number" }, plain(each.product)),
            make("td", {}, bar(each.product, scale, true)),
          ),
        );
        /** @param {string} text @param {number} amount @param {string} kind */
        const last = (text, amount, kind) =>
          make(
            "tr",
            { class: kind },
            make("td", { colSpan: 3 }, text),
            make("td", { class: "number" }, plain(amount)),
            make("td", {}),
          );
        if (otherCount > 0)
          lines.push(
            last(
              terms
                ? `sum of ${grouped(otherCount)} smaller terms`
                : "sum of all terms (this unit hardly affects the answer, so they are not in the page)",
              rest,
              "rest",
            ),
          );
        lines.push(last("bias", bias, "rest"), last("= the unit", value, "result"));
        const activation =
          {
            ReLU: value > 0 ? `The ReLU does not change it.` : "The ReLU makes it 0: this unit is inactive for this photo.",
            Sigmoid: `The sigmoid makes it ${plain(sigmoid(value))}.`,
          }[next] ?? "";
        const slope = gradient ? ` Adding 1 to this unit changes the logit by about ${plain(gradient[here])}.` : "";
        details.replaceChildren(
          table(
            `Unit ${here}: its largest terms`,
            `terms of unit ${here}`,
            ["from", "number", "weight", "term", ""],
            lines,
          ),
          make("p", {}, activation + slope),
        );
        return plain(value);
      };
      const tools = make("div", { class: "tools" });
      if (places.length > 1) {
        tools.append(
          choice(
            "layer",
            places.map((p) => [
              p,
              `${layerName(explanation.layers[p], p)}, ${explanation.layers[p].output[0]} units`,
            ]),
            place,
            (p) => chooseUnit(p, null),
          ),
        );
      }
      tools.append(legend(largestOf(values)));
      const start = { row: Math.floor(unit / columns), column: unit % columns, channel: 0 };
      const map = explorer(
        `${values.length === 1 ? "one unit" : `${values.length} units: choose one`}`,
        shape,
        [],
        (canvas) => paintUnits(canvas, values, largestOf(values)),
        `units of ${layerName(layer, place)}`,
        start,
        look,
        (now) => (unit = Math.min(values.length - 1, now.row * columns + now.column)),
      );
      map.element.classList.add("unit-map");
      map.element.classList.toggle("few", columns === 1);
      root.append(tools, make("div", { class: "beside" }, map.element, details));
      map.look(start);
    };
    draw();
  },
});
