"use strict";

// The page: boxes to fill in for each array of the sheet, and what the numbers say.

/** @type {Part[]} */
const PARTS = JSON.parse(document.getElementById("data").textContent);
const STEPS = /** @type {Steps} */ (new Map(PARTS.flatMap(({ steps }) => steps).map((step) => [step.name, step])));
/** @type {Boxes} */
const inputs = new Map(); // name -> rows of input elements
const GIVEN = Object.fromEntries(
  [...STEPS.values()].flatMap(({ given }) => given).map(({ name, numbers }) => [name, numbers]),
);

/** @type {Make} */
function make(tag, properties = {}, ...children) {
  /** @type {any} */
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in element) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/** @param {number} value */
const short = (value) => String(Number(value.toPrecision(6))).replace("-", "−");
/** @param {string} name */
const idOf = (name) => name.replaceAll(" ", "-");
/** @param {Step} step */
const isSingle = ({ right }) => right.flat().length === 1;
/** @param {Step} step @param {number} i @param {number} j */
const boxName = (step, i, j) => {
  if (isSingle(step)) return step.name;
  if (step.right.length === 1) return `${step.name}, number ${j + 1}`;
  return `${step.name}, row ${i + 1}, column ${j + 1}`;
};

/** @param {{ name: string, numbers: Table }} given */
function givenTable({ name, numbers }) {
  const rows = numbers.map((row) => make("tr", {}, ...row.map((value) => make("td", {}, short(value)))));
  return make("table", { className: "given" }, make("caption", {}, name), make("tbody", {}, ...rows));
}

/** @param {string} name @returns {Box[][]} */
function written(name) {
  return inputs.get(name).map((row) => row.map(({ value: text }) => ({ text, number: readNumber(text) })));
}

// The arrays that a step needs, as the student has them; null if a number is missing.
/** @param {Step} step @returns {Earlier | null} */
function earlierThan(step) {
  const numbers = { ...GIVEN };
  let differ = false;
  for (const name of step.needs) {
    const table = written(name);
    numbers[name] = table.map((row) => row.map(({ number }) => number?.value ?? NaN));
    if (numbers[name].flat().some(Number.isNaN)) return null;
    const { right } = STEPS.get(name);
    differ ||= table.some((row, i) => row.some(({ number }, j) => !(number && agrees(number, right[i][j]))));
  }
  return { numbers, differ };
}

/** @param {BoxCell[]} cells @param {Step} step */
const listed = (cells, step) => {
  const shown = cells.slice(0, 4).map(({ i, j }) => boxName(step, i, j).replace(`${step.name}, `, ""));
  return shown.join("; ") + (cells.length > 4 ? " …" : "");
};

/** @param {Step} step @param {Diagnosis} diagnosis */
function sayings(step, { kind, isFull, wrong, causes }) {
  const look = wrong.length && !isSingle(step) ? ` Look again at: ${listed(wrong, step)}.` : "";
  if (kind === "empty") return ["Write your numbers into the boxes first."];
  if (kind === "unread") return [`This is not a number: ${listed(wrong, step)}. Write 0.25, 0,25 or 1/4.`];
  if (kind === "right") return [isFull ? "Right." : "Right so far. The rest is still empty."];
  if (kind === "follows") {
    return [
      "This step is right: your numbers follow from those that you have above. The slip is further up.",
    ];
  }
  if (kind === "cause") {
    if (causes.length === 1) return [`These are the numbers you get if ${causes[0].what}.`, causes[0].instead];
    return [
      "Several mistakes give these numbers:",
      ...causes.map(({ what, instead }) => `• ${what[0].toUpperCase()}${what.slice(1)}. ${instead}`),
    ];
  }
  if (kind === "upstream") {
    return [`A number further up is not right yet, and these do not follow from it either.${look}`];
  }
  const right = step.right.flat().length - wrong.length;
  const count = isSingle(step) || !isFull ? "Not right yet." : `${right} of ${step.right.flat().length} are right.`;
  const rounding = step.right.flat().some((value) => Math.abs(value * 4 - Math.round(value * 4)) > EXACT)
    ? " Write at least two decimals, better four."
    : "";
  return [`${count} None of the usual mistakes gives these numbers.${look}${rounding}`];
}

/** @param {Step} step @param {HTMLElement} message */
function check(step, message) {
  const result = diagnose(step, written(step.name), earlierThan(step));
  const wrong = new Set(result.wrong.map(({ i, j }) => `${i},${j}`));
  const judged = !["empty", "follows"].includes(result.kind);
  inputs.get(step.name).forEach((row, i) =>
    row.forEach((input, j) => {
      const isWrong = judged && wrong.has(`${i},${j}`);
      input.classList.toggle("wrong", isWrong);
      input.setAttribute("aria-invalid", String(isWrong));
    }),
  );
  message.className = `message ${result.kind}`;
  message.replaceChildren(...sayings(step, result).map((text) => make("p", {}, text)));
}

// Numbers copied from elsewhere, "4 3 4 / 2 4 3" or a table, fill the boxes from this one on.
/** @param {ClipboardEvent} event @param {Step} step @param {number} i @param {number} j */
function paste(event, step, i, j) {
  const text = (event.clipboardData ?? { getData: () => "" }).getData("text");
  const rows = text.trim().split(/\s*[\n;]\s*|\s+\/\s+/).map((row) => row.trim().split(/\s+/));
  if (rows.flat().length < 2) return;
  event.preventDefault();
  rows.forEach((row, down) =>
    row.forEach((value, across) => {
      const box = inputs.get(step.name)[i + down]?.[j + across];
      if (box) box.value = value;
    }),
  );
}

// The arrow keys up and down move between rows; left and right belong to the text.
/** @param {KeyboardEvent} event @param {Step} step @param {number} i @param {number} j @param {() => void} checkNow */
function move(event, step, i, j, checkNow) {
  const down = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  if (event.key === "Enter") checkNow();
  const next = down && inputs.get(step.name)[i + down]?.[j];
  if (!next) return;
  event.preventDefault();
  next.focus();
}

/** @param {Step} step */
function exercise(step) {
  const message = make("div", { className: "message", role: "status" });
  const checkNow = () => check(step, message);
  const rows = step.right.map((row, i) =>
    row.map((_, j) =>
      make("input", {
        type: "text",
        inputMode: "text",
        autocomplete: "off",
        spellcheck: false,
        maxLength: 20,
        "aria-label": boxName(step, i, j),
        onpaste: (event) => paste(event, step, i, j),
        onkeydown: (event) => move(event, step, i, j, checkNow),
      }),
    ),
  );
  inputs.set(step.name, rows);
  const boxes = make("div", { className: "boxes" }, ...rows.flat());
  boxes.style.setProperty("--columns", String(step.right[0].length));
  return make(
    "section",
    { className: "exercise", id: idOf(step.name), "aria-label": step.name },
    make("div", { className: "tables" }, ...step.given.map(givenTable)),
    make(
      "div",
      {},
      make("h3", {}, step.name),
      boxes,
      make("button", { type: "button", onclick: checkNow, "aria-label": `Check ${step.name}` }, "Check"),
      message,
    ),
  );
}

document
  .getElementById("parts")
  .append(
    ...PARTS.map(({ title, steps }) =>
      make("section", { className: "part" }, make("h2", {}, title), ...steps.map(exercise)),
    ),
  );
