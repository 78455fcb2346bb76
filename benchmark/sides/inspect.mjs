// One side of inspect.mjs, in a process of its own: what a request costs that is tracked, as Node tells of it.

import { AsyncResource } from "node:async_hooks";
import { channel } from "node:diagnostics_channel";
import { EventEmitter } from "node:events";
import { getOrCreateAls } from "../../shims/internal/als-registry.js";
import { createRequestContext, runWithRequestContext } from "../../shims/unified-request-context.js";
import { answer, readTask } from "../_util/child.mjs";
import { time } from "../_util/timing.mjs";

const BATCH = 2000;
const ROUTES = Array.from({ length: 50 }, (_, index) => `/blog/[slug]/part-${index}`);

const task = readTask();
const { trackRequests } = await import("../../js/inspect.js");
const { currentContext } = await import("../../js/inspect/current.js");
if (task.side === "on") trackRequests();

const started = channel("http.server.request.start");
const tracing = getOrCreateAls("vinext.requestTracing.als");
const socket = {};
const server = {};
/** As the parser of a connection calls: in a resource that holds no scope, or that of the connection's last request. */
const connection = new AsyncResource("connection");

/** @type {Array<{ request: any, response: any }>} */
let ready = [];
let serial = 0;
/** As the parser makes them, not as a rope of parts. */
const flat = (/** @type {string} */ text) => Buffer.from(text).latin1Slice();

function prepare() {
  ready = Array.from({ length: BATCH }, () => {
    const request = { method: "GET", url: flat(`/blog/post-${serial++ % 50}?page=${serial}`), socket };
    const response = Object.assign(new EventEmitter(), { req: request, writableFinished: true });
    response.on("finish", () => {});
    return { request, response };
  });
}

/** @type {Record<string, (request: any) => unknown>} what the listener of a server does */
const LISTENERS = {
  "a request": () => {},
  "a request of vinext": (request) =>
    tracing.run({ recordError() {}, setRoute() {} }, () => {
      const context = createRequestContext({ requestSignal: null });
      return runWithRequestContext(context, () => {
        tracing.getStore()?.setRoute(ROUTES[request.url.length % 50], false);
        return context;
      });
    }),
};

/**
 * @param {any} request
 * @param {any} response
 * @param {(request: any) => unknown} listener
 */
function serve(request, response, listener) {
  if (started.hasSubscribers) started.publish({ request, response, socket, server });
  listener(request);
  response.emit("finish");
  response.emit("close");
}

/** @type {import("../_util/child.mjs").Answer["figures"]} */
const figures = {};
for (const [row, listener] of Object.entries(LISTENERS)) {
  const batch = () => {
    for (const { request, response } of ready) connection.runInAsyncScope(serve, null, request, response, listener);
  };
  figures[row] = await time(batch, BATCH, task, prepare);
}

answer({ figures, checks: { outside: String(currentContext()) } });
