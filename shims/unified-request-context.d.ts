/**
 * vinext's request context, kept by onescope. The fields are those of vinext's `UnifiedRequestContext`.
 *
 * @packageDocumentation
 */

import type { UnifiedRequestContext } from "../js/generated/request-context.js";

export type * from "../js/generated/request-context.js";

/**
 * A context with every field at its default, except those given. A field that is given counts also when it is
 * `undefined`.
 */
export function createRequestContext(opts?: Partial<UnifiedRequestContext>): UnifiedRequestContext;

/** Calls `fn` with `ctx` as the current request context, for what it starts too, and returns what it returns. */
export function runWithRequestContext<T>(ctx: UnifiedRequestContext, fn: () => T): T;

/**
 * Calls `fn` with a child of the current context, after `mutate` changed the child. Collections that `mutate` does not
 * replace stay shared. Without a current context it only calls `fn`.
 */
export function runWithUnifiedStateMutation<T>(mutate: (ctx: UnifiedRequestContext) => void, fn: () => T): T;

/** `fn`, called with today's request context from whatever context; `fn` itself outside a request. */
export function bindRequestContext<T>(fn: () => T): () => T;

/** `callback`, called with the value that every storage of the process has now. */
export function bindRequestContextSnapshot<T>(ctx: UnifiedRequestContext, callback: () => T): () => T;

/** The current context; outside a request a new one that only the caller has. */
export function getRequestContext(): UnifiedRequestContext;

/** Whether a request context is current. */
export function isInsideUnifiedScope(): boolean;

/** The latch that remembers whether a render used a dynamic API: one object for all contexts of a context group. */
export function ensureRenderDynamicLatch(
  state: Pick<UnifiedRequestContext, "dynamicUsageDetected" | "renderDynamicLatch">,
): UnifiedRequestContext["renderDynamicLatch"];

/** Keeps a callback until the response closes, or starts it now if it is closed already. */
export function queueAfterCallback(ctx: UnifiedRequestContext, callback: () => unknown): void;

/** Counts promise-form `after()` work, whose continuation may still queue callbacks. */
export function trackAfterPromise<T>(ctx: UnifiedRequestContext, promise: Promise<T>): Promise<T>;

/** Starts what was queued for after the response; settles once all of it has. Only the first call starts anything. */
export function closeAfterResponse(ctx: UnifiedRequestContext): Promise<void>;

/** Whether deferred work waits for the response's body to close, or may yet. */
export function requiresResponseCloseTracking(ctx: UnifiedRequestContext): boolean;

/** The response, whose deferred work starts once its body was consumed or cancelled. */
export function closeAfterResponseWithBody(response: Response, ctx: UnifiedRequestContext): Response;

/** Marks a response whose body is whole in memory, so that nothing can be queued while it is sent. */
export function markFullyBufferedBody<R extends Response>(response: R): R;

/** `target`, marked as fully buffered if `source` is. */
export function preserveFullyBufferedBodyMetadata(source: Response, target: Response): Response;
