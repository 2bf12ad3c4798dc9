"use strict";

// Draws the page, and opens it for use when Python is there.

const boxes = new Boxes();
const keeping = new Keeping();
const asking = new Asking();
const lookingBack = new LookingBack();
const training = new Training();
const pythonState = document.getElementById("state");

onEvent.boot = ({ text }) => {
  pythonState.textContent = `Loading Python: ${text} …`;
};
onEvent.failed = ({ text }) => {
  pythonState.classList.add("failed");
  pythonState.textContent =
    `Python could not be loaded: ${text}. Load the page again; it needs a recent browser, ` +
    "and a server (python -m http.server), not a file.";
};
// From a file, Python's files cannot be loaded, and the worker reports no error.
if (location.protocol === "file:") onEvent.failed({ text: "the page was opened from a file" });
onEvent.ready = () => {
  pythonState.textContent = "Python is ready.";
  document.documentElement.dataset.ready = "yes";
  training.go.disabled = boxes.heroes.disabled = false;
};
