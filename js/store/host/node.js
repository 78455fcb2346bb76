// What the store takes from Node. In Workers, package.json's condition `workerd` loads workerd.js instead.

import { getEnvironmentData, isMainThread, setEnvironmentData, threadId } from "node:worker_threads";
import { entry } from "../../async-context/entry.js";
import { LAYOUT } from "../../generated/slot-table.js";
import { setInterval } from "../../util/timers.js";
import { reading } from "../clock.js";

export { ONESCOPE_BACKEND } from "../../util/env.js";
export { say } from "../../util/say.js";
export { loadNative } from "../native/load.js";

/** Number of this JavaScript thread, 0 for the main one. */
export const thread = isMainThread ? 0 : threadId;

/** Key of the memory in which threads note the notices that they gave; threads that start later get it. */
const NOTICES = "onescope.notices";

/** Notices that it has room for. */
const MOST_NOTICES = 64;

/**
 * Threads without the addon share no memory of onescope's, except what a thread leaves to those that it starts.
 *
 * @returns {(name: string) => boolean} whether none of these threads has given a notice of this name
 */
export function firstInProcess() {
  const memory = /** @type {any} */ (getEnvironmentData(NOTICES)) ?? new SharedArrayBuffer(4 * MOST_NOTICES);
  setEnvironmentData(NOTICES, memory);
  const given = new Int32Array(memory);
  return (name) => {
    const hash = [...name].reduce((sum, letter) => (Math.imul(sum, 31) + letter.charCodeAt(0)) | 0, 1) || 1;
    for (let at = 0; at < given.length; at++) {
      const other = Atomics.compareExchange(given, at, 0, hash);
      if (other === 0) return true;
      if (other === hash) return false;
    }
    return true;
  };
}

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
