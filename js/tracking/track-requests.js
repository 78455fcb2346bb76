import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { entry } from "../async-context/entry.js";
import { mode } from "../async-context/node-hooks.js";
import { enterTracked } from "../store/tracked.js";
import { createHandle, createSharedHandle } from "../util/handle.js";
import { readOptions, refuseOption } from "../util/options.js";
import { warnOfRuntime } from "../util/runtime.js";
import { shared } from "../util/shared.js";
import { guarded } from "./guarded.js";
import { HttpRequest } from "./http-request.js";
import { pathLabels } from "./labels.js";
import { add, remove } from "./open-requests.js";
import { followOutgoing } from "./outgoing/index.js";
import { watchLoaded, watchRoutes } from "./routes/index.js";
import { trackedStorage } from "./task.js";

/** On an HTTP/2 stream, its request. */
const REQUEST = Symbol("onescope.request");

/** On a connection, its requests. */
const CONNECTION = Symbol("onescope.connection");

/** The requests of an HTTP/1 connection whose responses are not over. */
class Connection {
  constructor() {
    /** @type {HttpRequest | undefined} */
    this.first = undefined;
    /** @type {HttpRequest | undefined} the last one, where a client does not wait and there are more */
    this.last = undefined;
  }
}

/** On a server that has had a request. */
const SEEN = Symbol("onescope.seen");

/**
 * What Node publishes.
 *
 * @typedef {object} RequestStart
 * @property {import("node:http").IncomingMessage & { method: string, url: string }} request
 * @property {import("node:http").ServerResponse} response
 * @property {import("node:net").Socket & { [CONNECTION]?: Connection }} socket
 * @property {import("node:http").Server & { [SEEN]?: true }} server
 *
 * @typedef {object} StreamStart
 * @property {import("node:http2").Http2Stream & { id: number, [REQUEST]?: HttpRequest }} stream
 * @property {{ ":method": string, ":path"?: string }} headers
 */

const trackers = shared("trackers", () => ({
  users: 0,
  stop: () => {},
  /** HTTP/1 requests whose response is not over */
  open: 0,
  observesFinish: false,
}));

/** @type {typeof import("../inspect.js").trackRequests} */
export function trackRequests(options) {
  const { labelPaths = "show" } = readOptions("trackRequests()", options, ["labelPaths"]);
  if (labelPaths !== "show" && labelPaths !== "hide")
    refuseOption("trackRequests()", "labelPaths", labelPaths, '"show" or "hide"');
  warnOfRuntime();
  const begin = () => {
    trackers.stop = start();
  };
  const hiding = labelPaths === "hide" ? 1 : 0;
  pathLabels.hiding += hiding;
  const handle = createSharedHandle(trackers, begin, () => trackers.stop());
  return createHandle(() => {
    pathLabels.hiding -= hiding;
    handle.stop();
  });
}

/** What Node publishes, by name of the channel. It publishes a request where it then calls the server's listeners. */
const CHANNELS = Object.entries({
  "http.server.request.start": guarded(onRequest),
  "http2.server.stream.start": guarded(onStream),
  "http2.server.stream.close": guarded((/** @type {Pick<StreamStart, "stream">} */ { stream }) =>
    stream[REQUEST]?.end(false),
  ),
});

const FINISH = "http.server.response.finish";
const finished = guarded(onFinish);

/** @returns {() => void} */
function start() {
  trackedStorage();
  const unwatchRoutes = watchRoutes();
  const unfollowOutgoing = followOutgoing();
  for (const [name, listener] of CHANNELS) subscribe(name, listener);
  if (!trackers.observesFinish) subscribe(FINISH, finished);
  trackers.observesFinish = true;
  return () => {
    for (const [name, listener] of CHANNELS) unsubscribe(name, listener);
    unwatchRoutes();
    unfollowOutgoing();
    stopObservingFinish();
  };
}

