// Replaces vinext's shims/unified-request-context: the same exports and the same behaviour, on onescope's contexts. A stock
// copy of that module makes plain objects; everything here takes both.

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
/** @type {import("node:async_hooks").AsyncLocalStorage<UnifiedRequestContext["executionContext"]>} a storage that holds the host's execution context outside a request's scope */
const executionStorage = getOrCreateAls("vinext.requestContext.als");

/**
 * A context with every field at its default, except those given. A field that is given counts also when it is
 * `undefined`.
 *
 * @param {Partial<UnifiedRequestContext>} [opts]
 * @returns {UnifiedRequestContext}
 */
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

/**
 * @template T
 * @param {UnifiedRequestContext} ctx
 * @param {() => T} fn
 * @returns {T} what `fn` returns, called with `ctx` as the current request context
 */
export function runWithRequestContext(ctx, fn) {
  if (ctx instanceof RequestContext) touch(ctx);
  return requestStorage.run(ctx, fn);
}

/**
 * Calls `fn` with a child of the current context, after `mutate` changed the child. Without a current context it only calls
 * `fn`.
 *
 * @template T
 * @param {(ctx: UnifiedRequestContext) => void} mutate
 * @param {() => T} fn
 * @returns {T}
 */
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

/**
 * @template T
 * @param {() => T} fn
 * @returns {() => T} calls `fn` with the request context that is current now; `fn` itself outside a request
 */
export function bindRequestContext(fn) {
  const ctx = currentRequest();
  return ctx ? () => requestStorage.run(ctx, fn) : fn;
}

/**
 * @template T
 * @param {UnifiedRequestContext} _ctx part of vinext's signature: every storage is captured, this one with them
 * @param {() => T} callback
 * @returns {() => T} `callback`, called with the value that every storage has now
 */
export function bindRequestContextSnapshot(_ctx, callback) {
  const resume = SlotStorage.snapshot();
  return () => resume(callback);
}

/**
 * @returns {UnifiedRequestContext} the current context; outside a request a new one that only the caller has, so that nothing
 *   written to it outlives the caller
 */
export function getRequestContext() {
  const current = currentRequest();
  if (current != null) return current;
  const context = new RequestContext(DETACHED);
  inheritExecutionContext(context);
  return context;
}

/** @returns {boolean} whether a request context is current */
export function isInsideUnifiedScope() {
  return currentRequest() != null;
}

/**
 * Keeps a callback until the response closes, or starts it now if it is closed already.
 *
 * @param {UnifiedRequestContext} ctx
 * @param {() => unknown} callback
 */
export function queueAfterCallback(ctx, callback) {
  ensureCompletion(ctx);
  if (ctx.afterContext.responseClosed) start(ctx, callback);
  else ctx.afterContext.callbacks.push(callback);
}

/**
 * Counts promise-form `after()` work, whose continuation may still queue callbacks.
 *
 * @template T
 * @param {UnifiedRequestContext} ctx
 * @param {Promise<T>} promise
 * @returns {Promise<T>}
 */
export function trackAfterPromise(ctx, promise) {
  ctx.afterContext.pendingPromises += 1;
  return promise.finally(() => {
    ctx.afterContext.pendingPromises -= 1;
    recordState(ctx);
  });
}

/**
 * Starts what was queued for after the response. Only the first call starts anything.
 *
 * @param {UnifiedRequestContext} ctx
 * @returns {Promise<void>} settles once every queued callback has
 */
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

/**
 * @param {UnifiedRequestContext} ctx
 * @returns {boolean} whether deferred work waits for the response's body to close, or may yet
 */
export function requiresResponseCloseTracking(ctx) {
  const { callbacks, pendingCallbacks, pendingPromises, resolveCompletion } = ctx.afterContext;
  return callbacks.length > 0 || pendingCallbacks > 0 || pendingPromises > 0 || resolveCompletion !== null;
}

/**
 * The response, whose deferred work starts once its body was consumed or cancelled. A body that vinext buffered whole
 * passes unwrapped when no deferred work waits for its end, so that it keeps its Content-Length.
 *
 * @param {Response} response
 * @param {UnifiedRequestContext} ctx
 * @returns {Response}
 */
export function closeAfterResponseWithBody(response, ctx) {
  if (!response.body) {
    queueMicrotask(() => void closeAfterResponse(ctx));
    return response;
  }
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
