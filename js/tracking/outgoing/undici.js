import { answered } from "./sockets.js";
import { begin, end, nameRequest } from "./work.js";

/** @import { Socket } from "node:net" */
/** @import { OutgoingWork } from "./work.js" */

// Requests of `fetch()`, and of the package undici.

/** @typedef {{ method: string, origin?: string | URL, path: string }} UndiciRequest */

/** @type {WeakMap<UndiciRequest, OutgoingWork>} */
const open = new WeakMap();

/** @param {{ request: UndiciRequest }} message */
function onRequest({ request }) {
  const work = begin();
  if (work === undefined) return;
  open.set(request, work);
  const origin = String(request.origin ?? "");
  nameRequest(work, request.method, origin.slice(origin.indexOf("//") + 2), request.path);
}

/** @param {{ request: UndiciRequest, response: { statusCode: number } }} message */
function onHeaders({ request, response }) {
  // A connection that changes its protocol has no end of a response.
  if (response.statusCode === 101) end(open.get(request));
}

/** @param {{ request: UndiciRequest }} message */
function onEnd({ request }) {
  end(open.get(request));
}

/**
 * A connection that is made for requests says less than they do.
 *
 * @param {{ socket: Socket }} message
 */
function onConnected({ socket }) {
  answered(socket);
}

/** By name of undici's channel. */
export const begins = { "undici:request:create": onRequest };
export const ends = {
  "undici:client:connected": onConnected,
  "undici:request:headers": onHeaders,
  "undici:request:trailers": onEnd,
  "undici:request:error": onEnd,
};
