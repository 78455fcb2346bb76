import assert from "node:assert/strict";
import { setImmediate, setTimeout as sleep } from "node:timers/promises";

const DEADLINE_MS = 20_000;

/**
 * Observes again and again until a condition holds.
 *
 * @template T
 * @param {() => T | Promise<T>} probe
 * @param {(seen: T) => boolean} holds
 * @param {() => Promise<unknown>} [step] between two observations
 * @returns {Promise<T>} the last observation, after 20 s one for which it does not hold, for the caller's assertion to show
 */
export async function until(probe, holds, step = () => sleep(2)) {
  const end = performance.now() + DEADLINE_MS;
  for (;;) {
    const seen = await probe();
    if (holds(seen) || performance.now() > end) return seen;
    await step();
  }
}

/** Collects garbage and lets the finalizers run. Needs --expose-gc, which scripts/test-js.mjs passes. */
export async function collectGarbage() {
  // A turn before as well: what a WeakRef was dereferenced for in this turn stays until its end.
  await setImmediate();
  for (let i = 0; i < 2; i++) {
    globalThis.gc();
    await setImmediate();
  }
}

/**
 * Collects garbage until a condition holds: finalizers run in turns of their own, so one collection never proves anything.
 *
 * @template T
 * @param {() => T} probe
 * @param {(seen: T) => boolean} holds
 * @returns {Promise<T>} the last observation
 */
export async function afterCollection(probe, holds) {
  await collectGarbage();
  return until(probe, holds, collectGarbage);
}

const ATTEMPTS = 3;

/**
 * Tries again what was right but late, since a busy machine can be late with anything. What is wrong fails at once.
 *
 * @param {() => Promise<string | undefined>} attempt asserts what must hold however busy the machine is, and returns what
 *   came too late, if anything did
 */
export async function onTime(attempt) {
  const late = [];
  while (late.length < ATTEMPTS) {
    const what = await attempt();
    if (what === undefined) return;
    late.push(what);
  }
  assert.fail(`late each time: ${late.join("; ")}`);
}
