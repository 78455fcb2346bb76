import { shared } from "../util/shared.js";
import { real } from "./node-storage.js";

/**
 * How this process carries async context, found by asking Node instead of by its version: flags switch it both ways.
 *
 * - `frames`: AsyncContextFrame (default from Node 24) rather than async_hooks (default on Node 22).
 * - `options`: the constructor takes `name` and `defaultValue`.
 * - `enters`: a scope can be entered for the rest of the turn (`enterWith`) rather than for a call only, as in Workers.
 */
export const mode = shared("mode", () =>
  // In a resource of its own: each `run` leaves a frame behind, and whatever is entered later in this turn, and in all that
  // it starts, such as a server, would be a copy of it.
  new real.AsyncResource("onescope.probe", { requireManualDestroy: true }).runInAsyncScope(() => ({
    frames: hasFrames(),
    options: hasOptions(),
    enters: canEnter(),
  })),
);

// `exit` suspends a whole storage under async_hooks, so even a snapshot taken before it shows nothing inside; with
// frames `exit` is only one more frame, and the snapshot brings the older one back.
function hasFrames() {
  const probe = new real.AsyncLocalStorage();
  try {
    return probe.run(1, () => {
      const resume = real.AsyncLocalStorage.snapshot();
      return probe.exit(() => resume(() => probe.getStore() === 1));
    });
  } finally {
    retire(probe);
  }
}

function canEnter() {
  const probe = new real.AsyncLocalStorage();
  try {
    return probe.run(0, () => {
      probe.enterWith(1);
      return true;
    });
  } catch {
    return false;
  } finally {
    retire(probe);
  }
}

function hasOptions() {
  const probe = new real.AsyncLocalStorage(/** @type {any} */ ({ defaultValue: 1 }));
  try {
    return probe.getStore() === 1;
  } finally {
    retire(probe);
  }
}

/**
 * Under async_hooks an enabled storage taxes every promise; a used-up probe must not. Workers have no such thing, and
 * refuse.
 *
 * @param {import("node:async_hooks").AsyncLocalStorage<any>} probe
 */
function retire(probe) {
  try {
    probe.disable();
  } catch {}
}
