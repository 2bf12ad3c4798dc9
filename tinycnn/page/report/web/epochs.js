"use strict";

// The epochs: a slider back to the filters and answers that the network had.

/** @param {HTMLElement} root @param {ReportFacts} report */
function drawEpochs(root, report) {
  const { epochs: facts } = report;
  if (!facts) {
    root.append(note("There is no record of the epochs of this training run."));
    return () => {};
  }
  const { epochs, shape, part } = facts;
  const count = shape[3];
  const kernels = facts.kernels.map(numbersOf);
  const limit = Math.max(...kernels.map((kernel) => largestOf(kernel))) || 1; // one scale, so that growth can be seen
  const canvases = Array.from({ length: count }, () => make("canvas", { "aria-hidden": "true" }));
  const pictures = make("div", { class: "filter-list", role: "img" }, canvases);
  const last = epochs.length - 1;
  const slider = make("input", { type: "range", min: 0, max: last, value: last, step: 1 });
  const label = make("p", { class: "reading number" });
  const answers = make("div", {});
  /** @param {number} epoch */
  const when = (epoch) => (epoch ? `after epoch ${epoch}` : "before training");
  const show = () => {
    const place = Number(slider.value);
    const photos = facts.photos.map((photo, n) => ({ ...photo, ...facts.answers[place][n] }));
    const right = photos.filter(({ truth, answer }) => truth === answer).length;
    label.textContent = `${when(epochs[place])}: ${right} of these ${countOf(photos.length, report.noun)} right`;
    slider.setAttribute("aria-valuetext", label.textContent);
    pictures.setAttribute("aria-label", `${count} filters ${when(epochs[place])}`);
    canvases.forEach((canvas, filter) => paintFilter(canvas, kernels[place], shape, filter, limit));
    const shown = { names: report.names, photos, explained: [] };
    answers.replaceChildren(photoCards(photos.map((_, n) => photoCard(shown, n)), "small"));
  };
  slider.addEventListener("input", show);
  root.append(
    make("div", { class: "epoch-bar" }, make("label", { class: "epoch" }, "epoch", slider), label),
    make("h3", {}, "The filters of the first layer"),
    pictures,
    make("h3", {}, `The answers to ${countOf(facts.photos.length, `${part} ${report.noun}`)}`),
    answers,
    note(
      `These are the first ${report.noun}s of each class, chosen before training. ` +
        "All epochs have one scale of colours, so that growing weights can be seen.",
    ),
  );
  show();
  return show;
}
