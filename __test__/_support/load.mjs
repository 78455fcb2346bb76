import { check, makeIds, prepare, requestRoute, routes } from "./routes.mjs";

/** @typedef {import("./routes.mjs").RouteResponse} RouteResponse */

const nextId = makeIds();

/**
 * Requests every route in sequence, and checks each response.
 *
 * @param {string} origin
 * @returns {Promise<RouteResponse[]>} in the order of the routes
 */
export async function requestEachRoute(origin) {
  const setups = await prepare(origin);
  const responses = [];
  for (const route of routes) responses.push(await requestRoute(origin, route, nextId(), setups));
  for (const response of responses) check(response);
  return responses;
}

/**
 * Requests all routes concurrently, many times, each time with its own id, and checks each response.
 *
 * @param {string} origin
 * @param {number} count requests
 */
export async function requestConcurrently(origin, count) {
  const setups = await prepare(origin);
  const requests = Array.from({ length: count }, (_, n) =>
    requestRoute(origin, routes[n % routes.length], nextId(), setups),
  );
  for (const response of await Promise.all(requests)) check(response);
}
