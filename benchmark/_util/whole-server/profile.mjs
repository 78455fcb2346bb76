// Which share of a server's processor samples lies in code that keeps track of contexts.

import { existsSync, readFileSync, realpathSync } from "node:fs";
import { SourceMap } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { ROOT } from "../root.mjs";

/**
 * Modules of vinext that hold, look up or enter request state, and little else; onescope has one in the place of each. Not
 * vinext's shims/headers, on either side: most of it is what `headers()` and `cookies()` return.
 */
const STATE_MODULES = [
  "unified-request-context|request-context|cache-for-request|root-params",
  "(cache-request|fetch-cache|head|i18n|navigation|router)-state",
  "internal/(als-registry|headers-state|request-state)",
].join("|");

const NODES = /^node:(async_hooks|internal\/(async_hooks|async_context_frame|promise_hooks|async_local_storage\/\w+))$/;
const VINEXTS = new RegExp(`/node_modules/vinext/(dist|src)/shims/(${STATE_MODULES})\\.[jt]s$`);
const ONESCOPES = new RegExp(
  `^(js/(async-context|request|store)/.+|js/(register|store|index)|shims/(${STATE_MODULES}))\\.js$`,
);

/**
 * In percent of the busy samples, which are all but the idle ones.
 *
 * @typedef {{ context: number, collector: number, native: number }} Shares `native`: of the process outside of JavaScript
 */

/**
 * @param {import("./processes.mjs").ProfiledFunction[]} functions
 * @returns {Shares}
 */
export function sharesOf(functions) {
  const counts = { context: 0, busy: 0, collector: 0, native: 0 };
  for (const each of functions) {
    const { functionName, samples } = each;
    if (functionName === "(idle)") continue;
    counts.busy += samples;
    if (functionName === "(garbage collector)") counts.collector += samples;
    else if (functionName === "(program)") counts.native += samples;
    else if (isContext(sourceOf(each))) counts.context += samples;
  }
  const percent = (/** @type {number} */ samples) => (100 * samples) / counts.busy;
  return { context: percent(counts.context), collector: percent(counts.collector), native: percent(counts.native) };
}

/** @param {string} source URL of Node's own, else a path */
export function isContext(source) {
  if (NODES.test(source) || VINEXTS.test(source)) return true;
  return source.startsWith(ROOT) && ONESCOPES.test(source.slice(ROOT.length));
}

/** @type {Map<string, { map: SourceMap, folder: string } | undefined>} by path of a script */
const maps = new Map();

/**
 * The module that a function was written in: bundlers put many into one script.
 *
 * @param {{ url: string, line: number, column: number }} at
 */
export function sourceOf({ url, line, column }) {
  if (!url.startsWith("file:")) return url;
  const path = fileURLToPath(url);
  if (!maps.has(path)) {
    const map = `${path}.map`;
    maps.set(
      path,
      existsSync(map)
        ? { map: new SourceMap(JSON.parse(readFileSync(map, "utf8"))), folder: dirname(path) }
        : undefined,
    );
  }
  const found = maps.get(path);
  const entry = found?.map.findEntry(line, column);
  // A bundler's own functions are in no source.
  if (found === undefined || entry === undefined || !("originalSource" in entry) || !entry.originalSource) return path;
  return real(resolve(join(found.folder, entry.originalSource)));
}

/** @param {string} path */
function real(path) {
  return existsSync(path) ? realpathSync(path) : path;
}
