import { once } from "node:events";
import { createServer } from "node:http";

// A server that data as the diagnostics server does, with what a spec gives it.

/** @typedef {{ inFlight: any, stalls: any, counters: any }} Data */

/** @returns {any} what is in flight in a process whose only thread is blocked by one of three requests */
export function blockedData() {
  const now = Date.parse("2026-03-04T05:06:07.000Z");
  const request = (id, label, more) => ({
    ...{ id, label, kind: "other", state: "active", thread: 0, ageMs: 1204, idleMs: 900, flags: [], parent: null },
    ...{ waiting: null, ...more },
  });
  return {
    inFlight: {
      pid: 4711,
      now: new Date(now).toISOString(),
      threads: [
        {
          thread: 0,
          blockedMs: 1530,
          suspect: {
            confidence: "exact",
            request: { id: 8, label: "GET /report", state: "active", ageMs: 1204 },
            call: null,
          },
        },
        { thread: 1, blockedMs: 0, suspect: null },
        { thread: 2, blockedMs: null, suspect: null },
      ],
      total: 5,
      inFlight: [
        request(7, "GET /slow", { ageMs: 3_725_000, kind: "appPage", waiting: { label: "GET a.example/x", ms: 3100 } }),
        request(8, "GET /report", { waiting: { label: "what it waits for once it runs", ms: 5 } }),
        request(9, "POST /日本語", { thread: 1, ageMs: 40 }),
      ],
    },
    stalls: {
      stalls: [
        {
          onescope: "stall",
          thread: 1,
          blockedMs: 1001,
          confidence: "exact",
          request: { id: 9, label: "x", state: "active", ageMs: 1 },
          call: null,
          stack: [],
          waiting: 0,
          at: new Date(now - 60_000).toISOString(),
        },
        { onescope: "recovered", thread: 1, blockedMs: 1100, request: null, at: new Date(now - 59_000).toISOString() },
        {
          onescope: "stall",
          thread: 0,
          blockedMs: 1012,
          confidence: "exact",
          request: { id: 8, label: "GET /report", state: "active", ageMs: 700 },
          call: null,
          stack: ["heavy (app/report.js:10:3)"],
          waiting: 2,
          at: new Date(now - 518).toISOString(),
        },
      ],
    },
    slow: {
      slow: [
        {
          label: "GET /checkout",
          requests: [
            {
              ...{ id: 3, label: "GET /checkout", kind: "other", thread: 0, ms: 3210, agoMs: 41_200 },
              waits: [
                { label: "mysql SELECT db:3306", afterMs: 20, ms: 30, state: "closed" },
                { label: "POST api.example/charges", afterMs: 60, ms: 3100, state: "active" },
              ],
            },
          ],
        },
        {
          label: "GET /search",
          requests: [{ id: 2, label: "GET /search", kind: "other", thread: 0, ms: 5000, agoMs: 900, waits: [] }],
        },
      ],
    },
    counters: { created: 100, children: 1, closed: 93, abandoned: 2, inFlight: 5, histograms: [] },
  };
}

/**
 * @param {Data} data may be changed later
 * @param {{ token?: string, port?: number }} [options]
 */
export async function fakeDiagnosticsServer(data, { token, port = 0 } = {}) {
  /** @type {string[]} */
  const requests = [];
  const server = createServer((request, response) => {
    requests.push(String(request.url));
    const { pathname } = new URL(String(request.url), "http://localhost");
    const body = {
      "/in-flight": data.inFlight,
      "/stalls": data.stalls,
      "/counters": data.counters,
      "/slow": data.slow,
    }[pathname];
    if (token !== undefined && request.headers.authorization !== `Bearer ${token}`) response.writeHead(401).end();
    else if (body === undefined) response.writeHead(404).end();
    else if (typeof body === "function") body(response);
    else response.setHeader("content-type", "application/json").end(JSON.stringify(body));
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const address = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    /** URLs of the requests, in order */
    requests,
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, "close").catch(() => {});
    },
  };
}
