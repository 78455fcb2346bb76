import type { AsyncLocalStorage } from "node:async_hooks";

/**
 * The storage that the process shares under `Symbol.for(key)`, made a slot. One that exists already is taken over in
 * place, so that code which holds it sees the same values.
 *
 * @param key vinext's name for it, such as `"vinext.cache.als"`
 */
export function getOrCreateAls<T>(key: string): AsyncLocalStorage<T>;

/** Adds a storage made elsewhere to those that {@link runOutsideRequestScopes} leaves, and makes it a slot in place. */
export function registerAlsForScopeExit(als: AsyncLocalStorage<any>): void;

/** Calls `fn`, and everything it starts, outside every request-scoped storage, and returns what it returns. */
export function runOutsideRequestScopes<T>(fn: () => T): T;
