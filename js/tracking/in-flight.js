import { backend, noteJsBackend } from "../store/backend.js";
import { readOptions } from "../util/options.js";
import { readRoutes, readRoutesOf } from "./open-requests.js";
import { checkSockets } from "./outgoing/sockets.js";

const FILTERS = ["limit", "label", "waiting", "state", "thread"];

/** @type {typeof import("../inspect.js").inFlight} */
export function inFlight(filter) {
  const chosen = readOptions("inFlight()", filter, FILTERS);
  const { label } = chosen;
  const list = () =>
    /** @type {import("../inspect.js").InFlight[]} */ (backend.contexts({ ...chosen, flags: true, waits: true }));
  checkSockets();
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

/** @type {typeof import("../inspect.js").slow} */
export function slow() {
  noteJsBackend();
  return backend.slow();
}
