// Makes the load, in a process of its own that serves a whole run: its code is compiled when the first figures are taken.

import { Pool } from "undici";

/** @typedef {import("./measure.mjs").Route} Route */
/** @typedef {{ status: number, headers: Array<[name: string, value: string]>, body: string }} Received */
/** @typedef {{ requests: number, seconds: number, busy: number }} Load `seconds` from the first request to the last response; `busy`:
 *   share of a processor that this process took */
/** @typedef {{ p50: number, p99: number }} Latencies ms */

/** @type {Map<string, { pool: Pool, count: number, latencies: Float64Array }>} by origin; `count` of the latencies in use */
const servers = new Map();

const orders = {
  open(/** @type {{ origin: string, connections: number }} */ { origin, connections }) {
    const pool = new Pool(origin, { connections, pipelining: 1 });
    // Grows; kept, so that a measurement allocates no more than its handlers.
    servers.set(origin, { pool, count: 0, latencies: new Float64Array(1 << 14) });
  },
  async close() {
    await Promise.all([...servers.values()].map(({ pool }) => pool.destroy()));
    servers.clear();
  },
  read,
  load,
  latencies,
};

/** @param {string} origin */
function of(origin) {
  return /** @type {NonNullable<ReturnType<typeof servers.get>>} */ (servers.get(origin));
}

process.on("message", async (/** @type {{ order: keyof typeof orders, value: any }} */ { order, value }) => {
  try {
    process.send?.({ reply: { result: await orders[order](value) } });
  } catch (error) {
    process.send?.({ reply: { error: error instanceof Error ? error.message : String(error) } });
  }
});
process.once("disconnect", () => process.exit());

/**
 * @param {{ origin: string, route: Route }} options
 * @returns {Promise<Received>}
 */
async function read({ origin, route: { method = "GET", path, headers = {}, body } }) {
  const options = {
    method: /** @type {any} */ (method),
    path,
    headers,
    body,
    responseHeaders: /** @type {const} */ ("raw"),
  };
  const response = await of(origin).pool.request(options);
  const raw = /** @type {any} */ (response.headers);
  /** @type {Received["headers"]} */
  const pairs = [];
  for (let i = 0; i < raw.length; i += 2) pairs.push([String(raw[i]).toLowerCase(), String(raw[i + 1])]);
  return { status: response.statusCode, headers: pairs, body: await response.body.text() };
}

/**
 * Keeps all connections busy for a time: each sends its next request when the last one's response has ended.
 *
 * @param {{ origin: string, route: Route, ms: number, connections: number }} options
 * @returns {Promise<Load>}
 */
function load({ origin, route, ms, connections }) {
  const server = of(origin);
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
      server.pool.dispatch(options, {
        onRequestStart() {},
        onResponseStart(_, status) {
          if (status < 200 || status > 299) fail(new Error(`responded ${status}`));
        },
        onResponseData() {},
        onResponseEnd() {
          const now = performance.now();
          open--;
          requests++;
          if (server.count === server.latencies.length) {
            const larger = new Float64Array(2 * server.count);
            larger.set(server.latencies);
            server.latencies = larger;
          }
          server.latencies[server.count++] = now - sent;
          if (failed) return;
          if (now - begin < ms) send();
          else if (open === 0) finish(now);
        },
        onResponseError: (_, error) => fail(error),
      });
    };
    const finish = (/** @type {number} */ end) => {
      const { user, system } = process.cpuUsage(cpu);
      const busy = (user + system) / 1000 / (end - begin);
      resolve({ requests, seconds: (end - begin) / 1000, busy });
    };
    for (let i = 0; i < connections; i++) send();
  });
}

/**
 * Of all loads since it was asked for the last time.
 *
 * @param {{ origin: string }} options
 * @returns {Latencies}
 */
function latencies({ origin }) {
  const server = of(origin);
  const { count } = server;
  const sorted = server.latencies.subarray(0, count).sort();
  const at = (/** @type {number} */ share) => sorted[Math.min(count - 1, Math.floor(share * count))];
  server.count = 0;
  return { p50: at(0.5), p99: at(0.99) };
}
