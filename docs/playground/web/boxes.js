"use strict";

// The boxes: photos are dropped into them, chosen, or taken by the webcam.

const FIRST_BOXES = 2;
const MOST_BOXES = 10;

// A button that opens the browser's choice of files.
/** @param {string} label @param {(files: File[]) => void} onFiles */
function fileButton(label, onFiles, isMany = true) {
  const input = make("input", { type: "file", accept: "image/*", multiple: isMany, "aria-label": label });
  input.addEventListener("change", () => {
    if (input.files?.length) onFiles([...input.files]);
    input.value = "";
  });
  const element = make("label", { class: "file" }, make("span", { "aria-hidden": "true" }, label), input);
  return { element, input };
}

const NO_FILE = "what was dropped is not a file: save the picture, then drop or choose its file";

// Text may be dragged into a field.
/** @param {DragEvent} event */
const isForField = ({ target, dataTransfer }) => target instanceof HTMLInputElement && !dataTransfer?.types.includes("Files");

// Files that the system makes, in each folder of photos.
/** @param {string} name */
const isSystems = (name) => name.startsWith(".") || ["Thumbs.db", "desktop.ini", "__MACOSX"].includes(name);

// The files in a folder and in those inside it, by name; `holders` gets the folders that hold some.
/** @param {FileSystemEntry} entry @param {Set<string>} holders @returns {Promise<File[]>} */
async function filesIn(entry, holders) {
  if (entry.isFile) {
    holders.add(entry.fullPath.slice(0, -entry.name.length));
    return [await new Promise((done, fail) => /** @type {FileSystemFileEntry} */ (entry).file(done, fail))];
  }
  const reader = /** @type {FileSystemDirectoryEntry} */ (entry).createReader();
  /** @type {FileSystemEntry[]} */
  const entries = [];
  for (let isAll = false; !isAll; ) {
    /** @type {FileSystemEntry[]} */
    const more = await new Promise((done, fail) => reader.readEntries(done, fail)); // a hundred at a time
    entries.push(...more);
    isAll = !more.length;
  }
  const own = entries.filter(({ name }) => !isSystems(name));
  own.sort((one, other) => one.name.localeCompare(other.name, "en", { numeric: true }));
  return (await Promise.all(own.map((one) => filesIn(one, holders)))).flat();
}

// What was dropped, with the files in a folder in place of the folder, and a line about it.
/** @param {DataTransfer | null} dropped @returns {Promise<[File[], string]>} */
async function contentsOf(dropped) {
  const files = [...(dropped?.files ?? [])];
  // Folders can be opened only from what is taken here, before the first "await".
  const items = [...(dropped?.items ?? [])].filter(({ kind }) => kind === "file");
  const entries = items.map((item) => item.webkitGetAsEntry?.());
  const holders = /** @type {Set<string>} */ (new Set());
  const found = await Promise.all(
    files.map(async (file, n) => {
      const entry = entries[n];
      if (!entry?.isDirectory) return file;
      const inside = await filesIn(entry, holders).catch(() => []);
      return inside.length ? inside : file; // which cannot be read, and so gets its line
    }),
  );
  const said = `photos of ${holders.size} folders are in this box now, and it is one class`;
  return [found.flat(), holders.size > 1 ? said : ""];
}

// Lets files be dropped on an element. A picture of another page may come without its file.
/** @param {HTMLElement} element @param {(files: File[], said?: string) => void} onFiles */
function takeDrops(element, onFiles) {
  /** @param {boolean} isOver */
  const mark = (isOver) => element.classList.toggle("is-over", isOver);
  element.addEventListener("dragover", (event) => {
    if (isForField(event)) return;
    event.preventDefault();
    mark(true);
  });
  element.addEventListener("dragleave", () => mark(false));
  element.addEventListener("drop", (event) => {
    if (isForField(event)) return;
    event.preventDefault();
    mark(false);
    void contentsOf(event.dataTransfer).then(([files, said]) => onFiles(files, said));
  });
}

// Otherwise the browser opens a photo dropped beside the boxes in place of this page.
for (const name of /** @type {const} */ (["dragover", "drop"]))
  addEventListener(name, (event) => {
    if (event.defaultPrevented || isForField(event)) return;
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = "none";
  });

// One class: its name, and its photos. The drawn heroes are as they are.
class Box {
  /** @param {number} number @param {string} name @param {boolean} isFixed */
  constructor(number, name, isFixed) {
    this.number = number;
    this.photos = 0;
    this.test = 0;
    this.emptied = 0; // how often: photos that were to come then do not come any more
    this.reading = Promise.resolve(); // the photos that were dropped or chosen so far
    this.nameField = make("input", {
      type: "text",
      value: name,
      maxLength: 60,
      readOnly: isFixed,
      placeholder: `name of class ${number + 1}`,
      "aria-label": `name of the class in box ${number + 1}`,
      autocomplete: "off",
    });
    this.count = make("p", { class: "count", role: "status" }, "no photos yet");
    this.faults = make("ul", { class: "faults", role: "alert" });
    this.previews = make("ul", { class: "previews", "aria-label": `photos in box ${number + 1}`, tabIndex: 0, hidden: true });
    const tools = make("div", { class: "tools", hidden: isFixed });
    const hint = isFixed ? null : note("Drop photos here, or a folder of them, or choose them.");
    this.element = make(
      "div",
      { class: isFixed ? "box is-fixed" : "box", role: "group", "aria-label": `box ${number + 1}` },
      this.nameField, tools, hint, this.count, this.faults, this.previews,
    );
    if (isFixed) return;
    /** @param {File[]} files */
    const take = (files, said = "") => this.take(files, said);
    tools.append(
      fileButton("Choose photos", take).element,
      button("Empty", () => void this.empty(), { "aria-label": `empty box ${number + 1}` }),
    );
    void addCamera(tools, (file) => take([file]), `box ${number + 1}`);
    takeDrops(this.element, take);
  }

