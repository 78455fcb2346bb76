export {
  addCollectedRequestTags,
  fallbackFetchCacheState,
  fetchCacheAls,
  getCurrentFetchSoftTags,
  getFetchCacheState,
  resetFallbackFetchCacheState,
  runWithDetachedFetchObservations,
} from "vinext/shims/fetch-cache-state";
