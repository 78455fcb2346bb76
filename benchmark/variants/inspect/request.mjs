// What Node's server does around a listener, as far as it can be observed.

import { AsyncResource } from "node:async_hooks";
import { channel } from "node:diagnostics_channel";
import { EventEmitter } from "node:events";

const started = channel("http.server.request.start");
const finished = channel("http.server.response.finish");
const socket = new EventEmitter();
const server = {};
/** As the parser of a connection calls: in a resource that holds no scope, or that of the connection's last request. */
const connection = new AsyncResource("connection");

/** As the parser makes them, not as ropes of parts. */
const targets = Array.from({ length: 50 }, (_, index) =>
  Buffer.from(`/blog/post-${index}?page=${index}`).latin1Slice(),
);

/**
 * @param {number} index of the request
 * @param {(request: any) => unknown} listener
 */
export function handle(index, listener) {
  connection.runInAsyncScope(serve, null, targets[index % targets.length], listener);
}

/**
 * @param {string} target
 * @param {(request: any) => unknown} listener
 */
function serve(target, listener) {
  const request = new Request(target);
  const response = new Response(request);
  if (started.hasSubscribers) started.publish({ request, response, socket, server });
  listener(request);
  if (finished.hasSubscribers) finished.publish({ request, response, socket, server });
}

class Request {
  /** @param {string} target */
  constructor(target) {
    this.method = "GET";
    this.url = target;
    this.socket = socket;
  }
}

class Response {
  /** @param {Request} request */
  constructor(request) {
    this.req = request;
  }
}
