// Express with twelve AsyncLocalStorages, entered one in the other by a middleware each, as libraries for request ids, logging,
// translation, database transactions and such bring them along.

import { AsyncLocalStorage } from "node:async_hooks";
import express from "express";
import { announce } from "./announce.mjs";
import { step } from "./step.mjs";

const AWAITS = 10;

/** @type {Record<string, (request: import("express").Request) => unknown>} what each library keeps for a request, by its name */
const libraries = {
  requestId: (request) => request.get("x-request-id") ?? "none",
  logger: (request) => ({ method: request.method, path: request.path }),
  tenant: (request) => request.get("x-tenant") ?? "public",
  user: (request) => ({ name: request.get("x-user") ?? "nobody" }),
  locale: (request) => request.get("accept-language")?.split(",")[0] ?? "en",
  transaction: () => ({ queries: 0 }),
  loaders: () => new Map(),
  flags: () => ({ newCheckout: true }),
  timings: () => [],
  permissions: () => new Set(["read"]),
  trace: (request) => ({ parent: request.get("traceparent") ?? null }),
  deadline: () => ({ ms: 5000 }),
};

const storages = Object.keys(libraries).map((name) => ({ name, storage: new AsyncLocalStorage() }));

const app = express();
for (const { name, storage } of storages)
  app.use((request, _response, next) => storage.run(libraries[name](request), () => next()));

app.get("/orders/:id", async (request, response) => {
  const [{ storage: first }] = storages;
  const requestId = first.getStore();
  for (let number = 0; number < AWAITS; number++) {
    await step(number, null);
    if (first.getStore() !== requestId) throw new Error("another request's id");
  }
  const state = Object.fromEntries(storages.map(({ name, storage }) => [name, storage.getStore()]));
  response.json({
    order: request.params.id,
    ...state,
    permissions: [...state.permissions],
    loaders: state.loaders.size,
  });
});

announce(app.listen(0, "127.0.0.1"));
