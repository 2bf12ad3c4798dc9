"use strict";

// 4 Flatten: any cell of any map, and its index in the row of numbers.

/** @param {string} label @param {number} most @param {number} value @param {(value: number) => void} onChange */
function numberField(label, most, value, onChange) {
  const field = make("input", { type: "number", min: 0, max: most, step: 1, value });
  field.addEventListener("input", () => {
    const typed = Math.round(field.valueAsNumber);
    if (typed >= 0 && typed <= most) onChange(typed);
  });
  return { element: make("label", { class: "control" }, label + " ", field), field };
}

views.push({
  id: "flatten",
  render(root, explanation) {
    const place = explanation.layers.findIndex((layer) => layer.kind === "Flatten" && isMap(layer.input));
    if (place < 0) return root.append(note("This network has no Flatten layer."));
    const { input } = explanation.layers[place];
    const x = explanation.activations[place];
    const scale = largestOf(x);
    /** @type {Record<string, ReturnType<typeof numberField>>} */
    const fields = {};
    /** @param {Cell} cell */
    const choose = (cell) => page.choose(place, cell);
    /** @param {keyof Cell} name @param {number} most */
    const addField = (name, most) => {
      fields[name] = numberField(name, most, 0, (value) =>
        choose({ ...page.chosen.get(place), [name]: value }),
      );
    };
    addField("row", input[0] - 1);
    addField("column", input[1] - 1);
    addField("channel", input[2] - 1);
    fields.k = numberField("index k", x.length - 1, 0, (k) => choose(cellOf(input, k)));
    const rule = make("p", { class: "sum", "aria-live": "polite" });
    const neighbours = make("div", { class: "neighbours" });
    const bar = make("canvas", { class: "across", "aria-hidden": "true" });
    paintRow(bar, x, 480, scale, true);
    const marker = frame("window");
    const stage = make("div", { class: "stage long" }, bar, marker.element);
    stage.addEventListener("click", (event) => {
      const box = bar.getBoundingClientRect();
      const share = (event.clientX - box.left) / box.width;
      choose(cellOf(input, Math.max(0, Math.min(x.length - 1, Math.floor(share * x.length)))));
    });

    const look = () => {
      const cell = page.chosen.get(place);
      const k = placeOf(input, cell.row, cell.column, cell.channel);
      for (const [name, value] of Object.entries({ ...cell, k })) {
        if (fields[name].field !== document.activeElement) fields[name].field.value = String(value);
      }
      rule.replaceChildren(
        make(
          "span",
          { class: "term" },
          number("(row × W + column) × C + channel"),
          make("small", {}, "the rule"),
        ),
        make(
          "span",
          { class: "term" },
          number(`= (${cell.row} × ${input[1]} + ${cell.column}) × ${input[2]} + ${cell.channel}`),
          make("small", {}, "this cell"),
        ),
        make("span", { class: "term result" }, number(`= ${grouped(k)}`), make("small", {}, "index k")),
      );
      marker.put([1, x.length], 0, k);
      const first = Math.max(0, Math.min(x.length - 7, k - 3));
      const near = Array.from({ length: Math.min(7, x.length) }, (_, n) => {
        const other = cellOf(input, first + n);
        const square = make("span", { class: "square" }, short(x[first + n]));
        paintSquare(square, x[first + n], scale);
        return make(
          "li",
          { class: first + n === k ? "is-chosen" : "" },
          make("small", {}, `k = ${grouped(first + n)}`),
          square,
          make("small", {}, `row ${other.row}, col ${other.column}`),
          make("small", {}, `map ${other.channel}`),
        );
      });
      neighbours.replaceChildren(make("ol", { class: "row-cells" }, near));
    };
    root.append(
      make(
        "div",
        { class: "tools" },
        fields.row.element,
        fields.column.element,
        fields.channel.element,
        signed("↔", fields.k.element),
      ),
      rule,
      stage,
      note(
        `All ${grouped(x.length)} numbers in order; the frame marks this one. Its neighbours in the row:`,
      ),
      neighbours,
    );
    look();
    page.onChoose(look);
  },
});
