import { shared } from "../util/shared.js";

// The HTTP/1 connections of this thread with requests that are not over. A route that a framework leaves on a request is read from
// here when the label is wanted before the response is over.

/** @import { HttpRequest } from "./http-request.js" */

/** The requests of an HTTP/1 connection whose responses are not over. */
export class Connection {
  constructor() {
    /** @type {HttpRequest | undefined} */
    this.first = undefined;
    /** @type {HttpRequest | undefined} the last one, where a client does not wait and there are more */
    this.last = undefined;
    /** whether it is in `connections` */
    this.listed = false;
  }
}

/** Those without a request leave when routes are read. @type {Set<Connection>} */
export const connections = shared("connections", () => new Set());

/** How many connections come in between before those without a request leave, if nobody reads routes. */
const MOST_IDLE = 1000;

/** @param {Connection} connection that has a request and is not listed */
export function list(connection) {
  connection.listed = true;
  connections.add(connection);
  if (connections.size % MOST_IDLE === 0) readRoutes();
}

/** Labels the requests of this thread whose frameworks have found a route. */
export function readRoutes() {
  for (const connection of connections) {
    const { first } = connection;
    // The program can have removed the listener that ends its requests.
    if (first === undefined || first.isLost()) {
      connections.delete(connection);
      connection.listed = false;
      continue;
    }
    for (let request = /** @type {HttpRequest | undefined} */ (first); request !== undefined; request = request.next)
      request.readRoute(false);
  }
}
