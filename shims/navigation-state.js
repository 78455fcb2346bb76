// Replaces vinext's shims/navigation-state: the location of a request, and what its components insert into the HTML.

import { currentRequest, requestState } from "onescope/internal/request-state";
import { runWithUnifiedStateMutation } from "onescope/shims/unified-request-context";
import { _registerStateAccessors, GLOBAL_ACCESSORS_KEY } from "vinext/shims/navigation-context-state";

/** @import { NavigationState } from "vinext/shims/navigation-state" */

/** @returns {NavigationState} */
const makeState = () => ({ serverContext: null, serverInsertedHTMLCallbacks: [] });

const state = requestState("navigation", makeState);

const accessors = {
  getServerContext: () => state.current().serverContext,
  /** @param {NavigationState["serverContext"]} context */
  setServerContext(context) {
    state.current().serverContext = context;
  },
  getInsertedHTMLCallbacks: () => state.current().serverInsertedHTMLCallbacks,
  clearInsertedHTMLCallbacks() {
    state.current().serverInsertedHTMLCallbacks = [];
  },
};

_registerStateAccessors(accessors);
// For copies of vinext's module in other graphs of the process, with which no accessors were registered.
/** @type {Record<symbol, unknown>} */ (/** @type {unknown} */ (globalThis))[GLOBAL_ACCESSORS_KEY] = accessors;

/**
 * Calls `fn` without a navigation context and without callbacks: in a child of the current request, or outside a request
 * with its own state.
 *
 * @template T
 * @param {() => T} fn
 * @returns {T}
 */
export function runWithNavigationContext(fn) {
  return state.runWith(makeState(), fn);
}

/**
 * Calls `fn` with its own list of callbacks and the current navigation context.
 *
 * @template T
 * @param {() => T} fn
 * @returns {T}
 */
export function runWithServerInsertedHTMLState(fn) {
  if (currentRequest() == null) {
    const { serverContext } = state.current();
    return state.storage.run({ ...makeState(), serverContext }, fn);
  }
  return runWithUnifiedStateMutation((context) => {
    context.serverInsertedHTMLCallbacks = [];
  }, fn);
}
