import { idOf, threadNumber } from "../store/records.js";
import { shared } from "../util/shared.js";

// The HTTP/1 requests of this thread whose responses are not over, in the order in which they came, which is that of their ids. A
// route that a framework leaves on a request is read from here when the label is wanted before the response is over.

/** @import { HttpRequest } from "./http-request.js" */

export const openRequests = shared("open-requests", () => ({
  /** @type {HttpRequest | undefined} */
  oldest: undefined,
  /** @type {HttpRequest | undefined} */
  newest: undefined,
  /** @type {HttpRequest | undefined} where `readSomeRoutes` goes on */
  turn: undefined,
  size: 0,
  /** how many there are before those leave whose connections have ended */
  most: 1000,
}));

/** Requests of each sort that `readSomeRoutes` reads. */
const SOME = 1000;

/** @param {HttpRequest} request the newest of this thread */
export function add(request) {
  const { newest } = openRequests;
  if (newest === undefined) openRequests.oldest = request;
  else {
    request.older = newest;
    newest.newer = request;
  }
  openRequests.newest = request;
  openRequests.size++;
  if (openRequests.size > openRequests.most) removeLost();
}

/** @param {HttpRequest} request that may have left */
export function remove(request) {
  const { older, newer } = request;
  if (older !== undefined) older.newer = newer;
  else if (openRequests.oldest === request) openRequests.oldest = newer;
  else return;
  if (newer === undefined) openRequests.newest = older;
  else newer.older = older;
  if (openRequests.turn === request) openRequests.turn = newer;
  // An old object that is garbage would hold young ones.
  request.older = request.newer = undefined;
  openRequests.size--;
}

/** The program can have removed the listener that ends its requests. */
function removeLost() {
  for (const request of since(openRequests.oldest)) if (request.isLost()) remove(request);
  openRequests.most = Math.max(1000, 2 * openRequests.size);
}

/** @param {HttpRequest | undefined} request */
function* since(request) {
  while (request !== undefined) {
    // Read first: the request may leave.
    const { newer } = request;
    yield request;
    request = newer;
  }
}

/** @param {HttpRequest} request */
function read(request) {
  if (!request.isLost()) return request.readRoute(false);
  remove(request);
  return false;
}

/** Labels the requests of this thread whose frameworks have found a route. */
export function readRoutes() {
  for (const request of since(openRequests.oldest)) read(request);
}

/**
 * Labels the requests of a list whose frameworks have found a route.
 *
 * @param {Array<{ id: number, thread: number }>} list the oldest of some sort
 * @returns {boolean} whether one of this thread, as old as those of the list, got another label
 */
export function readRoutesOf(list) {
  const own = list.filter(({ thread }) => thread === threadNumber());
  const last = own.reduce((most, { id }) => Math.max(most, id), 0);
  let changed = false;
  for (const request of since(openRequests.oldest)) {
    if ((idOf(request) ?? 0) > last) break;
    if (read(request)) changed = true;
  }
  return changed;
}

/**
 * Labels the newest requests, and in turn some of the others: for what is called often, and must take as long with 100 000 open
 * requests as with 2000. A route is usually found soon.
 */
export function readSomeRoutes() {
  let { newest: request } = openRequests;
  for (let count = 0; count < SOME && request !== undefined; count++) {
    const { older } = request;
    read(request);
    request = older;
  }
  if (request === undefined) return;
  const rest = since(openRequests.turn ?? openRequests.oldest);
  for (let count = 0; count < SOME; count++) {
    const { value } = rest.next();
    openRequests.turn = value?.newer;
    if (value === undefined) return;
    read(value);
  }
}
