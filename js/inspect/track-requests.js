import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { mode } from "../scope/mode.js";
import { shared } from "../shared.js";
import { HttpRequest } from "./http-request.js";
import { watchRoutes } from "./routes.js";
import { trackedStorage } from "./work.js";

/** On a response or an HTTP/2 stream, its request; on a connection, the last request that came over it. */
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

/** What Node tells, by name of the channel. It tells of a request where it then calls the server's listeners. */
const CHANNELS = Object.entries({
  "http.server.request.start": onRequest,
  "http2.server.stream.start": onStream,
  "http2.server.stream.close": (/** @type {any} */ { stream }) => stream[REQUEST]?.end(),
});

/** @returns {() => void} */
function start() {
  trackedStorage();
  const unwatchRoutes = watchRoutes();
  for (const [name, hear] of CHANNELS) subscribe(name, hear);
  return () => {
    for (const [name, hear] of CHANNELS) unsubscribe(name, hear);
    unwatchRoutes();
  };
}

/** @param {any} message */
function onRequest({ request, response, socket }) {
  const tracked = new HttpRequest(request.method, request.url);
  response[REQUEST] = tracked;
  response.on("close", onClose);
  const before = socket[REQUEST];
  if (before !== undefined) before.next = tracked;
  socket[REQUEST] = tracked;
  // Under async_hooks the parser's own context is the one that is entered here.
  enter(tracked, mode.frames ? request : undefined);
}

/** @param {any} message */
function onStream({ stream, headers }) {
  // A stream that the server pushes is part of the request it is pushed for.
  if (stream.id % 2 === 0) return;
  const tracked = new HttpRequest(headers[":method"], headers[":path"] ?? "*");
  stream[REQUEST] = tracked;
  enter(tracked, stream);
}

/**
 * Makes a request the current one for whatever Node calls next, and all that it starts.
 *
 * @param {HttpRequest} tracked
 * @param {import("node:events").EventEmitter | undefined} body what Node hands over in the context of the connection, where
 *   nobody knows this request
 */
function enter(tracked, body) {
  const storage = trackedStorage();
  storage.enterWith(tracked);
  if (body === undefined || tracked.method === "GET" || tracked.method === "HEAD") return;
  const { emit } = body;
  body.emit = (/** @type {any[]} */ ...event) => storage.run(tracked, () => Reflect.apply(emit, body, event));
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
