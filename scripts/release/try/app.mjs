// Runs in a folder that has onescope installed: a server with everything on, and what the store of other threads says about it.

import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { backend, SlotStorage } from "onescope";
import { inFlight, label, record, serve, trackRequests, watch } from "onescope/inspect";

assert.equal(backend, "native");

const user = new SlotStorage();
const tracking = trackRequests();
/** @type {any[]} */
const stalls = [];
const watching = watch({ thresholdMs: 100, onStall: (stall) => stalls.push(stall) });
const recording = record({ directory: "flights" });
const diagnostics = serve({ port: 0 });

/** What the answers wait for. */
const { promise: listed, resolve: list } = Promise.withResolvers();

const server = createServer((request, response) => {
  user.run(String(request.url), async () => {
    label(`GET ${request.url}`);
    if (request.url === "/slow") {
      const end = Date.now() + 600;
      while (Date.now() < end);
    }
    await listed;
    response.end(String(user.getStore()));
  });
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
const get = async (/** @type {string} */ path) => (await fetch(`http://127.0.0.1:${port}${path}`)).text();

const until = async (/** @type {() => boolean} */ condition, /** @type {string} */ what) => {
  for (let tries = 0; !condition(); tries++) {
    assert.ok(tries < 200, what);
    await sleep(50);
  }
};

const answers = Promise.all(["/a", "/b", "/c"].map(get));
await until(() => inFlight().length === 3, "requests in flight are listed");
list(undefined);
assert.deepEqual(await answers, ["/a", "/b", "/c"], "each request reads its own value");
assert.equal(await get("/slow"), "/slow");
await until(() => stalls.some(({ request }) => request?.label === "GET /slow"), "the request that blocks is named");
const metrics = await (await fetch(new URL("/metrics", diagnostics.url))).text();
assert.match(metrics, /^onescope_/m, "the diagnostics server has metrics");
assert.ok(existsSync("flights") && readdirSync("flights").length > 0, "a recording is written");

for (const handle of [diagnostics, recording, watching, tracking]) handle.stop();
server.close();
server.closeAllConnections();
