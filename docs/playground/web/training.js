"use strict";

// The training run as it goes: its settings, its progress, and how it ended.

const DEFAULT_EPOCHS = 24;
const SIZES = [32, 48, 64];
const DEFAULT_SIZE = 64;

/** @param {number} seconds */
function inWords(seconds) {
  const rounded = Math.max(1, Math.round(seconds));
  return rounded < 90 ? countOf(rounded, "second") : countOf(Math.round(rounded / 60), "minute");
}

/** @param {Look} look @param {BegunRun} run */
const rightOf = (look, run) => look.answers.filter(({ answer }, n) => answer === run.test[n].truth).length;

/** @param {number} epoch @param {number} steps */
function afterEpoch(epoch, steps) {
  const whole = Math.floor(epoch);
  const more = Math.round((epoch - whole) * steps);
  return more ? `in epoch ${whole + 1}, after ${more} of ${countOf(steps, "step")}` : `after epoch ${whole}`;
}

class Training {
  constructor() {
    /** @type {BegunRun | null} */
    this.run = null;
    /** @type {Look[]} */
    this.looks = [];
    this.begun = 0;
    this.size = DEFAULT_SIZE;
    this.go = button("Train", () => void this.train(), { class: "main", disabled: true });
    this.halt = button("Stop", () => void wish("stop"), { disabled: true });
    this.epochs = make("input", { type: "number", min: 1, max: 200, value: DEFAULT_EPOCHS });
    this.bar = make("progress", { max: 1, value: 0, "aria-label": "steps done" });
    this.reading = make("p", { class: "reading number" });
    this.status = make("p", { class: "outcome", role: "status" });
    this.fault = make("p", { class: "fault", role: "alert" });
    const size = choice("photos of", SIZES.map((n) => [n, `${n} × ${n} pixels`]), this.size, (n) => {
      this.size = n;
    });
    const epochs = make("label", { class: "control" }, "epochs ", this.epochs);
    document
      .querySelector('[data-view="training"]')
      .append(make("div", { class: "tools" }, this.go, this.halt, size, epochs), this.fault, this.bar, this.reading, this.status);
    onEvent.step = ({ step }) => this.onStep(step);
    onEvent.look = ({ look }) => this.onLook(look);
    onEvent.end = ({ isDone, error }) => this.onEnd(isDone, error ?? "");
  }

  forget() {
    this.run = null;
    this.looks = [];
    this.bar.value = 0;
    for (const line of [this.reading, this.status, this.fault]) line.textContent = "";
    lookingBack.forget();
    asking.forget();
  }

  async train() {
    this.go.disabled = true;
    this.fault.textContent = "";
    const before = this.status.textContent;
    this.status.textContent = "Preparing the photos …";
    const epochs = Math.min(200, Math.max(1, Math.round(Number(this.epochs.value)) || DEFAULT_EPOCHS));
    this.epochs.value = String(epochs);
    try {
      await boxes.settled();
      /** @type {BegunRun} */
      const run = await wish("begin", [boxes.names(), this.size, epochs]);
      this.forget();
      this.run = run;
      this.status.textContent = `Training on ${countOf(run.photos, "photo")}; ${run.test.length} are kept for the test.`;
    } catch (error) {
      this.status.textContent = before;
      this.fault.textContent = lineOf(error);
      this.go.disabled = false;
      return;
    }
    this.halt.disabled = false;
    this.halt.focus({ preventScroll: true });
    this.begun = performance.now();
    await wish("train");
  }

  /** @param {StepDone} done */
  onStep({ step, steps, of, loss, accuracy }) {
    if (!this.run) return;
    this.bar.max = of;
    this.bar.value = step;
    const left = ((performance.now() - this.begun) / 1000 / step) * (of - step);
    this.reading.textContent =
      `step ${step} of ${of}, epoch ${Math.ceil(step / steps)} of ${of / steps}: ` +
      `loss ${loss.toFixed(4)}, accuracy ${percent(accuracy)}` +
      (of > step ? `; about ${inWords(left)} left` : "");
  }

  /** @param {Look} look */
  onLook(look) {
    if (!this.run) return;
    this.looks.push(look);
    lookingBack.show(this.run, this.looks);
    asking.open();
  }

  /** @param {boolean} isDone @param {string} error */
  onEnd(isDone, error) {
    const hadFocus = document.activeElement === this.halt;
    this.go.disabled = false;
    this.halt.disabled = true;
    if (hadFocus) this.go.focus({ preventScroll: true });
    this.fault.textContent = error;
    const last = this.looks.at(-1);
    if (!last || !this.run) return;
    this.status.textContent =
      `${isDone ? "Done" : `Stopped ${afterEpoch(last.epoch, this.run.steps)}`}: ` +
      `${rightOf(last, this.run)} of ${countOf(this.run.test.length, "test photo")} right.`;
  }
}
