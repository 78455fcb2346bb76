import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { mode } from "../scope/mode.js";
import { shared } from "../shared.js";
import { HttpRequest } from "./http-request.js";
import { watchRoutes } from "./routes.js";
import { trackedStorage } from "./work.js";

const STARTED = "http.server.request.start";

/** On a response, the request that it answers; on a connection, the last one that came over it. */
const REQUEST = Symbol("onescope.request");

const trackers = shared("trackers", () => ({ count: 0, stop: () => {} }));

/**
 * Makes every HTTP request that this thread's servers get from now on a context, from its headers until its response is
 * over, whoever answers it. Each thread tracks its own.
 *
 * @returns {{ stop(): void }} ends it for requests to come, unless somebody else still tracks
 */
export function trackRequests() {
  if (trackers.count++ === 0) trackers.stop = start();
  let stopped = false;
  return {
    stop() {
      if (stopped) return;
      stopped = true;
      if (--trackers.count === 0) trackers.stop();
    },
  };
}

/** @returns {() => void} */
function start() {
  const storage = trackedStorage();
  const unwatchRoutes = watchRoutes();
  // Node publishes this where it then calls the server's listeners, so they and all that they start see the request.
  const onStart = (/** @type {any} */ { request, response, socket }) => {
    const tracked = new HttpRequest(request.method, request.url);
    response[REQUEST] = tracked;
    response.on("close", onClose);
    const before = socket[REQUEST];
    if (before !== undefined) before.next = tracked;
    socket[REQUEST] = tracked;
    // With frames Node's parser hands over a body in the context of the connection, where nobody knows this request.
    if (mode.frames && request.method !== "GET" && request.method !== "HEAD") keepInEvents(request, storage, tracked);
    storage.enterWith(tracked);
  };
  subscribe(STARTED, onStart);
  return () => {
    unsubscribe(STARTED, onStart);
    unwatchRoutes();
  };
}

/**
 * @param {import("node:http").IncomingMessage} request
 * @param {ReturnType<typeof trackedStorage>} storage
 * @param {HttpRequest} tracked
 */
function keepInEvents(request, storage, tracked) {
  const { emit } = request;
  request.emit = (/** @type {any[]} */ ...event) => storage.run(tracked, () => Reflect.apply(emit, request, event));
}

/**
 * Node emits this after a response has finished as well as when its connection was lost before.
 *
 * @this {any} the response
 */
function onClose() {
  /** @type {HttpRequest} */
  const tracked = this[REQUEST];
  tracked.end();
  const { socket } = this.req;
  if (socket[REQUEST] === tracked) socket[REQUEST] = undefined;
  // Responses that waited for their turn on a lost connection emit nothing.
  if (!this.writableFinished) for (let { next } = tracked; next !== undefined; next = next.next) next.end();
  tracked.next = undefined;
}
