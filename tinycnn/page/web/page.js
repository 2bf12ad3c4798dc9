"use strict";

// The state of the page: which photo and which cells are selected, and the listeners.

const page = {
  model: /** @type {Model} */ (/** @type {unknown} */ (null)), // until `start`
  /** @type {Photo[]} */
  photos: [],
  /** @type {Group | null} */
  photoList: null,
  /** @type {Explanation[]} */
  explanations: [], // one for each photo, created when it is first shown
  current: 0,
  perMap: false, // one colour scale for each map, not for each layer
  /** @type {Chosen} */
  chosen: new Map(), // index of the activations -> the selected cell
  /** @type {Partial<Record<ShownView, number>>} */
  shown: {}, // view -> the layer it shows
  /** @type {((at: number) => void)[]} */
  listeners: [],
  /** @type {(() => void)[]} */
  resizers: [],

  get explanation() {
    const { explanations, current } = this;
    return (explanations[current] ??= new Explanation(this.model, this.photos[current]));
  },

  /** @param {string[]} kinds */
  placesOf: (...kinds) =>
    page.model.layers.flatMap((layer, place) =>
      kinds.includes(layer.kind) && place < page.model.logits ? [place] : [],
    ),
  /** @param {(at: number) => void} listener */
  onChoose: (listener) => page.listeners.push(listener),
  /** @param {() => void} listener */
  onResize: (listener) => page.resizers.push(listener),

  // Selects a cell, and in the layers below the cells it is computed from, down to the photo.
  /** @param {number} at @param {Cell} cell */
  choose(at, cell) {
    /** @type {number[]} */
    const changed = [];
    /** @param {number} here @param {Cell} there */
    const set = (here, there) => {
      this.chosen.set(here, there);
      changed.push(here);
    };
    /** @type {Cell | null} */
    let chosen = cell;
    for (let here = at; chosen; here--) {
      set(here, chosen);
      chosen = here > 0 ? this.explanation.below(here, chosen) : null;
    }
    // The output of an activation is at the same position.
    for (let here = at; here < this.model.layers.length && keepsPlaces(this.model.layers[here]); here++)
      set(here + 1, this.chosen.get(here));
    for (const here of changed) this.listeners.forEach((listener) => listener(here));
  },

  /** @param {number} at @param {number} channel */
  chooseMap(at, channel) {
    const kind = this.model.layers[at - 1].kind;
    const view = kind === "Conv2D" ? "convolution" : POOLINGS.includes(kind) ? "pooling" : null;
    if (view) this.shown[view] = at - 1;
    this.choose(at, { ...this.chosen.get(at), channel });
  },

  /** @param {ShownView} view @param {number} place */
  showLayer(view, place) {
    this.shown[view] = place;
    this.listeners.forEach((listener) => listener(place + 1));
  },

  // Goes from a number back to the pooling, or the convolution, that computed it.
  /** @param {number} at @param {Cell} cell @param {ShownView | null} view */
  follow(at, cell, view = null) {
    /** @param {string[]} kinds */
    const below = (kinds) =>
      this.placesOf(...kinds)
        .filter((place) => place < at)
        .pop();
    const pooled = below(POOLINGS);
    const convolved = below(["Conv2D"]);
    if (pooled !== undefined) this.shown.pooling = pooled;
    if (convolved !== undefined) this.shown.convolution = convolved;
    this.choose(at, cell);
    const target =
      view ??
      (pooled !== undefined && (convolved === undefined || pooled > convolved) ? "pooling" : "convolution");
    const section = document.getElementById(target);
    section.scrollIntoView({
      behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth",
    });
    section.querySelector(".explorer")?.focus({ preventScroll: true });
  },

  // Selects a cell in every layer: the strongest vote for the answer, and those it comes from.
  selectStrongest() {
    const { explanation, model } = this;
    this.chosen.clear();
    for (let at = 0; at <= model.layers.length; at++) {
      const shape = explanation.shapeAt(at);
      if (isMap(shape)) this.chosen.set(at, { row: shape[0] >> 1, column: shape[1] >> 1, channel: 0 });
    }
    this.shown = { convolution: this.placesOf("Conv2D").pop(), pooling: this.placesOf(...POOLINGS).pop() };
    const at = explanation.ballot;
    if (!isMap(explanation.shapeAt(at))) return;
    const output = explanation.known.includes(explanation.outputOf(explanation.label))
      ? explanation.outputOf(explanation.label)
      : explanation.known[0];
    const { votes } = explanation.votes(output, at);
    const sign =
      explanation.logits.length === 1 && model.answer !== "number" && explanation.label === 0 ? -1 : 1;
    this.choose(at, cellOf(explanation.shapeAt(at), largest(votes.length, 1, (k) => sign * votes[k])[0]));
  },

  // Draws the whole page for the current photo.
  /** @param {boolean} isNew */
  draw(isNew) {
    const { explanation, model } = this;
    this.listeners = [];
    this.resizers = [];
    if (isNew) this.selectStrongest();
    const label = explanation.label;
    document.getElementById("prediction").replaceChildren(name_(model.names[label]));
    document
      .getElementById("probability")
      .replaceChildren(
        name_(explanation.photo.name),
        model.answer === "number" ? ": the logit is " : ": the network gives ",
        strong(
          model.answer === "number"
            ? plain(explanation.probabilityOf(label))
            : percent(explanation.probabilityOf(label)),
        ),
        ...(model.answer === "number" ? ["."] : [" to ", name_(model.names[label]), "."]),
        ...this.truthInWords(label),
        " Model: ",
        name_(model.file),
        ".",
      );
    for (const view of views) {
      const root = document.querySelector(`[data-view="${view.id}"]`);
      redraw(root, () => view.render(root, explanation));
    }
  },

  // Whether the answer is right, if the true class is known.
  /** @param {number} label @returns {(Node | string)[]} */
  truthInWords(label) {
    const { truth } = this.explanation.photo;
    if (truth === undefined) return [];
    return label === truth ? [" That is right."] : [" The true class is ", strong(name_(this.model.names[truth])), "."];
  },

  // Small pictures of all photos, to switch between their explanations.
  drawPhotos() {
    if (this.photos.length < 2) return;
    const items = this.photos.map((photo) =>
      make(
        "button",
        { type: "button", class: "photo", "aria-label": photo.name, title: photo.name },
        photo.preview ? make("img", { src: photo.preview, alt: "" }) : "",
        name_(photo.name),
      ),
    );
    this.photoList = oneOf("photos", items, this.current, (n) => this.show(n), { class: "photo-list" });
    document.getElementById("photos").append(this.photoList);
  },

  /** @param {number} n */
  show(n) {
    this.current = n;
    this.photoList?.pick(n);
    this.draw(true);
  },

  // Shows photo number `first` of the data that Python wrote into the page.
  /** @param {any} data as JSON */
  start(data, first = 0) {
    this.model = unpackModel(data.model);
    this.photos = data.photos;
    this.current = first;
    this.drawPhotos();
    this.draw(true);
    const scale = document.getElementById("per-map");
    scale.addEventListener("change", () => {
      this.perMap = scale.checked;
      this.draw(false);
    });
    for (const link of document.querySelectorAll("#views a")) {
      link.addEventListener("click", (event) => {
        event.preventDefault(); // in a notebook's frame, a fragment would leave the page
        const section = document.getElementById(link.hash.slice(1));
        section?.scrollIntoView();
        section?.querySelector("h2")?.focus({ preventScroll: true });
      });
    }
    darkness.addEventListener("change", () => this.draw(false));
    addEventListener("resize", () => this.resizers.forEach((listener) => listener()));
    for (const moment of ["beforeprint", "afterprint"]) {
      addEventListener(moment, () => {
        isPrinting = moment === "beforeprint";
        this.draw(false);
      });
    }
  },
};
