import { currentRequest } from "../context/current.js";

/**
 * The context that is current in this thread.
 *
 * @returns {import("../context/cells.js").CellOwner | undefined} `undefined` outside every context, and where the context
 *   is one that has no cell, such as one of a stock copy of vinext
 */
export function currentContext() {
  const context = currentRequest();
  return context?.$words === undefined ? undefined : context;
}
