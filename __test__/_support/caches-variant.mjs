// Plays what an app does with vinext's caches and prints what was seen, and where the state was stored.
// usage: node --conditions react-server caches-variant.mjs ours|stock

import { AsyncLocalStorage } from "node:async_hooks";
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { inspect } from "node:util";
import { loadCopy } from "./graph.mjs";

const variant = process.argv[2];
const modules = ["unified-request-context", "cache", "cache-runtime", "fetch-cache", "fetch-cache-state", "headers"];
const vinext = await loadCopy(
  variant,
  [...modules, "internal/work-store-scope", "internal/als-registry"].map((name) => `shims/${name}`),
);

// On Node 22 async_hooks follow promises only once some storage is in use.
new AsyncLocalStorage().run(1, () => {});

let served = 0;
const server = createServer((_request, response) => response.end(`served ${++served}`)).listen(0, "127.0.0.1");
await new Promise((resolve) => server.once("listening", resolve));
const address = (path) => `http://127.0.0.1:${server.address().port}/${path}`;
const text = async (path, init) => (await fetch(address(path), init)).text();

let made = 0;
const shared = vinext.registerCachedFunction(
  async (key) => {
    vinext.cacheTag("shared");
    vinext.cacheLife({ stale: 1, revalidate: 60, expire: 600 });
    return { key, made: ++made, variant: vinext.getCacheContext().variant };
  },
  "shared",
  "",
);
const own = vinext.registerCachedFunction(async (key) => ({ key, made: ++made }), "own", "private");
const store = (key) => globalThis[Symbol.for(key)].getStore();
const wrapped = vinext.unstable_cache(
  async (key) => ({
    key,
    made: ++made,
    inside: vinext.isInsideUnstableCacheScope(),
    callback: store("vinext.unstableCache.callbackAls"),
  }),
  ["wrapped"],
  { tags: ["wrapped"], revalidate: 60 },
);
const brief = vinext.unstable_cache(
  async () => {
    vinext.addCollectedRequestTags(["of the refresh"]);
    return ++made;
  },
  ["brief"],
  { tags: ["brief"], revalidate: 0.02 },
);

const inRequest = (fn, opts) => {
  const context = vinext.createRequestContext(opts);
  return vinext.runWithRequestContext(context, () => fn(context));
};
const privateKeys = (map) => (map === null ? null : [...map.keys()].map((key) => key.split(":")[1]));

