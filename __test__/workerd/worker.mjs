import { createElement } from "react";
import { cacheForRequest } from "vinext/shims/cache-for-request";
import { _peekRequestScopedCacheLife, _setRequestScopedCacheLife } from "vinext/shims/cache-request-state";
import {
  addCollectedRequestTags,
  getFetchCacheState,
  runWithDetachedFetchObservations,
} from "vinext/shims/fetch-cache-state";
import { getSSRHeadHTML, setDocumentInitialHead } from "vinext/shims/head";
import { runWithHeadState } from "vinext/shims/head-state";
import * as requestHeaders from "vinext/shims/headers";
import { getI18nContext, setI18nContext } from "vinext/shims/i18n-context";
import { runWithI18nState } from "vinext/shims/i18n-state";
import { getOrCreateAls, runOutsideRequestScopes } from "vinext/shims/internal/als-registry";
import { getNavigationContext, setNavigationContext } from "vinext/shims/navigation-server";
import { runWithNavigationContext, runWithServerInsertedHTMLState } from "vinext/shims/navigation-state";
import { getRequestExecutionContext, runWithExecutionContext } from "vinext/shims/request-context";
import { getRootParam, runWithRootParamsScope, setRootParams } from "vinext/shims/root-params";
import { getPagesNavigationContext, setSSRContext } from "vinext/shims/router";
import { runWithRouterState } from "vinext/shims/router-state";
import * as unified from "vinext/shims/unified-request-context";
import { makeRandom } from "./random.mjs";

// A request writes its own id wherever vinext keeps something for a request, lets others run, and reads it back. What it
// read is its response. It does not depend on whose modules it runs on.

/** More than a scope has indexes, so that some are in the list. */
const storages = Array.from({ length: 80 }, (_, n) => getOrCreateAls(`workerd.test.${n}`));
const [storage] = storages;
const { constructor: Storage } = /** @type {any} */ (storage);

/** @type {Map<string, unknown[]>} what was seen after the response, by id */
const afterwards = new Map();

let made = 0;
const ownObject = cacheForRequest(() => ({
  id: requestHeaders.getHeadersContext()?.headers.get("x-id"),
  made: ++made,
}));

/**
 * @typedef {{ id: string, pause: () => Promise<unknown>, random: () => number }} Tools
 * @type {Record<string, (tools: Tools) => Promise<unknown>>}
 */
