// How vinext's state shims find their state, in one lookup where vinext makes two.

import { currentRequest } from "../../js/request/current.js";
import { runWithUnifiedStateMutation } from "../unified-request-context.js";
import { getOrCreateAls } from "./als-registry.js";

export { currentRequest } from "../../js/request/current.js";

/**
 * The state of one of vinext's shims: the current request's context; outside a request what the shim's own storage
 * holds; and outside that a state that the process shares. Storage and shared state are under vinext's own keys, so that
 * a stock copy of the same shim in the same process sees the same state.
 *
 * @template {object} T
 * @param {string} name vinext's name for the state, such as `"router"`: its keys are `vinext.<name>.als` and
 *   `vinext.<name>.fallback`
 * @param {() => T} makeFallback makes the shared state, unless the process has it already
 */
export function requestState(name, makeFallback) {
  const key = Symbol.for(`vinext.${name}.fallback`);
  const global = /** @type {Record<symbol, T>} */ (/** @type {unknown} */ (globalThis));
  /** @type {import("node:async_hooks").AsyncLocalStorage<T>} */
  const storage = getOrCreateAls(`vinext.${name}.als`);
  /** @type {T} */
  const fallback = (global[key] ??= makeFallback());
  return {
    storage,
    fallback,
    /** @returns {T} */
    current: () => currentRequest() ?? storage.getStore() ?? fallback,
    /**
     * Calls `fn` with these fields set: in a child of the current request, or outside a request as the state of a scope of
     * its own.
     *
     * @template R
     * @param {T} fields
     * @param {() => R} fn
     * @returns {R}
     */
    runWith(fields, fn) {
      if (currentRequest() == null) return storage.run(fields, fn);
      return runWithUnifiedStateMutation((context) => void Object.assign(context, fields), fn);
    },
  };
}
