import { DETACHED } from "../context/cells.js";
import { currentRequest } from "../context/current.js";
import { RequestContext } from "../context/request-context.js";
import { currentTracked } from "../context/tracked.js";
import { STATES } from "../generated/slot-table.js";

const CLOSED = STATES.indexOf("closed");

/**
 * The innermost context that is current in this thread: vinext's request context (of forks the one that they were forked
 * from), the HTTP request, or the work that `with` runs. An HTTP request of which vinext knows nothing, and work of
 * `with`, are current until they are over.
 *
 * @returns {import("../context/cells.js").CellOwner | undefined}
 */
export function currentContext() {
  const request = requestHere();
  const tracked = currentTracked();
  if (tracked === undefined || tracked.$bytes[tracked.$base << 2] === CLOSED) return request;
  return request === undefined || tracked.outer === request ? tracked : request;
}

/** @returns {import("../context/request-context.js").Context | undefined} vinext's, which fork it may be */
export function requestHere() {
  const context = currentRequest();
  // A stock copy of vinext's module makes plain objects, which have no cell.
  if (!(context instanceof RequestContext) || context.$kind === DETACHED) return undefined;
  return context.$family?.root ?? context;
}
