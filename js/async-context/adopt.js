import { LAYOUT } from "../generated/slot-table.js";
import { copies, isOthers } from "../util/copies.js";
import { shared } from "../util/shared.js";
import { mode, nodeHooks } from "./node-hooks.js";
import { adopting, SlotStorage } from "./slot-storage.js";

// A storage of Node's own that exists already is adopted in place, never shadowed: other code holds the instance, and what is
// entered through it must be read through the slot. All callers look the methods up on the instance, so it gets methods of
// its own, which call the slot's. Scopes that were entered before stay visible through the slot until they end.

/** @type {WeakMap<object, InstanceType<typeof SlotStorage>>} */
const adopted = shared("adopted", () => new WeakMap());

/**
 * The slot behind a storage: the storage itself if it is one, else the one that adopted it.
 *
 * @param {unknown} storage
 * @returns {InstanceType<typeof SlotStorage> | undefined} `undefined` for one that was not adopted and for anything else
 */
export function slotBehind(storage) {
  if (storage instanceof SlotStorage) return storage;
  return typeof storage === "object" && storage !== null ? adopted.get(storage) : undefined;
}

/**
 * Makes a storage of Node's own a slot, in place. Ignores what is not an AsyncLocalStorage and what is a slot already, also of a
 * copy with another layout.
 *
 * @param {unknown} storage
 */
export function adopt(storage) {
  if (!(storage instanceof nodeHooks.AsyncLocalStorage) || slotBehind(storage) !== undefined) return;
  if (isOthers(storage)) return;
  const slot = adopting(storage.getStore.bind(storage));
  const getStore = slot.getStore.bind(slot);
  const enterWith = slot.enterWith.bind(slot);
  /**
   * @param {unknown} store
   * @param {Function} fn
   * @param {unknown[]} args
   */
  const run = (store, fn, ...args) => {
    if (storage.getStore === getStore && storage.enterWith === enterWith)
      return Reflect.apply(slot.run, slot, [store, fn, ...args]);
    // As Node's own `run` does, where a profiler has hooked the storage since.
    const before = storage.getStore();
    if (Object.is(before, store)) return Reflect.apply(fn, null, args);
    if (!mode.frames) return Reflect.apply(slot.run, slot, [store, fn, ...args]);
    storage.enterWith(store);
    try {
      return Reflect.apply(fn, null, args);
    } finally {
      storage.enterWith(before);
    }
  };
  for (const [name, value] of Object.entries({ getStore, enterWith, run, exit: slot.exit.bind(slot) })) {
    Object.defineProperty(storage, name, { value, configurable: true, writable: true });
  }
  const suspend = nodeHooks.AsyncLocalStorage.prototype.disable.bind(storage);
  Object.defineProperty(storage, "disable", {
    value: () => {
      slot.disable();
      suspend();
    },
    configurable: true,
    writable: true,
  });
  adopted.set(storage, slot);
  copies.adopted.set(storage, LAYOUT.hash);
}
