import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import express from "express";
import fastify from "fastify";
import { backend } from "../../js/index.js";
import { counters, inFlight, label, trackRequests } from "../../js/inspect.js";
import { until } from "../_support/wait.mjs";

// Each app responds with the label that inFlight() shows for its request after an await: what label() then names it.

const LABELLED = /^(GET|POST) \/fw\/:name \d+$/;

/** @param {string} name that the request gets */
async function describe(name) {
  await sleep(2);
  const before = inFlight({ label: "/fw/" });
  label(name);
  const [found] = inFlight({ label: name });
  return `${before.find(({ id }) => id === found.id)?.label} ${found.id}`;
}

/** @param {string} origin */
async function request(origin) {
  const names = Array.from({ length: 10 }, (_, index) => `n${index}x`);
  const texts = await Promise.all(
    names.map(async (name, index) => {
      const post = { method: "POST", body: JSON.stringify({ name }), headers: { "content-type": "application/json" } };
      return (await fetch(`${origin}/fw/${name}?name=${name}`, index % 2 === 0 ? {} : post)).text();
    }),
  );
  for (const [index, text] of texts.entries()) {
    assert.match(text, LABELLED);
    assert.ok(text.startsWith(index % 2 === 0 ? "GET" : "POST"), text);
  }
  assert.equal(new Set(texts.map((text) => text.split(" ")[2])).size, names.length);
}

test("requests of Express are contexts, also once their body was read", async () => {
  const tracking = trackRequests();
  const before = counters();
  const app = express().use(express.json());
  app.all("/fw/:name", async (request, response) => {
    response.send(await describe(request.body?.name ?? request.query.name));
  });
  const server = app.listen(0, "127.0.0.1");
  await once(server, "listening");
  await request(`http://127.0.0.1:${/** @type {any} */ (server.address()).port}`);
  await until(counters, ({ closed }) => closed - before.closed === 10);
  assert.equal(counters().closed - before.closed, 10);
  server.closeAllConnections();
  server.close();
  tracking.stop();
});

test("requests of Fastify are contexts, also once their body was read", async () => {
  const tracking = trackRequests();
  const before = counters();
  const app = fastify();
  app.all("/fw/:name", (/** @type {any} */ request) => describe(request.body?.name ?? request.query.name));
  await request(await app.listen({ port: 0, host: "127.0.0.1" }));
  await until(counters, ({ closed }) => closed - before.closed === 10);
  assert.equal(counters().closed - before.closed, 10);
  app.server.closeAllConnections();
  await app.close();
  tracking.stop();
});

test("a worker's server has its own contexts, which the main thread sees", async () => {
  const worker = new Worker(new URL("../_support/inspect-worker.mjs", import.meta.url));
  const [port] = await once(worker, "message");
  const text = fetch(`http://127.0.0.1:${port}/in/worker`).then((response) => response.text());
  await once(worker, "message");
  if (backend === "native") {
    const [found] = inFlight({ label: "/in/worker" });
    assert.equal(found.label, "GET /in/worker");
    assert.deepEqual(
      inFlight({ thread: found.thread }).map(({ id }) => id),
      [found.id],
    );
    assert.deepEqual(inFlight({ label: "/in/worker", thread: found.thread + 1 }), []);
  }
  worker.postMessage("go");
  assert.equal(await text, "GET /in/worker");
  const [left] = await once(worker, "message");
  assert.equal(left, 0);
  await worker.terminate();
});
