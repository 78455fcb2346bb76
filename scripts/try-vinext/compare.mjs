import { check, makeIds, requestRoute, routes } from "../../__test__/_support/routes.mjs";
import { idPattern } from "../../examples/vinext-app/routes.mjs";

// How two servers respond the same requests.

const CONCURRENT = 200;
const nextId = makeIds();

/** Times, as the example app prints them in pages and in JSON. */
const VOLATILE = /~[0-9]+~/g;

/** @typedef {{ texts: Map<string, string>, wrong: Map<string, string> }} Results masked texts; what is wrong, by route */

/**
 * Requests every route in sequence.
 *
 * @param {string} origin
 * @returns {Promise<Results>}
 */
export async function requestSequentially(origin) {
  /** @type {Results} */
  const responses = { texts: new Map(), wrong: new Map() };
  const setups = await prepare(origin);
  for (const route of routes) {
    const response = await requestRoute(origin, route, nextId(), setups).catch((error) => ({ error }));
    responses.texts.set(route.name, "error" in response ? String(response.error) : masked(response));
    const why = wrongWith(response);
    if (why !== undefined) responses.wrong.set(route.name, why);
  }
  return responses;
}

/**
 * Asks for all routes many times, all at once.
 *
 * @param {string} origin
 * @param {Set<string>} failing routes that this vinext serves wrongly: they must only not show another request's id
 * @returns {Promise<Map<string, string>>} what is wrong, by route
 */
export async function requestConcurrently(origin, failing) {
  const setups = await prepare(origin);
  const wrong = new Map();
  const requests = Array.from({ length: CONCURRENT }, async (_, n) => {
    const route = routes[n % routes.length];
    const response = await requestRoute(origin, route, nextId(), setups).catch((error) => ({ error }));
    const why = failing.has(route.name) ? leakOf(response) : wrongWith(response);
    if (why !== undefined) wrong.set(route.name, why);
  });
  await Promise.all(requests);
  return wrong;
}

/**
 * What routes need once per server. A version of vinext that fails one of them still has the others.
 *
 * @param {string} origin
 */
async function prepare(origin) {
  const setups = new Map();
  for (const route of routes) {
    if (route.setup !== undefined) setups.set(route, await route.setup(origin).catch(() => undefined));
  }
  return setups;
}

/** @param {any} response */
function wrongWith(response) {
  if ("error" in response) return String(response.error);
  try {
    check(response);
  } catch (error) {
    return /** @type {Error} */ (error).message.split("\n")[0];
  }
}

/** @param {any} response */
function leakOf(response) {
  if ("error" in response) return undefined;
  const text = [response.body, ...Object.values(response.headers), ...response.cookies].join("\n");
  const other = text.match(idPattern)?.find((id) => id !== response.id);
  return other && `shows ${other} to ${response.id}`;
}

/** Headers that depend on the connection or on the moment, not on the response. */
const MOMENTARY = ["date", "connection", "keep-alive", "transfer-encoding", "age"];

/**
 * The response with ids and everything that changes from one moment to the next masked, so that two servers' responses can
 * be compared as text.
 *
 * @param {import("../../__test__/_support/routes.mjs").RouteResponse} response
 * @returns {string}
 */
function masked({ route, id, status, headers, cookies, body }) {
  const kept = Object.entries({ ...headers, "set-cookie": cookies.join("\n") })
    .filter(([name]) => !MOMENTARY.includes(name))
    .map(([name, value]) => `${name}: ${value}`)
    .sort();
  // The parts of a stream come as they are ready, in no fixed order.
  return [`${route.name}: ${status}`, ...kept, "", route.streams ? "" : body]
    .join("\n")
    .replaceAll(id, "rq-ID")
    .replaceAll(VOLATILE, "~TIME~")
    .replaceAll(/^x-vinext-rsc-build-id: .*$/gm, "x-vinext-rsc-build-id: BUILD")
    .replaceAll(/__prerender_bypass=[0-9a-f-]+/g, "__prerender_bypass=SECRET")
    .replaceAll(/(localhost|127\.0\.0\.1):\d+/g, "HOST");
}
