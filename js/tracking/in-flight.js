import { backend } from "../store/backend.js";
import { readOptions } from "../util/options.js";

const FILTERS = ["limit", "label", "state", "thread"];

/**
 * The requests and tasks in flight, of all threads of the process, oldest first.
 *
 * @param {{ limit?: number, label?: string, state?: string, thread?: number }} [filter] `label`: a part of the label
 */
export function inFlight(filter) {
  const { limit, label, state, thread } = readOptions("inFlight()", filter, FILTERS);
  return backend.contexts({ limit, label, state, thread, slots: true }).map(({ slots, ...context }) => {
    const values = Object.entries(/** @type {Record<string, unknown>} */ (slots));
    return { ...context, flags: values.filter(([, value]) => value === true).map(([key]) => key) };
  });
}

/** How many contexts there are and were, and what sorts of them are in flight. */
export function counters() {
  const { created, children, closed, abandoned, inFlight, livePages, threads } = backend.counts();
  return { created, children, closed, abandoned, inFlight, ...backend.inFlight(), pages: livePages, threads };
}

/** How long closed contexts took, in milliseconds, by label. */
export function histograms() {
  return backend.latencies();
}
