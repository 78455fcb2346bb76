// What a render used so far, for the server that decides whether to cache it.

import { synchronizeRequestCookies } from "./request-cookies.js";
import { currentState } from "./state.js";

/** @typedef {ReturnType<typeof import("vinext/shims/headers").peekRenderRequestApiUsage>} Used */
/** @import { HeadersAccessPhase } from "vinext/shims/internal/headers-state" */

/** @returns {Used} the kinds of request APIs that the render used, sorted */
export function peekRenderRequestApiUsage() {
  return [...currentState().renderRequestApiUsage].sort();
}

/** @returns {Used} the kinds of request APIs that the render used since the last call, sorted */
export function consumeRenderRequestApiUsage() {
  const state = currentState();
  const used = [...state.renderRequestApiUsage].sort();
  state.renderRequestApiUsage = new Set();
  return used;
}

/** @returns {unknown} the error of an invalid use of a dynamic API, once, even if user code caught it; else `null` */
export function consumeInvalidDynamicUsageError() {
  const state = currentState();
  const error = state.invalidDynamicUsageError;
  state.invalidDynamicUsageError = null;
  return error;
}

/** @returns {boolean} whether the render used a dynamic API since the last call */
export function consumeDynamicUsage() {
  const state = currentState();
  const used = state.dynamicUsageDetected;
  state.dynamicUsageDetected = false;
  return used;
}

/** @returns {boolean} what {@link consumeDynamicUsage} would return */
export function peekDynamicUsage() {
  return currentState().dynamicUsageDetected;
}

/** @returns {string[]} the Set-Cookie headers of the cookies that were set or deleted since the last call */
export function getAndClearPendingCookies() {
  const state = currentState();
  const cookies = state.pendingSetCookies;
  state.pendingSetCookies = [];
  return cookies;
}

/**
 * Changes what the caller may do with cookies. After an action, a render sees the cookies that it left.
 *
 * @param {HeadersAccessPhase} phase
 * @returns {HeadersAccessPhase} the one before
 */
export function setHeadersAccessPhase(phase) {
  const state = currentState();
  const before = state.phase;
  if (before === "action" && phase === "render") synchronizeRequestCookies(state.headersContext);
  state.phase = phase;
  return before;
}
