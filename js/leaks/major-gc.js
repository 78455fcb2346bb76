import { constants, PerformanceObserver } from "node:perf_hooks";
import { entry } from "../async-context/entry.js";
import { shared } from "../util/shared.js";

// When the engine last collected everything. A minor collection looks at young objects only, and a full one may have looked
// at an object before it was let go: marking goes on beside the program. So only the second full collection after a moment
// proves that what was unreachable at that moment is gone.

/** Times of the last two full collections that were seen, in ms of `performance.now()`. */
const seen = shared("majors", () => ({ before: -1, last: -1 }));

/**
 * Starts to take note of full collections.
 *
 * @param {() => void} onMajor called after each, in a turn of its own
 */
export function watchMajors(onMajor) {
  const observer = new PerformanceObserver((list) => {
    for (const { detail, startTime } of /** @type {any[]} */ (list.getEntries())) {
      if (detail.kind !== constants.NODE_PERFORMANCE_GC_MAJOR) continue;
      seen.before = seen.last;
      seen.last = startTime;
      onMajor();
    }
  });
  // Outside every scope: the observer lasts, and must not hold a request.
  entry.runOutside(() => observer.observe({ entryTypes: ["gc"] }));
  return observer;
}

/** @returns {number} whatever was unreachable before this time, in ms of `performance.now()`, is collected; -1 for nothing */
export function collectedBefore() {
  return seen.before;
}
