// Connection probes: a render that runs until it reads the connection, which only a real request has.

import { currentRequest } from "onescope/internal/request-state";
import { ensureRenderDynamicLatch, runWithUnifiedStateMutation } from "onescope/shims/unified-request-context";
import { currentState, headersShimAls } from "./state.js";

/** @import { HeadersState } from "./state.js" */
/** @import { ConnectionProbeState as Probe } from "vinext/shims/internal/headers-state" */

/**
 * Calls `fn` until it is done or reads the connection. Its dynamic and its invalid usage counts for the caller.
 *
 * @template T
 * @param {() => T | Promise<T>} fn
 * @returns {Promise<{ completed: true, result: T } | { completed: false }>}
 */
export async function runWithConnectionProbe(fn) {
  const parent = currentState();
  /** @type {() => void} */
  let interrupt = () => {};
  /** @type {Promise<{ completed: false }>} */
  const interrupted = new Promise((resolve) => {
    interrupt = () => resolve({ completed: false });
  });
  /** @type {Probe} */
  const probe = {
    active: true,
    dynamicUsageTarget: parent,
    interrupted: false,
    interrupt() {
      probe.interrupted = true;
      interrupt();
    },
  };
  const errorBefore = parent.invalidDynamicUsageError;
  const tryIn = async (/** @type {HeadersState} */ child) => {
    try {
      const completed = Promise.resolve()
        .then(fn)
        .then((result) => ({ completed: /** @type {const} */ (true), result }));
      return await Promise.race([completed, interrupted]);
    } finally {
      probe.active = false;
      interrupt();
      // What still runs in there belongs to the probe around this one, if any.
      child.connectionProbe = parent.connectionProbe ?? probe;
      if (child.dynamicUsageDetected) parent.dynamicUsageDetected = true;
      const error = child.invalidDynamicUsageError;
      if (error !== errorBefore && parent.invalidDynamicUsageError === errorBefore) {
        parent.invalidDynamicUsageError = error;
      }
    }
  };
  if (currentRequest() == null) {
    const child = { ...parent, renderDynamicLatch: ensureRenderDynamicLatch(parent), connectionProbe: probe };
    return await headersShimAls.run(child, () => tryIn(child));
  }
  /** @type {HeadersState} */
  let child;
  return await runWithUnifiedStateMutation(
    (context) => {
      context.connectionProbe = probe;
      child = context;
    },
    () => tryIn(child),
  );
}

/**
 * Ends the probe that the caller runs in.
 *
 * @returns {Promise<never> | null} never settles; `null` outside a probe
 */
export function suspendConnectionProbe() {
  const probe = currentState().connectionProbe;
  if (!probe?.active) return null;
  probe.interrupt();
  return new Promise(() => {});
}
