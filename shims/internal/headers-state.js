// Replaces vinext's shims/internal/headers-state: the dynamic APIs that a render used.

import { ensureRenderDynamicLatch } from "onescope/shims/unified-request-context";
import { cacheScopeError } from "../headers/cache-scope.js";
import { markDynamic, recordInProbes } from "../headers/dynamic-usage.js";
import { currentState } from "../headers/state.js";

/** @import { HeadersState } from "../headers/state.js" */

export { createUseCacheAccessError, isInsideAnyCacheScope } from "../headers/cache-scope.js";
export { createRenderDynamicLatch, headersShimAls } from "../headers/state.js";

/** @returns {HeadersState} the current request's context, else the state of the scope, else the process's */
export function getHeadersShimState() {
  return currentState();
}

/** Marks the current render, and those that probe it, as dynamic: it must not be cached. Nothing in a static one. */
export function markDynamicUsage() {
  markDynamic(currentState());
}

/** @returns {boolean} whether the current render has used a dynamic API at any point so far */
export function isRenderDynamicLatched() {
  return ensureRenderDynamicLatch(currentState()).dynamic;
}

/**
 * Calls `listener` once, when the current render first uses a dynamic API; never if it already has.
 *
 * @param {() => void} listener what it throws is logged
 * @returns {() => void} takes the listener back
 */
export function onRenderDynamicLatched(listener) {
  const latch = ensureRenderDynamicLatch(currentState());
  if (latch.dynamic) return () => {};
  latch.listeners.add(listener);
  return () => void latch.listeners.delete(listener);
}

/**
 * Records an invalid use of a dynamic API; the first one stays.
 *
 * @param {HeadersState} state
 * @param {unknown} error
 */
export function recordInvalidDynamicUsageError(state, error) {
  state.invalidDynamicUsageError ??= error;
  recordInProbes(state, error);
}

/**
 * Notes that the current render used a request API.
 *
 * @param {Parameters<typeof import("vinext/shims/internal/headers-state").markRenderRequestApiUsage>[0]} kind such as `"headers"`
 */
export function markRenderRequestApiUsage(kind) {
  currentState().renderRequestApiUsage.add(kind);
}

/** Throws what a render with `dynamic = "error"` throws on a dynamic read; nothing in any other. */
export function throwIfStaticGenerationAccessError() {
  const error = currentState().headersContext?.accessError;
  if (error) throw error;
}

/**
 * @param {unknown} error
 * @returns {boolean} whether it is what the current render throws on a dynamic read
 */
export function isStaticGenerationAccessError(error) {
  return error !== undefined && error === currentState().headersContext?.accessError;
}

/**
 * @param {string} apiName such as `"headers()"`
 * @throws {Error} inside a public "use cache" and inside `unstable_cache()`
 */
export function throwIfInsideCacheScope(apiName) {
  const error = cacheScopeError(currentState(), apiName);
  if (error !== undefined) throw error;
}

/** @returns {import("vinext/shims/internal/headers-state").HeadersAccessPhase} */
export function getHeadersAccessPhase() {
  return currentState().phase;
}
