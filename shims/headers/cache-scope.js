// Whether the caller is inside a cached function, where a request's data must not be read.

import { currentRequest } from "onescope/internal/request-state";
import { recordInProbes } from "./dynamic-usage.js";

/** @import { HeadersState } from "./state.js" */

/** @typedef {{ variant?: string, invalidDynamicUsageError?: unknown }} UseCache */

// By symbol, as vinext reads them: the modules that make these storages import this one.
const USE_CACHE = Symbol.for("vinext.cacheRuntime.contextAls");
const UNSTABLE_CACHE = Symbol.for("vinext.unstableCache.als");

/**
 * @param {symbol} key
 * @returns {unknown} what the storage under this key holds; `null` if there is none
 */
function stored(key) {
  const storage = /** @type {Record<symbol, { getStore?: unknown } | undefined>} */ (
    /** @type {unknown} */ (globalThis)
  )[key];
  if (!storage || typeof storage !== "object" || typeof storage.getStore !== "function") return null;
  return storage.getStore();
}

/** @returns {UseCache | null} the scope of the innermost "use cache", else `null` */
function useCacheScope() {
  const scope = stored(USE_CACHE);
  return scope && typeof scope === "object" ? scope : null;
}

const insideUnstableCache = () => stored(UNSTABLE_CACHE) === true;

/** @returns {boolean} whether the caller is inside a cached function of any kind */
export function isInsideAnyCacheScope() {
  return useCacheScope() !== null || insideUnstableCache();
}

/**
 * @param {string} apiName such as `"headers()"`
 * @returns {Error} what a request API throws inside a public "use cache"
 */
export function createUseCacheAccessError(apiName) {
  return accessError(apiName, 'inside "use cache"');
}

/**
 * @param {string} apiName
 * @param {string} where
 */
function accessError(apiName, where) {
  return new Error(
    `\`${apiName}\` cannot be called ${where}. If you need this data inside a cached function, call \`${apiName}\` outside and pass the required data as an argument.`,
  );
}

/**
 * The error of a request API that is called inside a cached function. It is also recorded, because user code may catch it.
 *
 * @param {HeadersState} state
 * @param {string} apiName such as `"headers()"`
 * @returns {Error | undefined} `undefined` where the API may be called
 */
export function cacheScopeError(state, apiName) {
  const scope = useCacheScope();
  if (scope !== null && scope.variant !== "private") {
    const error = createUseCacheAccessError(apiName);
    record(state, error, scope);
    return error;
  }
  if (!insideUnstableCache()) return undefined;
  const error = accessError(apiName, "inside a function cached with `unstable_cache()`");
  record(state, error);
  return error;
}

/**
 * @param {HeadersState} state
 * @param {Error} error
 * @param {UseCache} [scope] of a "use cache"
 */
function record(state, error, scope) {
  try {
    if (scope !== undefined) scope.invalidDynamicUsageError = error;
    const request = currentRequest();
    if (request != null) request.invalidDynamicUsageError = error;
    recordInProbes(state, error);
  } catch {
    // The error itself matters more than its record.
  }
}
