import manifest from "../../package.json" with { type: "json" };
import { CORE, STATE } from "./modules.js";

/** Name of the file in the output of each server environment that says what the plugin replaced there; `onescope doctor` reads it. */
export const REPORT = "onescope.json";

/**
 * @param {Iterable<string>} ids of the modules in a bundle
 * @param {(id: string) => string | undefined} ownName of a module that replaces one of vinext's, as in modules.js
 * @returns {string} JSON: which of vinext's modules are replaced, and which are in the bundle as they are
 */
export function reportOf(ids, ownName) {
  /** @type {Set<string>} */
  const swapped = new Set();
  /** @type {Set<string>} */
  const kept = new Set();
  for (const id of ids) {
    const path = id.replaceAll("\\", "/").replace(/[?#].*$/, "");
    const own = ownName(path);
    const stock = /\/vinext\/dist\/shims\/(.+)\.js$/.exec(path)?.[1];
    if (own !== undefined) swapped.add(own);
    else if (stock !== undefined && [...CORE, ...STATE].includes(stock)) kept.add(stock);
  }
  return `${JSON.stringify({ onescope: manifest.version, swapped: [...swapped].sort(), kept: [...kept].sort() })}\n`;
}
