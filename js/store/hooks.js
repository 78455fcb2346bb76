import { shared } from "../util/shared.js";

// What to do as a context closes, beside saying so in its cell. Nothing, until `onescope/inspect` is asked for it: each
// part is then put here by the module that has it.

/** @typedef {import("../request/request-context.js").Context} Context */

export const closing = shared("closing", () => ({
  /** @type {((context: import("./records.js").CellOwner) => void) | undefined} remembers a context that closed (js/leaks/sentinels.js) */
  track: undefined,
  /** @type {((root: Context) => void) | undefined} drops the values of a request that closed (js/request/release.js) */
  release: undefined,
  /** @type {((parent: Context, make: (parent: Context) => Context) => Context) | undefined} knows a request's forks, to release them too */
  fork: undefined,
  /** @type {((context: Context) => void) | undefined} knows of work that goes on after the response, to release after it */
  watch: undefined,
}));
