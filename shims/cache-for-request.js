// Replaces vinext's shims/cache-for-request: values that are made once for a request.

import { currentRequest } from "onescope/internal/request-state";

/**
 * @template T
 * @param {() => T} factory its identity is the key
 * @returns {() => T} gives what `factory` made at the first call within the request; a promise that rejects is forgotten,
 *   so that the next call tries again. Outside a request every call makes another.
 */
export function cacheForRequest(factory) {
  return () => {
    const request = currentRequest();
    if (request == null) return factory();
    const cache = request.requestCache;
    if (cache.has(factory)) return /** @type {T} */ (cache.get(factory));
    const value = factory();
    cache.set(factory, value);
    if (value instanceof Promise) {
      value.catch(() => {
        if (cache.get(factory) === value) cache.delete(factory);
      });
    }
    return value;
  };
}
