// Replaces node.js and js/process/node.js in Cloudflare Workers: no addon, no environment, one thread that no other sees, and no
// timer that outlives the request which started it.

import { reading } from "../clock.js";

/** @import { Backend, Block } from "../native/contract.js" */

/** @type {string | undefined} */
export const ONESCOPE_BACKEND = undefined;

/** @returns {{ native?: Backend, reasons: string[] }} */
export function loadNative() {
  return { reasons: ["Workers cannot load addons"] };
}

/** @returns {(name: string) => boolean} whether this isolate has given no notice of this name */
export function firstInProcess() {
  const given = new Set();
  return (name) => given.size < given.add(name).size;
}

/** @param {string} line for the log */
export function say(line) {
  console.warn(`onescope: ${line}`);
}

/** Each isolate counts for itself. */
export const thread = 0;

/**
 * A clock that is read on demand. A Worker's time stands still while it computes, so when it has moved on, a turn has ended.
 *
 * @param {() => void} onTick called when the clock is found to have moved on
 * @returns {Block}
 */
export function startClock(onTick) {
  let last = 0;
  return {
    get 0() {
      const now = reading(performance.now());
      if (now !== last) {
        last = now;
        onTick();
      }
      return now;
    },
  };
}

/** There is nothing to attach this thread to. */
export function attachSoon() {}
