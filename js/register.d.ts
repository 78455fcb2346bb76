/**
 * Loaded with `node --import onescope/register app.js`, it makes every `AsyncLocalStorage` of the process that is made later a
 * slot of one root storage. It exports nothing.
 *
 * @example
 * ```js
 * import "onescope/register"; // before all other modules
 * import { AsyncLocalStorage } from "node:async_hooks";
 * import { SlotStorage } from "onescope";
 *
 * console.log(new AsyncLocalStorage() instanceof SlotStorage); // true
 * ```
 *
 * @packageDocumentation
 */
export {};
