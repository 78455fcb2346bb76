import { shared } from "./shared.js";

// One listener, however much is on: the program has its own, and Node warns of a leak from the eleventh on.

const exiting = shared("at-exit", () => {
  /** @type {Set<(code: number) => void>} */
  const calls = new Set();
  const onExit = (/** @type {number} */ code) => {
    for (const call of [...calls]) {
      try {
        call(code);
      } catch {
        // It would change how the process ends.
      }
    }
  };
  return { calls, onExit };
});

/**
 * @param {(code: number) => void} call called when this thread exits
 * @returns {() => void} undoes that
 */
export function atExit(call) {
  const { calls, onExit } = exiting;
  if (calls.size === 0) process.on("exit", onExit);
  calls.add(call);
  return () => {
    if (calls.delete(call) && calls.size === 0) process.off("exit", onExit);
  };
}
