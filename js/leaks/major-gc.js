import { constants, PerformanceObserver } from "node:perf_hooks";
import { entry } from "../async-context/entry.js";
import { shared } from "../util/shared.js";

// Times of major garbage collections. A minor one visits young objects only, and a major one may have marked an object before
// it became unreachable, because marking runs beside the program. So only the second major GC after a moment proves that what
// was unreachable at that moment is collected.

/** Times of the last two major GCs, in ms of `performance.now()`. */
const seen = shared("majorGc", () => ({ before: -1, last: -1 }));

/**
 * Observes major GCs.
 *
 * @param {() => void} onMajorGc called after each, in a turn of its own
 */
export function observeMajorGc(onMajorGc) {
  const observer = new PerformanceObserver((list) => {
    for (const { detail, startTime } of /** @type {any[]} */ (list.getEntries())) {
      if (detail.kind !== constants.NODE_PERFORMANCE_GC_MAJOR) continue;
      seen.before = seen.last;
      seen.last = startTime;
      onMajorGc();
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
