/** @typedef {import("./ask.js").Snapshot} Snapshot */

/** Between the clock that says since when a thread is stuck and the one that says when a stall was told, ms. */
const SLACK_MS = 100;

/**
 * What the threads that are stuck right now are stuck in, as far as it was told.
 *
 * @param {Snapshot} snapshot
 * @returns {Map<number, ">" | "?">} by `seq`: ">" if it is proved, "?" if it is only the last one that the thread entered
 */
export function culprits({ threads, stalls, now }) {
  /** @type {Map<number, ">" | "?">} */
  const marks = new Map();
  for (const { thread, blockedMs } of threads) {
    if (typeof blockedMs !== "number") continue;
    const told = stalls.findLast((stall) => stall.thread === thread);
    if (told?.onescope !== "stall" || told.request === null) continue;
    // One that was told before this block began is over.
    if (Date.parse(told.at) < Date.parse(now) - blockedMs - SLACK_MS) continue;
    marks.set(told.request.seq, told.confidence === "last-seen" ? "?" : ">");
  }
  return marks;
}
