import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { FIELD_NAMES } from "../../js/generated/context-fields.js";
import { RequestContext } from "../../js/request/request-context.js";
import { loadCopy } from "../_support/graph.mjs";

// What vinext's own tests expect of the request context and of the shims that keep their state in it, all in one copy of
// vinext's modules with ours in their places.

const vinext = await loadCopy(
  "ours",
  [
    "unified-request-context",
    "headers",
    "navigation-state",
    "navigation-context-state",
    "cache",
    "cache-request-state",
    "cache-runtime",
    "cache-for-request",
    "fetch-cache",
    "fetch-cache-state",
    "router-state",
    "router",
    "head-state",
    "head",
    "i18n-state",
    "i18n-context",
    "request-context",
    "root-params",
  ].map((name) => `shims/${name}`),
);
const { createRequestContext, getRequestContext, isInsideUnifiedScope, runWithRequestContext } = vinext;

const inRequest = (fn, opts) => runWithRequestContext(createRequestContext(opts), fn);
const place = (pathname) => ({ pathname, searchParams: new URLSearchParams(), params: {} });
const headersOf = (values) => ({ headers: new Headers(values), cookies: new Map() });

test("a new context has every default", () => {
  const context = createRequestContext();
  const defaults = {
    headersContext: null,
    dynamicUsageDetected: false,
    renderDynamicLatch: { dynamic: false, listeners: new Set() },
    renderRequestApiUsage: new Set(),
    connectionProbe: null,
    invalidDynamicUsageError: null,
    pendingSetCookies: [],
    draftModeCookieHeader: null,
    phase: "render",
    i18nContext: null,
    serverContext: null,
    serverInsertedHTMLCallbacks: [],
    requestScopedCacheLife: null,
    actionRevalidationKind: 0,
    isOnDemandRevalidate: false,
    pendingCdnTagInvalidations: [],
    pendingRevalidatedTags: new Set(),
    pendingRevalidations: new Set(),
    unstableCacheRevalidation: "foreground",
    _privateCache: null,
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
    executionContext: null,
    requestSignal: null,
    ssrContext: null,
    ssrHeadChildren: [],
    documentInitialHead: [],
    rootParams: null,
    afterContext: {
      callbacks: [],
      responseClosed: false,
      pendingCallbacks: 0,
      pendingPromises: 0,
      completion: null,
      resolveCompletion: null,
    },
  };
  for (const [name, value] of Object.entries(defaults)) assert.deepEqual(context[name], value, name);
  assert.ok(context.requestCache instanceof WeakMap);
});

test("what is given goes beside the defaults, and a host's context is inherited", () => {
  const host = { waitUntil() {} };
  const context = createRequestContext({ phase: "action", rootParams: { lang: "de" } });
  assert.deepEqual([context.phase, context.rootParams, context.pendingSetCookies], ["action", { lang: "de" }, []]);
  vinext.runWithExecutionContext(host, () => {
    assert.equal(createRequestContext().executionContext, host);
    inRequest(() => assert.equal(createRequestContext().executionContext, host));
    assert.equal(createRequestContext({ executionContext: null }).executionContext, null);
  });
});

test("nested requests see their own context, and the outer one is back afterwards, also after an error", async () => {
  const [outer, inner] = [createRequestContext(), createRequestContext()];
  assert.equal(isInsideUnifiedScope(), false);
  await runWithRequestContext(outer, async () => {
    assert.equal(getRequestContext(), outer);
    await runWithRequestContext(inner, async () => {
      await setImmediate();
      assert.equal(getRequestContext(), inner);
    });
    assert.equal(getRequestContext(), outer);
    assert.throws(() => runWithRequestContext(inner, () => assert.fail("thrown")), /thrown/);
    assert.equal(getRequestContext(), outer);
  });
  assert.equal(isInsideUnifiedScope(), false);
});

