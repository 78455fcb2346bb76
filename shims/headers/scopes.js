// Scopes with a state of their own: in a child of the current request, or outside a request in vinext's own storage.

import { currentRequest } from "onescope/internal/request-state";
import { runWithUnifiedStateMutation } from "onescope/shims/unified-request-context";
import { startRequest } from "./headers-context.js";
import { createRenderDynamicLatch, currentState, freshState, headersShimAls } from "./state.js";

/** @import { HeadersContext, HeadersState } from "./state.js" */

/**
 * Calls `fn` as a request that brings `context`.
 *
 * @template T
 * @param {HeadersContext} context
 * @param {() => T} fn
 * @returns {T}
 */
export function runWithHeadersContext(context, fn) {
  if (currentRequest() == null) return headersShimAls.run(freshState(context), fn);
  return runWithUnifiedStateMutation((child) => {
    startRequest(/** @type {HeadersState} */ (child), context);
    child.connectionProbe = null;
  }, fn);
}

/**
 * Calls `fn` so that what it uses, fetches and caches does not count for the current render.
 *
 * @template T
 * @param {() => T | Promise<T>} fn
 * @returns {Promise<T>}
 */
export async function runWithDetachedDynamicUsage(fn) {
  if (currentRequest() != null) {
    return await runWithUnifiedStateMutation((child) => {
      detach(child);
      child.requestCache = new WeakMap();
      child.currentRequestTags = [];
      child.dynamicFetchUrls = new Set();
      child.requestScopedCacheLife = null;
    }, fn);
  }
  const state = { ...currentState() };
  detach(state);
  return await headersShimAls.run(state, fn);
}

/** @param {Pick<HeadersState, "dynamicUsageDetected" | "renderDynamicLatch" | "renderRequestApiUsage">} state */
function detach(state) {
  state.dynamicUsageDetected = false;
  state.renderDynamicLatch = createRenderDynamicLatch();
  state.renderRequestApiUsage = new Set();
}
