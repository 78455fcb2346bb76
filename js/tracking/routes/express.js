import { pathname } from "../pathname.js";
import { chainsTo, mountPattern, prefixOf, routerOf } from "./express-layers.js";

/** @import { App, Layer } from "./express-layers.js" */

// Express puts the route that matched on the request. Its path is relative to the routers and apps around it, whose patterns
// are in their layers: `baseUrl` has what the client sent instead, and is restored where an error leaves a router. Other servers
// with such a route, like Restify, have no app: the path is the whole pattern.

/**
 * @typedef {object} ExpressRequest
 * @property {{ path?: unknown }} [route]
 * @property {App} app
 * @property {string} [baseUrl] what the routers and apps around the current one matched of the path; none once the app has ended,
 *   as for an error that it does not handle
 * @property {string} originalUrl
 *
 * @typedef {object} Place of a route
 * @property {App} app in which it was looked for
 * @property {Layer[][]} chains to it: none if it is in a router that cannot be seen from the app
 */

/** @type {WeakMap<object, Place>} by route */
const places = new WeakMap();

/** Paths of mounts that are kept for an app: clients choose the parameters in them. */
const KEPT_MOUNTS = 1000;

/** Characters of a target with a path that is kept, which keeps all of it. */
const LONGEST_KEPT = 1000;

/**
 * Patterns by app, path of the mount, and route, or app if middleware responds; empty where it is not known.
 *
 * @type {WeakMap<App, Map<string, WeakMap<object, string>>>}
 */
const patterns = new WeakMap();

/**
 * @param {any} request
 * @returns {string | undefined} the pattern of the route that the request is in
 */
export function expressRoute(request) {
  const { route, app, baseUrl = "" } = request;
  if (typeof route !== "object" || route === null) return undefined;
  if (isOfExpress(request)) return patterns.get(app)?.get(baseUrl)?.get(route) ?? findPattern(request, route);
  const path = describePath(route.path);
  return path && join(baseUrl ? "/*" : "", path);
}

/**
 * The pattern of the middleware that responded: that of its mount with all that is below.
 *
 * @param {any} request
 * @returns {string | undefined}
 */
export function expressMount(request) {
  if (!isOfExpress(request)) return undefined;
  const { app, baseUrl = "" } = request;
  if (!baseUrl.startsWith("/")) return undefined;
  let pattern = patterns.get(app)?.get(baseUrl)?.get(app);
  if (pattern === undefined) {
    pattern = findMount(app, baseUrl) ?? "";
    keep(request, app, pattern);
  }
  return pattern || undefined;
}

/**
 * @param {any} request
 * @returns {request is ExpressRequest}
 */
function isOfExpress(request) {
  const { app, baseUrl = "", originalUrl } = request;
  return typeof app === "function" && typeof baseUrl === "string" && typeof originalUrl === "string";
}

/**
 * @param {App} app
 * @param {string} baseUrl
 */
function findMount(app, baseUrl) {
  const inner = inApp(app, baseUrl);
  const pattern = inner && mountPattern(routerOf(app), inner.path);
  return pattern && `${inner.prefix}${pattern}/*`;
}

/**
 * @param {ExpressRequest} request
 * @param {object} key
 * @param {string} pattern
 */
function keep({ app, baseUrl = "", originalUrl }, key, pattern) {
  if (originalUrl.length > LONGEST_KEPT) return;
  const mounts = patterns.get(app) ?? new Map();
  patterns.set(app, mounts);
  if (mounts.size === KEPT_MOUNTS && !mounts.has(baseUrl)) mounts.clear();
  mounts.set(baseUrl, (mounts.get(baseUrl) ?? new WeakMap()).set(key, pattern));
}

/**
 * @param {ExpressRequest} request
 * @param {{ path?: unknown }} route
 */
function findPattern(request, route) {
  const path = describePath(route.path);
  if (path === undefined) return undefined;
  const { app } = request;
  const known = places.get(route);
  let place = known?.app === app ? known : undefined;
  let found = place && findPrefix(request, place.chains);
  if (place === undefined || found === undefined) {
    // It can have been mounted once more.
    place = { app, chains: chainsTo(routerOf(app), route) };
    places.set(route, place);
    found = findPrefix(request, place.chains);
  }
  const pattern = join(found?.pattern ?? "/*", path);
  if (isAlways(request, place, found)) keep(request, route, pattern);
  return pattern;
}

/**
 * @param {ExpressRequest} request
 * @param {Place} place
 * @param {Prefix} [found]
 * @returns {boolean} whether it is the same for all requests with this `baseUrl`
 */
function isAlways({ baseUrl = "" }, { chains }, found) {
  if (baseUrl === "") return found?.text === "" && chains.length === 1;
  return found === undefined || found.text === baseUrl;
}

/**
 * @typedef {object} Prefix
 * @property {string | undefined} pattern of all routers and apps around a route, if it is known
 * @property {string} text that it matches
 */

/**
 * @param {ExpressRequest} request
 * @param {Layer[][]} chains
 * @returns {Prefix | undefined}
 */
function findPrefix({ app, baseUrl = "", originalUrl }, chains) {
  // Middleware can have changed the path.
  for (const path of baseUrl === "" ? [pathname(originalUrl)] : [baseUrl, pathname(originalUrl)]) {
    const inner = inApp(app, path);
    if (inner === undefined) continue;
    for (const chain of chains) {
      const found = prefixOf(chain, inner.path);
      if (found === undefined) continue;
      const text = path.slice(0, inner.prefix.length + found.matched);
      // An error can have left inner routers. What is more than the text is before the app: it can be in a router, which does not
      // show in the app.
      if (!text.startsWith(baseUrl)) continue;
      return { pattern: found.pattern === undefined ? undefined : inner.prefix + found.pattern, text };
    }
  }
  return undefined;
}

/**
 * @param {string} prefix
 * @param {string} path
 */
function join(prefix, path) {
  return prefix !== "" && path === "/" ? prefix : prefix + path;
}

/**
 * @param {App} app which may be mounted in another
 * @param {string} path of the whole request
 * @returns {{ prefix: string, path: string } | undefined} what comes before the app, and what is left of the path;
 *   `undefined` if the app's place in the path is not known
 */
function inApp(app, path) {
  let prefix = "";
  for (let inner = app; typeof inner.parent === "function"; inner = inner.parent) {
    if (typeof inner.mountpath !== "string") return undefined;
    prefix = inner.mountpath === "/" ? prefix : inner.mountpath + prefix;
  }
  if (prefix === "") return { prefix, path };
  const inside = path.toLowerCase().startsWith(prefix.toLowerCase()) && "/".startsWith(path.charAt(prefix.length));
  return inside ? { prefix, path: path.slice(prefix.length) || "/" } : undefined;
}

/**
 * @param {unknown} path of a route
 * @returns {string | undefined}
 */
function describePath(path) {
  if (typeof path === "string") return path.startsWith("/") ? path : `/${path}`;
  if (path instanceof RegExp) return String(path);
  if (Array.isArray(path)) return path.map(describePath).join(",");
  return undefined;
}