  /** @param {AddedPhoto[]} added */
  show(added, test = 0) {
    for (const { preview, name } of added)
      this.previews.append(make("li", {}, make("img", { src: preview, alt: "", title: name, draggable: false })));
    this.photos += added.length;
    this.test += test;
    this.previews.hidden = !this.photos;
    const count = this.photos ? countOf(this.photos, "photo") : "no photos yet";
    this.count.textContent = count + (this.test ? `, and ${this.test} more for the test` : "");
  }

  /** @param {string} line */
  say(line) {
    this.faults.append(make("li", { class: "fault" }, name_(line)));
  }

  // Reads files after those that came before, and says what is wrong with some.
  /** @param {File[]} files @param {string} said */
  take(files, said) {
    const { emptied } = this;
    this.reading = this.reading.then(() => this.read(files, said, emptied));
  }

  /** @param {File[]} files @param {string} said @param {number} emptied */
  async read(files, said, emptied) {
    if (emptied !== this.emptied) return;
    this.faults.replaceChildren();
    if (said || !files.length) this.say(said || NO_FILE);
    for (const [n, file] of files.entries()) {
      this.count.textContent = `reading photo ${n + 1} of ${files.length} …`;
      try {
        const content = await contentOf(file);
        if (emptied !== this.emptied) return;
        const added = await wish("add_photo", [this.number, file.name], content);
        if (emptied !== this.emptied) return;
        this.show([added]);
        if (added.twin !== null)
          this.say(`${added.name}: it is in box ${added.twin + 1}, too, and a photo can be of one class only`);
      } catch (error) {
        if (emptied !== this.emptied) return;
        this.say(lineOf(error));
      }
    }
    this.show([]);
  }

  async empty() {
    this.emptied++;
    await wish("stop"); // a run reads these photos
    await wish("empty_box", [this.number]);
    this.previews.replaceChildren();
    this.faults.replaceChildren();
    this.photos = 0;
    this.show([]);
  }
}

class Boxes {
  constructor() {
    /** @type {Box[]} */
    this.all = [];
    this.isFixed = false;
    this.grid = make("div", { class: "boxes-of-photos" });
    this.status = make("p", { class: "note", role: "status" });
    this.more = button("Another box", () => this.add().nameField.focus());
    this.heroes = button("Take the drawn heroes", () => void this.takeHeroes(), { disabled: true });
    const again = button("Empty all boxes", () => void this.startAgain());
    document
      .querySelector('[data-view="photos"]')
      .append(make("div", { class: "tools" }, this.heroes, this.more, again), this.grid, this.status);
    this.reset(false);
  }

  // Ends when all photos that were dropped or chosen are read.
  async settled() {
    await Promise.all(this.all.map((box) => box.reading));
  }

  names() {
    return this.all.map((box) => box.nameField.value);
  }

  add(name = "") {
    const box = new Box(this.all.length, name, this.isFixed);
    this.all.push(box);
    this.grid.append(box.element);
    this.more.disabled = this.isFixed || this.all.length >= MOST_BOXES;
    return box;
  }

  /** @param {boolean} isFixed */
  reset(isFixed) {
    this.isFixed = isFixed;
    this.all = [];
    this.grid.replaceChildren();
    if (!isFixed) for (let n = 0; n < FIRST_BOXES; n++) this.add();
  }

  async startAgain() {
    for (const box of this.all) box.emptied++;
    this.status.textContent = "Emptying all boxes …";
    this.grid.inert = true; // a photo added now would be in a box that is about to be removed
    try {
      await wish("stop");
      await wish("start_again");
      this.reset(false);
      training.forget();
      this.status.textContent = "All boxes are empty.";
    } catch (error) {
      this.status.textContent = lineOf(error);
    }
    this.grid.inert = false;
  }

  async takeHeroes() {
    for (const box of this.all) box.emptied++;
    this.status.textContent = "Drawing 145 pictures of two heroes …";
    this.heroes.disabled = true;
    this.grid.inert = true;
    try {
      await wish("stop");
      const heroes = await wish("take_heroes");
      training.forget();
      this.reset(true);
      for (const { name, photos, test } of heroes) this.add(name).show(photos, test);
      this.status.textContent =
        "Drawn by tinycnn itself, each of them once; those of the test are further drawings. " +
        "To use photos of your own, empty all boxes.";
    } catch (error) {
      this.status.textContent = lineOf(error);
    }
    this.heroes.disabled = false;
    this.grid.inert = false;
  }
}
