// Replaces vinext's shims/request-context: the host's execution context, for work that outlives the response.

import { currentRequest } from "onescope/internal/request-state";
import { getOrCreateAls } from "onescope/shims/internal/als-registry";
import { runWithUnifiedStateMutation } from "onescope/shims/unified-request-context";

/** @import { ExecutionContextLike } from "vinext/shims/request-context" */

/** @type {import("node:async_hooks").AsyncLocalStorage<ExecutionContextLike>} */
const storage = getOrCreateAls("vinext.requestContext.als");

const BRIDGE = Symbol.for("__cloudflare-context__");
const global = /** @type {Record<symbol, unknown>} */ (/** @type {unknown} */ (globalThis));

/** What the bridge gives outside a request: what was there before it, or was assigned to it since. */
let assigned = /** @type {unknown} */ (undefined);

bridge();

/** Lets code written for OpenNext's Cloudflare adapter find the execution context where that adapter puts it. */
function bridge() {
  const found = Object.getOwnPropertyDescriptor(global, BRIDGE);
  if (found?.configurable === false) return;
  if (found !== undefined) assigned = global[BRIDGE];
  Object.defineProperty(global, BRIDGE, {
    configurable: true,
    get() {
      const ctx = getRequestExecutionContext();
      return ctx ? { ctx } : assigned;
    },
    set(value) {
      assigned = value;
    },
  });
}

/**
 * Calls `fn` with the host's execution context: in a child of the current request, or outside a request in a scope of its
 * own.
 *
 * @template T
 * @param {ExecutionContextLike} ctx
 * @param {() => T} fn
 * @returns {T}
 */
export function runWithExecutionContext(ctx, fn) {
  if (currentRequest() == null) return storage.run(ctx, fn);
  return runWithUnifiedStateMutation((context) => {
    context.executionContext = ctx;
  }, fn);
}

/** @returns {ExecutionContextLike | null} the current one; `null` where the host gave none */
export function getRequestExecutionContext() {
  const request = currentRequest();
  return request == null ? (storage.getStore() ?? null) : request.executionContext;
}
