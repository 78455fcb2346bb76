import { LAYOUT } from "../../generated/slot-table.js";
import { withOwnErrors } from "../../util/errors.js";

/** @import { Backend, Diagnostics, Recorder, Store, Watchdog } from "./contract.js" */

const nothing = () => {};

/** Calls that return JSON: what they return has many fields. */
const JSON_CALLS = new Set([
  "confirmedStalls",
  "contexts",
  "counts",
  "inFlight",
  "latencies",
  "slow",
  "neverClosed",
  "readFlight",
  "recordUsage",
]);

/**
 * @param {unknown} exports of an addon
 * @param {string} path of the addon
 * @returns {Backend}
 * @throws {Error} if it is another addon, or that of another version
 */
export function toBackend(exports, path) {
  const functions = Object.entries(/** @type {Record<string, (...args: any[]) => any>} */ (exports ?? {}));
  const store = /** @type {Store & Watchdog & Recorder & Diagnostics} */ (
    Object.fromEntries(functions.map(([name, fn]) => [name, imported(name, fn)]))
  );
  if (typeof store.layoutHash !== "function") throw new Error(`${path}: another addon, not that of onescope`);
  const hash = store.layoutHash();
  if (hash !== LAYOUT.hash) {
    const what = `record layout ${hash}, and this package has ${LAYOUT.hash}`;
    throw new Error(`${path}: of another version (${what}); install both in one version, or build it again`);
  }
  const parts = { watchdog: store, recorder: store, diagnostics: store };
  const added = { reasons: [], path, ...parts, childCreated: nothing, outgoingBegan: nothing, closed: nothing };
  return { ...store, ...added, name: "native" };
}

/**
 * @param {string} name
 * @param {(...args: any[]) => any} fn an export of the addon
 * @returns {any}
 */
function imported(name, fn) {
  const call = withOwnErrors(fn);
  return JSON_CALLS.has(name) ? (/** @type {any[]} */ ...args) => JSON.parse(call(...args)) : call;
}
