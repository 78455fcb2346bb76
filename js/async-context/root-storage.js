import { keyOf } from "../util/copies.js";
import { nodeHooks } from "./node-hooks.js";

// A scope is the immutable frame that the root storage holds: an array with the value of each storage at that storage's index.
// Index 0 heads the list of storages that have no index of their own (scope.js).
/** @typedef {unknown[]} Scope */

/**
 * `changes` counts the scopes that were entered to stay, and so outlive the call that entered them. While it stays the same, what
 * `run` entered is still the current scope: that costs less to check than the scope itself.
 *
 * @typedef {import("node:async_hooks").AsyncLocalStorage<Scope | undefined> & { changes: number }} Root
 */

const global = /** @type {Record<symbol, ReturnType<typeof createRootStorage>>} */ (
  /** @type {unknown} */ (globalThis)
);
const KEY = Symbol.for(keyOf("scope.1"));

/**
 * Its methods are pinned as they are now: `onescope/register` later replaces those of the prototype, to notice every use of
 * another storage of Node's own.
 *
 * @returns {Root}
 */
function createRootStorage() {
  const { AsyncLocalStorage } = nodeHooks;
  const storage = new AsyncLocalStorage({ name: "onescope" });
  const { getStore, enterWith, run, disable } = AsyncLocalStorage.prototype;
  // Under async_hooks Node 24 and later enable a new storage, which taxes every promise from then on. Off, it waits for the
  // first entry. Workers have nothing to disable, and refuse.
  try {
    disable.call(storage);
  } catch {}
  return Object.defineProperties(/** @type {Root} */ (storage), {
    getStore: { value: getStore },
    enterWith: { value: enterWith },
    run: { value: run },
    changes: { value: 0, writable: true },
  });
}

/**
 * The one AsyncLocalStorage of Node's own that the process needs. It is stored under its own key, where copies of this module
 * and an inspector find it.
 *
 * @type {ReturnType<typeof createRootStorage>}
 */
export const rootStorage = (global[KEY] ??= createRootStorage());

/** To be called before a scope is entered to stay. */
export function countChange() {
  rootStorage.changes = (rootStorage.changes + 1) | 0;
}
