/** @type {import("../shim-operations.mjs").Shim} */
export const fetchCacheState = {
  modules: ["shims/fetch-cache"],
  fallback: "vinext.fetchCache.fallback",
  scopes: {
    runWithDetachedFetchObservations: (copy, fn) => copy.runWithDetachedFetchObservations(fn),
    runWithFetchCache: (copy, fn) => copy.runWithFetchCache(fn),
    runWithFetchDedupe: (copy, fn) => copy.runWithFetchDedupe(fn),
    standalone: (copy, fn, arg) => copy.fetchCacheAls.run({ ...copy.getFetchCacheState(), nextFetchId: arg }, fn),
  },
  acts: {
    tags: (copy, arg) => copy.addCollectedRequestTags([[], ["a"], ["a", "b", "a"], ["c"], ["b"]][arg]),
    softTags: (copy, arg) => copy.setCurrentFetchSoftTags([`soft ${arg}`]),
    mode: (copy, arg) => copy.setCurrentFetchCacheMode(arg === 0 ? null : "force-cache"),
    revalidate: (copy, arg) => copy.setCurrentFetchRevalidate(arg),
    forceDynamic: (copy, arg) => copy.setCurrentForceDynamicFetchDefault(arg > 2),
    draft: (copy, arg) => copy.setCurrentFetchDraftMode(arg > 2),
    foreground: (copy, arg) => copy.setRefreshStaleFetchesInForeground(arg > 2),
    observe: (copy, arg) => void copy.getFetchCacheState().dynamicFetchUrls.add(`/${arg}`),
    consume: (copy) => copy.consumeDynamicFetchObservations(),
    number: (copy) => copy.getFetchCacheState().nextFetchId++,
    dedupe: (copy, arg) => void copy.getFetchCacheState().currentFetchDedupeEntries.set(`/${arg}`, []),
    withFetchCache: (copy, _arg, memory) => void memory.held.push(copy.withFetchCache()),
    cleanup: (_copy, arg, memory) => memory.held[arg % memory.held.length]?.(),
    reset: (copy, arg) => copy.resetFallbackFetchCacheState(arg > 2),
  },
  read(copy) {
    const state = copy.getFetchCacheState();
    const fields = Object.keys(copy.fallbackFetchCacheState).map((name) => [name, state[name]]);
    return [
      state === copy.fallbackFetchCacheState,
      copy.fetchCacheAls.getStore()?.nextFetchId,
      copy.getCurrentFetchSoftTags(),
      Object.fromEntries(fields),
    ];
  },
};
