import { entry } from "./async-context/entry.js";
import { storagesInUse } from "./async-context/scope.js";
import { tally } from "./async-context/slot-storage.js";
import { RequestContext } from "./request/request-context.js";
import { backend } from "./store/backend.js";
import { idOf } from "./store/records.js";
import { readOptions, refuseOption } from "./util/options.js";

/**
 * @param {unknown} value
 * @returns {value is InstanceType<typeof RequestContext>} not for a proxy that does not say what it is
 */
function isContext(value) {
  try {
    return value instanceof RequestContext;
  } catch {
    return false;
  }
}

/** The registry and the context store, as every thread of the process sees them. No call is on the hot path. */
export const store = Object.freeze({
  /** why the backend is not the native one; empty where it is */
  reasons: backend.reasons,

  /** Every registered slot: vinext's request fields first, then what `registerSlot` added. */
  slots: () => backend.slots(),

  /**
   * The contexts whose memory is alive, oldest first, of all threads (JavaScript backend: of this thread).
   *
   * @param {{ limit?: number, children?: boolean }} [options] `children` also lists child contexts
   */
  contexts: (options) => {
    const { limit, children } = readOptions("store.contexts()", options, ["limit", "children"]);
    if (children !== undefined && typeof children !== "boolean") {
      refuseOption("store.contexts()", "children", children, "true or false");
    }
    return backend.contexts({ limit, children });
  },

  /** Contexts created, child contexts, contexts closed, abandoned (collected without having been closed), in flight; live pages. */
  counts: () => backend.counts(),

  /**
   * The id of a context: a whole number that names this context and never another.
   *
   * @param {unknown} context
   * @returns {number | undefined} `undefined` for a context that is not in the store
   */
  id: (context) => (isContext(context) ? idOf(context) : undefined),

  /**
   * Reads a native slot of any live context of any thread.
   *
   * @param {number} id
   * @param {number} slot its id
   * @throws {OnescopeError} `ERR_ONESCOPE_STALE_ID`, `ERR_ONESCOPE_ID`, `ERR_ONESCOPE_SLOT_UNKNOWN`,
   *   `ERR_ONESCOPE_SLOT_KIND` for a slot that is not native
   * @returns `null` where the value is one that the slot's kind does not have and so lies on the JavaScript side
   */
  read: (id, slot) => backend.readSlot(id, slot),

  /**
   * Writes a native slot of any live context. Errors as for `read`, and `ERR_ONESCOPE_SLOT_KIND` for a wrong value.
   *
   * @param {number} id
   * @param {number} slot its id
   * @param {import("./store/native/contract.js").Scalar} value
   */
  write: (id, slot, value) => backend.writeSlot(id, slot, value),

  /** @param {number} id */
  label: (id) => backend.readLabel(id),

  /**
   * Sets a context's label. Cut to 64 bytes of UTF-8; unsafe characters become "?".
   *
   * @param {number} id
   * @param {string} text
   */
  setLabel: (id, text) => backend.writeLabel(id, text),

  /** @param {number} id */
  state: (id) => backend.readState(id),

  /**
   * The storages of this thread: slots made so far, and slots in use (entered at least once and not collected), each of which
   * would be a storage of Node's own without onescope. `others` says whether another of Node's own was seen in use; without
   * `onescope/register` that is unknown, and it is `undefined`.
   */
  storages: () => ({ made: tally.made, used: storagesInUse(), others: entry.foreign }),
});