/** New requests are not tracked any more; those that are open still have to end. */
function stopObservingFinish() {
  if (trackers.users > 0 || trackers.open > 0) return;
  unsubscribe(FINISH, finished);
  trackers.observesFinish = false;
}

/** @type {WeakSet<Function>} listeners of servers that have had a request */
const listeners = new WeakSet();

/** @param {RequestStart["server"]} server whose first request comes */
function onFirstRequest(server) {
  // Not assigned: it may be frozen, and is not to be seen.
  Reflect.defineProperty(server, SEEN, { value: true });
  const listener = server.listeners?.("request")?.[0];
  // Tests make a server for each request.
  if (listener === undefined || listeners.has(listener)) return;
  listeners.add(listener);
  // A framework can be loaded after tracking began.
  entry.runOutside(watchLoaded);
}

/** @param {RequestStart} message */
function onRequest({ request, response, socket, server }) {
  if (server[SEEN] !== true) onFirstRequest(server);
  /** @type {Connection} */
  const connection = socket[CONNECTION] ?? watchConnection(socket);
  const tracked = new HttpRequest(request.method, request.url, response);
  trackers.open++;
  add(tracked);
  const { first } = connection;
  if (first === undefined) {
    connection.first = tracked;
  } else {
    (connection.last ?? first).next = tracked;
    connection.last = tracked;
  }
  // Under async_hooks the parser's own context is the one that is entered here.
  enter(tracked, mode.frames ? request : undefined);
}

/** @param {any} message the response and the socket of a RequestStart */
function onFinish({ response, socket }) {
  /** @type {Connection | undefined} */
  const connection = socket[CONNECTION];
  if (connection === undefined) return;
  const { first } = connection;
  // Its request came before tracking began, or the lost connection ended it before.
  if (first === undefined || first.response !== response) return;
  endFirst(connection, first, true);
  if (trackers.users === 0) stopObservingFinish();
}

/**
 * Responses go out in the order of their requests.
 *
 * @param {Connection} connection
 * @param {HttpRequest} first
 * @param {boolean} finished whether Node emits `"finish"`
 */
function endFirst(connection, first, finished) {
  const { next } = first;
  connection.first = next;
  if (connection.last === next) connection.last = undefined;
  first.next = undefined;
  trackers.open--;
  remove(first);
  first.end(finished);
}

/**
 * @param {RequestStart["socket"]} socket
 * @throws {TypeError} if it takes neither a property nor a listener
 */
function watchConnection(socket) {
  const connection = new Connection();
  Object.defineProperty(socket, CONNECTION, { value: connection });
  // For responses that waited for their turn, Node publishes nothing when the connection is lost.
  const lost = () => {
    while (connection.first !== undefined) endFirst(connection, connection.first, false);
    if (trackers.users === 0) stopObservingFinish();
  };
  socket.on("close", guarded(lost));
  return connection;
}

/** @param {StreamStart} message */
function onStream({ stream, headers }) {
  // A stream that the server pushes is part of the request it is pushed for.
  if (stream.id % 2 === 0) return;
  const tracked = new HttpRequest(headers[":method"], headers[":path"] ?? "*", undefined);
  stream[REQUEST] = tracked;
  enter(tracked, stream);
}

/**
 * Makes a request the current one for whatever Node calls next, and all that it starts.
 *
 * @param {HttpRequest} tracked
 * @param {import("node:events").EventEmitter | undefined} body what Node passes on in the context of the connection, where
 *   nobody knows this request
 */
function enter(tracked, body) {
  enterTracked(tracked);
  if (body === undefined || tracked.method === "GET" || tracked.method === "HEAD") return;
  const { emit } = body;
  const storage = trackedStorage();
  const value = (/** @type {unknown[]} */ ...event) => storage.run(tracked, () => Reflect.apply(emit, body, event));
  // Not assigned: the one that it inherits may be read-only, and nobody is to see an own one.
  Object.defineProperty(body, "emit", { value, writable: true, configurable: true });
}
