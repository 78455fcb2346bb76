// Makes the load, in a process of its own that serves a whole run: its code is compiled when the first figures are taken.

import { Pool } from "undici";

/** @typedef {import("./measure.mjs").Route} Route */
/** @typedef {{ status: number, headers: Array<[name: string, value: string]>, body: string }} Received */
/**
 * @typedef {object} Load
 * @property {number} requests
 * @property {number} seconds from the first request to the last response
 * @property {number} p50 ms
 * @property {number} p99 ms
 * @property {number} busy share of a processor that this process took
 */

/** @type {Pool} */
let pool;
/** Grows; kept, so that a measurement allocates no more than its handlers. */
let latencies = new Float64Array(1 << 16);

const orders = {
  open: async (/** @type {{ origin: string, connections: number }} */ { origin, connections }) => {
    await pool?.destroy();
    pool = new Pool(origin, { connections, pipelining: 1 });
  },
  close: () => pool.destroy(),
  read,
  load,
};

process.on("message", async (/** @type {{ order: keyof typeof orders, value: any }} */ { order, value }) => {
  try {
    process.send?.({ reply: { result: await orders[order](value) } });
  } catch (error) {
    process.send?.({ reply: { error: error instanceof Error ? error.message : String(error) } });
  }
});
process.once("disconnect", () => process.exit());

/**
 * @param {Route} route
 * @returns {Promise<Received>}
 */
async function read({ method = "GET", path, headers = {}, body }) {
  const options = {
    method: /** @type {any} */ (method),
    path,
    headers,
    body,
    responseHeaders: /** @type {const} */ ("raw"),
  };
  const response = await pool.request(options);
  const raw = /** @type {any} */ (response.headers);
  /** @type {Received["headers"]} */
  const pairs = [];
  for (let i = 0; i < raw.length; i += 2) pairs.push([String(raw[i]).toLowerCase(), String(raw[i + 1])]);
  return { status: response.statusCode, headers: pairs, body: await response.body.text() };
}

/**
 * Keeps all connections busy for a time: each sends its next request when the last one's response has ended.
 *
 * @param {{ route: Route, ms: number, connections: number }} options
 * @returns {Promise<Load>}
 */
function load({ route, ms, connections }) {
  const { method = "GET", path, headers = {}, body } = route;
  const options = { method: /** @type {any} */ (method), path, headers, body };
  return new Promise((resolve, reject) => {
    let requests = 0;
    let open = 0;
    let failed = false;
    const fail = (/** @type {Error} */ error) => {
      failed = true;
      reject(new Error(`${route.name}: ${method} ${path}: ${error.message}`));
    };
    const cpu = process.cpuUsage();
    const begin = performance.now();
    const send = () => {
      const sent = performance.now();
      open++;
      pool.dispatch(options, {
        onRequestStart() {},
        onResponseStart(_, status) {
          if (status < 200 || status > 299) fail(new Error(`responded ${status}`));
        },
        onResponseData() {},
        onResponseEnd() {
          const now = performance.now();
          open--;
          if (requests === latencies.length) {
            const larger = new Float64Array(2 * requests);
            larger.set(latencies);
            latencies = larger;
          }
          latencies[requests++] = now - sent;
          if (failed) return;
          if (now - begin < ms) send();
          else if (open === 0) finish(now);
        },
        onResponseError: (_, error) => fail(error),
      });
    };
    const finish = (/** @type {number} */ end) => {
      const { user, system } = process.cpuUsage(cpu);
      const sorted = latencies.subarray(0, requests).sort();
      const at = (/** @type {number} */ share) => sorted[Math.min(requests - 1, Math.floor(share * requests))];
      const busy = (user + system) / 1000 / (end - begin);
      resolve({ requests, seconds: (end - begin) / 1000, p50: at(0.5), p99: at(0.99), busy });
    };
    for (let i = 0; i < connections; i++) send();
  });
}
