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

// Typed and described in index.d.ts. No call is on the hot path.

/** @type {typeof import("../index.js").store} */
export const store = Object.freeze({
  reasons: backend.reasons,
  slots: () => backend.slots(),
  contexts: (options) => {
    const { limit, children } = readOptions("store.contexts()", options, ["limit", "children"]);
    if (children !== undefined && typeof children !== "boolean") {
      refuseOption("store.contexts()", "children", children, "true or false");
    }
    return backend.contexts({ limit, children });
  },
  counts: () => backend.counts(),
  id: (context) => (isContext(context) ? idOf(context) : undefined),
  read: (id, slot) => backend.readSlot(id, slot),
  write: (id, slot, value) => backend.writeSlot(id, slot, value),
  label: (id) => backend.readLabel(id),
  setLabel: (id, text) => backend.writeLabel(id, text),
  state: (id) => backend.readState(id),
  storages: () => ({ made: tally.made, used: storagesInUse(), others: entry.foreign }),
});
