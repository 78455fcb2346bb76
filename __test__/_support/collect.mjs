import { setImmediate } from "node:timers/promises";

/** Collects garbage and lets the finalizers run. Needs --expose-gc, which scripts/test-js.mjs passes. */
export async function collectGarbage() {
  // A turn before as well: what a WeakRef was asked for in this turn stays until its end.
  await setImmediate();
  for (let i = 0; i < 2; i++) {
    globalThis.gc();
    await setImmediate();
  }
}

/**
 * Collects garbage until a condition holds: finalizers run in tasks of their own, when the engine likes.
 *
 * @param {() => boolean} condition
 * @param {number} [attempts]
 * @returns {Promise<boolean>} whether it came to hold
 */
export async function collectUntil(condition, attempts = 50) {
  for (let i = 0; i < attempts && !condition(); i++) await collectGarbage();
  return condition();
}
