// That a render used a dynamic API: flag, latch and the first invalid use, each also recorded in the renders that probe it.

import { ensureRenderDynamicLatch } from "onescope/shims/unified-request-context";

/** @import { HeadersState } from "./state.js" */

/**
 * Marks the render as dynamic, and every render that probes it.
 *
 * @param {HeadersState} state
 */
export function markDynamic(state) {
  if (state.headersContext?.forceStatic) return;
  state.dynamicUsageDetected = true;
  const latch = ensureRenderDynamicLatch(state);
  if (state.connectionProbe == null) {
    trip(latch);
    return;
  }
  // All flags before the first listener, which may read any of them.
  const latches = [latch];
  for (const target of probingStates(state)) {
    target.dynamicUsageDetected = true;
    latches.push(ensureRenderDynamicLatch(target));
  }
  for (const each of latches) trip(each);
}

/** @param {import("vinext/shims/internal/headers-state").RenderDynamicLatch} latch */
function trip(latch) {
  if (latch.dynamic) return;
  latch.dynamic = true;
  const { listeners } = latch;
  if (listeners.size === 0) return;
  const called = [...listeners];
  listeners.clear();
  for (const listener of called) {
    try {
      listener();
    } catch (error) {
      console.error(error);
    }
  }
}

/**
 * Records an invalid use in the renders that probe this one; each keeps its first.
 *
 * @param {HeadersState} state
 * @param {unknown} error
 */
export function recordInProbes(state, error) {
  if (state.connectionProbe == null) return;
  for (const target of probingStates(state)) target.invalidDynamicUsageError ??= error;
}

/**
 * @param {HeadersState} state
 * @returns {Set<HeadersState>} the states that probe this one, directly or through another
 */
function probingStates(state) {
  const found = new Set([state]);
  let target = state.connectionProbe?.dynamicUsageTarget;
  while (target && !found.has(target)) {
    found.add(target);
    target = target.connectionProbe?.dynamicUsageTarget;
  }
  found.delete(state);
  return found;
}
