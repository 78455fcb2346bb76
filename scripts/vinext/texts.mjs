import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { createTwoFilesPatch } from "diff";
import { describeDifference } from "../../js/vite/difference.js";
import { CORE, REIMPLEMENTED, STATE } from "../../js/vite/modules.js";
import { EXAMPLE } from "../setup.mjs";

// Compares the modules of two releases of vinext as programs, not as text.

const vite = createRequire(join(EXAMPLE, "package.json")).resolve("vite");
const { minifySync, parseAst } = await import(pathToFileURL(vite).href);

/** Modules that onescope replaces or has anew, below `dist` without the extension. */
export const COMPARED = [
  ...[...CORE, ...STATE].map((name) => `shims/${name}`),
  ...new Set(Object.values(REIMPLEMENTED).flat()),
];

/**
 * The text of a module in a form in which comments, white space and the names of locals make no difference.
 *
 * @param {string} code
 */
export function normalize(code) {
  return print(code, { mangle: { toplevel: true }, codegen: { removeWhitespace: true } });
}

/**
 * The text of a module for reading: printed anew, without comments.
 *
 * @param {string} code
 */
function readable(code) {
  return print(code, { mangle: false, codegen: { removeWhitespace: false } });
}

/**
 * @param {string} code
 * @param {object} options
 * @returns {string}
 */
function print(code, options) {
  const { code: printed, errors } = minifySync("module.js", code, { module: true, compress: false, ...options });
  if (errors.length > 0) throw new SyntaxError(errors[0].message);
  return printed;
}

/**
 * @typedef {object} Difference
 * @property {string} path of the module, below `dist`
 * @property {string} text what changed: a unified diff, or a sentence where a module is in one release only
 */

/**
 * @param {string} known folder of a release's package
 * @param {string} release the same
 * @returns {{ equal: string[], differences: Difference[] }} paths of modules that are the same program, those that are not
 */
export function compareTexts(known, release) {
  /** @type {string[]} */
  const equal = [];
  /** @type {Difference[]} */
  const differences = [];
  for (const module of COMPARED) {
    const path = `${module}.js`;
    const [before, after] = [known, release].map((folder) => read(join(folder, "dist", path)));
    if (before === undefined && after === undefined) continue;
    if (before === undefined) differences.push({ path, text: `${path} is new` });
    else if (after === undefined) differences.push({ path, text: `${path} is missing` });
    else if (normalize(before) === normalize(after)) equal.push(path);
    else differences.push({ path, text: unified(path, readable(before), readable(after)) });
  }
  return { equal, differences };
}

/**
 * @param {string} path
 * @param {string} before
 * @param {string} after
 */
function unified(path, before, after) {
  return createTwoFilesPatch(`a/${path}`, `b/${path}`, before, after, undefined, undefined, {
    context: 3,
    headerOptions: { includeIndex: false, includeUnderline: false, includeFileHeaders: true },
  }).trimEnd();
}

/**
 * What keeps the plugin from replacing a release's core modules, whatever the specs say.
 *
 * @param {string} release folder of its package
 * @returns {string[]}
 */
export function coreDifferences(release) {
  return CORE.flatMap((name) => {
    const code = read(join(release, `dist/shims/${name}.js`));
    const difference = code === undefined ? "is missing" : describeDifference(parseAst(code), name);
    return difference === undefined ? [] : [`shims/${name}.js ${difference}`];
  });
}

/**
 * Modules that a release has besides a known one's, and that use request state. The plugin leaves them as they are.
 *
 * @param {string} known folder of a release's package
 * @param {string} release the same
 * @returns {string[]} paths below `dist`
 */
export function newUsers(known, release) {
  const shims = join(release, "dist/shims");
  return readdirSync(shims, { recursive: true, encoding: "utf8" })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => path.endsWith(".js") && !existsSync(join(known, "dist/shims", path)))
    .filter((path) => /(als-registry|unified-request-context)\.js"/.test(readFileSync(join(shims, path), "utf8")))
    .map((path) => `shims/${path}`);
}

/** @param {string} file */
function read(file) {
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}