const AREAS = {
  async executionContext({ id, pause }) {
    const context = { waitUntil() {}, id };
    return runWithExecutionContext(context, async () => {
      await pause();
      return /** @type {any} */ (getRequestExecutionContext())?.id;
    });
  },

  async headers({ id, pause }) {
    const headers = await requestHeaders.headers();
    const cookies = await requestHeaders.cookies();
    await pause();
    requestHeaders.setHeadersAccessPhase("route-handler");
    (await requestHeaders.cookies()).set("made", id);
    await pause();
    requestHeaders.markDynamicUsage();
    const own = ownObject();
    await pause();
    return [
      headers.get("x-id"),
      cookies.get("rid")?.value,
      requestHeaders.getHeadersAccessPhase(),
      requestHeaders.getAndClearPendingCookies(),
      requestHeaders.peekDynamicUsage(),
      requestHeaders.peekRenderRequestApiUsage(),
      own.id,
      own === ownObject(),
    ];
  },

  async "headers of a child"({ id, pause }) {
    const context = requestHeaders.headersContextFromRequest(
      new Request("http://child", { headers: { "x-id": `${id}-child` } }),
    );
    const inner = await requestHeaders.runWithHeadersContext(context, async () => {
      await pause();
      return (await requestHeaders.headers()).get("x-id");
    });
    await pause();
    return [inner, (await requestHeaders.headers()).get("x-id")];
  },

  async "dynamic usage apart"({ pause }) {
    const before = requestHeaders.peekDynamicUsage();
    const inside = await requestHeaders.runWithDetachedDynamicUsage(async () => {
      await pause();
      requestHeaders.markDynamicUsage();
      await pause();
      return requestHeaders.peekDynamicUsage();
    });
    return [inside, before === requestHeaders.peekDynamicUsage()];
  },

  async tags({ id, pause }) {
    addCollectedRequestTags([`${id}-tag`]);
    await pause();
    const apart = await runWithDetachedFetchObservations(async () => {
      addCollectedRequestTags([`${id}-apart`]);
      await pause();
      return getFetchCacheState().currentRequestTags;
    });
    addCollectedRequestTags([`${id}-more`]);
    await pause();
    return [apart, getFetchCacheState().currentRequestTags];
  },

  async "cache life"({ id, pause, random }) {
    const revalidate = 1 + Math.floor(random() * 1e6);
    _setRequestScopedCacheLife({ revalidate });
    await pause();
    return [id, _peekRequestScopedCacheLife()?.revalidate === revalidate];
  },

  async navigation({ id, pause }) {
    const navigate = (/** @type {string} */ name) =>
      setNavigationContext({
        pathname: `/${name}`,
        searchParams: new URLSearchParams({ rid: name }),
        params: { rid: name },
      });
    navigate(id);
    const inner = await runWithNavigationContext(async () => {
      const blank = getNavigationContext();
      await pause();
      navigate(`${id}-child`);
      await pause();
      return [blank, getNavigationContext()?.pathname];
    });
    const still = await runWithServerInsertedHTMLState(async () => {
      await pause();
      return getNavigationContext()?.params;
    });
    return [inner, still, getNavigationContext()?.searchParams.get("rid")];
  },

  async router({ id, pause }) {
    const route = (/** @type {string} */ name) =>
      setSSRContext({ pathname: "/[rid]", query: { rid: name }, asPath: `/${name}`, isReady: true });
    route(id);
    await pause();
    const inner = await runWithRouterState(async () => {
      route(`${id}-child`);
      await pause();
      return unified.getRequestContext().ssrContext?.asPath;
    });
    return [inner, unified.getRequestContext().ssrContext?.asPath, String(getPagesNavigationContext()?.pathname)];
  },

  async head({ id, pause }) {
    setDocumentInitialHead([createElement("meta", { name: "rid", content: id })]);
    await pause();
    const inner = await runWithHeadState(async () => {
      await pause();
      return getSSRHeadHTML();
    });
    return [inner, getSSRHeadHTML()];
  },

  async locale({ id, pause }) {
    setI18nContext({ locale: id, locales: [id], defaultLocale: id });
    await pause();
    const inner = await runWithI18nState(async () => {
      const blank = getI18nContext();
      setI18nContext({ locale: `${id}-child` });
      await pause();
      return [blank, getI18nContext()?.locale];
    });
    return [inner, getI18nContext()?.locale];
  },

  async "root params"({ id, pause }) {
    setRootParams({ rid: id });
    await pause();
    const inner = await runWithRootParamsScope({ rid: `${id}-child` }, async () => {
      await pause();
      return getRootParam("rid");
    });
    return [inner, await getRootParam("rid")];
  },

  async "child contexts of child contexts"({ id, pause }) {
    const seen = [];
    const descend = async (/** @type {number} */ depth) => {
      await pause();
      const context = unified.getRequestContext();
      seen.push(context.draftModeCookieHeader);
      if (depth < 4) {
        const change = (/** @type {any} */ child) => {
          child.draftModeCookieHeader = `${id}-${depth}`;
        };
        await Promise.all([
          unified.runWithUnifiedStateMutation(change, () => descend(depth + 1)),
          unified.runWithUnifiedStateMutation(() => {}, pause),
        ]);
      }
      await pause();
      seen.push(unified.getRequestContext() === context, context.draftModeCookieHeader);
    };
    await descend(0);
    return seen;
  },

  async "bound functions"({ pause }) {
    const read = () => unified.getRequestContext().headersContext?.headers.get("x-id");
    const bound = unified.bindRequestContext(read);
    const snapshot = unified.bindRequestContextSnapshot(unified.getRequestContext(), read);
    await pause();
    return runOutsideRequestScopes(async () => {
      const outside = unified.isInsideUnifiedScope();
      await pause();
      return [outside, unified.isInsideUnifiedScope(), bound(), snapshot(), read()];
    });
  },

  async storages({ id, pause }) {
    const read = () => storage.getStore();
    return storage.run(`${id}-outer`, async () => {
      const resume = Storage.snapshot();
      const bound = Storage.bind(read);
      await pause();
      const left = await storage.exit(async () => {
        await pause();
        return [read(), resume(read), bound()];
      });
      const inner = await storage.run(
        `${id}-inner`,
        async (/** @type {string} */ more) => {
          await pause();
          return [read(), resume(read), runOutsideRequestScopes(read), more];
        },
        id,
      );
      let thrown;
      try {
        storage.run(`${id}-thrown`, () => {
          throw new Error(read());
        });
      } catch (error) {
        thrown = /** @type {Error} */ (error).message;
      }
      return [left, inner, thrown, read()];
    });
  },

  async "many storages"({ id, pause }) {
    const enter = (/** @type {number} */ n) =>
      n === storages.length
        ? pause().then(() => storages.map((each) => each.getStore()))
        : storages[n].run(`${id}-${n}`, () => enter(n + 1));
    return enter(0);
  },
};

