import { setImmediate as turn } from "node:timers/promises";

/**
 * What a handler waits for, in the place of a database: most answers are there at once, as from a cache or a pool; every fourth
 * comes with another turn of the event loop.
 *
 * @template T
 * @param {number} number of the step
 * @param {T} value
 * @returns {Promise<T>}
 */
export async function step(number, value) {
  if (number % 4 === 3) await turn();
  return value;
}
