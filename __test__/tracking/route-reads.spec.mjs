import assert from "node:assert/strict";
import Module, { createRequire } from "node:module";
import { test } from "node:test";
import express from "express";
import { inFlight, label } from "../../js/inspect.js";
import { expressRoute } from "../../js/tracking/routes/express.js";
import { cleanups, serve, track } from "../_support/tracked.mjs";

// What labels cost: a route is read once while a request stays in it, and modules of frameworks are looked for once.

const require = createRequire(import.meta.url);

test("a route is read again only if the request entered another one, or the same one elsewhere", async () => {
  track();
  let reads = 0;
  const routeOf = (/** @type {string} */ path) => ({
    get path() {
      reads++;
      return path;
    },
  });
  /** @type {Array<[string, number]>} */
  const seen = [];
  const look = () => {
    inFlight();
    seen.push([inFlight()[0].label, reads]);
  };
  const { origin } = await serve((/** @type {any} */ request, response) => {
    look();
    request.route = routeOf("/first/:id");
    look();
    request.route = routeOf("/second/:id");
    look();
    request.baseUrl = "/somewhere";
    look();
    label("by hand");
    request.route = routeOf("/third/:id");
    look();
    response.end();
  });
  await (await fetch(`${origin}/path`)).text();
  assert.deepEqual(seen, [
    ["GET /path", 0],
    ["GET /first/:id", 1],
    ["GET /second/:id", 2],
    ["GET /*/second/:id", 3],
    ["by hand", 3],
  ]);
});

test("servers look for frameworks only if modules were loaded since the last one did", async () => {
  track();
  let looks = 0;
  const add = (/** @type {string} */ file) => {
    const get = () => void looks++;
    Object.defineProperty(require.cache, file, { get, enumerable: true, configurable: true });
    cleanups.push(() => delete require.cache[file]);
  };
  const resolver = /** @type {any} */ (Module);
  const { _resolveFilename } = resolver;
  let resolutions = 0;
  resolver._resolveFilename = (/** @type {unknown[]} */ ...args) => {
    resolutions++;
    return _resolveFilename(...args);
  };
  cleanups.push(() => {
    resolver._resolveFilename = _resolveFilename;
  });
  const newListener = () => (/** @type {unknown} */ _request, /** @type {any} */ response) => response.end();
  const get = async (listener = newListener()) => {
    const { origin } = await serve(listener);
    await (await fetch(origin)).text();
    return looks;
  };
  add("/first/koa/lib/context.js");
  assert.equal(await get(), 1);
  assert.equal(await get(), 1);
  add("/second/koa/lib/context.js");
  assert.equal(await get(), 3);
  const listener = newListener();
  await get(listener);
  add("/third/koa/lib/context.js");
  assert.equal(await get(listener), 3, "what serves it was loaded before");
  assert.equal(await get(), 6);
  assert.equal(resolutions, 0, "Hono was looked for when tracking began");
});

test("of the paths that clients choose, few are kept, and no long ones", (t) => {
  const router = express.Router().get("/users/:id", () => {});
  const app = express().use("/t/:tenant", router);
  const { route } = router.stack[0];
  /** @type {Map<string, number>} size of the map by what was set */
  const kept = new Map();
  const { set } = Map.prototype;
  t.mock.method(Map.prototype, "set", function (/** @type {any} */ key, /** @type {any} */ value) {
    const result = Reflect.apply(set, this, [key, value]);
    if (String(key).startsWith("/t/")) Reflect.apply(set, kept, [key, this.size]);
    return result;
  });
  const read = (/** @type {string} */ tenant) =>
    expressRoute({ route, app, baseUrl: `/t/${tenant}`, originalUrl: `/t/${tenant}/users/1` });
  for (let n = 0; n < 2500; n++) assert.equal(read(String(n)), "/t/:tenant/users/:id");
  assert.equal(kept.size, 2500);
  assert.equal(Math.max(...kept.values()), 1000);
  assert.equal(read("x".repeat(1000)), "/t/:tenant/users/:id");
  assert.equal(kept.size, 2500);
});
