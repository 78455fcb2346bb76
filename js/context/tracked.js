import { shared } from "../shared.js";

// Work that is known from outside vinext: an HTTP request, or a call of `with`. Its storage exists only once somebody
// asked to track something, so that until then a context's cell costs nothing more.

/** @typedef {import("./cells.js").CellOwner} CellOwner */
/**
 * @typedef {CellOwner & { joinable: boolean, context: any, outer?: object }} Tracked `joinable`: the next
 *   context of vinext's that takes a cell takes this one's; `context` is the one that did, until the response is over;
 *   `outer` is the request context of vinext's that the work was made in
 */

export const tracking = shared("tracking", () => ({
  /** @type {InstanceType<typeof import("../scope/slot-storage.js").SlotStorage<Tracked>> | undefined} */
  storage: undefined,
}));

/** @returns {Tracked | undefined} the innermost tracked work that runs here, whether it is over or not */
export function currentTracked() {
  return tracking.storage === undefined ? undefined : tracking.storage.getStore();
}
