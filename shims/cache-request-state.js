// Replaces vinext's shims/cache-request-state: how a request uses the caches, and what it invalidates in them.

import { currentRequest, requestState } from "onescope/internal/request-state";
import { runWithUnifiedStateMutation } from "onescope/shims/unified-request-context";
import { getCdnCacheAdapter } from "vinext/shims/cdn-cache";
import { getHeadersAccessPhase } from "vinext/shims/internal/headers-state";

/** @import { ActionRevalidationKind, CacheLifeConfig, CacheState, PendingCdnTagInvalidation } from "vinext/shims/cache-request-state" */

export {
  _recordUseCacheRootParamRead,
  _registerCacheContextAccessor,
  getRegisteredCacheContext,
} from "vinext/shims/internal/cache-context-accessor";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * The lives that `cacheLife` knows by name, in seconds: Next's. An app's own profiles are added to them.
 *
 * @type {Record<string, CacheLifeConfig>}
 */
export const cacheLifeProfiles = {
  default: { revalidate: 15 * MINUTE, expire: 2 ** 32 - 2 },
  seconds: { stale: 30, revalidate: 1, expire: MINUTE },
  minutes: { stale: 5 * MINUTE, revalidate: MINUTE, expire: HOUR },
  hours: { stale: 5 * MINUTE, revalidate: HOUR, expire: DAY },
  days: { stale: 5 * MINUTE, revalidate: DAY, expire: 7 * DAY },
  weeks: { stale: 5 * MINUTE, revalidate: 7 * DAY, expire: 30 * DAY },
  max: { stale: 5 * MINUTE, revalidate: 30 * DAY, expire: 365 * DAY },
};

const ACTION_DID_NOT_REVALIDATE = 0;
export const ACTION_DID_REVALIDATE_STATIC_AND_DYNAMIC = 1;
export const ACTION_DID_REVALIDATE_DYNAMIC_ONLY = 2;

/**
 * What every render starts with, also within a request.
 *
 * @returns {Pick<CacheState, "actionRevalidationKind" | "requestScopedCacheLife" | "unstableCacheRevalidation">}
 */
const makeRenderState = () => ({
  actionRevalidationKind: ACTION_DID_NOT_REVALIDATE,
  requestScopedCacheLife: null,
  unstableCacheRevalidation: "foreground",
});

/** @returns {CacheState} */
const makeState = () => ({
  ...makeRenderState(),
  isOnDemandRevalidate: false,
  pendingCdnTagInvalidations: [],
  pendingRevalidatedTags: new Set(),
  pendingRevalidations: new Set(),
});

const state = requestState("cache", makeState);

/**
 * @returns {CacheState | undefined} the current state, if something will come and take what is left in it: outside every
 *   scope only an action or a route handler does, and anything else would pile up
 */
function drainedState() {
  const scoped = currentRequest() ?? state.storage.getStore();
  return scoped ?? (isDrained(getHeadersAccessPhase()) ? state.fallback : undefined);
}

/** @param {string} phase */
const isDrained = (phase) => phase === "action" || phase === "route-handler";

/**
 * Calls `fn` with the state of a new render: in a child of the current request, or outside a request with its own state.
 *
 * @template T
 * @param {() => T} fn
 * @returns {T}
 */
export function _runWithCacheState(fn) {
  if (currentRequest() == null) return state.storage.run(makeState(), fn);
  return runWithUnifiedStateMutation((context) => void Object.assign(context, makeRenderState()), fn);
}

/** Resets what an earlier request left in a state that several requests use. */
export function _initRequestScopedCacheState() {
  const current = state.current();
  current.actionRevalidationKind = ACTION_DID_NOT_REVALIDATE;
  current.requestScopedCacheLife = null;
}

/** @returns {boolean} whether the request was sent to renew what is cached, so that caches are written but not read */
export function _isOnDemandRevalidate() {
  return state.current().isOnDemandRevalidate === true;
}

/**
 * Remembers what a server action invalidated. Nothing is remembered elsewhere.
 *
 * @param {ActionRevalidationKind} kind the wider one of two stays
 */
export function markActionRevalidation(kind) {
  const request = currentRequest();
  if ((request == null ? getHeadersAccessPhase() : request.phase) !== "action") return;
  const current = request ?? state.current();
  if (current.actionRevalidationKind !== ACTION_DID_REVALIDATE_STATIC_AND_DYNAMIC)
    current.actionRevalidationKind = kind;
}

/** @returns {ActionRevalidationKind} what was marked since the last call */
export function getAndClearActionRevalidationKind() {
  const current = state.current();
  const kind = current.actionRevalidationKind;
  current.actionRevalidationKind = ACTION_DID_NOT_REVALIDATE;
  return kind;
}

/**
 * Makes the rest of the request read past what is cached under a tag.
 *
 * @param {string} tag encoded
 */
export function _markPendingRevalidatedTag(tag) {
  drainedState()?.pendingRevalidatedTags.add(tag);
}

/**
 * @param {readonly string[]} tags encoded
 * @returns {boolean} whether the request invalidated any of them
 */
export function _hasPendingRevalidatedTag(tags) {
  const pending = drainedState()?.pendingRevalidatedTags;
  return pending !== undefined && tags.some((tag) => pending.has(tag));
}

