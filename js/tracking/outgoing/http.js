import { answered } from "./sockets.js";
import { begin, end, nameRequest } from "./work.js";

/** @import { ClientRequest } from "node:http" */
/** @import { OutgoingWork } from "./work.js" */

// Requests of `node:http` and `node:https`, and of what is built on them.

/** @type {WeakMap<ClientRequest, OutgoingWork>} */
const open = new WeakMap();

/** @this {ClientRequest} */
function onClose() {
  end(open.get(this));
}

/** @param {{ request: ClientRequest }} message */
function onRequest({ request }) {
  if (open.has(request)) return;
  const work = begin();
  if (work === undefined) return;
  open.set(request, work);
  nameRequest(work, request.method, String(request.getHeader("host") ?? request.host), request.path);
  // Node publishes the head of a response, not its end.
  request.on("close", onClose);
  // A connection that is made for the request says less than the request.
  if (request.socket !== null) answered(request.socket);
  else request.on("socket", answered);
}

/** By name of Node's channel. Not every Node publishes the first one; the second one comes when the request is written. */
export const begins = {
  "http.client.request.created": onRequest,
  "http.client.request.start": onRequest,
};
