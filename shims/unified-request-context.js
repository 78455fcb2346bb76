// Replaces vinext's shims/unified-request-context: the same exports and the same behaviour, on onescope's contexts. A stock
// copy of that module makes plain objects; everything here takes both. unified-request-context.d.ts describes the exports.

import "#process";
import { slotBehind } from "../js/async-context/adopt.js";
import { getOrCreateAls, registerAlsForScopeExit } from "../js/async-context/keyed-storages.js";
import { rootStorage } from "../js/async-context/root-storage.js";
import { SlotStorage } from "../js/async-context/slot-storage.js";
import { assignFields } from "../js/generated/context-fields.js";
import { currentRequest, requestStorage, requestStorageIsApart, requestStorageIsOwn } from "../js/request/current.js";
import {
  createChild,
  ensureRenderDynamicLatch,
  kindOf,
  markClosed,
  markResponded,
  RequestContext,
} from "../js/request/request-context.js";
import { closeWithBody, isFullyBufferedBody } from "../js/request/response-body.js";
import { copySideTable } from "../js/request/side-table.js";
import { hooks } from "../js/store/hooks.js";
import { DETACHED, OTHER, touch } from "../js/store/records.js";

/** @typedef {Response & { __vinextStreamedHtmlResponse?: boolean, __vinextStreamedApiResponse?: boolean }} Marked */
/** @import { UnifiedRequestContext } from "../js/generated/request-context.js" */

export { ensureRenderDynamicLatch } from "../js/request/request-context.js";
export { markFullyBufferedBody, preserveFullyBufferedBodyMetadata } from "../js/request/response-body.js";

// Listed among the storages that vinext leaves for one-time work, as its own module lists it.
getOrCreateAls("vinext.unifiedRequestContext.als");
if (requestStorageIsApart)
  registerAlsForScopeExit(/** @type {import("node:async_hooks").AsyncLocalStorage<never>} */ (requestStorage));
/**
 * Holds the host's execution context outside a request's scope.
 *
 * @type {import("node:async_hooks").AsyncLocalStorage<UnifiedRequestContext["executionContext"]>}
 */
const executionStorage = getOrCreateAls("vinext.requestContext.als");

/** @type {typeof import("./unified-request-context.js").createRequestContext} */
export function createRequestContext(opts) {
  const context = new RequestContext(opts == null ? OTHER : kindOf(opts));
  inheritExecutionContext(context);
  if (opts != null) {
    assignFields(context, opts);
    // The latch starts as the request starts, whatever the flag says when the latch is first read.
    if (opts.dynamicUsageDetected === true && !("renderDynamicLatch" in opts))
      context.renderDynamicLatch.dynamic = true;
  }
  if (hooks.outlived !== undefined) hooks.outlived(context);
  return context;
}

/** Neither storage was adopted, so outside every scope no older value can show through. */
const nothingOutside =
  requestStorageIsOwn && slotBehind(executionStorage) === /** @type {unknown} */ (executionStorage);

/** @param {UnifiedRequestContext} context */
function inheritExecutionContext(context) {
  if (rootStorage.getStore() !== undefined || !nothingOutside) context.executionContext = currentExecutionContext();
}

function currentExecutionContext() {
  const outer = currentRequest();
  return outer ? outer.executionContext : (executionStorage.getStore() ?? null);
}

/** @type {typeof import("./unified-request-context.js").runWithRequestContext} */
export function runWithRequestContext(ctx, fn) {
  if (ctx instanceof RequestContext) touch(ctx);
  return requestStorage.run(ctx, fn);
}

/** @type {typeof import("./unified-request-context.js").runWithUnifiedStateMutation} */
export function runWithUnifiedStateMutation(mutate, fn) {
  const parent = currentRequest();
  if (!parent) return fn();
  const child = parent instanceof RequestContext ? createChild(parent) : childPlain(parent);
  mutate(child);
  return requestStorage.run(child, fn);
}

/** @param {UnifiedRequestContext} parent made by a stock copy of vinext's module */
function childPlain(parent) {
  ensureRenderDynamicLatch(parent);
  /** @type {UnifiedRequestContext & import("../js/request/side-table.js").Owner} */
  const from = parent;
  const child = { ...from };
  copySideTable(child, from);
  return child;
}

/** @type {typeof import("./unified-request-context.js").bindRequestContext} */
export function bindRequestContext(fn) {
  const ctx = currentRequest();
  return ctx ? () => requestStorage.run(ctx, fn) : fn;
}