/**
 * Keeps an invalidation, so that the request waits for it before it ends.
 *
 * @param {Promise<void>} promise
 * @returns {boolean} whether the request will wait
 */
export function _queuePendingRevalidation(promise) {
  const current = drainedState();
  if (current === undefined) return false;
  current.pendingRevalidations.add(promise);
  // The drain reports a failure. Until then it is not an unhandled rejection.
  promise.catch(() => {});
  return true;
}

/**
 * Keeps a tag for the purge of the CDN with which an action or a route handler ends, one call for each set of durations:
 * hosts limit how often they may be asked.
 *
 * @param {string} tag encoded
 * @param {{ expire?: number } | undefined} durations
 * @param {Promise<void>} dataInvalidation the tag's invalidation in the data cache; the CDN is asked after that
 * @returns {boolean} `false` where no such purge comes, and in work that continues after the response
 */
export function _queuePendingCdnTagInvalidation(tag, durations, dataInvalidation) {
  const request = currentRequest();
  if (!isDrained(request == null ? getHeadersAccessPhase() : request.phase)) return false;
  if (request?.afterContext.responseClosed) return false;
  (request ?? state.current()).pendingCdnTagInvalidations.push({ tag, durations, dataInvalidation });
  return true;
}

/**
 * Asks the CDN to forget tags. A failure is only logged: the data cache has forgotten them already, and a request that
 * failed now would look as if it had not.
 *
 * @param {string | string[]} tags encoded
 * @param {{ expire?: number }} [durations]
 */
export async function _revalidateCdnTags(tags, durations) {
  try {
    await getCdnCacheAdapter().revalidateTag(tags, durations);
  } catch (error) {
    console.error(
      "[vinext] CDN cache invalidation failed; edge-cached responses may stay stale until they expire:",
      error,
    );
  }
}

/** @param {PendingCdnTagInvalidation[]} invalidations */
async function purge(invalidations) {
  if (invalidations.length === 0) return;
  const outcomes = await Promise.allSettled(invalidations.map(({ dataInvalidation }) => dataInvalidation));
  const done = invalidations.filter((_, i) => outcomes[i].status === "fulfilled");
  const batches = Map.groupBy(done, ({ durations }) => JSON.stringify(durations));
  await Promise.all(
    [...batches.values()].map((batch) =>
      _revalidateCdnTags([...new Set(batch.map(({ tag }) => tag))], batch[0].durations),
    ),
  );
}

/**
 * Waits for every invalidation that the request queued, also for those that are queued meanwhile, and purges the CDN.
 *
 * @throws {unknown} what the first one that failed failed with, after all of them
 */
export async function _drainPendingRevalidations() {
  const current = state.current();
  const failures = [];
  while (current.pendingRevalidations.size > 0 || current.pendingCdnTagInvalidations.length > 0) {
    const waiting = Promise.allSettled([...current.pendingRevalidations]);
    current.pendingRevalidations.clear();
    const invalidations = current.pendingCdnTagInvalidations.splice(0);
    for (const outcome of await waiting) if (outcome.status === "rejected") failures.push(outcome.reason);
    await purge(invalidations);
  }
  if (failures.length > 0) throw failures[0];
}

/**
 * Shortens the life of what the request renders. Of each duration the shortest one counts.
 *
 * @param {CacheLifeConfig} config durations in seconds
 */
export function _setRequestScopedCacheLife(config) {
  const current = state.current();
  const life = current.requestScopedCacheLife;
  if (life === null) {
    current.requestScopedCacheLife = { ...config };
    return;
  }
  for (const duration of DURATIONS) {
    const [before, now] = [life[duration], config[duration]];
    if (now !== undefined) life[duration] = before === undefined ? now : Math.min(before, now);
  }
}

const DURATIONS = /** @type {const} */ (["stale", "revalidate", "expire"]);

/** @returns {CacheLifeConfig | null} a copy of the request's, which stays */
export function _peekRequestScopedCacheLife() {
  return peek(state.current());
}

/** @returns {CacheLifeConfig | null} the request's, which has none from then on */
export function _consumeRequestScopedCacheLife() {
  return consume(state.current());
}

/**
 * Accessors of the current request's cache life, for the end of a response's body, when no request is current any more.
 */
export function _captureRequestScopedCacheLifeAccessors() {
  const current = state.current();
  return { consume: () => consume(current), peek: () => peek(current) };
}

/** @param {CacheState} current */
function peek({ requestScopedCacheLife: life }) {
  return life === null ? null : { ...life };
}

/** @param {CacheState} current */
function consume(current) {
  const life = current.requestScopedCacheLife;
  current.requestScopedCacheLife = null;
  return life;
}

/**
 * Calls `fn` with the request's settings and its own cache life, for work that is not part of the response.
 *
 * @template T
 * @param {() => T} fn
 * @returns {T}
 */
export function runWithDetachedCacheObservations(fn) {
  if (currentRequest() == null) return state.storage.run({ ...state.current(), requestScopedCacheLife: null }, fn);
  return runWithUnifiedStateMutation((context) => {
    context.requestScopedCacheLife = null;
  }, fn);
}

/** @returns {boolean} whether a stale entry is good enough for now, while another is made */
export function shouldServeStaleUnstableCacheEntry() {
  return state.current().unstableCacheRevalidation === "background";
}
