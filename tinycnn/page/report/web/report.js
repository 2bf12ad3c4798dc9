"use strict";

// The report: draws its sections, and changes between them and the explanations.

const report = {
  data: JSON.parse(document.getElementById("data").textContent),
  isBegun: false, // the explanations: they are computed when the first one is asked for
  repaints: [], // what has colours of its own, when the reader's scheme changes
  top: 0, // where the reader was

  begin() {
    const { report: told } = this.data;
    const place = (name) => document.querySelector(`[data-view="${name}"]`);
    drawResult(place("result"), told);
    const redrawCharts = drawCharts(place("curves"), told.history);
    addEventListener("resize", redrawCharts);
    const drawCells = told.isWhole ? drawMatrix : drawConfusions;
    this.repaints.push(drawCells(place("confusion"), told), drawFilters(place("filters"), told));
    drawWorst(place("worst"), told);
    drawWhy(place("why"), told, this.data.photos);
    drawRun(place("run"), told);
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
    this.repaints.forEach((paint) => paint?.());
  },

  // The address decides what is seen, so that the browser's own "back" works.
  go() {
    const wanted = Number(/^#why-(\d+)$/.exec(location.hash)?.[1]) - 1;
    const isAsked = wanted >= 0 && wanted < this.data.photos.length;
    const [here, there] = ["report", "explanation"].map((id) => document.getElementById(id));
    const wasAsked = here.hidden;
    if (isAsked && !wasAsked) this.top = scrollY;
    here.hidden = isAsked;
    there.hidden = !isAsked;
    if (isAsked) {
      if (this.isBegun) page.show(wanted);
      else page.start(this.data, wanted);
      this.isBegun = true;
      scrollTo(0, 0);
      there.querySelector("a").focus({ preventScroll: true });
    } else if (wasAsked) {
      scrollTo(0, this.top);
      document.querySelector(`a[href="#why-${page.current + 1}"]`)?.focus({ preventScroll: true });
    }
  },
};

report.begin();
