// Compile the modules that a browser's Python will import, in that Python:
//     node compile.mjs PYODIDE OUT PACKAGES MODULES
// PYODIDE is the folder of a site with the interpreter and its packages. PACKAGES, their
// names, and MODULES, what is imported, are joined by commas. OUT gets one compiled file
// for each module, under its path in site-packages/ or stdlib/.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [pyodide, out, packages, modules] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${pyodide}/pyodide.mjs`).href);
const python = await loadPyodide({ indexURL: `${pyodide}/` });
/** @type {string[]} */
const failed = [];
await python.loadPackage(packages.split(","), {
  messageCallback: () => {},
  /** @param {string} text */
  errorCallback: (text) => failed.push(text),
});
if (failed.length > 0) throw new Error(failed[0]);
python.FS.mkdirTree("/out");
python.FS.mount(python.FS.filesystems.NODEFS, { root: out }, "/out");
python.globals.set("line", python.toPy(["compile.py", ...modules.split(",")]));
python.runPython("import sys; sys.argv = list(line)");
python.runPython(readFileSync(new URL("compile.py", import.meta.url), "utf-8"));
