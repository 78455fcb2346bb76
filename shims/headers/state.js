// Where the request APIs keep their state: in the request's context, else under vinext's own keys.

import { requestState } from "onescope/internal/request-state";

/** @typedef {import("vinext/shims/internal/headers-state").VinextHeadersShimState} HeadersState */
/** @typedef {import("vinext/shims/headers").HeadersContext} HeadersContext */

/**
 * @returns {import("vinext/shims/internal/headers-state").RenderDynamicLatch} a latch of a render that has used no
 *   dynamic API
 */
export function createRenderDynamicLatch() {
  return { dynamic: false, listeners: new Set() };
}

/**
 * @param {HeadersContext | null} headersContext
 * @returns {HeadersState} the state of a scope that starts now
 */
export function freshState(headersContext) {
  return {
    headersContext,
    dynamicUsageDetected: false,
    renderDynamicLatch: createRenderDynamicLatch(),
    renderRequestApiUsage: new Set(),
    connectionProbe: null,
    invalidDynamicUsageError: null,
    pendingSetCookies: [],
    draftModeCookieHeader: null,
    phase: "render",
  };
}

/** @type {import("onescope/internal/request-state").RequestState<HeadersState>} */
const headersState = requestState("nextHeadersShim", () => freshState(null));

/** Holds the state outside a request's scope. */
export const headersShimAls = headersState.storage;

/** The state of the caller. Every exported function reads it once and passes it on. */
export const currentState = headersState.current;
