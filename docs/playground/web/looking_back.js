"use strict";

// The slider back over the epochs: curves, kernels and answers as they were.

class LookingBack {
  constructor() {
    /** @type {BegunRun | null} */
    this.run = null;
    /** @type {Look[]} */
    this.looks = [];
    this.isFollowing = true; // the slider stays at the last epoch
    /** @type {ReturnType<typeof chart>[]} */
    this.charts = [];
    this.empty = note("Train first: each epoch leaves its kernels and answers here.");
    this.slider = make("input", { type: "range", min: 1, max: 1, value: 1, step: 1, "aria-label": "epoch" });
    this.slider.addEventListener("input", () => this.goTo(this.current));
    this.label = make("p", { class: "reading number" });
    this.plots = KINDS.map(() => make("div", { class: "plot", "aria-hidden": "true" }));
    const charts = KINDS.map(({ title }, n) => make("figure", { class: "chart" }, make("figcaption", {}, title), this.plots[n]));
    const key = CURVES.map(({ split }) => {
      const sample = draw_("svg", { width: 34, height: 10, "aria-hidden": "true" });
      sample.append(draw_("line", { class: `curve-line ${split}`, x1: 1, x2: 33, y1: 5, y2: 5 }));
      return make("span", { class: "legend" }, sample, curveName(split, "test"));
    });
    this.kernels = make("div", { class: "filter-list", role: "img" });
    this.tested = make("div", {});
    this.all = make(
      "div",
      { hidden: true },
      make("div", { class: "epoch-bar" }, make("label", { class: "epoch" }, "epoch", this.slider), this.label),
      make("p", { class: "tools" }, key),
      make("div", { class: "charts" }, charts),
      make("h3", {}, "The kernels of the first layer"),
      note(
        "Each is a pattern of 3 × 3 cells that is compared with every position of a photo. " +
          "Mid-grey is weight 0; a reddish cell has a larger weight for red than for the others.",
      ),
      this.kernels,
      make("h3", {}, "The answers to the test photos"),
      this.tested,
    );
    document.querySelector('[data-view="epochs"]').append(this.empty, this.all);
    addEventListener("resize", () => this.draw());
    darkness.addEventListener("change", () => this.draw());
  }

  // The place of the epoch that is shown.
  get current() {
    return Number(this.slider.value) - 1;
  }

  forget() {
    this.all.hidden = true;
    this.empty.hidden = false;
    this.run = null;
    this.isFollowing = true;
    this.kernels.replaceChildren();
  }

  /** @param {number} place */
  goTo(place) {
    this.slider.value = String(place + 1);
    this.isFollowing = place === this.looks.length - 1;
    this.choose();
  }

  /** @param {BegunRun} run @param {Look[]} looks */
  show(run, looks) {
    this.run = run;
    this.looks = looks;
    this.all.hidden = false;
    this.empty.hidden = true;
    this.slider.max = String(looks.length);
    if (this.isFollowing) this.slider.value = String(looks.length);
    this.draw();
  }

  draw() {
    if (!this.run) return;
    /** @type {Curves} */
    const history = {
      loss: this.looks.map((look) => look.loss),
      accuracy: this.looks.map((look) => look.accuracy),
      val_loss: this.looks.map((look) => look.val_loss),
      val_accuracy: this.looks.map((look) => look.val_accuracy),
    };
    const tops = { accuracy: 1, loss: Math.max(...history.loss, ...history.val_loss) * 1.05 || 1 };
    this.charts = KINDS.map(({ name }, n) => {
      const plot = this.plots[n];
      const made = chart(name, history, Math.max(240, plot.clientWidth), tops[name]);
      plot.replaceChildren(made.svg);
      return made;
    });
    this.choose();
  }

  choose() {
    const { run } = this;
    const look = this.looks[this.current];
    if (!run || !look) return;
    const right = rightOf(look, run);
    const when = afterEpoch(look.epoch, run.steps);
    this.charts.forEach((one) => one.read(this.current));
    this.label.textContent =
      `${when}: loss ${look.loss.toFixed(4)} in training, ${look.val_loss.toFixed(4)} in the test; ` +
      `${right} of ${countOf(run.test.length, "test photo")} right (${percent(right / run.test.length)})`;
    this.slider.setAttribute("aria-valuetext", this.label.textContent);
    this.paintKernels(look, when);
    const photos = run.test.map((photo, place) => {
      const { answer, probabilities } = look.answers[place];
      return { ...photo, answer, probability: probabilities[answer] };
    });
    const report = { photos, names: run.classes, explained: [] };
    this.tested.replaceChildren(photoCards(photos.map((_, place) => photoCard(report, place)), "small"));
    asking.choose(look.epoch, this.current, this.looks.length);
  }

  /** @param {Look} look @param {string} when */
  paintKernels(look, when) {
    const kernel = numbersOf(look.kernel);
    const limit = largestOf(kernel) || 1;
    const count = look.shape[3];
    const canvases = Array.from({ length: count }, () => make("canvas", { "aria-hidden": "true" }));
    canvases.forEach((canvas, filter) => paintFilter(canvas, kernel, look.shape, filter, limit));
    this.kernels.setAttribute("aria-label", `${count} kernels ${when}`);
    this.kernels.replaceChildren(...canvases);
  }
}