/**
 * Runs every area in a child of its own, all at once.
 *
 * @param {Tools} tools
 */
async function runAreas(tools) {
  const runs = Object.entries(AREAS).map(async ([name, run]) => [
    name,
    await unified.runWithUnifiedStateMutation(separate, async () => run(tools)),
  ]);
  return Object.fromEntries(await Promise.all(runs));
}

/** Areas write to the same fields at once, so each gets its own of those that child contexts share. */
function separate(/** @type {any} */ context) {
  context.renderRequestApiUsage = new Set();
  context.pendingSetCookies = [];
  context.currentRequestTags = [];
  context.requestCache = new WeakMap();
  context.dynamicUsageDetected = false;
}

/**
 * The response in chunks, each made while the body is read, and each saying whose request it is made in.
 *
 * @param {Tools} tools
 * @param {unknown} areas
 */
function stream({ id, pause }, areas) {
  const encoder = new TextEncoder();
  const here = () => unified.getRequestContext().headersContext?.headers.get("x-id");
  let left = 3;
  return new ReadableStream({
    async pull(controller) {
      await pause();
      if (left-- > 0)
        return controller.enqueue(encoder.encode(`${JSON.stringify({ id, chunk: left, here: here() })}\n`));
      controller.enqueue(encoder.encode(JSON.stringify({ id, areas })));
      controller.close();
    },
  });
}

export default {
  /**
   * @param {Request} request
   * @param {unknown} _env
   * @param {{ waitUntil: (promise: Promise<unknown>) => void }} execution
   */
  async fetch(request, _env, execution) {
    const id = request.headers.get("x-id") ?? "";
    if (new URL(request.url).pathname === "/afterwards") return Response.json(afterwards.get(id) ?? null);
    const random = makeRandom(Number(request.headers.get("x-seed")));
    const pause = () =>
      random() < 0.2 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, random() * 8));
    const tools = { id, pause, random };
    const context = unified.createRequestContext({
      headersContext: requestHeaders.headersContextFromRequest(request),
      executionContext: { waitUntil: (/** @type {Promise<unknown>} */ promise) => execution.waitUntil(promise) },
      requestSignal: request.signal,
    });
    /** @type {unknown[]} */
    const seen = [];
    return unified.runWithRequestContext(context, async () => {
      const after = (/** @type {string} */ name) => async () => {
        seen.push([
          name,
          context.afterContext.responseClosed,
          unified.getRequestContext().headersContext?.headers.get("x-id"),
        ]);
        await pause();
        if (seen.push([name, "done", storage.getStore()]) === 6) afterwards.set(id, seen.map(String).sort());
      };
      unified.queueAfterCallback(context, after("first"));
      storage.run(`${id}-after`, () =>
        unified.queueAfterCallback(context, unified.bindRequestContextSnapshot(context, after("bound"))),
      );
      const areas = await runAreas(tools);
      unified.trackAfterPromise(
        context,
        pause().then(() => unified.queueAfterCallback(context, after("late"))),
      );
      return unified.closeAfterResponseWithBody(new Response(stream(tools, areas)), context);
    });
  },
};
