import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { test } from "node:test";
import { LAYOUT } from "../../js/generated/slot-table.js";
import { loadCopy } from "../_support/graph.mjs";

// Inside a request each access to its state is one lookup in the root storage. vinext's own modules need two.

// The storage pins its methods, so one that counts has to be there first.
const one = new AsyncLocalStorage();
let count = 0;
one.getStore = () => {
  count++;
  return AsyncLocalStorage.prototype.getStore.call(one);
};
globalThis[Symbol.for(`onescope.scope.1.${LAYOUT.hash}`)] = one;

const modules = [
  "unified-request-context",
  "navigation-state",
  "navigation-context-state",
  "router-state",
  "router",
  "head-state",
  "head",
  "i18n-state",
  "i18n-context",
  "request-context",
  "root-params",
  "cache-for-request",
  "cache-request-state",
  "fetch-cache-state",
];
const vinext = await loadCopy(
  "ours",
  modules.map((name) => `shims/${name}`),
);

/** How many lookups in the storage `fn` makes. */
function lookups(fn) {
  count = 0;
  fn();
  return count;
}

const cached = vinext.cacheForRequest(() => ({}));

const ONCE = {
  "cache-for-request": [cached],
  "cache-request-state": [
    vinext._initRequestScopedCacheState,
    vinext._isOnDemandRevalidate,
    () => vinext.markActionRevalidation(1),
    vinext.getAndClearActionRevalidationKind,
    () => vinext._markPendingRevalidatedTag("a"),
    () => vinext._hasPendingRevalidatedTag(["a"]),
    () => vinext._queuePendingRevalidation(Promise.resolve()),
    () => vinext._queuePendingCdnTagInvalidation("a", undefined, Promise.resolve()),
    () => vinext._setRequestScopedCacheLife({ expire: 1 }),
    vinext._peekRequestScopedCacheLife,
    vinext._consumeRequestScopedCacheLife,
    vinext._captureRequestScopedCacheLifeAccessors,
    vinext.shouldServeStaleUnstableCacheEntry,
  ],
  "fetch-cache-state": [
    vinext.getFetchCacheState,
    () => vinext.addCollectedRequestTags(["a"]),
    vinext.getCurrentFetchSoftTags,
  ],
  "head-state": [vinext.resetSSRHead, () => vinext.setDocumentInitialHead([])],
  "i18n-state": [vinext.getI18nContext, () => vinext.setI18nContext(null)],
  "navigation-state": [
    vinext.getNavigationContext,
    () => vinext.setNavigationContext(null),
    () => vinext.registerServerInsertedHTMLCallback(() => {}),
    vinext.flushServerInsertedHTML,
    vinext.clearServerInsertedHTML,
  ],
  "request-context": [vinext.getRequestExecutionContext, () => globalThis[Symbol.for("__cloudflare-context__")]],
  "root-params": [vinext.getCurrentRootParams, () => vinext.setRootParams({})],
  "router-state": [vinext.getPagesNavigationContext, () => vinext.setSSRContext(null)],
};

for (const [name, accesses] of Object.entries(ONCE)) {
  test(`${name} makes one lookup for each access`, () => {
    vinext.runWithRequestContext(vinext.createRequestContext({ phase: "action" }), () => {
      for (const access of accesses) assert.equal(lookups(access), 1, String(access));
    });
  });
}

test("a parameter of the root takes one more lookup, for its usage", () => {
  const get = () => void vinext.getRootParam("lang");
  vinext.runWithRequestContext(vinext.createRequestContext(), () => {
    const count = vinext.runWithRootParamsUsage({ kind: "route" }, () => lookups(get));
    assert.equal(count, 2);
  });
});
