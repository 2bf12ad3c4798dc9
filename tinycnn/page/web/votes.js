"use strict";

// 5 The votes: how much each number of a layer contributes to the logit.

const MOST_VOTES = 8;

// A table of the strongest votes of one side; each links to where its number comes from.
/** @param {Child[]} caption @param {Explanation} explanation @param {number} at @param {Poll} poll @param {number} sign */
function voteTable(caption, explanation, at, { votes, gradient }, sign) {
  const shape = explanation.shapeAt(at);
  const strongest = largest(votes.length, MOST_VOTES, (k) => sign * votes[k]).filter(
    (k) => sign * votes[k] > 0,
  );
  const scale = largestOf(votes);
  const rows = strongest.map((k) => {
    const where =
      isMap(shape) && at > 0
        ? button(placeText(shape, at, k), () => page.follow(at, cellOf(shape, k)), { class: "link" })
        : placeText(shape, at, k);
    return make(
      "tr",
      {},
      make("td", {}, where),
      make("td", { class: "number" }, plain(explanation.activations[at][k])),
      make("td", { class: "number" }, "× " + plain(gradient[k])),
      make("td", { class: "number" }, plain(votes[k])),
      make("td", {}, bar(votes[k], scale)),
    );
  });
  const shown = sumOf(strongest.map((k) => votes[k]));
  const count = votes.reduce((sum, vote) => sum + Number(sign * vote > 0), 0) - strongest.length;
  const all = sumOf(votes.map((vote) => (sign * vote > 0 ? vote : 0)));
  if (count > 0) {
    rows.push(
      make(
        "tr",
        { class: "rest" },
        make("td", { colSpan: 3 }, `sum of ${grouped(count)} weaker votes`),
        make("td", { class: "number" }, plain(all - shown)),
        make("td", {}),
      ),
    );
  }
  if (!rows.length) rows.push(make("tr", {}, make("td", { colSpan: 5 }, "none")));
  const label = sign > 0 ? "the strongest votes above zero" : "the strongest votes below zero";
  return table(caption, label, ["cell", "its number", "d logit / d number", "vote", ""], rows);
}

// What votes above and below zero count for: with a single sigmoid, one class each.
/** @param {Explanation} explanation @param {number} label */
function sides(explanation, label) {
  const { names } = explanation.model;
  const both =
    explanation.logits.length === 1 && names.length > 1
      ? [
          ["for ", names[1]],
          ["for ", names[0]],
        ]
      : [
          ["for ", names[label]],
          ["against ", names[label]],
        ];
  return both.map(([side, name]) => () => [side, name_(name)]);
}

views.push({
  id: "votes",
  render(root, explanation) {
    const { model, layers } = explanation;
    let at = explanation.ballot;
    let label = explanation.known.includes(explanation.outputOf(explanation.label))
      ? explanation.label
      : explanation.known[0];
    const single = explanation.logits.length === 1;
    const draw = () => {
      const poll = explanation.votes(explanation.outputOf(label), at);
      const tools = make("div", { class: "tools" });
      if (!single)
        tools.append(
          choice(
            "votes for",
            explanation.known.map((n) => [n, model.names[n]]),
            label,
            (n) => redrawAfter(() => (label = n)),
          ),
        );
      /** @type {[number, string][]} */
      const counted = [];
      for (let here = 0; here < model.logits; here++) {
        if (here > 0 && ["Dropout", "Flatten"].includes(layers[here - 1].kind)) continue;
        counted.push([here, here ? layerName(layers[here - 1], here - 1) : "the photo's pixels"]);
      }
      tools.append(choice("counted after", counted, at, (here) => redrawAfter(() => (at = here))));
      const [inFavour, against] = sides(explanation, label);
      /** @param {string} text @param {Child[]} caption */
      const term = (text, ...caption) =>
        make("span", { class: "term" }, number(text), make("small", {}, ...caption));
      const sum = make(
        "p",
        { class: "sum" },
        term(plain(poll.inFavour), ...inFavour()),
        term(further(poll.against), ...against()),
        term(further(poll.remainder), "the biases' share"),
        make(
          "span",
          { class: "term result" },
          number("= " + plain(poll.logit)),
          make("small", {}, "the logit"),
        ),
      );
      const shape = explanation.shapeAt(at);
      /** @type {Node[]} */
      const painted = [];
      if (isMap(shape)) {
        const canvas = make("canvas", {
          class: "painted",
          role: "img",
          "aria-label": "the votes painted on the photo",
        });
        paintVotes(canvas, explanation, at, poll.votes);
        painted.push(
          make(
            "figure",
            { class: "map" },
            canvas,
            make(
              "figcaption",
              {},
              make("span", { class: "swatch" }),
              " ",
              ...inFavour(),
              " ",
              make("span", { class: "swatch against" }),
              " ",
              ...against(),
              "; the votes of all maps at each position, summed",
            ),
          ),
        );
      }
      root.append(
        tools,
        sum,
        make(
          "div",
          { class: "beside" },
          painted,
          make(
            "div",
            { class: "tables" },
            voteTable(["The strongest ", ...inFavour()], explanation, at, poll, 1),
            voteTable(["The strongest ", ...against()], explanation, at, poll, -1),
          ),
        ),
      );
      const curved = layers
        .slice(at, model.logits)
        .filter((layer) => !layer.isStraight);
      root.append(
        note(
          curved.length
            ? `After these numbers comes a ${curved[0].kind}, whose slope is not constant. The votes use its ` +
                "slope at this photo; the effect of its curvature is part of the biases’ share. So the " +
                "sum is exact, and the individual votes are an approximation."
            : "For this photo, the network is a weighted sum of these numbers plus the biases’ share, " +
                "so the votes are exact.",
        ),
      );
    };
    /** @param {() => void} change */
    const redrawAfter = (change) => {
      change();
      redraw(root, draw);
    };
    draw();
  },
});
