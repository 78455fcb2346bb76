// What `headers()` and `cookies()` return where there is nothing to read. Every synchronous use throws what awaiting rejects
// with, so they are Proxies; no request that succeeds makes one.

/** The members through which a promise is awaited. */
const AWAITING = new Set(["then", "catch", "finally"]);

/**
 * A rejected promise that counts as handled. Any member that a promise does not have throws the error.
 *
 * @param {unknown} reason
 * @returns {any}
 */
export function rejectedPromise(reason) {
  const error = reason instanceof Error ? reason : new Error(String(reason));
  const promise = Promise.reject(error);
  promise.catch(() => {});
  return new Proxy(promise, {
    get(_, name) {
      if (name in promise) return memberOf(promise, name);
      throw error;
    },
  });
}

/**
 * A promise that stays pending while a static shell is rendered: any use but awaiting it throws the promise, as React's
 * Suspense wants it.
 *
 * @param {Promise<unknown>} promise
 * @returns {any}
 */
export function suspendingPromise(promise) {
  const suspend = () => {
    throw promise;
  };
  return new Proxy(promise, {
    get: (_, name) => (AWAITING.has(/** @type {string} */ (name)) ? memberOf(promise, name) : suspend()),
    getOwnPropertyDescriptor: suspend,
    has: suspend,
    ownKeys: suspend,
  });
}

/**
 * @param {Promise<unknown>} promise
 * @param {PropertyKey} name
 */
function memberOf(promise, name) {
  const value = /** @type {Record<PropertyKey, unknown>} */ (/** @type {unknown} */ (promise))[name];
  return typeof value === "function" ? value.bind(promise) : value;
}
