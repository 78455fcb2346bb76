// Replaces vinext's shims/router-state: what the Pages Router knows of a request.

import { requestState } from "onescope/internal/request-state";
import { registerRoutePatternForWarningAccessor } from "vinext/shims/internal/route-pattern-for-warning";
import { _registerRouterStateAccessors } from "vinext/shims/router";

/** @import { RouterState } from "vinext/shims/router-state" */

/** @returns {RouterState} */
const makeState = () => ({ ssrContext: null });

const state = requestState("router", makeState);

_registerRouterStateAccessors({
  getSSRContext: () => state.current().ssrContext,
  setSSRContext(context) {
    state.current().ssrContext = context;
  },
});

registerRoutePatternForWarningAccessor(() => state.current().ssrContext?.pathname ?? null);

/**
 * Calls `fn` without a router context: in a child of the current request, or outside a request with its own state.
 *
 * @template T
 * @param {() => T} fn
 * @returns {T}
 */
export function runWithRouterState(fn) {
  return state.runWith(makeState(), fn);
}
