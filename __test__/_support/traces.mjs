import { AssertionError } from "node:assert/strict";

/**
 * Compares what a program did in two variants.
 *
 * @param {string[]} actual trace with our module
 * @param {string[]} expected trace with vinext's
 * @throws {AssertionError} that shows the first step that differs
 */
export function assertSameTrace(actual, expected) {
  const steps = Math.max(actual.length, expected.length);
  for (let n = 0; n < steps; n++) {
    if (actual[n] === expected[n]) continue;
    const shown = [expected, actual].map((trace) => trace[n] ?? "nothing, the program has ended");
    const message = `step ${n + 1} of ${steps} differs\n  vinext:   ${shown[0]}\n  onescope: ${shown[1]}`;
    throw new AssertionError({ message, actual: actual[n], expected: expected[n], operator: "strictEqual" });
  }
}
