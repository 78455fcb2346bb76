import type { AsyncLocalStorage } from "node:async_hooks";
import type { UnifiedRequestContext } from "../../js/generated/request-context.js";

/** The current request context, in one lookup; `undefined` outside a request. */
export function currentRequest(): UnifiedRequestContext | undefined;

/** Where one of vinext's shims keeps its state. */
export interface RequestState<T extends object> {
  /** The shim's own storage, which holds its state outside a request's scope. */
  storage: AsyncLocalStorage<T>;
  /** The state that the process shares outside every scope. */
  fallback: T;
  /** The current request's context, else what `storage` holds, else `fallback`. */
  current(): T;
  /**
   * Calls `fn` with these fields set: in a child of the current request, or outside a request as the state of a scope of
   * its own.
   */
  runWith<R>(fields: T, fn: () => R): R;
}

/**
 * The state of one of vinext's shims, under vinext's own keys, so that a stock copy of the same shim in the same process
 * sees the same state.
 *
 * @param name vinext's name for the state, such as `"router"`: its keys are `vinext.<name>.als` and `.fallback`
 * @param makeFallback makes the shared state, unless the process has it already
 */
export function requestState<T extends object>(name: string, makeFallback: () => T): RequestState<T>;
