import { keyOf } from "../util/copies.js";
import { real } from "./node-storage.js";

// A scope is the immutable frame that the one storage holds: an array with one place per lane. Place 0 heads the list
// of storages that have no lane (lanes.js); place n holds the value of the storage on lane n.
/** @typedef {unknown[]} Scope */

/** @type {any} */
const global = globalThis;
const KEY = Symbol.for(keyOf("scope.1"));

/**
 * The one real AsyncLocalStorage of the process. Its methods are pinned as they are now: `onescope/register` later
 * puts trip-wires on the prototype that must see every real storage but this one.
 *
 * @returns {import("node:async_hooks").AsyncLocalStorage<Scope | undefined>}
 */
function createOne() {
  const { AsyncLocalStorage } = real;
  const storage = new AsyncLocalStorage(/** @type {any} */ ({ name: "onescope" }));
  const { getStore, enterWith, run, disable } = AsyncLocalStorage.prototype;
  // Under async_hooks a new storage of Node 24 and later taxes every promise from now on, and one that is off does not. The
  // first entry turns it on. Workers have no such thing, and refuse.
  try {
    disable.call(storage);
  } catch {}
  Object.defineProperties(storage, {
    getStore: { value: getStore },
    enterWith: { value: enterWith },
    run: { value: run },
  });
  return storage;
}

/**
 * The one real storage, under a key of its own so that copies of this module and an inspector find it.
 *
 * @type {ReturnType<typeof createOne>}
 */
export const one = (global[KEY] ??= createOne());