test("20 requests at once keep their headers, places, tags, locales and parameters", async () => {
  const request = async (n) => {
    vinext.setNavigationContext(place(`/${n}`));
    vinext.addCollectedRequestTags([`tag ${n}`]);
    vinext.setI18nContext({ locale: `locale ${n}` });
    vinext.setRootParams({ n: `${n}` });
    vinext.setSSRContext({ pathname: `/pages/${n}`, query: {}, asPath: `/pages/${n}` });
    for (let turn = 0; turn < n % 5; turn++) await setImmediate();
    vinext._setRequestScopedCacheLife({ revalidate: n });
    await new Promise((resolve) => setTimeout(resolve, 20 - n));
    return [
      (await vinext.headers()).get("x-id"),
      vinext.getNavigationContext().pathname,
      vinext.getCollectedFetchTags(),
      vinext.getI18nContext().locale,
      await vinext.getRootParam("n"),
      vinext._peekRequestScopedCacheLife(),
      vinext.getPagesNavigationContext().pathname,
    ];
  };
  const responses = await Promise.all(
    Array.from({ length: 20 }, (_, n) =>
      inRequest(() => request(n), { headersContext: headersOf({ "x-id": `id ${n}` }) }),
    ),
  );
  for (const [n, response] of responses.entries()) {
    const path = `/${n}`;
    const expected = [`id ${n}`, path, [`tag ${n}`], `locale ${n}`, `${n}`, { revalidate: n }, `/pages${path}`];
    assert.deepEqual(response, expected);
  }
});

test("what a nested scope sets does not reach its parent", () => {
  inRequest(() => {
    const parent = getRequestContext();
    vinext.setRootParams({ lang: "de" });
    vinext.runWithUnifiedStateMutation(
      (child) => {
        child.phase = "action";
        child.currentRequestTags = ["child"];
      },
      () => {
        vinext.setRootParams({ lang: "fr" });
        vinext.addCollectedRequestTags(["later"]);
        assert.deepEqual(vinext.getCollectedFetchTags(), ["child", "later"]);
      },
    );
    assert.equal(getRequestContext(), parent);
    assert.deepEqual([parent.phase, parent.currentRequestTags, parent.rootParams], ["render", [], { lang: "de" }]);
  });
});

/** A context in which no field has its default, by name of the field. */
function filled() {
  const values = Object.fromEntries(FIELD_NAMES.map((name) => [name, { filled: name }]));
  const afterContext = createRequestContext().afterContext;
  return {
    ...values,
    afterContext,
    dynamicUsageDetected: true,
    phase: "action",
    actionRevalidationKind: 2,
    isOnDemandRevalidate: true,
    unstableCacheRevalidation: "background",
    currentForceDynamicFetchDefault: true,
    isDraftMode: true,
    refreshStaleFetchesInForeground: true,
    isFetchDedupeActive: true,
    currentFetchRevalidate: 7,
    nextFetchId: 9,
  };
}

const headersContext = headersOf({ own: "1" });
const host = { waitUntil() {} };

/** By wrapper, the fields that it sets and what to. */
const WRAPPERS = {
  runWithHeadersContext: [
    (fn) => vinext.runWithHeadersContext(headersContext, fn),
    {
      headersContext,
      dynamicUsageDetected: false,
      renderDynamicLatch: { dynamic: false, listeners: new Set() },
      renderRequestApiUsage: new Set(),
      connectionProbe: null,
      pendingSetCookies: [],
      draftModeCookieHeader: null,
      phase: "render",
    },
  ],
  runWithNavigationContext: [
    (fn) => vinext.runWithNavigationContext(fn),
    { serverContext: null, serverInsertedHTMLCallbacks: [] },
  ],
  runWithServerInsertedHTMLState: [
    (fn) => vinext.runWithServerInsertedHTMLState(fn),
    { serverInsertedHTMLCallbacks: [] },
  ],
  _runWithCacheState: [
    (fn) => vinext._runWithCacheState(fn),
    { actionRevalidationKind: 0, requestScopedCacheLife: null, unstableCacheRevalidation: "foreground" },
  ],
  runWithDetachedCacheObservations: [
    (fn) => vinext.runWithDetachedCacheObservations(fn),
    { requestScopedCacheLife: null },
  ],
  runWithFetchCache: [
    (fn) => vinext.runWithFetchCache(fn),
    {
      currentRequestTags: [],
      currentFetchSoftTags: [],
      dynamicFetchUrls: new Set(),
      refreshStaleFetchesInForeground: false,
      isFetchDedupeActive: true,
      currentFetchDedupeEntries: new Map(),
      nextFetchId: 1,
    },
  ],
  runWithDetachedFetchObservations: [
    (fn) => vinext.runWithDetachedFetchObservations(fn),
    { currentRequestTags: [], dynamicFetchUrls: new Set() },
  ],
  runWithRouterState: [(fn) => vinext.runWithRouterState(fn), { ssrContext: null }],
  runWithHeadState: [(fn) => vinext.runWithHeadState(fn), { ssrHeadChildren: [], documentInitialHead: [] }],
  runWithI18nState: [(fn) => vinext.runWithI18nState(fn), { i18nContext: null }],
  runWithPrivateCache: [(fn) => vinext.runWithPrivateCache(fn), { _privateCache: new Map() }],
  runWithRootParamsScope: [(fn) => vinext.runWithRootParamsScope({ lang: "fr" }, fn), { rootParams: { lang: "fr" } }],
  runWithExecutionContext: [(fn) => vinext.runWithExecutionContext(host, fn), { executionContext: host }],
};

