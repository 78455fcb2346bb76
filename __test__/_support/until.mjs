import { setTimeout as sleep } from "node:timers/promises";

/**
 * Looks again and again until a condition holds.
 *
 * @template T
 * @param {() => T | Promise<T>} probe
 * @param {(seen: T) => boolean} holds
 * @param {number} [deadlineMs] after which the last observation is returned, for the caller's assertion to show
 * @returns {Promise<T>} the last observation
 */
export async function until(probe, holds, deadlineMs = 20_000) {
  const end = performance.now() + deadlineMs;
  for (;;) {
    const seen = await probe();
    if (holds(seen) || performance.now() > end) return seen;
    await sleep(2);
  }
}
