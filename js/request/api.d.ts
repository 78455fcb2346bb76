// What `onescope/inspect` exports of this folder.

import type { Handle } from "../../index.js";

/**
 * Makes the requests of this thread drop their JavaScript values after they close, so that a context that is still held retains
 * little memory. Later reads return the defaults and are counted in `lateReads` of {@link leaks}. The values are dropped in the
 * turn after the request closed, and not before work that it passed to `waitUntil` has settled. The state of `after()`, the
 * execution context and native values stay.
 *
 * @returns `stop()` ends it for requests that close later, unless another handle is in use
 * @example
 * ```js
 * import { leaks, releaseOnClose } from "onescope/inspect";
 *
 * releaseOnClose();
 * console.log(leaks().lateReads); // []
 * ```
 */
export function releaseOnClose(): Handle;
