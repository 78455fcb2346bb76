import { countChange, rootStorage } from "../async-context/root-storage.js";
import { withIndexed } from "../async-context/scope.js";
import { LAYOUT } from "../generated/slot-table.js";
import { shared } from "../util/shared.js";

/** @import { RecordOwner } from "./records.js" */

// What is tracked besides vinext's contexts: an HTTP request, or a task of `runTask`. Its storage exists only once something is
// tracked; until then a context's record costs nothing more.

/**
 * @typedef {RecordOwner & Work} Tracked
 * @typedef {{
 *   joinable: boolean,
 *   context: import("../request/request-context.js").Context | undefined,
 *   outer?: object,
 *   setRoute?: (route: unknown, ofPages: boolean) => void,
 *   replaceRoute?: (route: unknown) => boolean,
 *   readRoute?: (over: boolean) => boolean,
 * }} Work `joinable`: the next of vinext's contexts that takes a record takes this one; `context` is the one that did,
 *   until the response is over; `outer` is vinext's request context in which a task was started; the last
 *   three are a request's
 */

export const tracking = shared("tracking", () => ({
  /** @type {InstanceType<typeof import("../async-context/slot-storage.js").SlotStorage<Tracked>> | undefined} */
  storage: undefined,
  /** its index in every scope, -1 while it has none of its own */
  index: -1,
}));

/** @returns {Tracked | undefined} the innermost tracked request or task that runs here, whether it is over or not */
export function currentTracked() {
  const { storage, index } = tracking;
  if (storage === undefined) return undefined;
  if (index < 0) return storage.getStore();
  const scope = rootStorage.getStore();
  return scope === undefined ? undefined : /** @type {Tracked | undefined} */ (scope[index]);
}

/**
 * Makes tracked work the current one for the rest of the turn, as `enterWith` of its storage does, which has to ask more.
 *
 * @param {Tracked} tracked
 */
export function enterTracked(tracked) {
  const { storage, index } = tracking;
  if (index < 0) storage?.enterWith(tracked);
  else {
    countChange();
    rootStorage.enterWith(withIndexed(rootStorage.getStore(), index, tracked));
  }
}

/** What tracked work has until it gets its record: of the same types, so that the object keeps its shape. */
export const NO_WORDS = new Int32Array(LAYOUT.recordWords);
export const NO_BYTES = new Uint8Array(NO_WORDS.buffer);
