import { chainsTo, isAlong, mountPattern, prefixOf, routerOf } from "./express-layers.js";

/** @import { App, Layer } from "./express-layers.js" */

// Express puts the route that matched on the request. Its path is relative to the routers and apps around it, whose patterns
// are in their layers: `baseUrl` has what the client sent instead, and is restored where an error leaves a router. A route's
// whole pattern is found once, and kept as long as the route.

/** Other servers with such a route, like Restify, have no app: the path is the whole pattern. */

/**
 * @typedef {object} ExpressRequest
 * @property {{ path?: unknown }} [route]
 * @property {App} [app]
 * @property {string} [baseUrl] what the routers and apps around the current one matched of the path
 * @property {string} [originalUrl]
 */

/** @type {WeakMap<object, string>} by route, where it is mounted at one place */
const patterns = new WeakMap();

/** Routes that are in no router of their request's app: they were in one that cannot be seen from it. */
const unplaced = new WeakSet();

/**
 * @param {ExpressRequest} request
 * @returns {string | undefined} the pattern of the route that the request is in
 */
export function expressRoute(request) {
  const { route } = request;
  if (typeof route !== "object" || route === null) return undefined;
  return patterns.get(route) ?? findPattern(request, route);
}

/**
 * The pattern of the middleware that responded: that of its mount with all that is below.
 *
 * @param {ExpressRequest} request
 */
export function expressMount(request) {
  const { app, baseUrl } = request;
  if (typeof app !== "function" || typeof baseUrl !== "string" || !baseUrl.startsWith("/")) return undefined;
  const mounted = inApp(app, baseUrl);
  const pattern = mounted && mountPattern(routerOf(app), mounted.path);
  return pattern && `${mounted.prefix}${pattern}/*`;
}

/**
 * @param {ExpressRequest} request
 * @param {{ path?: unknown }} route
 */
function findPattern({ app, baseUrl, originalUrl }, route) {
  const path = describePath(route.path);
  if (path === undefined) return undefined;
  if (typeof app === "function" && typeof originalUrl === "string" && !unplaced.has(route)) {
    const mounted = inApp(app, pathname(originalUrl));
    const chains = mounted ? chainsTo(routerOf(app), route) : [];
    const chain = mounted && chains.length > 1 ? chains.find((each) => isAlong(each, mounted.path)) : chains[0];
    const prefix = mounted && chain && prefixOf(chain, mounted.path);
    if (prefix !== undefined) {
      const pattern = join(`${mounted?.prefix}${prefix}`, path);
      if (chains.length === 1) patterns.set(route, pattern);
      return pattern;
    }
    if (chains.length === 0) unplaced.add(route);
  }
  return join(baseUrl ? "/*" : "", path);
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
