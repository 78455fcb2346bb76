import * as hooks from "node:async_hooks";
import { copies } from "../util/copies.js";
import { shared } from "../util/shared.js";

// What this Node offers: its own classes, and how it propagates async context.

/**
 * The exports of `node:async_hooks` as they were before anything was replaced. Imports of a builtin are live bindings: after
 * `onescope/register` has replaced the class, this module's own import is the replacement. So the first copy that loads
 * keeps the originals by value, once per process.
 */
export const nodeHooks = shared("nodeHooks", () => {
  const found = {
    AsyncLocalStorage: hooks.AsyncLocalStorage,
    AsyncResource: hooks.AsyncResource,
    createHook: hooks.createHook,
    executionAsyncId: hooks.executionAsyncId,
    executionAsyncResource: hooks.executionAsyncResource,
    triggerAsyncId: hooks.triggerAsyncId,
  };
  // A copy with another layout may have replaced some of them since it loaded.
  Object.assign(found, copies.nodeHooks);
  copies.nodeHooks = found;
  return found;
});

/**
 * How this process propagates async context. Node is asked instead of its version, because flags switch it both ways.
 *
 * - `frames`: AsyncContextFrame (default from Node 24) rather than async_hooks (default on Node 22).
 * - `options`: the constructor takes `name` and `defaultValue`.
 * - `enters`: a scope can be entered for the rest of the turn (`enterWith`) rather than for a call only, as in Workers.
 */
export const mode = shared("mode", () =>
  // In its own resource: each `run` leaves a frame behind, and everything that is entered later in this turn, and in all
  // that it starts, such as a server, would copy that frame.
  new nodeHooks.AsyncResource("onescope.probe", { requireManualDestroy: true }).runInAsyncScope(() => ({
    frames: hasFrames(),
    options: hasOptions(),
    enters: canEnter(),
  })),
);

// `exit` suspends a whole storage under async_hooks, so even a snapshot taken before it shows nothing inside; with
// frames `exit` is only one more frame, and the snapshot brings the older one back.
function hasFrames() {
  return probe(undefined, (storage) =>
    storage.run(1, () => {
      const resume = nodeHooks.AsyncLocalStorage.snapshot();
      return storage.exit(() => resume(() => storage.getStore() === 1));
    }),
  );
}

function canEnter() {
  return probe(undefined, (storage) =>
    storage.run(0, () => {
      try {
        storage.enterWith(1);
        return true;
      } catch {
        return false;
      }
    }),
  );
}

function hasOptions() {
  return probe({ defaultValue: 1 }, (storage) => storage.getStore() === 1);
}

/**
 * Asks a storage that is made for the question. Under async_hooks an enabled storage taxes every promise, so it is disabled
 * afterwards; Workers have nothing to disable, and refuse.
 *
 * @param {{ defaultValue: number } | undefined} options of the storage
 * @param {(storage: import("node:async_hooks").AsyncLocalStorage<number>) => boolean} ask
 */
function probe(options, ask) {
  const storage = new nodeHooks.AsyncLocalStorage(options);
  try {
    return ask(storage);
  } finally {
    try {
      storage.disable();
    } catch {}
  }
}
