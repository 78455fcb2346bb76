// Next.js keeps the route that it matched with the request, as metadata under a symbol of the global registry.

const METADATA = Symbol.for("NextInternalRequestMeta");

/** Pages that Next.js shows where there is no route. */
const NO_ROUTES = ["/_not-found", "/_error", "/404", "/500"];

/** @param {any} request */
export function nextMatch(request) {
  return request[METADATA]?.match;
}

/**
 * @param {any} request
 * @returns {string | undefined} the pattern of the route, of either router
 */
export function nextRoute(request) {
  const route = nextMatch(request)?.definition?.pathname;
  return typeof route === "string" && !NO_ROUTES.includes(route) ? route : undefined;
}
