import { ask, check, makeIds, prepare, routes } from "./routes.mjs";

/** @typedef {import("./routes.mjs").Answer} Answer */

const nextId = makeIds();

/**
 * Asks for every route in turn, and checks each answer.
 *
 * @param {string} origin
 * @returns {Promise<Answer[]>} in the order of the routes
 */
export async function askEachRoute(origin) {
  const setups = await prepare(origin);
  const answers = [];
  for (const route of routes) answers.push(await ask(origin, route, nextId(), setups));
  for (const answer of answers) check(answer);
  return answers;
}

/**
 * Asks for all routes at once, many times, each time with an id of its own, and checks each answer.
 *
 * @param {string} origin
 * @param {number} count requests
 */
export async function askAtOnce(origin, count) {
  const setups = await prepare(origin);
  const requests = Array.from({ length: count }, (_, n) => ask(origin, routes[n % routes.length], nextId(), setups));
  for (const answer of await Promise.all(requests)) check(answer);
}
