// Storages that the copies of a library share under a key of the process, as vinext does with all of its own.

import { adopt, slotBehind } from "./adopt.js";
import { exitAll, SlotStorage } from "./slot-storage.js";

/** @import { AsyncLocalStorage } from "node:async_hooks" */

const global = /** @type {any} */ (globalThis);

// vinext's own set, so that a stock copy of this module in the same process exits our storages and we exit its.
/** @type {Set<{ exit<R>(fn: () => R): R }>} */
const registry = (global[Symbol.for("vinext.als.registry")] ??= new Set());

/**
 * The storage that the process shares under `Symbol.for(key)`, made a slot. One that exists already is adopted in place, so
 * that code which holds it sees the same values.
 *
 * @template T
 * @param {string} key vinext's name for it, such as `"vinext.cache.als"`
 * @returns {AsyncLocalStorage<T>}
 */
export function getOrCreateAls(key) {
  const symbol = Symbol.for(key);
  const storage = (global[symbol] ??= new SlotStorage({ name: key }));
  adopt(storage);
  registry.add(storage);
  return storage;
}

/**
 * Adds a storage made elsewhere to those that {@link runOutsideRequestScopes} leaves, and makes it a slot in place.
 *
 * @param {AsyncLocalStorage<never>} als
 */
export function registerAlsForScopeExit(als) {
  adopt(als);
  registry.add(als);
}

/**
 * Calls `fn`, and everything it starts, outside every request-scoped storage: one scope without those slots, and one
 * `exit` for each storage that could not be made a slot.
 *
 * @template T
 * @param {() => T} fn
 * @returns {T}
 */
export function runOutsideRequestScopes(fn) {
  const slots = [];
  let run = fn;
  for (const storage of registry) {
    const slot = slotBehind(storage);
    if (slot !== undefined) {
      slots.push(slot);
    } else {
      const inner = run;
      run = () => storage.exit(inner);
    }
  }
  return exitAll(slots, run);
}
