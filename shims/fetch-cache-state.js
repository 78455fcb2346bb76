// Replaces vinext's shims/fetch-cache-state: what a request's fetches are to do, and what they did.

import { currentRequest, requestState } from "onescope/internal/request-state";
import { runWithUnifiedStateMutation } from "onescope/shims/unified-request-context";

/** @import { FetchCacheState } from "vinext/shims/fetch-cache-state" */

/** @returns {FetchCacheState} */
function makeState() {
  return {
    currentRequestTags: [],
    currentFetchSoftTags: [],
    currentFetchCacheMode: null,
    currentFetchRevalidate: null,
    currentForceDynamicFetchDefault: false,
    isDraftMode: false,
    dynamicFetchUrls: new Set(),
    refreshStaleFetchesInForeground: false,
    isFetchDedupeActive: false,
    currentFetchDedupeEntries: new Map(),
    nextFetchId: 1,
  };
}

const state = requestState("fetchCache", makeState);

/** Holds the state of a standalone `runWithFetchCache`. */
export const fetchCacheAls = state.storage;

/** The state of a process that serves one request at a time, between `withFetchCache()` and its cleanup. */
export const fallbackFetchCacheState = state.fallback;

/**
 * @returns {FetchCacheState} the current one. Outside every scope that is a new one that only the caller has, unless
 *   `withFetchCache()` is active: the process's own must not collect what belongs to no request.
 */
export function getFetchCacheState() {
  const scoped = currentRequest() ?? fetchCacheAls.getStore();
  if (scoped != null) return scoped;
  return fallbackFetchCacheState.isFetchDedupeActive ? fallbackFetchCacheState : makeState();
}

/**
 * Starts the process's own state afresh.
 *
 * @param {boolean} isFetchDedupeActive whether it is in use from now on
 */
export function resetFallbackFetchCacheState(isFetchDedupeActive) {
  Object.assign(fallbackFetchCacheState, makeState(), { isFetchDedupeActive });
}

/**
 * Adds to the tags by which the page or route that is rendered can be invalidated.
 *
 * @param {readonly string[]} tags encoded
 */
export function addCollectedRequestTags(tags) {
  if (tags.length === 0) return;
  const collected = getFetchCacheState().currentRequestTags;
  for (const tag of tags) if (!collected.includes(tag)) collected.push(tag);
}

/** @returns {string[]} the tags that the path of the current render implies */
export function getCurrentFetchSoftTags() {
  return getFetchCacheState().currentFetchSoftTags;
}

/**
 * Calls `fn` with the request's settings and a record of tags and URLs of its own, for work whose fetches are none of the
 * response's.
 *
 * @template T
 * @param {() => T} fn
 * @returns {T}
 */
export function runWithDetachedFetchObservations(fn) {
  const record = { currentRequestTags: [], dynamicFetchUrls: new Set() };
  if (currentRequest() == null) return fetchCacheAls.run({ ...getFetchCacheState(), ...record }, fn);
  return runWithUnifiedStateMutation((context) => void Object.assign(context, record), fn);
}