/** @type {typeof import("./unified-request-context.js").bindRequestContextSnapshot} */
export function bindRequestContextSnapshot(_ctx, callback) {
  const resume = SlotStorage.snapshot();
  return () => resume(callback);
}

/** @type {typeof import("./unified-request-context.js").getRequestContext} */
export function getRequestContext() {
  const current = currentRequest();
  if (current != null) return current;
  const context = new RequestContext(DETACHED);
  inheritExecutionContext(context);
  return context;
}

/** @type {typeof import("./unified-request-context.js").isInsideUnifiedScope} */
export function isInsideUnifiedScope() {
  return currentRequest() != null;
}

/** @type {typeof import("./unified-request-context.js").queueAfterCallback} */
export function queueAfterCallback(ctx, callback) {
  ensureCompletion(ctx);
  if (ctx.afterContext.responseClosed) start(ctx, callback);
  else ctx.afterContext.callbacks.push(callback);
}

/** @type {typeof import("./unified-request-context.js").trackAfterPromise} */
export function trackAfterPromise(ctx, promise) {
  ctx.afterContext.pendingPromises += 1;
  return promise.finally(() => {
    ctx.afterContext.pendingPromises -= 1;
    recordState(ctx);
  });
}

/** @type {typeof import("./unified-request-context.js").closeAfterResponse} */
export async function closeAfterResponse(ctx) {
  const state = ctx.afterContext;
  if (!state.responseClosed) {
    state.responseClosed = true;
    for (const callback of state.callbacks.splice(0)) start(ctx, callback);
    finishIfIdle(ctx);
    recordState(ctx);
  }
  return state.completion ?? undefined;
}

/** @type {typeof import("./unified-request-context.js").requiresResponseCloseTracking} */
export function requiresResponseCloseTracking(ctx) {
  const { callbacks, pendingCallbacks, pendingPromises, resolveCompletion } = ctx.afterContext;
  return callbacks.length > 0 || pendingCallbacks > 0 || pendingPromises > 0 || resolveCompletion !== null;
}

/** @type {typeof import("./unified-request-context.js").closeAfterResponseWithBody} */
export function closeAfterResponseWithBody(response, ctx) {
  if (!response.body) {
    queueMicrotask(() => void closeAfterResponse(ctx));
    return response;
  }
  // Unwrapped, so that it keeps its Content-Length.
  if (isFullyBufferedBody(response) && !requiresResponseCloseTracking(ctx)) {
    if (ctx instanceof RequestContext) markClosed(ctx);
    return response;
  }
  const body = closeWithBody(response.body, () => void closeAfterResponse(ctx));
  /** @type {Marked} */
  const wrapped = new Response(body, response);
  for (const mark of /** @type {const} */ (["__vinextStreamedHtmlResponse", "__vinextStreamedApiResponse"])) {
    wrapped[mark] = /** @type {Marked} */ (response)[mark];
  }
  return wrapped;
}

/** @param {UnifiedRequestContext} ctx */
function ensureCompletion(ctx) {
  const state = ctx.afterContext;
  if (state.completion && state.resolveCompletion) return;
  state.completion = new Promise((resolve) => {
    state.resolveCompletion = resolve;
  });
  ctx.executionContext?.waitUntil(state.completion);
}

/**
 * @param {UnifiedRequestContext} ctx
 * @param {() => unknown} callback
 */
function start(ctx, callback) {
  ensureCompletion(ctx);
  ctx.afterContext.pendingCallbacks += 1;
  Promise.resolve()
    .then(callback)
    .catch((error) => console.error("[vinext] after() task failed:", error))
    .finally(() => {
      ctx.afterContext.pendingCallbacks -= 1;
      finishIfIdle(ctx);
      recordState(ctx);
    });
}

/** @param {UnifiedRequestContext} ctx */
function finishIfIdle(ctx) {
  const state = ctx.afterContext;
  if (!state.responseClosed || state.pendingCallbacks > 0 || state.callbacks.length > 0) return;
  const resolve = state.resolveCompletion;
  state.resolveCompletion = null;
  resolve?.();
}

/** @param {UnifiedRequestContext} ctx */
function recordState(ctx) {
  const { responseClosed, callbacks, pendingCallbacks, pendingPromises } = ctx.afterContext;
  if (!(ctx instanceof RequestContext) || !responseClosed) return;
  if (callbacks.length > 0 || pendingCallbacks > 0 || pendingPromises > 0) markResponded(ctx);
  else markClosed(ctx);
}
