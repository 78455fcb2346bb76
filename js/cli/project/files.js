import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";

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
    for (const entry of existsSync(current) ? readdirSync(current, { withFileTypes: true }) : []) {
      const path = join(current, entry.name);
      if (entry.isDirectory()) {
        if (!skipped.test(entry.name)) folders.push(path);
      } else if (entry.isFile() && files.test(entry.name) && statSync(path).size <= MOST_BYTES) {
        if (++count > MOST_FILES) return;
        yield { path: relative(folder, path).replaceAll("\\", "/"), text: readFileSync(path, "utf8") };
      }
    }
  }
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
