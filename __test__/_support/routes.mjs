import assert from "node:assert/strict";
import { idPattern, lostMarker, middlewareHeader, routes } from "../../examples/vinext-app/routes.mjs";

export { routes };

/** @typedef {{ route: any, id: string, status: number, headers: Record<string, string>, cookies: string[], body: string }} RouteResponse */

/** Ids that no two requests of a run share, and that differ in every digit that concurrent requests could mix up. */
export function makeIds() {
  let next = Math.floor(Math.random() * 2 ** 30);
  return () => `rq-${(next++ >>> 0).toString(16).padStart(8, "0")}`;
}

/**
 * Does what routes need once per server: finds the id of the server action.
 *
 * @param {string} origin
 * @returns {Promise<Map<any, unknown>>} by route
 */
export async function prepare(origin) {
  const setups = new Map();
  for (const route of routes) if (route.setup !== undefined) setups.set(route, await route.setup(origin));
  return setups;
}

/**
 * @param {string} origin
 * @param {any} route
 * @param {string} id
 * @param {Map<any, unknown>} setups as `prepare` returned it
 * @returns {Promise<RouteResponse>}
 */
export async function requestRoute(origin, route, id, setups) {
  const setup = setups.get(route);
  const response = await fetch(origin + route.path(id), {
    method: route.method,
    headers: route.headers(id, setup),
    body: route.body?.(id, setup),
    redirect: "manual",
  });
  return {
    route,
    id,
    status: response.status,
    headers: Object.fromEntries(response.headers),
    cookies: response.headers.getSetCookie(),
    body: await response.text(),
  };
}

/**
 * Fails unless the response is the route's, carries the request's own id where the route says so, and no other.
 *
 * @param {RouteResponse} response
 */
export function check({ route, id, status, headers, cookies, body }) {
  const where = `${route.name} (${id})`;
  assert.equal(status, route.expectStatus, `${where}: status\n${body.slice(0, 2000)}`);
  assert.equal(headers[middlewareHeader], id, `${where}: ${middlewareHeader}`);
  const text = [body, ...Object.values(headers), ...cookies].join("\n");
  const others = new Set(text.match(idPattern)).difference(new Set([id]));
  assert.deepEqual([...others], [], `${where}: ids of others`);
  assert.ok(!body.includes(lostMarker), `${where}: lost its id`);
  if (route.carriesId)
    assert.ok((route.idIn === undefined ? body : headers[route.idIn]).includes(id), `${where}: its own id is missing`);
  if (route.cached) assert.ok(!body.includes(id), `${where}: a shared response carries an id`);
}
