// What the store takes from Node. In Workers, package.json's condition `workerd` loads workerd.js instead.

import { isMainThread, threadId } from "node:worker_threads";
import { entry } from "../../async-context/entry.js";
import { LAYOUT } from "../../generated/slot-table.js";
import { reading } from "../clock.js";

export { ONESCOPE_BACKEND } from "../../util/env.js";
export { loadNative } from "../native/load.js";

/** Number of this JavaScript thread, 0 for the main one. */
export const thread = isMainThread ? 0 : threadId;

/**
 * Starts the coarse clock of the JavaScript backend, which advances while the event loop turns. The timer starts outside
 * every scope: otherwise it keeps the first request in memory.
 *
 * @param {() => void} onTick called between turns of the event loop, each time the clock moves on
 * @param {number} [base] added to the time, so that tests see the clock wrap
 * @returns {import("../native/contract.js").Block}
 */
export function startClock(onTick, base = 0) {
  const clock = new Int32Array(LAYOUT.block.words);
  const tick = () => {
    clock[0] = reading(base + performance.now());
    onTick();
  };
  tick();
  entry.runOutside(() => setInterval(tick, LAYOUT.clockTickMs).unref());
  return clock;
}
