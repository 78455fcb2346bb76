import * as hooks from "node:async_hooks";
import { copies } from "../util/copies.js";
import { shared } from "../util/shared.js";

// Imports of a builtin are live bindings: after `onescope/register` has replaced the class, this module's own import
// would be the replacement. So the originals are kept by value, once per process, by the first copy that loads.

/** Node's own classes and functions, as they were before anything was replaced. */
export const real = shared("real", () => {
  const found = {
    AsyncLocalStorage: hooks.AsyncLocalStorage,
    AsyncResource: hooks.AsyncResource,
    createHook: hooks.createHook,
    executionAsyncId: hooks.executionAsyncId,
    executionAsyncResource: hooks.executionAsyncResource,
    triggerAsyncId: hooks.triggerAsyncId,
  };
  // A copy with another layout may have replaced some of them since it loaded.
  Object.assign(found, copies.real);
  copies.real = found;
  return found;
});
