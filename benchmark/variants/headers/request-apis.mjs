// The same operations through the same exports on every variant.

import { do_not_optimize } from "mitata";
import { describe } from "../context/describe.mjs";

/** Operations in a batch, between two turns of the event loop. */
const TIMES = 4096;
/** Requests in a batch: each is made anew, which takes longer than what is measured. */
const REQUESTS = 512;
const REPEATED = 10;

const executionContext = { waitUntil() {} };
const requestSignal = new AbortController().signal;

const HEADERS = {
  host: "shop.example.com",
  connection: "keep-alive",
  "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
  accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
  "accept-language": "en-US,en;q=0.5",
  "accept-encoding": "gzip, deflate, br, zstd",
  referer: "https://shop.example.com/products",
  cookie: "session=5f2c8a1b9d; theme=dark; locale=en-US; consent=%7B%22ads%22%3Afalse%7D; visits=17",
  "cache-control": "max-age=0",
  "sec-fetch-mode": "navigate",
  "x-forwarded-for": "203.0.113.7",
  "x-forwarded-proto": "https",
};

const newRequest = () => new Request("https://shop.example.com/products/42", { headers: HEADERS });

/** @param {any} variant exports of a `unified-request-context` and of a `headers` module */
export function requestApis(variant) {
  const { createRequestContext, runWithRequestContext, headersContextFromRequest } = variant;
  const { headers, cookies, markDynamicUsage, setHeadersAccessPhase, getAndClearPendingCookies } = variant;

  /** @type {Request[]} */
  let requests = [];
  const prepare = () => {
    requests = Array.from({ length: REQUESTS }, newRequest);
  };

  /**
   * @template T
   * @param {Request} request
   * @param {() => T} fn
   * @returns {T} what `fn` returns, in a request context as vinext's App handler makes it
   */
  const enter = (request, fn) => {
    const headersContext = headersContextFromRequest(request, { draftModeSecret: "secret" });
    const options = { headersContext, executionContext, isOnDemandRevalidate: false, requestSignal };
    return runWithRequestContext(createRequestContext({ ...options, unstableCacheRevalidation: "background" }), fn);
  };

  const readBoth = async () => {
    const agent = (await headers()).get("user-agent");
    return `${(await cookies()).get("session").value} ${agent}`;
  };
  const readRepeatedly = async () => {
    let read = "";
    for (let i = 0; i < REPEATED; i++) read = await readBoth();
    return read;
  };
  const setCookie = () => {
    cookies().set("theme", "light", { path: "/", httpOnly: true });
    return getAndClearPendingCookies();
  };

  const perRequest = (/** @type {() => unknown} */ fn) => async () => {
    for (const request of requests) do_not_optimize(await enter(request, fn));
  };
  const inOneRequest = (/** @type {() => unknown} */ fn, /** @type {string} */ phase = "render") => {
    const request = newRequest();
    return () =>
      enter(request, () => {
        setHeadersAccessPhase(phase);
        for (let i = 0; i < TIMES; i++) do_not_optimize(fn());
      });
  };

  const timed = [
    {
      row: "a request: context, run, await headers().get and cookies().get",
      times: REQUESTS,
      prepare,
      batch: perRequest(readBoth),
    },
    {
      row: `the same, with ${REPEATED} times headers and cookies`,
      times: REQUESTS,
      prepare,
      batch: perRequest(readRepeatedly),
    },
    { row: "a request that only calls headers()", times: REQUESTS, prepare, batch: perRequest(() => headers()) },
    {
      row: "make the headersContext",
      times: REQUESTS,
      prepare,
      batch: () => {
        for (const request of requests) do_not_optimize(headersContextFromRequest(request));
      },
    },
    { row: "headers(), again in a request", times: TIMES, batch: inOneRequest(() => headers()) },
    { row: "cookies().get(), again in a request", times: TIMES, batch: inOneRequest(() => cookies().get("session")) },
    { row: "cookies().set() in an action, and collect it", times: TIMES, batch: inOneRequest(setCookie, "action") },
    { row: "markDynamicUsage()", times: TIMES, batch: inOneRequest(() => markDynamicUsage()) },
  ];

  const readings = async () => ({
    "both read": await enter(newRequest(), readRepeatedly),
    headers: await enter(newRequest(), async () => describe([...(await headers())])),
    cookies: await enter(newRequest(), async () => describe([...(await cookies())])),
    "cookie that is set": await enter(newRequest(), () => {
      setHeadersAccessPhase("action");
      return describe([setCookie(), [...cookies()], getAndClearPendingCookies()]);
    }),
    "dynamic usage": enter(newRequest(), () => {
      const before = variant.peekDynamicUsage();
      markDynamicUsage();
      return describe([before, variant.peekDynamicUsage(), variant.isRenderDynamicLatched()]);
    }),
  });
  return { timed, readings };
}
