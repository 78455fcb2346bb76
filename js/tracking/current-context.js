import { currentRequest } from "../request/current.js";
import { RequestContext } from "../request/request-context.js";
import { DETACHED, isClosed } from "../store/records.js";
import { currentTracked } from "../store/tracked.js";

/**
 * The innermost context that is current in this thread: vinext's request context (for a child context, its request's),
 * the HTTP request, or the task of `runTask`. An HTTP request and a task stay current in what they started, also once they are over.
 *
 * @returns {import("../store/records.js").RecordOwner | undefined}
 */
export function currentContext() {
  const request = requestHere();
  const tracked = currentTracked();
  if (request === undefined) return tracked;
  // A task may be over while the request around it continues.
  return tracked === undefined || tracked.outer !== request || isClosed(tracked) ? request : tracked;
}

/** @returns {import("../request/request-context.js").Context | undefined} vinext's, which may be a child */
export function requestHere() {
  const context = currentRequest();
  // A stock copy of vinext's module makes plain objects, which have no record.
  if (!(context instanceof RequestContext) || context.$kind === DETACHED) return undefined;
  return context.$group?.root ?? context;
}
