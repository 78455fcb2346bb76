import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";

/**
 * Collects garbage and lets the event loop turn until a condition holds. Finalizers run in turns of their own, so one
 * collection never proves anything.
 *
 * @template T
 * @param {() => T} probe
 * @param {(seen: T) => boolean} holds
 * @param {number} [deadlineMs] after which the last observation is returned, for the caller's assertion to show
 * @returns {Promise<T>} the last observation
 */
export async function afterCollection(probe, holds, deadlineMs = 20_000) {
  const end = performance.now() + deadlineMs;
  for (;;) {
    // What the probe dereferences stays alive until the turn ends.
    await setImmediate();
    globalThis.gc();
    for (let turn = 0; turn < 4; turn++) await setImmediate();
    const seen = probe();
    if (holds(seen) || performance.now() > end) return seen;
  }
}

const ATTEMPTS = 3;

/**
 * Tries again what was right but late, for a busy machine can be late with anything. What is wrong fails at once.
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

/**
 * @template T
 * @param {() => T} fn
 * @returns {any} what `fn` throws, as `code: message`, or what it returns
 */
export function codeOf(fn) {
  try {
    fn();
  } catch (error) {
    return error.code ?? `${error.name}: ${error.message}`;
  }
  return "no error";
}
