import { adopt, slotBehind } from "../async-context/adopt.js";
import { rootStorage } from "../async-context/root-storage.js";
import { claimIndex, SlotStorage } from "../async-context/slot-storage.js";
import { LAYOUT } from "../generated/slot-table.js";
import { copies } from "../util/copies.js";
import { shared } from "../util/shared.js";

const NAME = "vinext.unifiedRequestContext.als";
const KEY = Symbol.for(NAME);

/** A copy with another layout keeps its contexts under vinext's key. This one cannot read them, so it has its own storage. */
export const requestStorageIsApart = (copies.requests ??= LAYOUT.hash) !== LAYOUT.hash;

/**
 * The storage that holds the current request context. It is stored under vinext's own key, so that stock copies of vinext's
 * modules in the same process see the same requests.
 */
export const requestStorage = shared("requestStorage", () => {
  const global = /** @type {Record<symbol, unknown>} */ (/** @type {unknown} */ (globalThis));
  const storage = requestStorageIsApart
    ? new SlotStorage({ name: NAME })
    : (global[KEY] ??= new SlotStorage({ name: NAME }));
  adopt(storage);
  // One that vinext made can be a slot of another layout, and stays so.
  return /** @type {import("node:async_hooks").AsyncLocalStorage<any>} */ (
    /** @type {unknown} */ (slotBehind(storage) ?? storage)
  );
});

const isSlot = requestStorage instanceof SlotStorage;

const index = shared("requestIndex", () =>
  isSlot ? claimIndex(/** @type {InstanceType<typeof SlotStorage>} */ (/** @type {unknown} */ (requestStorage))) : -1,
);

/** Not adopted from an older storage, so outside every scope there is no request. */
export const requestStorageIsOwn =
  isSlot &&
  (requestStorageIsApart ||
    /** @type {Record<symbol, unknown>} */ (/** @type {unknown} */ (globalThis))[KEY] === requestStorage);

/**
 * The current request context, as `requestStorage.getStore()` gives it, without the checks that a storage with an index of
 * its own does not need. vinext's shims read it up to a hundred times a request.
 *
 * @returns {any} `undefined` outside a request
 */
export function currentRequest() {
  const scope = rootStorage.getStore();
  // Through an adopted storage shows the value of a scope that was entered before.
  if (scope === undefined && requestStorageIsOwn) return undefined;
  const stored = scope === undefined ? undefined : scope[index];
  return typeof stored === "object" ? stored : requestStorage.getStore();
}
