import { shared } from "../util/shared.js";

// The open HTTP/1 connections of this thread and their requests. A route that a framework leaves on a request is read from here
// when the label is wanted before the response is over.

/** @import { HttpRequest } from "./http-request.js" */

/** The requests of an HTTP/1 connection whose responses are not over. */
export class Connection {
  constructor() {
    /** @type {HttpRequest | undefined} */
    this.first = undefined;
    /** @type {HttpRequest | undefined} the last one, where a client does not wait and there are more */
    this.last = undefined;
  }
}

/** @type {Set<Connection>} */
export const connections = shared("connections", () => new Set());

/** Labels the requests of this thread whose frameworks have found a route. */
export function readRoutes() {
  for (const { first } of connections) {
    for (let request = first; request !== undefined; request = request.next) request.readRoute(false);
  }
}
