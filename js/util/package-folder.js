// Where the files of this package are: beside this module, or elsewhere if a bundler has put it into another file.

import { existsSync, readFileSync } from "node:fs";
import module from "node:module";
import { dirname, join, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { LAYOUT } from "../generated/slot-table.js";

// `module.createRequire`, not `createRequire`: webpack takes the place of the latter.

/**
 * @param {string | undefined} url `import.meta.url` of a module. A bundle in CommonJS has none, and webpack writes into a bundle
 *   where the module was when it built
 * @returns {string} path of the module, or of the bundle that it became part of
 */
export function pathOf(url) {
  const path = url?.startsWith("file:") ? fileURLToPath(url) : "";
  if (exists(path)) return path;
  try {
    // Not behind `typeof`, which webpack takes for true in modules too.
    return __filename;
  } catch {
    return resolve(process.argv[1] ?? "bundle.js");
  }
}

/** @param {string} path */
export function exists(path) {
  try {
    return existsSync(path);
  } catch {
    // --permission denies to read it.
    return false;
  }
}

/**
 * @returns {string | undefined} the folder of this package, with a separator at its end. A bundle uses the one that is installed
 *   where it runs, if that has the same record layout.
 */
export function packageFolder() {
  const here = pathOf(import.meta.url);
  const own = resolve(dirname(here), "../..");
  if (isThis(own)) return own + sep;
  for (const from of [here, process.argv[1]]) {
    try {
      const installed = dirname(module.createRequire(resolve(from)).resolve("onescope/package.json"));
      if (isThis(installed)) return installed + sep;
    } catch {
      // Not installed there.
    }
  }
  return undefined;
}

/** @returns {string | undefined} the version of this package; `undefined` where `packageFolder()` is. Not imported: bundlers need a plugin for JSON */
export function packageVersion() {
  const folder = packageFolder();
  return folder && manifest(folder).version;
}

/**
 * @param {string} folder
 * @returns {{ name: string, version: string }}
 */
function manifest(folder) {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
}

/** @param {string} folder */
function isThis(folder) {
  try {
    const table = readFileSync(join(folder, "js/generated/slot-table.js"), "utf8");
    return manifest(folder).name === "onescope" && table.includes(LAYOUT.hash);
  } catch {
    return false;
  }
}
