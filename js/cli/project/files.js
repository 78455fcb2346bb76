import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { CODES, OnescopeError } from "../../util/errors.js";

/** What is not read of a folder, so that a command ends within seconds whatever is in it. */
const MOST_FILES = 5000;
const MOST_BYTES = 16 * 2 ** 20;

/**
 * @param {string} folder
 * @param {object} options
 * @param {RegExp} options.files names
 * @param {RegExp} options.skipped names of folders that are not entered
 * @returns {Generator<{ path: string, text: string }>} `path` from the folder, with slashes
 */
export function* textsIn(folder, { files, skipped }) {
  let count = 0;
  const folders = [folder];
  for (let current = folders.shift(); current !== undefined; current = folders.shift()) {
    for (const entry of unlessFails(() => readdirSync(current, { withFileTypes: true })) ?? []) {
      const path = join(current, entry.name);
      if (entry.isDirectory()) {
        if (!skipped.test(entry.name)) folders.push(path);
      } else if (entry.isFile() && files.test(entry.name)) {
        if (++count > MOST_FILES) return;
        const text = readIfFile(path);
        if (text !== undefined) yield { path: relative(folder, path).replaceAll("\\", "/"), text };
      }
    }
  }
}

/**
 * @param {string} path
 * @returns {string | undefined} the text; `undefined` of what is no file, is too large, or cannot be read
 */
export function readIfFile(path) {
  return unlessFails(() => {
    const stat = statSync(path);
    return stat.isFile() && stat.size <= MOST_BYTES ? readFileSync(path, "utf8") : undefined;
  });
}

/**
 * @template T
 * @param {() => T} read what can be gone meanwhile, or another user's
 * @returns {T | undefined}
 */
export function unlessFails(read) {
  try {
    return read();
  } catch {
    // It says nothing about the app then.
    return undefined;
  }
}

/**
 * @template T
 * @param {string} name of a file of the project
 * @param {() => T} read
 * @returns {T}
 * @throws {OnescopeError} `ERR_ONESCOPE_PROJECT`
 */
export function readRequired(name, read) {
  try {
    return read();
  } catch (error) {
    throw new OnescopeError(CODES.PROJECT, `${name} cannot be read: ${/** @type {Error} */ (error).message}`);
  }
}

/**
 * @param {string} name of a file of the project
 * @param {() => void} write
 * @throws {OnescopeError} `ERR_ONESCOPE_PROJECT`
 */
export function writeRequired(name, write) {
  try {
    write();
  } catch (error) {
    throw new OnescopeError(
      CODES.PROJECT,
      `${name} cannot be written: ${/** @type {Error} */ (error).message}; run this as the user who owns the folder`,
    );
  }
}

/**
 * @param {string} path
 * @returns {string}
 * @throws {Error} if it cannot be changed as text
 */
export function readText(path) {
  const bytes = readFileSync(path);
  const text = bytes.toString("utf8");
  if (!Buffer.from(text).equals(bytes)) throw new Error("it is not UTF-8");
  return text;
}

/** An import of onescope by code or by a bundle, whose minifier may write it as a template; Turbopack gives externals a name with a hash. */
const IMPORT =
  /(?:\bfrom|\bimport|\bimport\s*\(|\brequire\s*\()\s*["'`](onescope(?:\/[\w./-]+)?)["'`]|["']onescope-[0-9a-f]{16}(\/[\w./-]+)?["']/g;

/**
 * @param {string} text
 * @returns {string[]} what it imports of onescope
 */
export function importsIn(text) {
  if (!text.includes("onescope")) return [];
  return [...text.matchAll(IMPORT)].map(([, name, path]) => name ?? `onescope${path ?? ""}`);
}