for (const [name, [open, fields]] of Object.entries(WRAPPERS)) {
  test(`${name} sets its own fields and shares the rest`, async () => {
    const values = filled();
    const parent = createRequestContext(values);
    const response = await runWithRequestContext(parent, () =>
      open(async () => {
        await setImmediate();
        const child = getRequestContext();
        assert.ok(child instanceof RequestContext);
        assert.notEqual(child, parent);
        for (const field of FIELD_NAMES) {
          if (field in fields) assert.deepEqual(child[field], fields[field], field);
          else assert.equal(child[field], values[field], field);
        }
        return "responded";
      }),
    );
    assert.equal(response, "responded");
    for (const field of FIELD_NAMES) assert.equal(parent[field], values[field], field);
  });
}

test("outside a request each wrapper has a state of its own, and the process's is as it was", async () => {
  vinext.setNavigationContext(place("/process"));
  vinext.setI18nContext({ locale: "process" });
  vinext.setRootParams({ lang: "process" });
  vinext._setRequestScopedCacheLife({ revalidate: 1 });
  const read = async () => [
    vinext.getNavigationContext()?.pathname,
    vinext.getI18nContext()?.locale,
    await vinext.getRootParam("lang"),
    vinext._peekRequestScopedCacheLife(),
    vinext.getRequestExecutionContext(),
  ];
  const process = await read();
  assert.deepEqual(process, ["/process", "process", "process", { revalidate: 1 }, null]);
  await vinext.runWithNavigationContext(() =>
    vinext.runWithI18nState(() =>
      vinext.runWithRootParamsScope({}, () =>
        vinext._runWithCacheState(() =>
          vinext.runWithExecutionContext(host, async () => {
            assert.deepEqual(await read(), [undefined, undefined, undefined, null, host]);
            vinext.setNavigationContext(place("/scope"));
            vinext.setI18nContext({ locale: "scope" });
            vinext.setRootParams({ lang: "scope" });
            vinext._setRequestScopedCacheLife({ revalidate: 2 });
            await setImmediate();
            assert.deepEqual(await read(), ["/scope", "scope", "scope", { revalidate: 2 }, host]);
            await inRequest(async () => assert.deepEqual(await read(), [undefined, undefined, undefined, null, host]));
          }),
        ),
      ),
    ),
  );
  assert.deepEqual(await read(), process);
});

test("outside a request nothing is collected", () => {
  vinext.addCollectedRequestTags(["nobody's"]);
  assert.deepEqual(vinext.getCollectedFetchTags(), []);
  vinext._markPendingRevalidatedTag("nobody's");
  assert.equal(vinext._hasPendingRevalidatedTag(["nobody's"]), false);
  assert.equal(vinext._queuePendingRevalidation(Promise.resolve()), false);
  const made = [];
  const get = vinext.cacheForRequest(() => made.push("made"));
  assert.deepEqual([get(), get()], [1, 2]);
  const context = getRequestContext();
  context.phase = "action";
  assert.equal(getRequestContext().phase, "render");
});
