"use strict";

// What remains when the tab is closed: the model file, and the program that makes it.

class Keeping {
  constructor() {
    this.text = "";
    this.model = button("Save the model", () => void this.hand("save", "model.safetensors", "application/octet-stream"));
    this.program = button("Download the program", () => void this.hand("script", "train_the_same.py", "text/x-python"));
    this.fault = make("p", { class: "fault", role: "alert" });
    this.listing = codeBox("The program", () => this.text);
    document
      .querySelector('[data-view="keeping"]')
      .append(
        make("div", { class: "tools" }, this.model, this.program),
        this.fault,
        note(
          "python -m tinycnn.predict model.safetensors PHOTO gives the same answers, python -m tinycnn.explain the same page. " +
            "Only a JPEG is decoded by another library there, and its pixels and probabilities differ a little.",
        ),
        this.listing.element,
      );
    this.setOpen(false);
  }

  /** @param {boolean} isOpen */
  setOpen(isOpen) {
    this.model.disabled = this.program.disabled = !isOpen;
    if (!isOpen) this.listing.element.hidden = true;
  }

  /** @param {string} method @param {string} name @param {string} type */
  async hand(method, name, type) {
    this.fault.textContent = "";
    try {
      const content = await wish(method);
      if (method === "script") {
        this.text = content;
        this.listing.element.hidden = false;
        this.listing.element.open = true;
        this.listing.refresh();
      }
      handOver(content, name, type);
    } catch (error) {
      this.fault.textContent = lineOf(error);
    }
  }
}
