import { entry } from "../async-context/entry.js";
import { KINDS, LAYOUT, STATES } from "../generated/slot-table.js";
import { PATH_LABEL, ROUTE_LABEL } from "../store/label.js";
import { advance, close, isClosed, OTHER, takeNewRecord } from "../store/records.js";
import { NO_BYTES, NO_WORDS } from "../store/tracked.js";
import { nextTick, setImmediate } from "../util/timers.js";
import { writeRoute, writeTarget } from "./labels.js";
import { readRoute } from "./routes/index.js";

/** @import { AfterContext } from "../request/field-types.js" */
/** @import { Context } from "../request/request-context.js" */

const ACTIVE = STATES.indexOf("active");
const RESPONDED = STATES.indexOf("responded");
/** The state and the sort of label that it starts with. */
const HEAD = ACTIVE | (PATH_LABEL << (8 * LAYOUT.bytes.inner));
const PAGES_PAGE = KINDS.indexOf("pagesPage");
const PAGES_API = KINDS.indexOf("pagesApi");

/** An HTTP request. vinext's first request context inside it joins it: takes its record. */
export class HttpRequest {
  /**
   * @param {string} method
   * @param {string} target as the client sent it
   * @param {{ req?: unknown } | undefined} response of HTTP/1, by which its end is known
   */
  constructor(method, target, response) {
    // Assigned here rather than as fields, and in one class: the cheapest way to make an object.
    this.$words = NO_WORDS;
    this.$bytes = NO_BYTES;
    this.$base = 0;
    this.$kind = OTHER;
    /** @type {object | undefined} from the start: what an object gets later is stored apart */
    this.$sentinel = undefined;
    this.joinable = true;
    /** @type {Context | undefined} vinext's request context, from when it joined until the turn after the response */
    this.context = undefined;
    this.method = method;
    /** until it is over */
    this.response = response;
    /** @type {HttpRequest | undefined} the next one on the same connection that is not over */
    this.next = undefined;
    /** @type {HttpRequest | undefined} in open-requests.js it is between these two */
    this.older = undefined;
    /** @type {HttpRequest | undefined} */
    this.newer = undefined;
    /** @type {unknown} what its route was read from last, and the path of the routers around that */
    this.source = undefined;
    /** @type {unknown} */
    this.mount = undefined;
    takeNewRecord(this, HEAD);
    writeTarget(this, method, target);
  }

  /**
   * Labels the request with its route, the first that is found.
   *
   * @param {unknown} route pattern, such as `/blog/[slug]`
   * @param {boolean} ofPages whether vinext's Pages Router found it
   */
  setRoute(route, ofPages) {
    if (typeof route !== "string" || !route.startsWith("/") || isClosed(this)) return;
    if (ofPages) this.$bytes[(this.$base << 2) + LAYOUT.bytes.kind] = isApi(route) ? PAGES_API : PAGES_PAGE;
    // It has a name, or its route's.
    if (this.$bytes[(this.$base << 2) + LAYOUT.bytes.inner] !== PATH_LABEL) return;
    writeRoute(this, this.method, route);
  }

  /**
   * Labels the request with the route that it is in now, in place of its path or of the route before.
   *
   * @param {unknown} route
   * @returns {boolean} whether that is one, and the request is not named otherwise
   */
  replaceRoute(route) {
    if (typeof route !== "string" || route === "" || !this.takesRoute()) return false;
    writeRoute(this, this.method, route);
    return true;
  }

  /** Whether it is named by its path or by a route, not by the program. */
  takesRoute() {
    if (isClosed(this)) return false;
    const sort = this.$bytes[(this.$base << 2) + LAYOUT.bytes.inner];
    return sort === PATH_LABEL || sort === ROUTE_LABEL;
  }

  /**
   * Labels the request with the route that a framework has left on it, if any.
   *
   * @param {boolean} over whether the response is over
   * @returns {boolean} whether it is not the one that was read last
   */
  readRoute(over) {
    if (this.response === undefined || !this.takesRoute()) return false;
    return this.replaceRoute(readRoute(this.response, over, this));
  }

  /** Whether its connection has ended. */
  isLost() {
    try {
      return /** @type {any} */ (this.response)?.req.socket.destroyed === true;
    } catch {
      // The properties are the program's.
      return false;
    }
  }

  /**
   * The response is over. The request closes after the listeners that are being called: those of `"finish"`, where that is what
   * ended it, else all that Node calls in this turn of the event loop.
   *
   * @param {boolean} finished whether Node emits `"finish"`
   */
  end(finished) {
    this.joinable = false;
    this.readRoute(true);
    this.response = undefined;
    this.source = undefined;
    this.mount = undefined;
    if (isClosed(this)) {
      // vinext's rule can come first.
      this.context = undefined;
      return;
    }
    advance(this, RESPONDED);
    // An immediate costs a server as much as all the rest. It is for requests that vinext may still close itself in this turn.
    if (finished && this.context === undefined) {
      this.next = finishedLast;
      finishedLast = this;
      if (this.next === undefined) nextTick(closeFinished);
      return;
    }
    // Outside every scope: otherwise the callback would keep alive the request whose response ended first.
    if (responded.push(this) === 1) entry.runOutside(closeLater);
  }
}

/** @type {HttpRequest | undefined} the last one whose `"finish"` is emitted now; those before it are its `next` */
let finishedLast;

function closeFinished() {
  let request = finishedLast;
  finishedLast = undefined;
  while (request !== undefined) {
    const { next } = request;
    request.next = undefined;
    close(request, undefined);
    request = next;
  }
}

/** @type {HttpRequest[]} others whose response ended in this turn */
let responded = [];

const closeLater = () => setImmediate(closeResponded);

function closeResponded() {
  const requests = responded;
  responded = [];
  for (const request of requests) {
    const { context } = request;
    request.context = undefined;
    // What vinext deferred until the response may still run; vinext's own rule closes the request after it.
    if (context === undefined || !hasDeferredWork(context)) close(request, context);
  }
}

/** @param {string} route of the Pages Router, whose API routes are those below /api */
function isApi(route) {
  return route === "/api" || route.startsWith("/api/");
}

/** @param {Context} context vinext's */
function hasDeferredWork(context) {
  // Looked at without making it: most requests defer nothing.
  const after = /** @type {AfterContext | null | undefined} */ (
    context.$collections.afterContext ?? context.$group?.afterContext
  );
  if (typeof after !== "object" || after === null) return false;
  return after.callbacks?.length > 0 || after.pendingCallbacks > 0 || after.pendingPromises > 0;
}
