import { rootStorage } from "../async-context/root-storage.js";
import { shared } from "../util/shared.js";

// Work that is known from outside vinext: an HTTP request, or a call of `with`. Its storage exists only once somebody
// asked to track something, so that until then a context's cell costs nothing more.

/** @typedef {import("./records.js").CellOwner} CellOwner */
/**
 * @typedef {CellOwner & Extras} Tracked
 * @typedef {{
 *   joinable: boolean,
 *   context: any,
 *   outer?: object,
 *   setRoute?: (route: unknown, ofPages: boolean) => void,
 * }} Extras `joinable`: the next context of vinext's that takes a cell takes this one's; `context` is the one that did,
 *   until the response is over; `outer` is the request context of vinext's that the work was made in; `setRoute` is a
 *   request's
 */

export const tracking = shared("tracking", () => ({
  /** @type {InstanceType<typeof import("../async-context/slot-storage.js").SlotStorage<Tracked>> | undefined} */
  storage: undefined,
  /** its index in every scope, -1 while it has none of its own */
  index: -1,
}));

/** @returns {Tracked | undefined} the innermost tracked work that runs here, whether it is over or not */
export function currentTracked() {
  const { storage, index } = tracking;
  if (storage === undefined) return undefined;
  if (index < 0) return storage.getStore();
  const scope = rootStorage.getStore();
  return scope === undefined ? undefined : /** @type {Tracked | undefined} */ (scope[index]);
}
