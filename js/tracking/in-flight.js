import { backend, noteJsBackend } from "../store/backend.js";
import { readOptions } from "../util/options.js";
import { readRoutes } from "./connections.js";

const FILTERS = ["limit", "label", "state", "thread"];

/** @type {typeof import("../inspect.js").inFlight} */
export function inFlight(filter) {
  const { limit, label, state, thread } = readOptions("inFlight()", filter, FILTERS);
  readRoutes();
  return backend.contexts({ limit, label, state, thread, slots: true }).map(({ slots, ...context }) => {
    const values = Object.entries(/** @type {Record<string, unknown>} */ (slots));
    return { ...context, flags: values.filter(([, value]) => value === true).map(([key]) => key) };
  });
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
