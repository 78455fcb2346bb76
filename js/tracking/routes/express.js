import { chainsTo, isAlong, mountPattern, prefixOf, routerOf } from "./express-layers.js";

/** @import { App, Layer } from "./express-layers.js" */

// Express puts the route that matched on the request. Its path is relative to the routers and apps around it, whose patterns
// are in their layers: `baseUrl` has what the client sent instead, and is restored where an error leaves a router. Where a route
// is, is found once. Other servers with such a route, like Restify, have no app: the path is the whole pattern.

/**
 * @typedef {object} ExpressRequest
 * @property {{ path?: unknown }} [route]
 * @property {App} [app]
 * @property {string} [baseUrl] what the routers and apps around the current one matched of the path
 * @property {string} [originalUrl]
 *
 * @typedef {object} Place of a route
 * @property {App} app in which it was looked for
 * @property {Layer[][]} chains to it: none if it is in a router that cannot be seen from the app
 * @property {string | undefined} pattern the whole one, once it is known and always the same
 */

/** @type {WeakMap<object, Place>} by route */
const places = new WeakMap();

/** Paths of mounts that are kept for an app. */
const KEPT_MOUNTS = 1000;

/** @type {WeakMap<object, Map<string, string | undefined>>} by app, the pattern of each path of a mount */
const mounts = new WeakMap();

/**
 * @param {ExpressRequest} request
 * @returns {string | undefined} the pattern of the route that the request is in
 */
export function expressRoute(request) {
  const { route } = request;
  if (typeof route !== "object" || route === null) return undefined;
  return places.get(route)?.pattern ?? findPattern(request, route);
}

/**
 * The pattern of the middleware that responded: that of its mount with all that is below.
 *
 * @param {ExpressRequest} request
 */
export function expressMount({ app, baseUrl }) {
  if (typeof app !== "function" || typeof baseUrl !== "string" || !baseUrl.startsWith("/")) return undefined;
  const known = mounts.get(app) ?? new Map();
  if (!known.has(baseUrl)) {
    if (known.size === KEPT_MOUNTS) known.clear();
    known.set(baseUrl, findMount(app, baseUrl));
    mounts.set(app, known);
  }
  return known.get(baseUrl);
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
 * @param {{ path?: unknown }} route
 */
function findPattern({ app, baseUrl, originalUrl }, route) {
  const path = describePath(route.path);
  if (path === undefined) return undefined;
  // Restify and others have no app, and whole paths.
  if (typeof app !== "function" || typeof originalUrl !== "string") return join(baseUrl ? "/*" : "", path);
  const found = findPrefix(app, route, originalUrl, baseUrl);
  if (found === undefined) return join("/*", path);
  const pattern = join(found.prefix, path);
  if (found.place.chains.length === 1) found.place.pattern = pattern;
  return pattern;
}

/**
 * @param {App} app
 * @param {object} route
 * @param {string} target
 * @param {string} [baseUrl]
 */
function findPrefix(app, route, target, baseUrl) {
  const inner = inApp(app, pathname(target));
  if (inner === undefined) return undefined;
  const place = placeOf(app, route);
  const { chains } = place;
  const chain = chains.length > 1 ? chains.find((each) => isAlong(each, inner.path)) : chains[0];
  const prefix = chain && prefixOf(chain, inner.path);
  if (prefix === undefined) return undefined;
  // The app can be in a router, which does not show in the app.
  if (baseUrl && baseUrl.length !== inner.prefix.length + prefix.matched) return undefined;
  return { place, prefix: inner.prefix + prefix.pattern };
}

/**
 * @param {App} app
 * @param {object} route
 */
function placeOf(app, route) {
  const known = places.get(route);
  // A route of a mounted app is not in the app that responds to its error.
  if (known !== undefined && (known.app === app || known.chains.length > 0)) return known;
  const place = { app, chains: chainsTo(routerOf(app), route), pattern: undefined };
  places.set(route, place);
  return place;
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

/** @param {string} target */
function pathname(target) {
  const path = target.startsWith("/") ? target : target.replace(/^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i, "");
  return path.replace(/[?#].*/s, "") || "/";
}
