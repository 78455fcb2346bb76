import { shared } from "../shared.js";
import { real } from "./real.js";
import { adopting, SlotStorage } from "./slot-storage.js";

// A real storage that exists already must not be shadowed by a new one: somebody holds the instance, and what is entered
// through one must be read through the other. All callers look the methods up on the instance, so own methods that
// route to a slot take it over in place. Scopes that were entered before stay visible through the slot until they end.

/** @type {WeakMap<object, InstanceType<typeof SlotStorage>>} */
const adopted = shared("adopted", () => new WeakMap());

/**
 * The slot behind a storage: the storage itself if it is one, else the one that it was taken over by.
 *
 * @param {unknown} storage
 * @returns {InstanceType<typeof SlotStorage> | undefined} `undefined` for a real storage and for anything else
 */
export function slotBehind(storage) {
  if (storage instanceof SlotStorage) return storage;
  return typeof storage === "object" && storage !== null ? adopted.get(storage) : undefined;
}

/**
 * Makes a real storage a slot, in place. Does nothing to what is no AsyncLocalStorage or is a slot already.
 *
 * @param {unknown} storage
 */
export function adopt(storage) {
  if (!(storage instanceof real.AsyncLocalStorage) || slotBehind(storage) !== undefined) return;
  const slot = adopting(storage.getStore.bind(storage));
  for (const method of /** @type {const} */ (["getStore", "run", "enterWith", "exit"])) {
    Object.defineProperty(storage, method, {
      value: /** @type {Function} */ (slot[method]).bind(slot),
      configurable: true,
      writable: true,
    });
  }
  const suspend = real.AsyncLocalStorage.prototype.disable.bind(storage);
  Object.defineProperty(storage, "disable", {
    value: () => {
      slot.disable();
      suspend();
    },
    configurable: true,
    writable: true,
  });
  adopted.set(storage, slot);
}
