// Run a Python program inside Pyodide:
//     node run.mjs PYODIDE PROJECT SITE PROGRAM ARGUMENT ...
// PYODIDE is the folder with Pyodide and NumPy's wheels, SITE one with pytest, and
// PROGRAM a file of this folder.
import { pathToFileURL } from "node:url";

const [pyodide, project, site, ...line] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${pyodide}/pyodide.mjs`).href);
const python = await loadPyodide({
  indexURL: `${pyodide}/`,
  /** @param {string} text */
  stdout: (text) => console.log(text),
  /** @param {string} text */
  stderr: (text) => console.error(text),
});
await python.loadPackage(["numpy", "pillow", "matplotlib"], {
  messageCallback: () => {},
});
for (const [folder, root] of [["/project", project], ["/site", site]]) {
  python.FS.mkdirTree(folder);
  python.FS.mount(python.FS.filesystems.NODEFS, { root }, folder);
}
python.globals.set("line", python.toPy(line));
try {
  python.runPython(`
import runpy, sys

sys.path[:0] = ["/project", "/site"]
sys.dont_write_bytecode = True
sys.argv = list(line)
runpy.run_path(f"/project/tests/pyodide/{line[0]}", run_name="__main__")
`);
} catch (error) {
  // Not the error itself: Node would print the line it comes from, 1 MB of Pyodide.
  const { message } = /** @type {Error} */ (error);
  console.error(message || String(error));
  process.exitCode = 1;
}
