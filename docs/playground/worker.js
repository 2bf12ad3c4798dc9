"use strict";

// The worker: Python, tinycnn and the training run, apart from the page, which stays responsive.
// It answers messages in order; a training run makes one step at a time, and between two of them
// messages are read, so that "stop" is obeyed within a step.

/** @typedef {{id: number, method: string, args: unknown[], file?: ArrayBuffer}} Wish */

/** @type {string} */
const base = /** @type {any} */ (globalThis).base;
const FILE = "/incoming";
/** @type {any} */
let python = null;
/** @type {any} */
let bridge = null;
const run = { isTraining: false, ended: Promise.resolve() };

/** @param {object} message @param {Transferable[]} transfer */
const tell = (message, transfer = []) => postMessage(message, { transfer });

async function boot() {
  importScripts(`${base}pyodide/pyodide.js`);
  const ignored = { stdout: () => {}, stderr: () => {} };
  python = await /** @type {any} */ (globalThis).loadPyodide({ indexURL: `${base}pyodide/`, ...ignored });
  tell({ event: "boot", text: "loading NumPy, Pillow and tinycnn" });
  await python.loadPackage("tinycnn", { messageCallback: () => {}, errorCallback: () => {} });
  const source = await (await fetch(`${base}playground.py`)).text();
  python.FS.writeFile("/home/pyodide/playground.py", source);
  bridge = python.runPython(`
import functools
import playground

functools.partial(playground.call, playground.Playground("/playground"))
`);
  tell({ event: "ready" });
}

/**
 * Calls a method of the playground. Raises an Error whose message is one line.
 * @param {string} method
 * @param {...unknown} args
 */
function call(method, ...args) {
  let answer;
  try {
    answer = JSON.parse(bridge(method, JSON.stringify(args)));
  } catch (error) {
    const lines = String(/** @type {Error} */ (error).message ?? error).trim().split("\n");
    throw new Error(`Python stopped: ${lines[lines.length - 1]}`, { cause: error });
  }
  if ("error" in answer) throw new Error(answer.error);
  return answer.value;
}

const nextTurn = () => new Promise((go) => setTimeout(go));

async function train() {
  run.isTraining = true;
  let isDone = false;
  let isSeen = true; // whether the page has seen the network as it is
  while (run.isTraining && !isDone) {
    const step = call("step");
    isSeen = false;
    tell({ event: "step", step });
    await nextTurn();
    if (!step.ends_epoch) continue;
    tell({ event: "look", look: call("look") });
    isSeen = true;
    isDone = step.step === step.of;
    await nextTurn();
  }
  if (!isSeen) tell({ event: "look", look: call("look") });
  run.isTraining = false;
  tell({ event: "end", isDone });
}

/** @param {Wish} wish */
function fulfil({ method, args, file }) {
  if (method === "train") {
    run.ended = train().catch((error) => {
      run.isTraining = false;
      tell({ event: "end", isDone: false, error: error.message });
    });
    return null;
  }
  if (file) {
    python.FS.writeFile(FILE, new Uint8Array(file));
    return call(method, ...args, FILE);
  }
  return call(method, ...args);
}

const booted = boot();

onmessage = async ({ data }) => {
  const wish = /** @type {Wish} */ (data);
  try {
    await booted; // photos may be dropped while Python is being loaded
    if (wish.method === "stop") {
      run.isTraining = false;
      await run.ended; // the last look reads photos that the next message may remove
      tell({ id: wish.id, value: null });
    } else if (wish.method === "save") {
      const bytes = python.FS.readFile(call("save"));
      tell({ id: wish.id, value: bytes }, [bytes.buffer]);
    } else if (wish.method === "ask_drawing") {
      const { name, path } = call("draw_another");
      tell({ id: wish.id, value: call("ask", name, path) });
    } else tell({ id: wish.id, value: fulfil(wish) });
  } catch (error) {
    tell({ id: wish.id, error: /** @type {Error} */ (error).message });
  }
};

booted.catch((error) => tell({ event: "failed", text: String(error.message ?? error).trim().split("\n").pop() }));
