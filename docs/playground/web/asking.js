"use strict";

// Who is it? Answers for further photos, and the page that explains one.

class Asking {
  constructor() {
    this.isOpen = false;
    /** @type {AskedPhoto | null} */
    this.asked = null;
    /** @param {File[]} files */
    const take = (files) => {
      this.fault.textContent = files.length ? "" : NO_FILE;
      if (files.length) void this.ask(files[0]);
    };
    this.file = fileButton("Choose a photo", take, false);
    this.drawing = button("Another drawing", () => void this.answer(wish("ask_drawing")), { hidden: true });
    const tools = make("div", { class: "tools" }, this.file.element, this.drawing);
    this.hint = note();
    this.fault = make("p", { class: "fault", role: "alert" });
    this.verdict = make("p", { class: "verdict-line" });
    this.when = note();
    this.slider = make("input", { type: "range", min: 1, max: 1, value: 1, step: 1, "aria-label": "epoch of the answer" });
    this.slider.addEventListener("input", () => lookingBack.goTo(Number(this.slider.value) - 1));
    this.shares = make("tbody", {});
    this.picture = make("img", { alt: "the photo as the network gets it" });
    const heads = ["class", "", "probability"].map((text, n) =>
      make("th", { scope: "col", class: n === 2 ? "number-head" : "" }, text || make("span", { class: "unseen" }, "as a bar")),
    );
    const table_ = make("table", { class: "shares" }, make("thead", {}, make("tr", {}, heads)), this.shares);
    const why = button("Explain this answer", () => void this.explain());
    const details = make("div", { class: "details", role: "status" }, this.verdict, table_, this.when, this.slider, why);
    this.result = make("div", { class: "asked", hidden: true }, this.picture, details);
    this.frame = make("div", {});
    const box = make("div", { class: "box" }, tools, this.hint, this.fault);
    takeDrops(box, take);
    void addCamera(tools, (photo) => void this.ask(photo), "the question");
    document.querySelector('[data-view="asking"]').append(box, this.result, this.frame);
    this.forget();
  }

  forget() {
    this.setOpen(false);
    this.asked = null;
    this.result.hidden = true;
    this.frame.replaceChildren();
    this.fault.textContent = "";
  }

  // From the end of the first epoch on.
  open() {
    if (!this.isOpen) this.setOpen(true);
  }

  /** @param {boolean} isOpen */
  setOpen(isOpen) {
    this.isOpen = isOpen;
    this.file.input.disabled = !isOpen;
    this.file.element.classList.toggle("is-off", !isOpen);
    this.drawing.hidden = !(isOpen && boxes.isFixed);
    this.setHint();
    keeping.setOpen(isOpen);
  }

  setHint() {
    this.hint.textContent = this.isOpen ? "Drop a photo here, or choose it." : "Train first, then ask.";
  }

  /** @param {File} file */
  async ask(file) {
    if (this.isOpen) await this.answer(contentOf(file).then((content) => wish("ask", [file.name], content)));
  }

  /** @param {Promise<AskedPhoto>} answer */
  async answer(answer) {
    this.fault.textContent = "";
    this.hint.textContent = "Reading the photo …";
    try {
      this.asked = await answer;
    } catch (error) {
      this.fault.replaceChildren(name_(lineOf(error)));
      return;
    } finally {
      this.setHint();
    }
    this.frame.replaceChildren();
    this.picture.src = this.asked.preview;
    this.picture.title = this.asked.name;
    this.result.hidden = false;
    lookingBack.choose();
  }

  // The answer as it was after an epoch, or the last one before it whose weights were kept.
  /** @param {number} epoch @param {number} place @param {number} places */
  choose(epoch, place, places) {
    const { run } = training;
    if (!this.asked || !run) return;
    const { over, name } = this.asked;
    const { epoch: kept, answer, probabilities } = over.filter((one) => one.epoch <= epoch).at(-1) ?? over[0];
    this.verdict.replaceChildren(name_(name), ": ", strong(name_(run.classes[answer])), ", ", number(percent(probabilities[answer])));
    this.when.textContent = `The network’s answer ${afterEpoch(kept, run.steps)}; the slider goes back to earlier ones.`;
    this.slider.max = String(places);
    this.slider.value = String(place + 1);
    this.slider.setAttribute("aria-valuetext", `${afterEpoch(kept, run.steps)}: ${run.classes[answer]}, ${percent(probabilities[answer])}`);
    this.shares.replaceChildren(
      ...run.classes.map((one, n) =>
        make(
          "tr",
          {},
          make("th", { scope: "row" }, name_(one)),
          make("td", { class: "wide" }, bar(probabilities[n], 1)),
          make("td", { class: "number" }, percent(probabilities[n])),
        ),
      ),
    );
  }

  async explain() {
    if (!this.asked) return;
    this.fault.textContent = "";
    try {
      const srcdoc = await wish("explain", [this.asked.name, this.asked.path]);
      const title = "Why did the network say so?";
      const frame = make("iframe", { class: "explaining", title, sandbox: "allow-scripts", srcdoc });
      const note_ = note("The network as it is now, number by number.");
      this.frame.replaceChildren(make("h3", {}, title), note_, frame);
      this.frame.scrollIntoView({ block: "start" });
      frame.focus({ preventScroll: true });
    } catch (error) {
      this.fault.textContent = lineOf(error);
    }
  }
}
