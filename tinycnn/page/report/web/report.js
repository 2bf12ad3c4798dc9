"use strict";

// The report: draws its sections, and switches between them and the explanations.

const report = {
  /** @type {ReportData} */
  data: JSON.parse(document.getElementById("data").textContent),
  isStarted: false, // the explanations: they are computed when the first one is opened
  /** @type {(() => void)[]} */
  repaints: [], // functions that repaint canvases when the colour scheme changes
  top: 0, // scroll position of the report

  start() {
    const { report: data } = this.data;
    /** @param {string} name */
    const place = (name) => document.querySelector(`[data-view="${name}"]`);
    drawResult(place("result"), data);
    const redrawCharts = drawCharts(place("curves"), data.history, data.watched);
    addEventListener("resize", redrawCharts);
    const drawCells = data.isWhole ? drawMatrix : drawConfusions;
    this.repaints.push(drawCells(place("confusion"), data), drawFilters(place("filters"), data), drawEpochs(place("epochs"), data));
    drawWorst(place("worst"), data);
    drawWhy(place("why"), data, this.data.photos);
    drawRun(place("run"), data);
    darkness.addEventListener("change", () => this.repaint());
    for (const moment of ["beforeprint", "afterprint"]) {
      addEventListener(moment, () => {
        isPrinting = moment === "beforeprint";
        this.repaint();
      });
    }
    addEventListener("hashchange", () => this.go());
    this.go();
  },

  repaint() {
    this.repaints.forEach((paint) => paint());
  },

  // The address decides what is shown, so that the browser's "back" works.
  go() {
    const number = Number(/^#why-(\d+)$/.exec(location.hash)?.[1]) - 1;
    const isExplanation = number >= 0 && number < this.data.photos.length;
    const here = document.getElementById("report");
    const there = document.getElementById("explanation");
    const wasExplanation = here.hidden;
    if (isExplanation && !wasExplanation) this.top = scrollY;
    here.hidden = isExplanation;
    there.hidden = !isExplanation;
    if (isExplanation) {
      if (this.isStarted) page.show(number);
      else page.start(this.data, number);
      this.isStarted = true;
      scrollTo(0, 0);
      there.querySelector("a")?.focus({ preventScroll: true });
    } else if (wasExplanation) {
      scrollTo(0, this.top);
      document.querySelector(`a[href="#why-${page.current + 1}"]`)?.focus({ preventScroll: true });
    }
  },
};

report.start();
