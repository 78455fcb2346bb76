import { backend, noteJsBackend } from "../store/backend.js";
import { readOptions } from "../util/options.js";
import { readRoutes, readRoutesOf } from "./open-requests.js";

const FILTERS = ["limit", "label", "state", "thread"];

/** @type {typeof import("../inspect.js").inFlight} */
export function inFlight(filter) {
  const { limit, label, state, thread } = readOptions("inFlight()", filter, FILTERS);
  const list = () =>
    /** @type {import("../inspect.js").InFlight[]} */ (backend.contexts({ limit, label, state, thread, flags: true }));
  // A label decides what is listed. Else what is not listed needs none.
  if (label !== undefined) readRoutes();
  const found = list();
  return label === undefined && readRoutesOf(found) ? list() : found;
}

/** @type {typeof import("../inspect.js").counters} */
export function counters() {
  const { created, children, closed, abandoned, inFlight, livePages, threads } = backend.counts();
  return { created, children, closed, abandoned, inFlight, ...backend.inFlight(), pages: livePages, threads };
}

/** @type {typeof import("../inspect.js").histograms} */
export function histograms() {
  noteJsBackend();
  return backend.latencies();
}