const scenarios = {
  '"use cache" adds its tags and its life to the request': () =>
    inRequest(async (context) => {
      const results = [await shared("a"), await shared("a"), await shared("b")];
      return [results, context.currentRequestTags, context.requestScopedCacheLife, vinext.getCacheContext()];
    }),

  '"use cache: private" is stored in the request': () =>
    inRequest(async (context) => {
      const before = context._privateCache;
      const results = [await own("a"), await own("a")];
      const parent = [before, privateKeys(context._privateCache), context.dynamicUsageDetected];
      const nested = await vinext.runWithPrivateCache(async () => {
        const child = vinext.getRequestContext();
        return [privateKeys(child._privateCache), await own("a"), privateKeys(child._privateCache)];
      });
      vinext.clearPrivateCache();
      return [results, parent, nested, privateKeys(context._privateCache), await own("a")];
    }),

  '"use cache: private" of requests at once': () =>
    Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        inRequest(async (context) => {
          const first = await own(n % 2);
          await sleep(10 - n);
          const second = await own(n % 2);
          return [first.made === second.made, first.key, privateKeys(context._privateCache).length];
        }),
      ),
    ),

  '"use cache: private" outside a request': async () => {
    const fallback = globalThis[Symbol.for("vinext.cacheRuntime.privateFallback")];
    const results = [await own("c"), await own("c")];
    const scoped = await vinext.runWithPrivateCache(async () => {
      const again = await own("c");
      return [again, privateKeys(store("vinext.cacheRuntime.privateAls")._privateCache)];
    });
    return [results, privateKeys(fallback._privateCache), scoped, store("vinext.cacheRuntime.privateAls")];
  },

  "a private cached function inside a shared one is refused, and the request records it": () =>
    inRequest(async (context) => {
      const outer = vinext.registerCachedFunction(() => own("d"), "outer", "");
      const error = await outer().catch(({ message }) => message);
      return [error, context.invalidDynamicUsageError?.message];
    }),

  "unstable_cache detects where it is, and adds its tags to the request": () =>
    inRequest(async (context) => {
      const results = [await wrapped("a"), await wrapped("a"), vinext.isInsideUnstableCacheScope()];
      return [results, context.currentRequestTags];
    }),

  "unstable_cache outside a request": async () => [await wrapped("e"), await wrapped("e")],

  "headers() inside unstable_cache is refused, and the request records it": () =>
    inRequest(
      async (context) => {
        const reader = vinext.unstable_cache(async () => (await vinext.headers()).get("a"), ["reader"]);
        return [await reader().catch(({ message }) => message), context.invalidDynamicUsageError?.message];
      },
      { headersContext: { headers: new Headers(), cookies: new Map() } },
    ),

  "nested unstable_cache": () =>
    vinext.runInWorkStoreScope(() =>
      inRequest(async (context) => {
        const outer = vinext.unstable_cache(() => wrapped("f"), ["outer"], { tags: ["outer"] });
        return [await outer(), context.currentRequestTags];
      }),
    ),

  "a stale entry is renewed on behalf of the request, and leaves the request alone": async () => {
    const first = await brief();
    await sleep(60);
    const waits = [];
    const executionContext = { waitUntil: (promise) => waits.push(promise) };
    const opts = { executionContext, unstableCacheRevalidation: "background" };
    const stale = await inRequest(async (context) => [await brief(), context.currentRequestTags], opts);
    await Promise.all(waits);
    return [stale[0] === first, stale[1], waits.length, made > first];
  },

  "fetch counts, dedupes and records in the request": () =>
    inRequest(async (context) => {
      const init = { next: { tags: ["timestamp"], revalidate: 30 } };
      const cached = [await text("a", init), await text("a", init)];
      const record = [
        context.currentRequestTags,
        context.currentFetchRevalidate,
        context.requestScopedCacheLife,
        context.nextFetchId,
      ];
      const deduped = await vinext.runWithFetchDedupe(async () => {
        const child = vinext.getRequestContext();
        const bodies = await Promise.all([text("b"), text("b")]);
        return [bodies, child.currentFetchDedupeEntries.size, child.nextFetchId, child.dynamicFetchUrls.size];
      });
      await text("c", { cache: "no-store" });
      return [
        cached,
        record,
        deduped,
        context.nextFetchId,
        [...context.dynamicFetchUrls].map((url) => new URL(url).pathname),
        [context.currentFetchRevalidate, context.dynamicUsageDetected, context.currentFetchDedupeEntries.size],
      ];
    }),

  "fetch outside a request": async () => {
    const record = async () => {
      const init = { next: { tags: ["timestamp"] } };
      const bodies = [await text("d", init), await text("e"), await text("e")];
      const { nextFetchId, currentRequestTags, dynamicFetchUrls } = vinext.getFetchCacheState();
      return [bodies, nextFetchId, currentRequestTags, dynamicFetchUrls.size];
    };
    const standalone = await vinext.runWithFetchCache(record);
    const empty = await record();
    const cleanup = vinext.withFetchCache();
    const process = await record();
    cleanup();
    return [standalone, empty, process, await record()];
  },

  "an action's invalidations wait in the request": () =>
    inRequest(
      async (context) => {
        await wrapped("g");
        vinext.revalidateTag("wrapped", { expire: 0 });
        vinext.updateTag("timestamp");
        const pending = [
          [...context.pendingRevalidatedTags],
          context.pendingRevalidations.size,
          context.pendingCdnTagInvalidations.map(({ tag, durations }) => [tag, durations]),
          context.actionRevalidationKind,
        ];
        const before = made;
        await wrapped("g");
        await vinext._drainPendingRevalidations();
        return [pending, made - before, context.pendingRevalidations.size, context.pendingCdnTagInvalidations.length];
      },
      { phase: "action" },
    ),

  "one-time work sees no cache scope": () =>
    inRequest(() =>
      vinext.unstable_cache(
        async () =>
          vinext.runOutsideRequestScopes(() => [vinext.isInsideUnstableCacheScope(), vinext.getCacheContext()]),
        ["outside"],
      )(),
    ),
};

vinext.ensureFetchPatch();
const seen = {};
for (const [name, scenario] of Object.entries(scenarios)) {
  served = made = 0;
  seen[name] = inspect(await scenario(), { depth: 8 }).replaceAll(address(""), "");
}

const keys = ["cacheRuntime.contextAls", "cacheRuntime.privateAls", "unstableCache.als", "unstableCache.callbackAls"];
const classes = [...keys, "fetchCache.als", "cache.als", "workStoreScope.als"].map((key) => [
  key,
  globalThis[Symbol.for(`vinext.${key}`)].constructor === AsyncLocalStorage ? "real" : "slot",
]);
const context = vinext.createRequestContext().constructor.name;
console.log(JSON.stringify({ seen, context, classes: Object.fromEntries(classes) }));
server.close();
