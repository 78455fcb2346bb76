import { setImmediate } from "node:timers/promises";

const LIVES = [
  { revalidate: 60 },
  { stale: 10, revalidate: 90, expire: 100 },
  { expire: 50, own: "name" },
  {},
  { stale: undefined, revalidate: 1 },
];
const DURATIONS = [undefined, { expire: 1 }, { expire: 2 }, {}, undefined];
const PHASES = ["render", "action", "route-handler", "render", "action"];

/** Promises as data caches give them: one is late, some fail. */
const WORK = [
  async () => {},
  async () => void (await setImmediate()),
  async () => {
    throw new Error("refused");
  },
  async () => {
    await setImmediate();
    throw new Error("refused later");
  },
  async () => {},
];

const quiet = (promise) => {
  promise.catch(() => {});
  return promise;
};

/** @type {import("../shim-operations.mjs").Shim} */
export const cacheRequestState = {
  modules: ["shims/headers", "shims/cdn-cache-state"],
  fallback: "vinext.cache.fallback",
  prepare([copy], memory) {
    copy.setHeadersAccessPhase("render");
    console.error = (text, error) => memory.logged.push(`${text} ${error.message}`);
    copy.setCdnCacheAdapter({
      async revalidateTag(tags, durations) {
        memory.logged.push(`purged ${JSON.stringify([tags, durations])}`);
        if (tags.includes("tag 3")) throw new Error("the CDN refused");
      },
    });
  },
  scopes: {
    _runWithCacheState: (copy, fn) => copy._runWithCacheState(fn),
    runWithDetachedCacheObservations: (copy, fn) => copy.runWithDetachedCacheObservations(fn),
  },
  acts: {
    phase: (copy, arg) => void copy.setHeadersAccessPhase(PHASES[arg]),
    init: (copy) => copy._initRequestScopedCacheState(),
    mark: (copy, arg) => copy.markActionRevalidation(arg % 3),
    takeMark: (copy) => copy.getAndClearActionRevalidationKind(),
    tag: (copy, arg) => copy._markPendingRevalidatedTag(`tag ${arg}`),
    queue: (copy, arg) => copy._queuePendingRevalidation(quiet(WORK[arg]())),
    queuePurge: (copy, arg) =>
      copy._queuePendingCdnTagInvalidation(`tag ${arg}`, DURATIONS[arg], quiet(WORK[(arg * 3) % WORK.length]())),
    purge: (copy, arg) => copy._revalidateCdnTags(arg < 2 ? `tag ${arg}` : [`tag ${arg}`, "more"], DURATIONS[arg]),
    drain: (copy) => copy._drainPendingRevalidations(),
    life: (copy, arg) => copy._setRequestScopedCacheLife(LIVES[arg]),
    consume: (copy) => copy._consumeRequestScopedCacheLife(),
    capture: (copy, _arg, memory) => void memory.held.push(copy._captureRequestScopedCacheLifeAccessors()),
    consumeCaptured: (_copy, arg, memory) => memory.held[arg % memory.held.length]?.consume(),
    peekCaptured: (_copy, arg, memory) => memory.held[arg % memory.held.length]?.peek(),
    close: (copy, _arg, _memory, inRequest) => {
      if (inRequest) return copy.closeAfterResponse(copy.getRequestContext());
    },
  },
  read: (copy) => [
    copy._peekRequestScopedCacheLife(),
    copy._isOnDemandRevalidate(),
    copy.shouldServeStaleUnstableCacheEntry(),
    [0, 1, 2, 3, 4].map((arg) => copy._hasPendingRevalidatedTag(["none", `tag ${arg}`])),
    copy._hasPendingRevalidatedTag([]),
    copy.getHeadersAccessPhase(),
  ],
};
