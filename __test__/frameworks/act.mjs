import { once } from "node:events";
import { request } from "node:http";
import { inFlight } from "../../js/inspect.js";

/** @typedef {{ origin: string, close: () => unknown }} Serving */

/** @returns {string} the label that the request has while its handler runs */
export const label = () => inFlight()[0].label;

/** @type {Record<string, () => unknown>} what a handler does, by the parameter of its route */
const work = {
  hang: () => new Promise(() => {}),
  block() {
    const end = performance.now() + 500;
    while (performance.now() < end);
    return "blocked";
  },
  wait() {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
    return "waited";
  },
};

/** @param {string} how */
export const act = (how) => (work[how] ?? label)();

/**
 * @param {any} server
 * @returns {Promise<Serving>}
 */
export async function listening(server) {
  if (!server.listening) await once(server, "listening");
  const close = () => {
    server.closeAllConnections?.();
    server.close();
  };
  return { origin: `http://127.0.0.1:${server.address().port}`, close };
}

/**
 * @param {import("node:test").TestContext} t
 * @param {any} app
 * @returns {Promise<(target: string) => Promise<string>>} what the app responds to a target, which is sent as it is
 */
export async function client(t, app) {
  const { origin, close } = await listening(app.listen(0, "127.0.0.1"));
  t.after(close);
  const { port } = new URL(origin);
  return async (path) => {
    const [response] = await once(request({ port, path, agent: false }).end(), "response");
    return (await response.setEncoding("utf8").toArray()).join("");
  };
}
