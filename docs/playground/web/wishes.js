"use strict";

// The way to the worker and back: each wish is answered once, events come in between.

// A worker made of a blob is held to this page's security policy; one made from a file would have
// none. It loads worker.js and all else from the page's own folder.
const base = new URL(".", location.href).href;
const bootstrap = `globalThis.base = ${JSON.stringify(base)}; importScripts(${JSON.stringify(`${base}worker.js`)});`;
const worker = new Worker(URL.createObjectURL(new Blob([bootstrap], { type: "text/javascript" })));
/** @type {Map<number, Waiting>} */
const waiting = new Map();
let wishes = 0;
/** @type {Record<string, (data: any) => void>} */
const onEvent = {};

/** @param {string} method @param {unknown[]} args @param {ArrayBuffer | null} file @returns {Promise<any>} */
function wish(method, args = [], file = null) {
  return new Promise((resolve, reject) => {
    const id = ++wishes;
    waiting.set(id, { resolve, reject });
    if (file) worker.postMessage({ id, method, args, file }, [file]);
    else worker.postMessage({ id, method, args });
  });
}

worker.onmessage = ({ data }) => {
  if ("event" in data) {
    onEvent[data.event]?.(data);
    return;
  }
  const one = waiting.get(data.id);
  waiting.delete(data.id);
  if ("error" in data) one?.reject(new Error(data.error));
  else one?.resolve(data.value);
};
worker.onerror = () => onEvent.failed?.({ text: "the worker could not be started" });

// The one line that an error has.
/** @param {unknown} error */
const lineOf = (error) => (error instanceof Error ? error.message : String(error));

// A file's content; a folder has none.
/** @param {File} file */
async function contentOf(file) {
  try {
    return await file.arrayBuffer();
  } catch {
    throw new Error(`${file.name}: it cannot be read; is it a folder without photos?`);
  }
}

// Gives a file to the user, as a download.
/** @param {BlobPart} content @param {string} name @param {string} type */
function handOver(content, name, type) {
  const address = URL.createObjectURL(new Blob([content], { type }));
  make("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}
