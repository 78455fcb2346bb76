import { adopt, slotBehind } from "./adopt.js";
import { shared } from "./shared.js";
import { SlotStorage } from "./slot-storage.js";

const KEY = Symbol.for("vinext.unifiedRequestContext.als");

/**
 * The storage that holds the current request context. It lies under vinext's own key, so that stock copies of vinext's
 * modules in the same process see the same requests.
 */
export const requestStorage = shared("requestStorage", () => {
  const global = /** @type {any} */ (globalThis);
  const storage = (global[KEY] ??= new SlotStorage({ name: "vinext.unifiedRequestContext.als" }));
  adopt(storage);
  return /** @type {import("node:async_hooks").AsyncLocalStorage<any>} */ (
    /** @type {unknown} */ (slotBehind(storage))
  );
});
