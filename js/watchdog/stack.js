import { fileURLToPath } from "node:url";

/** Frames of a report. */
const LIMIT = 20;

const FRAME = /^ {4}at (?:(?<name>.+) \((?<site>.*)\)|(?<async>async )?(?<bare>.+))$/;
const SITE = /^(?<file>.*?)(?:\?[^:]*)?(?<place>:\d+:\d+)$/;
const NODE_MODULES = /^.*[\\/]node_modules[\\/]/;

/**
 * The functions of a stack, innermost first, without Node's own and onescope's: `name (file:line:column)`, the file
 * relative to `cwd`, or from its package's name on. What the engine itself provides has no file: `RegExp.test`.
 *
 * @param {string} stack as `Error.prototype.stack` shows it
 * @param {{ cwd: string, own: string[] }} folders absolute paths that end with a separator: the program's, and those of
 *   onescope's own code
 * @returns {string[]} at most 20
 */
export function frames(stack, { cwd, own }) {
  /** @type {string[]} */
  const found = [];
  const lines = stack.split("\n");
  // What the probe itself called is above its expression. In a bundle, nothing else tells it from the program.
  for (const line of lines.slice(lines.findIndex((each) => each.includes("node:onescope")) + 1)) {
    const { name, site, async = "", bare } = FRAME.exec(line)?.groups ?? {};
    const where = site ?? bare;
    // An engine's function has no place, and Node's have a scheme.
    if (where === undefined || where.startsWith("node:")) continue;
    const { file, place } = SITE.exec(where)?.groups ?? {};
    if (file === undefined) {
      if (name !== undefined) found.push(name);
      continue;
    }
    const path = pathOf(file);
    if (own.some((folder) => path.startsWith(folder))) continue;
    const at = shorten(path, cwd) + place;
    found.push(name === undefined ? async + at : `${name} (${at})`);
    if (found.length === LIMIT) break;
  }
  return found;
}

/** @param {string} file a path, a `file:` URL, or whatever names a script */
function pathOf(file) {
  if (!file.startsWith("file:")) return file;
  try {
    return fileURLToPath(file);
  } catch {
    return file;
  }
}

/**
 * @param {string} path
 * @param {string} cwd
 */
function shorten(path, cwd) {
  if (NODE_MODULES.test(path)) return path.replace(NODE_MODULES, "");
  return path.startsWith(cwd) ? path.slice(cwd.length) : path;
}
