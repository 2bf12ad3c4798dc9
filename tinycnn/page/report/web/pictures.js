"use strict";

// Test photos on the page: the true class, the predicted class, and its probability.

// One photo with its caption; `picture` is the original photo, if the page holds it.
/** @param {Pick<ReportFacts, "names" | "photos" | "explained">} report @param {number} n @param {string | null} picture @param {Child[]} more */
function photoCard(report, n, picture = null, ...more) {
  const { name, truth, answer, probability, thumbnail } = report.photos[n];
  const isRight = truth === answer;
  const why = report.explained.findIndex((explained) => explained.photo === n);
  /** @param {number} label */
  const text = (label) => name_(report.names[label]);
  return make(
    "figure",
    { class: isRight ? "test-photo" : "test-photo is-wrong" },
    make("img", { src: picture ?? thumbnail, alt: "", class: picture ? "" : "seen-small" }),
    make(
      "figcaption",
      {},
      ...more,
      make("span", { class: "verdict" }, isRight ? "✓ " : "✗ ", "predicted ", strong(text(answer)), " ", number(percent(probability))),
      isRight ? null : make("span", {}, "true class ", strong(text(truth))),
      make("small", { title: name }, name_(name.slice(name.lastIndexOf("/") + 1))),
      why < 0 ? null : make("a", { href: `#why-${why + 1}` }, "why? ", make("span", { class: "unseen" }, name)),
    ),
  );
}

/** @param {Child[]} cards */
const photoCards = (cards, kind = "") => make("div", { class: "test-photos " + kind }, cards);

/** @param {number} count @param {string} noun */
const countOf = (count, noun) => `${grouped(count)} ${noun}${count === 1 ? "" : "s"}`;
