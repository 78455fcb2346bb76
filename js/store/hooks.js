import { shared } from "../util/shared.js";

/** @import { Context } from "../request/request-context.js" */

// What features do when something happens in the store, which knows no feature. The module that implements a hook sets it.
// Apart from the store, so that a module can set a hook without loading a backend.

export const hooks = shared("hooks", () => ({
  /** @type {((backend: import("./native/contract.js").Backend) => void) | undefined} this JavaScript thread got its block (js/process/) */
  attached: undefined,
  /** @type {((context: import("./records.js").RecordOwner) => void) | undefined} a context closed (js/leaks/sentinels.js) */
  closed: undefined,
  /** @type {((root: Context) => void) | undefined} a request closed, and its values can go (js/request/release.js) */
  released: undefined,
  /** @type {((parent: Context, make: (parent: Context) => Context) => Context) | undefined} a child context is made (js/request/release.js) */
  createChild: undefined,
  /** @type {((context: Context) => void) | undefined} work continues after the response (js/request/release.js) */
  outlived: undefined,
}));
