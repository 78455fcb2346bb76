import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startProduction } from "./example.mjs";
import { check, makeIds, prepare, requestRoute, routes } from "./routes.mjs";
import { ROOT } from "./run.mjs";

const COUNTER = join(ROOT, "__test__/_support/count-calls.mjs");

/** How long a request may still do something after its last byte. */
const SETTLE_MS = 150;

/**
 * Calls of Node's own storages in one warm request of each of the given routes, on the production server.
 *
 * - `run`, `exit`, `enterWith`, `getStore`: calls from outside of Node; what `run` calls itself does not count.
 * - `snapshot`: calls of Node's own `AsyncLocalStorage.snapshot`.
 * - `outsideScopes`: calls of `run` and `exit`, and pairs of `enterWith`, that onescope's `runOutsideRequestScopes` made.
 *
 * @typedef {Record<"run" | "exit" | "enterWith" | "getStore" | "snapshot" | "outsideScopes", number>} Calls
 * @param {{ path: string, flags: string[] }} node
 * @param {string} variant key of `VARIANTS`
 * @param {string[]} names of routes of the example
 * @returns {Promise<Record<string, Calls>>} by name of the route
 */
export async function countCalls(node, variant, names) {
  const flags = [...node.flags, "--import", COUNTER];
  const server = await startProduction({ path: node.path, flags }, variant);
  try {
    const nextId = makeIds();
    const setups = await prepare(server.origin);
    const request = async (/** @type {any} */ route) =>
      check(await requestRoute(server.origin, route, nextId(), setups));
    /** @type {Record<string, Calls>} */
    const calls = {};
    for (const name of names) {
      const route = routes.find((each) => each.name === name);
      for (let i = 0; i < 3; i++) await request(route);
      await sleep(SETTLE_MS);
      await server.store();
      await request(route);
      await sleep(SETTLE_MS);
      calls[name] = (await server.store()).counts;
    }
    return calls;
  } finally {
    await server.stop();
  }
}
