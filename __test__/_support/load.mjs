import { check, makeIds, prepare, requestRoute, routes } from "./routes.mjs";

/** @typedef {import("./routes.mjs").Answer} Answer */

const nextId = makeIds();

/**
 * Asks for every route in turn, and checks each answer.
 *
 * @param {string} origin
 * @returns {Promise<Answer[]>} in the order of the routes
 */
export async function requestEachRoute(origin) {
  const setups = await prepare(origin);
  const answers = [];
  for (const route of routes) answers.push(await requestRoute(origin, route, nextId(), setups));
  for (const answer of answers) check(answer);
  return answers;
}

/**
 * Asks for all routes at once, many times, each time with an id of its own, and checks each answer.
 *
 * @param {string} origin
 * @param {number} count requests
 */
export async function requestConcurrently(origin, count) {
  const setups = await prepare(origin);
  const requests = Array.from({ length: count }, (_, n) =>
    requestRoute(origin, routes[n % routes.length], nextId(), setups),
  );
  for (const answer of await Promise.all(requests)) check(answer);
}
