import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { backend } from "../../js/index.js";
import { counters, inFlight, serve as serveDiagnostics } from "../../js/inspect.js";
import { mutator } from "../../scripts/hostile-clients/fuzz.mjs";
import { TOKEN } from "../../scripts/hostile-clients/token.mjs";
import { request } from "../_support/http.mjs";
import { here, serve, track } from "../_support/tracked.mjs";
import { until } from "../_support/wait.mjs";

// Requests that are almost right, chosen by a seed. `scripts/hostile-clients.mjs` sends them for minutes.

const SEED = process.env.ONESCOPE_SEED ?? "1";
const REQUESTS = Number(process.env.ONESCOPE_CALLS ?? 240);
const CLIENTS = 8;
/** An unfinished request has no response: the client closes the connection. */
const PATIENCE_MS = 25;

/**
 * @param {number} port
 * @param {Buffer} text
 * @returns {Promise<string>} what came back
 */
async function exchange(port, text) {
  const socket = connect(port, "127.0.0.1");
  let received = "";
  socket.on("error", () => {});
  const over = new Promise((resolve) => {
    socket.once("close", resolve);
    socket.setEncoding("latin1").on("data", (piece) => {
      received += piece;
      setImmediate(resolve);
    });
  });
  socket.write(text);
  await Promise.race([over, sleep(PATIENCE_MS)]);
  socket.destroy();
  return received;
}

/**
 * @param {number} port
 * @param {string} name
 * @returns {Promise<string[]>} all responses
 */
async function attack(port, name) {
  const results = await Promise.all(
    Array.from({ length: CLIENTS }, async (_, client) => {
      const mutate = mutator(SEED, name, client);
      const own = [];
      for (let left = REQUESTS / CLIENTS; left > 0; left--) own.push(await exchange(port, mutate()));
      return own;
    }),
  );
  return results.flat();
}

test("the diagnostics server responds to hostile requests as HTTP, and to honest ones as before", {
  skip: backend === "js",
}, async () => {
  const server = serveDiagnostics({ port: 0, token: TOKEN });
  try {
    const results = await attack(server.port, "diagnostics");
    assert.deepEqual([...new Set(results.map((received) => received.slice(0, 7)))].sort(), ["", "HTTP/1."], SEED);
    const headers = { authorization: `Bearer ${TOKEN}` };
    assert.equal((await request(`${server.url}counters`, { headers })).status, 200);
    assert.equal((await request(`${server.url}metrics`, { headers })).status, 200);
  } finally {
    server.stop();
  }
});

test("no hostile request without the token gets anything", { skip: backend === "js" }, async () => {
  const server = serveDiagnostics({ port: 0, token: `not ${TOKEN}`.replace(" ", "-") });
  try {
    const results = await attack(server.port, "no token");
    assert.deepEqual(
      results.filter((received) => /HTTP\/1\.[01] [23]/.test(received) || received.includes('"pid"')),
      [],
      SEED,
    );
  } finally {
    server.stop();
  }
});

test("hostile requests to a tracked server each end, and are counted", async () => {
  track();
  /** @type {unknown[]} */
  const contexts = [];
  const { server, port, origin } = await serve((request, response) => {
    contexts.push(here());
    request.resume();
    response.end("done");
  });
  server.on("clientError", (_error, socket) => socket.destroy());
  const before = counters();
  await attack(port, "tracked");
  assert.equal(await (await fetch(`${origin}/honest`)).text(), "done");
  const left = await until(inFlight, (list) => list.length === 0);
  assert.deepEqual(left, [], SEED);
  const after = counters();
  assert.ok(contexts.length > REQUESTS / 10, `${contexts.length} got through`);
  assert.equal(new Set(contexts).size, contexts.length, "each is a context of its own");
  assert.equal(after.created - before.created, contexts.length);
  assert.equal(after.created, after.closed + after.abandoned + after.inFlight);
  assert.equal(here(), undefined);
  server.closeAllConnections();
  await once(server.close(), "close");
});
