import { isOthers } from "../copies.js";
import { adopt, slotBehind } from "../scope/adopt.js";
import { one } from "../scope/one.js";
import { claimLane, SlotStorage } from "../scope/slot-storage.js";
import { shared } from "../shared.js";

const KEY = Symbol.for("vinext.unifiedRequestContext.als");

/**
 * The storage that holds the current request context. It lies under vinext's own key, so that stock copies of vinext's
 * modules in the same process see the same requests.
 */
export const requestStorage = shared("requestStorage", () => {
  const global = /** @type {any} */ (globalThis);
  // That of a copy with another layout holds contexts that this one could not read.
  if (isOthers(global[KEY])) return new SlotStorage({ name: "vinext.unifiedRequestContext.als" });
  const storage = (global[KEY] ??= new SlotStorage({ name: "vinext.unifiedRequestContext.als" }));
  adopt(storage);
  return /** @type {import("node:async_hooks").AsyncLocalStorage<any>} */ (
    /** @type {unknown} */ (slotBehind(storage))
  );
});

const lane = shared("requestLane", () => claimLane(/** @type {any} */ (requestStorage)));

/** Not taken over from a real storage, so outside every scope there is no request. */
export const requestStorageIsOwn = /** @type {any} */ (globalThis)[KEY] === requestStorage;

/**
 * The current request context, as `requestStorage.getStore()` gives it, with the checks left out that a storage with a
 * lane of its own does not need. vinext's shims ask for it up to a hundred times a request.
 *
 * @returns {any} `undefined` outside a request
 */
export function currentRequest() {
  const scope = one.getStore();
  // Where the storage was taken over, the value of a scope that was entered before shows through it.
  if (scope === undefined && requestStorageIsOwn) return undefined;
  const stored = scope === undefined ? undefined : scope[lane];
  return typeof stored === "object" ? stored : requestStorage.getStore();
}
