// Replaces vinext's shims/headers: the request APIs of `next/headers`, and what the server does with them.

import { createPprFallbackShellSuspensePromise } from "vinext/shims/ppr-fallback-shell";
import { cacheScopeError } from "./headers/cache-scope.js";
import { markDynamic } from "./headers/dynamic-usage.js";
import { rejectedPromise, suspendingPromise } from "./headers/failed-promises.js";
import { cookiesPromise } from "./headers/request-cookies.js";
import { SealedHeaders } from "./headers/sealed-headers.js";
import { currentState } from "./headers/state.js";

/** @import { HeadersContext, HeadersState } from "./headers/state.js" */

export { runWithConnectionProbe, suspendConnectionProbe } from "./headers/connection-probe.js";
export {
  draftMode,
  getActiveDraftModeState,
  getDraftModeCookieHeader,
  hasDraftModeCookieHeader,
  isDraftModeEnabled,
  isDraftModeRequest,
  restoreDraftModeTransition,
} from "./headers/draft-mode.js";
export {
  applyEffectiveRequestCookieHeader,
  getEffectiveRequestCookieHeader,
  getHeadersContext,
  hasEffectiveRequestCookieChanges,
  headersContextFromRequest,
  replaceHeadersContext,
  setHeadersContext,
} from "./headers/headers-context.js";
export { applyMiddlewareRequestHeaders } from "./headers/middleware.js";
export { runWithDetachedDynamicUsage, runWithHeadersContext } from "./headers/scopes.js";
export {
  consumeDynamicUsage,
  consumeInvalidDynamicUsageError,
  consumeRenderRequestApiUsage,
  getAndClearPendingCookies,
  peekDynamicUsage,
  peekRenderRequestApiUsage,
  setHeadersAccessPhase,
} from "./headers/usage.js";
export {
  createRenderDynamicLatch,
  getHeadersAccessPhase,
  isInsideAnyCacheScope,
  isRenderDynamicLatched,
  markDynamicUsage,
  markRenderRequestApiUsage,
  onRenderDynamicLatched,
  throwIfInsideCacheScope,
  throwIfStaticGenerationAccessError,
} from "./internal/headers-state.js";

/**
 * The request's headers, read only. The same promise as long as the request's headers are the same; it has the members of
 * headers too, for synchronous use.
 *
 * @returns {any} rejected outside a request, inside a cached function and in a static render
 */
export function headers() {
  const state = currentState();
  state.renderRequestApiUsage.add("headers");
  const instead = answerInstead(state, "headers()", OUTSIDE_HEADERS);
  if (instead !== undefined) return instead;
  const context = /** @type {HeadersContext} */ (state.headersContext);
  context.readonlyHeaders ??= /** @type {Headers} */ (/** @type {unknown} */ (new SealedHeaders(context.headers)));
  return SealedHeaders.promiseOf(context.readonlyHeaders);
}

/**
 * The request's cookies: read only in a render, a jar to change in an action and in a route handler. The same promise as
 * long as the cookies are the same; it has the members of cookies too, for synchronous use.
 *
 * @returns {any} rejected outside a request, inside a cached function and in a static render
 */
export function cookies() {
  const state = currentState();
  state.renderRequestApiUsage.add("cookies");
  const instead = answerInstead(state, "cookies()", OUTSIDE_COOKIES);
  if (instead !== undefined) return instead;
  return cookiesPromise(state, /** @type {HeadersContext} */ (state.headersContext));
}

const OUTSIDE_COOKIES = "cookies() can only be called from a Server Component, Route Handler, or Server Action.";
const OUTSIDE_HEADERS =
  "headers() can only be called from a Server Component, Route Handler, or Server Action. Make sure you're not calling it from a Client Component.";

/**
 * What a request API returns if it has nothing to return. Otherwise marks the render as dynamic.
 *
 * @param {HeadersState} state
 * @param {string} api
 * @param {string} outside what to say outside a request
 * @returns {any} `undefined` where the request's data may be given
 */
function answerInstead(state, api, outside) {
  const forbidden = cacheScopeError(state, api);
  if (forbidden !== undefined) return rejectedPromise(forbidden);
  const context = state.headersContext;
  if (!context) return rejectedPromise(new Error(outside));
  if (context.accessError) return rejectedPromise(context.accessError);
  markDynamic(state);
  const pending = createPprFallbackShellSuspensePromise(`\`${api}\``);
  return pending === null ? undefined : suspendingPromise(pending);
}
